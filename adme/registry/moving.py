"""One code for another: first a delivery moves its figures, which is brought in and released; then the codes merge."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.utils.translation import gettext as _

from adme.lib import clock
from adme.lib.sdmx_messages.csv_data import csv_message
from adme.lib.sdmx_messages.shape import FlowData, Part
from adme.registry.usage import places_with_figures
from adme.releases.exports import flow_shape
from adme.releases.frozen_frames import text_frames
from adme.releases.queries import select
from adme.structures import drafting
from adme.structures.actions.drafts import newest_of
from adme.structures.errors import StructureRefused
from adme.structures.models import CodeList, Dataflow, Draft


def merged_content(draft: Draft, item_id: str, into: str) -> drafting.Content:
    """What the draft says once `item_id` has given way to `into`. StructureRefused while figures hang on it."""
    newest = newest_of(draft)
    places = places_with_figures(newest, item_id) if isinstance(newest, CodeList) else []
    if places:
        flows = sorted({place.flow.reference for place in places})
        raise StructureRefused(
            _("Figures hang on “%(code)s”, in: %(flows)s.") % {"code": item_id, "flows": ", ".join(flows)},
            _("They cannot be put under another code here: what was published stays as it was published."),
            _(
                "Take the file that moves them from “%(old)s” to “%(new)s” from the page of the code, and bring it in; "
                "once it is released, merge the codes here."
            )
            % {"old": item_id, "new": into},
        )
    return drafting.merged(draft.content, item_id, into, valid_to=clock.now().date())


def moving_message(dataflow: Dataflow, dimension: str, old: str, new: str) -> Iterator[bytes]:
    """The message in chunks: one row that deletes everything under `old`, then its public figures under `new`.

    Where `new` has a figure of its own for the same place and period, that one stays, and none is sent. Only what is
    public now is in it; the public figures of `new` are held in memory as keys.
    """
    shape = flow_shape(dataflow, "en")
    columns = list(shape.columns)
    keys = [*(part.id for part in shape.dimensions), shape.time.id]
    own = [frame.select(keys) for frame in text_frames(select(dataflow, {dimension: [new]}), columns)]
    there = pl.concat(own) if own else pl.DataFrame(schema=dict.fromkeys(keys, pl.String))
    texts = dict.fromkeys(columns, pl.String)
    everything = pl.DataFrame({name: [old if name == dimension else None] for name in columns}, schema=texts)
    moved = _moved(dataflow, dimension, old, new, there)
    yield from csv_message([FlowData(shape, [Part([everything], "Delete"), Part(moved, "Merge")])])


def _moved(dataflow: Dataflow, dimension: str, old: str, new: str, there: pl.DataFrame) -> Iterator[pl.DataFrame]:
    columns = list(flow_shape(dataflow, "en").columns)
    for frame in text_frames(select(dataflow, {dimension: [old]}), columns):
        renamed = frame.with_columns(pl.lit(new).alias(dimension))
        yield renamed.join(there, on=there.columns, how="anti", maintain_order="left")
