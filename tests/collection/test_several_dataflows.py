"""A message about several dataflows: one delivery, checked, decided and applied whole, or not at all."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from adme.accounts.policy import NotAllowed
from adme.collection.actions import publishing, review
from adme.collection.actions.checking import check, open_submission
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose, set_mapping
from adme.collection.actions.receiving import receive_file
from adme.collection.errors import (
    BaseMoved,
    DraftAltered,
    ErrorsStand,
    IllegalMove,
    NothingToSend,
    Overtaken,
    OwnWork,
    StaysWhole,
)
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.collection.queries import parts_of
from adme.lib import clock
from adme.observations.models import Delivery
from adme.releases.actions import release_due
from adme.releases.exports import export
from adme.releases.models import Release
from adme.releases.queries import select
from adme.structures.models import Dataflow, Mapping
from tests.collection.browsing import signed_in, upload
from tests.collection.cast import person
from tests.collection.education import MAPPING, bring_in, draft, public, publish
from tests.collection.messages import dataset, obs, sdmx_csv, sdmx_json, series, specific
from tests.factories.flows import make_flow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

TH = {"INDICATOR": "LITERACY", "REF_AREA": "TH", "SEX": "F"}
KEY = "LITERACY.TH.F"
CAMP = {"FREQ": "A", "CAMP": "C1"}


@pytest.fixture
def camps(flow: Dataflow) -> Dataflow:
    """A second dataflow with dimensions of its own."""
    dimensions = {"FREQ": ["A"], "CAMP": ["C1", "C2"]}
    attributes = ["OBS_STATUS", "CONF_STATUS"]
    return make_flow("DF_CAMPS", dimensions, attributes, indicator_dimension="FREQ", area_dimension="CAMP")


def heads(content: str) -> str:
    """The message with a second structure in its header."""
    second = (
        '<mes:Structure structureID="S2" namespace="y" dimensionAtObservation="TIME_PERIOD"><com:StructureUsage>'
        "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=TEST:DF_CAMPS(1.0.0)</com:StructureUsage></mes:Structure>"
    )
    return content.replace("</mes:Header>", f"{second}</mes:Header>")


def of_camps(*parts: str, action: str = "Replace") -> str:
    return dataset(*parts, action=action).replace('"S1"', '"S2"')


def xml(*datasets: str) -> str:
    return heads(specific(*datasets))


EDU_ROWS = series(obs("2020", "93.2"), obs("2021", "93.5"), **TH)
CAMP_ROWS = series(obs("2020", "10"), obs("2021", "12"), **CAMP)


def as_json() -> str:
    """SDMX-JSON of both."""
    message = json.loads(sdmx_json())
    values = [{"id": name, "keyPosition": place, "values": [{"id": code}]} for place, (name, code) in
              enumerate(CAMP.items())]  # fmt: skip
    structure: dict[str, Any] = {
        "links": [
            {"urn": "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=TEST:DF_CAMPS(1.0.0)", "rel": "dataflow"}
        ],
        "dimensions": {
            "dataSet": [], "series": values,
            "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2020"}, {"id": "2021"}]}],
        },
        "measures": {"observation": [{"id": "OBS_VALUE"}]},
        "attributes": {"dataSet": [], "dimensionGroup": [], "series": [], "observation": []},
        "dataSets": [1],
    }  # fmt: skip
    message["data"]["structures"].append(structure)
    told = {"0:0": {"observations": {"0": [10], "1": [12]}}}
    message["data"]["dataSets"].append({"series": told, "structure": 1, "action": "Replace"})
    return json.dumps(message)


BOTH_CSV = (
    "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,FREQ,CAMP,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    "dataflow,TEST:DF_EDU(1.0.0),R,LITERACY,TH,F,,,2020,93.2,\n"
    "dataflow,TEST:DF_CAMPS(1.0.0),R,,,,A,C1,2020,10,\n"
    "dataflow,TEST:DF_EDU(1.0.0),R,LITERACY,TH,F,,,2021,93.5,\n"
    "dataflow,TEST:DF_CAMPS(1.0.0),R,,,,A,C1,2021,12,\n"
)
BOTH = {
    "SDMX-ML 3.0": xml(dataset(EDU_ROWS), of_camps(CAMP_ROWS)),
    "SDMX-ML 3.0, the other first": xml(of_camps(CAMP_ROWS), dataset(EDU_ROWS)),
    "SDMX-JSON": as_json(),
    "SDMX-CSV": BOTH_CSV,
}


def camp_figures(camps: Dataflow) -> dict[str, str]:
    return {
        f"{row['CAMP']} {row['TIME_PERIOD']}": row["OBS_VALUE"]
        for frame in select(camps).frames()
        for row in frame.iter_rows(named=True)
    }


@pytest.mark.parametrize("kind", BOTH)
def test_it_is_one_delivery_in_every_format(flow: Dataflow, camps: Dataflow, kind: str) -> None:
    submission = publish(flow, BOTH[kind], declaration="suggested")
    parts = list(parts_of(submission))
    assert [(one.dataflow, one.state, one.rows_read, one.new, one.warnings) for one in parts] == [
        (flow, "released", 2, 2, 0),
        (camps, "released", 2, 2, 0),
    ]
    assert public(flow).keys() == {f"{KEY} 2020", f"{KEY} 2021"} or kind == "SDMX-JSON"
    assert len(public(flow)) == 2
    assert camp_figures(camps) == {"C1 2020": "10", "C1 2021": "12"}
    assert Release.objects.count() == 1


def test_its_data_sets_work_in_their_order(flow: Dataflow, camps: Dataflow) -> None:
    publish(flow, xml(dataset(EDU_ROWS), of_camps(CAMP_ROWS)), declaration="suggested")
    away = series(**TH)
    again = xml(
        dataset(away, action="Delete"),
        of_camps(series(**CAMP), action="Delete"),
        dataset(series(obs("2022", "94"), **TH)),
        of_camps(series(obs("2021", "13"), **CAMP)),
        of_camps(series(obs("2023", "14"), **CAMP)),
    )
    submission = publish(flow, again, declaration="suggested")
    assert public(flow) == {f"{KEY} 2022": "94"}
    assert camp_figures(camps) == {"C1 2021": "13", "C1 2023": "14"}
    counted = [(one.new, one.changed, one.deleted) for one in parts_of(submission)]
    assert counted == [(1, 0, 2), (1, 1, 1)]


@pytest.mark.parametrize("form", ["sdmx-csv", "sdmx-json", "sdmx-ml-3.0", "sdmx-ml-3.1", "sdmx-ml-2.1-generic"])
def test_what_is_asked_of_several_comes_back_as_what_is_there(flow: Dataflow, camps: Dataflow, form: str) -> None:
    publish(flow, BOTH["SDMX-CSV"], declaration="suggested")
    made = export([select(camps), select(flow)], form)
    submission = draft(flow, b"".join(made.chunks()).decode(), name=made.filename, declaration="suggested")
    counted = {one.dataflow: (one.rows_read, one.new, one.changed, one.deleted) for one in parts_of(submission)}
    assert counted == {flow: (2, 0, 0, 0), camps: (2, 0, 0, 0)}


def wrong(flow: Dataflow) -> Submission:
    return draft(
        flow,
        xml(dataset(EDU_ROWS), of_camps(series(obs("2020", "10"), FREQ="A", CAMP="NOWHERE"))),
        name="both.xml",
        declaration="suggested",
    )


def test_an_error_in_the_last_data_set_holds_all_of_it(flow: Dataflow, camps: Dataflow) -> None:
    submission = wrong(flow)
    bad = parts_of(submission).get(dataflow=camps)
    (finding,) = bad.findings.filter(severity="error")
    assert (finding.rule, finding.examples[0]["dataset"], finding.examples[0]["row"]) == ("code.unknown", 2, 3)
    for part in (submission, bad):
        with pytest.raises(ErrorsStand):
            review.submit(submission=part, by=person("dewi"))
        with pytest.raises(StaysWhole):
            review.keep_good_rows(submission=part, keep=True, by=person("dewi"))
    for more in ({"keep_good_rows": True}, {}):
        content = xml(dataset(EDU_ROWS), of_camps(series(obs("2020", "10"), FREQ="A", CAMP="NOWHERE")))
        assert publish(flow, content, declaration="suggested", **more).state == "draft"
    assert public(flow) == {}
    assert not Delivery.objects.exists()


def test_a_data_set_of_a_dataflow_that_nobody_knows_is_named(flow: Dataflow) -> None:
    opened = bring_in(flow, xml(dataset(EDU_ROWS), of_camps(CAMP_ROWS)), name="m.xml", declaration="suggested")
    assert opened.others == ()
    (finding,) = [one for one in opened.examined.findings if one.rule == "structure.other"]
    assert (finding.value, [one["dataset"] for one in finding.examples]) == ("TEST:DF_CAMPS(1.0.0)", [2, 2])


def test_every_step_takes_all_of_it(flow: Dataflow, camps: Dataflow) -> None:
    dewi, rosa, paul = person("dewi"), person("rosa"), person("paul")
    first = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    second = parts_of(first).get(dataflow=camps)

    def states() -> list[str]:
        return [one.state for one in parts_of(first)]

    review.submit(submission=second, by=dewi)
    assert states() == ["submitted", "submitted"]
    review.take_back(submission=first, by=dewi)
    assert states() == ["draft", "draft"]
    assert check(submission=second, by=dewi) == first
    review.submit(submission=first, by=dewi)
    review.approve(submission=second, by=rosa)
    review.send_back(submission=first, by=rosa, reason="look again")
    assert states() == ["sent_back", "sent_back"]
    check(submission=first, by=dewi)
    assert Submission.objects.count() == 2
    review.submit(submission=first, by=dewi)
    review.approve(submission=first, by=rosa)
    publishing.release(submission=second, by=paul)
    assert states() == ["released", "released"]
    (made,) = Release.objects.all()
    assert {one.release for one in parts_of(first)} == {made}


def test_it_is_given_up_whole(flow: Dataflow, camps: Dataflow) -> None:
    first = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    review.discard(submission=first, by=person("dewi"))
    assert set(Submission.objects.values_list("state", flat=True)) == {"discarded"}


def test_whoever_decides_has_seen_all_of_it(flow: Dataflow, camps: Dataflow) -> None:
    first = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    seen = first.revision
    second = parts_of(first).get(dataflow=camps)
    review.submit(submission=second, by=person("dewi"))
    with pytest.raises(Overtaken):
        review.approve(submission=first, by=person("rosa"), revision=seen)


def test_nothing_is_applied_where_the_rows_of_the_last_part_are_gone(flow: Dataflow, camps: Dataflow) -> None:
    first = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    review.submit(submission=first, by=person("dewi"))
    review.approve(submission=first, by=person("rosa"))
    last = parts_of(first).get(dataflow=camps)
    DRAFTS.path(last.approved_digest).unlink()
    with pytest.raises(DraftAltered):
        publishing.release(submission=first, by=person("paul"))
    assert (public(flow), camp_figures(camps), Release.objects.count()) == ({}, {}, 0)
    assert {one.state for one in parts_of(first)} == {"approved"}


@pytest.mark.parametrize("place", ["record_examined", "submit", "approve", "release"])
def test_whatever_dies_in_the_middle_leaves_nothing(
    flow: Dataflow, camps: Dataflow, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The second part of each step fails."""
    from adme.collection.actions import checking

    rooms = {"record_examined": checking, "release": publishing}
    name = "record_examined" if place == "record_examined" else "move"
    room = rooms.get(place, review)
    real, met = getattr(room, name), []

    def dying(**given: Any) -> Any:
        if place in ("record_examined", given.get("verb")):
            met.append(given)
            if len(met) == 2:
                raise RuntimeError("killed")
        return real(**given)

    monkeypatch.setattr(room, name, dying)
    lina = person("lina")
    received = receive_file(file=BOTH_CSV.encode(), name="both.csv", by=lina)
    declaration, _remembered = propose(source_file=received, dataflow=flow)
    with pytest.raises(RuntimeError):
        import_and_release(source_file=received, dataflow=flow, declaration=declaration, by=lina)
    assert (public(flow), camp_figures(camps)) == ({}, {})
    assert not Submission.objects.exists()
    assert not Delivery.objects.exists()


def test_a_part_that_changes_nothing_goes_no_further(flow: Dataflow, camps: Dataflow) -> None:
    gone = xml(dataset(EDU_ROWS), of_camps(series(**CAMP), action="Delete"))
    submission = publish(flow, gone, declaration="suggested")
    assert [one.state for one in parts_of(submission)] == ["released"]
    assert len(public(flow)) == 2


def test_a_dry_run_tells_of_every_part(flow: Dataflow, camps: Dataflow) -> None:
    dewi = person("dewi")
    received = receive_file(file=BOTH["SDMX-ML 3.0"].encode(), name="both.xml", by=dewi)
    declaration, _remembered = propose(source_file=received, dataflow=flow)
    told = open_submission(source_file=received, dataflow=flow, declaration=declaration, by=dewi, dry_run=True)
    assert [(one.dataflow, one.examined.counts.new) for one in told.parts] == [(flow, 2), (camps, 2)]


def test_a_table_of_one_dataflow_knows_nothing_of_it(flow: Dataflow) -> None:
    submission = draft(flow, sdmx_csv("R,LITERACY,TH,F,2020,93.2,,,"), declaration="suggested")
    assert (submission.part, submission.bound_to, parts_of(submission).count()) == (1, None, 1)


def test_the_page_shows_what_changes_in_each(flow: Dataflow, camps: Dataflow) -> None:
    dewi, rosa = signed_in("dewi"), signed_in("rosa")
    upload(dewi, flow, BOTH["SDMX-ML 3.0"], name="both.xml")
    first = Submission.objects.get(part=1)
    second = Submission.objects.get(part=2)
    for one, other in ((first, second), (second, first)):
        content = dewi.get(reverse("collection:submission", args=[one.pk])).content.decode()
        assert reverse("collection:submission", args=[other.pk]) in content
        assert "What changes in each dataflow" in content
        assert reverse("collection:submit", args=[one.pk]) in content
    dewi.post(reverse("collection:submit", args=[second.pk]), {"revision": second.revision})
    first.refresh_from_db()
    rosa.post(reverse("collection:approve", args=[first.pk]), {"revision": first.revision})
    assert [one.state for one in parts_of(first)] == ["approved", "approved"]


def test_the_page_offers_nothing_while_another_part_has_errors(flow: Dataflow, camps: Dataflow) -> None:
    submission = wrong(flow)
    content = signed_in("dewi").get(reverse("collection:submission", args=[submission.pk])).content.decode()
    assert reverse("collection:submit", args=[submission.pk]) not in content
    assert reverse("collection:keep-good-rows", args=[submission.pk]) not in content


# --- parts that say nothing, the same message again, and what is undone -----------------------------

EMPTY_FIRST = xml(dataset(series(**TH), action="Delete"), of_camps(CAMP_ROWS))
EMPTY_SECOND = xml(dataset(EDU_ROWS), of_camps(series(**CAMP), action="Delete"))


@pytest.mark.parametrize("content", [EMPTY_FIRST, EMPTY_SECOND], ids=["first", "second"])
@pytest.mark.parametrize("way_back", ["take_back", "send_back"])
def test_a_part_that_said_nothing_is_no_obstacle_when_the_message_is_checked_again(
    flow: Dataflow, camps: Dataflow, content: str, way_back: str
) -> None:
    """Meanwhile there may be something for it to delete: it is part of the message again."""
    dewi, rosa, paul = person("dewi"), person("rosa"), person("paul")
    opened = draft(flow, content, name="both.xml", declaration="suggested")
    empty, full = sorted(parts_of(opened), key=lambda one: one.rows_kept)
    sent = review.submit(submission=empty, by=dewi)
    assert (sent.pk, sent.state) == (empty.pk, "discarded")
    full.refresh_from_db()
    assert full.state == "submitted"
    if way_back == "take_back":
        review.take_back(submission=full, by=dewi)
    else:
        review.send_back(submission=full, by=rosa, reason="look again")
    # What the empty part deletes is brought in by others.
    rows = dataset(EDU_ROWS) if empty.dataflow == flow else of_camps(CAMP_ROWS)
    publish(empty.dataflow, xml(rows), declaration="suggested")

    checked = check(submission=Submission.objects.get(pk=full.pk), by=dewi)
    assert checked.state == "draft"
    standing = list(parts_of(checked))
    assert [(one.dataflow, one.rows_kept > 0, one.state) for one in standing] == [
        (full.dataflow, True, "draft"),
        (empty.dataflow, True, "draft"),
    ]
    empty.refresh_from_db()
    assert empty.state == "discarded"
    review.submit(submission=standing[1], by=dewi)
    review.approve(submission=checked, by=rosa)
    publishing.release(submission=checked, by=paul)
    figures = (len(public(flow)), len(camp_figures(camps)))
    assert figures == ((0, 2) if empty.dataflow == flow else (2, 0))


def test_a_part_shows_the_mapping_that_was_applied_and_no_other_is_remembered(flow: Dataflow, camps: Dataflow) -> None:
    dewi = person("dewi")
    first = draft(flow, BOTH_CSV, name="both.csv", declaration="suggested")
    second = parts_of(first).get(dataflow=camps)
    applied = second.declaration
    set_mapping(submission=second, declaration=MAPPING, by=dewi)
    with pytest.raises(IllegalMove):
        review.submit(submission=first, by=dewi)
    check(submission=second, by=dewi)
    second.refresh_from_db()
    assert (second.state, second.declaration, second.rows_kept) == ("draft", applied, 2)
    remembered = set(Mapping.objects.filter(dataflow=camps).values_list("declaration", flat=True))
    assert remembered <= {applied}


def test_a_message_whose_parts_all_say_nothing_is_not_sent(flow: Dataflow, camps: Dataflow) -> None:
    content = xml(dataset(series(**TH), action="Delete"), of_camps(series(**CAMP), action="Delete"))
    opened = draft(flow, content, name="both.xml", declaration="suggested")
    with pytest.raises(NothingToSend):
        review.submit(submission=opened, by=person("dewi"))
    assert publish(flow, content, declaration="suggested").state == "draft"


def test_a_first_part_that_says_nothing_does_not_hold_up_the_others(flow: Dataflow, camps: Dataflow) -> None:
    publish(flow, EMPTY_FIRST, declaration="suggested")
    assert camp_figures(camps) == {"C1 2020": "10", "C1 2021": "12"}
    (made,) = Submission.objects.filter(state="released")
    assert (made.dataflow, made.bound_to, made.part) == (camps, None, 1)


def test_the_same_message_again_changes_nothing(flow: Dataflow, camps: Dataflow) -> None:
    publish(flow, BOTH["SDMX-ML 3.0"], declaration="suggested")
    again = publish(flow, BOTH["SDMX-ML 3.0"], declaration="suggested")
    assert [(one.state, one.new, one.changed, one.deleted) for one in parts_of(again)] == [("draft", 0, 0, 0)] * 2
    assert Release.objects.count() == 1


def test_it_goes_live_and_is_taken_back_as_one(
    flow: Dataflow, camps: Dataflow, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    dewi, rosa, paul = person("dewi"), person("rosa"), person("paul")
    opened = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    review.submit(submission=opened, by=dewi)
    review.approve(submission=opened, by=rosa)
    tomorrow = clock.now() + dt.timedelta(days=1)

    def shown() -> tuple[int, int]:
        return len(public(flow)), len(camp_figures(camps))

    for part in parts_of(opened):
        publishing.release(submission=part, by=paul, at=tomorrow)
        assert (shown(), Release.objects.pending(0).count()) == ((0, 0), 1)
        (waiting,) = Release.objects.pending(0)
        publishing.cancel_release(release=waiting, by=paul, reason="another day")
        assert {one.state for one in parts_of(opened)} == {"approved"}
    publishing.release(submission=opened, by=paul, at=tomorrow)
    (made,) = Release.objects.pending(0)
    publishing.reschedule_release(release=made, at=tomorrow + dt.timedelta(days=1), by=paul, reason="later")
    settings.ADME_FIXED_CLOCK = tomorrow + dt.timedelta(days=1, seconds=1)
    assert release_due() == [made]
    assert shown() == (2, 2)
    publishing.withdraw_release(release=made, by=paul, reason="wrong")
    assert shown() == (0, 0)


def test_what_one_part_leans_on_holds_all_of_it(flow: Dataflow, camps: Dataflow) -> None:
    """The note of the second part is worked out over a figure that is another by the time of the release."""
    publish(flow, BOTH["SDMX-ML 3.0"], declaration="suggested")
    leaning = xml(
        dataset(series(obs("2022", "94"), **TH)),
        of_camps(series(obs("2020", OBS_STATUS="E"), **CAMP), action="Merge"),
    )
    opened = draft(flow, leaning, name="both.xml", declaration="suggested")
    review.submit(submission=opened, by=person("dewi"))
    review.approve(submission=opened, by=person("rosa"))
    publish(camps, xml(of_camps(series(obs("2020", "11"), **CAMP))), declaration="suggested")
    for at in (None, clock.now() + dt.timedelta(days=1)):
        with pytest.raises(BaseMoved):
            publishing.release(submission=opened, by=person("paul"), at=at)
    assert {one.state for one in parts_of(opened)} == {"approved"}
    assert (len(public(flow)), camp_figures(camps)["C1 2020"]) == (2, "11")


@pytest.mark.parametrize("who", ["dewi", "rosa", "paul", "guest"])
def test_each_step_of_each_part_is_for_those_who_may_take_it(flow: Dataflow, camps: Dataflow, who: str) -> None:
    opened = draft(flow, BOTH["SDMX-ML 3.0"], name="both.xml", declaration="suggested")
    review.submit(submission=opened, by=person("dewi"))
    for part in parts_of(opened):
        if who != "rosa":
            with pytest.raises((NotAllowed, OwnWork)):
                review.approve(submission=part, by=person(who))
    assert {one.state for one in parts_of(opened)} == {"submitted"}
    review.approve(submission=opened, by=person("rosa"))
    for part in parts_of(opened):
        if who != "paul":
            with pytest.raises(NotAllowed):
                publishing.release(submission=part, by=person(who))
    assert {one.state for one in parts_of(opened)} == {"approved"}
