"""SDMX REST: data queries on dataflows, in the addresses of both versions. Thin: parse, select, write."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.releases import queries
from adme.releases.queries import Selection
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.data_answers import data_answer
from adme.sdmx.errors import NoResults, SyntaxFault
from adme.sdmx.flows import EVERY, dataflow_of_reference, is_provided_by, named_dataflows, parts_of_reference
from adme.sdmx.negotiation import DATA, DATA_V1, OFFERED
from adme.sdmx.query import Components, parse_query
from adme.sdmx.raw_query import with_stray_parameters
from adme.sdmx.scorecard_data import components, scorecard_answer, scorecard_slug
from adme.sdmx.several import Asked, questions
from adme.sdmx.v1_query import parse_v1_query
from adme.sdmx.wishes import Wish, wish_of
from adme.structures.queries import structure_of


@policy(PUBLIC, formats=tuple(offer.export for offer in OFFERED))
@with_stray_parameters
@sdmx_errors
def data(
    request: HttpRequest, context: str = "*", agency: str = "*", flow: str = "*", version: str = "*", key: str = "*"
) -> HttpResponseBase:
    """`/data/{context}/{agency}/{id}/{version}/{key}`: what is public, in the format that was asked for."""
    if slug := scorecard_slug(context, agency, flow):
        wish = wish_of(request, DATA)
        return scorecard_answer(request, slug, version, parse_query(key, wish.rest, components()), wish)
    dataflows = named_dataflows(context, agency, flow, version)
    wish = wish_of(request, DATA)
    return _answer(request, questions(dataflows, key, wish.rest), wish)


@policy(PUBLIC, formats=tuple(offer.export for offer in DATA_V1.offers))
@with_stray_parameters
@sdmx_errors
def data_v1(request: HttpRequest, flow: str, key: str = "all", provider: str = "all") -> HttpResponseBase:
    """`/data/{flow}/{key}/{provider}` of SDMX-REST 1."""
    agency, name, version = parts_of_reference(flow)
    if slug := scorecard_slug("dataflow", agency, name):
        wish = wish_of(request, DATA_V1)
        if provider not in ("", *EVERY):
            raise NoResults("Nothing public matches.")
        return scorecard_answer(request, slug, version, parse_v1_query(key, wish.rest, components()), wish)
    dataflow = dataflow_of_reference(flow)
    wish = wish_of(request, DATA_V1)
    question = parse_v1_query(key, wish.rest, Components.of(structure_of(dataflow)))
    if not is_provided_by(dataflow, provider):
        raise NoResults("Nothing public matches.")
    return _answer(request, [Asked(dataflow, question)], wish)


def _answer(request: HttpRequest, asked: Sequence[Asked], wish: Wish) -> HttpResponseBase:
    as_of = asked[0].question.as_of
    language = wish.language({language for one in asked for language in one.dataflow.name})
    # Names are part of the answer.
    states = [(one.dataflow.pk, structure_of(one.dataflow).stamp, one.question) for one in asked]
    tag = state_tag(*states, wish.look, language, as_of=as_of)
    headers = public_headers(tag, wish.offer.media_type, as_of, language)
    if unchanged(request, tag):
        return HttpResponse(
            status=304, headers={name: value for name, value in headers.items() if name != "Content-Type"}
        )
    return data_answer(request, _selected(asked), wish, headers)


def _selected(asked: Sequence[Asked]) -> list[Selection]:
    """What is there; SyntaxFault for a filter that cannot be, NoResults where nothing public matches."""
    try:
        selections = [queries.ask(one.dataflow, one.question) for one in asked]
    except queries.KeyRefused as fault:
        raise SyntaxFault(str(fault)) from fault
    found = [one for one in selections if one.exists()]
    if not found:
        raise NoResults("Nothing public matches.")
    return found
