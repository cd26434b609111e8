"""Whatever is asked, in whatever order and spelling: an answer, or a refusal in words. Never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adme.api.openapi import described
from tests.conftest import on_postgres
from tests.factories import world as worlds

ALLOWED = {200, 304, 400, 404, 406}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
PATHS = list(described()["paths"])
PARTS = st.sampled_from(
    ["neet", "safe-water", "trial-plan", "limits-only", "forest-area", "never-released", "TH", "th", "35",
     "x y", "..", "%00",
     "00000000-0000-4000-8000-000000000000"]
) | TEXTS  # fmt: skip
WORDS = st.sampled_from(["TH", "TH,VN", "35", "SEX:F", "SEX:*", "*", "AGE:Y15T24,SEX:M", "SEX:", ":", "neet",
    "neet,internet-users,forest-area", "limits-only", "name", "coverage", "en", "water", "work", "goals", "'", "%",
    "_", '"', "\\", "\x00", "🜚", ",,,", "-1", "0", "1", "2", "10", "1e3", "99999999999999999999",
    "NaN"]) | TEXTS  # fmt: skip
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.sampled_from(
    ["2026-01-01", "2999-12-31", "0001-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "soon"]
)
PERIODS = st.sampled_from(["2015", "2015-Q2", "2015-03", "2015-W53", "9999", "9999-W52", "1000", "0999", "later"])
NAMES = sorted(
    {one["name"] for path in described()["paths"].values() for one in path["get"]["parameters"] if one["in"] == "query"}
)
PAIRS = st.one_of(
    st.tuples(st.just("as_of"), MOMENTS),
    st.tuples(st.sampled_from(["start", "end"]), PERIODS),
    st.tuples(st.sampled_from(NAMES), WORDS),
    st.tuples(TEXTS, TEXTS),
)
ACCEPT = st.sampled_from(
    ["*/*", "*/*", "*/*", "application/json", "application/*;q=0", "text/html", "x", "", "a/b;q=x, */*;q=0.1"]
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.django_db
def test_no_request_breaks_it(world: worlds.World, path: str, volume: Callable[..., int]) -> None:
    seen = set()
    declared = {one["name"] for one in described()["paths"][path]["get"]["parameters"]}

    @settings(max_examples=volume(12 if on_postgres() else 500, long=100_000), suppress_health_check=list(HealthCheck))
    @given(PARTS, st.lists(PAIRS, max_size=4), ACCEPT, st.booleans())
    def ask(part: str, pairs: list[tuple[str, str]], accept: str, only_declared: bool) -> None:
        where = "/".join(quote(part, safe="") if "{" in piece else piece for piece in path.split("/"))
        kept = [(name, value) for name, value in pairs if not only_declared or name in declared]
        query = "&".join(f"{quote(name)}={quote(value, safe=':,*')}" for name, value in kept)
        answer = Client().get(f"{where}?{query}", headers={"Accept": accept})
        assert answer.status_code in ALLOWED, (where, query)
        kind = answer.headers["Content-Type"]
        assert kind.startswith("application/json" if answer.status_code == 200 else "application/problem+json"), kind
        answer.json()
        seen.add(answer.status_code)

    ask()
    assert seen
