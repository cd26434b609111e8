"""Reports: what waits, how complete they are, writing one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy, require
from adme.accounts.roles import Verb
from adme.indicators import report_templates
from adme.indicators.actions.reports import write
from adme.indicators.errors import MetadataRefused, Overtaken
from adme.indicators.forms import ChooseForm, ReportForm
from adme.indicators.languages import LANGUAGES
from adme.indicators.metadata_queries import (
    attributes_of,
    metadataflow_of,
    report_lines,
    reports_of,
    versions_of,
    waiting_reports,
)
from adme.indicators.models import Indicator, MetadataAttribute, SeriesBreak
from adme.indicators.queries import indicators_of, search
from adme.indicators.views.frame import areas_of, in_plain_words, indicator_or_404, page, person_of
from adme.lib.page.shell import Link
from adme.structures.queries import all_dataflows

PAGE = 50
MOST_FOUND = 500
"""Indicators that a search may leave in the list."""


@policy(Verb.SIGNED_IN, formats=("html",))
def reports(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, then every indicator with the score of its report."""
    flows = {flow.artefact_id: flow.title for flow in all_dataflows()}
    flow = request.GET.get("dataflow", "")
    words = request.GET.get("q", "").strip()[:100].replace("\0", "")
    found = indicators_of(dataflow=flow if flow in flows else "").order_by("slug")
    if words:
        found = found.filter(slug__in=[hit.slug for hit in search(words, kinds=["indicator"])[:MOST_FOUND]])
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting = list(waiting_reports()[:PAGE])
    breaks = list(SeriesBreak.objects.waiting().select_related("indicator")[:PAGE])
    context = {
        "waiting": waiting,
        "waiting_breaks": breaks,
        "nothing_waits": not waiting and not breaks,
        "page_obj": shown,
        "lines": report_lines(list(shown.object_list)),
        "flows": [(name, title, name == flow) for name, title in flows.items()],
        "q": words,
        "may_write": can(request.user, Verb.STRUCTURE),
    }
    return page(request, "indicators/reports.html", context)


@policy(Verb.SIGNED_IN, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One report: its newest version in a form for those who write, all its versions, its breaks."""
    indicator = indicator_or_404(slug)
    areas = areas_of(indicator)
    area, language = _chosen(request, areas)
    attributes = attributes_of(metadataflow_of(indicator.dataflow).structure)
    versions = versions_of(indicator, area)
    newest = versions[0] if versions else None
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        attributes=attributes,
        texts=newest.texts if newest else {},
        language=language,
        initial={"seen": newest.number if newest else 0},
    )
    if request.method == "POST":
        require(person_of(request), Verb.STRUCTURE)
        if form.is_valid() and (answer := _write(request, indicator, area, form)) is not None:
            return answer
    return _page(request, indicator, area, language, attributes, form)


def _chosen(request: HttpRequest, areas: dict[str, str]) -> tuple[str, str]:
    area, language = request.GET.get("area", ""), request.GET.get("lang", "en")
    if (area and area not in areas) or language not in LANGUAGES:
        raise Http404
    return area, language


def _write(request: HttpRequest, indicator: Indicator, area: str, form: ReportForm) -> HttpResponse | None:
    try:
        made = write(
            indicator=indicator,
            texts=form.texts(),
            area=area,
            by=person_of(request),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
    except (MetadataRefused, Overtaken) as refusal:
        form.add_error(None, " ".join(part for part in (refusal.title, refusal.detail, refusal.remedy) if part))
        return None
    messages.success(request, _("Kept as a draft. Another person can approve it now."))
    address = reverse("indicators:version", args=[indicator.slug, made.number])
    return redirect(f"{address}?{urlencode({'area': area})}" if area else address)


def _page(
    request: HttpRequest,
    indicator: Indicator,
    area: str,
    language: str,
    attributes: list[MetadataAttribute],
    form: ReportForm,
) -> HttpResponse:
    areas = areas_of(indicator)
    versions = versions_of(indicator, area)
    newest = versions[0].number if versions else 0
    context = {
        "indicator": indicator,
        "area": area,
        "area_name": areas.get(area, ""),
        "form": form,
        "choose": ChooseForm(initial={"area": area, "lang": language}, areas=areas),
        "language": LANGUAGES[language],
        "versions": [(one, one.state_among(newest)) for one in versions],
        "templates": _templates(indicator, area, language),
        "breaks": indicator.breaks.all(),
        "other_areas": [(one.area, areas.get(one.area, one.area)) for one in reports_of(indicator) if one.area != area],
        "required": [one.title for one in attributes if one.required],
        "may_write": can(request.user, Verb.STRUCTURE),
        "crumbs": crumbs(indicator),
    }
    return page(request, "indicators/report.html", context, status=422 if form.is_bound and form.errors else 200)


def _templates(indicator: Indicator, area: str, language: str) -> list[Link]:
    """The report as files to fill in."""
    question = urlencode({name: value for name, value in (("area", area), ("lang", language)) if value})
    return [
        Link(ending.upper(), f"{reverse('indicators:template', args=[indicator.slug, ending])}?{question}")
        for ending in report_templates.CONTENT_TYPES
    ]


def crumbs(indicator: Indicator, *links: Link) -> list[Link]:
    """Where a page on one indicator stands."""
    own = Link(indicator.name, reverse("indicators:report", args=[indicator.slug]) if links else "")
    return [Link(_("Metadata"), reverse("indicators:reports")), own, *links]
