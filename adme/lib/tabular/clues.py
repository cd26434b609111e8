"""What the cells themselves say about decimal marks, digits and calendars; where they do not, the question to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from adme.lib import digits
from adme.lib.numbers import readings
from adme.lib.periods import BUDDHIST_OFFSET
from adme.lib.tabular.facts import Candidate, Question

_WITH_MARK = re.compile(r"[<>≤≥=\s]*[+\u2212-]?\d[\d.,'’ \u00a0\u2009\u202f]*[.,'’ \u00a0\u2009\u202f]\d[\d.,]*\s*")
_WITH_DIGITS = re.compile(r"[\W\d_]*\d[\W\d_]*")
_FOUR_DIGITS = re.compile(r"\d{4}")
_YEARS = range(1900 + BUDDHIST_OFFSET, 2158 + BUDDHIST_OFFSET)
_LOOKED_AT = 2_000  # different texts of a column: more of the same teach nothing
_MOST_COLUMNS_SHOWN = 5

Dialects = frozenset[tuple[str, str]]


class NumberCell(str):
    """The text of a number cell of a workbook: it was never written with a mark."""

    __slots__ = ()


class Clues(NamedTuple):
    decimal: str | None
    thousands: str
    questions: tuple[Question, ...]


def clues_of(names: Sequence[str], columns: Sequence[Iterable[str | None]]) -> Clues:
    """Look at the texts of each column."""
    distinct = [_distinct(column) for column in columns]
    possible = [(name, *_dialects_of(texts)) for name, texts in zip(names, distinct, strict=True)]
    decimal, thousands, questions = _number_marks([one for one in possible if one[2]])
    questions += _digit_question(distinct)
    questions += _calendar_question(names, distinct)
    return Clues(decimal, thousands, tuple(questions))


def _distinct(column: Iterable[str | None]) -> list[str]:
    texts: dict[str, None] = {}
    for text in column:
        if text is not None and not isinstance(text, NumberCell):
            texts[text] = None
            if len(texts) >= _LOOKED_AT:
                break
    return list(texts)


def _dialects_of(texts: list[str]) -> tuple[Dialects | None, str]:
    """The dialects in which every number of a column is one (None: no number shows a mark), and such a number."""
    common: Dialects | None = None
    example = ""
    for text in texts:
        if not _WITH_MARK.fullmatch(text):
            continue
        found = readings(text)
        if not found:
            continue
        here = frozenset(dialect for dialects in found.values() for dialect in dialects)
        if common is None or len(here & common) < len(common) or not example:
            example = text
        common = here if common is None else common & here
    return common, example


def _number_marks(
    columns: list[tuple[str, Dialects | None, str]],
) -> tuple[str | None, str, list[Question]]:
    known = [(name, dialects, example) for name, dialects, example in columns if dialects is not None]
    sure = [one for one in known if len({decimal for decimal, _ in one[1]}) == 1]
    unsure = [one for one in known if len({decimal for decimal, _ in one[1]}) > 1]
    broken = [one for one in known if not one[1]]
    together = frozenset.intersection(*(dialects for _, dialects, _ in sure)) if sure else frozenset()
    if broken or (sure and not together):
        shown = (broken or sure)[:_MOST_COLUMNS_SHOWN]
        example = "; ".join(f"{name}: {text}" for name, _, text in shown)
        return None, "", [Question("decimal", "mixed_numbers", _mark_candidates(example), example)]
    decimal, thousands = _simplest(together) if together else (None, "")
    if not unsure:
        return decimal, thousands, []
    name, dialects, text = unsure[0]
    return (
        decimal,
        thousands,
        [Question("decimal", "ambiguous_numbers", _readings_of(text, dialects), f"{name}: {text}")],
    )


def _simplest(dialects: Dialects) -> tuple[str, str]:
    """Without a thousands mark if no number needs one."""
    return min(dialects, key=lambda dialect: (dialect[1] != "", dialect))


def _readings_of(text: str, dialects: Dialects) -> tuple[Candidate, ...]:
    found = []
    for canonical, reading_in in readings(text).items():
        fitting = frozenset(reading_in) & dialects
        if fitting:
            decimal, thousands = _simplest(fitting)
            found.append(Candidate(decimal + thousands, canonical, f"{text} = {canonical}"))
    return tuple(found)


def _mark_candidates(example: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(mark, mark, example) for mark in (".", ","))


def _digit_question(columns: list[list[str]]) -> list[Question]:
    for texts in columns:
        for text in texts:
            script = digits.script_of(text)
            if script in digits.SCRIPTS and _WITH_DIGITS.fullmatch(text):
                return [Question("digits", "digits_found", (Candidate(script, script, text),), text)]
    return []


def _calendar_question(names: Sequence[str], columns: list[list[str]]) -> list[Question]:
    """Years such as 2567, in a column or as headings of columns."""
    among_names = [text for text in names if _FOUR_DIGITS.fullmatch(text)]
    for texts in [among_names, *(texts for texts in columns if _mostly_years(texts))]:
        years = [text for text in texts if _FOUR_DIGITS.fullmatch(text)]
        buddhist = [text for text in years if int(text) in _YEARS]
        if len(buddhist) * 2 > len(years):
            example = buddhist[0]
            other = str(int(example) - BUDDHIST_OFFSET)
            choices = (Candidate("buddhist", other, f"{example} = {other}"), Candidate("gregorian", example, example))
            return [Question("calendar", "years_look_buddhist", choices, example)]
    return []


def _mostly_years(texts: list[str]) -> bool:
    return sum(1 for text in texts if _FOUR_DIGITS.fullmatch(text)) * 2 > len(texts)
