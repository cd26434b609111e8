"""Random histories of releases, told to the store and to the plain model: at every instant they must agree.

Each history has a seed; a failure names it. `ADME_TEST_SEED` replays one.
"""

from __future__ import annotations

import copy
import os
import random

import pytest
from django.db import transaction

from adme.lib import periods
from adme.releases import actions, queries
from adme.releases.digest import digest, verify_store
from adme.releases.errors import AnotherGoesFirst
from adme.releases.models import Release
from tests.conftest import on_postgres
from tests.factories.flows import coded, make_delivery
from tests.observations.history_model import Model

KEYS = ["A.KH.POOR.F", "A.TH.POOR.F", "A.TH.READ.M", "M.VN.READ.F"]
PERIODS = ["2018", "2019", "2020-02"]
CONTENTS = [
    (1.0, {}),
    (2.0, {}),
    (2.0, {"decimals": 1}),
    (2.0, {"qualifier": "<"}),
    (None, {"obs_status": "M"}),
    (None, {"obs_status": "M", "attributes": {"NOTE": "kept"}}),
]


class History:
    """One random history, lived twice."""

    def __init__(self, seed: int, flow, publisher, hands) -> None:
        self.random = random.Random(seed)
        self.flow, self.by, self.hands = flow, publisher, hands
        self.hands.set(10)
        self.model = Model()
        self.releases: dict[int, Release] = {}
        self.instants = {0}
        self.saved: dict[int, str] = {}

    def step(self) -> None:
        """One act; what is refused must have changed nothing."""
        before = copy.deepcopy(self.model)
        try:
            with transaction.atomic():
                self.act()
        except AnotherGoesFirst:
            self.model = before
            self.wait()

    def act(self) -> None:
        steps = [self.now, self.now, self.later, self.later, self.due, self.cancel, self.move, self.withdraw, self.wait]
        self.random.choice(steps)()
        self.instants.update(one.instant for one in self.model.releases)
        self.instants.add(self.model.clock)

    def cells(self) -> dict:
        every = [(key, period) for key in KEYS for period in PERIODS]
        chosen = self.random.sample(every, self.random.randint(1, 6))
        return {cell: self.random.choice([*CONTENTS, None]) for cell in chosen}

    def rows(self, cells: dict):
        return coded(
            self.flow,
            [(key, period, "D", {}) if c is None else (key, period, *c) for (key, period), c in cells.items()],
        )

    def publish(self, at) -> None:
        cells = self.cells()
        made = actions.release(
            deliveries=[(make_delivery(self.flow), self.rows(cells))],
            title="A release", by=self.by, reason="so it is", at=at,
        )  # fmt: skip
        name = len(self.releases)
        self.releases[name] = made
        self.model.release(name, made.instant, cells, now=at is None)

    def now(self) -> None:
        self.publish(None)

    def later(self) -> None:
        self.publish(self.hands.at(self.hands.seconds + self.random.randint(1, 30)))

    def wait(self) -> None:
        self.hands.forward(self.random.randint(1, 10))

    def due(self) -> None:
        self.hands.forward(self.random.randint(1, 15))
        actions.release_due()
        self.model.go_live(queries.clock_instant())

    def waiting(self) -> list[int]:
        return [one.name for one in self.model.releases if one.instant > self.model.clock]

    def cancel(self) -> None:
        if self.waiting():
            name = self.random.choice(self.waiting())
            actions.cancel(release=self.releases[name], by=self.by, reason="not so")
            self.model.cancel(name)

    def move(self) -> None:
        if not self.waiting():
            return
        name = self.random.choice(self.waiting())
        at = self.hands.at(self.hands.seconds + self.random.randint(1, 30)) if self.random.random() < 0.8 else None
        if at is None:
            present = self.hands.instant(self.hands.seconds)
            others = [self.model.named(one).instant for one in self.waiting() if one != name]
            due = [instant for instant in others if instant <= present]
            if self.model.named(name).instant <= max(due, default=self.model.clock):
                return  # it would itself have gone live: nothing to move, and nothing done
            for instant in sorted(due):
                self.model.go_live(instant)
        moved = actions.reschedule(release=self.releases[name], at=at, by=self.by, reason="other time")
        self.model.move(name, moved.instant)
        if at is None:
            self.model.go_live(moved.instant)

    def withdraw(self) -> None:
        live = [one.name for one in self.model.releases if one.live and one.withdrawn is None]
        if not live:
            return
        present = self.hands.instant(self.hands.seconds)
        for one in sorted(self.model.releases, key=lambda one: one.instant):
            if self.model.clock < one.instant <= present:
                self.model.go_live(one.instant)
        name, conceal = self.random.choice(live), self.random.random() < 0.3
        gone = actions.withdraw(release=self.releases[name], by=self.by, reason="wrong", conceal=conceal)
        assert gone.withdrawn_instant is not None
        self.model.withdraw(name, gone.withdrawn_instant, conceal=conceal)
        if conceal:
            self.saved.clear()  # the one act that rewrites the past

    def check(self) -> None:
        assert queries.clock_instant() == self.model.clock
        for at in self.random.sample(sorted(self.instants), min(3, len(self.instants))):
            for instant in (at - 1, at):
                self.check_at(instant)
        self.check_at(self.model.clock)

    def check_at(self, instant: int) -> None:
        expected = self.model.public(instant)
        cells = queries.select(self.flow, as_of=instant).cells()
        assert content_of(cells) == expected
        assert [(cell.key, cell.period) for cell in cells] == sorted((cell.key, cell.period) for cell in cells)
        assert content_of(queries.latest(self.flow, as_of=instant)) == latest_of(expected)
        available = queries.availability(self.flow, as_of=instant)
        assert available.series_count == len({key for key, _ in expected})
        assert set(available.codes.get("REF_AREA", [])) == {key.split(".")[1] for key, _ in expected}
        numbers = [periods.parse(period) for _, period in expected]
        spanned = (min(numbers, default=None), max(numbers, default=None))
        assert (available.first_period, available.last_period) == spanned

    def keep_digests(self) -> None:
        """What an as-of date answers today it answers for ever."""
        for instant, text in self.saved.items():
            assert digest(instant) == text
        self.saved[self.model.clock] = digest(self.model.clock)


def content_of(cells) -> dict:
    contents = queries.attribute_contents({cell.attributes for cell in cells if cell.attributes})
    found = {}
    for cell in cells:
        extras = {}
        if cell.decimals is not None:
            extras["decimals"] = cell.decimals
        if cell.qualifier:
            extras["qualifier"] = cell.qualifier
        if cell.obs_status != "A":
            extras["obs_status"] = cell.obs_status
        if cell.attributes is not None:
            extras["attributes"] = contents[cell.attributes]
        found[(cell.key, periods.label(cell.period))] = (cell.value, extras)
    return found


def latest_of(truth: dict) -> dict:
    numbers = {cell: value for cell, (value, _) in truth.items() if value is not None}
    valued = sorted((key, periods.parse(period), period) for key, period in numbers)
    newest = {key: period for key, _, period in valued}
    return {(key, period): truth[(key, period)] for key, period in newest.items()}


class Undo(Exception):
    pass


def live_through(seed: int, steps: int, flow, publisher, hands) -> None:
    history = History(seed, flow, publisher, hands)
    for _ in range(steps):
        history.step()
        history.check()
    history.due()
    history.keep_digests()
    for _ in range(3):
        history.step()
    history.keep_digests()
    history.due()
    for instant in sorted(history.instants):
        history.check_at(instant)
    assert list(verify_store()) == []


@pytest.mark.django_db
def test_store_and_model_agree_about_every_instant_of_random_histories(flow, publisher, hands, volume):
    first = int(os.environ.get("ADME_TEST_SEED", random.randrange(10**9)))
    count = 1 if "ADME_TEST_SEED" in os.environ else volume(12 if on_postgres() else 30, long=2_000)
    for seed in range(first, first + count):
        try:
            with transaction.atomic():
                live_through(seed, 12, flow, publisher, hands)
                raise Undo
        except Undo:
            continue
        except Exception as error:
            error.add_note(f"ADME_TEST_SEED={seed} replays it")
            raise
