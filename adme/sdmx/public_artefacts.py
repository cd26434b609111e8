"""What is stored, as the artefacts that structure messages are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adme.indicators.models import Topic
from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    Categorisation,
    ComponentUse,
    Constraint,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.releases.queries import Availability
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, Dataflow, DataProvider, DataStructure


def flow_of(flow: Dataflow) -> Flow:
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


def structure_of(owner: DataStructure, components: Iterable[Component]) -> Structure:
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


def code_list_of(code_list: CodeList, public: frozenset[str] | None) -> ItemScheme:
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


def concept_scheme_of(scheme: ConceptScheme) -> ItemScheme:
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


def constraint_of(flow: Dataflow, available: Availability) -> Constraint:
    """What is public of a dataflow, as a constraint of the role "actual"."""
    first, last = available.first_period, available.last_period
    return Constraint(
        flow.agency,
        f"CR_{flow.artefact_id}",
        flow.version,
        {"en": f"Available data of {flow.artefact_id}"},
        dataflow=flow_of(flow).urn,
        values={name: tuple(codes) for name, codes in available.codes.items()},
        first_period="" if first is None else periods.label(first),
        last_period="" if last is None else periods.label(last),
        series=available.series_count,
    )


def agreement_of(flow: Dataflow) -> Agreement:
    """That its provider delivers to a dataflow."""
    provider = flow.provider
    return Agreement(
        flow.agency,
        f"{flow.artefact_id}_{provider.provider_id}",
        flow.version,
        dict(flow.name),
        dataflow=flow_of(flow).urn,
        provider=providers_of(provider.agency, ()).item_urn(Item(provider.provider_id, {})),
    )


def providers_of(agency: str, providers: Iterable[DataProvider]) -> ItemScheme:
    """The data providers of an agency."""
    members = tuple(Item(one.provider_id, dict(one.name)) for one in providers)
    name = {"en": "Data providers"}
    return ItemScheme(agency, "DATA_PROVIDERS", "1.0", name, kind="dataproviderscheme", items=members)


def agencies_of(artefacts: Iterable[Artefact]) -> list[ItemScheme]:
    """The agencies that maintain anything; those of an agency's own (`A.B`) stand in a scheme of that agency."""
    inside: dict[str, set[str]] = {}
    for agency in {artefact.agency for artefact in artefacts}:
        path = agency.split(".")
        for depth, name in enumerate(path):
            inside.setdefault(".".join(path[:depth]) or "SDMX", set()).add(name)
    return [
        ItemScheme(
            owner,
            "AGENCIES",
            "1.0",
            {"en": "Agencies"},
            kind="agencyscheme",
            items=tuple(Item(name, {"en": name}) for name in sorted(names)),
        )
        for owner, names in sorted(inside.items())
    ]


def topics_of(agency: str, used: Iterable[Topic], topics: Mapping[int, Topic]) -> ItemScheme:
    """The topics that an agency's indicators are found under, with those above them.

    `topics` is every topic by its pk, in their order.
    """
    shown: set[int] = set()
    for topic in used:
        here: Topic | None = topic
        while here is not None and here.pk not in shown:
            shown.add(here.pk)
            here = topics.get(here.parent_id or 0)
    items = tuple(
        Item(one.slug, dict(one.name), parent=topics[one.parent_id].slug if one.parent_id else "")
        for pk, one in topics.items()
        if pk in shown
    )
    return ItemScheme(agency, "TOPICS", "1.0.0", {"en": "Topics"}, kind="categoryscheme", items=items, partial=True)


def categorisation_of(flow: Dataflow, scheme: ItemScheme, topic: Topic) -> Categorisation:
    """That a dataflow has indicators under a topic."""
    item = scheme.item[topic.slug]
    return Categorisation(
        flow.agency,
        f"{flow.artefact_id}_{topic.slug}",
        "1.0",
        dict(flow.name),
        source=flow_of(flow).urn,
        target=scheme.item_urn(item),
    )
