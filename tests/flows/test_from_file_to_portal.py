"""One number's whole way: from a file somebody sent to a page everybody reads. Read this first.

It follows the table in docs/path-of-a-number.md, step by step, on a dataflow made for the test. The people: Dewi
brings numbers in, Rosa reviews them, Paul releases them; none of them may do another's part with the same numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from adme.accounts import audit
from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.collection.actions.checking import open_submission
from adme.collection.actions.corrections import correct_value
from adme.collection.actions.publishing import release, reschedule_release, withdraw_release
from adme.collection.actions.receiving import receive_file
from adme.collection.actions.review import approve, keep_good_rows, send_back, submit
from adme.collection.models import Submission
from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.lib import clock
from adme.releases import queries
from adme.releases.actions import release_due
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import Dataflow
from tests.factories.flows import make_flow

MAPPING = """
mapping: 1
dataflow: TEST:DF_TEST(1.0.0)
file: {encoding: utf-8, separator: semicolon, decimal: comma}
columns:
  Land: {dimension: REF_AREA}
  Jahr: time
  Wert: value
constants: {FREQ: A, INDICATOR: READ, SEX: F}
qualifiers: ["<", ">"]
"""
FIRST_FILE = "Land;Jahr;Wert\nTH;2019;93,5\nVN;2019;95,80\nXX;2019;1,0\nLA;20x9;84,7\nKH;2019;<5\n"
BETTER_FILE = "Land;Jahr;Wert\nTH;2019;93,5\nVN;2019;95,80\nLA;2019;84,7\nKH;2019;<5\n"

REASON = "the story of one number"
PAGE = "/indicators/reading/"
DATA = "/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*"


def person(name: str, role: Role) -> User:
    user = User.objects.create(username=name, full_name=name.title())
    Grant.objects.create(user=user, role=role)
    return user


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {
        "dewi": person("dewi", Role.DATA_OFFICER),
        "rosa": person("rosa", Role.REVIEWER),
        "paul": person("paul", Role.PUBLISHER),
    }


@pytest.fixture
def flow(db: None, settings: Any, tmp_path: Path) -> Dataflow:
    settings.RECEIVED_DIR, settings.FROZEN_DIR = tmp_path / "received", tmp_path / "frozen"
    flow = make_flow()
    reading = NewIndicator(slug="reading", code_id="READ", title={"en": "Women who can read (a fixture)"})
    set_indicators(dataflow=flow, indicators=[reading], by="a test", reason=REASON)
    return flow


def received(text: str, by: User, tmp_path: Path, name: str = "reading.csv") -> Any:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return receive_file(file=path, name=name, by=by, reason=REASON)


def opened(text: str, flow: Dataflow, by: User, tmp_path: Path) -> Submission:
    file = received(text, by, tmp_path)
    submission = open_submission(
        source_file=file, dataflow=flow, declaration=from_yaml(MAPPING), by=by, reason=REASON
    ).submission
    assert submission is not None
    return submission


def public_values() -> dict[str, str]:
    """Area → value, as anybody gets it."""
    answer = Client().get(DATA, headers={"Accept": "text/csv"})
    if answer.status_code == 404:
        return {}
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))  # type: ignore[attr-defined]
    return {row["REF_AREA"]: row["OBS_VALUE"] for row in rows}


def release_all(submission: Submission, people: dict[str, User], **when: Any) -> Submission:
    sent = submit(submission=submission, by=people["dewi"], reason=REASON)
    return approve_and_release(sent, people, **when)


def approve_and_release(sent: Submission, people: dict[str, User], **when: Any) -> Submission:
    approved = approve(submission=sent, by=people["rosa"], reason=REASON)
    return release(submission=approved, by=people["paul"], reason=REASON, title={"en": "Reading"}, **when)


def test_from_file_to_portal(flow: Dataflow, people: dict[str, User], tmp_path: Path) -> None:
    dewi, rosa, paul = people["dewi"], people["rosa"], people["paul"]

    # A file is kept as received, by its hash.
    first = opened(FIRST_FILE, flow, dewi, tmp_path)
    assert first.source_file is not None
    assert first.source_file.digest == hashlib.sha256(FIRST_FILE.encode()).hexdigest()

    # What is wrong is named by row, column and value; what is right is kept.
    assert (first.rows_read, first.rows_kept, first.rows_refused) == (5, 3, 2)
    places = {
        (example["row"], example["column"], example["value"])
        for finding in first.findings.filter(severity="error")
        for example in finding.examples
    }
    assert places == {(4, "Land", "XX"), (5, "Jahr", "20x9")}
    assert all(finding.remedy for finding in first.findings.filter(severity="error"))

    # It cannot go on with errors, unless Dewi sends the good rows only; Rosa wants the rest and sends it back.
    good = keep_good_rows(submission=first, keep=True, by=dewi)
    sent = submit(submission=good, by=dewi, reason=REASON)
    send_back(submission=sent, by=rosa, reason="Lao PDR is missing.")

    # The better file. Nobody approves his own, nobody releases what is not approved.
    second = opened(BETTER_FILE, flow, dewi, tmp_path)
    assert second.rows_refused == 0
    sent = submit(submission=second, by=dewi, reason=REASON)
    with pytest.raises(NotAllowed):
        approve(submission=sent, by=dewi, reason=REASON)
    approved = approve(submission=sent, by=rosa, reason=REASON)
    assert public_values() == {}
    assert Client().get(PAGE).status_code == 404

    # Released, it is public on every face at once, as delivered.
    release(submission=approved, by=paul, reason=REASON, title={"en": "Reading"})
    assert public_values() == {"TH": "93.5", "VN": "95.80", "LA": "84.7", "KH": "<5"}
    page = Client().get(PAGE).content.decode()
    assert "Women who can read (a fixture)" in page
    assert "93.5" in page
    assert [cell.value for cell in queries.latest(flow, "A.TH.READ.F")] == [93.5]

    # Every step is in the audit trail, and the trail is whole.
    actions = AuditEntry.objects.order_by("sequence").values_list("action", "actor")
    assert ("collection.submission.sent_back", "rosa") in actions
    assert ("collection.submission.approved", "rosa") in actions
    assert any(action.startswith("releases.") and actor == "paul" for action, actor in actions)
    audit.verify()


def test_the_same_file_again_changes_nothing(flow: Dataflow, people: dict[str, User], tmp_path: Path) -> None:
    release_all(opened(BETTER_FILE, flow, people["dewi"], tmp_path), people)
    again = opened(BETTER_FILE, flow, people["dewi"], tmp_path)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 4)


def test_a_correction_goes_the_same_way_and_keeps_what_was(
    flow: Dataflow, people: dict[str, User], tmp_path: Path
) -> None:
    release_all(opened(BETTER_FILE, flow, people["dewi"], tmp_path), people)
    before = clock.now()
    correction = correct_value(
        dataflow=flow, key="A.TH.READ.F", period="2019", value="94.1", by=people["dewi"], reason="misprint"
    )
    assert public_values()["TH"] == "93.5"
    approve_and_release(correction, people)
    assert public_values()["TH"] == "94.1"
    assert [cell.value for cell in queries.select(flow, "A.TH.READ.F", as_of=before).cells()] == [93.5]
    versions = queries.history(flow, "A.TH.READ.F", queries.select(flow, "A.TH.READ.F").cells()[0].period)
    assert sorted(version.value or 0 for version in versions) == [93.5, 94.1]


def test_what_is_scheduled_shows_nowhere_before_its_time(
    flow: Dataflow, people: dict[str, User], tmp_path: Path, settings: Any
) -> None:
    noon = clock.now() + dt.timedelta(hours=1)
    scheduled = release_all(opened(BETTER_FILE, flow, people["dewi"], tmp_path), people, at=noon)
    assert public_values() == {}
    assert Client().get(PAGE).status_code == 404
    release_due()
    assert public_values() == {}

    assert scheduled.release is not None
    evening = noon + dt.timedelta(hours=6)
    reschedule_release(release=scheduled.release, at=evening, by=people["paul"], reason="the minister is away")
    settings.ADME_FIXED_CLOCK = noon + dt.timedelta(minutes=1)
    release_due()
    assert public_values() == {}

    settings.ADME_FIXED_CLOCK = evening
    release_due()
    assert public_values()["TH"] == "93.5"


def test_a_withdrawn_release_leaves_a_sign_and_no_figures(
    flow: Dataflow, people: dict[str, User], tmp_path: Path
) -> None:
    done = release_all(opened(BETTER_FILE, flow, people["dewi"], tmp_path), people)
    assert done.release is not None
    withdraw_release(release=done.release, by=people["paul"], reason="wrong file")
    assert public_values() == {}
    assert Client().get(PAGE).status_code == 404
    assert "withdrawn" in Client().get("/releases/").content.decode().lower()
