"""Structure queries of both interfaces: every kind, reference, detail, version and format; cut to what is public."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pysdmx.io import read_sdmx

from adme.indicators.models import Indicator, Topic
from adme.lib.sdmx_messages.plain_artefacts import DOCUMENTS
from adme.sdmx.kinds import NONE_HERE, NOT_OFFERED
from adme.sdmx.negotiation import STRUCTURES
from adme.sdmx.registry import KINDS
from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.words import set_codes
from adme.structures.models import Code, CodeList, Dataflow
from tests.lib import official

JSON = "application/vnd.sdmx.structure+json;version=2.0.0"
JSON_21 = "application/vnd.sdmx.structure+json;version=2.1.0"
EVERYTHING = {
    "DF_TEST",
    "DSD_DF_TEST",
    "CL_FREQ",
    "CL_REF_AREA",
    "CL_INDICATOR",
    "CL_SEX",
    "CS",
    "TOPICS",
    "DF_TEST_poverty",
    "AGENCIES",
    "DATA_PROVIDERS",
    "DF_TEST_TESTER",
    "CR_DF_TEST",
}


@pytest.fixture
def register(flow: Dataflow) -> Dataflow:
    """Topics: life › poverty with a public indicator, and school with one that is still under embargo."""
    life = Topic.objects.create(slug="life", name={"en": "Life"})
    poverty = Topic.objects.create(slug="poverty", name={"en": "Poverty", "th": "ความยากจน"}, parent=life)
    school = Topic.objects.create(slug="school", name={"en": "School"}, parent=life)
    for code, topic in (("POOR", poverty), ("READ", school)):
        Indicator.objects.create(slug=code.lower(), dataflow=flow, code_id=code).topics.add(topic)
    return flow


def get(path: str, accept: str = JSON, api: str = "v2/structure") -> Any:
    return Client().get(f"/sdmx/{api}/{path}", headers={"Accept": accept})


def ids(path: str, api: str = "v2/structure") -> set[str]:
    """The id of every artefact in the answer."""
    answer = get(path, api=api)
    assert answer.status_code == 200, answer.content
    return {one["id"] for artefacts in json.loads(answer.content)["data"].values() for one in artefacts}


def only(path: str, member: str, api: str = "v2/structure") -> dict[str, Any]:
    """The one artefact of a kind in the answer."""
    (found,) = json.loads(get(path, api=api).content)["data"][member]
    return dict(found)


# --- kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("dataflow", {"DF_TEST"}),
        ("datastructure", {"DSD_DF_TEST"}),
        ("codelist", {"CL_FREQ", "CL_REF_AREA", "CL_INDICATOR", "CL_SEX"}),
        ("conceptscheme", {"CS"}),
        ("categoryscheme", {"TOPICS"}),
        ("categorisation", {"DF_TEST_poverty"}),
        ("agencyscheme", {"AGENCIES"}),
        ("dataproviderscheme", {"DATA_PROVIDERS"}),
        ("provisionagreement", {"DF_TEST_TESTER"}),
        ("dataconstraint", {"CR_DF_TEST"}),
        ("*", EVERYTHING),
        ("structure", EVERYTHING),
    ],
)
def test_every_kind(register: Dataflow, kind: str, found: set[str]) -> None:
    assert ids(kind) == found
    assert ids(kind, api="v1") == found if kind != "*" else True


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("contentconstraint", {"CR_DF_TEST"}),
        ("actualconstraint", {"CR_DF_TEST"}),
        ("organisationscheme", {"AGENCIES", "DATA_PROVIDERS"}),
        ("codelist/TEST/CL_SEX+CL_FREQ", {"CL_SEX", "CL_FREQ"}),
        ("codelist/TEST+OTHER/CL_SEX/1.0.0+2.0.0", {"CL_SEX"}),
        ("codelist/all/CL_SEX/latest", {"CL_SEX"}),
        ("codelist/all/CL_SEX/all", {"CL_SEX"}),
        ("codelist/TEST/all/1.0.0?references=none", {"CL_FREQ", "CL_REF_AREA", "CL_INDICATOR", "CL_SEX"}),
        ("dataflow/TEST/DF_TEST/1.0.0?references=contentconstraint", {"DF_TEST", "CR_DF_TEST"}),
    ],
)
def test_words_of_the_older_interface(register: Dataflow, kind: str, found: set[str]) -> None:
    assert ids(kind, api="v1") == found


@pytest.mark.parametrize("api", ["v1", "v2/structure"])
def test_kinds_that_there_are_none_of_and_kinds_not_offered(register: Dataflow, api: str) -> None:
    assert {get(kind, api=api).status_code for kind in NONE_HERE} == {404}
    assert {get(kind, api=api).status_code for kind in NOT_OFFERED} == {501}
    assert get("nonsense", api=api).status_code == 400


# --- versions and items -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0.0", "1.0", "+", "~", "*", "latest", "1.0+.0", "1%2B.0.0", "0.9.0,1.0.0"])
def test_versions(register: Dataflow, version: str) -> None:
    assert ids(f"codelist/TEST/CL_SEX/{version}") == {"CL_SEX"}


@pytest.mark.parametrize(("version", "status"), [("2+.0.0", 404), ("1.1+.0", 404), ("newest", 400), ("1..0", 400)])
def test_versions_that_there_are_not(register: Dataflow, version: str, status: int) -> None:
    assert get(f"codelist/TEST/CL_SEX/{version}").status_code == status


def test_items(register: Dataflow) -> None:
    two = only("codelist/TEST/CL_REF_AREA/1.0.0/KH,VN", "codelists")
    assert ([code["id"] for code in two["codes"]], two["isPartial"]) == (["KH", "VN"], True)
    old = only("codelist/TEST/CL_REF_AREA/1.0.0/KH+VN", "codelists", api="v1")
    assert [code["id"] for code in old["codes"]] == ["KH", "VN"]
    assert get("codelist/TEST/CL_REF_AREA/1.0.0/XX").status_code == 404
    assert get("dataflow/TEST/DF_TEST/1.0.0/XX").status_code == 404


def test_a_nested_category_comes_with_those_above_it(register: Dataflow) -> None:
    topics = only("categoryscheme/TEST/TOPICS/1.0.0/life.poverty", "categorySchemes")
    (life,) = topics["categories"]
    (poverty,) = life["categories"]
    assert (life["id"], poverty["id"], poverty["names"]["th"]) == ("life", "poverty", "ความยากจน")
    assert poverty["links"][0]["urn"].endswith("Category=TEST:TOPICS(1.0.0).life.poverty")


def test_a_code_whose_parent_is_not_shown_stands_by_itself(register: Dataflow) -> None:
    parent = Code.objects.get(code_list__artefact_id="CL_REF_AREA", code_id="KH")
    Code.objects.filter(code_list=parent.code_list, code_id="LA").update(parent=parent)
    whole = only("codelist/TEST/CL_REF_AREA/1.0.0", "codelists")
    assert {code["id"]: code.get("parent") for code in whole["codes"]}["LA"] == "KH"
    assert "parent" not in only("codelist/TEST/CL_REF_AREA/1.0.0/LA", "codelists")["codes"][0]


# --- what is public -----------------------------------------------------------------------------------


def test_a_topic_without_public_figures_is_nowhere(register: Dataflow) -> None:
    message = get("*?references=all").content.decode()
    assert "poverty" in message
    assert "school" not in message
    assert "READ" not in message
    assert "DF_HIDDEN" not in message


def test_the_constraint_says_what_has_figures(register: Dataflow) -> None:
    (region,) = only("dataconstraint/TEST/CR_DF_TEST", "dataConstraints")["cubeRegions"]
    values = {key["id"]: [value["value"] for value in key.get("values", [])] for key in region["keyValues"]}
    assert values == {
        "FREQ": ["A"],
        "REF_AREA": ["KH", "TH", "VN"],
        "INDICATOR": ["POOR"],
        "SEX": ["F", "M"],
        "TIME_PERIOD": [],
    }


def test_an_agreement_names_flow_and_provider(register: Dataflow) -> None:
    agreement = only("provisionagreement/TEST", "provisionAgreements")
    assert agreement["dataflow"].endswith("Dataflow=TEST:DF_TEST(1.0.0)")
    assert agreement["dataProvider"].endswith("DataProvider=TEST:DATA_PROVIDERS(1.0).TESTER")


# --- references and detail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("dataflow/TEST/DF_TEST?references=none", {"DF_TEST"}),
        ("dataflow/TEST/DF_TEST?references=children", {"DF_TEST", "DSD_DF_TEST"}),
        ("dataflow/TEST/DF_TEST?references=parents", {"DF_TEST", "DF_TEST_TESTER", "CR_DF_TEST", "DF_TEST_poverty"}),
        (
            "dataflow/TEST/DF_TEST?references=parentsandsiblings",
            {"DF_TEST", "DF_TEST_TESTER", "CR_DF_TEST", "DF_TEST_poverty", "DATA_PROVIDERS", "TOPICS"},
        ),
        ("dataflow/TEST/DF_TEST?references=all", EVERYTHING - {"AGENCIES"}),
        (
            "dataflow/TEST/DF_TEST?references=codelist,agencyscheme",
            {"DF_TEST", "AGENCIES", *(one for one in EVERYTHING if one.startswith("CL_"))},
        ),
        ("categoryscheme/TEST/TOPICS?references=parentsandsiblings", {"TOPICS", "DF_TEST_poverty", "DF_TEST"}),
        ("categoryscheme/TEST/TOPICS?references=dataflow", {"TOPICS", "DF_TEST"}),
        ("codelist/TEST/CL_SEX?references=datastructure", {"CL_SEX", "DSD_DF_TEST"}),
        (
            "provisionagreement?references=descendants",
            EVERYTHING - {"AGENCIES", "TOPICS", "DF_TEST_poverty", "CR_DF_TEST"},
        ),
    ],
)
def test_references(register: Dataflow, path: str, found: set[str]) -> None:
    assert ids(path) == found
    assert ids(path.replace("*", "all"), api="v1") == found


def test_references_to_nothing_and_to_nonsense(register: Dataflow) -> None:
    assert ids("codelist/TEST/CL_SEX?references=hierarchy") == {"CL_SEX"}
    assert get("codelist/TEST/CL_SEX?references=neighbours").status_code == 400
    assert get("codelist/TEST/CL_SEX?references=process").status_code == 501
    assert get("codelist/TEST/CL_SEX?detail=some").status_code == 400
    assert get("codelist/TEST/CL_SEX?nonsense=1").status_code == 400
    assert get("codelist/TEST/CL_SEX?asOf=2026-01-01").status_code == 501


@pytest.mark.parametrize(
    ("detail", "flow_stub", "reference_stub", "described"),
    [
        ("full", False, False, True),
        ("raw", False, False, True),
        ("referencepartial", False, False, True),
        ("referencestubs", False, True, False),
        ("referencecompletestubs", False, True, True),
        ("allstubs", True, True, False),
        ("allcompletestubs", True, True, True),
    ],
)
def test_detail(register: Dataflow, detail: str, flow_stub: bool, reference_stub: bool, described: bool) -> None:
    register.data_structure.description = {"en": "As a fixture has it"}
    register.data_structure.save()
    data = json.loads(get(f"dataflow/TEST/DF_TEST?references=children&detail={detail}").content)["data"]
    (flow,), (structure,) = data["dataflows"], data["dataStructures"]
    assert flow.get("isExternalReference", False) == flow_stub
    assert ("structure" not in flow) == flow_stub
    assert structure.get("isExternalReference", False) == reference_stub
    assert ("dataStructureComponents" not in structure) == reference_stub
    assert ("description" in structure) == described
    if reference_stub:
        assert structure["links"][0]["href"].endswith("/sdmx/v2/structure/datastructure/TEST/DSD_DF_TEST/1.0.0")


def test_partial_references_hold_what_is_used(register: Dataflow) -> None:
    from adme.structures.models import Concept, ConceptScheme

    Concept.objects.create(scheme=ConceptScheme.objects.get(), concept_id="UNUSED")
    whole = json.loads(get("dataflow/TEST/DF_TEST?references=all").content)["data"]
    cut = json.loads(get("dataflow/TEST/DF_TEST?references=all&detail=referencepartial").content)["data"]

    def codes(data: Any, name: str) -> list[str]:
        (found,) = (one for one in data["codelists"] if one["id"] == name)
        return [code["id"] for code in found["codes"]]

    assert (codes(whole, "CL_REF_AREA"), codes(cut, "CL_REF_AREA")) == (["KH", "LA", "TH", "VN"], ["KH", "TH", "VN"])
    assert (codes(whole, "CL_FREQ"), codes(cut, "CL_FREQ")) == (["A", "M"], ["A"])
    assert "UNUSED" in {one["id"] for one in whole["conceptSchemes"][0]["concepts"]}
    assert "UNUSED" not in {one["id"] for one in cut["conceptSchemes"][0]["concepts"]}
    assert all(one["isPartial"] for one in (*cut["codelists"], *cut["conceptSchemes"]))


# --- formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offer", STRUCTURES.offers, ids=lambda offer: offer.export)
def test_everything_is_valid_in_every_format(register: Dataflow, offer: Any) -> None:
    version = offer.version.removesuffix(".0") if offer.version != "2.1" else "2.1"
    for detail in ("full", "allstubs", "referencepartial"):
        answer = get(f"*?references=all&detail={detail}", offer.media_type)
        assert (answer.status_code, answer["Content-Type"]) == (200, offer.media_type)
        if "json" in offer.export:
            assert official.json_faults(official.JSON_STRUCTURE[version], answer.content) == []
        else:
            assert official.xml_faults(version, answer.content) == []


@pytest.mark.parametrize("offer", STRUCTURES.offers, ids=lambda offer: offer.export)
def test_every_format_is_read_by_pysdmx(register: Dataflow, offer: Any) -> None:
    message = read_sdmx(get("dataflow/TEST/DF_TEST?references=all", offer.media_type).content.decode(), validate=True)
    assert [one.id for one in message.get_dataflows()] == ["DF_TEST"]
    assert {one.id for one in message.get_codelists()} == {"CL_FREQ", "CL_REF_AREA", "CL_INDICATOR", "CL_SEX"}
    (structure,) = message.get_data_structure_definitions()
    assert [one.id for one in structure.components.dimensions][:2] == ["FREQ", "REF_AREA"]


def test_a_kind_by_itself_is_valid_in_the_format_with_the_strictest_schema(register: Dataflow) -> None:
    made_here = sorted(set(KINDS) - set(DOCUMENTS) | {"dataconstraint"})  # tests/registry has the others
    faults = {
        kind: official.json_faults(official.JSON_STRUCTURE["2.1"], get(kind, JSON_21).content) for kind in made_here
    }
    assert faults == dict.fromkeys(made_here, [])


def test_the_older_interface_speaks_sdmx_ml_2_1(register: Dataflow) -> None:
    answer = get("dataflow/TEST/DF_TEST/1.0.0", "*/*", api="v1")
    assert answer["Content-Type"] == "application/vnd.sdmx.structure+xml;version=2.1"
    assert get("dataflow/TEST/DF_TEST/1.0.0?format=structure&formatVersion=3.1.0", api="v1")["Content-Type"].endswith(
        "version=3.1.0"
    )


def test_names_in_the_language_preferred(register: Dataflow) -> None:
    answer = Client().get(
        "/sdmx/v2/structure/categoryscheme", headers={"Accept": JSON, "Accept-Language": "lo, th;q=0.9"}
    )
    life = json.loads(answer.content)["data"]["categorySchemes"][0]["categories"][0]
    assert (answer["Content-Language"], life["categories"][0]["name"], life["name"]) == ("en", "Poverty", "Life")


@pytest.mark.parametrize("path", ["codelist/TEST/CL_SEX", "categoryscheme"])
def test_another_name_is_another_answer_though_no_figure_has_changed(register: Dataflow, path: str) -> None:
    first = get(path)
    if path == "categoryscheme":
        Topic.objects.filter(slug="poverty").update(name={"en": "Hardship"})
    else:
        code_list = CodeList.objects.get(artefact_id="CL_SEX")
        set_codes(code_list=code_list, codes=[NewCode("F", {"en": "Hardship"})], by="alice", reason="a fixture")
    again = Client().get(f"/sdmx/v2/structure/{path}", headers={"Accept": JSON, "If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert b"Hardship" in again.content


def test_what_has_not_changed_is_not_sent_again(register: Dataflow) -> None:
    first = get("dataflow")
    again = Client().get("/sdmx/v2/structure/dataflow", headers={"Accept": JSON, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["Vary"]) == (304, b"", first["Vary"])
