"""`adme seed`: repeatable people, words and data in every state, for tests and trials.

The same profile, seed and secret give the same people, passwords, ids and values. Two installations that differ in the
secret alone differ in nothing that the public may see: embargoed values, drafts, notes and reasons carry it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.db import models, transaction

from adme.accounts.models import User
from adme.accounts.roles import Role
from adme.collection.actions import publishing, review
from adme.collection.actions.accepting import accept_warnings
from adme.collection.actions.checking import open_submission
from adme.collection.actions.receiving import receive_file
from adme.collection.models import Submission
from adme.config.cast import CAST, Part, make_cast
from adme.config.demo import load_demo
from adme.config.demo.code_lists import make_code_lists
from adme.config.demo.files import WORLD_BANK
from adme.config.demo.flows import make_flows
from adme.config.demo.frameworks import make_frameworks
from adme.config.demo.organisations import make_organisations
from adme.config.demo.register import make_register
from adme.config.demo.reports import make_reports
from adme.config.demo.rules import make_rules
from adme.lib import clock
from adme.structures.queries import dataflow_by_reference

BY: Final = "seed"
REASON: Final = "repeatable data for tests"
STATES: Final = ("BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN")
INDICATORS: Final = ("SP.POP.TOTL", "AG.LND.FRST.ZS", "SP.DYN.LE00.IN")
FIRST_YEAR: Final = 2005
REVISED: Final = 0.1
"""Share of values that a later delivery changes."""

MORE_PEOPLE: Final = (
    Part("reviewer2", Role.REVIEWER, "Second Reviewer"),
    Part("nobody", None, "Person Without Role"),
    Part("gone", Role.PUBLISHER, "Disabled Publisher", is_active=False),
    *(Part(f"officer-{area.lower()}", Role.DATA_OFFICER, f"Data Officer of {area}", area) for area in STATES),
)

Row = dict[str, str]


@dataclass(frozen=True)
class Seed:
    """What was asked for."""

    number: int
    secret: str = ""

    @property
    def public(self) -> random.Random:
        """Chance that the public may see the outcome of."""
        return random.Random(f"public {self.number}")  # noqa: S311 - repeatable, and no secret

    @property
    def hidden(self) -> random.Random:
        """Chance that only the secret decides."""
        return random.Random(f"hidden {self.number} {self.secret}")  # noqa: S311


def seed_people(seed: Seed, passwords: str) -> list[dict[str, str]]:
    """Organisations, and one person for each role and member state; returns the logins."""
    make_organisations(by=BY, reason=REASON)
    return make_cast((*CAST, *MORE_PEOPLE), seed=passwords, by=BY)


def seed_small(seed: Seed, passwords: str) -> list[dict[str, str]]:
    """A thousand real values of the World Bank, some of them changed, in releases and submissions of every state."""
    logins = seed_people(seed, passwords)
    with transaction.atomic():
        make_flows(make_code_lists(by=BY, reason=REASON), by=BY, reason=REASON)
        make_register(by=BY, reason=REASON)
        make_reports(by=BY, approver=User.objects.get(username="loader"), reason=REASON)
        make_rules(by=BY, reason=REASON)
        make_frameworks(by=BY, reason=REASON)
    story = _Story(seed)
    story.public_part()
    story.hidden_part()
    return logins


def seed_demo(seed: Seed, passwords: str) -> list[dict[str, str]]:
    """Everything that `adme demo` loads."""
    logins = seed_people(seed, passwords)
    load_demo()
    return logins


PROFILES: Final[dict[str, Callable[[Seed, str], list[dict[str, str]]]]] = {
    "people": seed_people,
    "small": seed_small,
    "demo": seed_demo,
}


class _Story:
    """What happened in the small installation, told in order."""

    def __init__(self, seed: Seed) -> None:
        self.seed = seed
        self.dataflow = dataflow_by_reference(WORLD_BANK.dataflow)
        self.rows = list(_real_rows())
        self.people = {user.username: user for user in User.objects.all()}
        self.today = clock.now().replace(minute=0, second=0, microsecond=0)

    def public_part(self) -> None:
        """Releases that everybody sees: first figures, a revision, one that was withdrawn."""
        chance = self.seed.public
        self._release(self._approved("First figures", self.rows, by="loader"))
        self._release(self._approved("Revised figures", _revised(self.rows, chance), by="officer"))
        withdrawn = self._release(self._approved("Wrong figures", _revised(self.rows, chance), by="officer"))
        release = withdrawn.release
        assert release is not None  # noqa: S101 - it has just been made
        publishing.withdraw_release(release=release, by=self.people["publisher"], reason="the wrong file")

    def hidden_part(self) -> None:
        """What the public must not see: releases to come, a cancelled one, submissions in every other state."""
        chance, secret = self.seed.hidden, self.seed.secret
        for days, announced in ((30, True), (60, False), (90, False)):
            # An announced release shows its title and time; its content stays hidden.
            title = f"Figures of day {days}" if announced else f"Figures of day {days} {secret}"
            approved = self._approved(title, _revised(self.rows, chance), by="officer")
            scheduled = self._release(approved, at=self.today + dt.timedelta(days=days), announced=announced)
            if days == 90 and scheduled.release is not None:
                publishing.cancel_release(
                    release=scheduled.release, by=self.people["publisher"], reason=f"not needed {secret}"
                )
        self._draft(f"Draft with errors {secret}", _with_errors(_revised(self.rows, chance)))
        self._vouch(self._draft(f"Draft {secret}", _revised(self.rows, chance)))
        self._submitted(f"Sent for review {secret}", _revised(self.rows, chance))
        back = self._submitted(f"Sent back {secret}", _revised(self.rows, chance))
        review.send_back(submission=back, by=self.people["reviewer"], reason=f"Please check 2010 {secret}")
        self._approved(f"Approved {secret}", _revised(self.rows, chance), by="officer")
        given_up = self._draft(f"Given up {secret}", _revised(self.rows, chance))
        review.discard(submission=given_up, by=self.people["officer"], reason=f"superseded {secret}")

    def _draft(self, label: str, rows: list[Row], by: str = "officer") -> Submission:
        person = self.people[by]
        received = receive_file(file=_as_csv(rows), name=f"{label}.csv", by=person, reason=REASON)
        opened = open_submission(
            source_file=received, dataflow=self.dataflow, declaration=WORLD_BANK.mapping, by=person, reason=label
        )
        assert opened.submission is not None  # noqa: S101 - only a dry run opens none
        return opened.submission

    def _vouch(self, submission: Submission) -> None:
        """Accept every warning that a validation rule gives."""
        for finding in submission.findings.filter(severity="warning", group__isnull=False):
            reason = f"As the office says. {self.seed.secret}"
            accept_warnings(submission=submission, finding=finding, by=submission.prepared_by, reason=reason)

    def _submitted(self, label: str, rows: list[Row], by: str = "officer") -> Submission:
        return review.submit(submission=self._draft(label, rows, by), by=self.people[by], reason=label)

    def _approved(self, label: str, rows: list[Row], by: str) -> Submission:
        reviewer = self.people["loader" if by == "loader" else "reviewer"]
        return review.approve(submission=self._submitted(label, rows, by), by=reviewer, reason=label)

    def _release(self, submission: Submission, at: dt.datetime | None = None, *, announced: bool = False) -> Submission:
        return publishing.release(
            submission=submission,
            by=self.people["publisher"],
            reason=submission.reason,
            at=at,
            announced=announced,
            title={"en": submission.reason},
        )


# --- rows -----------------------------------------------------------------------------------------


def _real_rows() -> Iterator[Row]:
    with WORLD_BANK.path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["indicator"] in INDICATORS and int(row["year"]) >= FIRST_YEAR:
                yield row


def _revised(rows: list[Row], chance: random.Random) -> list[Row]:
    """The same rows, a tenth of the values changed by up to two per cent."""
    return [{**row, "value": _nudged(row["value"], chance)} if chance.random() < REVISED else row for row in rows]


def _nudged(value: str, chance: random.Random) -> str:
    factor = chance.uniform(0.98, 1.02)
    return str(round(float(value) * factor)) if "." not in value else f"{float(value) * factor:.6f}"


def _with_errors(rows: list[Row]) -> list[Row]:
    wrong = [{**rows[0], "iso3": "XXX"}, {**rows[1], "value": "1,2,3"}, {**rows[2], "year": "20105"}]
    return [*wrong, *rows[3:]]


def _as_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


# --- ids ------------------------------------------------------------------------------------------


@contextmanager
def repeatable_ids(seed: Seed) -> Iterator[None]:
    """Within the block new ids are drawn from the seed instead of the machine's chance."""
    chance = random.Random(f"ids {seed.number}")  # noqa: S311 - repeatable on purpose

    def drawn() -> uuid.UUID:
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.UUIDField) and field.default is uuid.uuid4
    ]
    for field in fields:
        field.default = drawn
        field.__dict__.pop("_get_default", None)  # worked out once and kept by Django
    try:
        yield
    finally:
        for field in fields:
            field.default = uuid.uuid4
            field.__dict__.pop("_get_default", None)
