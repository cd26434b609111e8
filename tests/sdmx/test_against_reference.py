"""Random questions to random histories: the system and the plain reference must give the same answer to each.

A history has a seed, which a failure names; `ADME_TEST_SEED` replays one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib import clock, periods
from adme.releases import actions, finishing, queries
from adme.releases.models import Release
from adme.releases.question import Question
from adme.sdmx.query import Components, parse_query
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from tests.conftest import on_postgres
from tests.factories.flows import coded, make_delivery, make_flow
from tests.sdmx import reference
from tests.sdmx.reference import ATTRIBUTES, DIMENSIONS, Ask, Content, OneRelease, Past

CODES = {
    "FREQ": ["A", "M", "Q"],
    "REF_AREA": ["KH", "LA", "TH", "TH-1", "VN"],
    "INDICATOR": ["POOR", "READ"],
    "AGE": ["15+", "<15", "_T"],
}
YEARS, QUARTERS, MONTHS = ["2018", "2019", "2020", "2021"], ["2019-Q1", "2020-Q1", "2020-Q4"], ["2020-01", "2020-12"]
NOTES = ["euro", "Euro area", "ünï €", "a 'b\" 100%", "x_y", "_x", "[1]", "zz"]
UNITS = ["PERCENT", "PERSONS"]
NUMBERS = [None, -2.5, 0.0, 1.0, 1.5, 2.0, 10.0, 95.0]
START = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)
DAY = 86_400


class Life:
    """Ten years of one dataflow: loads, corrections, deletions, embargoes, withdrawals; told to both."""

    def __init__(self, seed: int, settings: Any) -> None:
        self.random = random.Random(seed)
        self.settings = settings
        self.seconds = 0.0
        self.forward(0)
        self.by = User.objects.create(username=f"paula{seed}")
        Grant.objects.create(user=self.by, role=Role.PUBLISHER)
        self.flow = make_flow("DF_LIFE", CODES, ATTRIBUTES)
        self.past = Past()
        self.pending: dict[int, tuple[Release, OneRelease]] = {}
        self.public: dict[int, tuple[Release, OneRelease]] = {}
        self.cells = [
            (f"{freq}.{area}.{indicator}.{age}", period)
            for freq, some in (("A", YEARS), ("Q", QUARTERS), ("M", MONTHS))
            for area in CODES["REF_AREA"]
            for indicator in CODES["INDICATOR"]
            for age in CODES["AGE"]
            for period in some
            if self.random.random() < 0.25
        ]

    def live(self, steps: int) -> None:
        self.publish()
        for _ in range(steps):
            self.forward(self.random.uniform(1, 200) * DAY)
            self.due()
            self.random.choice(
                [self.publish, self.publish, self.publish, self.embargo, self.embargo, self.withdraw, self.cancel]
            )()

    def forward(self, seconds: float) -> None:
        self.seconds += round(seconds)
        self.settings.ADME_FIXED_CLOCK = START + dt.timedelta(seconds=self.seconds)

    def content(self) -> Content:
        value = self.random.choice(NUMBERS)
        attributes = {
            "OBS_STATUS": "M" if value is None else self.random.choice(["A", "A", "E", "P"]),
            "CONF_STATUS": "F",
        }
        if self.random.random() < 0.7:
            attributes["UNIT_MEASURE"] = self.random.choice(UNITS)
        if self.random.random() < 0.5:
            attributes["NOTE"] = self.random.choice(NOTES)
        return Content(value, tuple(sorted(attributes.items())))

    def load(self, at: dt.datetime | None) -> tuple[Release, OneRelease]:
        chosen = self.random.sample(self.cells, min(len(self.cells), self.random.choice([3, 10, 40])))
        state = self.past.state(self.past.clock)
        cells: dict[reference.Cell, Content | None] = {}
        for cell in chosen:
            kind = self.random.random()
            cells[cell] = None if kind < 0.2 else state.get(cell) if kind < 0.3 else self.content()
        rows = [_row(cell, content) for cell, content in cells.items()]
        made = actions.release(
            deliveries=[(make_delivery(self.flow), coded(self.flow, rows))],
            title="A release", by=self.by, reason="so it is", at=at,
        )  # fmt: skip
        one = OneRelease(made.instant, cells)
        self.past.releases.append(one)
        return made, one

    def publish(self) -> None:
        made, one = self.load(None)
        self.past.let_live(made.instant)
        self.public[one.instant] = made, one

    def embargo(self) -> None:
        made, one = self.load(clock.now() + dt.timedelta(days=self.random.randint(1, 300)))
        self.pending[one.instant] = made, one

    def due(self) -> None:
        for made in actions.release_due():
            self.public[made.instant] = self.pending.pop(made.instant)
            self.past.let_live(made.instant)

    def cancel(self) -> None:
        if self.pending:
            made, one = self.pending.pop(self.random.choice(sorted(self.pending)))
            actions.cancel(release=made, by=self.by, reason="not now")
            self.past.releases.remove(one)

    def withdraw(self) -> None:
        if len(self.public) > 2:
            made, one = self.public.pop(self.random.choice(sorted(self.public)[1:]))
            conceal = self.random.random() < 0.3
            ended = actions.withdraw(release=made, by=self.by, reason="wrong", conceal=conceal)
            assert ended.withdrawn_instant is not None
            if conceal:
                self.past.releases.remove(one)
            else:
                one.withdrawn = ended.withdrawn_instant
            self.past.clock = ended.withdrawn_instant


def _row(cell: reference.Cell, content: Content | None) -> tuple[Any, ...]:
    if content is None:
        return (*cell, "D")
    attributes = dict(content.attributes)
    extras = {"obs_status": attributes.pop("OBS_STATUS"), "conf_status": attributes.pop("CONF_STATUS")}
    return (*cell, content.value, {**extras, "attributes": attributes})


# --- questions ------------------------------------------------------------------------------------------


class Asker:
    """Makes questions up, and says them in the grammar of the interface."""

    def __init__(self, random_: random.Random, past: Past) -> None:
        self.random = random_
        self.past = past

    def ask(self) -> Ask:
        chance, ask = self.random.random, Ask()
        self.select(ask)
        ask.history = chance() < 0.08
        if chance() < 0.15:
            ask.first = self.random.choice([1, 2, 3])
        if chance() < 0.15:
            ask.last = self.random.choice([1, 2, 3])
        self.layout(ask)
        return ask

    def select(self, ask: Ask) -> None:
        """Which observations, and of which time."""
        chance = self.random.random
        if chance() < 0.4:
            ask.keys = [self.key() for _ in range(self.random.choice([1, 1, 2, 3]))]
        while chance() < 0.45:
            name = self.random.choice([*DIMENSIONS, *ATTRIBUTES, "OBS_VALUE", "TIME_PERIOD", "TIME_PERIOD", "NOTE"])
            ask.filters[name] = [
                [self.comparison(name) for _ in range(self.random.choice([1, 1, 2]))]
                for _ in range(self.random.choice([1, 1, 2]))
            ]
        if chance() < 0.3:
            ask.as_of = self.moment()
        if chance() < 0.3:
            ask.since = self.moment()
            if ask.as_of is not None and ask.since > ask.as_of:
                ask.since, ask.as_of = ask.as_of, ask.since

    def layout(self, ask: Ask) -> None:
        chance = self.random.random
        if chance() < 0.2:
            ask.offset = self.random.choice([0, 1, 3, 20])
        if chance() < 0.2:
            ask.limit = self.random.choice([1, 2, 5, 30])
        if chance() < 0.3:
            names = [*DIMENSIONS, *ATTRIBUTES, "OBS_VALUE", "TIME_PERIOD"]
            ask.order = [(name, chance() < 0.4) for name in self.random.sample(names, self.random.randint(1, 3))]
        if chance() < 0.2:
            kept = self.random.choice([0, 0, 1, 2])
            ask.attributes = [name for name in ATTRIBUTES if name in self.random.sample(ATTRIBUTES, kept)]
        ask.measure = chance() < 0.85
        if chance() < 0.25:
            ask.at = self.random.choice(["AllDimensions", *DIMENSIONS])

    def key(self) -> list[list[str]]:
        chosen = []
        for codes in CODES.values():
            some = self.random.choice([0, 0, 1, 1, 2])
            chosen.append(self.random.sample(codes, min(some, len(codes))))
        return chosen

    def moment(self) -> int:
        moments = self.past.moments()
        return max(1, self.random.choice([1, *moments]) + self.random.choice([-1, 0, 0, 1, DAY * 10**6]))

    def comparison(self, name: str) -> tuple[str, str]:
        plain = ["eq", "eq", "ne", "lt", "le", "gt", "ge"]
        if name == "TIME_PERIOD":
            moments = ["2019-01-01T00:00:00", "2020-06-30T12:00:00"]
            return self.random.choice(plain), self.random.choice([*YEARS, *QUARTERS, *MONTHS, *moments])
        if name == "OBS_VALUE":
            return self.random.choice(plain), self.random.choice(["-2.5", "0", "1", "1.50", "2.0", "1e1", "94.999"])
        texts = {
            **CODES,
            "NOTE": NOTES,
            "UNIT_MEASURE": UNITS,
            "OBS_STATUS": ["A", "E", "P", "M"],
            "CONF_STATUS": ["F"],
        }
        text = self.random.choice([*texts[name], "nothing"])
        operator = self.random.choice([*plain, "co", "nc", "sw", "ew"])
        if operator in ("co", "nc", "sw", "ew") and not text.endswith("+"):
            start = self.random.randrange(len(text))
            text = {"sw": text[: start + 1], "ew": text[start:]}.get(operator, text[start : start + 3])
        return operator, text

    def said(self, ask: Ask) -> tuple[str, str]:
        """Key and query string."""
        key = ",".join(".".join("+".join(codes) or "*" for codes in key) for key in ask.keys) or "*"
        pairs: list[tuple[str, str]] = [(f"c[{name}]", self.filter(asked)) for name, asked in ask.filters.items()]
        pairs += [(name, _when(value)) for name, value in (("asOf", ask.as_of), ("updatedAfter", ask.since)) if value]
        counts = {"firstNObservations": ask.first, "lastNObservations": ask.last, "limit": ask.limit}
        pairs += [(name, str(count)) for name, count in counts.items() if count is not None]
        pairs += [("includeHistory", self.random.choice(["true", "True"]))] if ask.history else []
        pairs += [("offset", str(ask.offset))] if ask.offset else []
        pairs += (
            [("sort", "+".join(f"{name}:{'desc' if down else 'asc'}" for name, down in ask.order))] if ask.order else []
        )
        pairs += [("attributes", ",".join(ask.attributes) or "none")]
        pairs += [("measures", "all" if ask.measure else "none"), ("dimensionAtObservation", ask.at)]
        self.random.shuffle(pairs)
        return key, "&".join(f"{self.spelt(name)}={value}" for name, value in pairs)

    def spelt(self, text: str) -> str:
        return quote(text, safe="" if self.random.random() < 0.5 else "[]:,+*")

    def filter(self, asked: list[list[tuple[str, str]]]) -> str:
        """Operands are always encoded; what joins them is, or is not."""
        alternatives = []
        for every in asked:
            tests = [f"{operator}:{quote(operand, safe='')}" for operator, operand in every]
            alternatives.append(self.random.choice(["+", "%2B"]).join(tests))
        return self.random.choice([",", "%2C"]).join(alternatives)


def _when(instant: int) -> str:
    return quote(clock.from_instant(instant).isoformat(), safe="")


# --- what the system answers ------------------------------------------------------------------------------


def answered(flow: Dataflow, question: Question, chunk_rows: int = 200_000) -> list[reference.Part]:
    selection = queries.ask(flow, question)
    shown = selection.reading.shown_attributes
    parts: list[reference.Part] = []
    for part in selection.data_sets(chunk_rows):
        rows = [_said(row, shown) for frame in part.frames for row in frame.iter_rows(named=True)]
        parts.append((part.action, part.valid_from, part.valid_to, rows))
    assert selection.exists() == bool(parts)
    return parts


def _brief(parts: list[reference.Part]) -> list[str]:
    """One line for each row, so that a failure shows where two answers part."""
    return [
        f"{action} {start or ''} {end or ''} {' '.join(f'{name}={row[name]}' for name in sorted(row))}"
        for action, start, end, rows in parts
        for row in rows
    ]


def _said(row: dict[str, Any], shown: tuple[str, ...]) -> dict[str, Any]:
    names = (*DIMENSIONS, "TIME_PERIOD", *shown)
    said = {name: row[name] for name in names if row[name] is not None}
    return said if row["value"] is None else {**said, "OBS_VALUE": row["value"]}


def lives(count: int, settings: Any) -> Iterator[tuple[int, Life]]:
    """Histories with their seeds, each undone at the end. In every other one nothing is tidied up after a release."""
    first = int(os.environ.get("ADME_TEST_SEED", random.randrange(10**9)))
    for seed in range(first, first + (1 if "ADME_TEST_SEED" in os.environ else count)):
        with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(finishing, "finish", _settle if seed % 2 else lambda **_: None)
            life = Life(seed, settings)
            life.live(25)
            yield seed, life
            transaction.set_rollback(True)


def _settle(**_: Any) -> None:
    for flow in Dataflow.objects.all():
        finishing.settle(flow.pk)


@pytest.mark.django_db
def test_every_answer_is_the_one_of_the_reference(settings: Any, volume: Callable[..., int]) -> None:
    # PostgreSQL plans each of these statements for some milliseconds: the many are asked on SQLite.
    histories, questions = (2, 60) if on_postgres() else (8, 630)
    for seed, life in lives(volume(histories, long=200), settings):
        asker = Asker(life.random, life.past)
        components = Components.of(structure_of(life.flow))
        for number in range(volume(questions, long=1000)):
            ask = asker.ask()
            key, text = asker.said(ask)
            found = answered(life.flow, parse_query(key, text, components), life.random.choice([7, *[200_000] * 19]))
            told = f"ADME_TEST_SEED={seed} {number}: {key}?{text}"
            assert _brief(found) == _brief(reference.answer(life.past, ask)), told


@pytest.mark.django_db
def test_so_is_availability(settings: Any, volume: Callable[..., int]) -> None:
    for seed, life in lives(volume(2, long=50), settings):
        asker = Asker(life.random, life.past)
        components = Components.of(structure_of(life.flow))
        for number in range(volume(150, long=200)):
            ask = Ask()
            asker.select(ask)
            key, text = asker.said(ask)
            found = queries.available(life.flow, parse_query(key, text, components))
            spanned = [None if one is None else periods.label(one) for one in (found.first_period, found.last_period)]
            expected = reference.available(life.past, ask)
            told = f"ADME_TEST_SEED={seed} {number}: {key}?{text}"
            assert {name: set(codes) for name, codes in found.codes.items()} == expected["codes"], told
            assert (found.series_count, tuple(spanned)) == (expected["series"], expected["periods"]), told


@pytest.mark.django_db
def test_so_are_the_answers_over_http(settings: Any, volume: Callable[..., int]) -> None:
    """The same questions as SDMX-CSV, which has a place for everything but the moments of a history."""
    for seed, life in lives(volume(1, long=10), settings):
        asker = Asker(life.random, life.past)
        for number in range(volume(25 if on_postgres() else 150, long=1000)):
            ask = asker.ask()
            ask.history = False
            key, text = asker.said(ask)
            # A table is grouped by nothing.
            expected = reference.answer(life.past, ask if ask.series_only else replace(ask, at="AllDimensions"))
            plain = ask.since is None and ask.measure and len(ask.attributes) == len(ATTRIBUTES)
            answer = Client().get(f"/sdmx/v2/data/dataflow/TEST/DF_LIFE/~/{key}?{text}&format=csvdata")
            told = f"ADME_TEST_SEED={seed} {number}: {key}?{text}"
            if not expected:
                assert answer.status_code == 404, told
                continue
            assert answer.status_code == 200, told
            assert _brief(_read(answer, ask)) == _brief(expected if not plain else _inform(expected)), told


def _read(answer: Any, ask: Ask) -> list[reference.Part]:
    names = {"R": "Replace", "M": "Merge", "D": "Delete", "I": "Information"}
    parts: list[reference.Part] = []
    for row in csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")):
        said: dict[str, Any] = {name: value for name, value in row.items() if value and "STRUCTURE" not in name}
        action = names[said.pop("ACTION")]
        if "OBS_VALUE" in said:
            said["OBS_VALUE"] = float(said["OBS_VALUE"])
        parts.append((action, None, None, [said]))
    return parts


def _inform(parts: list[reference.Part]) -> list[reference.Part]:
    return [("Information", start, end, rows) for _, start, end, rows in parts]
