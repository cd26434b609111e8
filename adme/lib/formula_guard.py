"""Text that looks like a formula stays text, in CSV too, where nothing but the characters can say so.

A spreadsheet that opens a CSV file calculates a cell that begins with ``=``, ``+``, ``-`` or ``@`` (also full-width,
also behind blanks). The way out: **an apostrophe before such a text**, which every spreadsheet takes for "this is
text". Only text is guarded: columns of numbers never are, and a text that is a plain number (``-5``, ``+1.5e3``) is no
danger and stays as it is, so that negative numbers stay numbers.

It can be undone without loss: a text that already begins with apostrophes before such a sign gets one more, and taking
one away from a text of that form gives back what was guarded, for every text (`unguarded(guarded(x)) == x`). The reader
of CSV files does so unless the dialect says otherwise.
"""

from __future__ import annotations

import re

import polars as pl

# Spelled out, as \s is not the same set in Python and in Rust.
_BLANKS = "[ \t\r\n\u000b\u000c\u0085\u00a0\u2000-\u200b\u2028\u2029\u202f\u3000\ufeff]"
_RISKY_START = rf"(?:[\t\r\n]|{_BLANKS}*[=+\-@＝＋－＠])"
_LOOKS_LIKE_FORMULA = rf"^'*{_RISKY_START}"
_GUARDED = rf"^'+{_RISKY_START}"
_PLAIN_NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?"


def guarded(column: pl.Expr) -> pl.Expr:
    """A column of texts with an apostrophe before each that a spreadsheet could take for a formula."""
    risky = column.str.contains(_LOOKS_LIKE_FORMULA) & ~column.str.contains(f"^(?:{_PLAIN_NUMBER})$")
    return pl.when(~risky).then(column).otherwise(pl.lit("'") + column)  # a column keeps the name of its "then"


def may_need_guard(texts: pl.Series) -> bool:
    """Whether any of the texts begins as a formula does. Most columns are codes: few different texts, none of which."""
    return bool(texts.unique().str.contains(_LOOKS_LIKE_FORMULA).any())


def unguarded(column: pl.Expr) -> pl.Expr:
    """A column of texts as they were before `guarded`."""
    return pl.when(~column.str.contains(_GUARDED)).then(column).otherwise(column.str.slice(1))


def guarded_text(text: str) -> str:
    """`guarded` for one text, such as a heading."""
    risky = re.match(_LOOKS_LIKE_FORMULA, text) and not re.fullmatch(_PLAIN_NUMBER, text)
    return f"'{text}" if risky else text


def unguarded_text(text: str) -> str:
    """`unguarded` for one text."""
    return text[1:] if re.match(_GUARDED, text) else text
