"""The series that a delivery speaks of: known ones found, new ones given an id in key order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from django.db import connection

from adme.observations import columns
from adme.observations.errors import UnknownCode
from adme.observations.models import Series
from adme.observations.scopes import SERIES_IDS_OF_A_FLOW, whole_flow
from adme.structures.structure_view import DimensionView, StructureView

SERIES = Series._meta.db_table

LOOK_UP_BELOW = 5_000
"""So many keys are looked up one by one; more are compared with all keys of the dataflow."""

NO_SERIES = -1


class Catalogue:
    """Numbers each key that comes along (a *slot*), until all are known; then gives them series ids."""

    def __init__(self, structure: StructureView) -> None:
        self.structure = structure
        self.dimensions = list(structure.columns)
        schema = {**dict.fromkeys(self.dimensions, pl.Int32), "slot": pl.Int32}
        self._slots = pl.DataFrame(schema=schema)
        self.ids: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.keys = pl.Series("key", [], dtype=pl.String)

    def slots_of(self, frame: pl.DataFrame) -> pl.Series:
        """The slot of each row's key; keys not seen before are given the next ones."""
        coded = frame.select(pl.col(self.dimensions).cast(pl.Int32))
        new = coded.unique(maintain_order=True).join(self._slots, on=self.dimensions, how="anti")
        numbered = new.with_columns(slot=pl.int_range(len(self._slots), len(self._slots) + len(new), dtype=pl.Int32))
        self._slots = pl.concat([self._slots, numbered])
        return coded.join(self._slots, on=self.dimensions, how="left", maintain_order="left")["slot"]

    @property
    def keys_by_slot(self) -> pl.DataFrame:
        """The dimensions of each slot, in the order of slots."""
        return self._slots.select(self.dimensions)

    def find(self) -> None:
        """Look up the series of every slot: `ids` by slot, NO_SERIES where there is none yet."""
        self.keys = self._key_texts()
        known = self._known(self.keys)
        found = self.keys.to_frame().join(known, on="key", how="left", maintain_order="left")["id"]
        self.ids = found.fill_null(NO_SERIES).to_numpy().copy()

    def number_missing(self) -> pl.DataFrame:
        """Give every key that has no series yet the next id, in key order; the rows are for `create`."""
        missing = np.flatnonzero(self.ids == NO_SERIES)
        slots = pl.Series("slot", missing, dtype=pl.Int32)
        new = self._slots[missing].with_columns(key=self.keys[missing], slot=slots).sort("key")
        first = self._next_id()
        new = new.with_columns(
            id=pl.int_range(first, first + len(new), dtype=pl.Int64),
            dataflow_id=pl.lit(self.structure.dataflow_id, pl.Int64),
        )
        self.ids[new["slot"].to_numpy()] = new["id"].to_numpy()
        return new.select("id", "dataflow_id", "key", *self.dimensions)

    def create(self, numbered: pl.DataFrame) -> None:
        """Make the series that `number_missing` has numbered."""
        columns.insert(SERIES, numbered)

    def _key_texts(self) -> pl.Series:
        texts = pl.DataFrame([self._code_ids(dimension) for dimension in self.structure.dimensions])
        return texts.select(key=pl.concat_str(pl.all(), separator="."))["key"]

    def _code_ids(self, dimension: DimensionView) -> pl.Series:
        codes, pks = dimension.code_list.frame, self._slots[dimension.column]
        texts = pks.replace_strict(codes["pk"], codes["code"], default=None, return_dtype=pl.String)
        if texts.null_count():
            raise UnknownCode(dimension.id, int(pks.filter(texts.is_null())[0] or 0))
        return texts

    def _known(self, keys: pl.Series) -> pl.DataFrame:
        schema: columns.Schema = {"id": pl.Int64, "key": pl.String}
        flow = self.structure.dataflow_id
        if len(keys) >= LOOK_UP_BELOW:
            return columns.read(f'SELECT id, "key" FROM {SERIES} WHERE dataflow_id = %s', [flow], schema)
        found = [pl.DataFrame(schema=schema)]
        for piece in keys.to_frame().iter_slices(500):
            marks = ", ".join(["%s"] * len(piece))
            sql = f'SELECT id, "key" FROM {SERIES} WHERE dataflow_id = %s AND "key" IN ({marks})'
            found.append(columns.read(sql, [flow, *piece["key"].to_list()], schema))
        return pl.concat(found)

    def _next_id(self) -> int:
        scope = whole_flow(self.structure.dataflow_id)
        condition, parameters = scope.where("id")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(id) FROM {SERIES} WHERE {condition}", parameters)
            highest: int | None = cursor.fetchone()[0]
        following = scope.low + 1 if highest is None else highest + 1
        assert following < scope.low + SERIES_IDS_OF_A_FLOW  # noqa: S101 - a million million series in one flow
        return following
