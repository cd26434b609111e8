"""What a reader can choose on an indicator page, as plain data for its form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.portal.breakdowns import PART, Combination, options, rank, varying
from adme.portal.queries import Flow
from adme.portal.sentences import listed

SAID_ELSEWHERE = frozenset({"FREQ", "UNIT_MEASURE", "UNIT_MULT"})
"""Dimensions that a page tells in other places: the frequency by its periods, the unit beside the title."""


@dataclass(frozen=True)
class Choice:
    """One code of one breakdown; `note` says what else changes with it."""

    code: str
    label: str
    chosen: bool
    note: str = ""


@dataclass(frozen=True)
class Selector:
    """One breakdown that has something to choose."""

    dimension: str
    label: str
    choices: tuple[Choice, ...]


def selectors(flow: Flow, combinations: Mapping[Combination, int], chosen: Combination) -> list[Selector]:
    """A selector for each breakdown in which public figures differ."""
    names = flow.layout.breakdowns
    found = []
    for position in varying(combinations):
        dimension = names[position]
        choices = []
        for option in options(combinations, chosen, position, flow.order):
            changed = [flow.structure.dimension[names[n]].title.lower() for n in option.changes]
            note = _("changes {what}").format(what=listed(changed)) if changed else ""
            choices.append(Choice(option.code, flow.code_title(dimension, option.code), option.chosen, note))
        found.append(Selector(dimension, flow.structure.dimension[dimension].title, tuple(choices)))
    return found


def asked_breakdowns(flow: Flow, wanted: Mapping[str, str]) -> dict[int, str]:
    """Position → code, for the breakdowns named in an address; codes that the structure does not have are left out."""
    return {
        n: code
        for n, dimension in enumerate(flow.layout.breakdowns)
        if (code := wanted.get(dimension, "")) and code in flow.structure.dimension[dimension].codes
    }


def tells(dimension: str, code: str) -> bool:
    """Whether a code says of what part of the whole the figures are, and nothing that is told elsewhere."""
    return rank(code) == PART and dimension not in SAID_ELSEWHERE


def breakdown_words(flow: Flow, combinations: Mapping[Combination, int], chosen: Combination) -> str:
    """The chosen combination in words: “Sex: women; Age: 15 to 24”; what can be chosen, and what is a part."""
    names = flow.layout.breakdowns
    chosen_from = varying(combinations)
    telling = [n for n, code in enumerate(chosen) if n in chosen_from or tells(names[n], code)]
    return "; ".join(
        f"{flow.structure.dimension[names[n]].title}: {flow.code_title(names[n], chosen[n])}" for n in telling
    )
