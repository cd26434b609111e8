"""The metadata report of an indicator, and the history of a report."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.indicators import report_templates
from adme.indicators.languages import name_of_language
from adme.indicators.metadata_queries import metadataflow_of
from adme.indicators.models import Indicator
from adme.indicators.report_files import About
from adme.lib.page.shell import Link
from adme.portal import described, queries
from adme.portal.addresses import with_question
from adme.portal.asked import Asked
from adme.portal.described import Description
from adme.portal.freshness import public_page
from adme.portal.queries import Flow


@policy(PUBLIC)
@public_page
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is said of an indicator, for all countries or for one."""
    asked = Asked(request.GET)
    told = described_or_404(slug)
    areas = _areas(told)
    area = next(iter(asked.known("area", dict(areas), most=1)), "")
    languages = told.languages(area)
    language = asked.one_of("lang", languages, "") or None
    version = told.reports.get(area) or told.reports.get("")
    path = request.path
    context = {
        "told": told,
        "indicator": told.indicator,
        "crumbs": _crumbs(told.indicator, Link(_("Metadata"))),
        "sections": told.sections(area, language),
        "score": told.score(area),
        "area": area,
        "areas": [(code, name, code == area) for code, name in areas],
        "area_name": dict(areas).get(area, ""),
        "languages": [
            Link(name_of_language(one), with_question(path, {"area": area, "lang": one}), current=one == language)
            for one in languages
        ],
        "version": version,
        "downloads": _downloads(told, area, language) if area in told.reports else [],
        "history_url": with_question(reverse("portal:metadata-history", args=[slug]), {"area": area}),
        "breaks": _breaks(told.indicator, area),
        "required": [one for one in told.attributes if one.required],
        "notes": asked.notes,
    }
    return render(request, "portal/metadata.html", context)


@policy(PUBLIC, formats=("xlsx", "docx"))
@public_page
def metadata_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """The same report as a workbook or a Word document."""
    asked = Asked(request.GET)
    told = described_or_404(slug)
    area = next(iter(asked.known("area", dict(_areas(told)), most=1)), "")
    language = asked.one_of("lang", [*told.languages(area), "en"], "en")
    version = told.reports.get(area)
    if version is None:
        raise Http404
    structure = metadataflow_of(told.indicator.dataflow).structure.reference
    about = About(slug, area, structure, version.number)
    made = report_templates.write(ending, about, told.indicator.name, told.attributes, version.texts, language)
    return HttpResponse(made, content_type=report_templates.CONTENT_TYPES[ending])


@policy(PUBLIC)
@public_page
def metadata_history(request: HttpRequest, slug: str) -> HttpResponse:
    """What each approved version of a report changed, newest first."""
    asked = Asked(request.GET)
    told = described_or_404(slug)
    areas = dict(_areas(told))
    area = next(iter(asked.known("area", areas, most=1)), "")
    number = asked.text("version")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None
    history = described.history_of(told.indicator, told.attributes, area, wanted)
    if history is None:
        raise Http404
    report = Link(_("Metadata"), with_question(told.url, {"area": area}))
    context = {
        "told": told,
        "indicator": told.indicator,
        "history": history,
        "area_name": areas.get(area, ""),
        "crumbs": _crumbs(told.indicator, report, Link(_("History"))),
        "report_url": report.url,
        "notes": asked.notes,
    }
    return render(request, "portal/metadata_history.html", context)


def described_or_404(slug: str) -> Description:
    """What is said of an indicator; 404 alike for an unknown slug, without public figures, without structure."""
    indicator = queries.indicator_for(slug)
    if indicator is None or not queries.is_public(indicator):
        raise Http404
    told = described.description_of(indicator)
    if not told.is_asked:
        raise Http404
    return told


def _areas(told: Description) -> list[tuple[str, str]]:
    flow = queries.flow_of(told.indicator.dataflow)
    titles = {code: flow.code_title(flow.layout.area, code) for code in told.reports if code}
    return described.areas_described(told.reports, queries.states(), titles)


def _downloads(told: Description, area: str, language: str | None) -> list[Link]:
    """The report as files, and over the API."""
    slug = told.indicator.slug
    question = {"area": area, "lang": language or ""}
    links = [
        Link(ending.upper(), with_question(reverse("portal:metadata-file", args=[slug, ending]), question))
        for ending in report_templates.CONTENT_TYPES
    ]
    agency = told.indicator.dataflow.agency
    kwargs = {"provider": agency, "artefact": f"{slug}@{area}" if area else slug}
    api = reverse("sdmx:metadata-set", kwargs=kwargs)
    return [*links, Link("SDMX-JSON", f"{api}?format=json"), Link("SDMX-ML", f"{api}?format=xml")]


def _breaks(indicator: Indicator, area: str) -> list[tuple[str, str]]:
    """When and where, and what changed; for one area with those of all countries."""
    flow = queries.flow_of(indicator.dataflow)
    names = {state.code: state.name for state in queries.states()}
    return [
        (f"{one.when}, {_where(one.area, names, flow)}", one.what)
        for one in described.breaks_of(indicator)
        if not area or one.area in ("", area)
    ]


def _where(area: str, names: Mapping[str, str], flow: Flow) -> str:
    return names.get(area) or flow.code_title(flow.layout.area, area) if area else _("all countries")


def _crumbs(indicator: Indicator, *links: Link) -> list[Link]:
    return [
        Link(_("Indicators"), reverse("portal:indicators")),
        Link(indicator.name, reverse("portal:indicator", args=[indicator.slug])),
        *links,
    ]
