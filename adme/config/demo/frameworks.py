"""The reference frameworks of the first user, exactly as far as they are public, each text with its certainty mark.

What is not public is said as a count or hangs under “place not public”; nothing is invented. Open series bound to a KPI
are proxies that ADME chose, and say so.
"""

from __future__ import annotations

from adme.config.demo.files import DATA, rows
from adme.config.demo.fixture_framework import fixture_plan
from adme.frameworks.actions.editions import Decision, approve, digest_of, take_tables
from adme.frameworks.models import Edition
from adme.frameworks.sections import Record, Tables, tidy

FOLLOW_UP = (
    "Report on the Follow Up to the Recommendations of Mid-Term Review of ASCC Blueprint 2025 "
    "(ASEAN Secretariat, December 2022)"
)
CHOSEN = "chosen by ADME, not by ASEAN"
CATEGORIES = {"1": "sectoral_body", "2": "national_policy", "3": "survey"}

BLUEPRINT = "ascc-blueprint-2025"
STRATEGIC_PLAN = "ascc-strategic-plan-2026-2035"

UN_SDG, WORLD_BANK, GAPMINDER = "ASEAN:DF_UN_SDG(1.0.0)", "ASEAN:DF_WB_WDI(1.0.0)", "ASEAN:DF_GAPMINDER(1.0.0)"

NOT_PUBLIC = "What is public names no place for these in the framework."


def make_frameworks(*, by: str, reason: str) -> int:
    """Make or refresh the reference frameworks and the fixture; return how many editions were approved."""
    return sum(_made(tables, by=by, reason=reason) for tables in (blueprint_2025(), strategic_plan(), fixture_plan()))


def _made(tables: Tables, *, by: str, reason: str) -> bool:
    """Approve the tables as the next edition unless they are what stands."""
    tables = tidy(tables)
    slug = tables["framework"][0]["slug"]
    newest = Edition.objects.filter(framework__slug=slug, state=Edition.State.APPROVED).order_by("-number").first()
    if newest is not None and newest.digest == digest_of(tables):
        return False
    if Edition.objects.filter(framework__slug=slug, state=Edition.State.DRAFT).exists():
        return False  # somebody is working on it
    draft = take_tables(tables=tables, by=by, reason=reason)
    source = tables["framework"][0].get("source", "")
    decision = Decision(meeting="none: loaded with the demonstration", document=source)
    approve(edition=draft, by=by, decision=decision, reason=reason, revision=draft.revision)
    return True


# --- ASCC Blueprint 2025 --------------------------------------------------------------------------


def blueprint_2025() -> Tables:
    """Five characteristics, eighteen key result areas, the thirteen KPI entries that are public."""
    kpis = rows("reference_ascc_kpis_known.csv", DATA)
    return {
        "framework": [
            {
                "slug": BLUEPRINT,
                "title:en": "ASEAN Socio-Cultural Community Blueprint 2025",
                "description:en": "Ten years of cooperation in 18 key result areas under five characteristics. Most of "
                "its KPI titles are not public; what is known is shown with how sure it is.",
                "edition": "as far as it is public",
                "from": "2016-01-01",
                "to": "2025-12-31",
                "region:en": "ASEAN",
                "source": "ASCC Blueprint 2025 (ASEAN Secretariat, March 2016)",
                "certainty": "verbatim",
            }
        ],
        "counts": [
            _stated("KPIs", "kpi", "32"),
            _stated("sub-indicators", "sub-indicator", "46"),
            _stated("key result areas", "kra", "18"),
            _stated("KPIs incomplete at the mid-term review", "", "19"),
        ],
        "levels": [
            _level("characteristic", "characteristic", "characteristics"),
            _level("kra", "key result area", "key result areas"),
            _level("not-public", "place not public", "places not public", "unplaced"),
            _level("kpi", "KPI", "KPIs", "measured"),
            _level("kpi-or-sub-indicator", "KPI or sub-indicator", "KPIs or sub-indicators", "measured"),
            _level("sub-indicator", "sub-indicator", "sub-indicators", "measured"),
        ],
        "parts": [*_characteristics(), *_kras(), *_unplaced(kpis), *(_kpi_part(row) for row in kpis)],
        "kpis": [_kpi(row) for row in kpis],
        "series": _proxies(),
        "breaks": [
            {
                "part": "kpi-26a",
                "period": "2018",
                "kind": "break",
                "note:en": "The index changed its scale with edition 4.0 in 2018.",
                "source": "reference file of the demonstration, row 26a",
            }
        ],
    }


def _stated(what: str, level: str, count: str) -> Record:
    return {"what:en": what, "level": level, "count": count, "source": FOLLOW_UP, "certainty": "verbatim"}


def _level(level: str, name: str, plural: str, role: str = "") -> Record:
    return {"level": level, "name:en": name, "plural:en": plural, "role": role}


def _characteristics() -> list[Record]:
    return [
        {
            "part": f"characteristic-{row['code'].lower()}",
            "level": "characteristic",
            "code": row["code"],
            "title:en": row["title"],
            "title_certainty": row["title_status"],
            "title_source": row["source"],
            "text:en": row["objective_summary"],
            "text_certainty": row["objective_status"],
            "text_source": row["source"],
        }
        for row in rows("reference_ascc_characteristics.csv", DATA)
    ]


def _kras() -> list[Record]:
    return [
        {
            "part": f"kra-{row['code'].lower().replace('.', '-')}",
            "level": "kra",
            "under": f"characteristic-{row['characteristic'].lower()}",
            "code": row["code"],
            "title:en": row["title"],
            "title_certainty": row["title_status"],
            "title_source": row["source"],
        }
        for row in rows("reference_ascc_kras.csv", DATA)
    ]


def _holder(characteristic: str) -> str:
    return f"not-public-{characteristic.lower()}" if characteristic else "not-public"


def _unplaced(kpis: tuple[dict[str, str], ...]) -> list[Record]:
    stated = sorted({row["characteristic_stated"] for row in kpis} - {""})
    holders: list[Record] = [
        {
            "part": _holder(letter),
            "level": "not-public",
            "under": f"characteristic-{letter.lower()}",
            "title:en": f"Key result area not public (characteristic {letter})",
            "title_certainty": "chosen_here",
            "note:en": f"The report names characteristic {letter} and no key result area for these.",
        }
        for letter in stated
    ]
    everywhere: Record = {
        "part": _holder(""),
        "level": "not-public",
        "title:en": "Place not public",
        "title_certainty": "chosen_here",
        "note:en": NOT_PUBLIC,
    }
    return [*holders, everywhere]


def _uid(row: dict[str, str]) -> str:
    return "kpi-overweight" if row["code"].startswith("(") else f"kpi-{row['code'].lower()}"


def _kpi_part(row: dict[str, str]) -> Record:
    level = {"KPI": "kpi", "sub-indicator": "sub-indicator"}.get(row["level"], "kpi-or-sub-indicator")
    parent = row["parent_kpi"]
    return {
        "part": _uid(row),
        "level": level,
        "under": _holder(row["characteristic_stated"]),
        "code": "" if row["code"].startswith("(") else row["code"],
        "title:en": row["title_or_topic"],
        "title_certainty": row["title_status"],
        "title_source": row["source"],
        "note:en": f"Part of KPI {parent}, whose title is not public." if parent else "",
    }


def _kpi(row: dict[str, str]) -> Record:
    uid, bound = _uid(row), _bound()
    category = CATEGORIES.get(row["data_category_stated"][:1], "")
    record = {"part": uid, "direction": row["direction_stated"], "category": category}
    if category:
        record["why_incomplete:en"] = f"The report puts it into category {row['data_category_stated']}."
    if uid in bound:
        record |= {
            "kind": "proxy",
            "proxy_for:en": row["title_or_topic"],
            "proxy_by:en": CHOSEN,
            "method": "trend" if row["direction_stated"] else "",
        }
        record |= {"unit:en": "%", "aggregate": "weighted_mean", "carry_forward": "0"}
    return record


def _bound() -> set[str]:
    return {record["part"] for record in _proxies()}


def _proxies() -> list[Record]:
    """Open series that are likely kin of a KPI (SDG 1.3.1, 2.2.2, 3.8.1, 8.6.1), each chosen here."""
    made = [
        _series(
            "kpi-5a", UN_SDG, _sdg("SI_COV_BENFTS; SEX=_T"), note="SDG 1.3.1: at least one social protection benefit."
        ),
        _series(
            "kpi-5b",
            UN_SDG,
            _sdg("SI_COV_SOCINS; INCOME_WEALTH_QUANTILE=_T"),
            note="SDG 1.3.1: covered by social insurance.",
        ),
        _series("kpi-overweight", WORLD_BANK, "FREQ=A; SERIES=SH_STA_OWGH_ZS", 1, "SDG 2.2.2, the newer edition."),
        _series("kpi-overweight", UN_SDG, _sdg("SH_STA_OVRWGT; AGE=Y_LT5"), 2, "SDG 2.2.2, edition of October 2020."),
        _series("kpi-6d", UN_SDG, _sdg("SH_ACS_UNHC"), note="SDG 3.8.1: an outcome; the KPI is about policies."),
        _series(
            "kpi-7b", UN_SDG, _sdg("SI_COV_VULN; SEX=_T"), note="SDG 1.3.1: vulnerable people covered by assistance."
        ),
        _series("kpi-31c", UN_SDG, _sdg("SL_TLF_NEET; SEX=_T; AGE=Y15T24"), note="SDG 8.6.1, both sexes."),
    ]
    weight = "FREQ=A; SERIES=SP_POP_TOTL"
    weighted = dict.fromkeys(record["part"] for record in made)
    made += [_series(part, WORLD_BANK, weight, name="weight", note="Total population.") for part in weighted]
    return made


def _series(part: str, dataflow: str, key: str, order: int = 1, note: str = "", name: str = "") -> Record:
    return {
        "part": part,
        "name": name,
        "order": str(order),
        "dataflow": dataflow,
        "key": key,
        "chosen_by:en": CHOSEN,
        "note:en": note,
    }


def _sdg(series: str) -> str:
    return f"FREQ=A; SERIES={series}"


# --- ASCC Strategic Plan 2026-2035 ----------------------------------------------------------------


def strategic_plan() -> Tables:
    """Twelve goals as far as they are public; objectives and measures are counts."""
    goals = rows("reference_ascc_strategic_plan_goals.csv", DATA)
    counted = "Bernama, 19 August 2025"
    return {
        "framework": [
            {
                "slug": STRATEGIC_PLAN,
                "title:en": "ASCC Strategic Plan 2026–2035",
                "description:en": "Its results framework is not public yet. The goals are shown as one member state "
                "rendered them, where it did.",
                "edition": "as far as it is public",
                "from": "2026-01-01",
                "to": "2035-12-31",
                "region:en": "ASEAN",
                "source": counted,
                "certainty": "paraphrase",
            }
        ],
        "counts": [
            {"what:en": what, "level": level, "count": count, "source": counted, "certainty": "paraphrase"}
            for what, level, count in (
                ("goals", "goal", "12"),
                ("objectives", "objective", "16"),
                ("measures", "measure", "112"),
            )
        ],
        "levels": [
            _level("goal", "goal", "goals"),
            _level("objective", "objective", "objectives"),
            _level("measure", "measure", "measures"),
            _level("kpi", "KPI", "KPIs", "measured"),
        ],
        "parts": [
            {
                "part": f"goal-{row['number']}",
                "level": "goal",
                "code": row["number"],
                "title:en": row["national_rendering"],
                "title_certainty": row["status"],
                "title_source": row["source"],
            }
            for row in goals
        ],
    }
