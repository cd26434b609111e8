"""What the store must do, as slowly and as plainly as it can be said: dictionaries, and one rule.

The truth about a cell at an instant is what the newest release brought that had gone live by then and was not
withdrawn by then. Shares no code with the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Cell = tuple[str, str]


@dataclass
class ModelRelease:
    """`cells` maps a cell to its content; None deletes it."""

    name: int
    instant: int
    cells: dict[Cell, Any]
    withdrawn: int | None = None
    live: bool = False


@dataclass
class Model:
    """The public clock and the releases that were not cancelled or concealed."""

    clock: int = 0
    releases: list[ModelRelease] = field(default_factory=list)

    def truth(self, at: int) -> dict[Cell, Any]:
        """What is true at an instant, whether that has come or not."""
        found: dict[Cell, Any] = {}
        for release in sorted(self.releases, key=lambda one: one.instant):
            if release.instant <= at and (release.withdrawn is None or release.withdrawn > at):
                found.update(release.cells)
        return {cell: content for cell, content in found.items() if content is not None}

    def public(self, at: int) -> dict[Cell, Any]:
        """What a reader sees who asks as of an instant."""
        return self.truth(min(at, self.clock))

    def release(self, name: int, instant: int, cells: dict[Cell, Any], *, now: bool) -> None:
        self.releases.append(ModelRelease(name, instant, dict(cells)))
        if now:
            self.go_live(instant)

    def go_live(self, clock: int) -> None:
        """What says at its instant what was true just before does not count as delivered."""
        self.clock = clock
        for release in sorted(self.releases, key=lambda one: one.instant):
            if release.instant <= clock and not release.live:
                before = self.truth(release.instant - 1)
                release.cells = {c: v for c, v in release.cells.items() if before.get(c) != v}
                release.live = True

    def cancel(self, name: int) -> None:
        self.releases.remove(self.named(name))

    def move(self, name: int, instant: int) -> None:
        self.named(name).instant = instant

    def withdraw(self, name: int, instant: int, *, conceal: bool) -> None:
        if conceal:
            self.releases.remove(self.named(name))
        else:
            self.named(name).withdrawn = instant
        self.clock = instant

    def named(self, name: int) -> ModelRelease:
        return next(one for one in self.releases if one.name == name)
