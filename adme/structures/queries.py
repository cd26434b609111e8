"""What is asked about words: a dataflow by its name, its structure as frozen values, the mapping that fits a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from adme.lib.sdmx_messages.artefacts import Allowed
from adme.lib.sdmx_messages.plain_artefacts import from_plain
from adme.lib.texts import Text
from adme.structures.errors import UnknownArtefact
from adme.structures.models import (
    Code,
    CodeList,
    Component,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Document,
    KeptVersion,
    Mapping,
)
from adme.structures.structure_view import (
    REFERENCE,
    AttributeView,
    CodeListView,
    CodeView,
    DimensionView,
    StructureView,
)
from adme.structures.version_numbers import numbers_of

__all__ = [
    "all_dataflows",
    "allowed_in",
    "code_list_by_reference",
    "code_list_view",
    "dataflow_by_reference",
    "dataflows_by_reference",
    "first_references",
    "flow_named",
    "flows_with_structures",
    "header_digest",
    "live_code_list",
    "live_concept_scheme",
    "live_data_structure",
    "live_dataflow",
    "mapping_for",
    "newest_code_list",
    "newest_concept_scheme",
    "references_of",
    "structure_of",
]

KEPT = 64
"""Structures kept in memory by each process."""


def dataflow_by_reference(reference: str) -> Dataflow:
    """The dataflow named ASEAN:DF_UN_SDG(1.0.0); without agency or version the highest version that fits.

    UnknownArtefact where there is none, or where two agencies have one of that id and none was named.
    """
    try:
        found: Dataflow = _by_reference(Dataflow, reference, "data_structure", "provider")
    except UnknownArtefact:
        parts = REFERENCE.fullmatch(reference.strip())
        earlier = parts and live_dataflow(parts["agency"] or "", parts["id"], parts["version"] or "")
        if not earlier:
            raise
        return earlier
    return found


def live_dataflow(agency: str, artefact_id: str, version: str) -> Dataflow | None:
    """The dataflow that a reference means now: of that version, or the row that went on from it."""
    named = {"agency": agency, "artefact_id": artefact_id, "version": version}
    flows = Dataflow.objects.select_related("data_structure", "provider")
    kept = KeptVersion.objects.filter(kind=KeptVersion.Kind.DATAFLOW, **named).values("dataflow")
    return flows.filter(**named).first() or flows.filter(pk__in=kept).first()


def live_data_structure(agency: str, artefact_id: str, version: str) -> DataStructure | None:
    """The data structure that a reference means now, in the same way."""
    named = {"agency": agency, "artefact_id": artefact_id, "version": version}
    kept = KeptVersion.objects.filter(kind=KeptVersion.Kind.DATA_STRUCTURE, **named).values("data_structure")
    structures = DataStructure.objects.all()
    return structures.filter(**named).first() or structures.filter(pk__in=kept).first()


def dataflows_by_reference() -> dict[str, Dataflow]:
    """Reference → dataflow, of every version that there has been: others may have written down an earlier one. One
    query."""
    flows = all_dataflows()
    found = {named: flow for flow in flows for named in references_of(flow)}
    return found | {flow.reference: flow for flow in flows}


def first_references() -> dict[int, str]:
    """Id of a dataflow → the reference of its first version, which stays whatever versions follow. One query."""
    return {flow.pk: references_of(flow)[0] for flow in Dataflow.objects.all()}


def references_of(artefact: Dataflow | DataStructure) -> tuple[str, ...]:
    """Every reference by which a dataflow or data structure is known, the first version first."""
    numbers = (*artefact.earlier, artefact.version)
    return tuple(f"{artefact.agency}:{artefact.artefact_id}({number})" for number in numbers)


def flow_named(reference: str) -> str:
    """The reference of the dataflow that a message means: its own, or that of the one dataflow of a data structure.

    What is no data structure with exactly one dataflow is given back as it came.
    """
    parts = REFERENCE.fullmatch(reference.strip())
    if parts is None or Dataflow.objects.filter(agency=parts["agency"], artefact_id=parts["id"]).exists():
        return reference
    structures = DataStructure.objects.filter(agency=parts["agency"], artefact_id=parts["id"])
    if parts["version"]:
        structures = structures.filter(
            Q(version=parts["version"])
            | Q(kept_versions__version=parts["version"], kept_versions__kind=KeptVersion.Kind.DATA_STRUCTURE)
        ).distinct()
    flows = list(Dataflow.objects.filter(data_structure__in=structures)[:2])
    return flows[0].reference if len(flows) == 1 else reference


def code_list_by_reference(reference: str) -> CodeList:
    """The code list named SDMX:CL_FREQ(2.1.0), in the same way."""
    found: CodeList = _by_reference(CodeList, reference)
    return found


def live_code_list(agency: str, artefact_id: str, version: str) -> CodeList | None:
    """The code list that a reference means now: of that version, or the one that has taken its place."""
    named = CodeList.objects.filter(agency=agency, artefact_id=artefact_id, version=version)
    found = named.select_related("succeeded_by").first()
    return found and (found.succeeded_by or found)


def live_concept_scheme(agency: str, artefact_id: str, version: str) -> ConceptScheme | None:
    """The concept scheme that a reference means now, in the same way."""
    named = ConceptScheme.objects.filter(agency=agency, artefact_id=artefact_id, version=version)
    found = named.select_related("succeeded_by").first()
    return found and (found.succeeded_by or found)


def newest_code_list(agency: str, artefact_id: str, version: str) -> CodeList:
    """The same; UnknownArtefact where there is none."""
    found = live_code_list(agency, artefact_id, version)
    if found is None:
        raise UnknownArtefact(f"{agency}:{artefact_id}({version})")
    return found


def newest_concept_scheme(agency: str, artefact_id: str, version: str) -> ConceptScheme:
    """The same for a concept scheme."""
    found = live_concept_scheme(agency, artefact_id, version)
    if found is None:
        raise UnknownArtefact(f"{agency}:{artefact_id}({version})")
    return found


def all_dataflows() -> list[Dataflow]:
    """Every dataflow with provider and structure, in the order of its reference."""
    return list(Dataflow.objects.select_related("data_structure", "provider"))


def _by_reference(model: Any, reference: str, *related: str) -> Any:
    parts = REFERENCE.fullmatch(reference.strip())
    if parts is None:
        raise UnknownArtefact(reference)
    wanted = {"artefact_id": parts["id"], "agency": parts["agency"], "version": parts["version"]}
    found = list(model.objects.select_related(*related).filter(**{k: v for k, v in wanted.items() if v}))
    if len({one.agency for one in found}) != 1:
        raise UnknownArtefact(reference)
    return max(found, key=lambda one: tuple(int(part) for part in one.version.split(".")))


def structure_of(dataflow: Dataflow) -> StructureView:
    """The structure of a dataflow as frozen values. One small query when it was read before and has not changed."""
    stamp = DataStructure.objects.values_list("stamp", flat=True).get(pk=dataflow.data_structure_id)
    wanted = _asked_of(dataflow, stamp)
    return _structures([wanted])[wanted]


def flows_with_structures(references: Collection[str]) -> dict[str, tuple[Dataflow, StructureView]]:
    """Reference → dataflow and structure, of those that exist, by earlier versions too. One query, and two more where
    any structure was not read before, however many there are."""
    flows = {named: flow for named, flow in dataflows_by_reference().items() if named in references}
    wanted = {reference: _asked_of(flow, flow.data_structure.stamp) for reference, flow in flows.items()}
    read = _structures(wanted.values())
    return {reference: (flow, read[wanted[reference]]) for reference, flow in flows.items()}


class _Wanted(NamedTuple):
    """What a structure view follows from: as long as all of it is the same, so is the view."""

    pk: int
    agency: str
    artefact_id: str
    version: str
    name: tuple[tuple[str, str], ...]
    data_structure_id: int
    indicator_dimension: str
    area_dimension: str
    stamp: UUID
    earlier: tuple[str, ...]


def _asked_of(flow: Dataflow, stamp: UUID) -> _Wanted:
    named = (flow.pk, flow.agency, flow.artefact_id, flow.version, tuple(sorted(flow.name.items())))
    return _Wanted(
        *named, flow.data_structure_id, flow.indicator_dimension, flow.area_dimension, stamp, references_of(flow)[:-1]
    )


_shelf: OrderedDict[_Wanted, StructureView] = OrderedDict()
_lock = threading.Lock()


def _structures(asked: Iterable[_Wanted]) -> dict[_Wanted, StructureView]:
    """The views of all that are asked for; those that this process has not read before are read together."""
    wanted = list(asked)
    with _lock:
        found = {one: _shelf[one] for one in wanted if one in _shelf}
        for one in found:
            _shelf.move_to_end(one)
    made = _read([one for one in wanted if one not in found])
    with _lock:
        _shelf.update(made)
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)
    return found | made


def forget() -> None:
    """Drop every structure that is kept: for tests of what a new process asks."""
    with _lock:
        _shelf.clear()


def _read(wanted: Sequence[_Wanted]) -> dict[_Wanted, StructureView]:
    """Two queries, however many; none where none is wanted."""
    if not wanted:
        return {}
    components = list(
        Component.objects.filter(data_structure__in={one.data_structure_id for one in wanted})
        .select_related("concept", "code_list", "data_structure")
        .order_by("position", "component_id")
    )
    lists = _code_list_views({one.code_list_id: one.code_list for one in components if one.code_list is not None})
    of_structure: dict[int, list[Component]] = {one.data_structure_id: [] for one in wanted}
    for component in components:
        of_structure[component.data_structure_id].append(component)
    return {one: _view(one, of_structure[one.data_structure_id], lists) for one in wanted}


def _view(wanted: _Wanted, components: list[Component], lists: dict[int | None, CodeListView]) -> StructureView:
    of_role = {role: [one for one in components if one.role == role] for role in Component.Role.values}
    time, measure = of_role[Component.Role.TIME], of_role[Component.Role.MEASURE]
    return StructureView(
        dataflow_id=wanted.pk,
        reference=f"{wanted.agency}:{wanted.artefact_id}({wanted.version})",
        agency=wanted.agency,
        artefact_id=wanted.artefact_id,
        version=wanted.version,
        name=dict(wanted.name),
        data_structure=components[0].data_structure.reference if components else "",
        dimensions=tuple(
            DimensionView(one.component_id, one.position, one.concept.name, lists[one.code_list_id])
            for one in of_role[Component.Role.DIMENSION]
        ),
        attributes=tuple(_attribute(one, lists) for one in of_role[Component.Role.ATTRIBUTE]),
        indicator_dimension=wanted.indicator_dimension,
        area_dimension=wanted.area_dimension,
        stamp=wanted.stamp,
        time=time[0].component_id if time else "TIME_PERIOD",
        measure=measure[0].component_id if measure else "OBS_VALUE",
        time_name=time[0].concept.name if time else {},
        measure_name=measure[0].concept.name if measure else {},
        earlier=wanted.earlier + (references_of(components[0].data_structure)[:-1] if components else ()),
    )


def _attribute(component: Component, lists: dict[int | None, CodeListView]) -> AttributeView:
    return AttributeView(
        id=component.component_id,
        name=component.concept.name,
        code_list=lists.get(component.code_list_id),
        attachment=component.attachment,
        required=component.required,
    )


def code_list_view(code_list: CodeList) -> CodeListView:
    """One code list as frozen values. One query, not kept."""
    return _code_list_views({code_list.pk: code_list})[code_list.pk]


def _code_list_views(lists: dict[int | None, CodeList]) -> dict[int | None, CodeListView]:
    codes: dict[int, list[CodeView]] = {pk: [] for pk in lists if pk is not None}
    rows = Code.objects.filter(code_list__in=list(codes)).order_by("code_list", "position", "code_id")
    fields = ("code_id", "name", "parent__code_id", "kind", "aliases", "valid_to", "replaced_by__code_id")
    for list_id, pk, *told in rows.values_list("code_list_id", "pk", *fields):
        codes[list_id].append(_code_view(pk, *told))
    return {pk: CodeListView(one.reference, tuple(codes[pk])) for pk, one in lists.items() if pk is not None}


def _code_view(
    pk: int, code_id: str, name: Text, parent: str | None, kind: str, aliases: dict[str, Any], valid_to: dt.date | None,
    replaced_by: str | None,
) -> CodeView:  # fmt: skip
    return CodeView(pk, code_id, name, parent or "", kind, _aliases(aliases), valid_to, replaced_by or "")


def _aliases(stored: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {scheme: tuple(texts) for scheme, texts in stored.items()}


def allowed_in(dataflow: Dataflow) -> list[Allowed]:
    """The constraints that say what may be delivered to a dataflow: its own and those of its structure; of each the
    newest version. The structure is expected to have been read with it."""
    start = "urn:sdmx:org.sdmx.infomodel.datastructure"
    # What was said of an earlier version holds for what went on from it.
    urns = [f"{start}.Dataflow={one}" for one in references_of(dataflow)]
    urns += [f"{start}.DataStructure={one}" for one in references_of(dataflow.data_structure)]
    found = Document.objects.filter(kind=Document.Kind.CONSTRAINT, references__urn__in=urns).distinct()
    newest: dict[tuple[str, str], Document] = {}
    for one in sorted(found, key=lambda one: numbers_of(one.version)):
        newest[one.agency, one.artefact_id] = one
    return [from_plain(Allowed, one.content) for one in newest.values()]


def header_digest(header: Sequence[str]) -> str:
    """What stands for the columns of a file, whatever their order, case and surrounding blanks."""
    tidy = sorted(name.strip().casefold() for name in header)
    return hashlib.sha256("\n".join(tidy).encode()).hexdigest()


def mapping_for(header: Sequence[str], *, dataflow: Dataflow | None = None) -> Mapping | None:
    """The newest mapping remembered for a file with these columns, of one dataflow if given; None if there is none."""
    found = Mapping.objects.filter(header_digest=header_digest(header)).select_related("dataflow", "provider")
    if dataflow is not None:
        found = found.filter(dataflow=dataflow)
    return found.order_by("-updated_at", "-pk").first()
