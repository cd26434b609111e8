"""SDMX REST 2: structure queries. Thin: parse, collect, write."""

from __future__ import annotations

import dataclasses
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from adme.accounts.policy import PUBLIC, policy
from adme.lib.clock import from_instant
from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefacts, ItemScheme
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.releases.validators import public_instant, state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.negotiation import choose_structure
from adme.sdmx.registry import KINDS, LATER, PublicRegistry, collect

SENDER = "ADME"


@policy(PUBLIC, formats=("structure-json", "structure-xml"))
@sdmx_errors
def structure(
    request: HttpRequest, kind: str, agency: str = "*", artefact: str = "*", version: str = "~", item: str = ""
) -> HttpResponseBase:
    """`/structure/{type}/{agency}/{id}/{version}/{item}`: public artefacts, with references and detail as asked."""
    parameters = _parameters(request.META.get("QUERY_STRING", ""))
    offer = choose_structure(request.headers.get("Accept", "*/*"), parameters.get("format"))
    language = (get_language() or "en").split("-")[0]
    tag = state_tag("structure", kind, agency, artefact, version, item, sorted(parameters.items()), offer, language)
    headers = public_headers(tag, offer.media_type)
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag, "Vary": headers["Vary"]})
    artefacts = _found(_kind(kind), agency, artefact, version, item, parameters)
    return HttpResponse(written(artefacts, offer.export, language), headers=headers)


def _parameters(query_string: str) -> dict[str, str]:
    """Query parameters, decoded without turning `+` into a blank; SyntaxFault for one that does not exist."""
    known = {"references", "detail", "format"}
    found = {}
    for piece in filter(None, query_string.split("&")):
        name, _, value = piece.partition("=")
        if unquote(name) in ("asOf", "explicitMeasure"):
            raise NotImplementedYet(f"The parameter “{unquote(name)}” is not offered yet for structures.")
        if unquote(name) not in known:
            raise SyntaxFault(f"There is no parameter “{unquote(name)}”.")
        found[unquote(name)] = unquote(value)
    return found


def _kind(kind: str) -> str:
    if kind in ("*", "structure"):
        return "*"
    if kind in LATER:
        raise NoResults("Nothing public matches.")
    if any(one not in KINDS for one in kind.split(",")):
        raise SyntaxFault(f"There is no artefact type “{kind}”.")
    return kind


def _found(kind: str, agency: str, artefact: str, version: str, item: str, parameters: dict[str, str]) -> Artefacts:
    registry = PublicRegistry()
    named = registry.named(kind, agency, artefact, version)
    if not named:
        raise NoResults("Nothing public matches.")
    found = collect(registry, named, parameters.get("references", "none"), parameters.get("detail", "full"))
    return _only(found, item) if item and item != "*" else found


def _only(found: Artefacts, item: str) -> Artefacts:
    """Item schemes cut to the items that were asked for."""
    wanted = item.split(",")
    schemes = [
        dataclasses.replace(scheme, items=kept, partial=True)
        for scheme in found.schemes
        if (kept := tuple(one for one in scheme.items if one.id in wanted))
    ]
    if not schemes:
        raise NoResults("Nothing public matches.")
    return dataclasses.replace(found, schemes=tuple[ItemScheme, ...](schemes))


def written(artefacts: Artefacts, name: str, language: str) -> bytes:
    """The message in the format `name` of an offer; the same bytes for the same public state."""
    instant = public_instant()
    prepared = from_instant(instant).isoformat().replace("+00:00", "Z")
    envelope = Envelope(message_id=f"{SENDER}-{instant}", prepared=prepared, sender=SENDER)
    if name == "structure-json":
        return json_structure.write_structures(artefacts, envelope, language=language)
    version: xml_structure.Version = {"structure-xml-2.1": "2.1", "structure-xml-3.1": "3.1"}.get(name, "3.0")  # type: ignore[assignment]
    return xml_structure.write_structures(artefacts, envelope, version=version)
