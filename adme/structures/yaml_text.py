"""Small YAML, strictly: every scalar is text, every fault has its line, and what is written reads the same for people.

YAML's own types are left alone on purpose: `NO` is Norway and not false, `1.10` is not 1.1. Anchors, aliases and tags
are refused: no file that a person wrote needs them, and a stranger's could grow without end by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from adme.structures.errors import MappingUnreadable

LONGEST = 500_000
"""Characters."""
DEEPEST = 8
WIDTH = 100
"""A table that fits into so many characters stands on one line."""

Tree = str | int | Mapping[str, "Tree"] | list["Tree"]


# --- reading --------------------------------------------------------------------------------------


def read(text: str) -> yaml.Node:
    """The node of the whole text. MappingUnreadable with the line where it is no YAML of our kind."""
    if len(text) > LONGEST:
        raise MappingUnreadable(_("The mapping is too long."), remedy=_("A mapping has a few hundred lines at most."))
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MappingUnreadable(
            _("The text is not well-formed YAML."), line=_line(mark), remedy=_remedy(error.problem)
        ) from error
    except yaml.YAMLError as error:
        raise MappingUnreadable(_("The text holds characters that YAML does not allow.")) from error
    if node is None:
        raise MappingUnreadable(_("The mapping is empty."))
    return node


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 0


def _remedy(problem: str | None) -> str:
    if problem and "\\t" in problem:
        return _("Indent with blanks, not with tabs.")
    return _("Look for a missing quotation mark, colon or closing bracket, or for uneven indentation.")


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise MappingUnreadable(
                _("Anchors, aliases and tags (&, *, !) are not used in a mapping."),
                line=line,
                remedy=_("Write it out."),
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise MappingUnreadable(_("The mapping is nested too deeply."), line=line)


def line_of(node: yaml.Node) -> int:
    """Its first line, from 1."""
    return _line(node.start_mark)


def text_of(node: yaml.Node) -> str:
    """The text of a scalar."""
    if not isinstance(node, yaml.ScalarNode):
        raise MappingUnreadable(_("One word or text is expected here."), line=line_of(node))
    text = str(node.value)
    if _NO_TEXT.search(text):
        raise MappingUnreadable(
            _("An escape stands here for no character (\\0, or half of one)."),
            line=line_of(node),
            remedy=_("Write the character itself."),
        )
    return text


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What a text cannot hold everywhere: NUL, which PostgreSQL refuses, and surrogates, which no encoding can write."""


def pairs_of(node: yaml.Node) -> list[tuple[str, yaml.Node]]:
    """Keys and nodes of a table, in order; a key given twice is refused."""
    if not isinstance(node, yaml.MappingNode):
        raise MappingUnreadable(
            _("A table is expected here."), line=line_of(node), remedy=_("Write “name: value” lines, or {name: value}.")
        )
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = text_of(key)
        if name in found:
            raise MappingUnreadable(_("“%(name)s” stands here twice.") % {"name": name}, line=line_of(key))
        found[name] = value
    return list(found.items())


def texts_of(node: yaml.Node) -> list[str]:
    """The texts of a list."""
    if not isinstance(node, yaml.SequenceNode):
        raise MappingUnreadable(_("A list is expected here."), line=line_of(node), remedy=_("Write [one, two]."))
    return [text_of(one) for one in node.value]


# --- writing --------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./()$@%+-]*(?: [A-Za-z0-9_./()$@%+-]+)*(?::[A-Za-z0-9_.()-]+)?")
_OTHER_TYPE = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|[0-9._+-][0-9._eE+:-]*|0[xob][0-9a-f_]+")
_LONG_KEY = 500


def write(tree: Mapping[str, Tree]) -> str:
    """A table as YAML text, short ones on one line."""
    return "\n".join(_block(tree, "")) + "\n"


def _block(tree: Mapping[str, Tree], indent: str) -> Iterator[str]:
    for key, value in tree.items():
        name = quoted(key)
        start = f"{indent}? {name}\n{indent}:" if len(name) > _LONG_KEY else f"{indent}{name}:"
        line = _flow(value)
        if isinstance(value, str | int | list) or (len(start) + len(line) < WIDTH and not _holds_tables(value)):
            yield f"{start} {line}"
        else:
            yield start
            yield from _block(value, indent + "  ")


def _holds_tables(tree: Mapping[str, Tree]) -> bool:
    return any(isinstance(value, Mapping) and len(value) > 1 for value in tree.values())


def _flow(tree: Any) -> str:
    if isinstance(tree, int):
        return str(tree)
    if isinstance(tree, str):
        return quoted(tree)
    if isinstance(tree, list):
        return "[" + ", ".join(_flow(one) for one in tree) + "]"
    return "{" + ", ".join(f"{_flow_key(key)}: {_flow(value)}" for key, value in tree.items()) + "}"


def _flow_key(key: str) -> str:
    name = quoted(key)
    return f"? {name} " if len(name) > _LONG_KEY else name


def quoted(text: str) -> str:
    """The text as a YAML scalar that every reader takes for text."""
    if _PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter == " " or (letter.isprintable() and letter != "\ufeff"):
        return letter
    return f"\\U{ord(letter):08X}" if ord(letter) > 0xFFFF else f"\\u{ord(letter):04X}"
