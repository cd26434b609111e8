"""What each version of a data structure, dataflow and provision agreement says: for ever the same.

Figures hang on rows that stay while versions follow each other (docs/decisions/0804). A version that is over, or that
says another thing than its rows would, is read from `KeptVersion`; the newest one from the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from adme.lib.sdmx_messages.artefacts import Agreement, Artefact, Flow, Structure
from adme.lib.sdmx_messages.plain_artefacts import from_plain
from adme.structures import artefacts as rows
from adme.structures.models import Component, Dataflow, DataStructure, KeptVersion

A = TypeVar("A", bound=Artefact)
_CLASSES: dict[str, type[Artefact]] = {
    KeptVersion.Kind.DATA_STRUCTURE: Structure,
    KeptVersion.Kind.DATAFLOW: Flow,
    KeptVersion.Kind.AGREEMENT: Agreement,
}


class Versions(NamedTuple):
    """Every version of a dataflow and of the agreements under which it is delivered."""

    flows: list[Flow]
    agreements: list[Agreement]


def read(kept: KeptVersion) -> Artefact:
    """The artefact that was kept."""
    return from_plain(_CLASSES[kept.kind], kept.content)


def all_of_structures(
    owners: Collection[DataStructure], components: Iterable[Component] | None = None
) -> list[Structure]:
    """Every version of these data structures. Two queries; one where their `components` are given, which are expected
    with `concept__scheme` and `code_list`."""
    if components is None:
        components = Component.objects.filter(data_structure__in=owners).select_related("concept__scheme", "code_list")
    of_owner: dict[int, list[Component]] = {owner.pk: [] for owner in owners}
    for one in components:
        of_owner[one.data_structure_id].append(one)
    kept = [read(one) for one in KeptVersion.objects.filter(data_structure__in=owners)]
    return _all(Structure, [rows.structure_of(owner, of_owner[owner.pk]) for owner in owners], kept)


def all_of_flows(flows: Collection[Dataflow]) -> dict[int, Versions]:
    """By the id of each dataflow, every version of it and of the agreements under which it is delivered. One query.
    Structure and provider are expected to have been read with them."""
    kept: dict[int, list[Artefact]] = {}
    for one in KeptVersion.objects.filter(dataflow__in=flows):
        kept.setdefault(one.dataflow_id or 0, []).append(read(one))
    return {
        one.pk: Versions(
            _all(Flow, [rows.flow_of(one)], kept.get(one.pk, ())),
            _all(Agreement, [rows.agreement_of(one)], kept.get(one.pk, ())),
        )
        for one in flows
    }


def structure_said(owner: DataStructure) -> Structure:
    """What the version says that a data structure has now. Two queries."""
    return next(one for one in all_of_structures([owner]) if one.version == owner.version)


def flow_said(flow: Dataflow) -> Flow:
    """The same of a dataflow. One query."""
    return next(one for one in all_of_flows([flow])[flow.pk].flows if one.version == flow.version)


def agreement_said(flow: Dataflow) -> Agreement:
    """The agreement under which a dataflow is delivered, in the version that it has now. One query."""
    own = rows.agreement_of(flow)
    return next(
        one for one in all_of_flows([flow])[flow.pk].agreements if (one.id, one.version) == (own.id, own.version)
    )


def names(artefact: Artefact) -> set[str]:
    """URNs of the artefacts that a data structure or dataflow refers to."""
    if isinstance(artefact, Structure):
        concepts = {scheme_of(use.concept) for use in artefact.components}
        return concepts | {use.code_list for use in artefact.components if use.code_list}
    return {artefact.structure} if isinstance(artefact, Flow) else set()


def scheme_of(concept: str) -> str:
    """The URN of the scheme that a concept belongs to."""
    path, _equals, name = concept.partition("=")
    return f"{path.removesuffix('.Concept')}.ConceptScheme={name.partition(')')[0]})"


def _all(kind: type[A], of_rows: list[A], kept: Iterable[Artefact]) -> list[A]:
    """What was kept goes before what is read from rows under the same name."""
    found = {one.urn: one for one in of_rows}
    found |= {one.urn: one for one in kept if isinstance(one, kind)}
    return list(found.values())
