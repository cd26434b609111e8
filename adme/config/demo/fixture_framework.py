"""A FIXTURE: an invented framework of the official size (32 KPIs, 46 sub-indicators), to show how progress is told.

Figures are real open series; areas, wording, targets, milestones and responsible bodies are made up by the rules below
and mean nothing. Every text carries the mark “fixture”. It is no plan of ASEAN or of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from statistics import fmean

from adme.config.demo.files import DATA, rows
from adme.frameworks.sections import Record, Tables

SLUG = "fixture-plan"
KPIS, SUB_INDICATORS = 32, 46
WORLD_BANK, GAPMINDER = "ASEAN:DF_WB_WDI(1.0.0)", "ASEAN:DF_GAPMINDER(1.0.0)"
POPULATION = "FREQ=A; SERIES=SP_POP_TOTL"
START, END = "2015", "2027"
MADE_UP = "made up for this fixture"

FALLING = (
    "OWGH", "STNT", "WAST", "MMRT", "MORT", "TBS", "TRAF", "DIAB", "ADO", "DPND", "SLUM", "POV", "DEFC", "UEM", "VULN",
    "PM25", "CO2", "VC.", "REFG", "poverty", "inequality", "unemployment", "malnutrition", "co2",
)  # fmt: skip
"""Pieces of ids of series that should fall; all others should rise."""

LEFT_OUT = ("SP.POP.TOTL", "SM.POP.NETM")
METHODS = ("linear_pace", "compound_pace", "path", "trend")
AGGREGATES = ("weighted_mean", "median", "mean", "count")
EFFORTS = (0.04, 0.15, 0.4)
"""Shares by which a target lies beyond the value of 2015: easy, middling, hard."""

BODIES = ("SOMHD", "SOM-ED", "SLOM", "SOMSWD", "ASOEN", "SOMRDPE", "ACW", "SOMY")
CATEGORIES = ("official_statistics", "sectoral_body", "national_policy", "survey")


def fixture_plan() -> Tables:
    """The tables of the fixture, the same each time."""
    bound = _bound()
    return {
        "framework": [
            {
                "slug": SLUG,
                "title:en": "Fixture plan (invented)",
                "description:en": "An invented framework of the official size, to show how progress is told. Its "
                "figures are real, its targets are made up and mean nothing.",
                "edition": "fixture",
                "from": f"{START}-01-01",
                "to": f"{END}-12-31",
                "region:en": "ASEAN",
                "fixture": "yes",
                "state_classes": "shown",
                "source": MADE_UP,
                "certainty": "fixture",
            }
        ],
        "counts": [
            _count("KPIs", "kpi", KPIS),
            _count("sub-indicators", "sub-indicator", SUB_INDICATORS),
        ],
        "levels": [
            {"level": "area", "name:en": "area", "plural:en": "areas"},
            {"level": "result", "name:en": "result", "plural:en": "results"},
            {"level": "kpi", "name:en": "KPI", "plural:en": "KPIs", "role": "measured"},
            {"level": "sub-indicator", "name:en": "sub-indicator", "plural:en": "sub-indicators", "role": "measured"},
        ],
        "parts": [*_areas(), *(_part(uid, number, series) for number, (uid, series) in enumerate(bound.items()))],
        "kpis": [_kpi(uid, number, series) for number, (uid, series) in enumerate(bound.items())],
        "aims": [aim for number, (uid, series) in enumerate(bound.items()) for aim in _aims(uid, number, series)],
        "series": [one for uid, series in bound.items() for one in _series(uid, series)],
        "stages": [
            {"part": uid, "value": str(value), "name:en": words}
            for uid, series in bound.items()
            if not series
            for value, words in enumerate(("nothing yet", "drafted", "adopted", "in force"))
        ],
    }


def _count(what: str, level: str, count: int) -> Record:
    return {"what:en": what, "level": level, "count": str(count), "source": MADE_UP, "certainty": "fixture"}


def _areas() -> Iterator[Record]:
    for number in range(1, 5):
        yield _titled(f"area-{number}", "area", "", str(number), f"Fixture area {number}")
        for letter in "ab":
            yield _titled(f"result-{number}{letter}", "result", f"area-{number}", f"{number}.{letter}",
                          f"Fixture result {number}.{letter}")  # fmt: skip


def _titled(uid: str, level: str, under: str, code: str, title: str) -> Record:
    return {
        "part": uid,
        "level": level,
        "under": under,
        "code": code,
        "title:en": title,
        "title_certainty": "fixture",
        "title_source": MADE_UP,
    }


@cache
def _offered() -> tuple[tuple[str, str], ...]:
    """(dataflow, id) of every open series that the fixture may use."""
    bank = [row["indicator"] for row in rows("world_bank_wdi_2026-07_indicators.csv", DATA)]
    others = [row["indicator"] for row in rows("gapminder_sg_2026-03_indicators.csv", DATA)]
    return tuple([(WORLD_BANK, one) for one in bank if one not in LEFT_OUT] + [(GAPMINDER, one) for one in others])


def _bound() -> dict[str, tuple[str, str] | None]:
    """Uid → its series in the order of the tree; the latest few sub-indicators have none."""
    uids: list[str] = []
    subs = [SUB_INDICATORS // KPIS + (number < SUB_INDICATORS % KPIS) for number in range(KPIS)]
    for number, count in enumerate(subs, start=1):
        uids.append(f"kpi-{number}")
        uids += [f"kpi-{number}{'abc'[place]}" for place in range(count)]
    series: list[tuple[str, str] | None] = [*_offered()]
    series += [None] * (len(uids) - len(series))
    return dict(zip(uids, series, strict=True))


def _is_sub(uid: str) -> bool:
    return not uid[-1].isdigit()


def _part(uid: str, number: int, series: tuple[str, str] | None) -> Record:
    code = uid.removeprefix("kpi-")
    under = uid[:-1] if _is_sub(uid) else f"result-{1 + (int(code) - 1) // 8}{'ab'[(int(code) - 1) // 4 % 2]}"
    level = "sub-indicator" if _is_sub(uid) else "kpi"
    title = _title(series) if series else f"Policy on subject {number} (invented)"
    return _titled(uid, level, under, code, title)


@cache
def _titles() -> dict[str, str]:
    files = ("world_bank_wdi_2026-07_indicators.csv", "gapminder_sg_2026-03_indicators.csv")
    return {row["indicator"]: row["title"] for name in files for row in rows(name, DATA)}


def _title(series: tuple[str, str]) -> str:
    return _titles()[series[1]]


def _rises(series: tuple[str, str]) -> bool:
    return not any(piece in series[1] for piece in FALLING)


def _kpi(uid: str, number: int, series: tuple[str, str] | None) -> Record:
    record = {
        "part": uid,
        "kind": "rate" if series else "policy_stage",
        "responsible": BODIES[number % len(BODIES)],
        "category": CATEGORIES[number % 4] if series else "national_policy",
        "frequency": "A",
    }
    if series is None:
        return {**record, "method": "stage", "why_incomplete:en": f"Nobody reports it ({MADE_UP})."}
    aggregate = AGGREGATES[number % 4]
    return {
        **record,
        "direction": "increase" if _rises(series) else "decrease",
        "unit:en": _unit(_title(series)),
        "method": METHODS[number % 4],
        "aggregate": aggregate,
        "condition": ">= 50" if aggregate == "count" else "",
        "breakdowns": "women; men" if number % 9 == 0 else "",
        "oldest": "4",
    }


def _unit(title: str) -> str:
    inside = title[title.rfind("(") + 1 : title.rfind(")")] if "(" in title else ""
    return inside if len(inside) < 60 else ""


@cache
def _in_2015() -> dict[str, dict[str, float]]:
    """Series → area → its value of 2015 (or the two years before)."""
    areas = {row["iso3"]: row["iso2"] for row in rows("asean_member_states.csv", DATA)}
    found: dict[str, dict[str, float]] = {}
    for name in ("world_bank_wdi_2026-07_asean.csv", "gapminder_sg_2026-03_asean.csv"):
        for row in rows(name, DATA):
            if row["year"] == START and row["iso3"] in areas:
                found.setdefault(row["indicator"], {})[areas[row["iso3"]]] = float(row["value"])
    return found


def _aims(uid: str, number: int, series: tuple[str, str] | None) -> Iterator[Record]:
    if series is None:
        yield _aim(uid, "", "target", END, 3)
        return
    values = _in_2015().get(series[1], {})
    if not values or METHODS[number % 4] == "trend":
        return
    effort = EFFORTS[number % len(EFFORTS)] * (1 if _rises(series) else -1)
    if AGGREGATES[number % 4] != "count":
        yield _aim(uid, "", "target", END, fmean(values.values()) * (1 + effort))
    for area, value in sorted(values.items()):
        yield _aim(uid, area, "target", END, value * (1 + effort))
        if METHODS[number % 4] == "path":
            yield _aim(uid, area, "milestone", "2020", value * (1 + effort / 4))


def _aim(uid: str, area: str, kind: str, period: str, value: float) -> Record:
    return {
        "part": uid,
        "area": area,
        "kind": kind,
        "period": period,
        "value": f"{value:.6g}" if abs(value) < 1e5 else f"{value:.0f}",
        "certainty": "fixture",
        "source": MADE_UP,
    }


def _series(uid: str, series: tuple[str, str] | None) -> Iterator[Record]:
    if series is None:
        return
    dataflow, name = series
    code = name.replace(".", "_") if dataflow == WORLD_BANK else name
    chosen = "chosen for this fixture"
    yield {"part": uid, "order": "1", "dataflow": dataflow, "key": f"FREQ=A; SERIES={code}", "chosen_by:en": chosen}
    yield {"part": uid, "name": "weight", "dataflow": WORLD_BANK, "key": POPULATION, "chosen_by:en": chosen}
