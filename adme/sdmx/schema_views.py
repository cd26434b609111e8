"""SDMX REST: schema queries: what data of a dataflow may hold, as structures or as a schema in XML or JSON.

What is told is what is public: the codes that occur in public data. So a schema validates what this installation
answers; it is not a licence to deliver, for which the data structure itself is the measure.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.lib.sdmx_messages import json_schema, xml_schema
from adme.lib.sdmx_messages.artefacts import Agreement, Artefacts, Flow, ItemScheme, Structure
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape
from adme.lib.texts import text_in
from adme.sdmx.answers import made_answer, sdmx_errors
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.negotiation import SCHEMAS, SCHEMAS_V1, Family
from adme.sdmx.references import collect
from adme.sdmx.registry import PublicRegistry
from adme.sdmx.structure_views import found, message, parameters_of
from adme.sdmx.wishes import Wish, wish_of

_OFFERED = tuple(offer.export for offer in SCHEMAS.offers)
_METADATA = frozenset({"metadatastructure", "metadataflow", "metadataprovisionagreement"})
_CONTEXTS = frozenset({"dataflow", "datastructure", "provisionagreement"})
_XML: dict[str, xml_schema.Version] = {"schema-xml": "3.0", "schema-xml-3.1": "3.1", "schema-xml-2.1": "2.1"}
_JSON: dict[str, json_schema.Version] = {"schema-json": "2.0", "schema-json-2.1": "2.1"}


@policy(PUBLIC, formats=_OFFERED)
@sdmx_errors
def schema(request: HttpRequest, context: str, agency: str, artefact: str, version: str = "~") -> HttpResponseBase:
    """`/schema/{context}/{agency}/{id}/{version}`."""
    return _answer(request, context, (agency, artefact, version), SCHEMAS)


@policy(PUBLIC, formats=_OFFERED)
@sdmx_errors
def schema_v1(
    request: HttpRequest, context: str, agency: str, artefact: str, version: str = "latest"
) -> HttpResponseBase:
    """The same in the address of SDMX-REST 1."""
    return _answer(request, context, (agency, artefact, version), SCHEMAS_V1)


def _answer(request: HttpRequest, context: str, path: tuple[str, str, str], family: Family) -> HttpResponseBase:
    wish = wish_of(request, family)
    known = ("dimensionAtObservation", "explicitMeasure", "deletion")
    parameters = parameters_of(wish.rest, known, later=("asOf",))
    if parameters.get("deletion", "false").lower() != "false":
        raise NotImplementedYet("Schemas of deletion messages are not offered.")
    artefacts = _allowed(context, *path)
    if wish.offer.export in (*_XML, *_JSON):
        return _as_schema(request, artefacts, wish, parameters.get("dimensionAtObservation", "TIME_PERIOD"))
    return message(request, artefacts, wish)


def _allowed(context: str, agency: str, artefact: str, version: str) -> Artefacts:
    """The data structure and what it refers to, cut to what may occur, with the one dataflow where one was named."""
    if context in _METADATA:
        raise NoResults("Nothing public matches.")
    if context not in _CONTEXTS:
        raise SyntaxFault(f"There is no context “{context}”. There are: {', '.join(sorted(_CONTEXTS))}.")
    registry = PublicRegistry()
    named = found(registry, context, agency, artefact, version)
    if len(named) > 1:
        raise SyntaxFault("A schema is of one artefact: name agency, id and one version.")
    # What is delivered under an agreement is what its dataflow may hold.
    agreed = registry.artefacts[named[0]]
    if isinstance(agreed, Agreement):
        named = [agreed.dataflow]
    everything = collect(registry, named, _REFERENCES[context], "referencepartial")
    if len(everything.structures) != 1:
        raise NoResults("Nothing public matches.")
    return _communicated(everything, context)


_REFERENCES = {
    "dataflow": "descendants,dataconstraint",
    "provisionagreement": "descendants,dataconstraint",
    "datastructure": "descendants,dataflow,dataconstraint",
}
"""What decides which codes may occur: the constraints of the dataflow, or of all dataflows of a data structure."""


def _communicated(everything: Artefacts, context: str) -> Artefacts:
    """The kinds that the standard lets such a message hold."""
    kinds = ("codelist", "conceptscheme", "agencyscheme")
    flows = () if context == "datastructure" else everything.flows
    urns = {flow.urn for flow in flows}
    return Artefacts(
        schemes=tuple(one for one in everything.schemes if one.kind in kinds),
        structures=everything.structures,
        flows=flows,
        constraints=tuple(one for one in everything.constraints if one.dataflow in urns),
    )


def _as_schema(request: HttpRequest, artefacts: Artefacts, wish: Wish, at_observation: str) -> HttpResponse:
    if len(artefacts.flows) != 1:
        raise NotImplementedYet("The schema of a data structure is that of its dataflows: name one of them.")
    (flow,), (structure,) = artefacts.flows, artefacts.structures
    language = wish.language(flow.name)
    shape = _shape(flow, structure, {one.urn: one for one in artefacts.schemes}, language)
    possible = [part.id for part in (*shape.dimensions, shape.time)] + [xml_schema.FLAT]
    if at_observation not in possible:
        raise SyntaxFault(f"“{at_observation}” cannot stand at the observation. There are: {', '.join(possible)}.")
    name = wish.offer.export
    if name in _JSON:
        body = json_schema.write_schema(shape, version=_JSON[name], at_observation=at_observation)
    else:
        body = xml_schema.write_schema(shape, version=_XML[name], at_observation=at_observation)
    return made_answer(request, body, wish.offer.media_type, language=language)


def _shape(flow: Flow, structure: Structure, schemes: dict[str, ItemScheme], language: str) -> FlowShape:
    def parts(role: str) -> tuple[ComponentShape, ...]:
        return tuple(
            ComponentShape(
                one.id,
                one.id,
                {item.id: text_in(dict(item.name), language) or item.id for item in schemes[one.code_list].items}
                if one.code_list
                else {},
                of_series=one.of_series,
            )
            for one in structure.having(role)
        )

    (time,), (measure,) = parts("time"), parts("measure")
    return FlowShape(
        agency=flow.agency,
        id=flow.id,
        version=flow.version,
        name=text_in(dict(flow.name), language) or flow.id,
        dimensions=parts("dimension"),
        time=time,
        measure=measure,
        attributes=parts("attribute"),
    )
