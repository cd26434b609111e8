"""Whatever stands in an address: an answer below 500, and never a foreign word turned into markup."""

from __future__ import annotations

from urllib.parse import urlencode

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = [
    "q", "topic", "source", "area", "since", "order", "page", "view", "areas", "from", "to", "as_of", "SEX", "AGE",
    "i", "a", "across", "find", "rows", "key", "period", "FREQ", "x", "",
]  # fmt: skip
WORDS = [
    "neet", "internet-users", "never-released", "TH", "35", "F", "_T", "*", "chart", "table", "time", "REF_AREA",
    "2018", "0", "-1", "99999999999999999999", "2018-W60", "9999", "0001", "NEET.TH._T.Y15T24", "NEET...", "....",
    "2026-11-23T10:00:00Z", "2026-11-23T10:00:00 07:00", "0001-01-01", "9999-12-31", "\x00", "\ud800", "<script>",
    "' OR 1=1 --", "%", "_", "\\", "a" * 400, "ก", "១", "\u200b", "1e3", "NaN", "٢٠١٨", "DF_GOALS", "",
]  # fmt: skip
PATHS = [
    "/", "/indicators/", "/topics/", "/search", "/countries/", "/countries/TH/", "/table/", "/releases/",
    "/releases/feed.atom", "/indicators/neet/", "/indicators/neet/history/", "/indicators/neet/data.csv",
    "/indicators/neet/data.svg", "/indicators/neet/data.xlsx", "/table/data.csv", "/table/data.sdmx.csv",
    "/table/data.parquet",
]  # fmt: skip

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
questions = st.lists(st.tuples(st.sampled_from(NAMES), words), max_size=6)


def test_no_question_breaks_a_page(client: Client, world):
    @settings(suppress_health_check=list(HealthCheck), max_examples=150)
    @given(st.sampled_from(PATHS), questions, st.booleans())
    def ask(path, question, as_fragment):
        query = urlencode(question, errors="surrogatepass")
        headers = {"HX-Request": "true"} if as_fragment else {}
        response = client.get(f"{path}?{query}", headers=headers)
        assert response.status_code < 500
        body = b"".join(response) if response.streaming else response.content
        if response.headers["Content-Type"].startswith("text/html"):
            assert b"<script>" not in body

    ask()
