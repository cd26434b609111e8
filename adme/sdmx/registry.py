"""The structures that are public, as a graph of artefacts.

Public are the dataflows that show at least one observation now, and everything those refer to. A code list of
indicators is cut to the indicators with public observations (and says so: it is partial), as is what other lists have
of it (`told_codes`), and topics to those with public indicators, so that nothing is told of what is still to be
released. `references` answers questions to the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from django.db.models import Q

from adme.frameworks.region import members
from adme.indicators.models import Topic
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Allowed,
    Artefact,
    Categorisation,
    Constraint,
    Flow,
    ItemScheme,
    Structure,
)
from adme.releases import queries
from adme.sdmx import public_artefacts as made
from adme.sdmx.framework_schemes import current_frameworks, scheme_of
from adme.sdmx.public_documents import public_documents
from adme.sdmx.scorecard_structures import common_structures, structures_of
from adme.sdmx.told_codes import ToldCodes
from adme.sdmx.versions import matching
from adme.structures import artefacts as kept
from adme.structures import documents, finals
from adme.structures.models import CodeList, Component, ConceptScheme, Dataflow, DataProvider, DataStructure

KINDS = (
    "dataflow",
    "datastructure",
    "codelist",
    "conceptscheme",
    "categoryscheme",
    "categorisation",
    "agencyscheme",
    "dataproviderscheme",
    "provisionagreement",
    "dataconstraint",
    "hierarchy",
    "valuelist",
    "structuremap",
    "representationmap",
)
"""The kinds of artefacts that there can be here."""


class PublicRegistry:
    """The graph, in which code lists that extend others are as they are kept where `raw` says so.

    Built for one request; queries in proportion to the number of dataflows, not of what is in them."""

    def __init__(self, *, raw: bool = False) -> None:
        self._raw = raw
        self._available: dict[int, queries.Availability] = {}
        self._flows: list[Dataflow] = []
        for flow in Dataflow.objects.select_related("data_structure", "provider"):
            available = queries.availability(flow)
            if available.codes:
                self._flows.append(flow)
                self._available[flow.pk] = available

    @cached_property
    def artefacts(self) -> dict[str, Artefact]:
        """URN → artefact."""
        found: list[Artefact] = [*self._code_lists, *self._concept_schemes, *self._structures, *self._providers]
        found += self._deliveries
        found += self._categories
        found += self._frameworks
        found += public_documents({artefact.urn: artefact for artefact in found})
        found += made.agencies_of(found)
        return {artefact.urn: artefact for artefact in found}

    @cached_property
    def _components(self) -> list[Component]:
        structures = {flow.data_structure_id for flow in self._flows}
        components = Component.objects.filter(data_structure__in=structures)
        return list(components.select_related("concept__scheme", "code_list").order_by("data_structure", "position"))

    @cached_property
    def _structures(self) -> list[Structure]:
        owners = DataStructure.objects.in_bulk({component.data_structure_id for component in self._components})
        return finals.all_of_structures(list(owners.values()), self._components)

    @cached_property
    def _deliveries(self) -> list[Artefact]:
        """Every version of the dataflows and of their agreements; what is available of each is the same for all."""
        found: list[Artefact] = []
        for pk, versions in finals.all_of_flows(self._flows).items():
            found += [*versions.flows, *versions.agreements]
            found += [made.constraint_of(flow, self._available[pk]) for flow in versions.flows]
        return found

    @cached_property
    def _code_lists(self) -> list[ItemScheme]:
        return [self._written(one) for one in self._told.lists]

    def _written(self, code_list: CodeList) -> ItemScheme:
        """With all its codes, or as it is kept where that was asked for and hides nothing."""
        cut = self._told.cut(code_list)
        urns = {one.code_list for one in kept.extensions_of(code_list)}
        if self._raw and cut is None and urns and urns <= self._whole:
            return kept.unresolved(code_list)
        return kept.code_list_of(code_list, cut)

    @cached_property
    def _whole(self) -> set[str]:
        """URNs of the lists that are told whole: what is taken from another would name codes that are not told."""
        return {kept.code_list_urn(one) for one in self._told.lists if self._told.cut(one) is None}

    @cached_property
    def _told(self) -> ToldCodes:
        occurring: dict[int, set[str]] = {one.code_list_id: set() for one in self._components if one.code_list_id}
        for flow in self._flows:
            codes = self._available[flow.pk].codes
            for one in self._components:
                if one.code_list_id and one.data_structure_id == flow.data_structure_id:
                    occurring[one.code_list_id].update(codes.get(one.component_id, ()))
        return ToldCodes(occurring)

    @cached_property
    def _concept_schemes(self) -> list[ItemScheme]:
        used = {component.concept.scheme_id for component in self._components}
        schemes = ConceptScheme.objects.filter(Q(pk__in=used) | Q(succeeded_by__in=used)).prefetch_related("concepts")
        return [kept.concept_scheme_of(one) for one in schemes]

    @cached_property
    def _providers(self) -> list[ItemScheme]:
        by_agency: dict[str, list[DataProvider]] = {}
        for provider in DataProvider.objects.filter(dataflows__in=self._flows).distinct():
            by_agency.setdefault(provider.agency, []).append(provider)
        return [kept.providers_of(agency, providers) for agency, providers in by_agency.items()]

    @cached_property
    def _categories(self) -> list[Artefact]:
        """The topics of each agency's public indicators, and which dataflow has indicators under which."""
        under: dict[int, dict[int, Topic]] = {}
        for published in queries.published_indicators():
            topics = {topic.pk: topic for topic in published.indicator.topics.all()}
            under.setdefault(published.indicator.dataflow_id, {}).update(topics)
        everything = {topic.pk: topic for topic in Topic.objects.all()}
        found: list[Artefact] = []
        for agency in sorted({flow.agency for flow in self._flows}):
            flows = [flow for flow in self._flows if flow.agency == agency and under.get(flow.pk)]
            if flows:
                used = [topic for flow in flows for topic in under[flow.pk].values()]
                scheme = made.topics_of(agency, used, everything)
                found.append(scheme)
                found += [
                    made.categorisation_of(flow, scheme, one) for flow in flows for one in under[flow.pk].values()
                ]
        return found

    @cached_property
    def _frameworks(self) -> list[Artefact]:
        """Each framework's tree, and the dataflow of its scorecard with all that it refers to. Two queries."""
        standing = current_frameworks()
        states = members() if standing else ()
        found: list[Artefact] = [scheme_of(one) for one in standing]
        found += [artefact for one in standing for artefact in structures_of(one, states)]
        return [*found, *(common_structures() if standing else ())]

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
        """URNs of what a path names; each part may hold several by comma, or `*`. Versions as `versions` reads them;
        NotAVersion for one that is none."""
        wanted = [
            artefact
            for artefact in self.artefacts.values()
            if is_of(artefact, kind.split(","))
            and _matches(artefact.agency, agency)
            and _matches(artefact.id, artefact_id)
        ]
        versions: dict[tuple[str, str, str], list[str]] = {}
        for one in wanted:
            versions.setdefault((one.kind, one.agency, one.id), []).append(one.version)
        fitting = {name: matching(version, there) for name, there in versions.items()}
        matching(version, ())  # a malformed one is refused even where nothing has the name
        return [one.urn for one in wanted if one.version in fitting[one.kind, one.agency, one.id]]


def is_of(artefact: Artefact, kinds: Collection[str]) -> bool:
    """Whether an artefact is of one of the kinds; constraints are also actual or allowed ones."""
    if artefact.kind != "dataconstraint":
        return artefact.kind in kinds
    return bool({"dataconstraint", _ROLES[isinstance(artefact, Allowed)]} & set(kinds))


_ROLES = {True: "allowedconstraint", False: "actualconstraint"}


def _refers_to(artefact: Artefact) -> frozenset[str]:
    if isinstance(artefact, Flow):
        return frozenset({artefact.structure})
    if isinstance(artefact, Structure):
        concepts = {_scheme_of(use.concept) for use in artefact.components}
        return frozenset(concepts | {use.code_list for use in artefact.components if use.code_list})
    if isinstance(artefact, Constraint):
        return frozenset({artefact.dataflow})
    if isinstance(artefact, Agreement):
        return frozenset({artefact.dataflow, _scheme_of(artefact.provider)})
    if isinstance(artefact, Categorisation):
        return frozenset({artefact.source, _scheme_of(artefact.target)})
    if isinstance(artefact, ItemScheme):
        return frozenset(one.code_list for one in artefact.extensions)
    return frozenset(documents.refers_to(artefact))


_SCHEMES = {"Concept": "ConceptScheme", "Category": "CategoryScheme", "DataProvider": "DataProviderScheme"}


def _scheme_of(item_urn: str) -> str:
    """The URN of the scheme that an item belongs to."""
    path, _, name = item_urn.partition("=")
    package, _, item_class = path.rpartition(".")
    return f"{package}.{_SCHEMES[item_class]}={name.partition(')')[0]})"


def _matches(value: str, wanted: str) -> bool:
    return wanted in ("*", "all") or value in wanted.split(",")
