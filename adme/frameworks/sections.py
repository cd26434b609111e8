"""The tables that a framework is written in: the same for workbook, YAML and store. Pure.

Every cell is text. A column that ends in `:*` holds words in a language: title:en, title:th.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adme.frameworks import words

Record = dict[str, str]
Tables = dict[str, list[Record]]

MOST_ROWS: Final = 20_000
LONGEST: Final = 8_000
"""Characters of one cell."""


@dataclass(frozen=True)
class Column:
    """A column: what it holds, whether each row needs it, and the closed list it is chosen from, if any."""

    name: str
    about: str
    needed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def in_languages(self) -> bool:
        """Whether there is one for each language."""
        return self.name.endswith(":*")

    @property
    def stem(self) -> str:
        """The name without a language."""
        return self.name.removesuffix(":*")


@dataclass(frozen=True)
class Section:
    """One sheet of the workbook, one list of the YAML text."""

    id: str
    sheet: str
    about: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column that a heading names; None for a heading that the section does not know."""
        stem, colon, language = name.partition(":")
        for column in self.columns:
            if column.in_languages and colon and language and column.stem == stem:
                return column
            if column.name == name:
                return column
        return None


_CERTAIN = ("", *words.CERTAINTY)
_PART = Column("part", "The id of the part that this row belongs to.", needed=True)


def _column(name: str, about: str, *choices: str, needed: bool = False) -> Column:
    return Column(name, about, needed, choices)


SECTIONS: Final[tuple[Section, ...]] = (
    Section(
        "framework",
        "Framework",
        "One row: the framework itself.",
        (
            _column("slug", "Its id in addresses: small letters, digits, hyphens.", needed=True),
            _column("title:*", "Its title.", needed=True),
            _column("description:*", "A sentence or two."),
            _column("edition", "What this edition is called, as in “as adopted in March 2016”."),
            _column("from", "First day of the plan, as in 2016-01-01."),
            _column("to", "Last day of the plan."),
            _column("region:*", "What the region is called."),
            _column("fixture", "yes, where everything is invented for a trial.", "", "yes"),
            _column("state_classes", "Which progress classes of states are public.", "", *words.STATE_CLASSES),
            _column("source", "Where the framework was seen."),
            _column("certainty", "How sure the title is.", *_CERTAIN),
        ),
    ),
    Section(
        "counts",
        "Counts",
        "How many of something a source says exist, listed here or not.",
        (
            _column("what:*", "What is counted, as in “KPIs”.", needed=True),
            _column("level", "The level that lists them, if any."),
            _column("count", "How many.", needed=True),
            _column("source", "Where the number was seen."),
            _column("certainty", "How sure it is.", *_CERTAIN),
        ),
    ),
    Section(
        "levels",
        "Levels",
        "The levels of the tree from the top down, however many and however called.",
        (
            _column("level", "Its id, as in kra.", needed=True),
            _column("name:*", "What one of it is called.", needed=True),
            _column("plural:*", "What several are called."),
            _column("role", "measured: KPIs. unplaced: holds what has no public place.", *words.LEVEL_ROLES),
        ),
    ),
    Section(
        "parts",
        "Parts",
        "Every part of the tree, each after what it hangs under.",
        (
            _column("part", "Its id, never changed later: small letters, digits, hyphens.", needed=True),
            _column("level", "The id of its level.", needed=True),
            _column("under", "The id of the part it hangs under; empty at the top."),
            _column("code", "Its code as printed, as in 5a; empty where none is known."),
            _column("title:*", "Its title."),
            _column("title_certainty", "How sure the title is.", *_CERTAIN),
            _column("title_source", "Where the title was seen."),
            _column("text:*", "Its objective or definition."),
            _column("text_certainty", "How sure that text is.", *_CERTAIN),
            _column("text_source", "Where that text was seen."),
            _column("note:*", "Remarks."),
            _column("came_from", "moved:ID, split:ID or merged:ID, several with semicolons."),
        ),
    ),
    Section(
        "kpis",
        "KPIs",
        "What is measured, one row for each KPI or sub-indicator.",
        (
            _PART,
            _column("kind", "What kind of figure it is.", "", *words.KINDS),
            _column("direction", "Where it should go.", "", *words.DIRECTIONS),
            _column("low", "Lower limit, for keep_within."),
            _column("high", "Upper limit, for keep_within."),
            _column("unit:*", "Its unit in words."),
            _column("responsible", "Codes of the bodies responsible, with semicolons."),
            _column("category", "Where the data should come from.", "", *words.CATEGORIES),
            _column("frequency", "How often a value is expected.", "", *words.FREQUENCIES),
            _column("breakdowns", "Breakdowns expected, with semicolons, as in women; men."),
            _column("expected_since", "First period for which values are expected."),
            _column("why_incomplete:*", "Why it is incomplete, as far as anybody has said."),
            _column("proxy_for:*", "What a proxy stands for."),
            _column("proxy_by:*", "Who decided on the proxy."),
            _column("formula", "A formula over its series, as in a / b * 100; empty: the series “value”."),
            _column("aggregate", "How the region's figure is made.", "", *words.AGGREGATES),
            _column("condition", "For count: as in >= 50."),
            _column("least_count_share", "Share of members below which it is withheld, 0 to 1."),
            _column("least_weight_share", "Share of weight below which it is withheld, 0 to 1."),
            _column("near", "So near above those shares it is flagged, 0 to 1."),
            _column("carry_forward", "For how many periods a value may be carried on; empty: not at all."),
            _column("interpolate", "How many periods in a row a straight line may fill; empty: none."),
            _column("method", "How progress is told.", "", *words.METHODS),
            _column("thresholds", "Its thresholds from the best class down, with semicolons."),
            _column("oldest", "Years after which the latest value is too old to judge by."),
            _column("error_attribute", "The attribute of its series that holds the standard error."),
        ),
    ),
    Section(
        "aims",
        "Targets",
        "Baselines, milestones and targets of the region and of states.",
        (
            _PART,
            _column("area", "Area code of the state; empty: the region."),
            _column("kind", "Which of the three.", *words.AIMS, needed=True),
            _column("period", "Year or other period, as in 2025.", needed=True),
            _column("value", "A number with a point as decimal mark.", needed=True),
            _column("text:*", "The same in words."),
            _column("certainty", "How sure it is.", *_CERTAIN),
            _column("source", "Where it was seen."),
        ),
    ),
    Section(
        "series",
        "Series",
        "Where a KPI's figures come from; several rows are sources in order of preference.",
        (
            _PART,
            _column("name", "value, weight, or a letter of the formula; empty: value."),
            _column("order", "1 is preferred."),
            _column("dataflow", "As in ASEAN:DF_UN_SDG(1.0.0).", needed=True),
            _column(
                "key",
                "Its key without the area, as in SERIES=SL_TLF_NEET; SEX=_T. A dimension left out is _Z.",
                needed=True,
            ),
            _column("areas", "Area codes it serves, with semicolons; empty: all."),
            _column("from", "First period it serves."),
            _column("to", "Last period it serves."),
            _column("breakdown", "The breakdown that it gives, as in women; empty: the total."),
            _column("chosen_by:*", "Who chose it."),
            _column("note:*", "Remarks."),
        ),
    ),
    Section(
        "breaks",
        "Breaks",
        "From which period on figures cannot be compared with those before.",
        (
            _PART,
            _column("period", "The first period of the new scale, or after the end.", needed=True),
            _column("kind", "What happens.", *words.BREAKS, needed=True),
            _column("note:*", "What changed."),
            _column("source", "Where it was seen."),
        ),
    ),
    Section(
        "stages",
        "Stages",
        "Worded stages of policy and qualitative KPIs.",
        (
            _PART,
            _column("value", "The number that stands for it.", needed=True),
            _column("name:*", "The stage in words.", needed=True),
        ),
    ),
    Section(
        "comparability",
        "Comparability",
        "Which bodies agreed that the KPI can be compared between states.",
        (
            _PART,
            _column("body", "Code or name of the body.", needed=True),
            _column("state", "What it said.", *words.COMPARABLE, needed=True),
            _column("date", "When, as in 2024-05-01."),
            _column("reservation:*", "With which reservation."),
            _column("source", "Where it was seen."),
        ),
    ),
)

BY_ID: Final[Mapping[str, Section]] = {section.id: section for section in SECTIONS}
BY_SHEET: Final[Mapping[str, Section]] = {section.sheet.casefold(): section for section in SECTIONS}


def tidy(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Tables:
    """Tables in their canonical form: sections and columns in order, empty cells and empty sections left out."""
    found: Tables = {}
    for section in SECTIONS:
        records = [_tidy_record(section, record) for record in tables.get(section.id, ())]
        if records := [record for record in records if record]:
            found[section.id] = records
    return found


def _tidy_record(section: Section, record: Mapping[str, Any]) -> Record:
    kept = {name: str(value).strip() for name, value in record.items() if str(value or "").strip()}
    order = {column.name: place for place, column in enumerate(section.columns)}

    def place(name: str) -> tuple[int, str]:
        column = section.column(name)
        return (order[column.name] if column else len(order), name)

    return {name: kept[name] for name in sorted(kept, key=place)}


def headings(section: Section, records: Sequence[Record], languages: Sequence[str] = ("en",)) -> list[str]:
    """The headings of a section's table: every column, words in the languages given and in those that occur."""
    made: list[str] = []
    for column in section.columns:
        if not column.in_languages:
            made.append(column.name)
            continue
        present = {name for record in records for name in record if name.startswith(f"{column.stem}:")}
        wanted = [f"{column.stem}:{language}" for language in languages]
        made += [*wanted, *sorted(present - set(wanted))]
    return made
