"""A framework as YAML text: the same tables as the workbook, one list for each. Every scalar is text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml
from django.utils.translation import gettext as _

from adme.frameworks.errors import FileRefused, Finding
from adme.frameworks.sections import BY_ID, MOST_ROWS, SECTIONS, Tables
from adme.structures.errors import MappingUnreadable
from adme.structures.yaml_text import line_of, pairs_of, quoted, text_of

LONGEST: Final = 4_000_000
"""Characters of the whole text."""
DEEPEST: Final = 4

LineNumbers = dict[str, list[int]]


def read_yaml(text: str) -> tuple[Tables, LineNumbers]:
    """The tables of a text, and the line of each record. FileRefused with the line of a fault."""
    if len(text) > LONGEST:
        raise FileRefused([_finding(0, _("The text is longer than %(most)d characters.") % {"most": LONGEST})])
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.CBaseLoader if hasattr(yaml, "CBaseLoader") else yaml.BaseLoader)
        return _tables(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise FileRefused([_finding(line, _("The text is not well-formed YAML."))]) from error
    except yaml.YAMLError as error:
        raise FileRefused([_finding(0, _("The text holds characters that YAML does not allow."))]) from error
    except MappingUnreadable as fault:
        raise FileRefused([_finding(0, fault.title, fault.detail)]) from fault


def _finding(line: int, message: str, remedy: str = "") -> Finding:
    return Finding("not_yaml", "YAML", line, "", "", message, remedy)


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader if hasattr(yaml, "CBaseLoader") else yaml.BaseLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise FileRefused([_finding(line, _("Anchors, aliases and tags (&, *, !) are not used here."))])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise FileRefused([_finding(line, _("The text is nested too deeply."))])


def _tables(node: yaml.Node | None) -> tuple[Tables, LineNumbers]:
    if node is None:
        raise FileRefused([_finding(0, _("The text is empty."))])
    tables: Tables = {}
    lines: LineNumbers = {}
    for name, rows in pairs_of(node):
        if name not in BY_ID:
            known = ", ".join(BY_ID)
            message = _("There is no table “%(name)s”.") % {"name": name[:60]}
            raise FileRefused([_finding(line_of(rows), message, _("There are %(known)s.") % {"known": known})])
        if not isinstance(rows, yaml.SequenceNode) or len(rows.value) > MOST_ROWS:
            raise FileRefused([_finding(line_of(rows), _("“%(name)s” must be a list of rows.") % {"name": name})])
        tables[name] = [{key: text_of(value) for key, value in pairs_of(row)} for row in rows.value]
        lines[name] = [line_of(row) for row in rows.value]
    return tables, lines


def write_yaml(tables: Tables) -> str:
    """Tables as YAML, one row a block, so that a difference between two editions is read line by line."""
    return "\n".join(_lines(tables)) + "\n"


def _lines(tables: Tables) -> Iterator[str]:
    for section in SECTIONS:
        records = tables.get(section.id, [])
        if not records:
            continue
        yield f"{section.id}:"
        for record in records:
            start = "  - "
            for name, value in record.items():
                yield f"{start}{quoted(name)}: {quoted(value)}"
                start = "    "
