"""Whatever is asked of structures, schemas and metadata: a documented answer, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adme.sdmx.kinds import NONE_HERE, NOT_OFFERED
from adme.sdmx.negotiation import SCHEMAS, STRUCTURES
from adme.sdmx.references import DETAILS
from adme.sdmx.registry import KINDS
from adme.structures.models import Dataflow
from tests.conftest import on_postgres

DOCUMENTED = {200, 304, 400, 404, 406, 501}

ANYTHING = st.text(st.characters(exclude_characters="/?#\\", exclude_categories=["Cs"]), min_size=1, max_size=12)
KIND = st.sampled_from([*KINDS, *sorted(NONE_HERE), *sorted(NOT_OFFERED), "*", "all", "structure", "contentconstraint"])
AGENCY = st.sampled_from(["TEST", "SDMX", "*", "all", "TEST,SDMX", "TEST+SDMX"])
ID = st.sampled_from(["DF_TEST", "DSD_DF_TEST", "CL_SEX", "CS", "AGENCIES", "DF_TEST_TESTER", "CR_DF_TEST", "*", "all"])
VERSION = st.sampled_from(["1.0.0", "1.0", "+", "~", "*", "latest", "1.0+.0", "2+.0.0", "1.0.0,2.0.0", "1.0.0-draft"])
ITEM = st.sampled_from(["F", "F,M", "F+M", "*", "TESTER", "REF_AREA", "TEST"])
REFERENCES = st.sampled_from(
    ["none", "children", "descendants", "parents", "ancestors", "parentsandsiblings", "all", "codelist", "process"]
)
VALUES = {
    "references": REFERENCES,
    "detail": st.sampled_from(sorted(DETAILS)),
    "format": st.sampled_from([*STRUCTURES.parameters, *SCHEMAS.parameters]),
    "formatVersion": VERSION,
    "lang": st.sampled_from(["en", "th", "fr-FR"]),
    "dimensionAtObservation": st.sampled_from(["TIME_PERIOD", "AllDimensions", "SEX"]),
    "deletion": st.sampled_from(["true", "false", "True"]),
    "updatedAfter": st.sampled_from(["2026-01-01T00:00:00Z", "soon"]),
    "asOf": st.just("2026-01-01T00:00:00Z"),
}
_TYPES = [offer.media_type for offer in (*STRUCTURES.offers, *SCHEMAS.offers)]
ACCEPT = st.sampled_from(["*/*", "", "application/xml", "application/json;q=0, */*", *_TYPES])


STRUCTURE = (KIND, AGENCY, ID, VERSION, ITEM)
SCHEMA = (st.sampled_from(["dataflow", "datastructure", "provisionagreement"]), AGENCY, ID, VERSION)
REPORT = st.sampled_from(["MDF_TEST", "poor", "poor@TH", "poor,poor@TH", "read", "*", "all"])
REGISTERED = st.sampled_from(["dataflow", "provisionagreement", "provider", "id", "*"])
ENDPOINTS: dict[str, tuple[int, tuple[st.SearchStrategy[str], ...]]] = {
    # What the address begins with: how many parts it needs, and what they mostly are.
    "v2/structure": (1, STRUCTURE),
    "v1": (1, STRUCTURE),
    "v2/schema": (4, SCHEMA),
    "v1/schema": (4, SCHEMA),
    "v2/metadata/metadataset": (0, (AGENCY, REPORT, VERSION)),
    "v2/metadata/metadataflow": (0, (AGENCY, REPORT, VERSION, AGENCY)),
    "v2/metadata/structure": (1, (KIND, AGENCY, ID, VERSION)),
    "v2/registration": (
        0,
        (st.sampled_from(["dataflow", "provisionagreement", "provider", "id", "*"]), AGENCY, ID, VERSION),
    ),
}


@st.composite
def requests(draw: st.DrawFn, start: str) -> tuple[str, dict[str, str]]:
    """An address under ``start``, mostly of what there is, and an Accept header."""

    def one(likely: st.SearchStrategy[str]) -> str:
        return draw(st.one_of(likely, likely, likely, ANYTHING))

    needed, parts = ENDPOINTS[start]
    said = [one(part) for part in parts[: draw(st.integers(needed, len(parts)))]]
    names = draw(st.lists(st.sampled_from([*VALUES, "nonsense"]), max_size=3, unique=True))
    query = "&".join(f"{name}={one(VALUES.get(name, ANYTHING))}" for name in names)
    return f"/sdmx/{'/'.join([start, *said])}?{query}", {"Accept": one(ACCEPT)}


@pytest.mark.parametrize("start", ENDPOINTS)
def test_any_request_is_answered_as_documented(told: Dataflow, start: str, volume: Callable[..., int]) -> None:
    client = Client(raise_request_exception=True)
    seen = set()

    @settings(
        max_examples=volume(50 if on_postgres() else 500, long=100_000),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(requests(start))
    def ask(request: tuple[str, dict[str, str]]) -> None:
        path, headers = request
        answer = client.get(path, headers={name: text for name, text in headers.items() if text.isascii()})
        assert answer.status_code in DOCUMENTED, (path, headers, answer.content)
        seen.add(answer.status_code)

    ask()
    assert len(seen) > 1
