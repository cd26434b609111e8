"""SDMX REST: data queries on dataflows, in the addresses of both versions. Thin: parse, select, write."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.releases import queries
from adme.releases.queries import Question, Selection
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.data_answers import data_answer
from adme.sdmx.errors import NoResults, SyntaxFault
from adme.sdmx.flows import EVERY, is_provided_by, named_dataflow, parts_of_reference
from adme.sdmx.negotiation import DATA, DATA_V1, OFFERED
from adme.sdmx.query import Components, parse_query
from adme.sdmx.raw_query import with_stray_parameters
from adme.sdmx.scorecard_data import components, scorecard_answer, scorecard_slug
from adme.sdmx.v1_query import parse_v1_query
from adme.sdmx.wishes import Wish, wish_of
from adme.structures.models import Dataflow
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
    dataflow = named_dataflow(context, agency, flow, version)
    wish = wish_of(request, DATA)
    question = parse_query(key, wish.rest, Components.of(structure_of(dataflow)))
    return _answer(request, dataflow, question, wish)


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
    dataflow = named_dataflow("dataflow", agency, name, version)
    wish = wish_of(request, DATA_V1)
    question = parse_v1_query(key, wish.rest, Components.of(structure_of(dataflow)))
    if not is_provided_by(dataflow, provider):
        raise NoResults("Nothing public matches.")
    return _answer(request, dataflow, question, wish)


def _answer(request: HttpRequest, dataflow: Dataflow, question: Question, wish: Wish) -> HttpResponseBase:
    language = wish.language(dataflow.name)
    stamp = structure_of(dataflow).stamp  # names are part of the answer
    tag = state_tag(dataflow.pk, stamp, question, wish.look, language, as_of=question.as_of)
    headers = public_headers(tag, wish.offer.media_type, question.as_of, language)
    if unchanged(request, tag):
        return HttpResponse(
            status=304, headers={name: value for name, value in headers.items() if name != "Content-Type"}
        )
    return data_answer(request, _selected(dataflow, question), wish, headers)


def _selected(dataflow: Dataflow, question: Question) -> Selection:
    """What a question means; SyntaxFault where it cannot be, NoResults where nothing public matches."""
    try:
        selection = queries.ask(dataflow, question)
    except queries.KeyRefused as fault:
        raise SyntaxFault(str(fault)) from fault
    if not selection.exists():
        raise NoResults("Nothing public matches.")
    return selection
