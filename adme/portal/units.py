"""Units as a reader sees them: a sign right after each number where there is one, else words that stand once. Pure."""

from __future__ import annotations

PER_CENT = frozenset({"%", "percent", "per cent", "percentage", "percent (%)", "per cent (%)"})


def shown_unit(words: str) -> str:
    """The unit as charts and sentences use it: “%” for every spelling of per cent, other words as they are."""
    return "%" if words.strip().casefold() in PER_CENT else words.strip()


def in_words(words: str) -> str:
    """The unit as it stands under a title: “per cent” beside “deaths per 100 000 live births”."""
    return words.strip()
