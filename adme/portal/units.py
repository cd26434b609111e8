"""Units as a reader sees them: a sign right after each number where there is one, else words that stand once. Pure."""

from __future__ import annotations

import re

_PER_CENT = re.compile(r"(%|per ?cent(age)?\b)", re.IGNORECASE)
_MOST_IN_A_SIGN = 3


def shown_unit(words: str) -> str:
    """The unit as a chart's axis has it: “%” for every spelling of per cent alone, other words as they are."""
    plain = words.strip()
    found = _PER_CENT.match(plain)
    return "%" if found and not plain[found.end() :].strip(" ()%") else plain


def sign(words: str) -> str:
    """What stands right after each number: “%” also for “% of population”; "" where the unit is said once, in words."""
    plain = shown_unit(words)
    if _PER_CENT.match(plain):
        return "%"
    return plain if len(plain) <= _MOST_IN_A_SIGN else ""
