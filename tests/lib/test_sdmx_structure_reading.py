"""Structure messages of others, read: written by hand after the standard, and by pysdmx."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import Code, Codelist

from adme.lib.sdmx_messages import json_structure, structure_file, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefacts
from adme.lib.sdmx_messages.structure_file import MOST_BYTES, read_structure_file, read_structures
from adme.lib.sdmx_messages.structure_reading import NotReadable, Reading
from tests.lib.test_sdmx_structures import ALL, AREAS, CONCEPTS, ENVELOPE, FLOW, STRUCTURE

OLD = """<?xml version="1.0" encoding="UTF-8"?>
<mes:Structure xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
  xmlns:str="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
  xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
<mes:Header><mes:ID>x</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-11-23</mes:Prepared>
<mes:Sender id="OFFICE"/></mes:Header>
<mes:Structures>
<str:Codelists><str:Codelist agencyID="OFFICE" id="CL_SEX" version="1.1" isFinal="true">
  <com:Annotations><com:Annotation><com:AnnotationText>passed</com:AnnotationText></com:Annotation></com:Annotations>
  <com:Name xml:lang="en">Sex</com:Name><com:Name xml:lang="fr">Sexe</com:Name>
  <str:Code id="F"><com:Name>Female</com:Name></str:Code>
  <str:Code id="GIRL"><com:Name xml:lang="en">Girl</com:Name><str:Parent><Ref id="F"/></str:Parent></str:Code>
</str:Codelist></str:Codelists>
<str:Concepts><str:ConceptScheme agencyID="OFFICE" id="CS"><com:Name xml:lang="en">Concepts</com:Name>
  <str:Concept id="SEX"><com:Name xml:lang="en">Sex</com:Name><str:CoreRepresentation><str:Enumeration>
    <Ref agencyID="OFFICE" id="CL_SEX" version="1.1" package="codelist" class="Codelist"/>
  </str:Enumeration></str:CoreRepresentation></str:Concept>
  <str:Concept id="TIME_PERIOD"><com:Name xml:lang="en">Time</com:Name></str:Concept>
  <str:Concept id="OBS_VALUE"><com:Name xml:lang="en">Value</com:Name></str:Concept>
  <str:Concept id="NOTE"><com:Name xml:lang="en">Note</com:Name></str:Concept>
</str:ConceptScheme></str:Concepts>
<str:DataStructures><str:DataStructure agencyID="OFFICE" id="DSD" version="2"><com:Name xml:lang="en">Data</com:Name>
  <str:DataStructureComponents>
  <str:DimensionList>
    <str:Dimension id="SEX_2" position="2"><str:ConceptIdentity>
      <URN>urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=OFFICE:CS(1.0).SEX</URN></str:ConceptIdentity>
      <str:LocalRepresentation><str:Enumeration><Ref agencyID="OFFICE" id="CL_SEX" version="1.1"/></str:Enumeration>
      </str:LocalRepresentation></str:Dimension>
    <str:Dimension id="SEX" position="1"><str:ConceptIdentity>
      <Ref agencyID="OFFICE" maintainableParentID="CS" maintainableParentVersion="1.0" id="SEX"/>
      </str:ConceptIdentity></str:Dimension>
    <str:TimeDimension id="TIME_PERIOD"><str:ConceptIdentity>
      <Ref agencyID="OFFICE" maintainableParentID="CS" id="TIME_PERIOD"/></str:ConceptIdentity>
      <str:LocalRepresentation><str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation>
      </str:TimeDimension>
  </str:DimensionList>
  <str:Group id="Sibling"><str:GroupDimension><str:DimensionReference><Ref id="SEX"/></str:DimensionReference>
    </str:GroupDimension></str:Group>
  <str:AttributeList><str:Attribute id="NOTE" assignmentStatus="Mandatory"><str:ConceptIdentity>
    <Ref agencyID="OFFICE" maintainableParentID="CS" id="NOTE"/></str:ConceptIdentity><str:AttributeRelationship>
    <str:Dimension><Ref id="SEX"/></str:Dimension><str:Dimension><Ref id="SEX_2"/></str:Dimension>
    </str:AttributeRelationship></str:Attribute></str:AttributeList>
  <str:MeasureList><str:PrimaryMeasure><str:ConceptIdentity>
    <Ref agencyID="OFFICE" maintainableParentID="CS" id="OBS_VALUE"/></str:ConceptIdentity></str:PrimaryMeasure>
    </str:MeasureList>
</str:DataStructureComponents></str:DataStructure></str:DataStructures>
</mes:Structures></mes:Structure>"""

# A dimension must always be there, whether a message says so or not.
KEPT = dataclasses.replace(
    STRUCTURE, components=(dataclasses.replace(STRUCTURE.components[0], required=True), *STRUCTURE.components[1:])
)
SERIES_ATTRIBUTE = '<str:Dimension><Ref id="SEX"/></str:Dimension><str:Dimension><Ref id="SEX_2"/></str:Dimension>'


def test_sdmx_ml_2_1_as_others_write_it() -> None:
    """Versions of one and two parts, references by Ref and by URN, ids left out, lists of concepts, positions."""
    artefacts = read_structures(OLD.encode()).artefacts
    sex = next(scheme for scheme in artefacts.schemes if scheme.id == "CL_SEX")
    assert (sex.version, sex.name, sex.item["GIRL"].parent) == ("1.1.0", {"en": "Sex", "fr": "Sexe"}, "F")
    (structure,) = artefacts.structures
    told = {use.id: (use.role, use.code_list, use.required, use.of_series) for use in structure.components}
    assert (structure.version, list(told)) == ("2.0.0", ["SEX", "SEX_2", "TIME_PERIOD", "OBS_VALUE", "NOTE"])
    assert told["SEX"] == told["SEX_2"] == ("dimension", sex.urn, True, False)
    assert told["NOTE"] == ("attribute", "", True, True)
    assert structure.components[1].concept == "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=OFFICE:CS(1.0.0).SEX"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            SERIES_ATTRIBUTE,
            '<str:Dimension><Ref id="SEX"/></str:Dimension>',
            "NOTE is attached to some",
        ),
        (SERIES_ATTRIBUTE, '<str:Group><Ref id="Sibling"/></str:Group>', "NOTE is attached to group"),
        (SERIES_ATTRIBUTE, "<str:None/>", "NOTE is attached to none"),
        ('<str:Group id="Sibling">', '<str:Group id="Sibling"><str:MeasureDimension/>', "MeasureDimension"),
        ('version="1.1" isFinal="true"', 'version="1.1" isExternalReference="true"', "OFFICE:CL_SEX is only a stub"),
        ('version="1.1" isFinal="true"', 'version="1.1-draft"', "1.1-draft"),
        ('version="2"', 'version="2+.0"', "2+.0"),
        ('<str:Code id="F">', "<str:Code>", "Code has no id"),
        ('<str:Code id="F">', '<str:CodelistExtension/><str:Code id="F">', "CodelistExtension  has no Codelist"),
        ("<str:Codelists>", "<str:Processes><str:Process/></str:Processes><str:Codelists>", "Process"),
        ("<mes:Structures>", "<mes:Structures><a>" + "<b>" * 30, "not XML"),
        ("<mes:Structures>", "<mes:Structures>" + "<b>" * 300 + "</b>" * 300, "nested too deeply"),
        ("<mes:Structure xmlns", '<!DOCTYPE x [<!ENTITY e "e">]><mes:Structure xmlns', "document type"),
        ("<mes:Structure xmlns", "<mes:GenericData/><mes:Structure xmlns", "not XML"),
        ("OFFICE:CS(1.0).SEX", "OFFICE", "no URN"),
        *(
            ('encoding="UTF-8"', f'encoding="{one}"', "encoding that can be read")
            for one in ("TF-8", "rot13", "shift_jis", "idna", "punycode", "undefined")
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(right: str, wrong: str, told: str) -> None:
    assert right in OLD
    with pytest.raises(NotReadable, match=told.replace("+", r"\+")):
        read_structures(OLD.replace(right, wrong, 1).encode())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "neither"),
        (b"a,b\n1,2\n", "neither"),
        (b"<html></html>", "first element is html"),
        (b"{", "not JSON"),
        (b"\xff\xfe{", "neither"),
        (b"{}", "data"),
        (b'{"data": []}', "data"),
        (b'{"data": {"processes": [{"id": "H"}]}}', "processes"),
        (b'{"data": {"codelists": [{"id": "CL"}]}}', "agencyID"),
        (b'{"data": {"codelists": ["CL"]}}', "another form"),
        (b"[" * 100_000, "neither"),
        (b'{"data":' + b"[" * 200_000, "not JSON"),
    ],
)
def test_what_is_no_structure_message(content: bytes, told: str) -> None:
    with pytest.raises(NotReadable, match=told):
        read_structures(content)


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(NotReadable, match="larger than 64 MB"):
        read_structures(b" " * (MOST_BYTES + 1))


def test_a_stranger_s_file_is_read_by_a_child(tmp_path: Path) -> None:
    file = tmp_path / "old.xml"
    file.write_text(OLD, encoding="utf-8")
    assert read_structure_file(file) == read_structures(OLD.encode())


def test_what_the_child_refuses_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "old.xml"
    file.write_text(OLD.replace("<mes:Structure xmlns", "<!DOCTYPE x><mes:Structure xmlns"), encoding="utf-8")
    with pytest.raises(NotReadable, match="document type"):
        read_structure_file(file)


@pytest.mark.parametrize(("limit", "value", "told"), [("SECONDS", 0, "too long"), ("MEMORY_MB", 1, "memory")])
def test_a_file_that_goes_past_the_limits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, told: str
) -> None:
    file = tmp_path / "large.json"
    code = '{"id":"C","names":{"en":"' + "x" * 1000 + '"}},'
    file.write_text('{"data":{"codelists":[{"id":"CL","agencyID":"A","codes":[' + code * 20_000 + "{}]}]}}")
    monkeypatch.setattr(structure_file, limit, value)
    with pytest.raises(NotReadable, match=told):
        read_structure_file(file)


def in_json(change: Any) -> Reading:
    message = json.loads(json_structure.write_structures(ALL, ENVELOPE, language="en"))
    change(message["data"])
    return read_structures(json.dumps(message).encode())


def test_names_in_one_language_only_are_of_the_language_of_the_message() -> None:
    def change(data: Any) -> None:
        for one in data["codelists"]:
            del one["names"]

    (areas,) = in_json(change).artefacts.of_kind("codelist")
    assert areas.name == {"en": "Areas"}


def test_a_component_without_a_representation_takes_that_of_its_concept() -> None:
    def change(data: Any) -> None:
        (area,) = data["dataStructures"][0]["dataStructureComponents"]["dimensionList"]["dimensions"]
        enumeration = area.pop("localRepresentation")
        next(one for one in data["conceptSchemes"][0]["concepts"] if one["id"] == "REF_AREA")["coreRepresentation"] = (
            enumeration
        )

    assert in_json(change).artefacts.structures == (KEPT,)


@pytest.mark.parametrize(
    ("relationship", "told"), [({"dataflow": {}}, "dataflow"), ({"group": "G"}, "group"), ({"dimensions": []}, "some")]
)
def test_attributes_of_other_things_in_json(relationship: Any, told: str) -> None:
    def change(data: Any) -> None:
        attributes = data["dataStructures"][0]["dataStructureComponents"]["attributeList"]["attributes"]
        attributes[0]["attributeRelationship"] = relationship

    with pytest.raises(NotReadable, match=told):
        in_json(change)


def test_what_is_told_in_passing_is_named() -> None:
    assert in_json(lambda data: None).left_out == ("agencySchemes", "dataConstraints")
    content = xml_structure.write_structures(ALL, ENVELOPE, version="3.1")
    assert read_structures(content).left_out == ("AgencyScheme", "AvailabilityConstraint")


@pytest.mark.parametrize("form", ["json-2.0", "json-2.1", "xml-2.1", "xml-3.0", "xml-3.1"])
def test_what_we_write_is_read_back(form: str) -> None:
    kind, _, version = form.partition("-")
    if kind == "json":
        content = json_structure.write_structures(ALL, ENVELOPE, language="en", version=version)  # type: ignore[arg-type]
    else:
        content = xml_structure.write_structures(ALL, ENVELOPE, version=version)  # type: ignore[arg-type]
    kept = Artefacts(schemes=(AREAS, CONCEPTS), structures=(KEPT,), flows=(FLOW,))
    found = read_structures(content).artefacts
    if form == "xml-3.0":  # its schema takes no number as a parent, so the message does not say it
        assert {item.parent for item in found.schemes[0].items} == {""}
        found = Artefacts((AREAS, *found.schemes[1:]), found.structures, found.flows)
    assert found == kept


@pytest.mark.parametrize(
    "form", [Format.STRUCTURE_SDMX_ML_2_1, Format.STRUCTURE_SDMX_ML_3_0, Format.STRUCTURE_SDMX_JSON_2_0_0]
)
def test_what_pysdmx_writes_is_read(form: Any) -> None:
    codes = [Code("F", name="Female"), Code("M", name="Male & <boys>")]
    text = write_sdmx([Codelist("CL_SEX", name="Sex", agency="OFFICE", version="1.0", items=codes)], form)
    (scheme,) = read_structures(str(text).encode()).artefacts.schemes
    assert (scheme.urn.rpartition("=")[2], scheme.item["M"].name["en"]) == ("OFFICE:CL_SEX(1.0.0)", "Male & <boys>")


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_message_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    contents = [OLD.encode(), json_structure.write_structures(ALL, ENVELOPE, language="en")]
    content = bytearray(data.draw(st.sampled_from(contents)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
        if not content:
            break
    with contextlib.suppress(NotReadable):
        read_structures(bytes(content))
