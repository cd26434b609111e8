"""Validation rules: the list, one rule with its history, making and changing one, the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.collection.queries import names_of
from adme.collection.rule_forms import ChooseKindForm, ReasonForm, RuleFilterForm, RuleForm, RulesFileForm
from adme.collection.views.frame import in_plain_words, number_of, page, person_of
from adme.lib.page.shell import Link
from adme.quality.actions import rules as actions
from adme.quality.errors import QualityError, RuleExists, RuleOvertaken, RuleRefused, RulesUnreadable
from adme.quality.explaining import explanation
from adme.quality.kinds import KINDS, Kind
from adme.quality.models import Acceptance, ValidationRule
from adme.quality.queries import history_of_rule, rules_asked_for
from adme.quality.rules_yaml import from_yaml, to_yaml
from adme.structures.models import Dataflow
from adme.structures.queries import all_dataflows, structure_of
from adme.structures.structure_view import StructureView

PAGE = 50
VERSIONS = 20
TRIALS = 5
MOST_BYTES = 500_000
EDIT = ("GET", "HEAD", "POST")

State = ValidationRule.State


def rule_of(name: str) -> ValidationRule:
    """The rule of this name, or 404."""
    return get_object_or_404(ValidationRule.objects.select_related("dataflow__provider"), name=name)


def crumbs(*further: str) -> list[Link]:
    """The way to a page below the list of rules."""
    return [Link(_("Rules"), reverse("collection:rules") if further else ""), *(Link(words) for words in further)]


@policy(Verb.SIGNED_IN, formats=("html",))
def rules(request: HttpRequest) -> HttpResponse:
    """Every validation rule, by dataflow."""
    form = RuleFilterForm(request.GET, dataflows=all_dataflows())
    asked = form.cleaned_data if form.is_valid() else {}
    shown = Paginator(rules_asked_for(**asked), PAGE).get_page(request.GET.get("page"))
    listed = list(shown.object_list)
    structures = {flow.pk: structure_of(flow) for flow in {rule.dataflow for rule in listed}}
    context = {
        "form": form,
        "shown": shown,
        "rows": [_line(rule, structures[rule.dataflow_id]) for rule in listed],
        "is_filtered": any(asked.values()),
        "download": f"{reverse('collection:rules-file')}?{request.GET.urlencode()}",
        "may_change": can(person_of(request), Verb.STRUCTURE),
    }
    return page(request, "collection/rules.html", context, status=200 if form.is_valid() else 422)


def _line(rule: ValidationRule, structure: StructureView) -> dict[str, Any]:
    return {
        "rule": rule,
        "kind": KINDS[Kind(rule.kind)].label,
        "words": explanation(rule.declaration, structure),
        "mark": "info" if rule.severity == "information" else rule.severity,
    }


@policy(Verb.SIGNED_IN, formats=("yaml",))
def rules_file(request: HttpRequest) -> HttpResponse:
    """The same list as the file that people read, and that can be brought in again."""
    form = RuleFilterForm(request.GET, dataflows=all_dataflows())
    asked = form.cleaned_data if form.is_valid() else {}
    text = to_yaml((rule.declaration, rule.state) for rule in rules_asked_for(**asked))
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="validation-rules.yaml"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@policy(Verb.SIGNED_IN, formats=("html",))
def rule(request: HttpRequest, rule_name: str) -> HttpResponse:
    """One rule: what it asks for, what it found when it was tried, who changed it and why."""
    return _rule_page(request, rule_of(rule_name), ReasonForm())


def _rule_page(request: HttpRequest, found: ValidationRule, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    versions = list(history_of_rule(found)[:VERSIONS])
    names = names_of(version.changed_by for version in versions)
    structure = structure_of(found.dataflow)
    context = {
        **_line(found, structure),
        "form": form,
        "crumbs": crumbs(found.name),
        "structure": structure,
        "yaml": to_yaml([(found.declaration, found.state)]).partition("validation_rules:\n")[2],
        "versions": [(version, names.get(version.changed_by, version.changed_by)) for version in versions],
        "trials": list(found.trials.order_by("-started_at")[:TRIALS]),
        "accepted": Acceptance.objects.filter(dataflow=found.dataflow, rule=found.name, ended_at=None).count(),
        "may_change": can(person_of(request), Verb.STRUCTURE),
        "switches": _switches(found.state),
    }
    return page(request, "collection/rule.html", context, status=status)


def _switches(state: str) -> list[tuple[str, str]]:
    words = {State.ON: _("Switch it on"), State.OFF: _("Switch it off"), State.DRAFT: _("Make it a draft again")}
    order = [State.ON, State.DRAFT] if state == State.OFF else [State.ON, State.OFF]
    return [(one.value, words[one]) for one in order if one != state]


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def switch(request: HttpRequest, rule_name: str) -> HttpResponseBase:
    """Switch a rule on or off, with the reason."""
    found = rule_of(rule_name)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _rule_page(request, found, form, status=422)
    actions.set_rule_state(
        rule=found,
        state=request.POST.get("state", ""),
        by=person_of(request),
        reason=form.cleaned_data["reason"],
        revision=number_of(request, "revision"),
    )
    messages.success(request, _("Done."))
    return redirect("collection:rule", rule_name=found.name)


# --- making and changing ------------------------------------------------------------------------------


@policy(Verb.STRUCTURE, methods=EDIT, formats=("html",))
@in_plain_words
def new_rule(request: HttpRequest) -> HttpResponseBase:
    """A new rule: first dataflow and kind, then what the kind needs."""
    dataflows = all_dataflows()
    if "dataflow" not in request.GET or "kind" not in request.GET:
        return _choose(request, ChooseKindForm(dataflows=dataflows, initial=request.GET.dict()))
    chosen = ChooseKindForm(request.GET, dataflows=dataflows)
    if not chosen.is_valid():
        return _choose(request, chosen, status=422)
    dataflow = next(flow for flow in dataflows if str(flow.pk) == chosen.cleaned_data["dataflow"])
    return _edit(request, None, Kind(chosen.cleaned_data["kind"]), dataflow, dataflows)


def _choose(request: HttpRequest, form: ChooseKindForm, *, status: int = 200) -> HttpResponse:
    return page(request, "collection/new_rule.html", {"form": form, "crumbs": crumbs(_("New rule"))}, status=status)


@policy(Verb.STRUCTURE, methods=EDIT, formats=("html",))
@in_plain_words
def edit_rule(request: HttpRequest, rule_name: str) -> HttpResponseBase:
    """Change what a rule says."""
    found = rule_of(rule_name)
    return _edit(request, found, Kind(found.kind), found.dataflow, all_dataflows())


def _edit(
    request: HttpRequest,
    found: ValidationRule | None,
    kind: Kind,
    dataflow: Dataflow,
    dataflows: list[Dataflow],
) -> HttpResponseBase:
    structure = structure_of(dataflow)
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(posted, kind=kind, dataflow=dataflow, structure=structure, dataflows=dataflows, rule=found)
    if form.is_bound and form.is_valid() and (saved := _saved(request, form, found)) is not None:
        messages.success(request, _("Kept. Try it before you switch it on.") if found is None else _("Kept."))
        return redirect("collection:rule", rule_name=saved.name)
    title = _("Change %s") % found.name if found else _("New rule")
    context = {
        "form": form,
        "rule": found,
        "kind": KINDS[kind],
        "dataflow": dataflow,
        "structure": structure,
        "title": title,
        "crumbs": crumbs(title),
        "revision": number_of(request, "revision") if posted else (found.revision if found else 0),
    }
    return page(request, "collection/edit_rule.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, form: RuleForm, found: ValidationRule | None) -> ValidationRule | None:
    """The rule as kept; None where it is refused, and the form says why."""
    by, reason = person_of(request), form.cleaned_data["reason"]
    try:
        declaration = form.declaration()
        if found is None:
            return actions.create_rule(declaration=declaration, by=by, reason=reason)
        revision = number_of(request, "revision")
        return actions.change_rule(rule=found, declaration=declaration, by=by, reason=reason, revision=revision)
    except RuleRefused as refused:
        form.show(refused)
    except RuleExists as there:
        form.add_error("name", f"{there.title} {there.remedy}")
    except RuleOvertaken as overtaken:
        form.add_error(None, f"{overtaken.title} {overtaken.remedy}")
    return None


@policy(Verb.STRUCTURE, methods=EDIT, formats=("html",))
@in_plain_words
def bring_in(request: HttpRequest) -> HttpResponseBase:
    """Rules out of a file: all of them, or none."""
    posted = request.method == "POST"
    form = RulesFileForm(request.POST, request.FILES) if posted else RulesFileForm()
    refusal: QualityError | None = None
    if form.is_bound and form.is_valid():
        try:
            brought = actions.bring_in_rules(
                rules=from_yaml(_text_of(request)), by=person_of(request), reason=form.cleaned_data["reason"]
            )
        except (RulesUnreadable, RuleRefused) as refused:
            refusal = refused
        else:
            messages.success(request, _brought_words(brought))
            return redirect("collection:rules")
    context = {"form": form, "refusal": refusal, "crumbs": crumbs(_("Rules out of a file"))}
    return page(request, "collection/rules_file.html", context, status=422 if posted else 200)


def _brought_words(brought: actions.Brought) -> str:
    new, changed = len(brought.created), len(brought.changed)
    told = [
        ngettext("%d new rule", "%d new rules", new) % new,
        ngettext("%d changed", "%d changed", changed) % changed,
        ngettext("%d as it was", "%d as they were", len(brought.unchanged)) % len(brought.unchanged),
    ]
    return ", ".join(told) + "."


def _text_of(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None or upload.size is None or upload.size > MOST_BYTES:
        raise RulesUnreadable(_("The file is too large."), remedy=_("A file of rules has some hundred lines."))
    try:
        text: str = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesUnreadable(_("The file is not text in UTF-8."), remedy=_("Save it as UTF-8.")) from error
    return text
