"""Many work on the same two dataflows at once, on PostgreSQL: each step is done or refused, and all holds together.

Random steps in several threads, files and messages about both dataflows among them. Locks that were taken in another
order somewhere show here as a deadlock, and what is not asked again under its lock as a fault of the store.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from adme.accounts import audit
from adme.accounts.models import User
from adme.collection.actions import publishing, review
from adme.collection.actions.checking import check, open_submission
from adme.collection.actions.corrections import correct_value
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file
from adme.collection.errors import CollectionError
from adme.collection.models import Submission
from adme.collection.queries import parts_of
from adme.lib import clock
from adme.observations.errors import StoreRefused
from adme.releases.actions import release_due
from adme.releases.digest import verify_store
from adme.releases.models import Release
from adme.structures.models import Dataflow
from tests.collection.cast import person
from tests.collection.education import LONG, education
from tests.collection.messages import sdmx_csv
from tests.factories.flows import make_flow

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reading_here"),
]

State = Submission.State

BOTH = (
    "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,FREQ,CAMP,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    "dataflow,TEST:DF_EDU(1.0.0),{action},LITERACY,TH,F,,,2020,{value},\n"
    "dataflow,TEST:DF_CAMPS(1.0.0),{action},,,,A,C1,2020,{value},\n"
)


class Worker:
    """One who takes random steps. `faults` are what no person should ever meet."""

    def __init__(self, seed: int, flows: list[Dataflow], people: dict[str, User]) -> None:
        self.chance = random.Random(seed)
        self.flows, self.people = flows, people
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self.steps: list[Callable[[], Any]] = [
            self.bring_in, self.bring_in_and_release, self.correct, self.check, self.send, self.approve, self.send_back,
            self.release, self.move, self.cancel, self.withdraw, release_due,
        ]  # fmt: skip

    def work(self, count: int) -> None:
        for _ in range(count):
            step = self.chance.choice(self.steps)
            try:
                step()
                self.done[step.__name__] += 1
            except (CollectionError, StoreRefused) as refusal:
                self.done[type(refusal).__name__] += 1
            except Exception:  # noqa: BLE001 - whatever it is, the test tells it
                self.faults.append(f"{step.__name__}: {traceback.format_exc()}")
        connections.close_all()

    def bring_in(self) -> None:
        by = self.people[self.chance.choice(["dewi", "anong"])]
        open_submission(**self._file(by), by=by, send=True)

    def bring_in_and_release(self) -> None:
        by = self.people["lina"]
        import_and_release(**self._file(by), by=by, at=self._moment())

    def correct(self) -> None:
        value = str(self.chance.randint(1, 99))
        said: dict[str, Any] = {"key": "LITERACY.TH.F", "period": "2020", "value": value, "reason": "typing error"}
        correct_value(dataflow=self.flows[0], by=self.people["dewi"], **said)

    def check(self) -> None:
        states = [State.DRAFT, State.SENT_BACK, State.CHECKING]
        if one := self._one(Submission.objects.filter(state__in=states, source_file__isnull=False)):
            check(submission=one, by=one.prepared_by)

    def send(self) -> None:
        if one := self._one(Submission.objects.filter(state=State.DRAFT)):
            review.submit(submission=one, by=one.prepared_by)

    def approve(self) -> None:
        if one := self._one(Submission.objects.to_review()):
            review.approve(submission=one, by=self.people["rosa"])

    def send_back(self) -> None:
        if one := self._one(Submission.objects.filter(state__in=[State.SUBMITTED, State.APPROVED])):
            review.send_back(submission=one, by=self.people["rosa"], reason="look again")

    def release(self) -> None:
        chosen = {one for _ in range(3) if (one := self._one(Submission.objects.to_release()))}
        if chosen:
            publishing.release_together(submissions=list(chosen), by=self.people["paul"], at=self._moment())

    def move(self) -> None:
        if one := self._one(Release.objects.pending(0)):
            at = self._moment() or clock.now() + dt.timedelta(seconds=1)
            publishing.reschedule_release(release=one, at=at, by=self.people["paul"], reason="later", seen=one.stand)

    def cancel(self) -> None:
        if one := self._one(Release.objects.standing()):
            publishing.cancel_release(release=one, by=self.people["paul"], reason="not now", seen=one.stand)

    def withdraw(self) -> None:
        if one := self._one(Release.objects.standing()):
            conceal = self.chance.random() < 0.3
            publishing.withdraw_release(release=one, by=self.people["paul"], reason="wrong", conceal=conceal)

    def _file(self, by: User) -> dict[str, Any]:
        value = str(self.chance.randint(1, 99))
        content, flow = self.chance.choice(
            [
                (LONG.replace("93.2", value), self.flows[0]),
                (sdmx_csv(f"M|LITERACY|TH|F|2020||||{value}"), self.flows[0]),
                (BOTH.format(action=self.chance.choice("RMD"), value=value), self.chance.choice(self.flows)),
            ]
        )
        received = receive_file(file=content.encode(), name="figures.csv", by=by)
        declaration, _remembered = propose(source_file=received, dataflow=flow)
        return {"source_file": received, "dataflow": flow, "declaration": declaration}

    def _moment(self) -> dt.datetime | None:
        """Now, soon, or a round minute that others name as well."""
        in_a_minute = (clock.now() + dt.timedelta(minutes=1)).replace(second=0, microsecond=0)
        return self.chance.choice([None, clock.now() + dt.timedelta(seconds=1), in_a_minute])

    def _one(self, found: QuerySet[Any]) -> Any:
        known = list(found.values_list("pk", flat=True)[:200])
        return found.model.objects.filter(pk=self.chance.choice(known)).first() if known else None


def test_each_is_done_or_told_why_not_and_all_holds_together(volume) -> None:
    camps = make_flow(
        "DF_CAMPS",
        {"FREQ": ["A"], "CAMP": ["C1", "C2"]},
        ["OBS_STATUS", "CONF_STATUS"],
        indicator_dimension="FREQ",
        area_dimension="CAMP",
    )
    flows = [education(), camps]
    people = {name: person(name) for name in ("dewi", "anong", "rosa", "paul", "lina")}
    workers = [Worker(random.randrange(2**32), flows, people) for _ in range(5)]
    threads = [threading.Thread(target=one.work, args=(volume(25, long=800),)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [fault for one in workers for fault in one.faults] == []
    done = sum((one.done for one in workers), Counter())
    assert done["bring_in"] + done["bring_in_and_release"] > 0
    # What fell due meanwhile, or has no file yet, waits for the next `release-due`.
    assert [fault for fault in verify_store() if "release-due" not in fault] == []
    audit.verify()
    for submission in Submission.objects.exclude(state=State.DISCARDED):
        assert submission.state != State.CHECKING
        assert len({(part.state, part.release_id) for part in parts_of(submission)}) == 1
