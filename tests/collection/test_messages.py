"""Messages from the door to the public: every format, every action, all data sets of one message in order."""

from __future__ import annotations

import json

import pytest

from adme.collection.actions import publishing, review
from adme.collection.actions.checking import check
from adme.collection.errors import BaseMoved
from adme.collection.models import Submission
from adme.releases.queries import clock_instant, select
from adme.structures.models import Mapping
from tests.collection.cast import person
from tests.collection.education import bring_in, draft, publish, undone
from tests.collection.messages import GENERIC, JSON_STAT, dataset, group, obs, sdmx_csv, sdmx_json, series, specific

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

TH = {"INDICATOR": "LITERACY", "REF_AREA": "TH", "SEX": "F"}


def figures(flow):
    """(area, sex, year) → (value, status, comment) of everything public."""
    found = {}
    for frame in select(flow).frames():
        for row in frame.iter_rows(named=True):
            said = (row["OBS_VALUE"], row["OBS_STATUS"], row["COMMENT_OBS"])
            found[row["REF_AREA"], row["SEX"], row["TIME_PERIOD"]] = said
    return found


def load(flow, content, **more):
    return publish(flow, content, declaration="suggested", **more)


def errors(flow, content, name="m.xml"):
    opened = bring_in(flow, content, name=name, declaration="suggested", dry_run=True)
    return [(one.rule, one.column, one.value) for one in opened.examined.findings if one.severity == "error"]


# --- formats --------------------------------------------------------------------------------------

TWO = series(obs("2020", "93.20", OBS_STATUS="E"), obs("2021", "93.5"), **TH, UNIT_MEASURE="PT")
FLAT = "".join(
    obs(period, value, **TH, UNIT_MEASURE="PT", **status)
    for period, value, status in (("2020", "93.20", {"OBS_STATUS": "E"}), ("2021", "93.5", {}))
)
SAME: dict[str, str | bytes] = {
    "3.0 by series": specific(dataset(TWO)),
    "3.1 flat": specific(dataset(FLAT), version="3.1"),
    "2.1 by series": specific(dataset(TWO), version="2.1"),
    "2.1 flat": specific(dataset(FLAT), version="2.1"),
    "2.1 time series": specific(dataset(TWO), version="2.1", root="StructureSpecificTimeSeriesData"),
    "2.1 generic": GENERIC,
    "2.1 generic time series": GENERIC.replace("GenericData", "GenericTimeSeriesData"),
    "by its data structure": specific(dataset(TWO), kind="datastructure"),
    "attributes of a group": specific(
        dataset(group(INDICATOR="LITERACY", UNIT_MEASURE="PT"), TWO.replace(' UNIT_MEASURE="PT"', ""))
    ),
    "attributes of the data set": specific(dataset(TWO.replace(' UNIT_MEASURE="PT"', ""), UNIT_MEASURE="PT")),
    "with values as elements": specific(
        dataset(TWO.replace(' UNIT_MEASURE="PT">', '><Comp id="UNIT_MEASURE"><Value>PT</Value></Comp>'))
    ),
    "in UTF-16": specific(dataset(TWO)).replace("UTF-8", "UTF-16").encode("utf-16"),
    "JSON 2 by series": sdmx_json(),
    "JSON 2 flat": sdmx_json(flat=True),
    "JSON 2 with its structure first": sdmx_json(after=False),
    "JSON 1": sdmx_json().replace('"structures": [', '"structure": ').replace('"dataSets": [0]}]', '"x": 0}'),
    "CSV 2": sdmx_csv("R,LITERACY,TH,F,2020,93.20,E,PT,", "R,LITERACY,TH,F,2021,93.5,,PT,"),
    "CSV 2 without actions": sdmx_csv("LITERACY,TH,F,2020,93.20,E,PT,", "LITERACY,TH,F,2021,93.5,,PT,", action=False),
    "CSV 2 with semicolons": sdmx_csv("I,LITERACY,TH,F,2020,93.20,E,PT,", "I,LITERACY,TH,F,2021,93.5,A,PT,").replace(
        ",", ";"
    ),
    "CSV 2 with tabs": sdmx_csv("I,LITERACY,TH,F,2020,93.20,E,PT,", "I,LITERACY,TH,F,2021,93.5,A,PT,").replace(
        ",", "\t"
    ),
    "CSV 1": (
        "DATAFLOW,INDICATOR,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE\n"
        "TEST:DF_EDU(1.0),LITERACY,TH,F,2020,93.20,E,PT\nTEST:DF_EDU(1.0),LITERACY,TH,F,2021,93.5,,PT\n"
    ),
}


def test_the_same_figures_in_every_format(flow):
    expected = {("TH", "F", "2020"): ("93.20", "E", None), ("TH", "F", "2021"): ("93.5", "A", None)}
    for what, content in SAME.items():
        with undone():
            submission = load(flow, content)
            found = {one.rule for one in submission.findings.all() if one.severity != "information"}
            assert (what, found, figures(flow)) == (what, set(), expected)
            units = {row["UNIT_MEASURE"] for frame in select(flow).frames() for row in frame.iter_rows(named=True)}
            assert (what, units) == (what, {"PT"})


def test_what_a_message_says_of_itself_is_not_remembered_as_a_mapping(flow):
    load(flow, specific(dataset(TWO)))
    assert not Mapping.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"value": {"0": 93.2, "1": 93.5}, "status": ["E"]},
        {"value": {"1": 93.5, "0": 93.2}, "status": {"0": "E"}},
    ],
)
def test_json_stat_brings_values_and_status_and_leaves_attributes(flow, change):
    load(flow, sdmx_csv("R,LITERACY,TH,F,2020,1,A,PT,note", "R,LITERACY,TH,F,2021,1,A,PT,"))
    load(flow, json.dumps(JSON_STAT | change))

    assert figures(flow) == {("TH", "F", "2020"): ("93.2", "E", "note"), ("TH", "F", "2021"): ("93.5", "A", None)}


def test_data_sets_of_a_json_message_count_in_their_order(flow):
    load(flow, sdmx_csv("R,LITERACY,TH,F,2019,1,A,PT,note"))
    message = json.loads(sdmx_json())
    everything = {"structure": 0, "action": "Delete", "series": {"0:1:0": {}}}
    message["data"]["dataSets"].insert(0, everything)
    submission = load(flow, json.dumps(message))

    assert sorted(figures(flow)) == [("TH", "F", "2020"), ("TH", "F", "2021")]
    assert (submission.new, submission.deleted) == (2, 1)


# --- actions --------------------------------------------------------------------------------------

FIRST = sdmx_csv(
    "R,LITERACY,TH,F,2020,93.2,E,PT,first", "R,LITERACY,TH,M,2020,94.6,A,PT,second", "R,LITERACY,VN,F,2020,95.75,A,PT,"
)


@pytest.fixture
def loaded(flow):
    load(flow, FIRST)
    return flow


BEFORE = {
    ("TH", "F", "2020"): ("93.2", "E", "first"),
    ("TH", "M", "2020"): ("94.6", "A", "second"),
    ("VN", "F", "2020"): ("95.75", "A", None),
}
CHANGES: list[tuple[str, list[str], dict[tuple[str, str, str], tuple[str, str, str | None] | None]]] = [
    ("merging changes what is given", ["M,LITERACY,TH,F,2020,93.9,,,"], {("TH", "F", "2020"): ("93.9", "E", "first")}),
    ("append is merging", ["A,LITERACY,TH,F,2020,,A,,"], {("TH", "F", "2020"): ("93.2", "A", "first")}),
    ("information is merging", ["I,LITERACY,TH,F,2020,,,,new"], {("TH", "F", "2020"): ("93.2", "E", "new")}),
    ("merging empties by #N/A", ["M,LITERACY,TH,F,2020,,,,#N/A"], {("TH", "F", "2020"): ("93.2", "E", None)}),
    ("a missing value", ["M,LITERACY,TH,F,2020,NaN,,,"], {("TH", "F", "2020"): ("NaN", "O", "first")}),
    ("replacing", ["R,LITERACY,TH,F,2020,93.9,,PT,"], {("TH", "F", "2020"): ("93.9", "A", None)}),
    ("merging what is new", ["M,LITERACY,LA,F,2020,1.5,,PT,x"], {("LA", "F", "2020"): ("1.5", "A", "x")}),
    ("deleting one", ["D,LITERACY,TH,F,2020,,,,"], {("TH", "F", "2020"): None}),
    ("deleting its value", ["D,LITERACY,TH,F,2020,-,,,"], {("TH", "F", "2020"): None}),
    ("deleting an attribute", ["D,LITERACY,TH,F,2020,,,,-"], {("TH", "F", "2020"): ("93.2", "E", None)}),
    ("deleting a status", ["D,LITERACY,TH,F,2020,,-,,"], {("TH", "F", "2020"): ("93.2", "A", "first")}),
    ("deleting an area", ["D,,TH,*,,,,,"], {("TH", "F", "2020"): None, ("TH", "M", "2020"): None}),
    ("deleting a year", ["D,,~,,2020,,,,"], dict.fromkeys(BEFORE)),
    ("deleting all", ["D,,,,,,,,"], dict.fromkeys(BEFORE)),
    ("deleting what is not there", ["D,LITERACY,KH,F,2020,,,,", "D,ENROLMENT,,,,,,,"], {}),
    ("deleting attributes of many", ["D,,TH,,,,,,-"], {
        ("TH", "F", "2020"): ("93.2", "E", None), ("TH", "M", "2020"): ("94.6", "A", None)}),
    ("attributes for many", ["M,LITERACY,TH,~,~,,,,both"], {
        ("TH", "F", "2020"): ("93.2", "E", "both"), ("TH", "M", "2020"): ("94.6", "A", "both")}),
    ("attributes for what the message holds", ["M,LITERACY,VN,F,2021,96,,PT,", "M,LITERACY,VN,~,~,,,,here"], {
        ("VN", "F", "2021"): ("96", "A", "here")}),
    ("all anew", ["D,,,,,,,,", "R,LITERACY,TH,F,2020,1.0,,PT,"], {
        **dict.fromkeys(BEFORE), ("TH", "F", "2020"): ("1.0", "A", None)}),
    ("deleting and merging in turn", ["D,LITERACY,TH,F,2020,,,,", "M,LITERACY,TH,F,2020,5,,PT,"], {
        ("TH", "F", "2020"): ("5", "A", None)}),
    ("merging and deleting in turn", ["M,LITERACY,TH,F,2020,5,,PT,", "D,LITERACY,TH,,,,,,"], {
        ("TH", "F", "2020"): None, ("TH", "M", "2020"): None}),
]  # fmt: skip


def test_what_each_action_makes_of_what_is_public(loaded):
    for what, rows, changes in CHANGES:
        with undone():
            submission = load(loaded, sdmx_csv(*rows))
            expected = {key: told for key, told in {**BEFORE, **changes}.items() if told is not None}
            assert (what, figures(loaded)) == (what, expected)
            assert (what, submission.errors) == (what, 0)
            assert (what, submission.new + submission.changed + submission.deleted) == (what, len(changes))


def test_a_deletion_is_a_revision_and_the_old_value_stays_for_who_asks_as_of(loaded):
    before = clock_instant()
    load(loaded, sdmx_csv("D,,,,,,,,"))

    assert figures(loaded) == {}
    found = [frame.height for frame in select(loaded, as_of=before).frames()]
    assert sum(found) == len(BEFORE)


def test_all_data_sets_of_a_message_are_one_transaction_in_their_order(loaded):
    message = specific(
        dataset(series(**TH), action="Delete"),
        dataset(series(obs("2020", "1.5"), **TH, UNIT_MEASURE="PT"), action="Append"),
        dataset(series(obs("2020", COMMENT_OBS="late"), **TH), action="Merge"),
    )
    submission = load(loaded, message)

    assert figures(loaded)["TH", "F", "2020"] == ("1.5", "A", "late")
    assert (submission.changed, submission.new, submission.deleted) == (1, 0, 0)


def test_a_data_set_with_an_error_keeps_the_whole_message_out(loaded):
    message = specific(
        dataset(series(**TH), action="Delete"), dataset(series(obs("2020", "x"), **TH, UNIT_MEASURE="PT"))
    )
    submission = load(loaded, message)

    assert submission.state == Submission.State.DRAFT
    assert figures(loaded) == BEFORE


def test_an_xml_deletion_of_a_series_and_of_single_observations(loaded):
    load(loaded, specific(dataset(series(INDICATOR="LITERACY", REF_AREA="VN", SEX="F"), action="Delete")))
    load(loaded, specific(dataset(series(obs("2020"), obs("1999"), **TH), action="Delete")))

    assert list(figures(loaded)) == [("TH", "M", "2020")]


def test_an_empty_data_set_deletes_nothing(loaded):
    opened = bring_in(loaded, specific(dataset(action="Delete")), name="m.xml", declaration="suggested", dry_run=True)
    assert opened.examined.counts.revisions == 0
    assert [one.rule for one in opened.examined.findings] == ["file.empty"]


def test_the_same_cell_twice_in_one_data_set_contradicts_itself(flow):
    twice = series(obs("2020", "1"), obs("2020", "2"), **TH, UNIT_MEASURE="PT")
    assert errors(flow, specific(dataset(twice))) == [("duplicate.contradicts", "OBS_VALUE", "LITERACY.TH.F 2020")]


def test_merging_what_is_new_needs_a_value_and_what_is_required(flow):
    found = errors(flow, specific(dataset(series(obs("2020", COMMENT_OBS="x"), **TH), action="Merge")))
    assert ("value.missing-unexplained", "OBS_VALUE", "A") in found


def test_deletions_of_the_same_key_are_one_and_too_many_overlapping_rows_are_refused(loaded):
    many = dataset(group(INDICATOR="LITERACY", COMMENT_OBS="x"), action="Merge")
    clear = dataset(series(**TH), action="Delete")

    assert errors(loaded, specific(*[clear] * 100)) == []
    assert errors(loaded, specific(*[many] * 41)) == [("message.overlaps", "", "41")]
    assert errors(loaded, specific(*[many] * 40)) == []


def test_findings_say_where_in_the_message(flow):
    message = specific(
        dataset(series(obs("2020", "1"), **TH, UNIT_MEASURE="PT")),
        dataset(
            series(obs("2021", "1"), **TH, UNIT_MEASURE="PT"),
            series(obs("2020", "1"), obs("2021", "no number"), **{**TH, "SEX": "M"}, UNIT_MEASURE="PT"),
        ),
    )
    opened = bring_in(flow, message, name="m.xml", declaration="suggested", dry_run=True)

    (found,) = [one for one in opened.examined.findings if one.severity == "error"]
    assert (found.rule, found.column, found.value) == ("value.not-a-number", "OBS_VALUE", "no number")
    (place,) = found.examples
    assert (place["dataset"], place["series"], place["observation"]) == (2, 2, 2)


def test_a_component_that_the_structure_does_not_have_is_reported_and_not_taken(flow):
    opened = bring_in(
        flow,
        specific(dataset(series(obs("2020", "1", ODD="x"), **TH, UNIT_MEASURE="PT"))),
        name="m.xml",
        declaration="suggested",
        dry_run=True,
    )
    assert [(one.rule, one.column) for one in opened.examined.findings if one.severity != "information"] == [
        ("column.unlisted", "ODD")
    ]


def test_a_message_for_another_dataflow_is_refused_by_name(flow):
    found = errors(flow, specific(dataset(series(obs("2020", "1"), **TH)), kind="other"))
    assert ("structure.other", "STRUCTURE_ID", "TEST:DF_OTHER(1.0.0)") in found


def test_what_leans_on_public_figures_is_not_released_over_newer_ones(loaded):
    dewi = person("dewi")
    made = draft(loaded, sdmx_csv("M,LITERACY,TH,F,2020,,,,late"), declaration="suggested", by=dewi)
    waiting = review.submit(submission=made, by=dewi)
    waiting = review.approve(submission=waiting, by=person("rosa"))
    load(loaded, sdmx_csv("R,LITERACY,TH,F,2020,50,A,PT,"))

    with pytest.raises(BaseMoved):
        publishing.release(submission=waiting, by=person("paul"))
    assert figures(loaded)["TH", "F", "2020"] == ("50", "A", None)

    back = review.send_back(submission=waiting, by=person("rosa"), reason="newer figures are there")
    again = review.submit(submission=check(submission=back, by=dewi), by=dewi)
    publishing.release(submission=review.approve(submission=again, by=person("rosa")), by=person("paul"))
    assert figures(loaded)["TH", "F", "2020"] == ("50", "A", "late")


def test_what_does_not_lean_on_them_is(loaded):
    dewi = person("dewi")
    made = draft(loaded, sdmx_csv("R,LITERACY,TH,F,2020,7,A,PT,x"), declaration="suggested", by=dewi)
    waiting = review.approve(submission=review.submit(submission=made, by=dewi), by=person("rosa"))
    load(loaded, sdmx_csv("R,LITERACY,TH,F,2020,50,A,PT,"))

    publishing.release(submission=waiting, by=person("paul"))
    assert figures(loaded)["TH", "F", "2020"] == ("7", "A", "x")
