"""SDMX REST 2: metadata queries; structure queries for metadata structures and flows. Thin: parse, collect, write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language

from adme.accounts.policy import PUBLIC, policy
from adme.lib.clock import from_instant
from adme.lib.sdmx_messages import metadata_sets, metadata_structures
from adme.lib.sdmx_messages.metadata_sets import MetadataSet
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.releases.validators import public_instant, state_tag
from adme.sdmx.answers import public_headers, sdmx_errors, unchanged
from adme.sdmx.errors import NoResults, NotAcceptable, NotImplementedYet, SyntaxFault
from adme.sdmx.metadata_registry import PublicMetadata, Wanted

SENDER = "ADME"
JSON, XML = "json", "xml"
METADATA_TYPES = {JSON: metadata_sets.JSON_TYPE, XML: metadata_sets.XML_TYPE}
STRUCTURE_TYPES = {
    JSON: "application/vnd.sdmx.structure+json;version=2.0.0",
    XML: "application/vnd.sdmx.structure+xml;version=3.0.0",
}
_ATTACHED = ("dataflow", "codelist", "*")
"""Kinds of artefacts that reports here are attached to."""


@policy(PUBLIC, formats=("metadata-json", "metadata-xml"))
@sdmx_errors
def metadata_sets_by_id(
    request: HttpRequest, provider: str = "*", artefact: str = "*", version: str = "~"
) -> HttpResponseBase:
    """`/metadata/metadataset/{provider}/{id}/{version}`."""
    return _sets(request, Wanted(provider=provider, id=artefact, version=version))


@policy(PUBLIC, formats=("metadata-json", "metadata-xml"))
@sdmx_errors
def metadata_sets_by_flow(
    request: HttpRequest, agency: str = "*", artefact: str = "*", version: str = "~", provider: str = "*"
) -> HttpResponseBase:
    """`/metadata/metadataflow/{agency}/{id}/{version}/{provider}`."""
    return _sets(request, Wanted(provider=provider, flow=(agency, artefact, version)))


@policy(PUBLIC, formats=("metadata-json", "metadata-xml"))
@sdmx_errors
def metadata_sets_by_structure(
    request: HttpRequest, kind: str, agency: str = "*", artefact: str = "*", version: str = "~"
) -> HttpResponseBase:
    """`/metadata/structure/{type}/{agency}/{id}/{version}`: reports attached to dataflows or to codes of a list."""
    if kind not in _ATTACHED:
        raise NoResults("Nothing public matches.")
    named = (agency, artefact, version)
    return _sets(
        request,
        Wanted(
            dataflow=named if kind == "dataflow" else None,
            code_list=named if kind == "codelist" else None,
            version="~",
        ),
    )


@policy(PUBLIC, formats=("structure-json", "structure-xml"))
@sdmx_errors
def metadata_structure(
    request: HttpRequest, kind: str, agency: str = "*", artefact: str = "*", version: str = "~"
) -> HttpResponseBase:
    """`/structure/metadatastructure/…` and `/structure/metadataflow/…`, with what they refer to and their concepts."""
    parameters = _parameters(request, {"references", "detail", "format"})
    form = _form(request, parameters.get("format"), "structure", STRUCTURE_TYPES)
    registry = PublicMetadata()
    tag = state_tag("metadata-structure", request.get_full_path(), form, registry.words(), _language())
    headers = public_headers(tag, STRUCTURE_TYPES[form])
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag, "Vary": headers["Vary"]})
    found = _artefacts(registry, kind, (agency, artefact, version), parameters.get("references", "none"))
    if form == JSON:
        body = metadata_structures.write_json(found, _envelope(), language=_language())
    else:
        body = metadata_structures.write_xml(found, _envelope())
    return HttpResponse(body, headers=headers)


def _artefacts(
    registry: PublicMetadata, kind: str, named: tuple[str, str, str], references: str
) -> metadata_structures.Artefacts:
    if references not in ("none", "children", "descendants", "parents", "all"):
        raise NotImplementedYet(f"References to “{references}” are not offered for metadata structures.")
    if kind == "metadataflow":
        flows = registry.metadataflows(*named)
        below = references in ("children", "descendants", "all")
        wanted = {flow.structure for flow in flows} if below else set()
        structures = [one for one in registry.structures("*", "*", "*") if _reference(one) in wanted]
        with_schemes = references in ("descendants", "all")
    else:
        structures = registry.structures(*named)
        above = {_reference(one) for one in structures} if references in ("parents", "all") else set()
        flows = [flow for flow in registry.metadataflows("*", "*", "*") if flow.structure in above]
        with_schemes = references in ("children", "descendants", "all")
    if not flows and not structures:
        raise NoResults("Nothing public matches.")
    schemes = registry.schemes(structures) if with_schemes else []
    return metadata_structures.Artefacts(structures, flows, schemes)


def _reference(one: metadata_structures.MetadataStructure) -> str:
    return f"{one.agency}:{one.id}({one.version})"


def _sets(request: HttpRequest, wanted: Wanted) -> HttpResponseBase:
    parameters = _parameters(request, {"detail", "format"})
    detail = parameters.get("detail", "full")
    if detail not in ("full", "allstubs"):
        raise SyntaxFault(f"There is no detail “{detail}” of metadata; there are full and allstubs.")
    form = _form(request, parameters.get("format"), "metadata", METADATA_TYPES)
    registry = PublicMetadata()
    tag = state_tag("metadata", request.get_full_path(), form, registry.words(), _language())
    headers = public_headers(tag, METADATA_TYPES[form])
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag, "Vary": headers["Vary"]})
    sets = registry.sets(wanted, stubs=detail == "allstubs")
    first = next(sets, None)
    if first is None:
        raise NoResults("Nothing public matches.")
    return StreamingHttpResponse(_message(first, sets, form), headers=headers)


def _message(first: MetadataSet, rest: Iterator[MetadataSet], form: str) -> Iterator[bytes]:
    every = chain([first], rest)
    if form == JSON:
        return metadata_sets.write_json(every, _envelope(), language=_language())
    return metadata_sets.write_xml(every, _envelope(), metadataflow=first.metadataflow)


def _envelope() -> Envelope:
    instant = public_instant()
    prepared = from_instant(instant).isoformat().replace("+00:00", "Z")
    return Envelope(message_id=f"{SENDER}-{instant}", prepared=prepared, sender=SENDER)


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _parameters(request: HttpRequest, known: set[str]) -> dict[str, str]:
    """Query parameters, decoded without turning `+` into a blank; SyntaxFault for one that does not exist."""
    found = {}
    for piece in filter(None, request.META.get("QUERY_STRING", "").split("&")):
        name, _, value = piece.partition("=")
        if unquote(name) in ("asOf", "updatedAfter"):
            raise NotImplementedYet(f"The parameter “{unquote(name)}” is not offered for metadata.")
        if unquote(name) not in known:
            raise SyntaxFault(f"There is no parameter “{unquote(name)}”.")
        found[unquote(name)] = unquote(value)
    return found


def _form(request: HttpRequest, parameter: str | None, family: str, offered: dict[str, str]) -> str:
    """JSON or XML: what `format` says, else the media type that the client likes best; JSON where all are alike."""
    if parameter is not None:
        words = {"json": JSON, f"json{family}": JSON, "sdmx-json": JSON, "xml": XML, family: XML}
        if parameter not in words:
            raise NotAcceptable(f"There is no format “{parameter}”. Offered: {', '.join(words)}.")
        return words[parameter]
    accepted = request.headers.get("Accept", "*/*") or "*/*"
    for media, version in _liked(accepted):
        for form, media_type in offered.items():
            own, _, number = media_type.partition(";version=")
            any_version = not version or version.rstrip("+") in (number, number.removesuffix(".0"), "1.0.0")
            if media in ("*/*", "application/*", f"application/{form}", f"text/{form}") or (
                media == own and any_version
            ):
                return form
    raise NotAcceptable(f"None of these is offered: {accepted}. Offered: {', '.join(offered.values())}.")


def _liked(accept: str) -> list[tuple[str, str]]:
    """Media ranges with their versions, the best liked first; those with q=0 are left out."""
    found = []
    for member in accept.split(","):
        media, *rest = (piece.strip().lower() for piece in member.split(";"))
        values = dict(piece.partition("=")[::2] for piece in rest)
        try:
            quality = float(values.get("q", "1"))
        except ValueError:
            quality = 0.0
        if quality > 0:
            found.append((quality, media, values.get("version", "").strip('"')))
    return [(media, version) for _q, media, version in sorted(found, key=lambda one: -one[0])]
