"""Whatever is asked of structures and schemas, the answer is one of those documented, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adme.sdmx.kinds import NONE_HERE, NOT_OFFERED
from adme.sdmx.negotiation import SCHEMAS, STRUCTURES
from adme.sdmx.references import DETAILS
from adme.sdmx.registry import KINDS
from adme.structures.models import Dataflow

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
    "asOf": st.just("2026-01-01T00:00:00Z"),
}
_TYPES = [offer.media_type for offer in (*STRUCTURES.offers, *SCHEMAS.offers)]
ACCEPT = st.sampled_from(["*/*", "", "application/xml", "application/json;q=0, */*", *_TYPES])


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """An address under one of the two interfaces, mostly of what there is, and an Accept header."""

    def one(likely: st.SearchStrategy[str]) -> str:
        return draw(st.one_of(likely, likely, likely, ANYTHING))

    schema = draw(st.booleans())
    old = draw(st.booleans())
    first = one(st.sampled_from(["dataflow", "datastructure", "provisionagreement"])) if schema else one(KIND)
    parts = [first, one(AGENCY), one(ID), one(VERSION), *([] if schema else [one(ITEM)])]
    if not schema:
        parts = parts[: draw(st.integers(1, len(parts)))]
    inside = ("v1" if old else "v2") + ("/schema" if schema else "" if old else "/structure")
    names = draw(st.lists(st.sampled_from([*VALUES, "nonsense"]), max_size=3, unique=True))
    query = "&".join(f"{name}={one(VALUES.get(name, ANYTHING))}" for name in names)
    return f"/sdmx/{inside}/{'/'.join(parts)}?{query}", {"Accept": one(ACCEPT)}


def test_any_request_is_answered_as_documented(flow: Dataflow, volume: Callable[..., int]) -> None:
    client = Client(raise_request_exception=True)

    @settings(
        max_examples=volume(200, long=100_000),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(requests())
    def ask(request: tuple[str, dict[str, str]]) -> None:
        path, headers = request
        answer = client.get(path, headers={name: text for name, text in headers.items() if text.isascii()})
        assert answer.status_code in DOCUMENTED, (path, headers, answer.content)

    ask()
