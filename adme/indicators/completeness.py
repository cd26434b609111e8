"""How complete a report is, by one rule: the share of attributes that say something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


class Asked(Protocol):
    """What the rule needs to know of an attribute."""

    @property
    def attribute_id(self) -> str: ...
    @property
    def heading(self) -> bool: ...
    @property
    def required(self) -> bool: ...


@dataclass(frozen=True)
class Completeness:
    """Of the `asked` attributes, headings apart, `filled` say something; of the required ones all but `missing`."""

    filled: int
    asked: int
    required: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where nothing is asked."""
        return self.filled / self.asked if self.asked else 1.0

    @property
    def required_filled(self) -> int:
        """How many of the required attributes say something."""
        return self.required - len(self.missing)

    @property
    def per_cent(self) -> int:
        """The share in whole per cent, rounded down: 100 means that nothing is missing."""
        return int(100 * self.share)


def completeness(attributes: Iterable[Asked], filled: Collection[str]) -> Completeness:
    """The score of a report in which the attributes `filled` (ids) say something in any language."""
    asked = [one for one in attributes if not one.heading]
    needed = [one.attribute_id for one in asked if one.required]
    return Completeness(
        filled=sum(one.attribute_id in filled for one in asked),
        asked=len(asked),
        required=len(needed),
        missing=tuple(name for name in needed if name not in filled),
    )
