"""SDMX REST 2: data queries on dataflows. Thin: parse, select, write."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.releases import queries
from adme.releases.queries import Selection
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.data_answers import data_answer
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.negotiation import DATA, OFFERED
from adme.sdmx.query import DataQuery, parse_query
from adme.sdmx.wishes import wish_of
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
    wish = wish_of(request, DATA)
    query = parse_query(key, wish.rest, *dimensions_and_time(dataflow))
    language = wish.language(dataflow.name)
    tag = state_tag(dataflow.pk, query, wish, language, as_of=query.as_of)
    headers = public_headers(tag, wish.offer.media_type, query.as_of, language)
    if unchanged(request, tag):
        return HttpResponse(
            status=304, headers={name: value for name, value in headers.items() if name != "Content-Type"}
        )
    return data_answer(request, _selected(dataflow, query), wish, headers)


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


def _selected(dataflow: Dataflow, query: DataQuery) -> Selection:
    """What the query means; NoResults when nothing public matches."""
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
    return selection
