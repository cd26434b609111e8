"""What other rooms may ask of the store itself. Published data are asked of `releases`."""

from __future__ import annotations

from adme.observations.models import PublicClock


def clock_instant() -> int:
    """The newest release instant that has gone live; 0 before the first."""
    return PublicClock.objects.filter(pk=1).values_list("instant", flat=True).first() or 0
