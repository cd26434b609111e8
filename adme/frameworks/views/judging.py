"""What is decided beside an edition: classes set by hand, consents of states, links to a later plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.models import Organisation
from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.frameworks.actions import judgements as acts
from adme.frameworks.forms import ConsentForm, LinkForm, OverrideForm, ReasonForm
from adme.frameworks.models import Consent, CrosswalkLink, Framework, Node, Override
from adme.frameworks.views.frame import framework_of, in_plain_words, page, person_of
from adme.lib.texts import text_in

FORM = ("POST",)
MODELS: dict[str, type[Override] | type[Consent] | type[CrosswalkLink]] = {
    "override": Override,
    "consent": Consent,
    "link": CrosswalkLink,
}


@policy(Verb.APPROVE_FRAMEWORK, formats=("html",))
@in_plain_words
def judgements(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What stands, and forms for more."""
    return _page(request, framework_of(slug))


def _page(request: HttpRequest, framework: Framework, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    """The page with one form per kind, bound ones in place of fresh ones."""
    context: dict[str, Any] = {
        "framework": framework,
        "overrides": Override.objects.filter(node__framework=framework, withdrawn_instant=None).select_related("node"),
        "consents": Consent.objects.filter(framework=framework, withdrawn_instant=None),
        "crosswalk": CrosswalkLink.objects.filter(from_framework=framework, withdrawn_instant=None).select_related(
            "from_node", "to_node", "to_framework"
        ),
        "override_form": bound.get("override") or _override_form(framework),
        "consent_form": bound.get("consent") or ConsentForm(areas=_areas(), auto_id="consent-%s"),
        "link_form": bound.get("link") or _link_form(framework),
        "reason": ReasonForm(auto_id="withdraw-%s"),
    }
    return page(request, "judgements", context, status=status)


def _areas() -> list[tuple[str, str]]:
    found = [(one.area_code, text_in(one.name)) for one in Organisation.objects.member_states()]
    return sorted(found, key=lambda pair: pair[1])


def _nodes(**wanted: Any) -> list[tuple[str, str]]:
    found = Node.objects.filter(**wanted).select_related("framework").order_by("framework", "pk")
    return [(str(node.pk), f"{node.code} {node.name}".strip()[:90]) for node in found]


def _override_form(framework: Framework, data: Any = None) -> OverrideForm:
    kpis = _nodes(framework=framework, is_measured=True)
    return OverrideForm(data, kpis=kpis, areas=_areas(), auto_id="override-%s")


def _link_form(framework: Framework, data: Any = None) -> LinkForm:
    others = Node.objects.exclude(framework=framework).select_related("framework").order_by("framework", "pk")
    there = [(str(node.pk), f"{node.framework.name}: {node.code} {node.name}"[:120]) for node in others]
    return LinkForm(data, here=_nodes(framework=framework), there=there, auto_id="link-%s")


@policy(Verb.APPROVE_FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def override(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Set a class by hand."""
    framework = framework_of(slug)
    form = _override_form(framework, request.POST)
    if not form.is_valid():
        return _page(request, framework, status=422, override=form)
    told = dict(form.cleaned_data)
    node = Node.objects.get(pk=told.pop("node"))
    acts.override(node=node, by=person_of(request), **told)
    return _done(request, slug)


@policy(Verb.APPROVE_FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def consent(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Write a state's consent down."""
    framework = framework_of(slug)
    form = ConsentForm(request.POST, areas=_areas(), auto_id="consent-%s")
    if not form.is_valid():
        return _page(request, framework, status=422, consent=form)
    told = form.cleaned_data
    acts.consent(framework=framework, by=person_of(request), reason=told["document"], **told)
    return _done(request, slug)


@policy(Verb.APPROVE_FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def link(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Link a part of this plan to one of a later plan."""
    framework = framework_of(slug)
    form = _link_form(framework, request.POST)
    if not form.is_valid():
        return _page(request, framework, status=422, link=form)
    told = form.cleaned_data
    ends = {name: Node.objects.get(pk=told[name]) if told[name] else None for name in ("from_node", "to_node")}
    later = ends["to_node"]
    acts.link(
        from_framework=framework,
        to_framework=later.framework if later else framework,
        from_node=ends["from_node"],
        to_node=later,
        relation=told["relation"],
        note={"en": told["note"]} if told["note"] else {},
        source=told["source"],
        by=person_of(request),
        reason=told["reason"],
    )
    return _done(request, slug)


@policy(Verb.APPROVE_FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def withdraw(request: HttpRequest, slug: str, kind: str, judgement_id: int) -> HttpResponseBase:
    """End an override, a consent or a link."""
    framework_of(slug)
    form = ReasonForm(request.POST)
    acts.withdraw(
        judged=_judged(kind, judgement_id),
        by=person_of(request),
        reason=form.cleaned_data["reason"] if form.is_valid() else "",
    )
    return _done(request, slug)


def _judged(kind: str, judgement_id: int) -> Override | Consent | CrosswalkLink:
    found: Override | Consent | CrosswalkLink | None = None
    if kind in MODELS:
        found = MODELS[kind].objects.filter(pk=judgement_id).first()  # type: ignore[assignment]
    if found is None:
        raise Http404
    return found


def _done(request: HttpRequest, slug: str) -> HttpResponseBase:
    messages.success(request, _("Written down. It counts from now on."))
    return redirect("frameworks:judgements", slug=slug)
