"""Trying a rule on what is stored, and seeing how far it has come and what it found."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection import changes
from adme.collection.views.frame import in_plain_words, page, person_of
from adme.collection.views.rules import rule_of
from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.quality.actions.trials import start_trial
from adme.quality.background import try_in_background
from adme.quality.explaining import explanation
from adme.quality.models import Trial
from adme.structures.queries import structure_of
from adme.structures.structure_view import StructureView


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def try_rule(request: HttpRequest, rule_name: str) -> HttpResponseBase:
    """Begin to hold everything that is public against the rule."""
    trial = start_trial(rule=rule_of(rule_name), by=person_of(request))
    try_in_background.enqueue(str(trial.pk))
    return redirect("collection:trial", trial_id=trial.pk)


@policy(Verb.STRUCTURE, formats=("html",))
def trial(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """What a trial found, or how far it has come; a fragment of it keeps itself up to date."""
    found = get_object_or_404(Trial.objects.select_related("rule__dataflow"), pk=trial_id)
    fragment = bool(request.headers.get("HX-Request"))
    running = found.state == Trial.State.RUNNING
    address = reverse("collection:trial", args=[found.pk])
    if fragment and not running:
        return HttpResponse(headers={"HX-Redirect": address})
    structure = structure_of(found.rule.dataflow)
    rule_page = reverse("collection:rule", args=[found.rule.name])
    context = {
        "trial": found,
        "rule": found.rule,
        "words": explanation(found.rule.declaration, structure),
        "outdated": found.revision != found.rule.revision,
        "summary": _summary(found),
        "seconds": f"{max(found.seconds, 0.1):.1f}",
        "table": _table(found, structure),
        "left": reading.number(found.broken - len(found.examples)) if found.broken > len(found.examples) else "",
        "crumbs": [Link(_("Rules"), reverse("collection:rules")), Link(found.rule.name, rule_page), Link(_("Trial"))],
    }
    return page(request, "collection/_trial_progress.html" if fragment else "collection/trial.html", context)


def _summary(found: Trial) -> str:
    if not found.looked:
        return _("There is nothing stored that the rule could be held against.")
    counts = {"broken": reading.number(found.broken), "looked": reading.number(found.looked)}
    if not found.broken:
        return _("It holds for all of the %(looked)s figures that it looked at.") % counts
    return _("%(broken)s of the %(looked)s figures that it looked at do not keep it.") % counts


def _table(found: Trial, structure: StructureView) -> Table:
    columns = (
        Column(_("Area")),
        Column(_("Period")),
        Column(_("Value"), kind="number"),
        Column(_("What was found")),
        Column(_("Indicator")),
        Column(_("Breakdown")),
    )
    rows = []
    for example in found.examples:
        words = changes.words_of(example["key"], structure)
        cells = (
            Cell(text=words.area or words.indicator),
            Cell(text=example["period"]),
            Cell(text=example["value"], missing=_("no figure")),
            Cell(text=example["detail"] or "–"),
            Cell(text=words.indicator),
            Cell(text=words.others or "–"),
        )
        rows.append(Row(cells=cells))
    return Table(caption=_("Figures that do not keep the rule"), columns=columns, rows=tuple(rows), dense=True)
