"""Making and changing validation rules; each change is a version with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.quality.declaration import RuleDeclaration, content_of, misfits
from adme.quality.errors import Fault, RuleExists, RuleOvertaken, RuleReasonMissing, RuleRefused
from adme.quality.kinds import Kind
from adme.quality.models import RuleVersion, ValidationRule
from adme.structures.errors import UnknownArtefact
from adme.structures.models import Dataflow
from adme.structures.queries import dataflow_by_reference, structure_of

__all__ = ["Brought", "bring_in_rules", "change_rule", "check_fits", "create_rule", "set_rule_state"]

State = ValidationRule.State


def check_fits(declaration: RuleDeclaration) -> Dataflow:
    """The dataflow of a rule. RuleRefused where it, or a dimension or code that the rule names, does not exist."""
    dataflow = _dataflow(declaration, declaration.dataflow, "dataflow")
    other = None
    if declaration.kind is Kind.SOURCE:
        other = structure_of(_dataflow(declaration, declaration.parameters["other_dataflow"], "other_dataflow"))
    if faults := misfits(declaration, structure_of(dataflow), other):
        raise RuleRefused(faults, name=declaration.name)
    return dataflow


def _dataflow(declaration: RuleDeclaration, reference: str, field: str) -> Dataflow:
    try:
        return dataflow_by_reference(reference)
    except UnknownArtefact as unknown:
        raise RuleRefused([Fault(field, unknown.title)], name=declaration.name) from unknown


@transaction.atomic
def create_rule(
    *, declaration: RuleDeclaration, by: User | str, reason: str, state: str = State.DRAFT
) -> ValidationRule:
    """A new rule. RuleRefused, RuleExists, RuleReasonMissing."""
    _may_change(by, reason)
    dataflow = check_fits(declaration)
    if ValidationRule.objects.filter(name=declaration.name).exists():
        raise RuleExists(declaration.name)
    rule = ValidationRule(name=declaration.name, dataflow=dataflow, kind=declaration.kind.value, revision=0)
    try:
        with transaction.atomic():
            return _put(rule, declaration, dataflow, state, by=by, reason=reason, done="created")
    except IntegrityError as fault:  # somebody else made one of that name in this moment
        raise RuleExists(declaration.name) from fault


@transaction.atomic
def change_rule(
    *, rule: ValidationRule, declaration: RuleDeclaration, by: User | str, reason: str, revision: int | None = None
) -> ValidationRule:
    """Change what a rule says. Kind, dataflow and name stay: RuleRefused for another. RuleOvertaken by `revision`."""
    _may_change(by, reason)
    locked = _locked(rule, revision)
    dataflow = check_fits(declaration)
    kept = {"kind": locked.kind, "dataflow": locked.dataflow_id, "name": locked.name}
    given = {"kind": declaration.kind.value, "dataflow": dataflow.pk, "name": declaration.name}
    if faults := [
        Fault(field, "This cannot change; make another rule.") for field in kept if kept[field] != given[field]
    ]:
        raise RuleRefused(faults, name=locked.name)
    return _put(locked, declaration, dataflow, locked.state, by=by, reason=reason, done="changed")


@transaction.atomic
def set_rule_state(
    *, rule: ValidationRule, state: str, by: User | str, reason: str, revision: int | None = None
) -> ValidationRule:
    """Switch a rule on or off, or make it a draft again. Nothing happens where it stands so already."""
    _may_change(by, reason)
    locked = _locked(rule, revision)
    if state not in State.values:
        raise RuleRefused([Fault("state", ", ".join(State.values))], name=locked.name)
    if locked.state == state:
        return locked
    declaration = locked.declaration
    if state == State.ON:
        check_fits(declaration)
    done = {State.ON: "switched_on", State.OFF: "switched_off", State.DRAFT: "made_draft"}[State(state)]
    return _put(locked, declaration, locked.dataflow, state, by=by, reason=reason, done=done)


@dataclass(frozen=True)
class Brought:
    """What bringing in a file did: names of rules that are new, changed, and as they were."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]


@transaction.atomic
@audit.at_the_end()
def bring_in_rules(*, rules: Iterable[tuple[RuleDeclaration, str]], by: User | str, reason: str) -> Brought:
    """Make or change the rules of a file (declaration and state of each), all or none. Others stay as they are."""
    _may_change(by, reason)
    there = {rule.name: rule for rule in ValidationRule.objects.select_related("dataflow")}
    brought = Brought([], [], [])
    for declaration, state in rules:
        known = there.get(declaration.name)
        if known is None:
            create_rule(declaration=declaration, by=by, reason=reason, state=state)
            brought.created.append(declaration.name)
        elif known.content == content_of(declaration) and known.state == state:
            brought.unchanged.append(declaration.name)
        else:
            if known.content != content_of(declaration):
                known = change_rule(rule=known, declaration=declaration, by=by, reason=reason)
            set_rule_state(rule=known, state=state, by=by, reason=reason)
            brought.changed.append(declaration.name)
    return brought


def _may_change(by: User | str, reason: str) -> None:
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)
    if not reason.strip():
        raise RuleReasonMissing


def _locked(rule: ValidationRule, revision: int | None) -> ValidationRule:
    locked = ValidationRule.objects.select_for_update(of=("self",)).select_related("dataflow").get(pk=rule.pk)
    if revision is not None and locked.revision != revision:
        raise RuleOvertaken
    return locked


def _put(
    rule: ValidationRule,
    declaration: RuleDeclaration,
    dataflow: Dataflow,
    state: str,
    *,
    by: User | str,
    reason: str,
    done: str,
) -> ValidationRule:
    before: dict[str, Any] = {"state": rule.state, "content": rule.content} if rule.pk else {}
    content = content_of(declaration) | {"dataflow": dataflow.reference}
    now, who = clock.now(), by.username if isinstance(by, User) else by
    rule.severity, rule.state, rule.content = declaration.severity, state, content
    rule.revision += 1
    rule.changed_at, rule.changed_by = now, who
    rule.save()
    RuleVersion.objects.create(
        rule=rule,
        number=rule.revision,
        state=state,
        content=content,
        changed_at=now,
        changed_by=who,
        reason=reason.strip(),
    )
    audit.record(
        by=by,
        action=f"quality.rule.{done}",
        object_type="validation_rule",
        object_id=rule.name,
        reason=reason.strip(),
        detail={"old": before, "new": {"state": state, "content": content}, "revision": rule.revision},
    )
    return rule
