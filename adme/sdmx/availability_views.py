"""Availability queries of both versions: what is there. Thin: parse, ask, write.

Where only series are asked for the answer comes from stored summaries without touching observations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import Artefacts, Constraint
from adme.releases import queries
from adme.releases.queries import Availability, Question
from adme.sdmx.answers import made_answer, sdmx_errors
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.flows import EVERY, dataflow_of_reference, is_provided_by, named_dataflows, parts_of_reference
from adme.sdmx.negotiation import STRUCTURES, STRUCTURES_V1
from adme.sdmx.query import Components, parse_query
from adme.sdmx.raw_query import parted, with_stray_parameters
from adme.sdmx.references import collect, partial
from adme.sdmx.registry import PublicRegistry
from adme.sdmx.scorecard_availability import scorecard_constraint
from adme.sdmx.scorecard_data import components as scorecard_components
from adme.sdmx.scorecard_data import scorecard_slug
from adme.sdmx.several import Asked, questions
from adme.sdmx.structure_views import written
from adme.sdmx.v1_query import parse_v1_query
from adme.sdmx.wishes import Wish, wish_of
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

MODES = ("exact", "available")
REFERENCES = ("none", "all", "codelist", "datastructure", "conceptscheme", "dataflow", "dataproviderscheme")
_OWN = ("mode", "references")
_NOT_HERE = (
    "firstNObservations", "lastNObservations", "limit", "offset", "sort", "includeHistory", "attributes", "measures",
    "dimensionAtObservation", "detail",
)  # fmt: skip


@policy(PUBLIC, formats=tuple(offer.export for offer in STRUCTURES.offers))
@with_stray_parameters
@sdmx_errors
def availability(
    request: HttpRequest,
    context: str = "*",
    agency: str = "*",
    flow: str = "*",
    version: str = "*",
    key: str = "*",
    component: str = "*",
) -> HttpResponseBase:
    """`/availability/{context}/{agency}/{id}/{version}/{key}/{componentID}`: codes and periods that have data."""
    if slug := scorecard_slug(context, agency, flow):
        wish = wish_of(request, STRUCTURES)
        own, rest = _own_parameters(wish.rest)
        question = parse_query(key, rest, scorecard_components())
        return _of_scorecard(request, slug, version, question, component, own, wish)
    dataflows = named_dataflows(context, agency, flow, version)
    wish = wish_of(request, STRUCTURES)
    own, rest = _own_parameters(wish.rest)
    return _answer(request, questions(dataflows, key, rest), component, own, wish)


@policy(PUBLIC, formats=tuple(offer.export for offer in STRUCTURES_V1.offers))
@with_stray_parameters
@sdmx_errors
def availability_v1(
    request: HttpRequest, flow: str, key: str = "all", provider: str = "all", component: str = "all"
) -> HttpResponseBase:
    """`/availableconstraint/{flow}/{key}/{provider}/{componentID}` of SDMX-REST 1."""
    wish = wish_of(request, STRUCTURES_V1)
    own, rest = _own_parameters(wish.rest)
    agency, name, version = parts_of_reference(flow)
    if slug := scorecard_slug("dataflow", agency, name):
        if provider not in ("", *EVERY):
            raise NoResults("Nothing public matches.")
        question = parse_v1_query(key, rest, scorecard_components())
        return _of_scorecard(request, slug, version, question, component, own, wish)
    dataflow = dataflow_of_reference(flow)
    question = parse_v1_query(key, rest, Components.of(structure_of(dataflow)))
    if not is_provided_by(dataflow, provider):
        raise NoResults("Nothing public matches.")
    return _answer(request, [Asked(dataflow, question)], component, own, wish)


def _own_parameters(text: str) -> tuple[dict[str, str], str]:
    """Mode and references, and the query string without them."""
    own, rest = parted(text, _OWN)
    for name in parted(rest, _NOT_HERE)[0]:
        raise SyntaxFault(f"There is no parameter “{name}” in an availability query.")
    if own.get("mode", "exact") not in MODES:
        raise SyntaxFault(f"There is no mode “{own['mode']}”; {' and '.join(MODES)} are offered.")
    for kind in own.get("references", "none").split(","):
        if kind not in REFERENCES:
            raise SyntaxFault(f"“{kind}” is no reference of a constraint; {', '.join(REFERENCES)} are.")
    return own, rest


def _answer(
    request: HttpRequest, asked: Sequence[Asked], component: str, own: Mapping[str, str], wish: Wish
) -> HttpResponseBase:
    constraints = _constraints(asked, set(component.split(",")) - set(EVERY), own.get("mode", "exact"))
    artefacts = _with_references(constraints, own.get("references", "none"))
    language = wish.language({language for one in asked for language in one.dataflow.name})
    body = written(artefacts, wish.offer.export, language)
    return made_answer(request, body, wish.offer.media_type, as_of=asked[0].question.as_of, language=language)


def _of_scorecard(
    request: HttpRequest,
    slug: str,
    version: str,
    question: Question,
    component: str,
    own: Mapping[str, str],
    wish: Wish,
) -> HttpResponseBase:
    wanted = set(component.split(",")) - set(EVERY)
    freely = own.get("mode", "exact") == "available"
    constraint, language = scorecard_constraint(slug, version, question, wanted, freely=freely, wish=wish)
    artefacts = _with_references((constraint,), own.get("references", "none"))
    body = written(artefacts, wish.offer.export, language)
    return made_answer(request, body, wish.offer.media_type, as_of=question.as_of, language=language)


def _constraints(asked: Sequence[Asked], wanted: set[str], mode: str) -> tuple[Constraint, ...]:
    """What there is of each dataflow that has anything; SyntaxFault for a dimension that none of them has."""
    known = {one.dataflow.pk: _dimensions(one.dataflow) for one in asked}
    for name in wanted - {name for dimensions in known.values() for name in dimensions}:
        raise SyntaxFault(f"There is no dimension “{name}”.")
    fitting = [one for one in asked if wanted <= known[one.dataflow.pk]]
    found = tuple(made for one in fitting if (made := _constraint(one.dataflow, one.question, wanted, mode)))
    if not found:
        raise NoResults("Nothing public matches.")
    return found


def _dimensions(dataflow: Dataflow) -> set[str]:
    components = Components.of(structure_of(dataflow))
    return {*components.dimensions, components.time}


def _constraint(dataflow: Dataflow, question: Question, wanted: set[str], mode: str) -> Constraint | None:
    """None where nothing public matches."""
    time = Components.of(structure_of(dataflow)).time
    found = _found(dataflow, question)
    if not found.codes:
        return None
    values, spanned = dict(found.codes), found
    if mode == "available":
        values = {name: _freed(dataflow, question, name, found).codes.get(name, []) for name in values}
        spanned = _freed(dataflow, question, time, found)
    with_time = not wanted or time in wanted
    return Constraint(
        dataflow.agency,
        f"CR_{dataflow.artefact_id}",
        dataflow.version,
        {"en": f"Available data of {dataflow.artefact_id}"},
        dataflow=f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={dataflow.reference}",
        values={name: tuple(codes) for name, codes in values.items() if not wanted or name in wanted},
        first_period=_label(spanned.first_period) if with_time else "",
        last_period=_label(spanned.last_period) if with_time else "",
        series=found.series_count,
    )


def _found(dataflow: Dataflow, question: Question) -> Availability:
    """What is there; SyntaxFault for a filter that cannot be."""
    try:
        return queries.available(dataflow, question)
    except queries.KeyRefused as fault:
        raise SyntaxFault(str(fault)) from fault


def _freed(dataflow: Dataflow, question: Question, component: str, found: Availability) -> Availability:
    """What would still give data for one component if what is asked of it were another; `found` where nothing is."""
    where = question.where
    freed = where.freed([one.id for one in structure_of(dataflow).dimensions], component)
    if freed == where:
        return found
    return queries.available(dataflow, dataclasses.replace(question, where=freed))


def _label(period: int | None) -> str:
    return "" if period is None else periods.label(period)


def _with_references(constraints: tuple[Constraint, ...], references: str) -> Artefacts:
    """The constraints and what they refer to, lists cut to what the constraints name, with the codes above.

    Lists of attributes stay whole, as a constraint of keys says nothing of them.
    """
    if references == "none":
        return Artefacts(constraints=constraints)
    registry = PublicRegistry()
    if any(one.dataflow not in registry.artefacts for one in constraints):
        raise NotImplementedYet("What an earlier edition refers to is not kept: ask without references.")
    everything = collect(
        registry, [one.dataflow for one in constraints], "descendants,provisionagreement,dataproviderscheme", "full"
    )
    users = (*constraints, *everything.structures, *everything.flows, *everything.agreements)
    schemes = Artefacts.of(partial(everything.schemes, users, with_parents=True)).schemes
    kinds = set(references.split(","))
    kinds = set(REFERENCES) if "all" in kinds else kinds
    return Artefacts(
        schemes=tuple(one for one in schemes if one.kind in kinds),
        structures=everything.structures if "datastructure" in kinds else (),
        flows=everything.flows if "dataflow" in kinds else (),
        constraints=constraints,
    )
