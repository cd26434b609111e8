"""Making and changing data providers and dataflows."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.texts import Text
from adme.structures.actions import succession
from adme.structures.actions.rights import check_id, check_names, may_change_words
from adme.structures.errors import AlreadyExists, StructureRefused
from adme.structures.models import Component, Dataflow, DataProvider, DataStructure
from adme.structures.models.maintainable import agency_id, nc_name
from adme.structures.version_numbers import Level

CHANGEABLE = frozenset({"name", "description", "source", "licence", "licence_address", "provider"})
"""What may change on a dataflow. Its structure and its indicator and area dimensions may not: numbers hang on them."""
SAID = frozenset({"name", "description", "provider"})
"""What of it is part of a final artefact: the dataflow, or the agreement under which it is delivered."""


@transaction.atomic
def create_provider(
    *, agency: str, provider_id: str, name: Text, by: User | str, reason: str, address: str = ""
) -> DataProvider:
    """A new data provider. AlreadyExists, IdRefused."""
    may_change_words(by)
    check_id(agency, agency_id)
    check_id(provider_id, nc_name)
    if DataProvider.objects.filter(agency=agency, provider_id=provider_id).exists():
        raise AlreadyExists(f"{agency}:{provider_id}")
    made = DataProvider.objects.create(agency=agency, provider_id=provider_id, name=name, address=address)
    _record(
        "structures.provider.created",
        "data_provider",
        f"{agency}:{provider_id}",
        by=by,
        reason=reason,
        detail={"name": name},
    )
    return made


@transaction.atomic
def change_provider(*, provider: DataProvider, by: User | str, reason: str, name: Text, address: str) -> DataProvider:
    """Change its name and address."""
    may_change_words(by)
    locked = DataProvider.objects.select_for_update().get(pk=provider.pk)
    old = {"name": locked.name, "address": locked.address}
    locked.name, locked.address = name, address
    locked.save(update_fields=["name", "address"])
    detail = {"old": old, "new": {"name": name, "address": address}}
    reference = f"{locked.agency}:{locked.provider_id}"
    _record("structures.provider.changed", "data_provider", reference, by=by, reason=reason, detail=detail)
    return locked


@transaction.atomic
def create_dataflow(
    *,
    agency: str,
    artefact_id: str,
    name: Text,
    data_structure: DataStructure,
    provider: DataProvider,
    indicator_dimension: str,
    by: User | str,
    reason: str,
    version: str = "1.0.0",
    area_dimension: str = "REF_AREA",
    description: Text | None = None,
    source: Text | None = None,
    licence: str = "",
    licence_address: str = "",
) -> Dataflow:
    """A new dataflow. AlreadyExists, IdRefused; StructureRefused when a named dimension is not in the structure."""
    may_change_words(by)
    check_names(agency, artefact_id, version)
    dimensions = data_structure.components.filter(role=Component.Role.DIMENSION)
    known = set(dimensions.values_list("component_id", flat=True))
    missing = [one for one in (indicator_dimension, area_dimension) if one not in known]
    if missing:
        raise StructureRefused(_("The structure has no such dimension."), ", ".join(missing))
    made = Dataflow(
        agency=agency,
        artefact_id=artefact_id,
        version=version,
        name=name,
        description=description or {},
        data_structure=data_structure,
        provider=provider,
        source=source or {},
        licence=licence,
        licence_address=licence_address,
        indicator_dimension=indicator_dimension,
        area_dimension=area_dimension,
    )
    if Dataflow.objects.filter(agency=agency, artefact_id=artefact_id, version=version).exists():
        raise AlreadyExists(made.reference)
    made.save()
    detail = {"data_structure": data_structure.reference, "provider": str(provider), "licence": licence}
    _record("structures.dataflow.created", "dataflow", made.reference, by=by, reason=reason, detail=detail)
    return made


@transaction.atomic
def change_dataflow(*, dataflow: Dataflow, by: User | str, reason: str, **changes: Any) -> Dataflow:
    """Change any of CHANGEABLE, given by name; StructureRefused for anything else or a malformed value.

    Another name, description or provider makes a new version, as the artefact says them; source and licence are what is
    said of the data, and change where they are.
    """
    may_change_words(by)
    refused = sorted(set(changes) - CHANGEABLE)
    if refused:
        raise StructureRefused(
            _("This cannot change, since numbers hang on it."), ", ".join(refused), _("Make a new version.")
        )
    locked = Dataflow.objects.select_for_update().get(pk=dataflow.pk)
    old = {field: getattr(locked, field) for field in changes}
    differing = {field: value for field, value in changes.items() if value != old[field]}
    for field, value in changes.items():
        setattr(locked, field, value)
    try:
        locked.clean_fields()
    except ValidationError as error:
        raise StructureRefused(_("A value is not of the right form."), "; ".join(error.messages)) from error
    beside = {field: value for field, value in differing.items() if field not in SAID}
    if beside:
        locked.save(update_fields=list(beside))
        DataStructure.objects.filter(pk=locked.data_structure_id).update(stamp=uuid.uuid4())
        detail = {"old": _told({field: old[field] for field in beside}), "new": _told(beside)}
        _record("structures.dataflow.changed", "dataflow", locked.reference, by=by, reason=reason, detail=detail)
    said = {field: value for field, value in differing.items() if field in SAID}
    if not said:
        return locked
    level: Level = "minor" if "provider" in said else "patch"
    return succession.succeed_flow(flow=locked, level=level, by=by, reason=reason, **said)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, DataProvider) else value for name, value in values.items()}


def _record(action: str, kind: str, reference: str, *, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(by=by, action=action, object_type=kind, object_id=reference, reason=reason, detail=detail)
