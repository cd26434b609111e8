"""What the mapping page shows for each column of a file: the choices there are, and the one that stands.

Plain values made from the declaration, the facts about the file and the structure; `mapping_form` reads them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from adme.lib.tabular.facts import SheetFacts
from adme.structures.fitting import period_headers
from adme.structures.mapping import BY_NAME, Column, Kind, MappingDeclaration, Translation
from adme.structures.structure_view import StructureView

Choice = tuple[str, str]
SAMPLES = 4
SMALL_LIST = 40
"""A code list of up to so many codes is offered as a menu, a longer one as a box with suggestions."""


@dataclass(frozen=True)
class TextBox:
    """A text of the file and the code that stands for it; empty while nobody has said."""

    index: int
    text: str
    code: str
    count: int = 0


@dataclass(frozen=True)
class CodesBox:
    """How the texts of one column (or packed name) become codes of one list."""

    component: str
    title: str
    list_id: str
    codes: tuple[Choice, ...]
    is_small: bool
    written: tuple[Choice, ...]
    translation: Translation
    absent: str
    texts: tuple[TextBox, ...]

    @property
    def has_details(self) -> bool:
        """Whether anything but plain codes is said."""
        plain = Translation(table=self.translation.table, written_as=self.translation.written_as)
        return self.translation != plain


@dataclass(frozen=True)
class PartBox:
    """One name inside a packed column."""

    index: int
    name: str
    use: str
    codes: CodesBox | None


@dataclass(frozen=True)
class ColumnBox:
    """One column of the file."""

    index: int
    name: str
    samples: tuple[str, ...]
    use: str
    why: str
    codes: CodesBox | None = None
    fixed: str = ""
    between: str = ";"
    equals: str = "="
    parts: tuple[PartBox, ...] = ()
    missing: bool = False

    @property
    def undecided(self) -> bool:
        """Whether nobody has said what it is."""
        return not self.use


@dataclass(frozen=True)
class ConstantBox:
    """A dimension or attribute that no column fills, and what stands for it in every row."""

    component: str
    title: str
    value: str
    codes: tuple[Choice, ...]
    is_small: bool
    list_id: str
    required: bool


@dataclass(frozen=True)
class Boxes:
    """Everything on the page that depends on the columns."""

    columns: tuple[ColumnBox, ...]
    periods: tuple[str, ...]
    constants: tuple[ConstantBox, ...]
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @property
    def undecided(self) -> list[ColumnBox]:
        """Columns that nobody has said anything about."""
        return [box for box in self.columns if box.undecided]


def use_of(column: Column | None) -> str:
    """The value of the menu that says what a column is."""
    if column is None:
        return ""
    if column.kind is Kind.DIMENSION:
        return f"dimension:{column.target}"
    if column.kind is Kind.ATTRIBUTE:
        return f"attribute:{column.target}"
    if column.kind is Kind.VALUE and column.fixed:
        return "value-of"
    return column.kind.value


def uses_for(structure: StructureView) -> list[tuple[str, list[Choice]]]:
    """What a column can be, in groups."""
    return [
        (
            _("Figures"),
            [
                ("value", _("the value")),
                ("value-of", _("the value of one indicator")),
                ("time", _("the period")),
            ],
        ),
        (_("Dimensions"), [(f"dimension:{one.id}", f"{one.title} ({one.id})") for one in structure.dimensions]),
        (_("Attributes"), [(f"attribute:{one.id}", f"{one.title} ({one.id})") for one in structure.attributes]),
        (
            _("Other"),
            [
                ("packed", _("several things packed into one cell")),
                ("ignore", _("not needed")),
                ("action", _("the action of SDMX-CSV")),
                ("structure", _("the kind of structure, of SDMX-CSV")),
                ("structure_id", _("the name of the structure, of SDMX-CSV")),
            ],
        ),
    ]


def part_uses_for(structure: StructureView) -> list[tuple[str, list[Choice]]]:
    """What a packed name can be."""
    return [group for group in uses_for(structure) if group[0] in (_("Dimensions"), _("Attributes"))]


class BoxMaker:
    """Makes the boxes of one page."""

    def __init__(
        self,
        declaration: MappingDeclaration,
        sheet: SheetFacts,
        structure: StructureView,
        *,
        reasons: Mapping[str, str],
        unknown: Mapping[str, Sequence[tuple[str, int]]],
    ) -> None:
        """`reasons` says why a column was suggested so; `unknown` has texts without a code, by column, with counts."""
        self.declaration = declaration
        self.sheet = sheet
        self.structure = structure
        self.reasons = reasons
        self.unknown = unknown
        self.lists = structure.code_lists
        self.titles = {one.id: one.title for one in structure.components}
        self.shown_lists: dict[str, tuple[Choice, ...]] = {}

    def boxes(self) -> Boxes:
        """All of them: columns of the file in its order, then those that only the mapping knows."""
        declared = {column.name: column for column in self.declaration.columns}
        wide = period_headers(self.declaration, self.sheet.columns)
        columns: list[ColumnBox] = []
        for place, name in enumerate(self.sheet.columns):
            if name in wide:
                continue
            columns.append(self._column(len(columns), name, declared.pop(name, None), self._samples(place)))
        for name, column in declared.items():
            if name not in self.sheet.columns and column.kind is not Kind.IGNORE:
                columns.append(self._column(len(columns), name, column, (), missing=True))
        constants = tuple(self._constants())
        return Boxes(tuple(columns), tuple(wide), constants, self.shown_lists)

    def _samples(self, place: int) -> tuple[str, ...]:
        found: list[str] = []
        for row, cells in self.sheet.preview:
            text = cells[place] if place < len(cells) else None
            if row > self.declaration.dialect.header_row and text and text not in found:
                found.append(text)
        return tuple(found[:SAMPLES])

    def _column(
        self, index: int, name: str, column: Column | None, samples: tuple[str, ...], *, missing: bool = False
    ) -> ColumnBox:
        use = use_of(column)
        fixed = dict(column.fixed).get(self.structure.indicator_dimension, "") if column else ""
        if use == "value-of":
            self._shown(self.structure.indicator_dimension)
        return ColumnBox(
            index=index,
            name=name,
            samples=samples,
            use=use,
            why=(column.why if column else "") or self.reasons.get(name, ""),
            codes=self._codes(column) if column and column.kind in (Kind.DIMENSION, Kind.ATTRIBUTE) else None,
            fixed=fixed,
            between=column.between if column else ";",
            equals=column.equals if column else "=",
            parts=self._parts(column, samples) if column and column.kind is Kind.PACKED else (),
            missing=missing,
        )

    def _parts(self, column: Column, samples: Sequence[str]) -> tuple[PartBox, ...]:
        known = {part.name: part for part in column.parts}
        names = [*known, *(name for name in packed_names(samples, column) if name not in known)]
        return tuple(self._part(index, name, known.get(name)) for index, name in enumerate(names))

    def _part(self, index: int, name: str, part: Column | None) -> PartBox:
        return PartBox(index, name, use_of(part), self._codes(part) if part else None)

    def _codes(self, column: Column) -> CodesBox | None:
        code_list = self.lists.get(column.target)
        if code_list is None:
            return None
        codes = self._shown(column.target)
        written = [("", _("codes as in the list")), *((name, name) for name in code_list.schemes)]
        written.append((BY_NAME, _("names of the codes")))
        return CodesBox(
            component=column.target,
            title=self.titles.get(column.target, column.target),
            list_id=column.target,
            codes=codes,
            is_small=len(codes) <= SMALL_LIST,
            written=tuple(written),
            translation=column.translation,
            absent=column.absent or "",
            texts=self._texts(column),
        )

    def _texts(self, column: Column) -> tuple[TextBox, ...]:
        said = dict(column.translation.table)
        open_texts = {text: count for text, count in self.unknown.get(column.name, ()) if text not in said}
        pairs = [*((text, code, 0) for text, code in said.items()), *((text, "", n) for text, n in open_texts.items())]
        return tuple(TextBox(index, text, code, count) for index, (text, code, count) in enumerate(pairs))

    def _shown(self, component: str) -> tuple[Choice, ...]:
        code_list = self.lists.get(component)
        if code_list is None:
            return ()
        if component not in self.shown_lists:
            self.shown_lists[component] = tuple((code.code_id, code.title) for code in code_list.items)
        return self.shown_lists[component]

    def _constants(self) -> list[ConstantBox]:
        """Each component that no column fills."""
        filled = {component for component, _column in self.declaration.filled()}
        constants = dict(self.declaration.constants)
        by_column = filled - set(constants)
        required = {one.id for one in self.structure.dimensions}
        required |= {one.id for one in self.structure.attributes if one.required}
        found = []
        for component, title in self.titles.items():
            if component in by_column:
                continue
            codes = self._shown(component)
            found.append(
                ConstantBox(
                    component=component,
                    title=title,
                    value=constants.get(component, ""),
                    codes=codes,
                    is_small=0 < len(codes) <= SMALL_LIST,
                    list_id=component if codes else "",
                    required=component in required,
                )
            )
        return found


def packed_names(samples: Sequence[str], column: Column) -> list[str]:
    """The names that stand in packed cells, in the order in which they come."""
    names: dict[str, None] = {}
    for text in samples:
        for piece in text.split(column.between):
            name, mark, _value = piece.partition(column.equals)
            if mark and name.strip():
                names[name.strip()] = None
    return list(names)
