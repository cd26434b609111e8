"""A structure is asked for as frozen values: the right one, at the price of one small query."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.data_structures import NewConcept
from adme.structures.actions.dataflows import change_dataflow
from adme.structures.actions.words import set_codes, set_concepts
from adme.structures.errors import UnknownArtefact
from adme.structures.models import CodeList, Dataflow
from adme.structures.queries import (
    all_dataflows,
    code_list_by_reference,
    code_list_view,
    dataflow_by_reference,
    structure_of,
)
from tests.factories.flows import make_flow

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": "test", "reason": "a test"}


def test_dimensions_come_in_the_order_of_the_key():
    view = structure_of(make_flow())

    assert [dimension.id for dimension in view.dimensions] == ["FREQ", "REF_AREA", "INDICATOR", "SEX"]
    assert view.columns == ("d01", "d02", "d03", "d04")
    assert [attribute.id for attribute in view.attributes] == ["OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE"]
    assert (view.time, view.measure, view.reference) == ("TIME_PERIOD", "OBS_VALUE", "TEST:DF_TEST(1.0.0)")


def test_codes_are_found_both_ways_and_as_a_frame():
    area = structure_of(make_flow()).dimension["REF_AREA"]

    assert {area.code_list.by_pk[pk].code_id for pk in area.codes.values()} == {"KH", "LA", "TH", "VN"}
    assert dict(area.code_list.frame.select("code", "pk").iter_rows()) == dict(area.codes)
    assert area.code_list.frame.schema == {"code": pl.String(), "pk": pl.Int32(), "position": pl.Int32()}


def test_a_structure_is_read_once_and_then_costs_one_query(django_assert_num_queries):
    flow = make_flow()
    first = structure_of(flow)

    with django_assert_num_queries(1):
        assert structure_of(flow) is first


def test_a_changed_code_list_is_seen_at_once_in_every_structure_that_uses_it():
    flows = [make_flow("DF_ONE"), make_flow("DF_TWO")]
    before = [structure_of(flow) for flow in flows]
    areas = CodeList.objects.get(artefact_id="CL_REF_AREA")

    set_codes(code_list=areas, codes=[NewCode("MM", {"en": "Myanmar"})], **WHO)

    for flow, old in zip(flows, before, strict=True):
        assert "MM" not in old.dimension["REF_AREA"].codes
        assert structure_of(flow).dimension["REF_AREA"].code_list.title_of("MM") == "Myanmar"


def test_a_changed_name_of_a_dataflow_is_seen_at_once():
    flow = make_flow()
    structure_of(flow)

    changed = change_dataflow(dataflow=flow, name={"en": "Renamed"}, **WHO)

    assert structure_of(changed).title == "Renamed"
    assert structure_of(Dataflow.objects.get(pk=flow.pk)).title == "Renamed"


def test_titles_fall_back_to_ids():
    view = structure_of(make_flow())

    assert view.dimension["SEX"].title == "SEX"
    assert view.dimension["SEX"].code_list.title_of("F") == "F"
    assert view.dimension["SEX"].code_list.title_of("unknown") == "unknown"


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("TEST:DF(2.0.0)", "2.0.0"),
        ("TEST:DF(10.0.0)", "10.0.0"),
        ("TEST:DF", "10.0.0"),
        ("DF", "10.0.0"),
        (" DF(2.0.0) ", "2.0.0"),
    ],
)
def test_a_dataflow_is_found_by_its_name_and_the_highest_version_where_none_is_named(reference, version):
    made = make_flow("DF")
    for other in ("2.0.0", "10.0.0"):
        made.pk, made.version = None, other
        made.save()

    assert dataflow_by_reference(reference).version == version


@pytest.mark.parametrize(
    "reference", ["TEST:DF_NONE(1.0.0)", "", "DF_TEST(1.0)", "a b", "OTHER:DF_TEST", "DF_TEST(1.0.0)x"]
)
def test_a_dataflow_that_is_not_there_is_named(reference):
    make_flow()

    with pytest.raises(UnknownArtefact):
        dataflow_by_reference(reference)


def test_an_id_of_two_agencies_needs_the_agency():
    made = make_flow()
    made.pk, made.agency = None, "OTHER"
    made.save()

    with pytest.raises(UnknownArtefact):
        dataflow_by_reference("DF_TEST")
    assert dataflow_by_reference("OTHER:DF_TEST").pk == made.pk


def test_every_dataflow_is_listed_with_few_queries(django_assert_num_queries):
    make_flow("DF_ONE")
    make_flow("DF_TWO")

    with django_assert_num_queries(1):
        assert [flow.provider.provider_id for flow in all_dataflows()] == ["TESTER", "TESTER"]


def test_a_code_list_can_be_had_alone():
    make_flow()

    view = code_list_view(code_list_by_reference("TEST:CL_SEX(1.0.0)"))

    assert (view.reference, [code.code_id for code in view.items]) == ("TEST:CL_SEX(1.0.0)", ["F", "M"])


def test_a_changed_concept_is_seen_at_once():
    flow = make_flow()
    structure_of(flow)

    set_concepts(agency="TEST", artefact_id="CS", name={}, concepts=[NewConcept("SEX", {"en": "Sex of person"})], **WHO)

    assert structure_of(flow).dimension["SEX"].title == "Sex of person"
