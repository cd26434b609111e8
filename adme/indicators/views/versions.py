"""One version of a report: what it changes, and the decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.indicators.actions.reports import approve, send_back
from adme.indicators.differences import differences
from adme.indicators.forms import ReasonForm
from adme.indicators.metadata_queries import attributes_of, versions_of
from adme.indicators.models import Indicator, ReportVersion
from adme.indicators.views.frame import areas_of, in_plain_words, indicator_or_404, page, person_of
from adme.indicators.views.reports import crumbs
from adme.lib.page.shell import Link


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def version(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """What a version says anew, against the one that readers see or, with ?against=, against any other."""
    indicator, found, all_versions = _asked(request, slug, number)
    area = found.report.area
    against = _against(request, found, all_versions)
    attributes = attributes_of(found.report.metadataflow.structure_id)
    titles = {one.attribute_id: one.title for one in attributes}
    changes = differences(against.texts if against else {}, found.texts, titles)
    newest = all_versions[0].number
    state = found.state_among(newest)
    person = person_of(request)
    context = {
        "indicator": indicator,
        "area": area,
        "area_name": areas_of(indicator).get(area, ""),
        "version": found,
        "state": state,
        "against": against,
        "others": [one for one in all_versions if one != found],
        "changes": [(titles[one.attribute], one) for one in changes],
        "missing": [one.title for one in attributes if one.required and one.attribute_id not in found.texts],
        "form": ReasonForm(),
        "may_decide": state == ReportVersion.State.DRAFT and can(person, Verb.REVIEW),
        "is_own": _has_a_hand_in(found, all_versions, person.get_username()) and not can(person, Verb.APPROVE_OWN),
        "crumbs": crumbs(indicator, Link(_("Version %(n)d") % {"n": found.number})),
    }
    return page(request, "indicators/version.html", context)


def _has_a_hand_in(version: ReportVersion, all_versions: Sequence[ReportVersion], name: str) -> bool:
    """Whether somebody wrote any version since the one that is public."""
    public = version.report.public.number if version.report.public else 0
    return any(one.written_by == name for one in all_versions if one.number > public)


@policy(Verb.REVIEW, methods=("POST",), formats=("html",))
@in_plain_words
def approve_version(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Make a draft public."""
    _indicator, found, _all = _asked(request, slug, number)
    approve(versions=[found], by=person_of(request), remark=_remark(request))
    messages.success(request, _("Approved. Readers see it now."))
    return _back(slug, found)


@policy(Verb.REVIEW, methods=("POST",), formats=("html",))
@in_plain_words
def return_version(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send a draft back with a remark."""
    _indicator, found, _all = _asked(request, slug, number)
    send_back(version=found, by=person_of(request), remark=_remark(request))
    messages.success(request, _("Sent back."))
    return _back(slug, found)


def _asked(request: HttpRequest, slug: str, number: int) -> tuple[Indicator, ReportVersion, list[ReportVersion]]:
    indicator = indicator_or_404(slug)
    versions = versions_of(indicator, request.GET.get("area", "").replace("\0", ""))
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise Http404
    return indicator, found, versions


def _against(request: HttpRequest, found: ReportVersion, versions: list[ReportVersion]) -> ReportVersion | None:
    """The version asked for, else the approved one before it."""
    asked = request.GET.get("against", "")
    if asked:
        return next((one for one in versions if str(one.number) == asked), None)
    return next((one for one in versions if one.approved_at and one.number < found.number), None)


def _remark(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


def _back(slug: str, found: ReportVersion) -> HttpResponse:
    address = reverse("indicators:version", args=[slug, found.number])
    return redirect(f"{address}?{urlencode({'area': found.report.area})}" if found.report.area else address)
