"""Topics and indicators of the demonstration, out of the files that came with the data."""

from __future__ import annotations

import csv
import re

from adme.config.demo.files import FOLDER, UN_SDG, rows
from adme.config.demo.flows import CC_BY, FLOWS, dataflows
from adme.indicators.actions.register import NewIndicator, NewTopic, set_indicators, set_topics
from adme.indicators.actions.search import Findable, write_documents
from adme.lib.texts import Text
from adme.structures.models import Code

HEADLINES = (
    "gapminder-internet-users",
    "wb-wdi-sp-dyn-le00-in",
    "wb-wdi-sh-dyn-mort",
    "wb-wdi-sh-sta-mmrt",
    "wb-wdi-se-ter-enrr",
    "wb-wdi-eg-elc-accs-zs",
    "wb-wdi-sg-gen-parl-zs",
    "un-sdg-si-cov-benfts",
)
"""Indicators of the first page, in order: wide coverage, plain to read, one of each subject."""

_UNIT = re.compile(
    r"\((?:modeled estimate, )?((?:%|per |years|births |metric tons|micrograms|current US\$|ha\b|kg )[^()]*)\)"
)


def make_register(*, by: str, reason: str) -> int:
    """Set topics and indicators; return how many indicators there are."""
    topics = rows("topics.csv", FOLDER)
    set_topics(
        topics=[NewTopic(row["slug"], {"en": row["name"]}, position=place) for place, row in enumerate(topics, 1)],
        by=by,
        reason=reason,
    )
    flows = dataflows()
    count = 0
    for name, indicators in (("un_sdg", _un_sdg()), ("world_bank", _world_bank()), ("gapminder", _gapminder())):
        count += len(set_indicators(dataflow=flows[name], indicators=indicators, by=by, reason=reason))
    make_countries_findable()
    return count


def make_countries_findable() -> None:
    """Countries can be found by name and codes."""
    states = Code.objects.filter(code_list__artefact_id="CL_AREA", code_list__agency="ASEAN", kind="state")
    write_documents(
        Findable("country", code.code_id, code.name, [], [alias for one in code.aliases.values() for alias in one])
        for code in states
    )


def slug_of(prefix: str, code: str) -> str:
    """The public id of an indicator: prefix and code, in small letters with hyphens."""
    return f"{prefix}-{re.sub(r'[^a-z0-9]+', '-', code.lower()).strip('-')}"


def _place(slug: str) -> int | None:
    return HEADLINES.index(slug) + 1 if slug in HEADLINES else None


def _topics_by(column: str, mark: str) -> dict[str, list[str]]:
    """A word of one column of the topics' file → the topics that list it."""
    found: dict[str, list[str]] = {}
    for row in rows("topics.csv", FOLDER):
        for word in row[column].split(mark):
            if word.strip():
                found.setdefault(word.strip(), []).append(row["slug"])
    return found


def unit_in(title: str) -> str:
    """The unit that a title names in brackets, as "% of children under 5"; "" where it names none."""
    found = _UNIT.search(title)
    return found[1] if found else ""


def _text(words: str) -> Text:
    return {"en": words.strip()} if words.strip() else {}


def _un_sdg() -> list[NewIndicator]:
    units = _units_of_series()
    labels = {
        row["code"]: row["label_in_source"] for row in rows("un_sdg_2020-10_codes.csv") if row["dimension"] == "units"
    }
    goals = _topics_by("sdg_goals", " ")
    made = []
    for row in rows("un_sdg_2020-10_series.csv"):
        slug = slug_of("un-sdg", row["series"])
        unit = units.get(row["series"], "")
        of_goals = [topic for goal in row["goal"].split(", ") for topic in goals[goal]]
        made.append(
            NewIndicator(
                slug=slug,
                code_id=row["series"],
                title=_text(row["title"]),
                unit=_text(labels.get(unit, unit).replace("_", " ")),
                unit_code=unit,
                source=_text(FLOWS[0].credit),
                licence=CC_BY[0],
                topics=tuple(dict.fromkeys(of_goals)),
                references={
                    "sdg_goal": row["goal"],
                    "sdg_target": row["target"],
                    "sdg_indicator": row["sdg_indicator"],
                    "source_code": row["series"],
                },
                headline_position=_place(slug),
            )
        )
    return made


def _units_of_series() -> dict[str, str]:
    """The unit of each series, which in this file never changes within one."""
    with UN_SDG.path.open(encoding="utf-8", newline="") as lines:
        return {row["series"]: row["unit_measure"] for row in csv.DictReader(lines)}


def _world_bank() -> list[NewIndicator]:
    of_topic = _topics_by("world_bank_topics", ";")
    made = []
    for row in rows("world_bank_wdi_2026-07_indicators.csv"):
        slug = slug_of("wb-wdi", row["indicator"])
        named = [part.strip() for part in row["topic"].split(";")]
        made.append(
            NewIndicator(
                slug=slug,
                code_id=row["indicator"].replace(".", "_"),
                title=_text(row["title"]),
                definition=_text(row["definition"]),
                unit=_text(unit_in(row["title"])),
                source=_text(FLOWS[1].credit),
                licence=row["licence_stated"],
                topics=tuple(dict.fromkeys(topic for name in named for topic in of_topic[name])),
                references={"source_code": row["indicator"], "source_topics": ", ".join(named)},
                headline_position=_place(slug),
            )
        )
    return made


def _gapminder() -> list[NewIndicator]:
    of_indicator = _topics_by("gapminder_indicators", " ")
    made = []
    for row in rows("gapminder_sg_2026-03_indicators.csv"):
        slug = slug_of("gapminder", row["indicator"])
        original = row["original_source"].strip()
        based = f"Gapminder, Systema Globalis, based on: {original}" if original else "Gapminder, Systema Globalis"
        made.append(
            NewIndicator(
                slug=slug,
                code_id=row["indicator"],
                title=_text(row["title"]),
                definition=_text(row["definition"]),
                unit=_text(unit_in(row["title"])),
                source=_text(based),
                source_address=row["source_url"],
                licence=CC_BY[0],
                topics=tuple(of_indicator[row["indicator"]]),
                references={"source_code": row["indicator"]},
                headline_position=_place(slug),
            )
        )
    return made
