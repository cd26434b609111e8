"""Words of the mapping page: marks that are hard to see by name, questions about a file, what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from adme.lib.tabular.dialect import ENCODINGS, SEPARATORS, THOUSANDS
from adme.lib.tabular.facts import Question
from adme.structures.structure_view import StructureView

Choice = tuple[str, str]

SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMAL_NAMES = {".": "point", ",": "comma"}
THOUSANDS_NAMES = {"": "none", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"}


def menu(names: Mapping[str, str], words: Mapping[str, str]) -> list[Choice]:
    return [(names[mark], word) for mark, word in words.items() if mark in names]


def thousands_words() -> dict[str, str]:
    said = {"": _("none"), ",": _("comma"), ".": _("point"), " ": _("space"), "'": _("apostrophe")}
    return {mark: said[mark] for mark in THOUSANDS}


def question_words(question: Question) -> str:
    """A question about how the file is written."""
    words = {
        "bytes_not_utf8": _("In which encoding do the names look right?"),
        "several_separators": _("Which mark separates the columns?"),
        "ambiguous_numbers": _("Which mark is the decimal mark?"),
        "mixed_numbers": _("The numbers are written in more than one way. Which mark is the decimal mark?"),
        "digits_found": _("In which script are the digits?"),
        "years_look_buddhist": _("By which calendar are the years counted?"),
    }
    return words.get(question.reason, question.reason)


def answer_words(name: str, value: str) -> str:
    words = {
        ("decimal", "."): _("the point"),
        ("decimal", ","): _("the comma"),
        ("digits", ""): "0–9",
        ("digits", "thai"): _("Thai"),
        ("digits", "khmer"): _("Khmer"),
        ("digits", "lao"): _("Lao"),
        ("digits", "burmese"): _("Burmese"),
        ("digits", "fullwidth"): _("full width"),
        ("calendar", "gregorian"): _("the common era (2024)"),
        ("calendar", "buddhist"): _("the Buddhist era (2567)"),
    }
    if name == "encoding":
        return ENCODINGS.get(value, value)
    if name == "separator":
        return SEPARATORS.get(value, value)
    return words.get((name, value), value)


def misfit_words(problem: Mapping[str, Any], structure: StructureView) -> str:
    value, column = problem["value"], problem["column"]
    titles = {one.id: one.title for one in structure.components}
    words = {
        "mapping.component-unfilled": _("Which column holds %(title)s, or is it the same in every row?")
        % {"title": titles.get(value, value)},
        "mapping.component-filled-twice": _("%(title)s is filled more than once.")
        % {"title": titles.get(value, value)},
        "mapping.no-time": _("Which column holds the period, or do periods stand in the heading?"),
        "mapping.no-value": _("Which column holds the value?"),
        "mapping.code-unknown": _("“%(value)s” is not a code of %(about)s.")
        % {"value": value, "about": problem["about"]},
        "column.missing": _("The file has no column “%(column)s”.") % {"column": column},
    }
    return words.get(problem["rule"], "")
