"""Small frameworks as tables of texts, and approved ones in the database. Everything in them is invented."""

from __future__ import annotations

import copy
from typing import Any

from adme.frameworks.actions.editions import Decision, approve, take_tables
from adme.frameworks.models import Edition
from adme.frameworks.sections import Tables

WHO: dict[str, Any] = {"by": "the test", "reason": "to test"}
GOALS, BANK = "ASEAN:DF_GOALS(1.0.0)", "ASEAN:DF_BANK(1.0.0)"
"""Dataflows of `tests.factories.world`."""


def small_tables() -> Tables:
    """Two levels, one place that is not public, three KPIs: one bound to the world's NEET, one to its INTERNET."""
    return copy.deepcopy(_SMALL)


def approved(tables: Tables | None = None, **decision: Any) -> Edition:
    """The tables as an approved edition."""
    draft = take_tables(tables=tables or small_tables(), **WHO)
    made = Decision(**({"document": "Decision of the test"} | decision))
    return approve(edition=draft, by="another", decision=made, revision=draft.revision)


_SMALL: Tables = {
    "framework": [
        {
            "slug": "trial-plan",
            "title:en": "Trial plan",
            "title:th": "แผนทดลอง",
            "edition": "first",
            "from": "2016-01-01",
            "to": "2025-12-31",
            "region:en": "ASEAN",
            "fixture": "yes",
            "certainty": "fixture",
        }
    ],
    "counts": [{"what:en": "KPIs", "level": "kpi", "count": "32", "source": "a report", "certainty": "verbatim"}],
    "levels": [
        {"level": "area", "name:en": "area", "plural:en": "areas"},
        {"level": "hidden", "name:en": "place not public", "role": "unplaced"},
        {"level": "kpi", "name:en": "KPI", "plural:en": "KPIs", "role": "measured"},
    ],
    "parts": [
        {"part": "area-a", "level": "area", "code": "A", "title:en": "Work", "title_certainty": "verbatim"},
        {"part": "kpi-1", "level": "kpi", "under": "area-a", "code": "1", "title:en": "Young people without work"},
        {"part": "kpi-2", "level": "kpi", "under": "area-a", "code": "2", "title:en": "Use of the Internet"},
        {"part": "hidden", "level": "hidden", "title:en": "Place not public", "title_certainty": "chosen_here"},
        {
            "part": "kpi-9",
            "level": "kpi",
            "under": "hidden",
            "code": "19c",
            "title:en": "about: digital natives",
            "title_certainty": "paraphrase",
            "title_source": "a report",
        },
    ],
    "kpis": [
        {
            "part": "kpi-1",
            "kind": "proxy",
            "direction": "decrease",
            "unit:en": "%",
            "responsible": "SLOM",
            "category": "official_statistics",
            "proxy_for:en": "youth without work",
            "proxy_by:en": "chosen by the test",
            "aggregate": "mean",
            "method": "linear_pace",
        },
        {
            "part": "kpi-2",
            "kind": "rate",
            "direction": "increase",
            "unit:en": "%",
            "aggregate": "median",
            "method": "trend",
        },
        {"part": "kpi-9", "category": "survey", "why_incomplete:en": "no survey yet"},
    ],
    "aims": [
        {"part": "kpi-1", "kind": "baseline", "period": "2015", "value": "20"},
        {"part": "kpi-1", "kind": "target", "period": "2025", "value": "10", "source": "the test"},
        {"part": "kpi-1", "area": "TH", "kind": "target", "period": "2025", "value": "12"},
    ],
    "series": [
        {"part": "kpi-1", "order": "1", "dataflow": GOALS, "key": "SERIES=NEET; SEX=_T; AGE=Y15T24"},
        {"part": "kpi-2", "order": "1", "dataflow": BANK, "key": "SERIES=INTERNET"},
    ],
}
