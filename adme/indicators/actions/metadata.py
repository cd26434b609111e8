"""Metadata structures, which dataflow each serves, what is required, and the gate."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.indicators.errors import MetadataRefused, ReasonMissing
from adme.indicators.metadata_yaml import NewStructure
from adme.indicators.models import MetadataAttribute, Metadataflow, MetadataStructure
from adme.structures.models import Dataflow

__all__ = ["describe", "load_structure", "set_gate", "set_required"]


@transaction.atomic
def load_structure(*, structure: NewStructure, by: User | str, reason: str) -> MetadataStructure:
    """Make a metadata structure, or give its attributes their names and helps anew.

    One that is there keeps its ids, their order and what this installation has declared required: MetadataRefused
    where the file has other attributes, as what is under one version does not change its meaning.
    """
    _may(by)
    found = (
        MetadataStructure.objects.select_for_update()
        .filter(agency=structure.agency, artefact_id=structure.id, version=structure.version)
        .first()
    )
    is_new = found is None
    made = found or MetadataStructure(agency=structure.agency, artefact_id=structure.id, version=structure.version)
    made.name, made.note = structure.name, structure.note
    _clean(made)
    made.save()
    if is_new:
        _add_attributes(made, structure)
    else:
        _rename_attributes(made, structure)
    _record(
        "loaded",
        "metadata_structure",
        made.reference,
        by,
        reason,
        {"attributes": len(structure.attributes), "new": is_new},
    )
    return made


def _add_attributes(made: MetadataStructure, structure: NewStructure) -> None:
    by_id: dict[str, MetadataAttribute] = {}
    for position, new in enumerate(structure.attributes, 1):
        attribute = MetadataAttribute(
            structure=made,
            attribute_id=new.id,
            position=position,
            parent=by_id.get(new.under),
            name=new.name,
            help=new.help,
            heading=new.heading,
            required=new.required,
            tells=new.tells,
        )
        _clean(attribute, exclude=["structure", "parent"])
        attribute.save()
        by_id[new.id] = attribute


def _rename_attributes(made: MetadataStructure, structure: NewStructure) -> None:
    there = list(made.attributes.select_related("parent").order_by("position"))
    was = [(one.attribute_id, one.parent.attribute_id if one.parent else "", one.heading) for one in there]
    if was != [(one.id, one.under, one.heading) for one in structure.attributes]:
        raise MetadataRefused(
            _("%(structure)s is there already, with other attributes.") % {"structure": made.reference},
            "",
            _("Give the changed structure another version."),
        )
    for old, new in zip(there, structure.attributes, strict=True):
        old.name, old.help, old.tells = new.name, new.help, new.tells
        _clean(old, exclude=["structure", "parent"])
    MetadataAttribute.objects.bulk_update(there, ["name", "help", "tells"])


@transaction.atomic
def describe(
    *, dataflow: Dataflow, structure: MetadataStructure, by: User | str, reason: str, gated: bool = False
) -> Metadataflow:
    """Say that a structure describes the indicators of a dataflow; the same again changes nothing.

    MetadataRefused where another structure does so already and reports have been written by it.
    """
    _may(by)
    found = Metadataflow.objects.select_for_update().filter(dataflow=dataflow).first()
    if found is not None and found.structure_id == structure.pk:
        return found
    if found is not None and found.reports.exists():
        raise MetadataRefused(
            _("Reports on %(dataflow)s have been written by another metadata structure.")
            % {"dataflow": dataflow.reference}
        )
    made = found or Metadataflow(
        agency=dataflow.agency, artefact_id=_flow_id(dataflow), version=dataflow.version, dataflow=dataflow, gated=gated
    )
    made.structure, made.name = structure, dataflow.name
    _clean(made, exclude=["structure", "dataflow"])
    made.save()
    detail = {"structure": structure.reference, "gated": made.gated}
    _record("described", "dataflow", dataflow.reference, by, reason, detail)
    return made


def _flow_id(dataflow: Dataflow) -> str:
    return f"MDF_{dataflow.artefact_id.removeprefix('DF_')}"[:100]


@transaction.atomic
def set_required(
    *, structure: MetadataStructure, attributes: Collection[str], by: User | str, reason: str
) -> list[str]:
    """Declare which attributes are required, in this whole installation; return their ids in order.

    MetadataRefused for an id that the structure does not have, or that is a heading's.
    """
    _may(by)
    _need(reason)
    there = list(structure.attributes.select_for_update().order_by("position"))
    wrong = sorted(set(attributes) - {one.attribute_id for one in there if not one.heading})
    if wrong:
        raise MetadataRefused(_("This cannot be required."), ", ".join(wrong))
    old = [one.attribute_id for one in there if one.required]
    for one in there:
        one.required = one.attribute_id in attributes
    MetadataAttribute.objects.bulk_update(there, ["required"])
    new = [one.attribute_id for one in there if one.required]
    detail = {"old": old, "new": new}
    _record("required_set", "metadata_structure", structure.reference, by, reason, detail)
    return new


@transaction.atomic
def set_gate(*, metadataflow: Metadataflow, gated: bool, by: User | str, reason: str) -> Metadataflow:
    """Close or open the gate: whether releases of the dataflow wait for required metadata."""
    _may(by)
    _need(reason)
    locked = Metadataflow.objects.select_for_update().get(pk=metadataflow.pk)
    old, locked.gated = locked.gated, gated
    locked.save(update_fields=["gated"])
    detail = {"old": old, "new": gated}
    _record("gate_set", "dataflow", locked.dataflow.reference, by, reason, detail)
    return locked


# --- inside -----------------------------------------------------------------------------------------


def _may(by: User | str) -> None:
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _clean(one: MetadataStructure | MetadataAttribute | Metadataflow, exclude: Collection[str] = ()) -> None:
    try:
        one.clean_fields(exclude=exclude)
    except ValidationError as error:
        told = "; ".join(f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise MetadataRefused(_("“%(thing)s” is not of the right form.") % {"thing": one}, told) from error


def _record(done: str, kind: str, reference: str, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(
        by=by,
        action=f"indicators.metadata.{done}",
        object_type=kind,
        object_id=reference,
        reason=reason,
        detail=detail,
    )
