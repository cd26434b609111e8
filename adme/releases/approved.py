"""Approved figures, released or not: for the marked provisional views of staff, and for nothing else.

The public door is `releases.queries`, which knows nothing of this one. What waits for its release stands in the store;
what is approved and in no release yet lies with whoever keeps it (`collection`), who offers it here when the programme
starts. `tests/architecture/test_rooms.py` says who may import this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from adme.lib.clock import OPEN_END
from adme.observations.scopes import SERIES_IDS_OF_A_FLOW
from adme.releases.asked import Condition, either, series_asked
from adme.releases.published_frames import Asked, stored
from adme.releases.versions import shown
from adme.structures.structure_view import StructureView

Asking = Sequence[tuple[StructureView, Mapping[str, Sequence[str]]]]

CELLS: Final[dict[str, type[pl.DataType]]] = {
    "dataflow_id": pl.Int64,
    "key": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,
    "qualifier": pl.String,
    "obs_status": pl.String,
    "attributes_id": pl.Int64,
}
"""Columns of a frame. Approved figures outside the store have no attribute set: `attributes_id` is 0."""

Offer = Callable[[Sequence[StructureView]], Iterator[tuple[StructureView, pl.DataFrame]]]
"""Coded rows (dNN, period, value, …, action) of approved figures in no release, the earliest approved first."""

_offers: list[Offer] = []


def offer(source: Offer) -> None:
    """Say where approved figures are that no release holds: once, when the programme starts."""
    _offers.append(source)


def cells(asked: Asking) -> Iterator[pl.DataFrame]:
    """The cells as they would be if everything approved were public; one frame, CELLS.

    Whoever calls has asked for the right to see them.
    """
    if not asked:
        return
    series = either([series_asked(structure, key) for structure, key in asked])
    found = [
        frame.with_columns(dataflow_id=pl.col("series_id") // SERIES_IDS_OF_A_FLOW).select(list(CELLS))
        for frame in stored(Asked(series, Condition("1 = 1"), shown(OPEN_END - 1)), 1_000_000)
    ]
    wanted = {structure.dataflow_id: key for structure, key in asked}
    structures = [structure for structure, _key in asked]
    for source in _offers:
        for structure, frame in source(structures):
            found.append(_as_cells(structure, frame, wanted[structure.dataflow_id]))
    together = pl.concat([pl.DataFrame(schema=CELLS), *(frame.cast(CELLS) for frame in found)])  # type: ignore[arg-type]
    yield together.unique(["dataflow_id", "key", "period"], keep="last", maintain_order=True)


def _as_cells(structure: StructureView, frame: pl.DataFrame, key: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Coded rows as cells, those of the key; a deleted one has no value."""
    for name, codes in key.items():
        known = structure.dimension[name]
        frame = frame.filter(pl.col(known.column).is_in([known.codes[code] for code in codes if code in known.codes]))
    texts = []
    for dimension in structure.dimensions:
        codes_of = dimension.code_list.frame
        text = pl.col(dimension.column).replace_strict(codes_of["pk"], codes_of["code"], return_dtype=pl.String)
        texts.append(text)
    return frame.select(
        pl.lit(structure.dataflow_id, pl.Int64).alias("dataflow_id"),
        pl.concat_str(texts, separator=".").alias("key"),
        "period",
        pl.when(pl.col("action") != "D").then("value").alias("value"),
        pl.col("decimals").fill_null(-1),
        "qualifier",
        "obs_status",
        pl.lit(0, pl.Int64).alias("attributes_id"),
    )
