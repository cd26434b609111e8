"""What is asked of validation rules and of what was accepted against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from adme.accounts.models import Organisation
from adme.lib import clock
from adme.quality.declaration import RuleDeclaration, misfits
from adme.quality.kinds import Kind
from adme.quality.models import Acceptance, RuleVersion, ValidationRule
from adme.quality.rule_findings import ACCEPTED_SCHEMA
from adme.structures.errors import UnknownArtefact
from adme.structures.models import Dataflow
from adme.structures.queries import dataflow_by_reference, structure_of
from adme.structures.structure_view import StructureView

__all__ = [
    "accepted_cells",
    "history_of_rule",
    "member_codes",
    "other_structures",
    "rules_asked_for",
    "rules_on",
    "unfit_words",
]


def rules_on(dataflow: Dataflow) -> list[RuleDeclaration]:
    """The rules that take part in checks of a dataflow, by name."""
    found = ValidationRule.objects.filter(dataflow=dataflow, state=ValidationRule.State.ON)
    return [rule.declaration for rule in found.order_by("name")]


def rules_asked_for(
    *, dataflow: str = "", severity: str = "", state: str = "", kind: str = ""
) -> QuerySet[ValidationRule]:
    """Rules of a dataflow (its pk as a text), severity, state and kind; all without a condition."""
    found = ValidationRule.objects.select_related("dataflow").order_by("dataflow", "name")
    asked = {"dataflow_id": dataflow, "severity": severity, "state": state, "kind": kind}
    return found.filter(**{name: value for name, value in asked.items() if value})


def history_of_rule(rule: ValidationRule) -> QuerySet[RuleVersion]:
    """Every version, the latest first."""
    return rule.versions.order_by("-number")


def accepted_cells(dataflow: Dataflow) -> pl.DataFrame:
    """What is accepted now (ACCEPTED_SCHEMA)."""
    rows = Acceptance.objects.filter(dataflow=dataflow, ended_at=None).values_list(*ACCEPTED_SCHEMA)
    return pl.DataFrame(list(rows.iterator(chunk_size=5_000)), schema=ACCEPTED_SCHEMA, orient="row")


def member_codes() -> list[str]:
    """Area codes of the states that are members today."""
    today = clock.now().date()
    return sorted(set(Organisation.objects.members_on(today).exclude(area_code="").values_list("area_code", flat=True)))


def unfit_words(rule: RuleDeclaration, structure: StructureView, others: Mapping[str, StructureView]) -> str:
    """What a rule names and the structures no longer have, in words; empty where it can be run.

    Code lists change after a rule was kept: a check that trips over one rule would stop every delivery.
    """
    other = None
    if rule.kind is Kind.SOURCE:
        other = others.get(rule.parameters["other_dataflow"])
        if other is None:
            return _("There is no “%s”.") % str(rule.parameters["other_dataflow"])
    return " ".join(fault.words for fault in misfits(rule, structure, other))


def other_structures(rules: Sequence[RuleDeclaration]) -> Mapping[str, StructureView]:
    """Reference of each other dataflow that the rules name → its structure; without those that are gone."""
    found = {}
    for reference in {rule.parameters["other_dataflow"] for rule in rules if rule.kind is Kind.SOURCE}:
        try:
            found[reference] = structure_of(dataflow_by_reference(reference))
        except UnknownArtefact:
            continue
    return found
