"""The value of each row: number, decimals, qualifier, status, and the attributes that go with it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import polars as pl

from adme.lib.numbers import number_columns, write_expr
from adme.structures.coding_table import CodingTable, at
from adme.structures.fitting import CONF_STATUS, OBS_STATUS
from adme.structures.mapping import BLANK_REFUSED, BLANK_SKIPPED, DELIVERED, MappingDeclaration, UnitRule
from adme.structures.structure_view import StructureView
from adme.structures.translating import BLANKS

__all__ = ["MAY_BE_MISSING", "fragment", "joined_attributes", "read_numbers", "read_values", "with_missing"]

MAY_BE_MISSING = ("H", "L", "M", "O", "Q")
"""The observation statuses that say themselves that there is no value."""

_DELETED = pl.col("action").is_in(("D", "delete"))
_NO_TEXT = pl.lit(None, pl.String)


def fragment(attribute: str, text: str) -> str:
    """One attribute as a piece of canonical JSON."""
    return f"{json.dumps(attribute, ensure_ascii=False)}:{json.dumps(text, ensure_ascii=False)}"


def read_values(table: CodingTable, declaration: MappingDeclaration, structure: StructureView) -> int:
    """Add value, decimals, qualifier, obs_status, conf_status and attributes; return how many rows say nothing."""
    table.frame = with_missing(table.frame, [at(OBS_STATUS), at(CONF_STATUS), "action"])
    table.frame = table.frame.with_columns(pl.col("action").fill_null("M"))
    read_numbers(table, declaration)
    skipped = _settle_blanks(table, declaration)
    _apply_units(table, declaration, structure)
    _refuse_missing_attributes(table, structure)
    names = {DELIVERED, *structure.attribute} - {OBS_STATUS, CONF_STATUS}
    table.frame = table.frame.with_columns(
        obs_status=pl.coalesce("status", pl.lit("A")),
        conf_status=pl.col(at(CONF_STATUS)).fill_null("F"),
        attributes=joined_attributes(table.frame, sorted(names)),
    )
    return skipped


def with_missing(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The frame with empty columns of texts where it has none of these names."""
    return frame.with_columns(_NO_TEXT.alias(name) for name in names if name not in frame.columns)


def read_numbers(table: CodingTable, declaration: MappingDeclaration) -> None:
    """Numbers by the declared dialect; declared texts that are none become a status, their text is kept."""
    dialect = declaration.dialect
    frame = number_columns(table.frame, "value_text", dialect.decimal, dialect.thousands, dialect.digits)
    frame = with_missing(frame.with_columns(bare=pl.col("value_text").str.strip_chars(BLANKS)), [at(DELIVERED)])
    words = dict(declaration.not_numbers)
    word = pl.col("bare").replace_strict(words, default=None, return_dtype=pl.String) if words else _NO_TEXT
    frame = frame.with_columns(word_status=word)
    is_word = pl.col("word_status").is_not_null() & ~_DELETED
    status = pl.col(at(OBS_STATUS))
    own = pl.when(status.is_in(MAY_BE_MISSING)).then(status)
    inexact = ~pl.col("exact") & pl.col("value").is_not_null() & ~is_word & ~_DELETED
    keeps_text = is_word & (pl.col("bare") != "") | inexact
    no_number = is_word | _DELETED
    table.frame = frame.with_columns(
        value=pl.when(~no_number).then("value"),
        decimals=pl.when(~no_number).then("decimals"),
        qualifier=pl.when(~no_number).then("qualifier").otherwise(pl.lit("")).fill_null(""),
        number_problem=pl.when(~no_number).then("number_problem"),
        status=pl.when(is_word).then(pl.coalesce(own, "word_status")).otherwise(status),
        keeps_text=keeps_text,
        is_word=is_word,
    )
    table.frame = _with_delivered(table.frame)
    rule = pl.lit("value.") + pl.col("number_problem").str.replace_all("_", "-")
    table.refuse(pl.col("number_problem").is_not_null(), rule, heading=None, value=pl.col("value_text"))
    strange = (pl.col("qualifier") != "") & ~pl.col("qualifier").is_in(declaration.qualifiers)
    table.refuse(strange, "value.qualifier", heading=None, value=pl.col("value_text"))


def _with_delivered(frame: pl.DataFrame) -> pl.DataFrame:
    """The texts to be kept as an attribute, unless a column of the file gives it already."""
    texts = frame.filter("keeps_text")["bare"].unique()
    if texts.is_empty():
        return frame
    pieces = pl.Series([fragment(DELIVERED, text) for text in texts], dtype=pl.String)
    kept = pl.when("keeps_text").then(
        pl.col("bare").replace_strict(texts, pieces, default=None, return_dtype=pl.String)
    )
    return frame.with_columns(pl.coalesce(at(DELIVERED), kept).alias(at(DELIVERED)))


def _settle_blanks(table: CodingTable, declaration: MappingDeclaration) -> int:
    """An empty value: allowed where the status says so, else what the mapping says; returns how many were skipped."""
    nothing = pl.col("value").is_null() & pl.col("number_problem").is_null() & ~pl.col("is_word") & ~_DELETED
    open_question = nothing & ~pl.col("status").is_in(MAY_BE_MISSING).fill_null(False)
    if declaration.blank == BLANK_SKIPPED:
        before = table.frame.height
        table.frame = table.frame.filter(~open_question | pl.col("bad"))
        return before - table.frame.height
    if declaration.blank == BLANK_REFUSED:
        table.refuse(open_question, "value.empty", heading=None, value=pl.lit(""))
    else:
        status = pl.when(open_question).then(pl.lit(declaration.blank)).otherwise("status")
        table.frame = table.frame.with_columns(status=status)
    return 0


def _apply_units(table: CodingTable, declaration: MappingDeclaration, structure: StructureView) -> None:
    """Units by indicator where no column gives one; multiply where that is declared."""
    if not declaration.units:
        return
    rules = {rule.indicator: rule for rule in declaration.units}
    dimension = structure.dimension[structure.indicator_dimension]
    of_all = rules.get("*", UnitRule("*"))
    chosen = [(pk, rules.get(code_id, of_all)) for code_id, pk in dimension.codes.items()]
    unit, indicator = at(declaration.unit_attribute), at(dimension.id)
    found = pl.DataFrame(
        [(pk, _unit_piece(declaration, rule), *_factor(rule)) for pk, rule in chosen],
        schema={indicator: pl.Int32, "unit_rule": pl.String, "factor": pl.Float64, "places": pl.Int16},
        orient="row",
    )
    frame = with_missing(table.frame, [unit])
    frame = frame.join(found, on=indicator, how="left", maintain_order="left")
    table.frame = frame.with_columns(pl.coalesce(unit, "unit_rule").alias(unit))
    if found["factor"].is_not_null().any():
        _multiply(table)


def _unit_piece(declaration: MappingDeclaration, rule: UnitRule) -> str | None:
    return fragment(declaration.unit_attribute, rule.unit) if rule.unit else None


def _factor(rule: UnitRule) -> tuple[float | None, int | None]:
    """What to multiply by, and by how many places the point moves (None where it is no power of ten)."""
    if not rule.multiply:
        return None, None
    factor = float(rule.multiply)
    places = round(math.log10(factor))
    return factor, places if float(f"1e{places}") == factor else None


def _multiply(table: CodingTable) -> None:
    """Move the point in the text where the factor is a power of ten: 0.1 × 1000 is 100, not 100.00000000000001."""
    factor, places = pl.col("factor"), pl.col("places")
    to_move = pl.when(places.is_not_null()).then("value")
    moved = write_expr(to_move, pl.col("decimals"), pl.lit("")) + pl.lit("e") + places.cast(pl.String)
    product = pl.when(places.is_not_null()).then(moved.cast(pl.Float64)).otherwise(pl.col("value") * factor)
    decimals = pl.when(places.is_not_null()).then((pl.col("decimals") - places).clip(lower_bound=0))
    table.frame = table.frame.with_columns(
        value=pl.when(factor.is_null()).then("value").otherwise(product),
        decimals=pl.when(factor.is_null()).then("decimals").otherwise(decimals.cast(pl.Int16)),
    )


def _refuse_missing_attributes(table: CodingTable, structure: StructureView) -> None:
    for attribute in structure.attributes:
        if attribute.required and attribute.id not in (OBS_STATUS, CONF_STATUS):
            table.frame = with_missing(table.frame, [at(attribute.id)])
            empty = pl.col(at(attribute.id)).is_null() & ~_DELETED
            table.refuse(empty, "attribute.empty", heading="", value=pl.lit(""), about=attribute.id)


def joined_attributes(frame: pl.DataFrame, names: list[str]) -> pl.Expr:
    """The fragments of these attributes as one object of canonical JSON, null where there is none."""
    pieces = [at(name) for name in names if at(name) in frame.columns]
    if not pieces:
        return _NO_TEXT
    joined = pl.concat_str(pieces, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.lit("{") + joined + pl.lit("}"))
