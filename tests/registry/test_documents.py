"""Hierarchies, value lists, constraints and maps: asked for by REST, shown at the desk, cut to what is public."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pysdmx.io import read_sdmx

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefacts,
    ComponentMap,
    FixedValue,
    HierarchicalCode,
    Hierarchy,
    Item,
    ItemScheme,
    KeyValues,
    MappedValue,
    Region,
    RepresentationMap,
    StructureMap,
    ValueMapping,
)
from adme.structures.actions.importing import import_structures
from adme.structures.models import Code, CodeList, Dataflow
from tests.factories.world import CANARY, add_secret, revise
from tests.lib import official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
CODES = "urn:sdmx:org.sdmx.infomodel.codelist.Code=ASEAN:CL_GOALS(1.0.0)"
LIST = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ASEAN:CL_GOALS(1.0.0)"
GOALS = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ASEAN:DF_GOALS(1.0.0)"
BANK = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ASEAN:DSD_BANK(1.0.0)"
NAME = {"en": "A fixture"}

TREE = Hierarchy(
    "ASEAN", "H", "1.0.0", NAME,
    codes=(
        HierarchicalCode("A", f"{CODES}.NEET", (HierarchicalCode("B", f"{CODES}.HIDDEN"),)),
        HierarchicalCode("C", f"{CODES}.HIDDEN", (HierarchicalCode("D", f"{CODES}.WATER"),)),
    ),
)  # fmt: skip
WORDS = ItemScheme("ASEAN", "VL", "1.0.0", NAME, kind="valuelist", items=(Item("8.6.1", {}), Item("other", {})))
ALONE = ItemScheme("ASEAN", "VL_ALONE", "1.0.0", NAME, kind="valuelist", items=(Item(CANARY, {}),))
CUT = Allowed(
    "ASEAN", "CN", "1.0.0", NAME, attached=(GOALS,),
    regions=(Region((KeyValues("SERIES", ("NEET", "HIDDEN")), KeyValues("SEX", ("F", "_T")))),),
)  # fmt: skip
MAP = RepresentationMap(
    "ASEAN", "RM", "1.0.0", NAME, sources=(LIST,), targets=(WORDS.urn,),
    mappings=(
        ValueMapping((MappedValue("NEET"),), ("8.6.1",)),
        ValueMapping((MappedValue("HIDDEN"),), ("other",)),
        ValueMapping((MappedValue("HID.*", is_pattern=True),), ("other",)),
    ),
)  # fmt: skip
WAY = StructureMap(
    "ASEAN", "SM", "1.0.0", NAME, source=GOALS, target=BANK,
    components=(ComponentMap(("SERIES",), ("SERIES",), MAP.urn),),
    fixed=(FixedValue(source="SERIES", values=("HIDDEN",)), FixedValue(target="REF_AREA", values=("TH",))),
)  # fmt: skip
ALL = (TREE, WORDS, ALONE, CUT, MAP, WAY)
JSON_20, JSON_21 = (f"application/vnd.sdmx.structure+json;version={v}.0" for v in ("2.0", "2.1"))


@pytest.fixture(autouse=True)
def kept(world) -> None:
    import_structures(artefacts=Artefacts.of(ALL), source="a fixture", by="alice", reason="a fixture")


def get(path: str, accept: str = JSON_20, *, api: str = "v2/structure") -> Any:
    return Client().get(f"/sdmx/{api}/{path}", headers={"Accept": accept})


def told(path: str) -> dict[str, list[dict[str, Any]]]:
    return json.loads(get(path).content)["data"]


def names(path: str, api: str = "v2/structure") -> set[str]:
    answer = get(path, api=api)
    if answer.status_code == 404:
        return set()
    assert answer.status_code == 200, answer.content
    return {one["id"] for group in json.loads(answer.content)["data"].values() for one in group}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("hierarchy", {"H"}),
        ("valuelist", {"VL"}),
        ("representationmap/ASEAN/RM/~", {"RM"}),
        ("structuremap/*/*/+", {"SM"}),
        ("allowedconstraint", {"CN"}),
        ("dataconstraint", {"CN", "CR_DF_GOALS", "CR_DF_BANK"}),
        ("actualconstraint", {"CR_DF_GOALS", "CR_DF_BANK"}),
        ("hierarchy/ASEAN/H/1.0.0?references=children", {"H", "CL_GOALS"}),
        ("structuremap/ASEAN/SM?references=children", {"SM", "RM", "DF_GOALS", "DSD_BANK"}),
        ("valuelist/ASEAN/VL?references=ancestors", {"VL", "RM", "SM"}),
        ("valuelist/ASEAN/VL_ALONE", set()),
        ("dataflow/ASEAN/DF_GOALS?references=allowedconstraint", {"DF_GOALS", "CN"}),
        ("hierarchy/ASEAN/H/2.0.0", set()),
    ],
)
def test_they_are_found_by_kind_and_by_reference(path, found):
    assert names(path) == found


def test_the_older_interface_tells_what_is_from_what_may_be():
    def constraints(kind: str) -> bytes:
        return get(kind, "*/*", api="v1").content

    assert b"CN" in constraints("allowedconstraint")
    assert b"CR_DF_GOALS" not in constraints("allowedconstraint")
    assert b"CN" not in constraints("actualconstraint")
    assert all(name in constraints("contentconstraint") for name in (b"CN", b"CR_DF_GOALS"))


@pytest.mark.parametrize("detail", ["full", "allstubs", "allcompletestubs"])
@pytest.mark.parametrize("kind", ["hierarchy", "valuelist", "dataconstraint", "structuremap", "representationmap"])
def test_every_answer_is_valid_in_every_format(kind, detail):
    for version in ("2.0", "2.1"):
        accept = JSON_20 if version == "2.0" else JSON_21
        content = get(f"{kind}?detail={detail}", accept).content
        assert official.json_faults(official.JSON_STRUCTURE[version], content) == []
    for version in ("3.0", "3.1"):
        accept = f"application/vnd.sdmx.structure+xml;version={version}.0"
        assert official.xml_faults(version, get(f"{kind}?detail={detail}", accept).content) == []


def test_what_2_1_has_no_words_for_is_left_out_of_it_or_refused():
    accept = "application/vnd.sdmx.structure+xml;version=2.1"
    assert get("hierarchy", accept).status_code == 406
    answer = get("dataflow/ASEAN/DF_GOALS?references=all", accept)
    assert answer.status_code == 200
    assert official.xml_faults("2.1", answer.content) == []


def test_others_read_hierarchies_constraints_and_maps():
    message = read_sdmx(get("*/*/*/*?references=none").content.decode(), validate=True)
    assert {one.id for one in message.get_hierarchies()} == {"H"}
    assert {one.id for one in message.get_representation_maps()} == {"RM"}
    assert {one.id for one in message.get_structure_maps()} == {"SM"}


def test_nothing_is_told_of_codes_without_public_figures(world):
    everything = get("*/*/*/*?references=all").content + get("*/*/*/*?references=all", JSON_21).content
    assert b"HIDDEN" not in everything
    assert b"HID." not in everything
    assert CANARY.encode() not in everything
    (tree,) = told("hierarchy")["hierarchies"]
    assert [one["id"] for one in tree["hierarchicalCodes"]] == ["A"]
    assert "hierarchicalCodes" not in tree["hierarchicalCodes"][0]
    (cut,) = told("allowedconstraint")["dataConstraints"]
    assert cut["cubeRegions"][0]["keyValues"][0]["values"] == [{"value": "NEET"}]
    assert len(told("representationmap")["representationMaps"][0]["representationMappings"]) == 1
    assert told("structuremap")["structureMaps"][0]["fixedValueMaps"] == [{"target": "REF_AREA", "values": ["TH"]}]
    add_secret(world)
    assert b"HIDDEN" not in get("*/*/*/*?references=all").content


def test_once_figures_are_public_everything_is_said(world):
    first = get("hierarchy")
    revise(world, [("HIDDEN.TH._T._T", "2018", 1.0)])
    again = Client().get("/sdmx/v2/structure/hierarchy", headers={"Accept": JSON_20, "If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again.content.count(b"HIDDEN") == 2
    assert len(told("representationmap")["representationMaps"][0]["representationMappings"]) == 2


def test_what_speaks_of_a_dataflow_without_public_figures_is_unseen(world):
    hidden = Dataflow.objects.get(pk=world.goals.pk)  # the world itself is shared by all tests
    hidden.pk, hidden.artefact_id = None, "DF_UNSEEN"
    hidden.save()
    unseen = GOALS.replace("DF_GOALS", "DF_UNSEEN")
    both = (
        Allowed("ASEAN", "CN_UNSEEN", "1.0.0", {"en": CANARY}, attached=(unseen,)),
        StructureMap("ASEAN", "SM_UNSEEN", "1.0.0", {"en": CANARY}, source=GOALS, target=unseen),
        Allowed("ASEAN", "CN_BOTH", "1.0.0", NAME, attached=(GOALS, unseen)),
    )
    import_structures(artefacts=Artefacts.of(both), source="a fixture", by="alice", reason="a fixture")
    answer = get("*/*/*/*?references=all").content
    assert CANARY.encode() not in answer
    assert b"UNSEEN" not in answer
    assert names("allowedconstraint") == {"CN", "CN_BOTH"}


def test_the_desk_shows_and_exports_them_whole():
    user = User.objects.create(username="editor")
    Grant.objects.create(user=user, role=Role.METADATA_EDITOR)
    desk = Client()
    desk.force_login(user)
    for artefact in ALL:
        address = [artefact.kind, "ASEAN", artefact.id, "1.0.0"]
        page = desk.get(reverse("registry:artefact", args=address))
        assert page.status_code == 200
        for form in page.context["forms"]:
            assert desk.get(reverse("registry:file", args=[*address, form])).status_code == 200
    page = desk.get(reverse("registry:artefact", args=["representationmap", "ASEAN", "RM", "1.0.0"]))
    assert {one.label for one in page.context["refers_to"]} == {"ASEAN:CL_GOALS(1.0.0)", "ASEAN:VL(1.0.0)"}
    assert {one.label for one in page.context["referred_by"]} == {"ASEAN:SM(1.0.0)"}
    assert "HID.*" in page.content.decode()
    assert {
        row.artefact_id for row in desk.get(reverse("registry:artefacts"), {"kind": "hierarchy"}).context["page"]
    } == {"H"}


SEX = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ASEAN:CL_SEX(1.0.0)"
BASE = ItemScheme("ASEAN", "CL_BASE", "1.0.0", NAME, kind="codelist", items=(Item("A", NAME), Item("B", NAME)))


def in_use(base: ItemScheme, place: str = "CL_SEX") -> None:
    """A public list takes a code from another."""
    import_structures(artefacts=Artefacts.of([base]), source="a fixture", by="alice", reason="a fixture")
    code_list = CodeList.objects.get(artefact_id=place)
    extension = {"code_list": base.urn, "prefix": "", "members": [{"value": "A", "cascade": ""}], "include": True}
    CodeList.objects.filter(pk=code_list.pk).update(extensions=[extension])
    Code.objects.create(code_list=code_list, code_id="A", name=NAME, position=9, inherited=True)


def codes(path: str, accept: str = JSON_20) -> tuple[set[str], bool]:
    (found,) = json.loads(get(path, accept).content)["data"]["codelists"]
    return {one["id"] for one in found["codes"]}, "codelistExtensions" in found


def test_a_list_that_extends_another_is_told_whole_or_raw():
    in_use(BASE)
    assert codes("codelist/ASEAN/CL_SEX") == ({"_T", "F", "M", "A"}, False)
    assert codes("codelist/ASEAN/CL_SEX?detail=raw") == ({"_T", "F", "M"}, True)
    assert names("codelist/ASEAN/CL_SEX?detail=raw&references=children") == {"CL_SEX", "CL_BASE"}
    assert names("codelist/ASEAN/CL_BASE") == {"CL_BASE"}
    assert "CL_SEX" in names("codelist/ASEAN/CL_BASE?detail=raw&references=parents")
    for version in ("2.0", "2.1"):
        accept = JSON_20 if version == "2.0" else JSON_21
        answer = get("codelist/ASEAN/CL_SEX?detail=raw", accept).content
        assert official.json_faults(official.JSON_STRUCTURE[version], answer) == []
    for version in ("2.1", "3.0", "3.1"):
        accept = f"application/vnd.sdmx.structure+xml;version={version}{'' if version == '2.1' else '.0'}"
        answer = get("codelist/ASEAN/CL_SEX?detail=raw", accept).content
        assert official.xml_faults(version, answer) == []
        assert (b"CodelistExtension" in answer) == (version != "2.1")


def test_a_list_tells_nothing_of_a_list_of_indicators_that_it_extends(world):
    """Neither a cut list raw, nor the list behind it; nor a list of indicators behind an open one."""
    secret = dataclasses.replace(BASE, items=(Item("A", NAME), Item(CANARY, NAME)))
    in_use(secret, "CL_GOALS")
    told = get("*/*/*/*?detail=raw&references=all").content.decode()
    assert CANARY not in told
    assert "CL_BASE" not in told
    goals = CodeList.objects.get(artefact_id="CL_GOALS")
    CodeList.objects.filter(pk=goals.pk).update(extensions=[])
    hidden = Code.objects.create(code_list=goals, code_id=CANARY, name={"en": CANARY}, position=99)
    extension = {
        "code_list": LIST,
        "prefix": "",
        "members": [{"value": hidden.code_id, "cascade": ""}],
        "include": False,
    }
    CodeList.objects.filter(artefact_id="CL_SEX").update(extensions=[extension])
    told = get("*/*/*/*?detail=raw&references=all").content.decode()
    assert CANARY not in told
    assert "CL_SEX" in told
