"""What leans on public figures goes live over those figures, or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from adme.collection.actions import publishing, review
from adme.collection.actions.corrections import correct_value
from adme.collection.errors import BaseMoved, InTheWay
from adme.collection.models import Submission
from adme.lib import clock
from adme.releases.models import Release
from adme.structures.models import Dataflow
from tests.collection.cast import person
from tests.collection.education import draft, education
from tests.collection.messages import sdmx_csv
from tests.collection.test_messages import FIRST, figures, load
from tests.factories.waiting import Beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

SOON, LATER = dt.timedelta(hours=1), dt.timedelta(hours=2)
NEWER = "R,LITERACY,TH,F,2020,50,A,PT,"
CELL = ("TH", "F", "2020")


@pytest.fixture
def standing(flow: Dataflow) -> Dataflow:
    load(flow, FIRST)
    return flow


LEANING = [lambda flow: approved(flow, "M,LITERACY,TH,F,2020,,,,late"), lambda flow: corrected(flow, "93.4")]


def approved(flow: Dataflow, rows: str) -> Submission:
    made = draft(flow, sdmx_csv(rows), declaration="suggested", by=person("dewi"))
    return review.approve(submission=review.submit(submission=made, by=person("dewi")), by=person("rosa"))


def corrected(flow: Dataflow, value: str, *, sex: str = "F") -> Submission:
    made = correct_value(
        dataflow=flow,
        key=f"LITERACY.TH.{sex}",
        period="2020",
        value=value,
        by=person("dewi"),
        reason="typing error",
        obs_status="E",
    )
    return review.approve(submission=made, by=person("rosa"))


def release(submission: Submission, after: dt.timedelta | None = None) -> Release:
    at = None if after is None else clock.now() + after
    made = publishing.release(submission=submission, by=person("paul"), at=at).release
    assert made is not None
    return made


@pytest.mark.parametrize("leaning", LEANING, ids=["message", "correction"])
def test_nothing_goes_live_before_a_waiting_release_that_leans_on_what_is_public(standing, leaning):
    waiting = release(leaning(standing), SOON)
    before = figures(standing)[CELL]

    for after in (None, SOON / 2):
        with pytest.raises(InTheWay):
            release(approved(standing, NEWER), after)
    with pytest.raises(InTheWay):
        publishing.reschedule_release(
            release=release(approved(standing, NEWER), LATER),
            at=clock.now() + SOON / 2,
            by=person("paul"),
            reason="sooner",
        )
    assert figures(standing)[CELL] == before

    publishing.cancel_release(release=waiting, by=person("paul"), reason="after the other")
    release(approved(standing, NEWER))
    assert figures(standing)[CELL][0] == "50"


@pytest.mark.parametrize("leaning", LEANING, ids=["message", "correction"])
def test_what_leans_is_not_scheduled_after_what_waits(standing, leaning):
    release(approved(standing, NEWER), SOON)

    with pytest.raises(InTheWay):
        release(leaning(standing), LATER)
    release(leaning(standing), SOON / 2)


def test_a_withdrawal_does_not_pull_the_ground_from_under_it(standing):
    newer = release(approved(standing, NEWER))
    correction = corrected(standing, "50.5")
    waiting = release(correction, SOON)

    for conceal in (False, True):
        with pytest.raises(InTheWay):
            publishing.withdraw_release(release=newer, by=person("paul"), reason="wrong", conceal=conceal)
    publishing.cancel_release(release=waiting, by=person("paul"), reason="goes")
    publishing.withdraw_release(release=newer, by=person("paul"), reason="wrong", conceal=True)
    with pytest.raises(BaseMoved):
        release(correction)


def test_a_correction_does_not_open_what_has_become_confidential(standing):
    """The form kept what stood beside the value, the mark that it was free among it."""
    waiting = corrected(standing, "93.4")
    release(approved(standing, "R,LITERACY,TH,F,2020,,M,PT,withheld"))

    with pytest.raises(BaseMoved, match="changed"):
        release(waiting)
    assert figures(standing)[CELL] == (None, "M", "withheld")


def test_corrections_of_other_cells_do_not_hinder_each_other(standing):
    first, second = corrected(standing, "93.4"), corrected(standing, "94.4", sex="M")
    third = corrected(standing, "93.6")

    release(first)
    release(second, SOON)
    with pytest.raises(BaseMoved):
        release(third)
    assert figures(standing)[CELL][0] == "93.4"


@pytest.mark.parametrize("leaning", LEANING, ids=["message", "correction"])
def test_what_is_due_and_has_not_gone_live_yet_counts(standing, leaning, settings):
    """It goes live with the release that comes after it, whoever is first to look."""
    waiting = release(approved(standing, NEWER), SOON)
    late = leaning(standing)
    settings.ADME_FIXED_CLOCK = clock.from_instant(waiting.instant) + dt.timedelta(seconds=1)

    with pytest.raises(BaseMoved):
        release(late)
    release(approved(standing, "R,LITERACY,TH,M,2020,51,A,PT,"))
    assert figures(standing)[CELL][0] == "50"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leaning", LEANING, ids=["message", "correction"])
@pytest.mark.parametrize("after", [None, SOON], ids=["now", "later"])
def test_a_release_that_is_being_made_at_the_same_time_counts(leaning, after):
    """Another publisher holds the dataflow while ours looks: what he releases is there when it is our turn."""
    flow = education()
    load(flow, FIRST)
    newer, late = approved(flow, NEWER), leaning(flow)
    person("paul")
    ours = Beside(lambda: release(late, after))
    with transaction.atomic():
        release(newer)
        ours.start_and_wait_until_it_waits()
    assert type(ours.join()) is BaseMoved
    assert figures(flow)[CELL][0] == "50"
    late.refresh_from_db()
    assert late.state == Submission.State.APPROVED
