"""What a structure query adds to what it names, and how much it tells of each.

Method: SDMX-REST 2.2, structure queries: `references` and `detail`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings

from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Allowed,
    Artefact,
    Artefacts,
    Categorisation,
    Constraint,
    Flow,
    Hierarchy,
    Item,
    ItemScheme,
    RepresentationMap,
    Structure,
    StructureMap,
)
from adme.sdmx.errors import NoResults, SyntaxFault
from adme.sdmx.kinds import resolved
from adme.sdmx.registry import PublicRegistry, is_of

DETAILS = frozenset(
    {
        "full",
        "raw",  # as full, save that code lists that extend others are as they are kept (`PublicRegistry`)
        "allstubs",
        "allcompletestubs",
        "referencestubs",
        "referencecompletestubs",
        "referencepartial",
    }
)


def collect(registry: PublicRegistry, start: list[str], references: str, detail: str, item: str = "") -> Artefacts:
    """What was named (`start`, URNs) with what it refers to or is referred to by, as much of each as `detail` says.

    `item` cuts what was named to these items, by comma; NoResults where there are none of them. SyntaxFault.
    """
    if detail not in DETAILS:
        raise SyntaxFault(f"There is no detail “{detail}”. There are: {', '.join(sorted(DETAILS))}.")
    related = sorted(related_to(registry, start, references) - set(start))
    asked = [registry.artefacts[urn] for urn in start]
    if item not in ("", "*", "all"):
        asked = _only(asked, item.split(","))
    others = [registry.artefacts[urn] for urn in related]
    if detail == "referencepartial":
        others = partial(others, [*asked, *others])
    shown = [_detailed(one, detail, asked=True) for one in asked]
    return Artefacts.of([*shown, *(_detailed(one, detail, asked=False) for one in others)])


# --- references ---------------------------------------------------------------------------------------


def _reach(start: Iterable[str], steps: Mapping[str, frozenset[str]]) -> set[str]:
    """Everything that can be reached from `start`, without `start` itself unless a way leads back."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        for urn in steps[waiting.pop()]:
            if urn not in found:
                found.add(urn)
                waiting.append(urn)
    return found


def _one_step(start: Iterable[str], steps: Mapping[str, frozenset[str]]) -> set[str]:
    return {urn for one in start for urn in steps[one]}


def _with_siblings(registry: PublicRegistry, start: list[str]) -> set[str]:
    parents = _one_step(start, registry.parents)
    return parents | _one_step(parents, registry.children)


_REFERENCES: Mapping[str, Callable[[PublicRegistry, list[str]], set[str]]] = {
    "none": lambda registry, start: set(),
    "children": lambda registry, start: _one_step(start, registry.children),
    "descendants": lambda registry, start: _reach(start, registry.children),
    "parents": lambda registry, start: _one_step(start, registry.parents),
    "ancestors": lambda registry, start: _reach(start, registry.parents),
    "parentsandsiblings": _with_siblings,
    "all": lambda registry, start: _with_siblings(registry, start) | _reach(start, registry.children),
}


def related_to(registry: PublicRegistry, start: list[str], references: str) -> set[str]:
    """URNs that `references` adds; several by comma. A kind of artefact adds those of that kind, near or far."""
    found: set[str] = set()
    for one in references.split(","):
        if one in _REFERENCES:
            found |= _REFERENCES[one](registry, start)
        else:
            found |= _of_kind(registry, start, one)
    return found


def _of_kind(registry: PublicRegistry, start: list[str], kind: str) -> set[str]:
    try:
        kinds = resolved(kind)
    except SyntaxFault:
        raise SyntaxFault(
            f"There are no references “{kind}”. There are: {', '.join(_REFERENCES)}, or a type."
        ) from None
    if kinds == {"agencyscheme"}:
        return {urn for urn, artefact in registry.artefacts.items() if artefact.kind == "agencyscheme"}
    above = _reach(start, registry.parents)
    everything = above | _reach([*start, *above], registry.children)
    return {urn for urn in everything if is_of(registry.artefacts[urn], kinds)}


# --- items --------------------------------------------------------------------------------------------


def _only(artefacts: list[Artefact], wanted: list[str]) -> list[Artefact]:
    """The item schemes cut to the items that were asked for, categories with those above them."""
    cut: list[Artefact] = []
    for scheme in artefacts:
        if isinstance(scheme, ItemScheme):
            ids = {one.id for one in scheme.items if scheme.path_of(one) in wanted}
            if ids:
                cut.append(_cut(scheme, ids))
    if not cut:
        raise NoResults("Nothing public matches.")
    return cut


def _cut(scheme: ItemScheme, ids: Iterable[str], *, with_parents: bool = False) -> ItemScheme:
    """The scheme with these items alone; of categories, or `with_parents`, also those above, which nest them."""
    kept = set(ids)
    if with_parents or scheme.kind == "categoryscheme":
        for one in list(kept):
            while (above := scheme.item[one].parent) and above not in kept:
                kept.add(above)
                one = above
    items = tuple(_under(item, kept) for item in scheme.items if item.id in kept)
    return dataclasses.replace(scheme, items=items, partial=True)


def _under(item: Item, kept: set[str]) -> Item:
    """The item, without a parent or a replacement that is not there."""
    gone: dict[str, Any] = {name: "" for name in ("parent", "replaced_by") if getattr(item, name) not in kept | {""}}
    return dataclasses.replace(item, **gone) if gone else item


# --- detail -------------------------------------------------------------------------------------------


def partial(schemes: Iterable[Artefact], users: Iterable[Artefact], *, with_parents: bool = False) -> list[Artefact]:
    """The artefacts, of which item schemes are cut to the items that `users` refer to (`with_parents`: and to those
    above them)."""
    using = list(users)
    return [
        _cut(one, used & one.item.keys(), with_parents=with_parents)
        if isinstance(one, ItemScheme) and (used := _used_items(one, using)) is not None
        else one
        for one in schemes
    ]


def _used_items(scheme: ItemScheme, users: list[Artefact]) -> set[str] | None:
    """The ids of the items that the others refer to; None where nothing says which."""
    if scheme.kind == "codelist":
        return _used_codes(scheme, users)
    if scheme.kind == "valuelist":
        return None
    if scheme.kind == "agencyscheme":
        return {one.agency.rpartition(".")[2] for one in users}
    referred = {urn for one in users for urn in _item_urns(one)}
    return {item.id for item in scheme.items if scheme.item_urn(item) in referred}


def _item_urns(artefact: Artefact) -> Iterable[str]:
    if isinstance(artefact, Structure):
        return [use.concept for use in artefact.components]
    if isinstance(artefact, Agreement):
        return [artefact.provider]
    if isinstance(artefact, Categorisation):
        return [artefact.target]
    return []


def _used_codes(scheme: ItemScheme, users: list[Artefact]) -> set[str] | None:
    """The codes that constraints leave of a list; None where a component that uses it is not constrained."""
    flows = {one.urn: one.structure for one in users if isinstance(one, Flow)}
    structures = {one.urn: one for one in users if isinstance(one, Structure)}
    constraints = [one for one in users if isinstance(one, Constraint)]
    found: set[str] = set()
    for one in constraints:
        structure = structures.get(flows.get(one.dataflow, ""))
        for use in structure.components if structure else ():
            if use.code_list == scheme.urn and use.id in one.values:
                found.update(one.values[use.id])
            elif use.code_list == scheme.urn:
                return None  # an attribute: nothing says which of its codes are used
    return found if constraints else None


def _detailed(artefact: Artefact, detail: str, *, asked: bool) -> Artefact:
    """The artefact, or its stub: items, components and links left out, and the description unless complete stubs are
    asked."""
    stubbed = detail.startswith("all") or (detail.startswith("reference") and detail.endswith("stubs") and not asked)
    if not stubbed:
        return artefact
    place = f"{artefact.kind}/{artefact.agency}/{artefact.id}/{artefact.version}"
    kept = dataclasses.replace(artefact, stub_of=f"{settings.SITE_ADDRESS}/sdmx/v2/structure/{place}")
    if "complete" not in detail:
        kept = dataclasses.replace(kept, description={})
    if isinstance(kept, ItemScheme):
        return dataclasses.replace(kept, items=(), extensions=())
    if isinstance(kept, Structure):
        return dataclasses.replace(kept, components=())
    if isinstance(kept, Flow):
        return dataclasses.replace(kept, structure="")
    return _without_content(kept)


def _without_content(document: Artefact) -> Artefact:
    """The stub of a document: as little of it as its schema allows."""
    if isinstance(document, Allowed):
        return dataclasses.replace(document, attached=(), regions=())
    if isinstance(document, Hierarchy):
        tops = tuple(dataclasses.replace(one, children=()) for one in document.codes)
        return dataclasses.replace(document, codes=tops)
    if isinstance(document, StructureMap):
        return dataclasses.replace(document, components=(), fixed=())
    if isinstance(document, RepresentationMap):
        return dataclasses.replace(document, mappings=())
    return document
