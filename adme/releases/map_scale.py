"""Classes of a map: round boundaries that a reader can say aloud, one hue, or two with the break at the target."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.lib.page import reading
from adme.releases import chart_frame as frame

SEQUENTIAL = ("#E3EDF2", "#C3D9E4", "#97BCD0", "#6399B6", "#2F7599", "#0B4A6C")
COOL = ("#D5E4EC", "#9CC0D3", "#5590B0", "#0B5A83")
WARM = ("#F3D9CC", "#E2A789", "#C9714B", "#9C3B17")
MOST_DIVERGING = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One class of a map: its CSS class, its colour, whether words on it are light."""

    name: str
    colour: str
    light_words: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Boundaries between classes, ascending; a value equal to a boundary belongs to the class above it."""

    breaks: tuple[float, ...]
    steps: tuple[Step, ...]
    target: float | None = None

    def step_of(self, value: float) -> Step:
        """The class of a value."""
        return self.steps[bisect.bisect_right(self.breaks, value)]

    def labels(self) -> tuple[str, ...]:
        """The boundaries in words."""
        decimals = max((reading.places(float(f"{each:.9g}")) for each in self.breaks), default=0)
        return tuple(reading.number(each, decimals) for each in self.breaks)


def scale_for(
    values: Sequence[float], *, steps: int = 6, target: float | None = None, higher_is_better: bool | None = None
) -> Scale:
    """A scale for these values: `steps` classes of one hue, or up to seven of two hues that part at `target`.

    Boundaries are round; strongly skewed values get 1–2–5 boundaries. The warm side is the one that misses the target.
    """
    if not values:
        return Scale((), (_sequential(1)[0],))
    if target is not None and min(values) < target < max(values):
        return _diverging(values, target, warm_above=higher_is_better is not True)
    breaks = _skewed(values, steps) if _is_skewed(values) else _even(values, steps)
    return Scale(breaks, _sequential(len(breaks) + 1))


def _is_skewed(values: Sequence[float]) -> bool:
    ordered = sorted(values)
    return ordered[0] > 0 and ordered[-1] / ordered[len(ordered) // 2] > 6


def _even(values: Sequence[float], steps: int) -> tuple[float, ...]:
    low, high = min(values), max(values)
    wanted = steps
    while wanted > 1:
        inner = tuple(tick for tick in frame.nice_ticks(low, high, wanted) if low < tick < high)
        if len(inner) < steps:
            return inner
        wanted -= 1
    return ()


def _skewed(values: Sequence[float], steps: int) -> tuple[float, ...]:
    low, high = min(values), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inner: list[float] = []
    for factors in ((1, 2, 5), (1, 3), (1,)):
        inner = [f * 10.0**power for power in powers for f in factors if low < f * 10.0**power < high]
        if len(inner) < steps:
            break
    return tuple(float(f"{each:.9g}") for each in inner[-(steps - 1) :])


def _sequential(count: int) -> tuple[Step, ...]:
    """`count` of the six colours, the ends always among them (one class: the middle)."""
    if count == 1:
        chosen = [2]
    else:
        chosen = [round(index * 5 / (count - 1)) for index in range(count)]
    return tuple(Step(f"q{index + 1}", SEQUENTIAL[index], index >= 4) for index in chosen)


def _diverging(values: Sequence[float], target: float, *, warm_above: bool) -> Scale:
    low, high = min(values), max(values)
    step = frame.nice_step(high - low, MOST_DIVERGING - 1)
    while True:
        below = max(1, math.ceil((target - low) / step))
        above = max(1, math.ceil((high - target) / step))
        if below + above <= MOST_DIVERGING and max(below, above) <= len(WARM):
            break
        step = frame.nice_step(step * 12, 6)
    breaks = tuple(float(f"{target + step * index:.9g}") for index in range(1 - below, above))
    upper, lower = ("w", "c") if warm_above else ("c", "w")
    steps = [_side(lower, index) for index in reversed(range(below))] + [_side(upper, index) for index in range(above)]
    return Scale(breaks, tuple(steps), target)


def _side(side: str, index: int) -> Step:
    colours = WARM if side == "w" else COOL
    return Step(f"{side}{index + 1}", colours[index], index == 3)


def legend_words(scale: Scale) -> str:
    """What the break means, where there is a target."""
    if scale.target is None:
        return ""
    return _("colours part at the target, %(target)s") % {"target": reading.number(scale.target)}
