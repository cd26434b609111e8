"""Which format a client gets for what it asks."""

from __future__ import annotations

import pytest

from adme.sdmx.errors import NotAcceptable
from adme.sdmx.negotiation import CSV, GENERIC, JSON, XML, XML_21, XML_31, Offer, choose


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/json", JSON),
        ("text/csv", CSV),
        ("application/vnd.sdmx.data+csv;version=2.0.0", CSV),
        ("application/vnd.sdmx.data+csv; version=2.0.0; labels=both", CSV),
        ("application/vnd.sdmx.data+json;version=2.0.0", JSON),
        ("application/vnd.sdmx.data+json", JSON),
        ("text/csv;q=0.5, application/json;q=0.9", JSON),
        ("text/csv;q=0.9, application/json;q=0.5", CSV),
        ("application/pdf, */*;q=0.1", JSON),
        ("application/vnd.sdmx.data+xml;version=3.0.0", XML),
        ("application/vnd.sdmx.data+xml;version=3.1.0", XML_31),
        ("application/vnd.sdmx.data+xml", XML),
        ("application/vnd.sdmx.structurespecificdata+xml;version=2.1", XML_21),
        ("application/vnd.sdmx.genericdata+xml;version=2.1", GENERIC),
        ("application/xml", XML),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    ],
)
def test_accept(accept: str, offer: Offer) -> None:
    assert choose(accept, None)[0] == offer


def test_labels() -> None:
    assert choose("application/vnd.sdmx.data+csv;labels=both", None) == (CSV, "both")
    assert choose("application/vnd.sdmx.data+csv;labels=nonsense", None) == (CSV, "id")


@pytest.mark.parametrize("accept", ["application/pdf", "application/vnd.sdmx.data+csv;version=9.0.0", "text/csv;q=0"])
def test_nothing_offered(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose(accept, None)


def test_the_parameter_goes_before_the_header() -> None:
    assert choose("application/json", "csvdata")[0] == CSV
    with pytest.raises(NotAcceptable):
        choose("*/*", "pdf")
