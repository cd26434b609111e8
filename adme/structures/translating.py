"""One text of a column into one code: the rule that coding applies to each different text once."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

from adme.structures.mapping import BY_NAME, Column, Translation
from adme.structures.structure_view import CodeListView

__all__ = ["BLANKS", "Fault", "Translate", "codes_by_name", "lookup_of", "read_packed", "transformed", "translator"]

BLANKS = " \t\r\n\u00a0\u2009\u202f\u3000\ufeff"


class Fault(NamedTuple):
    """Why a text has no code: a rule of `problems`, the text to blame, and what the rule's words mention."""

    rule: str
    value: str
    about: str = ""
    detail: str = ""


def codes_by_name(code_list: CodeListView) -> dict[str, str]:
    """The name of each code in each language, without regard to capitals → code id; names of two codes are left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for code in code_list.items:
        for name in {name.strip().casefold() for name in code.name.values()}:
            if found.setdefault(name, code.code_id) != code.code_id:
                twice.add(name)
    return {name: code_id for name, code_id in found.items() if name not in twice}


def lookup_of(translation: Translation, code_list: CodeListView | None) -> Callable[[str], str | None]:
    """What finds the code id of a transformed text; without a code list every text is its own."""
    if code_list is None:
        return lambda text: text
    if translation.written_as == BY_NAME:
        names = codes_by_name(code_list)
        return lambda text: names.get(text.casefold())
    if translation.written_as:
        aliases = code_list.written_as(translation.written_as)
        return aliases.get
    codes = code_list.codes
    return lambda text: text if text in codes else None


def transformed(text: str, translation: Translation) -> str:
    """The text after `before`, `strip`, `replace` and `upper`, in this order."""
    if translation.before:
        text = text.partition(translation.before)[0].strip(BLANKS)
    if translation.strip:
        text = text.removeprefix(translation.strip)
    for old, new in translation.replace:
        text = text.replace(old, new)
    return text.upper() if translation.upper else text


Translate = Callable[[str], str | None | Fault]


def translator(
    column: Column, code_list: CodeListView | None, absent: str | None, *, required: bool = False
) -> Translate:
    """What turns a cell's text into a code id (or free text), None (empty, and nothing stands for that) or a Fault.

    `absent` stands for an empty cell where the column itself says nothing and the code list has it. `required`: an
    empty cell that nothing stands for is a Fault.
    """
    translation = column.translation
    table: Mapping[str, str] = dict(translation.table)
    find = lookup_of(translation, code_list)
    empty: str | None | Fault = column.absent or None
    if column.absent is None and absent is not None and code_list is not None and absent in code_list.codes:
        empty = absent
    if empty is None and required:
        empty = Fault("code.empty", "", column.target)

    def translate(text: str) -> str | None | Fault:
        bare = text.strip(BLANKS)
        if bare in table:
            return table[bare]
        if not bare:
            return empty
        found = find(transformed(bare, translation))
        return found if found is not None else Fault("code.unknown", bare, column.target)

    return translate


def read_packed(
    column: Column, translators: Mapping[str, Translate]
) -> Callable[[str], dict[str, str | None] | list[Fault]]:
    """What takes a packed cell apart: component → code id (None where its name is not there), or what is wrong.

    `translators` are by the name of the part, as it stands in the cell.
    """
    targets = {part.name: part.target for part in column.parts}

    def read(text: str) -> dict[str, str | None] | list[Fault]:
        given, faults = _pieces(text, column, targets)
        parts = {name: translators[name](given.get(name, "")) for name in targets}
        faults += [_within(name, fault) for name, fault in parts.items() if isinstance(fault, Fault)]
        if faults:
            return faults
        return {targets[name]: code for name, code in parts.items() if not isinstance(code, Fault)}

    def _within(name: str, fault: Fault) -> Fault:
        return fault._replace(value=f"{name}{column.equals}{fault.value}")

    return read


def _pieces(text: str, column: Column, names: Container[str]) -> tuple[dict[str, str], list[Fault]]:
    given: dict[str, str] = {}
    faults = []
    for piece in text.strip(BLANKS).split(column.between):
        if not piece.strip(BLANKS):
            continue
        name, mark, value = (part.strip(BLANKS) for part in piece.partition(column.equals))
        if not mark:
            faults.append(Fault("packed.unreadable", piece, column.equals))
        elif name not in names:
            faults.append(Fault("packed.name-unknown", piece, name))
        elif name in given:
            faults.append(Fault("packed.name-twice", piece, name))
        else:
            given[name] = value
    return given, faults
