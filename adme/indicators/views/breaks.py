"""Breaks in the series of one indicator: noted, approved, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy, require
from adme.accounts.roles import Verb
from adme.indicators.actions.breaks import approve_break, end_break, note_break
from adme.indicators.errors import BreakRefused
from adme.indicators.forms import BreakForm, ReasonForm
from adme.indicators.models import Indicator, SeriesBreak
from adme.indicators.views.frame import areas_of, in_plain_words, indicator_or_404, page, person_of
from adme.indicators.views.reports import crumbs
from adme.lib import periods
from adme.lib.page import reading
from adme.lib.page.shell import Link


@policy(Verb.SIGNED_IN, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def breaks(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every break that was ever noted, and a form for one more."""
    indicator = indicator_or_404(slug)
    areas = areas_of(indicator)
    form = BreakForm(request.POST if request.method == "POST" else None, areas=areas)
    if request.method == "POST":
        require(person_of(request), Verb.STRUCTURE)
        if form.is_valid() and _noted(request, indicator, form):
            messages.success(request, _("Noted. Another person can approve it now."))
            return redirect("indicators:breaks", slug=slug)
    return _page(request, indicator, areas, form)


def _noted(request: HttpRequest, indicator: Indicator, form: BreakForm) -> bool:
    given = form.cleaned_data
    try:
        note_break(
            indicator=indicator,
            period=given["period"].strip(),
            area=given["area"],
            what={"en": given["what"]},
            by=person_of(request),
        )
    except BreakRefused as refusal:
        form.add_error(None, " ".join(part for part in (refusal.title, refusal.detail, refusal.remedy) if part))
        return False
    return True


def _page(request: HttpRequest, indicator: Indicator, areas: dict[str, str], form: BreakForm) -> HttpResponse:
    person = person_of(request)
    rows = [
        {
            "noted": one,
            "when": reading.period(periods.label(one.period)),
            "where": areas.get(one.area, one.area) if one.area else _("all countries"),
            "waits": not one.approved_at and not one.ended_at,
            "may_approve": not one.approved_at and not one.ended_at and can(person, Verb.REVIEW)
            and (one.written_by != person.get_username() or can(person, Verb.APPROVE_OWN)),
            "may_end": not one.ended_at
            and (can(person, Verb.REVIEW) or (one.written_by == person.get_username() and not one.approved_at)),
        }
        for one in indicator.breaks.all()
    ]  # fmt: skip
    context = {
        "indicator": indicator,
        "rows": rows,
        "form": form,
        "end_form": ReasonForm(),
        "may_write": can(person, Verb.STRUCTURE),
        "crumbs": crumbs(indicator, Link(_("Breaks"))),
    }
    return page(request, "indicators/breaks.html", context, status=422 if form.is_bound and form.errors else 200)


@policy(Verb.REVIEW, methods=("POST",), formats=("html",))
@in_plain_words
def approve_one(request: HttpRequest, slug: str, break_id: int) -> HttpResponseBase:
    """Show a break to readers."""
    approve_break(noted=_asked(slug, break_id), by=person_of(request))
    messages.success(request, _("Approved. Readers see it now."))
    return redirect("indicators:breaks", slug=slug)


@policy(Verb.SIGNED_IN, methods=("POST",), formats=("html",))
@in_plain_words
def end_one(request: HttpRequest, slug: str, break_id: int) -> HttpResponseBase:
    """Take a break back; the action asks for the right."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    end_break(noted=_asked(slug, break_id), by=person_of(request), reason=reason)
    messages.success(request, _("Taken back."))
    return redirect("indicators:breaks", slug=slug)


def _asked(slug: str, break_id: int) -> SeriesBreak:
    found = SeriesBreak.objects.filter(indicator__slug=slug, pk=break_id).first()
    if found is None:
        raise Http404
    return found
