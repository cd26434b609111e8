"""What is stored, as the plain artefacts that structure messages are written from and read into."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    ComponentUse,
    Extension,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.lib.sdmx_messages.plain_artefacts import from_plain
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, Dataflow, DataProvider, DataStructure


def flow_of(flow: Dataflow) -> Flow:
    """A dataflow, with its structure's name. The structure is expected to have been read with it."""
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
    """A data structure. Its components are expected with `concept__scheme` and `code_list`."""
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
        concept=concept_urn(component.concept),
        code_list=code_list_urn(code_list) if code_list else "",
        required=component.required,
        of_series=component.attachment == Component.Attachment.SERIES,
    )


def code_list_urn(code_list: CodeList) -> str:
    """The URN of a code list."""
    return ItemScheme(code_list.agency, code_list.artefact_id, code_list.version, {}).urn


def concept_urn(concept: Concept) -> str:
    """The URN of a concept, whose scheme is expected to have been read with it."""
    scheme = concept.scheme
    owner = ItemScheme(scheme.agency, scheme.artefact_id, scheme.version, {}, kind="conceptscheme")
    return owner.item_urn(Item(concept.concept_id, {}))


def extensions_of(code_list: CodeList) -> tuple[Extension, ...]:
    """From where else a code list takes codes."""
    return tuple(from_plain(Extension, one) for one in code_list.extensions)


def unresolved(code_list: CodeList) -> ItemScheme:
    """A code list as it is kept: its own codes, and from where it takes the others."""
    whole = code_list_of(code_list)
    own = {code.code_id for code in code_list.codes.all() if not code.inherited}
    items = tuple(one for one in whole.items if one.id in own)
    return dataclasses.replace(whole, items=items, extensions=extensions_of(code_list))


def code_list_of(code_list: CodeList, public: frozenset[str] | None = None) -> ItemScheme:
    """A code list with all its codes, those from elsewhere among them, cut to the codes in `public` where that is
    given. Codes are expected with their parents."""
    codes = [code for code in code_list.codes.all() if public is None or code.code_id in public]
    shown = {code.code_id for code in codes}
    items = tuple(
        Item(
            code.code_id,
            dict(code.name),
            dict(code.description),
            parent=code.parent.code_id if code.parent and code.parent.code_id in shown else "",
            valid_to=code.valid_to.isoformat() if code.valid_to else "",
            replaced_by=code.replaced_by.code_id if code.replaced_by and code.replaced_by.code_id in shown else "",
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
    """A concept scheme with its concepts."""
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


def providers_of(agency: str, providers: Iterable[DataProvider]) -> ItemScheme:
    """The data providers of an agency."""
    members = tuple(Item(one.provider_id, dict(one.name)) for one in providers)
    name = {"en": "Data providers"}
    return ItemScheme(agency, "DATA_PROVIDERS", "1.0", name, kind="dataproviderscheme", items=members)


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
