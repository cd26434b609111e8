"""What is approved and in no release, for the provisional views of staff (`releases.approved`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.structures.structure_view import StructureView


def approved_rows(structures: Sequence[StructureView]) -> Iterator[tuple[StructureView, pl.DataFrame]]:
    """The rows that were approved of some dataflows and that no release holds, in the order of approval.

    One query. DraftAltered where the rows are no longer on disk as they were approved.
    """
    of_flow = {structure.dataflow_id: structure for structure in structures}
    waiting = Submission.objects.to_release().filter(dataflow__in=list(of_flow))
    for flow, digest in waiting.order_by("reviewed_at", "pk").values_list("dataflow_id", "approved_digest"):
        for frame in DRAFTS.frames(digest):
            yield of_flow[flow], frame
