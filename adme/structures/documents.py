"""Documents as the plain artefacts that messages are written from: what they refer to, whether they hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    HierarchicalCode,
    Hierarchy,
    RepresentationMap,
    StructureMap,
)
from adme.lib.sdmx_messages.plain_artefacts import DOCUMENTS, from_plain, to_plain
from adme.structures.models import Document

Line = tuple[str, str]


def content_of(artefact: Artefact) -> dict[str, Any]:
    """What is kept of an artefact."""
    return to_plain(artefact)


def artefact_of(document: Document) -> Artefact:
    """The artefact that is kept, for its page and its messages."""
    return from_plain(DOCUMENTS[document.kind], document.content)


def scheme_urn(item_urn: str) -> str:
    """The URN of the code list that a code belongs to."""
    path, _equals, name = item_urn.partition("=")
    return f"{path.removesuffix('.Code')}.Codelist={name.partition(')')[0]})"


def code_of(item_urn: str) -> str:
    """The id of the code in a URN."""
    return item_urn.partition(").")[2]


def places_in(codes: Iterable[HierarchicalCode]) -> Iterator[HierarchicalCode]:
    """Every place of a hierarchy, those below after the one above."""
    for one in codes:
        yield one
        yield from places_in(one.children)


def refers_to(artefact: Artefact) -> set[str]:
    """URNs of the artefacts that a document refers to."""
    if isinstance(artefact, Hierarchy):
        return {scheme_urn(one.code) for one in places_in(artefact.codes)}
    if isinstance(artefact, Allowed):
        return set(artefact.attached)
    if isinstance(artefact, StructureMap):
        representations = {one.representation for one in artefact.components}
        return {artefact.source, artefact.target, *representations} - {""}
    if isinstance(artefact, RepresentationMap):
        return {one for one in (*artefact.sources, *artefact.targets) if one.startswith("urn:")}
    return set()
