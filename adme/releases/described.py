"""Whether what a release brings is described: the gate of metadata, asked about exactly the indicators in its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from adme.indicators.gate import require_metadata
from adme.indicators.models import Metadataflow
from adme.observations.actions.record import Rows
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

DELETE = "D"


@contextmanager
def watched(dataflow: Dataflow, rows: Rows) -> Iterator[Rows]:
    """The rows, to be stored inside the block; at its end MetadataIncomplete where the gate is on and refuses them.

    Rows pass once, in chunks, and may be many: the codes are noted on their way, and the refusal comes after, in the
    transaction that it undoes. Deletions bring no figures and ask for nothing.
    """
    if not Metadataflow.objects.filter(dataflow=dataflow, gated=True).exists():
        yield rows
        return
    dimension = structure_of(dataflow).dimension[dataflow.indicator_dimension]
    seen: set[int] = set()

    def passing() -> Iterator[pl.DataFrame]:
        for frame in [rows] if isinstance(rows, pl.DataFrame) else rows:
            kept = frame.filter(pl.col("action") != DELETE) if "action" in frame.columns else frame
            seen.update(kept.get_column(dimension.column).unique().to_list())
            yield frame

    yield passing()
    code_of = {number: code for code, number in dimension.codes.items()}
    require_metadata(dataflow, [code_of[number] for number in seen])
