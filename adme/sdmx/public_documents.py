"""Hierarchies, value lists, constraints and maps, as far as they speak of what is public.

A document is public where everything it refers to is; what it says of codes that are left out of a public list is left
out of it as well, so that nothing is told of what is still to be released. A value list is public where a public map
uses it: it stands for nothing by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    Flow,
    HierarchicalCode,
    Hierarchy,
    ItemScheme,
    KeyValues,
    Region,
    RepresentationMap,
    Structure,
    StructureMap,
)
from adme.structures import documents
from adme.structures.models import Document

Public = Mapping[str, Artefact]
"""URN → artefact that is public."""


def public_documents(public: Public) -> list[Artefact]:
    """The documents among `public`, which holds everything else that is public. One query."""
    kept = [documents.artefact_of(one) for one in Document.objects.order_by("pk")]
    lists = {one.urn: one for one in kept if one.kind == "valuelist"}
    found: list[Artefact] = []
    maps: dict[str, Artefact] = {}
    for artefact in kept:
        if isinstance(artefact, Hierarchy):
            found += _hierarchy(artefact, public)
        elif isinstance(artefact, Allowed):
            found += _allowed(artefact, public)
        elif isinstance(artefact, RepresentationMap):
            maps |= {one.urn: one for one in _representation_map(artefact, public, lists)}
    found += maps.values()
    used = {urn for one in maps.values() for urn in documents.refers_to(one)}
    found += [one for urn, one in lists.items() if urn in used]
    known = {**public, **maps}
    for artefact in kept:
        if isinstance(artefact, StructureMap) and documents.refers_to(artefact) <= known.keys():
            found.append(_structure_map(artefact, public))
    return found


def _hidden_from(urn: str, public: Public) -> set[str] | None:
    """The codes that are shown of a list that is cut; None for a whole list and for anything else."""
    scheme = public.get(urn)
    return set(scheme.item) if isinstance(scheme, ItemScheme) and scheme.partial else None


def _shows(urn: str, code: str, public: Public) -> bool:
    shown = _hidden_from(urn, public)
    return shown is None or code in shown


# --- hierarchies --------------------------------------------------------------------------------------


def _hierarchy(hierarchy: Hierarchy, public: Public) -> list[Artefact]:
    if not documents.refers_to(hierarchy) <= public.keys():
        return []
    codes = tuple(_places(hierarchy.codes, public))
    return [dataclasses.replace(hierarchy, codes=codes)] if codes else []


def _places(codes: Iterable[HierarchicalCode], public: Public) -> Iterable[HierarchicalCode]:
    for one in codes:
        if _shows(documents.scheme_urn(one.code), documents.code_of(one.code), public):
            yield dataclasses.replace(one, children=tuple(_places(one.children, public)))


# --- constraints --------------------------------------------------------------------------------------


def _allowed(constraint: Allowed, public: Public) -> list[Artefact]:
    attached = tuple(urn for urn in constraint.attached if urn in public)
    lists = [_lists_of(urn, public) for urn in attached]
    regions = []
    for region in constraint.regions:
        cut: Region | None = region
        for lists_of_one in lists:
            cut = cut and _region(cut, lists_of_one, public)
        regions += [cut] if cut else []
    if not attached or (constraint.regions and not regions):
        return []
    return [dataclasses.replace(constraint, attached=attached, regions=tuple(regions))]


def _lists_of(urn: str, public: Public) -> dict[str, str]:
    """Component → URN of its code list, of a public dataflow or data structure."""
    artefact = public[urn]
    if isinstance(artefact, Flow):
        artefact = public[artefact.structure]
    return {one.id: one.code_list for one in artefact.components} if isinstance(artefact, Structure) else {}


def _region(region: Region, lists: Mapping[str, str], public: Public) -> Region | None:
    """The region without codes that are not shown; None where it would mean another thing without them."""
    keys: list[KeyValues] = []
    for key in region.keys:
        shown = tuple(one for one in key.values if _shows(lists.get(key.id, ""), one, public))
        if key.values and not shown and key.include:
            return None
        if shown or not key.values:
            keys.append(dataclasses.replace(key, values=shown))
    return dataclasses.replace(region, keys=tuple(keys))


# --- maps ---------------------------------------------------------------------------------------------


def _representation_map(told: RepresentationMap, public: Public, lists: Public) -> list[Artefact]:
    if not documents.refers_to(told) <= public.keys() | lists.keys():
        return []
    rows = [
        row
        for row in told.mappings
        if all(
            _hidden_from(urn, public) is None or (not one.is_pattern and _shows(urn, one.value, public))
            for urn, one in zip(told.sources, row.sources, strict=True)
        )
        and all(_shows(urn, one, public) for urn, one in zip(told.targets, row.targets, strict=False))
    ]
    return [dataclasses.replace(told, mappings=tuple(rows))]


def _structure_map(told: StructureMap, public: Public) -> StructureMap:
    source, target = _lists_of(told.source, public), _lists_of(told.target, public)
    fixed = [
        dataclasses.replace(
            one,
            values=tuple(
                value
                for value in one.values
                if _shows(source.get(one.source, ""), value, public)
                and _shows(target.get(one.target, ""), value, public)
            ),
        )
        for one in told.fixed
    ]
    kept = tuple(now for now, before in zip(fixed, told.fixed, strict=True) if now.values or not before.values)
    return dataclasses.replace(told, fixed=kept)
