"""Places on a page that rooms above may fill, by address: the page knows the slot and nobody who fills it.

A filler gives a link about a thing, or None. The page draws it as a link that htmx turns into a fragment of that
address; without scripts it stays a link. A slot that nobody fills draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from adme.lib.page.shell import Link

Filler = Callable[..., Link | None]

KPI_RELATED: Final = "kpi.related"
"""What is related to a KPI, such as activities: asked with `framework` (slug) and `part` (uid)."""

SLOTS: Final = (KPI_RELATED,)

_fillers: dict[str, list[Filler]] = {}


def fill(slot: str, filler: Filler) -> None:
    """Fill a slot: once, when the programme starts (`AppConfig.ready`). KeyError for a slot that no page has."""
    if slot not in SLOTS:
        raise KeyError(slot)
    _fillers.setdefault(slot, []).append(filler)


def links_for(slot: str, **about: str) -> list[Link]:
    """What fills a slot for one thing, in the order in which rooms started."""
    return [link for filler in _fillers.get(slot, ()) if (link := filler(**about)) is not None]
