"""Names of columns out of the row that holds the headings. Pure; runs in the limited child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adme.lib.tabular.cells import column_letters
from adme.lib.tabular.sheet import Trouble

RESERVED = "row"
"""The table's own column, which holds the row's number; a column of the file that is called so gets its letter too."""


class Heading(NamedTuple):
    """``names`` of the columns from the first to the last that has one; ``width`` counts cells of the row itself."""

    row: int
    names: tuple[str, ...]
    width: int
    troubles: tuple[Trouble, ...]


def heading_of(cells: Sequence[str | None], row: int) -> Heading:
    """Every column with a name of its own: empty and repeated ones are told apart by their letter."""
    bare = [" ".join((cell or "").split()) for cell in cells]
    while bare and not bare[-1]:
        bare.pop()
    names: list[str] = []
    troubles: list[Trouble] = []
    taken = {RESERVED}
    for index, text in enumerate(bare):
        lettered = f"{text} (column {column_letters(index)})".lstrip()
        name = text if text and text not in taken else lettered
        if not text or text in names:
            troubles.append(Trouble("repeated_heading" if text else "empty_heading", row, index, text))
        while name in taken:
            name += "*"  # somebody called a column "Value (column C)" himself
        taken.add(name)
        names.append(name)
    return Heading(row, tuple(names), len(cells), tuple(troubles))


def lettered_heading(width: int) -> Heading:
    """A, B, C, … for a table without headings."""
    return Heading(0, tuple(column_letters(index) for index in range(width)), width, ())
