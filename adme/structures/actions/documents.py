"""Keeping hierarchies, value lists, data constraints and maps: whole, final, and only where what they name is here."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    Hierarchy,
    ItemScheme,
    RepresentationMap,
    StructureMap,
)
from adme.structures import documents
from adme.structures.actions.rights import check_id, check_names, may_change_words
from adme.structures.errors import DiffersFromFinal, StructureRefused, UnknownArtefact
from adme.structures.models import Code, CodeList, Component, Dataflow, DataStructure, Document, DocumentReference
from adme.structures.models.maintainable import any_id
from adme.structures.queries import live_data_structure, live_dataflow

TOLD = 10
DATA_TYPES = frozenset({
    "String", "Alpha", "AlphaNumeric", "Numeric", "BigInteger", "Integer", "Long", "Short", "Decimal", "Float",
    "Double", "Boolean", "URI", "Count", "InclusiveValueRange", "ExclusiveValueRange", "Incremental",
    "ObservationalTimePeriod", "StandardTimePeriod", "BasicTimePeriod", "GregorianTimePeriod", "GregorianYear",
    "GregorianYearMonth", "GregorianDay", "ReportingTimePeriod", "ReportingYear", "ReportingSemester",
    "ReportingTrimester", "ReportingQuarter", "ReportingMonth", "ReportingWeek", "ReportingDay", "DateTime",
    "TimeRange", "Month", "MonthDay", "Day", "Time", "Duration", "GeospatialInformation", "XHTML", "KeyValues",
    "IdentifiableReference", "DataSetReference",
})  # fmt: skip
"""The types that the schemas of SDMX 3.0 and 3.1 know."""
_LIVE: dict[str, Callable[..., DataStructure | Dataflow | None]] = {
    "datastructure.DataStructure": live_data_structure,
    "datastructure.Dataflow": live_dataflow,
}
_DOCUMENTS = {"codelist.ValueList": "valuelist", "structuremapping.RepresentationMap": "representationmap"}


def keep_document(*, artefact: Artefact, by: User | str, reason: str) -> tuple[Document, bool]:
    """Keep an artefact of `plain_artefacts.DOCUMENTS`; False where the same is here already. The caller holds the
    transaction.

    DiffersFromFinal where another is here under its name; UnknownArtefact for a reference to what is not here;
    IdRefused; StructureRefused for a code, dimension or component that does not exist.
    """
    may_change_words(by)
    check_names(artefact.agency, artefact.id, artefact.version)
    there = Document.objects.filter(
        kind=artefact.kind, agency=artefact.agency, artefact_id=artefact.id, version=artefact.version
    ).first()
    if there is not None:
        if documents.artefact_of(there) != artefact:
            raise DiffersFromFinal(f"{artefact.kind} {there.reference}", [_("content")], 1)
        return there, False
    referred = documents.refers_to(artefact)
    for urn in sorted(referred):
        _must_be_here(urn)
    content = documents.content_of(artefact)
    _refuse(_("A text has characters that no message can carry."), _unprintable(content))
    _check(artefact)
    made = Document.objects.create(
        kind=artefact.kind,
        agency=artefact.agency,
        artefact_id=artefact.id,
        version=artefact.version,
        name=dict(artefact.name),
        description=dict(artefact.description),
        content=content,
    )
    DocumentReference.objects.bulk_create([DocumentReference(document=made, urn=urn) for urn in sorted(referred)])
    audit.record(
        by=by, action="structures.document.kept", object_type=artefact.kind, object_id=made.reference, reason=reason,
        detail={"refers_to": sorted(referred)[:200]},
    )  # fmt: skip
    return made, True


_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
"""What XML has no way to write."""


def _unprintable(said: Any) -> Iterator[str]:
    """The texts, at any depth, that have such a character."""
    if isinstance(said, str):
        if _UNPRINTABLE.search(said):
            yield repr(said)[:40]
    elif isinstance(said, dict):
        for name, one in said.items():
            yield from _unprintable(name)
            yield from _unprintable(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _unprintable(one)


def _named(urn: str) -> tuple[str, dict[str, str]]:
    """Package and class of a URN, and the name of the artefact."""
    path, _equals, name = urn.partition("=")
    agency, _colon, rest = name.partition(":")
    artefact_id, _bracket, tail = rest.partition("(")
    wanted = {"agency": agency, "artefact_id": artefact_id, "version": tail.partition(")")[0]}
    return path.removeprefix("urn:sdmx:org.sdmx.infomodel."), wanted


def _must_be_here(urn: str) -> None:
    kind, wanted = _named(urn)
    if kind == "codelist.Codelist":
        found = CodeList.objects.filter(**wanted).exists()
    elif kind in _LIVE:
        found = _LIVE[kind](**wanted) is not None
    else:
        found = Document.objects.filter(kind=_DOCUMENTS.get(kind, ""), **wanted).exists()
    if not found:
        raise UnknownArtefact(urn.partition("=")[2])


def _check(artefact: Artefact) -> None:
    if isinstance(artefact, Hierarchy):
        _check_hierarchy(artefact)
    elif isinstance(artefact, Allowed):
        _check_constraint(artefact)
    elif isinstance(artefact, RepresentationMap):
        _check_mappings(artefact)
    elif isinstance(artefact, StructureMap):
        _check_structure_map(artefact)
    elif isinstance(artefact, ItemScheme):
        counted = Counter(one.id for one in artefact.items)
        _refuse(_("A value stands twice in the list."), (one for one, times in counted.items() if times > 1))


def _refuse(title: str, found: Iterable[str]) -> None:
    told = sorted(set(found))
    if told:
        raise StructureRefused(title, ", ".join(told[:TOLD]))


def _codes_of(urn: str) -> set[str] | None:
    """The codes of a list, the values of a value list; None where any text will do."""
    if not urn.startswith("urn:"):
        return None
    kind, wanted = _named(urn)
    if kind == "codelist.Codelist":
        lists = CodeList.objects.filter(**wanted)
        return set(Code.objects.filter(code_list__in=lists).values_list("code_id", flat=True))
    document = Document.objects.get(kind="valuelist", **wanted)
    return {one["id"] for one in document.content["items"]}


def _check_hierarchy(hierarchy: Hierarchy) -> None:
    if not hierarchy.codes:
        raise StructureRefused(_("A hierarchy has codes."), hierarchy.id)
    known: dict[str, set[str] | None] = {}
    missing = []
    for one in documents.places_in(hierarchy.codes):
        check_id(one.id, any_id)
        _check_dates(one.valid_from, one.valid_to)
        urn = documents.scheme_urn(one.code)
        if urn not in known:
            known[urn] = _codes_of(urn)
        if documents.code_of(one.code) not in (known[urn] or ()):
            missing.append(one.code.partition("=")[2])
    _refuse(_("A hierarchy names codes that do not exist."), missing)


def _check_constraint(constraint: Allowed) -> None:
    """Dimensions and codes must exist in every structure that the constraint belongs to."""
    same = Dataflow.objects.filter(agency=constraint.agency, artefact_id=constraint.id.removeprefix("CR_"))
    if constraint.id.startswith("CR_") and same.exists():
        raise StructureRefused(
            _("This name is that of what is available of a dataflow."), constraint.id, _("Give it another id.")
        )
    for urn in constraint.attached:
        kind, wanted = _named(urn)
        components = {one.component_id: one for one in _components(kind, wanted).select_related("code_list")}
        for key in (key for region in constraint.regions for key in region.keys):
            component = components.get(key.id)
            if component is None or component.role not in (Component.Role.DIMENSION, Component.Role.TIME):
                raise StructureRefused(_("The structure has no such dimension."), key.id)
            if component.role == Component.Role.TIME:
                _check_periods(key.id, [*key.values, *filter(None, (key.start, key.end))])
            elif key.start or key.end:
                raise StructureRefused(_("Only periods have a span."), key.id)
            if component.code_list is not None:
                codes = component.code_list.codes.filter(code_id__in=key.values).values_list("code_id", flat=True)
                _refuse(_("A constraint names codes that do not exist."), set(key.values) - set(codes))


def _check_dates(*said: str) -> None:
    for one in said:
        try:
            dt.datetime.fromisoformat(one or "2000-01-01")
        except ValueError as error:
            raise StructureRefused(_("A date is none."), one) from error


def _check_periods(dimension: str, ends: list[str]) -> None:
    for one in ends:
        try:
            periods.parse(one)
        except periods.PeriodNotRead as error:
            raise StructureRefused(_("A constraint names a period that is none."), f"{dimension}: {one}") from error


def _check_mappings(told: RepresentationMap) -> None:
    sources, targets = ([_codes_of(one) for one in side] for side in (told.sources, told.targets))
    types = {one for one in (*told.sources, *told.targets) if not one.startswith("urn:")}
    _refuse(_("A map names data types that there are not."), types - DATA_TYPES)
    missing: list[str] = []
    for row in told.mappings:
        _check_dates(row.valid_from, row.valid_to)
        if len(row.sources) != len(sources) or len(row.targets) not in (0, len(targets)):
            raise StructureRefused(
                _("A row of the map has not one value for each list."), ", ".join(one.value for one in row.sources)
            )
        pairs = zip(row.sources, sources, strict=True)
        missing += [
            one.value for one, known in pairs if known is not None and not one.is_pattern and one.value not in known
        ]
        if row.targets:
            missing += [
                one for one, known in zip(row.targets, targets, strict=True) if known is not None and one not in known
            ]
    _refuse(_("A map names codes that do not exist."), missing)


def _check_structure_map(told: StructureMap) -> None:
    sides = {}
    for side, urn in (("source", told.source), ("target", told.target)):
        kind, wanted = _named(urn)
        if kind not in ("datastructure.Dataflow", "datastructure.DataStructure"):
            raise StructureRefused(_("A structure map leads from data to data."), urn.partition("=")[2])
        sides[side] = set(_components(kind, wanted).values_list("component_id", flat=True))
    used = {"source": set[str](), "target": set[str]()}
    for one in told.components:
        used["source"] |= set(one.sources)
        used["target"] |= set(one.targets)
    for fixed in told.fixed:
        used["source"] |= {fixed.source} - {""}
        used["target"] |= {fixed.target} - {""}
    for side, names in used.items():
        _refuse(_("A structure map names components that do not exist."), names - sides[side])


def _components(kind: str, wanted: dict[str, str]) -> models.QuerySet[Component]:
    """The components of a data structure, or of that of a dataflow, by the name of any of their versions."""
    live = _LIVE[kind](**wanted)
    if live is None:
        raise UnknownArtefact(f"{wanted['agency']}:{wanted['artefact_id']}({wanted['version']})")
    return Component.objects.filter(data_structure=live.data_structure_id if isinstance(live, Dataflow) else live.pk)
