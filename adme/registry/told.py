"""What a document says, line by line, for its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    HierarchicalCode,
    Hierarchy,
    ItemScheme,
    KeyValues,
    RepresentationMap,
    StructureMap,
)
from adme.lib.texts import text_in
from adme.structures.documents import Line, code_of


def lines_of(artefact: Artefact) -> list[Line]:
    """A head and what stands beside it."""
    if isinstance(artefact, Hierarchy):
        return list(_places(artefact.codes, 0))
    if isinstance(artefact, ItemScheme):
        return [(one.id, text_in(dict(one.name))) for one in artefact.items]
    if isinstance(artefact, Allowed):
        return list(_regions(artefact))
    if isinstance(artefact, StructureMap):
        return list(_components(artefact))
    if isinstance(artefact, RepresentationMap):
        return [
            (", ".join(one.value for one in row.sources), ", ".join(row.targets) or _("nothing"))
            for row in artefact.mappings
        ]
    return []


def _places(codes: Iterable[HierarchicalCode], depth: int) -> Iterator[Line]:
    for one in codes:
        yield "· " * depth + one.id, code_of(one.code)
        yield from _places(one.children, depth + 1)


def _regions(artefact: Allowed) -> Iterator[Line]:
    for region in artefact.regions:
        yield (_("allowed") if region.include else _("not allowed")), ""
        for key in region.keys:
            yield f"· {key.id}", _said(key)


def _said(key: KeyValues) -> str:
    if key.start or key.end:
        return f"{key.start or '…'} – {key.end or '…'}"
    words = ", ".join(key.values)
    return words if key.include else _("all but %(codes)s") % {"codes": words}


def _components(artefact: StructureMap) -> Iterator[Line]:
    for one in artefact.components:
        by = one.representation.partition("=")[2]
        yield ", ".join(one.sources), ", ".join(one.targets) + (f" ({by})" if by else "")
    for fixed in artefact.fixed:
        yield fixed.source or fixed.target, ", ".join(fixed.values)
