"""What differs when the rows of a message are coded: SDMX-CSV, SDMX-ML, SDMX-JSON, JSON-stat.

A row of a message is an instruction: it merges, replaces or deletes, may leave out what it does not touch, and may
leave dimensions open (`~`, `*` or nothing). So nothing is filled in here; what the rows make of the figures that are
stored is worked out later (`observations.actions.merging`).

Method: SDMX-CSV field guide 2.1 and the ActionType of the SDMX 3.1 schemas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from adme.structures.coding_table import CodingTable, at
from adme.structures.coding_values import MAY_BE_MISSING, joined_attributes, read_numbers, with_missing
from adme.structures.fitting import CONF_STATUS, OBS_STATUS
from adme.structures.mapping import DELIVERED, Column, Kind, MappingDeclaration
from adme.structures.structure_view import StructureView
from adme.structures.translating import BLANKS, Fault, Translate

__all__ = [
    "DELETE",
    "MERGE",
    "MESSAGE_ACTIONS",
    "NOTHING",
    "REPLACE",
    "attribute_reader",
    "opened",
    "own_names",
    "read_message_values",
]

MERGE, REPLACE, DELETE = "merge", "replace", "delete"

MESSAGE_ACTIONS = {"": MERGE, "I": MERGE, "A": MERGE, "M": MERGE, "R": REPLACE, "D": DELETE}
"""Information and append are merge (SDMX 3.1), and so is a row that says nothing."""

NOTHING = "#N/A"
"""How a message says that an attribute has intentionally no value."""

_OPEN = ("~", "")
_BRACKETS = re.compile(r"\[(?P<inside>[^\[\]]*)\]$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*:")


def own_names(structure: StructureView) -> dict[str, str]:
    """The names by which a message may call the dataflow: its reference or that of its data structure, in this version
    or an earlier one, a version of three numbers also without its zeros, or nothing where the format has no place for
    it."""
    names = ["", structure.reference, structure.data_structure, *structure.earlier]
    for name in names[1:]:
        short = name
        while short.endswith(".0)"):
            short = f"{short.removesuffix('.0)')})"
            names.append(short)
    return dict.fromkeys(names, "")


def opened(frame: pl.DataFrame, columns: Sequence[Column], own: dict[str, str]) -> pl.DataFrame:
    """Texts of a laid-out frame with `action`: open dimensions as empty cells, attributes that go as NOTHING."""
    deleting = pl.col("action") == DELETE
    changed = []
    for column in columns:
        text = pl.col(own[column.name])
        bare = text.str.strip_chars(BLANKS)
        if column.kind in (Kind.DIMENSION, Kind.TIME):
            is_open = bare.is_in(_OPEN) | (deleting & (bare == "*"))
            changed.append(pl.when(is_open).then(pl.lit("")).otherwise(text).alias(own[column.name]))
        elif column.kind is Kind.ATTRIBUTE:
            gone = deleting & (bare != "")
            changed.append(pl.when(gone).then(pl.lit(NOTHING)).otherwise(text).alias(own[column.name]))
    return frame.with_columns(changed)


def attribute_reader(column: Column, translate: Translate, separator: str) -> Translate:
    """Reads the cell of an attribute: NOTHING is an empty text. A heading with brackets (`NOTE[en;fr]`, `NOTE[]`) says
    that there may be several values, or several languages; more than one is a fault."""
    found = _BRACKETS.search(column.name.partition(":")[0].strip())
    languages = found["inside"] if found else ""

    def read(text: str) -> str | None | Fault:
        bare = text.strip(BLANKS)
        if bare == NOTHING:
            return ""
        if found and separator:
            pieces = [piece for piece in bare.split(separator) if piece.strip(BLANKS)]
            if len(pieces) > 1:
                return Fault("attribute.several", bare, column.target)
            if languages and pieces:
                bare = _LANGUAGE.sub("", pieces[0], count=1)
        return translate(bare)

    return read


def separator_of(columns: Sequence[Column]) -> str:
    """The mark between several values of one cell, as the first heading says it: `STRUCTURE[;]`."""
    for column in columns:
        if column.kind in (Kind.STRUCTURE, Kind.STRUCTURE_ID) and (found := _BRACKETS.search(column.name)):
            return found["inside"][:1]
    return ""


def read_message_values(table: CodingTable, declaration: MappingDeclaration, structure: StructureView) -> None:
    """Add value, decimals, qualifier, obs_status, conf_status, attributes and `given`: whether the row says anything
    about the value. What it does not say is null; a status or attribute that it empties is an empty text."""
    table.frame = with_missing(table.frame, [at(OBS_STATUS), at(CONF_STATUS), "action"])
    table.frame = table.frame.with_columns(pl.col("action").fill_null(MERGE))
    read_numbers(table, declaration)
    deleting, empty = pl.col("action") == DELETE, pl.col("bare") == ""
    explained = empty & pl.col("status").is_in(MAY_BE_MISSING)
    says_one = pl.col("value").is_not_null() | pl.col("is_word") | explained
    names = {DELIVERED, *structure.attribute} - {OBS_STATUS, CONF_STATUS}
    table.frame = table.frame.with_columns(
        given=pl.when(deleting).then(~empty).otherwise(says_one).fill_null(value=False),
        obs_status="status",
        conf_status=at(CONF_STATUS),
        attributes=joined_attributes(table.frame, sorted(names)),
    )
    _refuse_open_values(table, declaration, structure)


def _refuse_open_values(table: CodingTable, declaration: MappingDeclaration, structure: StructureView) -> None:
    """Only attributes can be given, and only deletions be asked for, where a dimension is left open."""
    headings = {column.target: column.name for column in declaration.of_kind(Kind.DIMENSION)}
    said = pl.any_horizontal(pl.col(name).is_not_null() for name in ("attributes", "obs_status", "conf_status"))
    whole = (pl.col("action") != DELETE) & (pl.col("given") | ~said)
    for dimension in structure.dimensions:
        is_open = pl.col(at(dimension.id)).is_null()
        heading = headings.get(dimension.id, dimension.id)
        table.refuse(whole & is_open, "code.empty", heading=heading, value=pl.lit(""), about=dimension.id)
    time = declaration.of_kind(Kind.TIME)
    heading = time[0].name if time else structure.time
    table.refuse(whole & pl.col("period").is_null(), "period.empty", heading=heading, value=pl.lit(""))
