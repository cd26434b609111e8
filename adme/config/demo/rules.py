"""The validation rules of the demonstration, as the file that people could have brought in."""

from __future__ import annotations

from adme.config.demo.files import FOLDER
from adme.quality.actions.rules import bring_in_rules
from adme.quality.rules_yaml import from_yaml

FILE = FOLDER / "rules.yaml"


def make_rules(*, by: str, reason: str) -> int:
    """Make what is missing and refresh what the file says otherwise; returns how many rules there are."""
    rules = from_yaml(FILE.read_text(encoding="utf-8"))
    bring_in_rules(rules=rules, by=by, reason=reason)
    return len(rules)
