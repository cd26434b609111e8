"""SDMX REST 2: data queries on dataflows. Thin: parse, select, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import chain

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date, parse_etags
from django.utils.translation import get_language

from adme.accounts.policy import PUBLIC, policy
from adme.lib.clock import from_instant
from adme.releases import exports, queries
from adme.releases.validators import public_instant, state_tag
from adme.sdmx.errors import NoResults, NotImplementedYet, SdmxError, SyntaxFault
from adme.sdmx.negotiation import OFFERED, choose
from adme.sdmx.query import DataQuery, parse_query
from adme.structures.models import Component, Dataflow

DataView = Callable[..., HttpResponseBase]


def sdmx_errors(view: DataView) -> DataView:
    """Answer every SdmxError as an SDMX error message in JSON."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SdmxError as error:
            return error_message(error)

    return wrapped


def error_message(error: SdmxError) -> HttpResponse:
    """The standard's error message: errors with code, title and detail."""
    body = {"errors": [{"code": error.code, "title": error.words, "titles": {"en": error.words}}]}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=error.status)
    answer["Content-Type"] = "application/vnd.sdmx.error+json;version=2.0.0"
    answer["Cache-Control"] = "no-store"
    return answer


@policy(PUBLIC, formats=tuple(offer.export for offer in OFFERED))
@sdmx_errors
def data(
    request: HttpRequest, context: str, agency: str = "*", flow: str = "*", version: str = "*", key: str = "*"
) -> HttpResponseBase:
    """`/data/{context}/{agency}/{id}/{version}/{key}`: what is public, in the format that was asked for."""
    if context != "dataflow":
        raise NotImplementedYet(f"The context “{context}” is not offered yet; dataflow is.")
    dataflow = find_dataflow(agency, flow, version)
    query = parse_query(key, request.META.get("QUERY_STRING", ""), *_dimensions(dataflow))
    offer, labels = choose(request.headers.get("Accept", "*/*"), query.format)
    language = get_language() or "en"
    tag = state_tag(dataflow.pk, query, offer, labels, language, as_of=query.as_of)
    headers = _headers(tag, offer.media_type, query)
    if _unchanged(request, tag):
        return HttpResponse(status=304, headers=_without_type(headers))
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


def _dimensions(dataflow: Dataflow) -> tuple[list[str], str]:
    components = Component.objects.filter(data_structure=dataflow.data_structure).order_by("position")
    ids = [one.component_id for one in components if one.role == Component.Role.DIMENSION]
    time = next(one.component_id for one in components if one.role == Component.Role.TIME)
    return ids, time


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
    return chain(exports.export(selection, name, labels=labels, language=language).chunks())


def _headers(tag: str, media_type: str, query: DataQuery) -> dict[str, str]:
    return {
        "Content-Type": media_type,
        "ETag": tag,
        "Last-Modified": http_date(from_instant(public_instant(query.as_of)).timestamp()),
        "Vary": "Accept, Accept-Language, Accept-Encoding",
        # Every use asks whether it is still true: a withdrawal must reach every cache at once.
        "Cache-Control": "public, no-cache",
    }


def _without_type(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Content-Type"}


def _unchanged(request: HttpRequest, tag: str) -> bool:
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or tag in given
