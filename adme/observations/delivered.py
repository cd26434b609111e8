"""A delivery on its way in: coded rows in the order of the file, given back by series and in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from adme.lib import periods
from adme.lib.ahead import ahead
from adme.observations import extents
from adme.observations.attribute_sets import AttributeSets
from adme.observations.catalogue import LOOK_UP_BELOW, NO_SERIES, Catalogue
from adme.observations.errors import CellDeliveredTwice, ValueNotFinite
from adme.observations.revisions import CELL, CONTENT, NOTHING
from adme.observations.scopes import chunks, scope_of, whole_flow
from adme.observations.spool import Spool
from adme.observations.tables import repeated
from adme.structures.structure_view import StructureView

PRETENDED = 2**62
"""Ids from here on stand for series that a dry run does not make."""

Piece = tuple[pl.Series, pl.DataFrame]
"""Ascending series ids, and rows of these series in order of their cells."""

Planned = tuple[list[pl.Series], Iterator[pl.DataFrame]]
"""The ids of all pieces, and their rows one after the other."""


class Delivered:
    """Takes coded rows (see `structures.coding`): dNN, period, value, decimals, qualifier, obs_status, conf_status,
    attributes, action. Use it as a context, take every frame, then `find`, then `pieces`."""

    def __init__(self, structure: StructureView) -> None:
        self.structure = structure
        self.catalogue = Catalogue(structure)
        self.attributes = AttributeSets()
        self.spool = Spool()
        self.periods = (periods.HIGHEST, periods.LOWEST)
        """The first and the last period of what was taken."""

    def __enter__(self) -> Delivered:
        return self

    def __exit__(self, *about: object) -> None:
        self.spool.close()

    def take(self, frame: pl.DataFrame) -> None:
        """Take in some rows. ValueNotFinite where a value is NaN or infinite."""
        if (frame["value"].is_nan() | frame["value"].is_infinite()).any():
            raise ValueNotFinite
        deleted = pl.col("action") == "D" if "action" in frame.columns else pl.lit(value=False)
        coded = frame.select(
            "period",
            # Adding zero makes -0.0 plain zero, which SQLite would do by itself and PostgreSQL would not.
            value=pl.col("value").cast(pl.Float64) + 0.0,
            decimals=pl.col("decimals").cast(pl.Int16).fill_null(-1),
            qualifier=pl.col("qualifier").fill_null(""),
            obs_status=pl.col("obs_status").fill_null("A"),
            conf_status=pl.col("conf_status").fill_null("F"),
            attributes_id=self.attributes.ids_of(frame["attributes"].cast(pl.String)),
            deleted=deleted.fill_null(value=False),
            slot=self.catalogue.slots_of(frame),
        )
        if len(coded):
            first, last = coded.select(first=pl.col("period").min(), last=pl.col("period").max()).row(0)
            self.periods = min(first, self.periods[0]), max(last, self.periods[1])
        self.spool.add(coded.with_columns(_empty_where_deleted()))

    def pieces(self, *, size: int | None = None) -> Iterator[Piece]:
        """Ascending series ids, and all rows of these series in order of their cells: cell, content, deleted.

        The database is asked at once; the pieces are made one ahead, in a thread that begins at once.
        CellDeliveredTwice where a cell has two rows.
        """
        planned, sorted_rows = self.planned(size=size)
        return zip(planned, sorted_rows, strict=True)

    def planned(self, *, size: int | None = None) -> Planned:
        """The two halves of `pieces`: the ids of all pieces are known before the rows of the first are sorted."""
        ids, weights = self._by_id()
        planned = list(chunks(ids, weights, size))
        return planned, ahead(self._sorted(planned))

    def _sorted(self, planned: list[pl.Series]) -> Iterator[pl.DataFrame]:
        self.spool.deal(self._ids_or_pretended, [int(ids[0]) for ids in planned])
        for number in range(len(planned)):
            rows = self.spool.pile(number).sort(CELL)
            self.refuse(repeated(rows))
            yield rows

    def refuse(self, cells: pl.DataFrame) -> None:
        """Raise CellDeliveredTwice for the first of the cells, if there is any."""
        if len(cells):
            series_id, period = cells.sort(CELL).select(CELL).row(0)
            raise CellDeliveredTwice(self.key_of(series_id), periods.label(period))

    def key_of(self, series_id: int) -> str:
        """The key of a series of this delivery."""
        slot = int(np.flatnonzero(self._ids_or_pretended == series_id)[0])
        return str(self.catalogue.keys[slot])

    def keys_of(self, series_ids: pl.Series) -> pl.DataFrame:
        """series_id and key of these series of this delivery."""
        known = pl.DataFrame({"series_id": self._ids_or_pretended, "key": self.catalogue.keys})
        return known.filter(pl.col("series_id").is_in(series_ids.implode()))

    @property
    def _ids_or_pretended(self) -> npt.NDArray[np.int64]:
        ids = self.catalogue.ids
        return np.where(ids == NO_SERIES, PRETENDED + np.arange(len(ids)), ids)

    def _by_id(self) -> tuple[pl.Series, npt.NDArray[np.int64]]:
        """Series ids in order, and how many observations each piece of work on them has to look at."""
        ids = self._ids_or_pretended
        order = np.argsort(ids)
        delivered = self.spool.rows_by_slot(len(ids))[order]
        ordered = pl.Series("series_id", ids[order])
        return ordered, np.maximum(delivered, self._stored(ordered)) + 1

    def _stored(self, ids: pl.Series) -> npt.NDArray[np.int64]:
        if not len(ids):
            return np.zeros(0, dtype=np.int64)
        scope = scope_of(ids) if len(ids) < LOOK_UP_BELOW else whole_flow(self.structure.dataflow_id)
        sizes = ids.to_frame().join(extents.sizes(scope), on="series_id", how="left", maintain_order="left")
        return sizes["observations"].fill_null(0).to_numpy()


def _empty_where_deleted() -> list[pl.Expr]:
    return [
        pl.when("deleted").then(pl.lit(NOTHING[name])).otherwise(name).cast(kind).alias(name)
        for name, kind in CONTENT.items()
    ]
