"""The manual knows every finding and every kind of validation rule, in the words of the program."""

from __future__ import annotations

import re
import textwrap

from adme.quality.kinds import KINDS, Kind, KindOfRule
from adme.quality.rules import RULES, Rule
from adme.quality.rules_yaml import from_yaml

NAMED = {"column": "column", "value": "value", "about": "name", "detail": "detail"}
ROW = re.compile(r"^\| `([a-z.-]+)` \|.*$", re.MULTILINE)


def row_of(rule: Rule) -> str:
    """The line of the manual's table. To renew the page, print these."""
    words = str(rule.words) % {name: f"*{word}*" for name, word in NAMED.items()}
    return f"| `{rule.id}` | {rule.severity} | {words} | {rule.remedy} |"


def test_the_manual_lists_every_rule_as_the_page_says_it(root):
    page = (root / "docs/manual/officer/findings.md").read_text(encoding="utf-8")

    listed = {found[1]: found[0] for found in ROW.finditer(page)}
    assert listed == {rule.id: row_of(rule) for rule in RULES.values()}


KIND = re.compile(r"^\| `([a-z-]+)` \| (.*) \| (.*) \|$", re.MULTILINE)


def test_the_manual_lists_every_kind_of_validation_rule_with_its_parts(root):
    page = (root / "docs/manual/officer/validation-rules.md").read_text(encoding="utf-8")

    def parts(kind: KindOfRule) -> str:
        return ", ".join(f"**`{one.name}`**" if one.required else f"`{one.name}`" for one in kind.parameters)

    assert KIND.findall(page) == [(str(kind.kind), str(kind.what), parts(kind)) for kind in KINDS.values()]


def test_the_example_of_the_manual_is_a_file_of_rules(root):
    page = (root / "docs/manual/officer/validation-rules.md").read_text(encoding="utf-8")

    example = page.partition("The parts are those of the form:\n")[2].partition("\nKind, dataflow")[0]
    ((rule, state),) = from_yaml(textwrap.dedent(example))
    assert (rule.name, rule.kind, state) == ("percentages-within-bounds", Kind.RANGE, "on")
