"""Which format a client gets for what it asks."""

from __future__ import annotations

import pytest

from adme.sdmx.errors import NotAcceptable
from adme.sdmx.negotiation import (
    CSV,
    CSV_10,
    CSV_21,
    DATA,
    DATA_V1,
    GENERIC,
    JSON,
    JSON_10,
    JSON_21,
    JSON_STAT,
    PARQUET,
    PLAIN_CSV,
    SCHEMA_JSON,
    SCHEMA_XML,
    SCHEMA_XML_21,
    SCHEMAS,
    SCHEMAS_V1,
    STRUCTURE_JSON,
    STRUCTURE_JSON_21,
    STRUCTURE_XML,
    STRUCTURE_XML_21,
    STRUCTURE_XML_31,
    STRUCTURES,
    STRUCTURES_V1,
    XLSX,
    XML,
    XML_21,
    XML_31,
    Family,
    Offer,
    negotiate,
)


def chosen(accept: str, family: Family = DATA, parameter: str | None = None, version: str = "") -> Offer:
    return negotiate(accept, parameter, version, family)[0]


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("text/csv", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        ("application/vnd.sdmx.data+csv;version=2.0.0", CSV),
        ("application/vnd.sdmx.data+csv; version=2.0.0; labels=both", CSV),
        ("application/vnd.sdmx.data+csv;version=1.0.0", CSV_10),
        ("application/vnd.sdmx.data+csv;version=2.1.0", CSV_21),
        ("application/vnd.sdmx.data+csv;version=2.1", CSV_21),
        ("application/vnd.sdmx.data+csv;version=2.0+.0", CSV_21),
        ("application/vnd.sdmx.data+csv;version=2.0.0+", CSV),
        ("application/vnd.sdmx.data+csv;version=1+.0.0", CSV_21),
        ("application/vnd.sdmx.data+json;version=2.0.0", JSON),
        ("application/vnd.sdmx.data+json;version=2.1.0", JSON_21),
        ("application/vnd.sdmx.data+json;version=1.0.0", JSON_10),
        ('application/vnd.sdmx.data+json;version="2.0.0"', JSON),
        ("application/vnd.sdmx.data+json", JSON),
        ("text/csv;q=0.5, application/json;q=0.9", JSON),
        ("text/csv;q=0.9, application/json;q=0.5", CSV),
        ("application/pdf, */*;q=0.1", JSON),
        ("*/*;q=0.1, text/csv;q=0.1", CSV),
        ("*/*, text/csv", CSV),
        ("application/json;q=0, application/vnd.sdmx.data+json;q=0, */*", CSV),
        ("application/vnd.sdmx.data+xml;version=3.0.0", XML),
        ("application/vnd.sdmx.data+xml;version=3.1.0", XML_31),
        ("application/vnd.sdmx.data+xml", XML),
        ("application/vnd.sdmx.data+xml;version=9.0.0, text/csv;q=0.1", CSV),
        ("application/vnd.sdmx.structurespecificdata+xml;version=2.1", XML_21),
        ("application/vnd.sdmx.genericdata+xml;version=2.1", GENERIC),
        ("application/vnd.sdmx.generictimeseriesdata+xml;version=2.1", GENERIC),
        ("application/xml", XML),
        ("application/vnd.apache.parquet", PARQUET),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", XLSX),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    ],
)
def test_accept(accept: str, offer: Offer) -> None:
    assert chosen(accept) == offer


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("*/*", GENERIC),
        ("application/xml", GENERIC),
        ("text/xml", GENERIC),
        ("application/vnd.sdmx.structurespecificdata+xml;version=2.1", XML_21),
        ("application/vnd.sdmx.structurespecificdata+xml", XML_21),
        ("text/csv", CSV_10),
        ("application/vnd.sdmx.data+csv", CSV_10),
        ("application/vnd.sdmx.data+csv;version=2.0.0", CSV),
        ("application/json", JSON_10),
        ("application/vnd.sdmx.data+json;version=2.0.0", JSON),
    ],
)
def test_the_older_interface_speaks_the_older_formats(accept: str, offer: Offer) -> None:
    assert chosen(accept, DATA_V1) == offer


@pytest.mark.parametrize(
    ("family", "accept", "offer"),
    [
        (STRUCTURES, "*/*", STRUCTURE_JSON),
        (STRUCTURES, "application/vnd.sdmx.structure+json;version=2.1.0", STRUCTURE_JSON_21),
        (STRUCTURES, "application/vnd.sdmx.structure+xml", STRUCTURE_XML),
        (STRUCTURES, "application/vnd.sdmx.structure+xml;version=3.1.0", STRUCTURE_XML_31),
        (STRUCTURES_V1, "*/*", STRUCTURE_XML_21),
        (STRUCTURES_V1, "application/xml", STRUCTURE_XML_21),
        (STRUCTURES_V1, "application/vnd.sdmx.structure+json;version=2.0.0", STRUCTURE_JSON),
        (SCHEMAS, "*/*", SCHEMA_JSON),
        (SCHEMAS, "application/vnd.sdmx.structure+json;version=2.0.0", STRUCTURE_JSON),
        (SCHEMAS, "application/vnd.sdmx.schema+xml", SCHEMA_XML),
        (SCHEMAS_V1, "*/*", SCHEMA_XML_21),
    ],
)
def test_structures_and_schemas(family: Family, accept: str, offer: Offer) -> None:
    assert chosen(accept, family) == offer


@pytest.mark.parametrize(
    "accept",
    [
        "application/pdf",
        "application/vnd.sdmx.data+csv;version=9.0.0",
        "application/vnd.sdmx.data+csv;version=new",
        "text/csv;q=0",
        "text/csv;q=2",
        "text/csv;q=high",
        "application/vnd.sdmx.schema+json;version=2.0.0",
    ],
)
def test_nothing_offered(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        chosen(accept)


@pytest.mark.parametrize(
    ("parameter", "version", "offer"),
    [
        ("jsondata", "", JSON),
        ("jsondata", "2.1.0", JSON_21),
        ("jsondata", "1.0", JSON_10),
        ("csvdata", "", CSV),
        ("csvdata", "1.0.0", CSV_10),
        ("structurespecificdata", "", XML),
        ("structurespecificdata", "2.1", XML_21),
        ("structurespecificdata", "3.1.0", XML_31),
        ("genericdata", "", GENERIC),
        ("csv", "", PLAIN_CSV),
        ("jsonstat", "", JSON_STAT),
        ("xlsx", "", XLSX),
        ("parquet", "", PARQUET),
    ],
)
def test_the_parameter_goes_before_the_header(parameter: str, version: str, offer: Offer) -> None:
    assert chosen("application/pdf", DATA, parameter, version) == offer


@pytest.mark.parametrize(("parameter", "version"), [("pdf", ""), ("jsondata", "7.0.0"), ("csv", "1.0.0"), ("", "")])
def test_a_format_or_a_version_of_it_that_there_is_not(parameter: str, version: str) -> None:
    with pytest.raises(NotAcceptable):
        chosen("*/*", DATA, parameter, version)
