"""SDMX REST 2: data queries on dataflows. Thin: parse, select, write."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language

from adme.accounts.policy import PUBLIC, policy
from adme.releases import exports, queries
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.negotiation import OFFERED, choose
from adme.sdmx.query import DataQuery, parse_query
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of


@policy(PUBLIC, formats=tuple(offer.export for offer in OFFERED))
@sdmx_errors
def data(
    request: HttpRequest, context: str, agency: str = "*", flow: str = "*", version: str = "*", key: str = "*"
) -> HttpResponseBase:
    """`/data/{context}/{agency}/{id}/{version}/{key}`: what is public, in the format that was asked for."""
    if context != "dataflow":
        raise NotImplementedYet(f"The context “{context}” is not offered yet; dataflow is.")
    dataflow = find_dataflow(agency, flow, version)
    query = parse_query(key, request.META.get("QUERY_STRING", ""), *dimensions_and_time(dataflow))
    offer, labels = choose(request.headers.get("Accept", "*/*"), query.format)
    language = get_language() or "en"
    tag = state_tag(dataflow.pk, query, offer, labels, language, as_of=query.as_of)
    headers = public_headers(tag, offer.media_type, query.as_of)
    if unchanged(request, tag):
        return HttpResponse(
            status=304, headers={name: value for name, value in headers.items() if name != "Content-Type"}
        )
    chunks = _chunks(dataflow, query, offer.export, labels, language)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(chunks, headers=headers)


def find_dataflow(agency: str, flow: str, version: str) -> Dataflow:
    """The one dataflow that the path names; the newest version for `*`, `~`, `+` and `latest`."""
    if any("," in part for part in (agency, flow, version)):
        raise NotImplementedYet("One dataflow in one request, please; several come later.")
    named = Dataflow.objects.select_related("data_structure")
    if agency not in ("*", "all"):
        named = named.filter(agency=agency)
    if flow in ("*", "all"):
        raise NotImplementedYet("Name the dataflow; all at once is not offered yet.")
    named = named.filter(artefact_id=flow)
    if version not in ("*", "~", "+", "latest"):
        named = named.filter(version=version)
    found = max(named, key=lambda one: [int(part) for part in one.version.split(".")], default=None)
    if found is None:
        raise NoResults("Nothing public matches.")
    return found


def dimensions_and_time(dataflow: Dataflow) -> tuple[list[str], str]:
    """Dimension ids in the order of the key, and the id of the time dimension."""
    view = structure_of(dataflow)
    return [dimension.id for dimension in view.dimensions], view.time


def _chunks(dataflow: Dataflow, query: DataQuery, name: str, labels: exports.Labels, language: str) -> Iterator[bytes]:
    """The message as a stream; NoResults before the first byte when nothing public matches."""
    try:
        selection = queries.select(
            dataflow,
            query.filters,
            period_from=query.period_from,
            period_to=query.period_to,
            as_of=query.as_of,
            first_n=query.first_n,
            last_n=query.last_n,
        )
    except queries.UnknownDimension as fault:
        raise SyntaxFault(str(fault)) from fault
    if not selection.exists():
        raise NoResults("Nothing public matches.")
    return exports.export(selection, name, labels=labels, language=language).chunks()
