"""Hierarchies, value lists, constraints and maps: in, out again the same, valid, and refused by name."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
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
from adme.lib.sdmx_messages.plain_artefacts import from_plain, to_plain
from adme.lib.sdmx_messages.structure_file import read_structures
from adme.lib.sdmx_messages.structure_reading import NotReadable
from adme.structures.documents import artefact_of
from adme.structures.errors import DiffersFromFinal, IdRefused, StructureRefused, UnknownArtefact
from adme.structures.models import Document
from tests.lib import official
from tests.structures.test_importing import ALL, AREAS, FLOW, STRUCTURE, bring, written

NAME = {"en": "A fixture", "th": "ตัวอย่าง"}
WHO = ("OFFICE", "OF", "1.0.0", NAME, {"en": 'with "quotes" & <signs>'})


def code(name: str) -> str:
    return AREAS.item_urn(Item(name, {}))


REGIONS = Hierarchy(
    "OFFICE",
    "H_AREAS",
    "1.0.0",
    NAME,
    codes=(
        HierarchicalCode(
            "SEA",
            code("SEA"),
            (
                HierarchicalCode("LA", code("LA"), valid_from="1997-07-23T00:00:00Z"),
                HierarchicalCode("TH", code("TH"), valid_to="2030-01-01T00:00:00+07:00"),
            ),
        ),
    ),
)
WORDS = ItemScheme(
    "OFFICE",
    "VL_WORDS",
    "1.0.0",
    NAME,
    kind="valuelist",
    items=(
        Item("Lao P.D.R.", {}),
        Item("€ & more", {"en": "A sign"}, {"en": "described"}),
        Item("Siam", {"en": "Thailand"}),
    ),
)
CUT = Allowed(
    "OFFICE",
    "CN_DF",
    "1.0.0",
    NAME,
    attached=(FLOW.urn,),
    regions=(
        Region((KeyValues("REF_AREA", ("TH", "LA")), KeyValues("TIME_PERIOD", start="2010", end="2020-12"))),
        Region((KeyValues("SEX", ("F",)), KeyValues("REF_AREA", ("LA",), include=False)), include=False),
    ),
)
SPANS = Allowed(
    "OFFICE",
    "CN_SPANS",
    "1.0.0",
    NAME,
    attached=(STRUCTURE.urn,),
    regions=(Region((KeyValues("TIME_PERIOD", start="2010"),)), Region((KeyValues("TIME_PERIOD", end="2005"),), False)),
)
TO_WORDS = RepresentationMap(
    "OFFICE",
    "RM_AREAS",
    "1.0.0",
    NAME,
    sources=(AREAS.urn, "String"),
    targets=(WORDS.urn,),
    mappings=(
        ValueMapping((MappedValue("LA"), MappedValue("A.*", is_pattern=True)), ("Lao P.D.R.",)),
        ValueMapping((MappedValue("TH"), MappedValue("x")), ("Siam",), "1900-01-01", "1939-06-23"),
        ValueMapping((MappedValue("SEA"), MappedValue("x"))),
    ),
)
TO_ITSELF = StructureMap(
    "OFFICE",
    "SM_DF",
    "1.0.0",
    NAME,
    source=STRUCTURE.urn,
    target=FLOW.urn,
    components=(ComponentMap(("REF_AREA", "COMMENT"), ("REF_AREA",), TO_WORDS.urn), ComponentMap(("SEX",), ("SEX",))),
    fixed=(FixedValue(target="UNIT", values=("PERSONS",)), FixedValue(source="COMMENT")),
)
DOCUMENTS: dict[str, Artefact] = {
    "hierarchy": REGIONS,
    "value list": WORDS,
    "constraint": CUT,
    "open spans": SPANS,
    "representation map": TO_WORDS,
    "structure map": TO_ITSELF,
}
FORMATS = ["json-2.0", "json-2.1", "xml-3.0", "xml-3.1"]


def whole(*artefacts: Artefact) -> Artefacts:
    return Artefacts.of(artefacts)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", DOCUMENTS)
def test_what_goes_out_is_valid_and_comes_in_the_same(what, form):
    told = whole(DOCUMENTS[what])
    content = written(told, form)
    kind, _, version = form.partition("-")
    faults = (
        official.json_faults(official.JSON_STRUCTURE[version], content)
        if kind == "json"
        else official.xml_faults(version, content)
    )
    assert faults == []
    reading = read_structures(content)
    assert reading.artefacts == told
    assert reading.left_out == ()


@pytest.mark.parametrize("what", ["constraint"])
def test_constraints_go_out_and_come_in_as_sdmx_ml_2_1_too(what):
    told = whole(DOCUMENTS[what])
    content = written(told, "xml-2.1")
    assert official.xml_faults("2.1", content) == []
    assert read_structures(content).artefacts == told


@pytest.mark.parametrize("what", DOCUMENTS)
def test_plain_values_lead_back(what):
    artefact = DOCUMENTS[what]
    assert from_plain(type(artefact), json.loads(json.dumps(to_plain(artefact)))) == artefact


@pytest.mark.django_db
def test_all_of_them_are_kept_and_the_same_again_changes_nothing():
    done = bring(Artefacts.of([*everything(ALL), *DOCUMENTS.values()]))
    assert len(done.created) == 8 + len(DOCUMENTS)
    assert sorted(map(str, DOCUMENTS.values())) == sorted(str(artefact_of(one)) for one in Document.objects.all())
    again = bring(whole(*DOCUMENTS.values()))
    assert (again.created, len(again.unchanged)) == ([], len(DOCUMENTS))
    references = Document.objects.get(kind="structuremap").references
    assert set(references.values_list("urn", flat=True)) == {STRUCTURE.urn, FLOW.urn, TO_WORDS.urn}


def everything(artefacts: Artefacts) -> list[Any]:
    return [one for group in dataclasses.fields(artefacts) for one in getattr(artefacts, group.name)]


@pytest.mark.django_db
def test_another_under_the_same_name_is_refused():
    bring(Artefacts.of([*everything(ALL), REGIONS]))
    with pytest.raises(DiffersFromFinal, match="hierarchy OFFICE:H_AREAS"):
        bring(whole(dataclasses.replace(REGIONS, codes=REGIONS.codes[0].children)))


WRONG: dict[str, tuple[Artefact, type[Exception], str]] = {
    "a code that is none": (
        dataclasses.replace(REGIONS, codes=(HierarchicalCode("X", code("X")),)), StructureRefused, "do not exist",
    ),
    "no codes": (dataclasses.replace(REGIONS, codes=()), StructureRefused, "has codes"),
    "a list that is not here": (
        dataclasses.replace(REGIONS, codes=(HierarchicalCode("X", code("X").replace("CL_AREA", "CL_NONE")),)),
        UnknownArtefact, "CL_NONE",
    ),
    "a value twice": (dataclasses.replace(WORDS, items=(Item("a", {}), Item("a", {}))), StructureRefused, "twice"),
    "a dimension that is none": (
        dataclasses.replace(CUT, regions=(Region((KeyValues("UNIT", ("x",)),)),)), StructureRefused, "no such dim",
    ),
    "a code that the dimension has not": (
        dataclasses.replace(CUT, regions=(Region((KeyValues("SEX", ("X",)),)),)), StructureRefused, "do not exist",
    ),
    "a period as a value that is none": (
        dataclasses.replace(CUT, regions=(Region((KeyValues("TIME_PERIOD", ("soon",)),)),)), StructureRefused, "period",
    ),
    "a span of codes": (
        dataclasses.replace(CUT, regions=(Region((KeyValues("SEX", start="F"),)),)), StructureRefused, "Only periods",
    ),
    "an id that is too long": (dataclasses.replace(CUT, id="C" * 101), IdRefused, "longer than 100"),
    "a version that is too long": (dataclasses.replace(CUT, version="1.0." + "1" * 17), IdRefused, "longer than 20"),
    "a text that no message can carry": (
        dataclasses.replace(WORDS, items=(Item("a", {"en": "b\x01"}),)), StructureRefused, "carry",
    ),
    "a date that is none": (
        dataclasses.replace(REGIONS, codes=(HierarchicalCode("TH", code("TH"), valid_to="soon"),)),
        StructureRefused, "date",
    ),
    "a type that is none": (dataclasses.replace(TO_WORDS, sources=("Word",)), StructureRefused, "data types"),
    "a period that is none": (
        dataclasses.replace(CUT, regions=(Region((KeyValues("TIME_PERIOD", start="soon"),)),)),
        StructureRefused, "period",
    ),
    "the name of what is available": (dataclasses.replace(CUT, id="CR_DF"), StructureRefused, "another id"),
    "a flow that is not here": (
        dataclasses.replace(CUT, attached=(FLOW.urn.replace("DF(", "DF_NONE("),)), UnknownArtefact, "DF_NONE",
    ),
    "a value that a list has not": (
        dataclasses.replace(TO_WORDS, mappings=(ValueMapping((MappedValue("XX"), MappedValue("")), ("Siam",)),)),
        StructureRefused, "do not exist",
    ),
    "a row that is too short": (
        dataclasses.replace(TO_WORDS, mappings=(ValueMapping((MappedValue("LA"),), ("Siam",)),)),
        StructureRefused, "one value for each",
    ),
    "a component that is none": (
        dataclasses.replace(TO_ITSELF, components=(ComponentMap(("NONE",), ("SEX",)),)),
        StructureRefused, "do not exist",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_hold_together_is_refused_whole(what):
    artefact, error, words = WRONG[what]
    needed = {"representationmap": [WORDS], "structuremap": [WORDS, TO_WORDS]}
    first = needed.get(artefact.kind, [])
    bring(Artefacts.of([*everything(ALL), *first]))
    with pytest.raises(error, match=words):
        bring(whole(artefact))


@pytest.mark.parametrize(
    ("form", "old", "new", "words"),
    [
        ("xml-3.0", "<str:CubeRegion", "<str:DataKeySet/><str:CubeRegion", "sets of keys"),
        ("xml-3.0", '<str:KeyValue id="REF_AREA">', '<str:KeyValue id="REF_AREA" removePrefix="true">', "prefixes"),
        ("xml-3.0", "<str:Value>TH", '<str:Value cascadeValues="true">TH', "cascading values"),
        ("xml-3.0", "<str:Value>TH", '<str:Value validTo="2020">TH', "validity"),
        ("xml-3.0", 'isInclusive="true"', 'isInclusive="false"', "open ends"),
        ("xml-3.0", "Dataflow>", "ProvisionAgreement>", "attached to ProvisionAgreement"),
        ("json-2.0", '"keyValues"', '"components":[{"id":"X"}],"keyValues"', "values of attributes"),
        ("json-2.0", '"cubeRegions"', '"dataKeySets":[{}],"cubeRegions"', "sets of keys"),
        ("json-2.1", '"value":"TH"', '"value":"TH","cascadeValues":true', "cascading values"),
        ("json-2.1", '"isInclusive":true', '"isInclusive":false', "open ends"),
        ("json-2.1", '"dataflows"', '"provisionAgreements"', "attached to provisionAgreements"),
    ],
)
def test_what_a_constraint_says_and_cannot_be_kept_is_refused_by_name(form, old, new, words):
    content = written(whole(CUT), form).decode()
    assert old in content
    with pytest.raises(NotReadable, match=words):
        read_structures(content.replace(old, new).encode())


@pytest.mark.parametrize(
    ("what", "form", "old", "new", "words"),
    [
        ("hierarchy", "xml-3.1", "</str:Code>", "</str:Code><str:Level>1</str:Level>", "levels"),
        ("hierarchy", "json-2.0", '"code":', '"level":"1","code":', "levels"),
        ("structure map", "xml-3.0", "<str:ComponentMap>", "<str:EpochMap/><str:ComponentMap>", "EpochMap"),
        ("structure map", "json-2.0", '"componentMaps"', '"epochMaps":[{}],"componentMaps"', "epochMaps"),
        ("representation map", "xml-3.0", "<str:SourceValue>", '<str:SourceValue startIndex="1">', "parts of values"),
        ("representation map", "json-2.1", '"value":"TH"', '"value":"TH","endIndex":2', "parts of values"),
    ],
)
def test_what_the_others_say_and_cannot_be_kept_is_refused_by_name(what, form, old, new, words):
    content = written(whole(DOCUMENTS[what]), form).decode()
    assert old in content
    with pytest.raises(NotReadable, match=words):
        read_structures(content.replace(old, new, 1).encode())


DAMAGED = [written(whole(*DOCUMENTS.values()), form) for form in ("json-2.0", "xml-3.0")]


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_message_is_read_or_refused_and_nothing_else(data):
    content = bytearray(data.draw(st.sampled_from(DAMAGED)))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    with contextlib.suppress(NotReadable):
        read_structures(bytes(content))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "values",
                    "value",
                    "code",
                    "source",
                    "target",
                    "cubeRegions",
                    "keyValues",
                    "timeRange",
                    "startPeriod",
                    "period",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    st.sampled_from(["hierarchies", "valueLists", "dataConstraints", "structureMaps", "representationMaps"]), st.data()
)
def test_a_message_of_any_shape_is_read_or_refused(member, data):
    message = json.loads(DAMAGED[0])
    thing = message["data"][member][0]
    thing[data.draw(st.sampled_from(sorted(thing)))] = data.draw(JSON_VALUES)
    with contextlib.suppress(NotReadable):
        artefacts = read_structures(json.dumps(message).encode()).artefacts
        for form in FORMATS:
            assert written(artefacts, form)
