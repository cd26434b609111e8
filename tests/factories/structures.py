"""A small structure as plain values, without a database; rows of text; mappings for them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from adme.lib.tabular.dialect import Dialect
from adme.structures.mapping import Column, Kind, MappingDeclaration, Translation
from adme.structures.structure_view import (
    AttributeView,
    CodeListView,
    CodeView,
    DimensionView,
    StructureView,
)

NAMES: dict[str, dict[str, str]] = {
    "TH": {"en": "Thailand", "th": "ประเทศไทย"},
    "VN": {"en": "Viet Nam"},
    "KH": {"en": "Cambodia"},
}
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "TH": {"ISO3": ("THA",), "M49": ("764",)},
    "VN": {"ISO3": ("VNM",), "M49": ("704",)},
    "KH": {"ISO3": ("KHM",), "M49": ("116",)},
    "35": {"M49": ("35", "035")},
}


def code_list(name: str, codes: Sequence[str], first: int) -> CodeListView:
    items = tuple(
        CodeView(first + number, code, NAMES.get(code, {}), aliases=ALIASES.get(code, {}))
        for number, code in enumerate(codes)
    )
    return CodeListView(f"TEST:{name}(1.0.0)", items)


def small_structure() -> StructureView:
    """Five dimensions, coded and free attributes. Pks begin at 100, 200, … so that no two lists share one."""
    lists = {
        "FREQ": ["A", "Q", "M"],
        "SERIES": ["POP", "GDP", "LIT_RT"],
        "REF_AREA": ["TH", "VN", "KH", "35"],
        "SEX": ["F", "M", "_T", "_Z"],
        "ACTIVITY": ["AGR", "IND", "_Z"],
    }
    dimensions = tuple(
        DimensionView(name, place, {"en": name.capitalize()}, code_list(f"CL_{name}", codes, place * 100))
        for place, (name, codes) in enumerate(lists.items(), start=1)
    )
    coded = {
        "OBS_STATUS": ["A", "E", "M", "O", "N", "Q"],
        "CONF_STATUS": ["F", "C"],
        "NATURE": ["C", "E"],
    }
    attributes = [
        AttributeView(name, {"en": name}, code_list(f"CL_{name}", codes, 1000 + 100 * place), "observation", False)
        for place, (name, codes) in enumerate(coded.items())
    ]
    free = [AttributeView(name, {}, None, "observation", False) for name in ("UNIT_MEASURE", "NOTE", "DELIVERED")]
    return StructureView(
        dataflow_id=1,
        reference="TEST:DF_SMALL(1.0.0)",
        agency="TEST",
        artefact_id="DF_SMALL",
        version="1.0.0",
        name={"en": "Small"},
        data_structure="TEST:DSD_SMALL(1.0.0)",
        dimensions=dimensions,
        attributes=(*attributes, *free),
        indicator_dimension="SERIES",
        area_dimension="REF_AREA",
        stamp=uuid.UUID(int=1),
        time_name={"en": "Time"},
    )


def text_rows(rows: Sequence[Mapping[str, str | None]], first: int = 2) -> pl.DataFrame:
    """Rows as `lib.tabular` hands them over: texts, and the row of the file."""
    names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    return frame.with_row_index("row", offset=first).with_columns(pl.col("row").cast(pl.Int64))


PLAIN = {"series": "POP", "area": "TH", "sex": "F", "time": "2020", "value": "1.5"}


def small_mapping(**changes: Any) -> MappingDeclaration:
    """A mapping for rows such as PLAIN."""
    dimension = Kind.DIMENSION
    given: dict[str, Any] = {
        "dialect": Dialect(decimal="."),
        "columns": (
            Column("series", dimension, "SERIES"),
            Column("area", dimension, "REF_AREA"),
            Column("sex", dimension, "SEX"),
            Column("time", Kind.TIME),
            Column("value", Kind.VALUE),
        ),
        "constants": (("FREQ", "A"), ("ACTIVITY", "_Z")),
    }
    return MappingDeclaration(**(given | changes))


def with_column(mapping: MappingDeclaration, column: Column) -> MappingDeclaration:
    """The mapping with one column added or, by its name, replaced."""
    import dataclasses

    kept = tuple(one for one in mapping.columns if one.name != column.name)
    return dataclasses.replace(mapping, columns=(*kept, column))


def translated(name: str, target: str, **how: Any) -> Column:
    """A dimension's column that is translated."""
    return Column(name, Kind.DIMENSION, target, Translation(**how))
