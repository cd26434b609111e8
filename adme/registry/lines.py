"""Items of lists as lines of a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from adme.lib.texts import text_in
from adme.registry.usage import CodeUse
from adme.structures.drafting import ItemContent


@dataclass(frozen=True)
class Line:
    """One code or concept with what hangs on it."""

    item: ItemContent
    use: CodeUse = field(default_factory=CodeUse)

    @property
    def title(self) -> str:
        """The name in the reader's language; "" where it has none."""
        return text_in(self.item["name"])

    @property
    def languages(self) -> str:
        """In which languages it has a name: en, th."""
        return ", ".join(sorted(self.item["name"]))
