"""SDMX REST: structure queries, in the addresses of both versions. Thin: parse, collect, write."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import PUBLIC, policy
from adme.lib.clock import from_instant
from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefacts
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.releases.validators import public_instant
from adme.sdmx.answers import made_answer, sdmx_errors
from adme.sdmx.errors import NoResults, NotAcceptable, NotImplementedYet, SyntaxFault
from adme.sdmx.kinds import resolved
from adme.sdmx.negotiation import STRUCTURES, STRUCTURES_V1, Family
from adme.sdmx.references import collect
from adme.sdmx.registry import PublicRegistry
from adme.sdmx.versions import NotAVersion
from adme.sdmx.wishes import Wish, wish_of

SENDER = "ADME"
_OFFERED = tuple(offer.export for offer in STRUCTURES.offers)
_LATER = ("asOf", "explicitMeasure")


@policy(PUBLIC, formats=_OFFERED)
@sdmx_errors
def structure(
    request: HttpRequest, kind: str, agency: str = "*", artefact: str = "*", version: str = "~", item: str = ""
) -> HttpResponseBase:
    """`/structure/{type}/{agency}/{id}/{version}/{item}`: public artefacts, with references and detail as asked."""
    return _answer(request, (kind, agency, artefact, version, item), STRUCTURES)


@policy(PUBLIC, formats=_OFFERED)
@sdmx_errors
def structure_v1(
    request: HttpRequest, kind: str, agency: str = "all", artefact: str = "all", version: str = "latest", item: str = ""
) -> HttpResponseBase:
    """`/{type}/{agency}/{id}/{version}/{item}` of SDMX-REST 1, where several are joined by `+`."""
    path = (kind.replace("+", ","), *(_several(part) for part in (agency, artefact, version, item)))
    return _answer(request, path, STRUCTURES_V1)


def _several(part: str) -> str:
    return part if part in ("+", "") else part.replace("+", ",")


def _answer(request: HttpRequest, path: Sequence[str], family: Family) -> HttpResponseBase:
    wish = wish_of(request, family)
    parameters = parameters_of(wish.rest, ("references", "detail"), later=_LATER)
    kind, agency, artefact, version, item = path
    # SDMX-ML 2.1 has no words for a list that extends others: it has all its codes there.
    detail = parameters.get("detail", "full")
    registry = PublicRegistry(raw=detail == "raw" and wish.offer.export != "structure-xml-2.1")
    named = found(registry, kind, agency, artefact, version)
    artefacts = collect(registry, named, parameters.get("references", "none"), detail, item)
    return message(request, artefacts, wish)


def parameters_of(query_string: str, known: Sequence[str], *, later: Sequence[str] = ()) -> dict[str, str]:
    """Query parameters, decoded without turning `+` into a blank; SyntaxFault for one that does not exist."""
    given = {}
    for piece in filter(None, query_string.split("&")):
        name, _, value = piece.partition("=")
        name = unquote(name)
        if name in later:
            raise NotImplementedYet(f"The parameter “{name}” is not offered yet here.")
        if name not in known:
            raise SyntaxFault(f"There is no parameter “{name}” here.")
        given[name] = unquote(value)
    return given


def found(registry: PublicRegistry, kind: str, agency: str, artefact: str, version: str) -> list[str]:
    """URNs of what a path names; NoResults where that is nothing, SyntaxFault where it cannot be anything."""
    kinds = resolved(kind)
    try:
        named = registry.named(",".join(sorted(kinds)), agency, artefact, version) if kinds else []
    except NotAVersion:
        raise SyntaxFault(f"“{version}” is not a version, as 1.0.0, +, ~, * or 1.0+.0 are.") from None
    if not named:
        raise NoResults("Nothing public matches.")
    return named


def message(request: HttpRequest, artefacts: Artefacts, wish: Wish) -> HttpResponse:
    """The artefacts as the message wished for; SDMX-ML 2.1 has no words for some and leaves them out, NotAcceptable
    where nothing else was asked for."""
    if wish.offer.export == "structure-xml-2.1":
        artefacts = artefacts.in_2_1()
        if not artefacts.everything:
            raise NotAcceptable("SDMX-ML 2.1 has no words for this: ask for a later version, or for SDMX-JSON.")
    language = wish.language(tongue for one in artefacts.everything for tongue in one.name)
    body = written(artefacts, wish.offer.export, language)
    return made_answer(request, body, wish.offer.media_type, language=language)


def written(artefacts: Artefacts, name: str, language: str) -> bytes:
    """The message in the format `name` of an offer; the same bytes for the same public state."""
    instant = public_instant()
    prepared = from_instant(instant).isoformat().replace("+00:00", "Z")
    envelope = Envelope(message_id=f"{SENDER}-{instant}", prepared=prepared, sender=SENDER)
    if name in _JSON:
        return json_structure.write_structures(artefacts, envelope, language=language, version=_JSON[name])
    return xml_structure.write_structures(artefacts, envelope, version=_XML[name])


_JSON: dict[str, json_structure.Version] = {"structure-json": "2.0", "structure-json-2.1": "2.1"}
_XML: dict[str, xml_structure.Version] = {
    "structure-xml": "3.0",
    "structure-xml-2.1": "2.1",
    "structure-xml-3.1": "3.1",
}
