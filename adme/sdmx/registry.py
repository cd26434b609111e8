"""The structures that are public, as a graph of artefacts, and the part of it that a query asks for.

Public are the dataflows that show at least one observation now, and everything those refer to. A code list of
indicators is cut to the indicators with public observations (and says so: it is partial), so that nothing is told of
what is still to be released. Method of references and details: SDMX-REST 2.2, structure queries.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from adme.lib.sdmx_messages.artefacts import (
    Artefact,
    Artefacts,
    ComponentUse,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.releases import queries
from adme.sdmx.errors import NotImplementedYet
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, Dataflow, DataProvider, DataStructure

KINDS = ("dataflow", "datastructure", "codelist", "conceptscheme", "agencyscheme", "dataproviderscheme")
LATER = frozenset(
    {
        "categoryscheme",
        "categorisation",
        "provisionagreement",
        "dataconstraint",
        "metadatastructure",
        "metadataflow",
        "hierarchy",
        "valuelist",
        "structuremap",
        "representationmap",
        "transformationscheme",
        "rulesetscheme",
        "metadataprovisionagreement",
    }
)


class PublicRegistry:
    """The graph. Built for one request; a constant number of queries."""

    def __init__(self) -> None:
        self._public: dict[int, dict[str, list[str]]] = {}
        self._flows: list[Dataflow] = []
        for flow in Dataflow.objects.select_related("data_structure"):
            codes = queries.availability(flow).codes
            if codes:
                self._flows.append(flow)
                self._public[flow.pk] = codes

    @cached_property
    def artefacts(self) -> dict[str, Artefact]:
        """URN → artefact."""
        found: list[Artefact] = [*self._code_lists, *self._concept_schemes, *self._structures, *self._organisations]
        found += [_flow(flow) for flow in self._flows]
        return {artefact.urn: artefact for artefact in found}

    @cached_property
    def _components(self) -> list[Component]:
        structures = {flow.data_structure_id for flow in self._flows}
        components = Component.objects.filter(data_structure__in=structures)
        return list(components.select_related("concept__scheme", "code_list").order_by("data_structure", "position"))

    @cached_property
    def _structures(self) -> list[Structure]:
        owners = DataStructure.objects.in_bulk({component.data_structure_id for component in self._components})
        return [
            _structure(owner, [one for one in self._components if one.data_structure_id == pk])
            for pk, owner in owners.items()
        ]

    @cached_property
    def _code_lists(self) -> list[ItemScheme]:
        used = {one.code_list_id for one in self._components if one.code_list_id}
        lists = CodeList.objects.filter(pk__in=used).prefetch_related("codes__parent")
        return [_code_list(one, self._cut(one)) for one in lists]

    def _cut(self, code_list: CodeList) -> frozenset[str] | None:
        """The codes of a list of indicators that are public; None for any other list."""
        dimensions = [
            (flow, component.component_id)
            for flow in self._flows
            for component in self._components
            if component.data_structure_id == flow.data_structure_id
            and component.code_list_id == code_list.pk
            and component.component_id == flow.indicator_dimension
        ]
        if not dimensions:
            return None
        return frozenset(code for flow, name in dimensions for code in self._public[flow.pk].get(name, ()))

    @cached_property
    def _concept_schemes(self) -> list[ItemScheme]:
        used = {component.concept.scheme_id for component in self._components}
        schemes = ConceptScheme.objects.filter(pk__in=used).prefetch_related("concepts")
        return [_concept_scheme(one) for one in schemes]

    @cached_property
    def _organisations(self) -> list[ItemScheme]:
        agencies = sorted({flow.agency for flow in self._flows} | {one.agency for one in self._code_lists})
        items = tuple(Item(agency, {"en": agency}) for agency in agencies)
        schemes = [ItemScheme("SDMX", "AGENCIES", "1.0", {"en": "Agencies"}, kind="agencyscheme", items=items)]
        by_agency: dict[str, list[DataProvider]] = {}
        for provider in DataProvider.objects.filter(dataflows__in=self._flows).distinct():
            by_agency.setdefault(provider.agency, []).append(provider)
        for agency, providers in by_agency.items():
            members = tuple(Item(provider.provider_id, dict(provider.name)) for provider in providers)
            name = {"en": "Data providers"}
            schemes.append(ItemScheme(agency, "DATA_PROVIDERS", "1.0", name, kind="dataproviderscheme", items=members))
        return schemes

    @cached_property
    def children(self) -> Mapping[str, frozenset[str]]:
        """URN → URNs that the artefact refers to."""
        return {urn: _refers_to(artefact) & self.artefacts.keys() for urn, artefact in self.artefacts.items()}

    @cached_property
    def parents(self) -> Mapping[str, frozenset[str]]:
        """URN → URNs of artefacts that refer to it."""
        found: dict[str, set[str]] = {urn: set() for urn in self.artefacts}
        for parent, urns in self.children.items():
            for urn in urns:
                found[urn].add(parent)
        return {urn: frozenset(parents) for urn, parents in found.items()}

    def named(self, kind: str, agency: str, artefact_id: str, version: str) -> list[str]:
        """URNs of what a path names; each part may hold several by comma, or `*`; versions also `+`, `~`, `latest`."""
        wanted = [
            artefact
            for artefact in self.artefacts.values()
            if _matches(artefact.kind, kind)
            and _matches(artefact.agency, agency)
            and _matches(artefact.id, artefact_id)
        ]
        if version in ("~", "+", "latest"):
            newest: dict[tuple[str, str, str], Artefact] = {}
            for artefact in sorted(wanted, key=_version_numbers):
                newest[artefact.kind, artefact.agency, artefact.id] = artefact
            return [artefact.urn for artefact in newest.values()]
        return [artefact.urn for artefact in wanted if _matches(artefact.version, version)]


# --- from models ------------------------------------------------------------------------------------


def _flow(flow: Dataflow) -> Flow:
    structure = flow.data_structure
    return Flow(
        flow.agency,
        flow.artefact_id,
        flow.version,
        dict(flow.name),
        dict(flow.description),
        structure=_urn(Structure(structure.agency, structure.artefact_id, structure.version, {})),
    )


def _urn(artefact: Artefact) -> str:
    return artefact.urn


def _structure(owner: DataStructure, components: Iterable[Component]) -> Structure:
    order = {"dimension": 0, "time": 1, "measure": 2, "attribute": 3}
    uses = sorted(components, key=lambda one: (order[one.role], one.position))
    return Structure(
        owner.agency,
        owner.artefact_id,
        owner.version,
        dict(owner.name),
        dict(owner.description),
        components=tuple(_use(component) for component in uses),
    )


def _use(component: Component) -> ComponentUse:
    code_list = component.code_list
    return ComponentUse(
        id=component.component_id,
        role=component.role,  # type: ignore[arg-type]
        concept=_concept_urn(component.concept),
        code_list=_urn(ItemScheme(code_list.agency, code_list.artefact_id, code_list.version, {})) if code_list else "",
        required=component.required,
        of_series=component.attachment == Component.Attachment.SERIES,
    )


def _concept_urn(concept: Concept) -> str:
    scheme = concept.scheme
    owner = ItemScheme(scheme.agency, scheme.artefact_id, scheme.version, {}, kind="conceptscheme")
    return owner.item_urn(Item(concept.concept_id, {}))


def _code_list(code_list: CodeList, public: frozenset[str] | None) -> ItemScheme:
    codes = [code for code in code_list.codes.all() if public is None or code.code_id in public]
    shown = {code.code_id for code in codes}
    items = tuple(
        Item(
            code.code_id,
            dict(code.name),
            dict(code.description),
            parent=code.parent.code_id if code.parent and code.parent.code_id in shown else "",
        )
        for code in codes
    )
    return ItemScheme(
        code_list.agency,
        code_list.artefact_id,
        code_list.version,
        dict(code_list.name),
        dict(code_list.description),
        kind="codelist",
        items=items,
        partial=public is not None,
    )


def _concept_scheme(scheme: ConceptScheme) -> ItemScheme:
    items = tuple(Item(one.concept_id, dict(one.name), dict(one.description)) for one in scheme.concepts.all())
    return ItemScheme(
        scheme.agency,
        scheme.artefact_id,
        scheme.version,
        dict(scheme.name),
        dict(scheme.description),
        kind="conceptscheme",
        items=items,
    )


# --- references and details ---------------------------------------------------------------------------


def _refers_to(artefact: Artefact) -> frozenset[str]:
    if isinstance(artefact, Flow):
        return frozenset({artefact.structure})
    if isinstance(artefact, Structure):
        concepts = {use.concept.rpartition(".")[0] for use in artefact.components}
        schemes = {urn.replace(".Concept=", ".ConceptScheme=") for urn in concepts}
        return frozenset(schemes | {use.code_list for use in artefact.components if use.code_list})
    return frozenset()


def _matches(value: str, wanted: str) -> bool:
    return wanted in ("*", "all") or value in wanted.split(",")


def _version_numbers(artefact: Artefact) -> list[int]:
    return [int(part) for part in artefact.version.split(".")]


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
    "all": lambda registry, start: (
        _reach(start, registry.parents) | _reach([*start, *_reach(start, registry.parents)], registry.children)
    ),
}
_DETAILS = frozenset(
    {
        "full",
        "raw",
        "allstubs",
        "allcompletestubs",
        "referencestubs",
        "referencecompletestubs",
        "referencepartial",
    }
)


def collect(registry: PublicRegistry, start: list[str], references: str, detail: str) -> Artefacts:
    """What was named (`start`, URNs) with what it refers to or is referred to by, as much of each as `detail` says."""
    related = related_to(registry, start, references) - set(start)
    if detail not in _DETAILS:
        raise NotImplementedYet(f"The detail “{detail}” is not offered.")
    shown = [_detailed(registry.artefacts[urn], detail, asked=True) for urn in start]
    shown += [_detailed(registry.artefacts[urn], detail, asked=False) for urn in sorted(related)]
    return Artefacts(
        schemes=tuple(one for one in shown if isinstance(one, ItemScheme)),
        structures=tuple(one for one in shown if isinstance(one, Structure)),
        flows=tuple(one for one in shown if isinstance(one, Flow)),
    )


def related_to(registry: PublicRegistry, start: list[str], references: str) -> set[str]:
    """URNs that `references` adds; a kind of artefact adds those of that kind, near or far."""
    if references in _REFERENCES:
        return _REFERENCES[references](registry, start)
    if references in KINDS:
        everything = _REFERENCES["all"](registry, start)
        return {urn for urn in everything if registry.artefacts[urn].kind == references}
    raise NotImplementedYet(f"References to “{references}” are not offered yet.")


def _detailed(artefact: Artefact, detail: str, *, asked: bool) -> Artefact:
    """The artefact, or its stub: items and components left out, and the description unless complete stubs are asked."""
    stubbed = detail.startswith("all") or (detail.startswith("reference") and detail.endswith("stubs") and not asked)
    if not stubbed:
        return artefact
    kept = artefact if "complete" in detail else dataclasses.replace(artefact, description={})
    if isinstance(kept, ItemScheme):
        return dataclasses.replace(kept, items=())
    if isinstance(kept, Structure):
        return dataclasses.replace(kept, components=())
    return kept
