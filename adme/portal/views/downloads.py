"""Files: an indicator's figures and its drawing, a table as laid out, the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adme.accounts import refusals
from adme.accounts.policy import PUBLIC, policy
from adme.portal import drawn, files, queries, several, table_request
from adme.portal.asked import Asked
from adme.portal.freshness import revalidated
from adme.portal.indicator_page import IndicatorPage
from adme.portal.table_page import MOST_LAID_OUT, TablePlan
from adme.portal.views.indicator import page_or_404
from adme.releases import exports
from adme.releases.queries import Selection

FORMATS = {"csv": "csv", "xlsx": "xlsx", "parquet": "parquet", "sdmx.csv": "sdmx-csv"}
"""File ending → format of `releases.exports`."""


def _parts_of_indicator(slug: str, ending: str) -> tuple[object, ...]:
    return (*queries.metadata_of(slug), ending)


@policy(PUBLIC, formats=("csv", "xlsx", "parquet", "svg"))
@revalidated(_parts_of_indicator)
def indicator_data(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The figures that an indicator's page shows for the same question; as `svg`, its chart or map."""
    page = page_or_404(slug, Asked(request.GET))
    if ending == "svg":
        return _drawing(page)
    areas = [area.code for area in page.shown.states if area.code in page.asked_areas]
    one = several.Picked(
        page.indicator, page.flow, {n: (code,) for n, [code] in page.flow.layout.named(page.combination).items()}, ()
    )
    return _exported(files.selection_of(one, areas, page.years, page.as_of), ending, stem=slug)


@policy(PUBLIC, formats=("csv", "xlsx", "parquet"))
def table_data(request: HttpRequest, ending: str) -> HttpResponseBase:
    """A table of the builder as it is laid out; with ?rows=DATAFLOW, the rows behind it in that dataflow."""
    asked = Asked(request.GET)
    plan = table_request.read(asked).plan
    if plan is None:
        raise Http404
    rows = asked.text("rows")
    if rows or ending == "sdmx.csv":
        selection = files.rows_of(plan, rows or plan.picked[0].flow.dataflow.artefact_id)
        if selection is None:
            raise Http404
        return _exported(selection, ending, stem="table")
    return _laid_out(request, plan, ending)


def _laid_out(request: HttpRequest, plan: TablePlan, ending: str) -> HttpResponseBase:
    if plan.places > MOST_LAID_OUT:
        return refusals.problem(
            413,
            _("Too large to be laid out"),
            _("This table has room for more than {n} values. Take its rows instead: add rows=DATAFLOW.").format(
                n=MOST_LAID_OUT
            ),
        )
    laid_out = plan.laid_out()
    if laid_out is None:
        raise Http404
    content_type = exports.FORMATS[FORMATS[ending]][0]
    return _sent(files.laid_out_file(plan, laid_out, ending), content_type, f"table.{ending}")


def _drawing(page: IndicatorPage) -> HttpResponse:
    svg = drawn.svg_file(page)
    if not svg:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{page.indicator.slug}.svg") or ""
    return response


def _exported(selection: Selection, ending: str, *, stem: str) -> HttpResponseBase:
    made = exports.export(selection, FORMATS[ending], exports.Manner("both", get_language() or "en"))
    return _sent(made.chunks(), made.content_type, f"{slugify(stem)}.{ending}")


def _sent(chunks: Iterator[bytes], content_type: str, filename: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return response
