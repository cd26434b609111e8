"""Which frozen file shows a dataflow as it stood at an instant."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import Max, Q

from adme.releases.models import FrozenFile, ReleasePart
from adme.structures.models import Dataflow


def state_instant(dataflow: Dataflow, as_of: int) -> int | None:
    """The latest instant up to `as_of` at which the dataflow's public state changed; None before the first."""
    parts = ReleasePart.objects.filter(
        dataflow=dataflow, release__cancelled_at__isnull=True, release__concealed=False, release__instant__lte=as_of
    )
    withdrawn = Q(release__withdrawn_instant__lte=as_of)
    found = parts.aggregate(
        released=Max("release__instant"), withdrawn=Max("release__withdrawn_instant", filter=withdrawn)
    )
    return max((instant for instant in found.values() if instant is not None), default=None)


def file_at(dataflow: Dataflow, as_of: int) -> Path | None:
    """The file of the dataflow's public state at `as_of`, where it has been made and lies in its place."""
    instant = state_instant(dataflow, as_of)
    if instant is None:
        return None
    name = FrozenFile.objects.filter(dataflow=dataflow, instant=instant).values_list("file", flat=True).first()
    if name is None:
        return None
    path: Path = settings.FROZEN_DIR / name
    return path if path.is_file() else None
