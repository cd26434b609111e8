"""The manual knows every finding, in the words of the program."""

from __future__ import annotations

import re

from adme.quality.rules import RULES, Rule

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
