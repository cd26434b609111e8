"""The mapping as the small file that people read: `to_yaml` writes it, `from_yaml` reads it or names the line.

Writing what was read gives the same declaration, in the order of the file; docs/manual describes every word of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from adme.lib.tabular.dialect import Dialect, DialectInvalid
from adme.structures import yaml_text
from adme.structures.errors import MappingUnreadable
from adme.structures.mapping import (
    BLANK_REFUSED,
    MOST_STARS,
    PERIOD_MARK,
    Column,
    Kind,
    MappingDeclaration,
    Pairs,
    Translation,
    UnitRule,
    WideForm,
)
from adme.structures.yaml_text import Tree, line_of, pairs_of, text_of, texts_of

__all__ = ["from_yaml", "to_yaml"]

FORMAT = "1"

# Marks that are hard to see stand in the file as words.
_WORDS: dict[str, dict[str, str | None]] = {
    "separator": {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"},
    "quote": {"double": '"', "single": "'", "none": ""},
    "decimal": {"point": ".", "comma": ","},
    "thousands": {"none": "", "comma": ",", "point": ".", "space": " ", "apostrophe": "'"},
    "digits": {"latin": ""},
    "guarded": {"yes": True, "no": False},  # type: ignore[dict-item]
}
_NUMBERS = ("header_row", "first_row", "last_row")
_SCALAR_KINDS = (Kind.TIME, Kind.VALUE, Kind.ACTION, Kind.STRUCTURE, Kind.STRUCTURE_ID)
_OWN_WORDS = ("codes", "written_as", "before", "strip", "replace", "upper", "absent")


# --- writing --------------------------------------------------------------------------------------


def to_yaml(declaration: MappingDeclaration) -> str:
    """The declaration as text; the same declaration always gives the same text."""
    sections: list[tuple[str, dict[str, Tree]]] = [
        ("", {"mapping": int(FORMAT), **_said("dataflow", declaration.dataflow)}),
        (_COMMENTS["file"], {"file": _file(declaration.dialect)}),
        (_COMMENTS["columns"], {"columns": {column.name: _column(column) for column in declaration.columns}}),
        (_COMMENTS["wide"], {"wide": declaration.wide.headers} if declaration.wide else {}),
        (_COMMENTS["constants"], _said("constants", dict(declaration.constants))),
        (_COMMENTS["absent"], {} if declaration.absent is None else {"absent": declaration.absent}),
        (_COMMENTS["units"], _units(declaration)),
        (_COMMENTS["not_numbers"], _said("not_numbers", dict(declaration.not_numbers))),
        (_COMMENTS["qualifiers"], _said("qualifiers", list(declaration.qualifiers))),
        (_COMMENTS["blank"], {} if declaration.blank == BLANK_REFUSED else {"empty_value": declaration.blank}),
    ]
    written = [f"{comment}{yaml_text.write(section)}" for comment, section in sections if section]
    return "\n".join(written)


_COMMENTS = {
    "file": "# How the file is written.\n",
    "columns": "# What each column is. A column that is not listed is reported, never dropped.\n",
    "wide": "# Periods stand in the heading, in this form; the cells below are the values.\n",
    "constants": "# The same for every row.\n",
    "absent": "# Stands for an empty cell of a dimension.\n",
    "units": "# The unit of each indicator; values are multiplied only where it says so.\n",
    "not_numbers": "# Texts that are no numbers, with the observation status they mean. The text is kept.\n",
    "qualifiers": "# Marks before a number that are kept with it.\n",
    "blank": "# What an empty value means: refuse, skip, or an observation status.\n",
}


def _said(key: str, value: Tree) -> dict[str, Tree]:
    return {key: value} if value else {}


def _file(dialect: Dialect) -> dict[str, Tree]:
    said = {name: value for name, value in dialect.to_dict().items() if value is not None}
    return {name: value if name in _NUMBERS else _word(name, value) for name, value in said.items()}


def _word(field: str, value: Any) -> str:
    return next((word for word, mark in _WORDS.get(field, {}).items() if mark == value), str(value))


def _column(column: Column) -> Tree:
    own = _own_words(column)
    if column.kind in _SCALAR_KINDS:
        if not own and not column.fixed:
            return column.kind.value
        return {column.kind.value: dict(column.fixed) if column.fixed else "yes"} | own
    if column.kind is Kind.IGNORE:
        return {"ignore": column.why}
    if column.kind is Kind.PACKED:
        marks = {"between": column.between, "equals": column.equals}
        standard = {"between": ";", "equals": "="}
        parts: dict[str, Tree] = {"packed": {part.name: _column(part) for part in column.parts}}
        return parts | {name: mark for name, mark in marks.items() if mark != standard[name]}
    return {column.kind.value: column.target} | own


def _own_words(column: Column) -> dict[str, Tree]:
    translation = column.translation
    words: dict[str, Tree] = {
        "written_as": translation.written_as,
        "before": translation.before,
        "strip": translation.strip,
        "replace": dict(translation.replace),
        "upper": "yes" if translation.upper else "",
        "codes": dict(translation.table),
    }
    said: dict[str, Tree] = {} if column.absent is None else {"absent": column.absent}
    return said | {name: value for name, value in words.items() if value}


def _units(declaration: MappingDeclaration) -> dict[str, Tree]:
    rules: dict[str, Tree] = {}
    for rule in declaration.units:
        if rule.multiply or rule.why:
            rules[rule.indicator] = {
                name: text
                for name, text in (("unit", rule.unit), ("multiply", rule.multiply), ("why", rule.why))
                if text
            }
        else:
            rules[rule.indicator] = rule.unit
    if not rules:
        return {}
    standard = MappingDeclaration().unit_attribute
    named: dict[str, Tree] = {}
    if declaration.unit_attribute != standard:
        named = {"unit_attribute": declaration.unit_attribute}
    return named | {"units": rules}


# --- reading --------------------------------------------------------------------------------------


def from_yaml(text: str) -> MappingDeclaration:
    """The declaration that a text holds. MappingUnreadable with line and remedy."""
    fields: dict[str, Any] = {}
    nodes = pairs_of(yaml_text.read(text))
    for name, node in nodes:
        if name not in _SECTIONS:
            raise _unknown(name, node, _SECTIONS)
        field, read = _SECTIONS[name]
        fields[field] = read(node)
    if fields.pop("mapping", None) != FORMAT:
        raise MappingUnreadable(
            _("The mapping does not say its form."), line=1, remedy=_("Begin with the line “mapping: 1”.")
        )
    if "columns" not in fields:
        raise MappingUnreadable(_("The mapping has no columns."), remedy=_("List every column under “columns:”."))
    return MappingDeclaration(**fields)


def _unknown(name: str, node: yaml.Node, known: Any) -> MappingUnreadable:
    return MappingUnreadable(
        _("“%(name)s” is not a word of a mapping here.") % {"name": name},
        line=line_of(node),
        remedy=_("Known here: %(words)s.") % {"words": ", ".join(known)},
    )


def _pairs(node: yaml.Node) -> Pairs:
    return tuple((name, text_of(value)) for name, value in pairs_of(node))


def _read_file(node: yaml.Node) -> Dialect:
    given: dict[str, Any] = {}
    for name, value in pairs_of(node):
        text = text_of(value)
        words = _WORDS.get(name, {})
        if name in _NUMBERS:
            given[name] = _whole_number(value)
        else:
            given[name] = words.get(text, text)
        try:
            Dialect.from_dict(given)
        except DialectInvalid as error:
            allowed = ", ".join(words) if words else ""
            raise MappingUnreadable(
                _("“%(name)s: %(text)s” cannot stand here.") % {"name": name, "text": text},
                line=line_of(value),
                remedy=_("Known here: %(words)s.") % {"words": allowed} if allowed else str(error),
            ) from error
    return Dialect.from_dict(given)


def _whole_number(node: yaml.Node) -> int:
    text = text_of(node)
    if not text.isdecimal() or not text.isascii() or len(text) > 7:
        raise MappingUnreadable(_("“%(text)s” is not a row number.") % {"text": text}, line=line_of(node))
    return int(text)


def _read_columns(node: yaml.Node) -> tuple[Column, ...]:
    return tuple(_read_column(name, value) for name, value in pairs_of(node))


def _read_column(name: str, node: yaml.Node) -> Column:
    if isinstance(node, yaml.ScalarNode):
        word = text_of(node)
        if word in _SCALAR_KINDS:
            return Column(name, Kind(word))
        raise MappingUnreadable(
            _("“%(word)s” does not say what column “%(name)s” is.") % {"word": word, "name": name},
            line=line_of(node),
            remedy=_("Write time, value, action, {dimension: …}, {attribute: …}, {packed: …} or {ignore: why}."),
        )
    given = dict(pairs_of(node))
    kinds = [kind for kind in Kind if kind.value in given]
    if len(kinds) != 1:
        raise MappingUnreadable(
            _("Column “%(name)s” must be exactly one thing.") % {"name": name},
            line=line_of(node),
            remedy=_("One of: %(words)s.") % {"words": ", ".join(kind.value for kind in Kind)},
        )
    main = given.pop(kinds[0].value)
    return _READERS.get(kinds[0], _read_component)(name, kinds[0], main, given)


def _read_component(name: str, kind: Kind, main: yaml.Node, given: dict[str, yaml.Node]) -> Column:
    return Column(name, kind, target=text_of(main), **_read_own_words(given))


def _read_scalar_kind(name: str, kind: Kind, main: yaml.Node, given: dict[str, yaml.Node]) -> Column:
    fixed = _pairs(main) if isinstance(main, yaml.MappingNode) else ()
    own = _read_own_words(given)
    if (kind is not Kind.TIME and given) or "absent" in given:
        raise _unknown(next(iter(given)), main, [kind.value])
    return Column(name, kind, fixed=fixed, **own)


def _read_ignored(name: str, kind: Kind, main: yaml.Node, given: dict[str, yaml.Node]) -> Column:
    for word, node in given.items():
        raise _unknown(word, node, ["ignore"])
    return Column(name, kind, why=text_of(main))


def _read_packed(name: str, kind: Kind, main: yaml.Node, given: dict[str, yaml.Node]) -> Column:
    marks = {"between": ";", "equals": "="}
    for word, node in given.items():
        if word not in marks:
            raise _unknown(word, node, marks)
        marks[word] = text_of(node)
        if not marks[word]:
            raise MappingUnreadable(_("A mark that separates cannot be empty."), line=line_of(node))
    parts = _read_columns(main)
    for part, (_name, node) in zip(parts, pairs_of(main), strict=True):
        if part.kind not in (Kind.DIMENSION, Kind.ATTRIBUTE):
            raise MappingUnreadable(_("A packed name is a dimension or an attribute."), line=line_of(node))
    return Column(name, kind, parts=parts, between=marks["between"], equals=marks["equals"])


_READERS: dict[Kind, Callable[[str, Kind, yaml.Node, dict[str, yaml.Node]], Column]] = {
    Kind.IGNORE: _read_ignored,
    Kind.PACKED: _read_packed,
    **dict.fromkeys(_SCALAR_KINDS, _read_scalar_kind),
}


def _read_own_words(given: Mapping[str, yaml.Node]) -> dict[str, Any]:
    for word, node in given.items():
        if word not in _OWN_WORDS:
            raise _unknown(word, node, _OWN_WORDS)
    said: dict[str, Any] = {word: text_of(given[word]) for word in ("written_as", "before", "strip") if word in given}
    tables = {"table": "codes", "replace": "replace"}
    pairs: dict[str, Any] = {field: _pairs(given[word]) for field, word in tables.items() if word in given}
    upper: dict[str, Any] = {"upper": _yes_or_no(given["upper"])} if "upper" in given else {}
    words: dict[str, Any] = {"translation": Translation(**said, **pairs, **upper)}
    if "absent" in given:
        words["absent"] = text_of(given["absent"])
    return words


def _yes_or_no(node: yaml.Node) -> bool:
    text = text_of(node)
    if text not in ("yes", "no"):
        raise MappingUnreadable(_("Write yes or no."), line=line_of(node))
    return text == "yes"


def _read_wide(node: yaml.Node) -> WideForm:
    form = text_of(node)
    if form.count(PERIOD_MARK) != 1 or form.count("*") > MOST_STARS:
        raise MappingUnreadable(
            _("“%(form)s” is not the form of a heading.") % {"form": form},
            line=line_of(node),
            remedy=_("Write {period} once, as in “{period} [*]”; * stands for anything."),
        )
    return WideForm(form)


def _read_units(node: yaml.Node) -> tuple[UnitRule, ...]:
    rules = []
    for indicator, value in pairs_of(node):
        if isinstance(value, yaml.ScalarNode):
            rules.append(UnitRule(indicator, unit=text_of(value)))
            continue
        given = {word: text_of(one) for word, one in pairs_of(value)}
        known = ("unit", "multiply", "why")
        if strange := [word for word in given if word not in known]:
            raise _unknown(strange[0], value, known)
        _check_multiplier(given.get("multiply", ""), value)
        rules.append(UnitRule(indicator, **given))
    return tuple(rules)


def _check_multiplier(text: str, node: yaml.Node) -> None:
    try:
        fine = not text or 0 < float(text) < float("inf")
    except ValueError:
        fine = False
    if not fine:
        raise MappingUnreadable(_("“%(text)s” is not a positive number.") % {"text": text}, line=line_of(node))


_SECTIONS: dict[str, tuple[str, Callable[[yaml.Node], Any]]] = {
    "mapping": ("mapping", text_of),
    "dataflow": ("dataflow", text_of),
    "file": ("dialect", _read_file),
    "columns": ("columns", _read_columns),
    "wide": ("wide", _read_wide),
    "constants": ("constants", _pairs),
    "absent": ("absent", text_of),
    "unit_attribute": ("unit_attribute", text_of),
    "units": ("units", _read_units),
    "not_numbers": ("not_numbers", _pairs),
    "qualifiers": ("qualifiers", lambda node: tuple(texts_of(node))),
    "empty_value": ("blank", text_of),
}
