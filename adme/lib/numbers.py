"""Numbers as delivered: value, decimals and qualifier (``<5``, ``>95``, ``≤``, ``≥``), or else the text, kept.

Nothing is guessed. A mark the dialect does not declare is a named problem, and so is a text with two readings
("1,234" is 1.234 or 1234). Decimals are counted from the text, so that 12.50 stays 12.50. Not a number and infinity
are refused by name, and nothing too small or too large for a double becomes zero or infinity.

The law: where ``exact`` is true, `write_number` gives the delivered text back from value, decimals and qualifier, up to
what the dialect declares (decimal mark, thousands marks, script of the digits) and the blanks around it. Where it is
false (``+5``, ``007``, ``1e3``, ``< 5``, more digits than a double holds) whoever stores the value keeps the text too.
"""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import polars as pl

from adme.lib import digits as _digits

QUALIFIERS = ("<", ">", "≤", "≥")
DECIMAL_MARKS = (".", ",")
THOUSANDS_MARKS = ("", ",", ".", " ", "'")

PROBLEMS = (
    "not_a_number",  # no reading in any dialect: "N", "NV", "n.a.", "12 %"
    "ambiguous",  # several readings, and the dialect does not say which
    "undeclared_mark",  # one reading, but by a mark that the dialect does not declare
    "undeclared_digits",  # digits of a script that the dialect does not declare
    "mixed_digits",  # digits of two scripts in one text
    "not_finite",  # NaN, infinity
    "out_of_range",  # a number that a double cannot hold: 1e999, 1e-999
)
"""Every ``problem`` a text can have; "" is none."""

BLANKS = " \t\r\n\u00a0\u2009\u202f\u3000"
"""Blanks as they come around and inside numbers: among them the no-break, thin and narrow no-break space."""

LONGEST = 400
"""A text with more characters is no number (the longest double written out has about 330)."""

_SPELLED_QUALIFIERS = {"<=": "≤", ">=": "≥"}
_MINUS_SIGNS = "\u2212-"  # the hyphen last: inside a character class it would make a range
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
_QUALIFIER = re.compile(f"(<=|>=|[{''.join(QUALIFIERS)}])?[{BLANKS}]*")


class DialectContradicts(ValueError):
    """A dialect declares one mark for decimals and thousands, or a mark that is none."""


class NumberRead(NamedTuple):
    """One text, read. No value and no problem: the cell was empty."""

    value: float | None
    decimals: int | None
    qualifier: str
    problem: str
    exact: bool


_EMPTY = NumberRead(None, None, "", "", True)


def read_number(text: str | None, decimal: str | None = ".", thousands: str = "", digits: str = "") -> NumberRead:
    """Read one text in a declared dialect.

    ``decimal`` is "." or ","; None when nobody has said, and then any mark is a problem. ``thousands`` is one of
    ``THOUSANDS_MARKS`` ("" for none, " " for any kind of blank), ``digits`` a script of `adme.lib.digits` or "".
    """
    check_dialect(decimal, thousands)
    bare = "" if text is None else text.strip(BLANKS)
    if not bare:
        return _EMPTY
    if len(bare) > LONGEST:
        return _problem("not_a_number")
    script = _digits.script_of(bare)
    if script and script != digits:
        return _problem("undeclared_digits")
    if script and _digits.mixes_scripts(bare, digits):
        return _problem("mixed_digits")
    return _read_ascii(_digits.to_ascii(bare, digits), decimal, thousands)


def write_number(value: float | None, decimals: int | None, qualifier: str = "", decimal: str = ".") -> str:
    """The text of a number: with its decimals as delivered, or the shortest that gives the value back where unknown."""
    if value is None:
        return ""
    text = f"{Decimal(repr(value)):f}" if decimals is None else f"{value:.{decimals}f}"
    if decimals is None and text.endswith(".0"):
        text = text[:-2]
    return qualifier + (text if decimal == "." else text.replace(".", decimal))


def readings(text: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Every number that a text can be: canonical text -> the dialects (decimal, thousands) that read it so.

    For those who ask which dialect a file is in: "1,234" gives both 1.234 and 1234, "12.5" only 12.5.
    """
    bare = text.strip(BLANKS)
    script = _digits.script_of(bare)
    if script in _digits.SCRIPTS:
        bare = _digits.to_ascii(bare, script)
    if not bare or len(bare) > LONGEST:
        return {}
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for decimal, thousands in _DIALECTS:
        read = _read_declared(bare, decimal, thousands)
        if read is not None and not read.problem:
            canonical = write_number(read.value, None, read.qualifier)
            found[canonical] = (*found.get(canonical, ()), (decimal, thousands))
    return found


def check_dialect(decimal: str | None, thousands: str) -> None:
    """Raise DialectContradicts where the two marks cannot go together."""
    known = (decimal is None or decimal in DECIMAL_MARKS) and thousands in THOUSANDS_MARKS
    if not known or decimal == thousands:
        raise DialectContradicts(
            f"Decimal mark {decimal!r} and thousands mark {thousands!r} cannot be declared together."
        )


_DIALECTS = tuple(
    (decimal, thousands)
    for decimal, thousands in itertools.product(DECIMAL_MARKS, THOUSANDS_MARKS)
    if decimal != thousands
)


def _read_ascii(bare: str, decimal: str | None, thousands: str) -> NumberRead:
    declared = _read_declared(bare, decimal, thousands)
    if declared is not None:
        return declared
    if _NOT_FINITE.fullmatch(bare):
        return _problem("not_finite")
    count = len(readings(bare))
    return _problem("ambiguous" if count > 1 else "undeclared_mark" if count else "not_a_number")


def _read_declared(bare: str, decimal: str | None, thousands: str) -> NumberRead | None:
    """The reading in one dialect, None where the text is no number in it."""
    start = _QUALIFIER.match(bare)
    assert start is not None  # noqa: S101 - the pattern matches the empty text
    found = _pattern(decimal, thousands).fullmatch(bare, start.end())
    if found is None:
        return None
    whole = found["whole"] or found["grouped"] or ""
    if thousands:
        whole = re.sub(_mark_class(thousands), "", whole)
    fraction = found["fraction"] or ""
    if not whole and not fraction:
        return None
    sign = "-" if found["sign"] and found["sign"] in _MINUS_SIGNS else ""
    return _number(bare, start[1] or "", f"{sign}{whole}.{fraction}" if found["mark"] else sign + whole, found)


def _number(bare: str, spelled: str, plain: str, found: re.Match[str]) -> NumberRead:
    """Value, decimals and exactness of a text that its dialect's pattern has matched; ``plain`` is it without marks."""
    exponent = int(found["exponent"] or 0)
    value = float(f"{plain}e{exponent}")
    if value in (float("inf"), float("-inf")) or (value == 0 and re.search("[1-9]", plain)):
        return _problem("out_of_range")
    decimals = max(0, len(found["fraction"] or "") - exponent)
    qualifier = _SPELLED_QUALIFIERS.get(spelled, spelled)
    as_delivered = plain == write_number(value, decimals) and found["exponent"] is None
    tidy = found["sign"] in ("", "-") and len(spelled) + len(found[0]) == len(bare) and spelled == qualifier
    return NumberRead(value, decimals, qualifier, "", as_delivered and tidy)


def _problem(name: str) -> NumberRead:
    return NumberRead(None, None, "", name, False)


def _mark_class(mark: str) -> str:
    """The characters that stand for a declared mark: any blank for a blank, both apostrophes for one."""
    return f"[{BLANKS}]" if mark == " " else "['’]" if mark == "'" else re.escape(mark)


@cache
def _pattern(decimal: str | None, thousands: str) -> re.Pattern[str]:
    """A number without its qualifier in one dialect. Groups after a thousands mark have exactly three digits."""
    separator = _mark_class(thousands)
    grouped = rf"(?P<grouped>[0-9]{{1,3}}(?:{separator}[0-9]{{3}})+)" if thousands else r"(?P<grouped>(?!))"
    mark = re.escape(decimal) if decimal else "(?!)"
    return re.compile(
        rf"(?P<sign>[+{_MINUS_SIGNS}]?)(?:{grouped}|(?P<whole>[0-9]*))"
        rf"(?:(?P<mark>{mark})(?P<fraction>[0-9]*))?(?:[eE](?P<exponent>[+-]?[0-9]{{1,4}}))?"
    )


# --- columns --------------------------------------------------------------------------------------

_SURE_DIGITS = 15
"""A decimal of up to 15 significant digits survives the way through a double and back."""

_READ_COLUMNS: dict[str, type[pl.DataType]] = {
    "value": pl.Float64,
    "decimals": pl.Int16,
    "qualifier": pl.String,
    "number_problem": pl.String,
    "exact": pl.Boolean,
}


def number_columns(
    frame: pl.DataFrame, column: str, decimal: str | None = ".", thousands: str = "", digits: str = ""
) -> pl.DataFrame:
    """The frame with what `read_number` says of each text in a column, millions at a time.

    Adds value (Float64), decimals (Int16), qualifier (String, "" for none), not_number (the text itself where it is no
    number, else null), number_problem (a name of ``PROBLEMS``, else null) and exact (Boolean). An empty cell has a null
    value and no problem. Texts of the plain form are read by column; each different odd one by `read_number`.
    """
    check_dialect(decimal, thousands)
    text = frame[column].cast(pl.String).str.strip_chars(BLANKS)
    plain = _plain_texts(text, decimal, thousands, digits)
    read = plain.to_frame("plain").select(
        value=pl.col("plain").str.strip_chars_start("".join(QUALIFIERS)).cast(pl.Float64),
        decimals=_decimals_of(pl.col("plain")).cast(pl.Int16),
        qualifier=pl.when(pl.col("plain").str.contains(f"^[{''.join(QUALIFIERS)}]"))
        .then(pl.col("plain").str.slice(0, 1))
        .otherwise(pl.lit("")),
        number_problem=pl.lit(None, pl.String),
        exact=pl.lit(True),
    )
    odd = plain.is_null() & text.is_not_null() & (text != "")
    if odd.any():
        read = _with_odd_ones(read, text, odd, decimal, thousands, digits)
    not_number = pl.when(pl.col("number_problem").is_not_null()).then(pl.lit(frame[column].cast(pl.String)))
    return frame.hstack(read.with_columns(not_number=not_number).get_columns())


def _plain_texts(text: pl.Series, decimal: str | None, thousands: str, digits: str) -> pl.Series:
    """Each text as qualifier, minus, digits and point, where that is all it is and it is surely exact; else null."""
    column = pl.col("text")
    marks = _mark_class(thousands) if thousands else ""
    whole = rf"(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{marks}[0-9]{{3}})+)" if thousands else "(?:0|[1-9][0-9]*)"
    fraction = rf"(?:{re.escape(decimal)}[0-9]+)?" if decimal else ""
    tidy = column
    if digits:
        table = _digits.replacements(digits)
        mixed = column.str.contains("[0-9]") & column.str.contains_any(list(table))
        tidy = pl.when(~mixed).then(column.str.replace_many(list(table), list(table.values())))
    matched: pl.Expr = pl.when(tidy.str.contains(f"^[{''.join(QUALIFIERS)}]?-?{whole}{fraction}$")).then(tidy)
    if thousands:
        matched = matched.str.replace_all(marks, "")
    if decimal == ",":
        matched = matched.str.replace(",", ".", literal=True)
    frame = text.to_frame("text").select(plain=matched)
    long = frame["plain"].str.len_bytes() > _SURE_DIGITS
    if not long.any():
        return frame["plain"]
    bare = pl.col("plain").str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    return frame.select(pl.when(~long | (bare.str.len_bytes() <= _SURE_DIGITS)).then(pl.col("plain")))["plain"]


def _decimals_of(plain: pl.Expr) -> pl.Expr:
    point = plain.str.find(".", literal=True)
    return pl.when(plain.is_not_null()).then((plain.str.len_bytes() - point - 1).fill_null(0))


def _with_odd_ones(
    read: pl.DataFrame, text: pl.Series, odd: pl.Series, decimal: str | None, thousands: str, digits: str
) -> pl.DataFrame:
    """Fill in what the plain form does not cover, by the rule for a single text, once for each different text."""
    different = text.filter(odd).unique()
    rows = [read_number(one, decimal, thousands, digits) for one in different]
    answers = pl.DataFrame(
        {
            "text": different,
            "value": pl.Series([row.value for row in rows], dtype=pl.Float64),
            "decimals": pl.Series([row.decimals for row in rows], dtype=pl.Int16),
            "qualifier": pl.Series([row.qualifier for row in rows], dtype=pl.String),
            "number_problem": pl.Series([row.problem or None for row in rows], dtype=pl.String),
            "exact": pl.Series([row.exact for row in rows], dtype=pl.Boolean),
        }
    )
    looked_up = text.to_frame("text").join(answers, on="text", how="left", maintain_order="left")
    chosen = [pl.when(odd).then(looked_up[name]).otherwise(read[name]).alias(name) for name in _READ_COLUMNS]
    return read.select(chosen)


def write_expr(value: pl.Expr, decimals: pl.Expr, qualifier: pl.Expr, decimal: str = ".") -> pl.Expr:
    """`write_number` for columns: the delivered text of each number, null where there is no value."""

    def apply(rows: pl.Series) -> pl.Series:
        return _written(rows.struct.unnest(), decimal)

    parts = [value.cast(pl.Float64).alias("value"), decimals.alias("decimals"), qualifier.alias("qualifier")]
    return pl.struct(parts).map_batches(apply, return_dtype=pl.String, is_elementwise=True)


_MOST_PLACES = 12
_LARGEST_SCALED = 2.0**43
_LONGEST_WRITTEN = 32
_POWERS = {places: 10.0**places for places in range(_MOST_PLACES + 1)}


def _written(rows: pl.DataFrame, decimal: str) -> pl.Series:
    """By whole numbers of the smallest place where that is exact, by `write_number` for each different one else."""
    given = rows["decimals"].drop_nulls().unique()
    same = int(given[0]) if len(given) == 1 and 0 <= given[0] <= _MOST_PLACES else None
    told = _digits_of(decimal) if same is None else _digits_of_places(same, decimal)
    sign = pl.when(pl.col("value") < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    signs = [sign] if (rows["value"] < 0).any() else []
    qualifiers = [pl.col("qualifier").fill_null("")] if (rows["qualifier"] != "").any() else []
    fast = rows.select(written=pl.concat_str(*qualifiers, *signs, *told))["written"]
    left = fast.is_null() & rows["value"].is_not_null()
    if not left.any():
        return fast
    return fast.zip_with(fast.is_not_null(), _written_one_by_one(rows, left, decimal))


def _whole(scaled: pl.Expr) -> pl.Expr:
    """Numbers of the smallest place, null where the number is not surely that many of it."""
    whole = scaled.round()
    # Below 2^43 the product is off by less than 0.003, so a product this near to a whole number is that number.
    sure = (scaled < _LARGEST_SCALED) & ((scaled - whole).abs() < 0.01) & (scaled != 0)
    return pl.when(sure).then(whole).cast(pl.Int64)


def _digits_of(decimal: str) -> list[pl.Expr]:
    """The digits before and after the mark, each with decimals of its own."""
    places = pl.col("decimals").cast(pl.Int64)
    scaled = pl.col("value").abs() * places.replace_strict(_POWERS, default=None, return_dtype=pl.Float64)
    text = _whole(scaled).cast(pl.String).str.zfill(places + 1)
    before = text.str.head(pl.when(places > 0).then(-places).otherwise(pl.lit(_LONGEST_WRITTEN)))
    return [before, pl.when(places > 0).then(pl.lit(decimal) + text.str.tail(places)).otherwise(pl.lit(""))]


def _digits_of_places(places: int, decimal: str) -> list[pl.Expr]:
    """The same where all have the same number of decimals, or none that is known: in a third of the time."""
    whole = pl.when(pl.col("decimals").is_not_null()).then(_whole(pl.col("value").abs() * _POWERS[places]))
    if places == 0:
        return [whole.cast(pl.String)]
    after = (whole % 10**places).cast(pl.String)
    return [
        (whole // 10**places).cast(pl.String),
        pl.lit(decimal),
        after.str.zfill(places) if places > 1 else after,
    ]


def _written_one_by_one(rows: pl.DataFrame, left: pl.Series, decimal: str) -> pl.Series:
    # A join takes -0.0 and 0.0 for the same, write_number does not: the sign is a key of its own.
    keyed = rows.with_columns(negative=1 / pl.col("value") < 0)
    keys = ["value", "negative", "decimals", "qualifier"]
    different = keyed.filter(left).unique()
    texts = [write_number(one[0], one[2], one[3] or "", decimal) for one in different.select(keys).iter_rows()]
    answers = different.select(keys).with_columns(written=pl.Series(texts, dtype=pl.String))
    return keyed.join(answers, on=keys, how="left", nulls_equal=True, maintain_order="left")["written"]
