"""The rows of a message made into rows of a draft: worked out against what is public now. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from adme.observations import columns, extents, tables
from adme.observations.catalogue import NO_SERIES, SERIES, Catalogue
from adme.observations.delivered import PRETENDED
from adme.observations.merging import CELL, CONTENT, bounded, covering, is_open, merged
from adme.observations.models import AttributeSet
from adme.observations.queries import clock_instant
from adme.observations.scopes import chunks, scope_of, whole_flow
from adme.observations.spool import Spool
from adme.structures.coding import coded_schema
from adme.structures.structure_view import StructureView

__all__ = ["MOST_OVERLAPS", "Merging"]

OF_ONE_OBSERVATION = "observation"

MOST_OVERLAPS = 40

PIECE = 100_000
"""Observations merged at one time: what is told and what stands lie side by side, some 1,000 bytes for each."""

Frames = Callable[[], Iterator[pl.DataFrame]]


class Merging:
    """Takes the coded rows of a message and gives the rows of its draft, in pieces by series. Use it as a context.

    `overlaps` says how many patterns may speak of one cell: more than MOST_OVERLAPS are not to be run, as their number
    times that of all cells has to be gone through. Afterwards `onto` is the public instant that the rows were worked
    out against, None where nothing stored went into them.
    """

    def __init__(self, structure: StructureView, frames: Frames) -> None:
        """`frames` gives the coded rows, as often as it is called."""
        self.structure = structure
        self.frames = frames
        self.catalogue, self.spool = Catalogue(structure), Spool()
        self.dimensions = list(structure.columns)
        self.shared = {one.id for one in structure.attributes if one.attachment != OF_ONE_OBSERVATION}
        self.instant = clock_instant()
        self.onto: int | None = None
        self.schema = coded_schema(structure)
        self.patterns, self.overlaps = bounded(self._spooled(), self.dimensions)

    def __enter__(self) -> Merging:
        return self

    def __exit__(self, *about: object) -> None:
        self.spool.close()

    def run(self) -> Iterator[pl.DataFrame]:
        """The rows of the draft."""
        patterns = self._where(self.patterns, self.frames)
        self.catalogue.find()
        yield pl.DataFrame(schema=self.schema)
        yield from self._pieces(self.catalogue, self.spool, patterns)

    def _spooled(self) -> pl.DataFrame:
        """Rows into the spool; the patterns come back."""
        found = []
        for frame in self.frames():
            opened = is_open(self.dimensions)
            found.append(frame.filter(opened))
            rows = frame.filter(~opened)
            if len(rows):
                self.spool.add(rows.with_columns(slot=self.catalogue.slots_of(rows)))
        return pl.concat(found)

    def _where(self, patterns: pl.DataFrame, frames: Frames) -> pl.DataFrame:
        """With `here`: whether attributes belong to observations of the same data set, as they do where the pattern
        covers some."""
        giving = patterns.filter(pl.col("action") != "delete").select(*self.dimensions, "period", "row", of="dataset")
        here: set[int] = set()
        if len(giving):
            for frame in frames():
                rows = frame.filter(~is_open(self.dimensions) & (pl.col("action") != "delete"))
                cells = rows.select(*self.dimensions, "period", "dataset").unique(maintain_order=True)
                pairs = covering(cells, giving, self.dimensions)
                same = pairs.filter(cells["dataset"].gather(pairs["cell"]) == pairs["of"])
                here.update(same["row"])
        return patterns.with_columns(here=pl.col("row").is_in(sorted(here)))

    def _pieces(self, catalogue: Catalogue, spool: Spool, patterns: pl.DataFrame) -> Iterator[pl.DataFrame]:
        series = self._series(catalogue, patterns)
        ids = np.where(catalogue.ids == NO_SERIES, PRETENDED + np.arange(len(catalogue.ids)), catalogue.ids)
        told = pl.DataFrame({"series_id": ids, "told": spool.rows_by_slot(len(ids))})
        sizes = extents.sizes(whole_flow(self.structure.dataflow_id)) if len(series) else None
        if sizes is None:
            return
        weighed = series.join(told, on="series_id", how="left").join(sizes, on="series_id", how="left")
        weighed = weighed.sort("series_id").with_columns(pl.col("told", "observations").fill_null(0))
        weights = weighed.select(pl.max_horizontal("told", "observations") + 1).to_series().to_numpy()
        pieces = list(chunks(weighed["series_id"], weights, PIECE))
        if len(ids):
            spool.deal(ids, [int(piece[0]) for piece in pieces])
        for number, piece in enumerate(pieces):
            rows = self._rows_of(spool, number)
            these = series.filter(pl.col("series_id").is_in(piece.implode()))
            yield self._merged(rows, patterns, these)

    def _rows_of(self, spool: Spool, number: int) -> pl.DataFrame:
        if spool.has(number):
            return spool.pile(number)
        schema = coded_schema(self.structure, message=True)
        return pl.DataFrame(schema={**schema, "dataset": pl.Int64, "series_id": pl.Int64})

    def _series(self, catalogue: Catalogue, patterns: pl.DataFrame) -> pl.DataFrame:
        """Every series that the message may touch: series_id and its dimensions."""
        ids = np.where(catalogue.ids == NO_SERIES, PRETENDED + np.arange(len(catalogue.ids)), catalogue.ids)
        spoken_of = catalogue.keys_by_slot.with_columns(series_id=pl.Series(ids, dtype=pl.Int64))
        spoken_of = spoken_of.select("series_id", *self.dimensions)
        if not len(patterns):
            return spoken_of
        named = ", ".join(self.dimensions)
        sql = f"SELECT id, {named} FROM {SERIES} WHERE dataflow_id = %s"
        schema: columns.Schema = {"series_id": pl.Int64, **dict.fromkeys(self.dimensions, pl.Int32)}
        known = columns.read(sql, [self.structure.dataflow_id], schema)
        anywhere = patterns.select(*self.dimensions, period=pl.lit(None, pl.Int64), row="row")
        probe = known.with_columns(period=pl.lit(0, pl.Int64))
        covered = covering(probe, anywhere, self.dimensions)["cell"].unique()
        others = known[covered.sort()].join(spoken_of, on="series_id", how="anti")
        return pl.concat([spoken_of, others])

    def _merged(self, rows: pl.DataFrame, patterns: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
        stored = self._stored(series)
        if not len(patterns):
            stored = stored.join(rows.select(CELL), on=CELL, how="semi")
        found = merged(rows, patterns, stored, dimensions=self.dimensions, shared=self.shared)
        if found.leans:
            self.onto = self.instant
        return found.cells.select(pl.col(name).cast(kind) for name, kind in self.schema.items())

    def _stored(self, series: pl.DataFrame) -> pl.DataFrame:
        known = series.filter(pl.col("series_id") < PRETENDED)["series_id"].sort()
        schema = {"series_id": pl.Int64, **dict.fromkeys(self.dimensions, pl.Int32), "period": pl.Int64, **CONTENT}
        if not len(known):
            return pl.DataFrame(schema=schema)
        now = [self.instant, self.instant]
        rows = tables.versions(scope_of(known), "public_from <= %s AND public_to > %s", now)
        rows = rows.join(series, on="series_id", how="inner")
        contents = _contents(rows["attributes_id"].unique().to_list())
        rows = rows.join(contents, on="attributes_id", how="left")
        rows = rows.with_columns(pl.when(pl.col("decimals") != -1).then("decimals").alias("decimals"))
        return rows.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _contents(ids: list[int]) -> pl.DataFrame:
    found: list[tuple[int, str]] = []
    for start in range(0, len(ids), 500):
        some = AttributeSet.objects.filter(pk__in=ids[start : start + 500])
        found += some.values_list("pk", "content")
    schema = {"attributes_id": pl.Int64, "attributes": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")
