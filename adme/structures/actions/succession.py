"""The next version of a data structure or dataflow: the rows that figures hang on go on, what was said stays said.

Before anything changes, the version that stands now is written down word for word (`keep_structure`, `keep_flow`); then
the row has the next number. A dataflow names its data structure by version, and so follows it (docs/decisions/0804).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.sdmx_messages.artefacts import Artefact
from adme.lib.sdmx_messages.plain_artefacts import to_plain
from adme.structures import finals
from adme.structures.models import CodeList, Component, ConceptScheme, Dataflow, DataStructure, KeptVersion
from adme.structures.version_numbers import Level, next_version


def keep_structure(structure: DataStructure) -> None:
    """Write down what the version says that it has now, and those of its dataflows."""
    write_down(finals.structure_said(structure), data_structure=structure)
    for flow in structure.dataflows.select_related("data_structure", "provider"):
        keep_flow(flow)


def keep_flow(flow: Dataflow) -> None:
    """The same for a dataflow and the agreement under which it is delivered."""
    write_down(finals.flow_said(flow), dataflow=flow)
    write_down(finals.agreement_said(flow), dataflow=flow)


def write_down(said: Artefact, **row: Any) -> None:
    """Keep what a version says, once and for all; `row` is the row that figures hang on."""
    KeptVersion.objects.get_or_create(
        kind=said.kind,
        agency=said.agency,
        artefact_id=said.id,
        version=said.version,
        defaults={"name": dict(said.name), "description": dict(said.description), "content": to_plain(said), **row},
    )


def succeed_structure(
    *,
    structure: DataStructure,
    level: Level,
    by: User | str,
    reason: str,
    added: Sequence[Component] = (),
    **words: Any,
) -> DataStructure:
    """Give a data structure its next version, and with it its dataflows theirs. `words` are `name` and `description`;
    `added` are attributes that are new. The caller has checked the right and holds the transaction."""
    locked = DataStructure.objects.select_for_update().get(pk=structure.pk)
    keep_structure(locked)
    before = locked.reference
    old = {name: getattr(locked, name) for name in words}
    locked.earlier = [*locked.earlier, locked.version]
    locked.version = next_version(locked.version, _numbers_of(locked, KeptVersion.Kind.DATA_STRUCTURE), level)
    for name, said in words.items():
        setattr(locked, name, said)
    locked.stamp = uuid.uuid4()
    locked.save(update_fields=["version", "earlier", "stamp", *words])
    Component.objects.bulk_create(added)
    detail = {"before": before, "old": old, "new": words, "added": [one.component_id for one in added]}
    _record("data_structure", locked.reference, by=by, reason=reason, detail=detail)
    for flow in locked.dataflows.order_by("pk"):
        succeed_flow(flow=flow, level=level, by=by, reason=reason)
    return locked


def succeed_flow(*, flow: Dataflow, level: Level, by: User | str, reason: str, **changes: Any) -> Dataflow:
    """Give a dataflow its next version; `changes` are fields of it. As above."""
    locked = (
        Dataflow.objects.select_for_update(of=("self",)).select_related("data_structure", "provider").get(pk=flow.pk)
    )
    keep_flow(locked)
    before = locked.reference
    old = {name: getattr(locked, name) for name in changes}
    locked.earlier = [*locked.earlier, locked.version]
    locked.version = next_version(locked.version, _numbers_of(locked, KeptVersion.Kind.DATAFLOW), level)
    for name, said in changes.items():
        setattr(locked, name, said)
    locked.save(update_fields=["version", "earlier", *changes])
    DataStructure.objects.filter(pk=locked.data_structure_id).update(stamp=uuid.uuid4())
    detail = {"before": before, "old": _told(old), "new": _told(changes)}
    _record("dataflow", locked.reference, by=by, reason=reason, detail=detail)
    return locked


def using(artefact: CodeList | ConceptScheme) -> list[DataStructure]:
    """The data structures that take codes or concepts from a list or scheme."""
    of_it = {"components__code_list": artefact}
    if isinstance(artefact, ConceptScheme):
        of_it = {"components__concept__scheme": artefact}
    return list(DataStructure.objects.filter(**of_it).distinct().order_by("pk"))


def keep_all(structures: Iterable[DataStructure]) -> None:
    """Write down what they say, before a list or scheme of theirs has its next version."""
    for one in structures:
        keep_structure(one)


def follow(structures: Iterable[DataStructure], agency: str, level: Level, *, by: User | str, reason: str) -> None:
    """Lead data structures on to the version that a list or scheme of `agency` has now.

    Those of other agencies go on saying what they said: a version of theirs is not ours to make.
    """
    for one in structures:
        if follows(one, agency):
            succeed_structure(structure=one, level=level, by=by, reason=reason)
        else:
            DataStructure.objects.filter(pk=one.pk).update(stamp=uuid.uuid4())


def follows(structure: DataStructure, agency: str) -> bool:
    """Whether a data structure has a new version when a list or scheme of `agency` has one."""
    return structure.agency == agency or structure.agency.startswith(f"{agency}.")


def _numbers_of(row: DataStructure | Dataflow, kind: str) -> list[str]:
    same = {"agency": row.agency, "artefact_id": row.artefact_id}
    standing = type(row)._default_manager.filter(**same).values_list("version", flat=True)
    kept = KeptVersion.objects.filter(kind=kind, **same).values_list("version", flat=True)
    return [*standing, *kept]


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | dict) else str(value) for name, value in values.items()}


def _record(kind: str, reference: str, *, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(
        by=by,
        action=f"structures.{kind}.succeeded",
        object_type=kind,
        object_id=reference,
        reason=reason,
        detail=detail,
    )
