"""What a file seems to be: a mapping proposed by headings and by how many values are codes, each with its reason.

A proposal decides nothing. What the file does not say (a comma that may be a decimal mark, a dimension that no column
holds) comes back as an open question, which the page asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.lib import numbers, periods
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.facts import FileFacts, SheetFacts
from adme.structures.mapping import (
    BLANK_REFUSED,
    BLANK_SKIPPED,
    BY_NAME,
    PERIOD_MARK,
    Column,
    Kind,
    MappingDeclaration,
    Translation,
    WideForm,
    period_in_header,
)
from adme.structures.sdmx_csv import declaration_for_message, declaration_for_sdmx_csv, is_sdmx_csv
from adme.structures.structure_view import CodeListView, StructureView
from adme.structures.translating import BLANKS, lookup_of, transformed

__all__ = ["OpenQuestion", "Suggested", "suggest"]

ENOUGH = 0.8
"""So large a part of the different values must be codes before a column is taken for a dimension."""
FEW_YEARS = 3
MOST_ASKED = 50
NOT_APPLICABLE = "_Z"

_HEADINGS = {
    "REF_AREA": "ref_area area country geo region iso2 iso3 iso_a3 country_code location_code economy m49 state",
    "INDICATOR": "series indicator indicator_code series_code indicator_id variable",
    "TIME": "time_period time year period date tahun nam pi thun",
    "VALUE": "obs_value value observation_value amount figure nilai",
    "OBS_STATUS": "obs_status observation_status status flag flags",
    "CONF_STATUS": "conf_status confidentiality",
    "UNIT_MEASURE": "unit_measure unit units",
    "SEX": "sex gender",
    "AGE": "age age_group",
}
_WORDS = {role: frozenset(words.split()) for role, words in _HEADINGS.items()}
_FORMS = (PERIOD_MARK, f"{PERIOD_MARK} [*]", f"YR{PERIOD_MARK}", f"Y{PERIOD_MARK}", f"X{PERIOD_MARK}")
_PACKED = re.compile(r"[^=;]{1,60}=[^=;]*(;[^=;]{1,60}=[^=;]*)*;?")


@dataclass(frozen=True)
class OpenQuestion:
    """What a person must say: `about` is a heading, a component or a field of the dialect, `words` the question."""

    kind: str  # dialect, column, component, codes
    about: str
    words: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggested:
    """A proposal, why each column is proposed as it is (heading → reason), and what is still open."""

    declaration: MappingDeclaration
    reasons: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[OpenQuestion, ...] = ()


@dataclass
class _Seen:
    """One column of the sample: its heading in plain form, and its different texts without blanks."""

    name: str
    plain: str
    texts: list[str]


def suggest(
    facts: FileFacts, sample: pl.DataFrame | None, structure: StructureView, *, sheet: str | None = None
) -> Suggested:
    """Propose a declaration for a file. `sample` are rows of it as text; without one, the preview in `facts` serves."""
    table = facts.sheet(sheet)
    dialect = facts.dialect(sheet)
    seen = _seen(table, sample)
    header = [one.name for one in seen]
    open_dialect = tuple(_dialect_question(facts))
    if facts.is_message:
        return Suggested(declaration_for_message(structure))
    if is_sdmx_csv(header):
        declaration = declaration_for_sdmx_csv(header, structure, dialect)
        reason = _("SDMX-CSV says what its columns are.")
        return Suggested(declaration, {column.name: reason for column in declaration.columns}, ())
    proposal = _Proposal(structure, dialect)
    for one in seen:
        proposal.look_at(one)
    proposal.finish(seen)
    return Suggested(proposal.declaration(), proposal.reasons, (*open_dialect, *proposal.questions()))


def _seen(table: SheetFacts, sample: pl.DataFrame | None) -> list[_Seen]:
    if sample is not None:
        columns = {
            name: sample[name].cast(pl.String).to_list() for name in sample.columns if name not in ("row", "sheet")
        }
    else:
        rows = [cells for number, cells in table.preview if number > table.header_row]
        columns = {
            name: [cells[at] if at < len(cells) else None for cells in rows] for at, name in enumerate(table.columns)
        }
    return [
        _Seen(name, re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_"), _different(texts))
        for name, texts in columns.items()
    ]


def _different(texts: Sequence[str | None]) -> list[str]:
    stripped = ((text or "").strip(BLANKS) for text in texts)
    return list(dict.fromkeys(text for text in stripped if text))


def _dialect_question(facts: FileFacts) -> Iterator[OpenQuestion]:
    words = {
        "bytes_not_utf8": _("Which encoding is the file in?"),
        "several_separators": _("Which mark separates the columns?"),
        "ambiguous_numbers": _("Which mark is the decimal mark?"),
        "mixed_numbers": _("The numbers are written in more than one way. Which is the decimal mark?"),
        "digits_found": _("Which script are the digits in?"),
        "years_look_buddhist": _("Are the years counted by the Buddhist calendar?"),
    }
    for question in facts.questions:
        choices = tuple(candidate.value for candidate in question.candidates)
        yield OpenQuestion("dialect", question.field, words.get(question.reason, question.reason), choices)


class _Proposal:
    """Columns proposed so far. Each component is filled once: the first good column takes it."""

    def __init__(self, structure: StructureView, dialect: Dialect) -> None:
        self.structure = structure
        self.dialect = dialect
        self.columns: dict[str, Column] = {}
        self.reasons: dict[str, str] = {}
        self.constants: dict[str, str] = {}
        self.wide: WideForm | None = None
        self.wide_names: list[str] = []
        self.asked: list[OpenQuestion] = []

    def declaration(self) -> MappingDeclaration:
        """The proposal as it stands."""
        return MappingDeclaration(
            dataflow=self.structure.reference,
            dialect=self.dialect,
            columns=tuple(self.columns.values()),
            constants=tuple(self.constants.items()),
            wide=self.wide,
            blank=BLANK_SKIPPED if self.wide else BLANK_REFUSED,
        )

    def take(self, column: Column, reason: str) -> None:
        """Propose a column."""
        self.columns[column.name] = column
        self.reasons[column.name] = reason

    def look_at(self, seen: _Seen) -> None:
        """By heading first, by values next."""
        for way in (self._by_heading, self._packed, self._by_values):
            if seen.name not in self.columns:
                way(seen)

    def _target_by_heading(self, plain: str) -> str:
        """The component that a heading names: by id, by name, or by one of the usual words."""
        for component in self.structure.components:
            names = {component.id.casefold(), *(name.casefold().replace(" ", "_") for name in component.name.values())}
            if plain in names:
                return component.id
        usual = {
            "REF_AREA": self.structure.area_dimension,
            "INDICATOR": self.structure.indicator_dimension,
        }
        role = next((role for role, words in _WORDS.items() if plain in words), "")
        target = usual.get(role, role)
        known = target in self.structure.dimension or target in self.structure.attribute or target in ("TIME", "VALUE")
        return target if known else ""

    def _by_heading(self, seen: _Seen) -> None:
        plain = seen.plain
        if plain in _WORDS["TIME"] or plain == self.structure.time.casefold():
            self._time(seen, _("The heading says time."))
        elif plain in _WORDS["VALUE"] or plain == self.structure.measure.casefold():
            if not self._has(Kind.VALUE):
                self.take(Column(seen.name, Kind.VALUE), _("The heading says value."))
        elif target := self._target_by_heading(plain):
            self._component(seen, target)

    def _component(self, seen: _Seen, target: str) -> None:
        if target in self._filled():
            return
        code_list = self.structure.code_lists[target]
        kind = Kind.DIMENSION if target in self.structure.dimension else Kind.ATTRIBUTE
        if code_list is None:
            self.take(Column(seen.name, kind, target), _("The heading names %(target)s.") % {"target": target})
            return
        share, translation = _best(seen.texts, code_list)
        named = _("The heading names %(target)s.") % {"target": target}
        reason = _reason(target, share, translation, len(seen.texts)) if share >= ENOUGH else named
        self.take(Column(seen.name, kind, target, translation), reason)
        strange = [text for text in seen.texts if not _is_code(translation, code_list)(text)]
        if strange:
            words = _("Which codes of %(target)s are these values of “%(name)s”?")
            words %= {"target": target, "name": seen.name}
            self.asked.append(OpenQuestion("codes", seen.name, words, tuple(strange[:MOST_ASKED])))

    def _packed(self, seen: _Seen) -> None:
        if not seen.texts or not all(_PACKED.fullmatch(text) for text in seen.texts):
            return
        names = dict.fromkeys(
            piece.partition("=")[0].strip() for text in seen.texts for piece in text.split(";") if piece.strip()
        )
        parts = []
        for name in names:
            target = self._target_by_heading(re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_"))
            if target and target not in self._filled():
                kind = Kind.DIMENSION if target in self.structure.dimension else Kind.ATTRIBUTE
                parts.append(Column(name, kind, target, absent=self._absent(target)))
            else:
                self.asked.append(
                    OpenQuestion("column", seen.name, _("What is “%(name)s” in this column?") % {"name": name})
                )
        if parts:
            self.take(Column(seen.name, Kind.PACKED, parts=tuple(parts)), _("Every cell reads name=value."))

    def _absent(self, target: str) -> str | None:
        code_list = self.structure.code_lists[target]
        return NOT_APPLICABLE if code_list and NOT_APPLICABLE in code_list.codes else None

    def _by_values(self, seen: _Seen) -> None:
        best: tuple[float, str, Translation] = (0.0, "", Translation())
        for dimension in self.structure.dimensions:
            if dimension.id not in self._filled():
                share, translation = _best(seen.texts, dimension.code_list)
                best = max(best, (share, dimension.id, translation), key=lambda one: one[0])
        share, target, translation = best
        if target and share >= ENOUGH:
            column = Column(seen.name, Kind.DIMENSION, target, translation)
            self.take(column, _reason(target, share, translation, len(seen.texts)))

    def _time(self, seen: _Seen, reason: str) -> None:
        if not self._has(Kind.TIME) and _share(seen.texts, self._is_period) >= ENOUGH:
            self.take(Column(seen.name, Kind.TIME), reason)

    def _is_period(self, text: str) -> bool:
        try:
            periods.parse(text, calendar=self.dialect.calendar, digits=self.dialect.digits)
        except periods.PeriodNotRead:
            return False
        return True

    def finish(self, seen: list[_Seen]) -> None:
        """Periods in the heading, the value, dimensions that no column holds."""
        left = [one for one in seen if one.name not in self.columns]
        if not self._has(Kind.TIME):
            self._look_for_wide(left)
        left = [one for one in left if one.name not in self.wide_names]
        if not self._has(Kind.TIME) and self.wide is None:
            for one in left:
                self._time(one, _("Its values read as periods."))
        numeric = [one for one in left if one.name not in self.columns and _share(one.texts, _is_number) >= ENOUGH]
        if not self._has(Kind.VALUE) and self.wide is None and len(numeric) == 1:
            self.take(Column(numeric[0].name, Kind.VALUE), _("It is the only column of numbers that is left."))
        for one in left:
            if one.name not in self.columns:
                words = _("What is the column “%(name)s”, or may it be ignored?") % {"name": one.name}
                self.asked.append(OpenQuestion("column", one.name, words))
        self._fill_the_rest(seen)

    def _look_for_wide(self, left: list[_Seen]) -> None:
        for headers in _FORMS:
            form = WideForm(headers)
            texts = {one.name: period_in_header(one.name, form) for one in left}
            hits = [name for name, text in texts.items() if text and self._is_period(text)]
            if len(hits) >= FEW_YEARS:
                self.wide, self.wide_names = form, hits
                self.reasons |= dict.fromkeys(hits, _("The heading is a period."))
                return

    def _fill_the_rest(self, seen: list[_Seen]) -> None:
        for dimension in self.structure.dimensions:
            if dimension.id in self._filled():
                continue
            code, reason = self._constant(dimension.id, dimension.code_list, seen)
            if code:
                self.constants[dimension.id] = code
                self.reasons[dimension.id] = reason

    def _constant(self, target: str, code_list: CodeListView, seen: list[_Seen]) -> tuple[str, str]:
        if len(code_list.codes) == 1:
            return next(iter(code_list.codes)), _("It is the only code of the list.")
        if target == "FREQ":
            times = [one for one in seen if self.columns.get(one.name, Column("", Kind.IGNORE)).kind is Kind.TIME]
            texts = [text for one in times for text in one.texts if self._is_period(text)] or self._wide_texts(seen)
            found = {
                periods.frequency(periods.parse(text, calendar=self.dialect.calendar, digits=self.dialect.digits))
                for text in texts
            }
            if len(found) == 1 and (code := found.pop()) in code_list.codes:
                return code, _("Every period of the sample is of this frequency.")
        if NOT_APPLICABLE in code_list.codes:
            return NOT_APPLICABLE, _("No column holds it; the list has a code for what does not apply.")
        return "", ""

    def _wide_texts(self, seen: list[_Seen]) -> list[str]:
        if self.wide is None:
            return []
        found = (period_in_header(one.name, self.wide) for one in seen)
        return [text for text in found if text and self._is_period(text)]

    def questions(self) -> Iterator[OpenQuestion]:
        """What nobody has said yet."""
        yield from self.asked
        filled = self._filled()
        for dimension in self.structure.dimensions:
            if dimension.id not in filled:
                words = _("Which column holds %(name)s, or is it the same for every row?") % {"name": dimension.title}
                yield OpenQuestion("component", dimension.id, words)
        if not self._has(Kind.TIME) and self.wide is None:
            yield OpenQuestion("component", self.structure.time, _("Which column holds the time?"))
        if not self._has(Kind.VALUE) and self.wide is None:
            yield OpenQuestion("component", self.structure.measure, _("Which column holds the value?"))

    def _has(self, kind: Kind) -> bool:
        return any(column.kind is kind for column in self.columns.values())

    def _filled(self) -> set[str]:
        return {name for name, _column in self.declaration().filled()}


def _is_number(text: str) -> bool:
    return bool(numbers.readings(text))


def _share(texts: Sequence[str], good: Callable[[str], bool]) -> float:
    return sum(map(good, texts)) / len(texts) if texts else 0.0


def _best(texts: Sequence[str], code_list: CodeListView) -> tuple[float, Translation]:
    """The way of writing that makes codes of the most texts; plain codes win a tie."""
    ways = [
        Translation(),
        *(Translation(written_as=scheme) for scheme in code_list.schemes),
        Translation(written_as=BY_NAME),
    ]
    ways += [Translation(replace=((".", "_"),)), Translation(upper=True)]
    shares = [(_share(texts, _is_code(way, code_list)), way) for way in ways]
    return max(shares, key=lambda one: one[0])


def _is_code(way: Translation, code_list: CodeListView) -> Callable[[str], bool]:
    find = lookup_of(way, code_list)
    return lambda text: find(transformed(text, way)) is not None


def _reason(target: str, share: float, translation: Translation, count: int) -> str:
    words = ngettext(
        "%(percent)d %% of %(count)d different value is a code of %(target)s",
        "%(percent)d %% of %(count)d different values are codes of %(target)s",
        count,
    ) % {"percent": round(share * 100), "count": count, "target": target}
    if translation.written_as == BY_NAME:
        return _("%(words)s, written as names.") % {"words": words}
    if translation.written_as:
        return _("%(words)s, written as %(scheme)s.") % {"words": words, "scheme": translation.written_as}
    if translation.replace or translation.upper:
        return _("%(words)s, written a little differently.") % {"words": words}
    return _("%(words)s.") % {"words": words}
