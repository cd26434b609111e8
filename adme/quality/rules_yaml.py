"""Validation rules as a file that people read: `to_yaml` writes it, `from_yaml` reads it or names the line.

The same parts under the same names as the form. Reading what was written gives the same rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from adme.quality.declaration import RuleDeclaration, content_of, declared
from adme.quality.errors import RuleRefused, RulesUnreadable
from adme.quality.kinds import KINDS
from adme.quality.models import ValidationRule
from adme.structures import yaml_text
from adme.structures.errors import MappingUnreadable
from adme.structures.yaml_text import Tree, line_of, pairs_of, text_of

__all__ = ["from_yaml", "one_line", "to_yaml"]

FORMAT = "1"
EXACT = 1e15
"""Whole numbers below are written as such."""
HEAD = """\
# Validation rules. Each has a name, a kind, the dataflow it is about, and what its kind needs.
# state: draft (not used), on, off. severity: error, warning, information.
"""

Rules = Iterable[tuple[RuleDeclaration, str]]
"""Declarations with their states."""


def to_yaml(rules: Rules) -> str:
    """The file; the same rules always give the same text."""
    blocks = []
    for declaration, state in rules:
        lines = yaml_text.write({declaration.name: _tree(declaration, state)})
        blocks.append("".join(f"  {line}\n" for line in lines.splitlines()))
    body = "\n".join(blocks)
    return f"{HEAD}rules: {FORMAT}\n\n" + (f"validation_rules:\n{body}" if blocks else "validation_rules: {}\n")


def one_line(declaration: RuleDeclaration) -> str:
    """What the rule says, on one line, for a report."""
    content = {name: value for name, value in content_of(declaration).items() if name not in ("text", "severity")}
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _tree(declaration: RuleDeclaration, state: str) -> dict[str, Tree]:
    content = content_of(declaration)
    defaults = {one.name: one.default for one in KINDS[declaration.kind].parameters}
    text = content.pop("text")
    said = {name: value for name, value in content.items() if value not in ({}, []) and value != defaults.get(name)}
    tree: dict[str, Tree] = {name: _plain(value) for name, value in said.items()}
    first: dict[str, Tree] = {"kind": tree.pop("kind"), "dataflow": tree.pop("dataflow")}
    return {**first, "severity": tree.pop("severity"), "state": state, **tree, **({"text": text} if text else {})}


def _plain(value: Any) -> Tree:
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT and str(value) != "-0.0"
        return int(value) if whole else repr(value)
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value)


# --- reading --------------------------------------------------------------------------------------


def from_yaml(text: str) -> list[tuple[RuleDeclaration, str]]:
    """The rules of a file with their states, in its order. RulesUnreadable, with the line where one is to blame."""
    if not text.strip():
        raise RulesUnreadable(_("The file is empty."))
    try:
        return [_rule(name, node) for name, node in _rules_of(yaml_text.read(text))]
    except MappingUnreadable as unreadable:
        raise RulesUnreadable(unreadable.title, line=unreadable.line, remedy=unreadable.remedy) from unreadable
    except RecursionError as error:
        raise RulesUnreadable(_("The file is nested too deeply.")) from error


def _rules_of(node: yaml.Node) -> list[tuple[str, yaml.Node]]:
    parts = dict(pairs_of(node))
    version = parts.pop("rules", None)
    if version is None or text_of(version) != FORMAT:
        raise RulesUnreadable(
            _("This is no file of validation rules."), remedy=_("It begins with “rules: %s”.") % FORMAT
        )
    rules = parts.pop("validation_rules", None)
    if parts:
        name, value = next(iter(parts.items()))
        raise RulesUnreadable(_("“%s” is not a part of the file.") % name, line=line_of(value))
    return pairs_of(rules) if rules is not None else []


def _rule(name: str, node: yaml.Node) -> tuple[RuleDeclaration, str]:
    content: dict[str, Any] = {key: _value(value) for key, value in pairs_of(node)}
    state = str(content.pop("state", ValidationRule.State.DRAFT))
    if state not in ValidationRule.State.values:
        raise RulesUnreadable(_("“%s” is not a state; write draft, on or off.") % state, line=line_of(node))
    try:
        return declared(name, content), state
    except RuleRefused as refused:
        raise RulesUnreadable(refused.title, line=line_of(node), remedy=refused.detail) from refused


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return text_of(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(one) for one in node.value]
    return {key: _value(one) for key, one in pairs_of(node)}
