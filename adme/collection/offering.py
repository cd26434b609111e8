"""What is approved and in no release, for the provisional views of staff (`releases.approved`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from adme.collection.errors import DraftAltered
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.releases.errors import NotAsApproved
from adme.structures.structure_view import StructureView


def approved_rows(structures: Sequence[StructureView]) -> Iterator[tuple[StructureView, pl.DataFrame]]:
    """The rows that were approved of some dataflows and that no release holds, in the order of approval.

    One query. NotAsApproved where the rows are no longer on disk as they were approved.
    """
    of_flow = {structure.dataflow_id: structure for structure in structures}
    waiting = Submission.objects.to_release().filter(dataflow__in=list(of_flow))
    for flow, digest in waiting.order_by("reviewed_at", "pk").values_list("dataflow_id", "approved_digest"):
        try:
            frames = DRAFTS.frames(digest)
        except DraftAltered as altered:
            raise NotAsApproved from altered
        for frame in frames:
            yield of_flow[flow], frame
