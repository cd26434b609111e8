"""SDMX REST 2: availability queries: what is there, answered from stored summaries without touching observations."""

from __future__ import annotations

import dataclasses
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from adme.accounts.policy import PUBLIC, policy
from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import Artefacts, Constraint
from adme.releases import queries
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.errors import NoResults, NotImplementedYet
from adme.sdmx.negotiation import choose_structure
from adme.sdmx.query import DataQuery, parse_query
from adme.sdmx.references import collect
from adme.sdmx.registry import PublicRegistry
from adme.sdmx.structure_views import written
from adme.sdmx.views import dimensions_and_time, find_dataflow
from adme.structures.models import Dataflow


@policy(PUBLIC, formats=("structure-json", "structure-xml"))
@sdmx_errors
def availability(
    request: HttpRequest,
    context: str,
    agency: str = "*",
    flow: str = "*",
    version: str = "*",
    key: str = "*",
    component: str = "*",
) -> HttpResponseBase:
    """`/availability/{context}/{agency}/{id}/{version}/{key}/{componentID}`: codes and periods that have data."""
    if context != "dataflow":
        raise NotImplementedYet(f"The context “{context}” is not offered yet; dataflow is.")
    dataflow = find_dataflow(agency, flow, version)
    rest, own = _own_parameters(request.META.get("QUERY_STRING", ""))
    query = parse_query(key, rest, *dimensions_and_time(dataflow))
    offer = choose_structure(request.headers.get("Accept", "*/*"), query.format)
    language = (get_language() or "en").split("-")[0]
    tag = state_tag("availability", dataflow.pk, query, component, sorted(own.items()), offer, language)
    headers = public_headers(tag, offer.media_type, query.as_of)
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag, "Vary": headers["Vary"]})
    constraint = _constraint(dataflow, query, component, own.get("mode", "exact"))
    artefacts = _with_references(constraint, own.get("references", "none"))
    return HttpResponse(written(artefacts, offer.export, language), headers=headers)


def _own_parameters(query_string: str) -> tuple[str, dict[str, str]]:
    """The query string without the parameters that only availability has, and those."""
    own, rest = {}, []
    for piece in filter(None, query_string.split("&")):
        name, _, value = piece.partition("=")
        if unquote(name) in ("mode", "references"):
            own[unquote(name)] = unquote(value)
        else:
            rest.append(piece)
    return "&".join(rest), own


def _constraint(dataflow: Dataflow, query: DataQuery, component: str, mode: str) -> Constraint:
    if mode not in ("exact", "available"):
        raise NotImplementedYet(f"The mode “{mode}” is not offered; exact and available are.")
    if query.period_from is not None or query.first_n is not None or query.last_n is not None:
        raise NotImplementedYet("Availability within a range of periods is not offered yet.")
    found = queries.availability(dataflow, query.filters, as_of=query.as_of)
    if not found.codes or found.first_period is None or found.last_period is None:
        raise NoResults("Nothing public matches.")
    values = {name: tuple(codes) for name, codes in found.codes.items()}
    if mode == "available":
        values = {name: _available(dataflow, query, name) for name in values}
    wanted = None if component in ("*", "") else component.split(",")
    with_time = wanted is None or "TIME_PERIOD" in wanted
    return Constraint(
        dataflow.agency,
        f"CR_{dataflow.artefact_id}",
        dataflow.version,
        {"en": f"Available data of {dataflow.artefact_id}"},
        dataflow=f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={dataflow.reference}",
        values={name: codes for name, codes in values.items() if wanted is None or name in wanted},
        first_period=periods.label(found.first_period) if with_time else "",
        last_period=periods.label(found.last_period) if with_time else "",
        series=found.series_count,
    )


def _available(dataflow: Dataflow, query: DataQuery, dimension: str) -> tuple[str, ...]:
    """The codes of a dimension that would still give data if its own filter were another."""
    filters = {name: codes for name, codes in query.filters.items() if name != dimension}
    return tuple(queries.availability(dataflow, filters, as_of=query.as_of).codes.get(dimension, ()))


def _with_references(constraint: Constraint, references: str) -> Artefacts:
    if references == "none":
        return Artefacts(constraints=(constraint,))
    registry = PublicRegistry()
    everything = collect(registry, [constraint.dataflow], "descendants", "full")
    if references != "all":
        kinds = set(references.split(","))
        everything = Artefacts(
            schemes=tuple(one for one in everything.schemes if one.kind in kinds),
            structures=everything.structures if "datastructure" in kinds else (),
            flows=everything.flows if "dataflow" in kinds else (),
        )
    return dataclasses.replace(everything, constraints=(constraint,))
