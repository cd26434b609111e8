"""How the codes of a series key are read: which one is the indicator, which the area, which a breakdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adme.portal.breakdowns import Combination


@dataclass(frozen=True)
class KeyLayout:
    """The dimensions of one dataflow, in position order, by what they mean to a reader."""

    dimensions: tuple[str, ...]
    indicator: str
    area: str

    @property
    def breakdowns(self) -> tuple[str, ...]:
        """The dimensions besides indicator and area, in position order."""
        return tuple(d for d in self.dimensions if d not in (self.indicator, self.area))

    def taken_apart(self, key: str) -> tuple[str, str, Combination]:
        """A key's indicator code, area code and combination of breakdown codes. ValueError when it is no such key."""
        codes = key.split(".")
        if len(codes) != len(self.dimensions):
            raise ValueError(f"{key!r} has {len(codes)} codes for {len(self.dimensions)} dimensions.")
        named = dict(zip(self.dimensions, codes, strict=True))
        return named[self.indicator], named[self.area], tuple(named[d] for d in self.breakdowns)

    def key(
        self, indicators: Iterable[str], combination: Mapping[str, Sequence[str]], areas: Iterable[str] = ()
    ) -> dict[str, list[str]]:
        """What `releases.queries.select` is asked for: dimension → codes; a dimension left out means all its codes."""
        wanted = {d: list(codes) for d, codes in combination.items() if codes}
        wanted[self.indicator] = list(indicators)
        if chosen := list(areas):
            wanted[self.area] = chosen
        return wanted

    def named(self, combination: Combination) -> dict[str, list[str]]:
        """A combination as dimension → its one code."""
        return {d: [code] for d, code in zip(self.breakdowns, combination, strict=True)}

    def key_text(self, key: Mapping[str, Sequence[str]]) -> str:
        """The same as the API writes it: “SI_POV_DAY1.*._T”. `*`, and what is left out at the end, means all."""
        parts = ["+".join(key.get(d, ())) or "*" for d in self.dimensions]
        while len(parts) > 1 and parts[-1] == "*":
            parts.pop()
        return ".".join(parts)
