"""Bringing in structures that somebody else maintains, from a message: whole, or not at all.

A code list, concept scheme, data structure or dataflow that is here already is final: the same again changes nothing,
another under the same name is refused. A whole new version of a list or scheme that lacks nothing of the one before it
takes its place (docs/decisions/0801); one that lacks something stands beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    Artefacts,
    ComponentUse,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.structures import artefacts as kept
from adme.structures import contents, drafting
from adme.structures.actions import code_lists, data_structures, dataflows, documents, versions
from adme.structures.actions.rights import may_change_words
from adme.structures.errors import DiffersFromFinal, StructureRefused, UnknownArtefact
from adme.structures.models import CodeList, Component, ConceptScheme, Dataflow, DataProvider, DataStructure
from adme.structures.queries import live_code_list, live_concept_scheme
from adme.structures.version_numbers import numbers_of

M = TypeVar("M", bound=models.Model)
V = TypeVar("V", CodeList, ConceptScheme)

TOLD = 10
"""So many differing items an error names."""
INDICATORS = ("INDICATOR", "SERIES")
"""What the dimension of indicators is called in the structures of the SDGs and in ours."""
_URN = re.compile(r"[^=]+=(?P<agency>[^:]+):(?P<id>[^(]+)\((?P<version>[^)]+)\)(?:\.(?P<item>.+))?")


@dataclass
class Imported:
    """What came of it, by kind and name (`codelist SDMX:CL_FREQ(2.1.0)`). `partial` are new lists of which the message
    held a part only."""

    created: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    succeeded: list[str] = field(default_factory=list)
    """New versions of what is here that took the place of the one before."""


class _Name(NamedTuple):
    agency: str
    artefact_id: str
    version: str
    item: str = ""

    @classmethod
    def of(cls, urn: str) -> _Name:
        found = _URN.fullmatch(urn)
        if found is None:
            raise UnknownArtefact(urn)
        return cls(found["agency"], found["id"], found["version"], found["item"] or "")

    @property
    def reference(self) -> str:
        return f"{self.agency}:{self.artefact_id}({self.version})"


@transaction.atomic
def import_structures(
    *,
    artefacts: Artefacts,
    source: str,
    by: User | str,
    reason: str,
    indicator_dimension: str = "",
    area_dimension: str = "REF_AREA",
) -> Imported:
    """Make what is new: code lists, concept schemes, providers, data structures, dataflows, in this order; then value
    lists, maps, hierarchies and constraints, which may name any of them.

    `source` names the file in the audit trail. The two dimensions are those of the dataflows of the message; without a
    name, indicators stand in INDICATOR or SERIES. DiffersFromFinal, UnknownArtefact for a reference to what is neither
    here nor in the message, IdRefused, StructureRefused.
    """
    may_change_words(by)
    work = _Work(by, reason)
    for scheme in artefacts.of_kind("codelist"):
        work.code_list(scheme)
    for scheme in artefacts.of_kind("conceptscheme"):
        work.concept_scheme(scheme)
    for scheme in artefacts.of_kind("dataproviderscheme"):
        work.providers(scheme)
    for structure in artefacts.structures:
        work.structure(structure)
    agreements: dict[str, list[Agreement]] = {}
    for agreement in artefacts.agreements:
        agreements.setdefault(agreement.dataflow, []).append(agreement)
    for flow in artefacts.flows:
        work.flow(flow, agreements.get(flow.urn, []), indicator_dimension, area_dimension)
    for one in (
        *artefacts.of_kind("valuelist"),
        *artefacts.representation_maps,
        *artefacts.hierarchies,
        *artefacts.allowed,
        *artefacts.structure_maps,
    ):
        work.document(one)
    done = work.done
    detail = {
        "created": done.created,
        "unchanged": done.unchanged,
        "partial": done.partial,
        "succeeded": done.succeeded,
    }
    audit.record(
        by=by, action="structures.imported", object_type="message", object_id=source, reason=reason, detail=detail
    )
    return done


class _Work:
    """One import: who, why, and what has been done so far."""

    def __init__(self, by: User | str, reason: str) -> None:
        self.said: dict[str, Any] = {"by": by, "reason": reason}
        self.done = Imported()

    def _same(self, there: Artefact, new: Artefact, differing: Iterable[str]) -> None:
        """Count what is here already; DiffersFromFinal where it is not the same."""
        different = list(differing)
        if (there.name, there.description) != (new.name, new.description):
            different.insert(0, _("name or description"))
        if different:
            raise DiffersFromFinal(_named(new), different[:TOLD], len(different))
        self.done.unchanged.append(_named(new))

    def code_list(self, scheme: ItemScheme) -> None:
        there = _found(CodeList.objects.prefetch_related("codes__parent", "codes__replaced_by"), _Name.of(scheme.urn))
        if there is not None:
            same = kept.code_list_of(there)
            self._same(same, scheme, _differing_items(same, scheme))
            return
        before = _grown(CodeList.objects.all(), scheme)
        if before is not None and not drafting.lost(old := contents.of_code_list(before), _content(scheme)):
            content = _content(scheme, old)
            versions.succeed_code_list(code_list=before, version=scheme.version, content=content, **self.said)
            self._made(scheme, succeeds=True)
            return
        codes = [_new_code(one) for one in scheme.items]
        code_lists.create_code_list(**_identity(scheme), description=dict(scheme.description), codes=codes, **self.said)
        self._made(scheme)

    def concept_scheme(self, scheme: ItemScheme) -> None:
        there = _found(ConceptScheme.objects.prefetch_related("concepts"), _Name.of(scheme.urn))
        if there is not None:
            same = kept.concept_scheme_of(there)
            self._same(same, scheme, _differing_items(same, scheme))
            return
        nested = [one.id for one in scheme.items if one.parent]
        if nested:
            raise StructureRefused(_("Concepts under other concepts cannot be kept."), ", ".join(nested[:TOLD]))
        before = _grown(ConceptScheme.objects.all(), scheme)
        if before is not None and not drafting.lost(contents.of_concept_scheme(before), _content(scheme)):
            content = _content(scheme)
            versions.succeed_concept_scheme(scheme=before, version=scheme.version, content=content, **self.said)
            self._made(scheme, succeeds=True)
            return
        concepts = [data_structures.NewConcept(one.id, dict(one.name), dict(one.description)) for one in scheme.items]
        description = dict(scheme.description)
        data_structures.set_concepts(**_identity(scheme), description=description, concepts=concepts, **self.said)
        self._made(scheme)

    def _made(self, artefact: Artefact, *, succeeds: bool = False) -> None:
        self.done.created.append(_named(artefact))
        if succeeds:
            self.done.succeeded.append(_named(artefact))
        if isinstance(artefact, ItemScheme) and artefact.partial:
            self.done.partial.append(_named(artefact))

    def providers(self, scheme: ItemScheme) -> None:
        """A list of providers is never final: those that are new are added, the others stay as they are known here."""
        there = set(DataProvider.objects.filter(agency=scheme.agency).values_list("provider_id", flat=True))
        for one in scheme.items:
            told = f"dataprovider {scheme.agency}:{one.id}"
            if one.id in there:
                self.done.unchanged.append(told)
            else:
                dataflows.create_provider(agency=scheme.agency, provider_id=one.id, name=dict(one.name), **self.said)
                self.done.created.append(told)

    def structure(self, structure: Structure) -> None:
        there = _found(DataStructure.objects.all(), _Name.of(structure.urn))
        if there is not None:
            uses = there.components.select_related("concept__scheme", "code_list")
            same = kept.structure_of(there, uses)
            self._same(same, structure, _differing_components(same, _as_it_is_now(structure)))
            return
        components = [_component(use) for use in structure.components]
        scheme = next((one.in_scheme for one in components if one.in_scheme), None)
        if scheme is None:
            raise StructureRefused(_("A structure has components."), _named(structure))
        description = dict(structure.description)
        data_structures.create_data_structure(
            **_identity(structure), description=description, scheme=scheme, components=components, **self.said
        )
        self._made(structure)

    def flow(self, flow: Flow, agreements: list[Agreement], indicators: str, areas: str) -> None:
        there = _found(Dataflow.objects.select_related("data_structure", "provider"), _Name.of(flow.urn))
        if there is not None:
            same = kept.flow_of(there)
            other = [_("data structure")] if same.structure != flow.structure else []
            other += [_("provider")] if agreements and there.provider != _provider(flow, agreements) else []
            self._same(same, flow, other)
            return
        structure = _must(DataStructure.objects.all(), flow.structure)
        dataflows.create_dataflow(
            **_identity(flow),
            description=dict(flow.description),
            data_structure=structure,
            provider=_provider(flow, agreements),
            indicator_dimension=indicators or _indicators_of(structure),
            area_dimension=areas,
            **self.said,
        )
        self._made(flow)

    def document(self, artefact: Artefact) -> None:
        _document, is_new = documents.keep_document(artefact=artefact, **self.said)
        (self.done.created if is_new else self.done.unchanged).append(_named(artefact))


# --- what is here ---------------------------------------------------------------------------------------


def _found(query: models.QuerySet[M], name: _Name) -> M | None:
    return query.filter(agency=name.agency, artefact_id=name.artefact_id, version=name.version).first()


def _must(query: models.QuerySet[M], urn: str) -> M:
    name = _Name.of(urn)
    found = _found(query, name)
    if found is None:
        raise UnknownArtefact(name.reference)
    return found


def _live(ask: Callable[[str, str, str], M | None], urn: str) -> M:
    """What a reference to a list or scheme means now: its newest version of the same line."""
    name = _Name.of(urn)
    found = ask(name.agency, name.artefact_id, name.version)
    if found is None:
        raise UnknownArtefact(name.reference)
    return found


def _grown(query: models.QuerySet[V], scheme: ItemScheme) -> V | None:
    """The version here that a whole new one of the same line follows; None where there is none before it."""
    if scheme.partial:
        return None
    line = numbers_of(scheme.version)
    same = query.filter(agency=scheme.agency, artefact_id=scheme.id, succeeded_by__isnull=True)
    before = [one for one in same if numbers_of(one.version)[0] == line[0] and numbers_of(one.version) < line]
    return max(before, key=lambda one: numbers_of(one.version), default=None)


def _provider(flow: Flow, agreements: list[Agreement]) -> DataProvider:
    if len(agreements) != 1:
        raise StructureRefused(
            _("A dataflow comes from one provider."),
            flow.urn.partition("=")[2],
            _("Let the file say so by one provision agreement, as references=all does here."),
        )
    name = _Name.of(agreements[0].provider)
    found = DataProvider.objects.filter(agency=name.agency, provider_id=name.item).first()
    if found is None:
        raise UnknownArtefact(f"{name.agency}:{name.item}")
    return found


def _indicators_of(structure: DataStructure) -> str:
    dimensions = structure.components.filter(role=Component.Role.DIMENSION)
    known = set(dimensions.values_list("component_id", flat=True))
    found = next((one for one in INDICATORS if one in known), None)
    if found is None:
        raise StructureRefused(
            _("Which dimension holds the indicators?"), ", ".join(sorted(known)), _("Name it with the file.")
        )
    return found


# --- what is new ----------------------------------------------------------------------------------------


def _named(artefact: Artefact) -> str:
    return f"{artefact.kind} {artefact.agency}:{artefact.id}({artefact.version})"


def _identity(artefact: Artefact) -> dict[str, Any]:
    return {
        "agency": artefact.agency,
        "artefact_id": artefact.id,
        "version": artefact.version,
        "name": dict(artefact.name),
    }


def _new_code(one: Item) -> code_lists.NewCode:
    valid_to = _day(one)
    return code_lists.NewCode(
        one.id, dict(one.name), dict(one.description), one.parent, valid_to=valid_to, replaced_by=one.replaced_by
    )


def _day(one: Item) -> dt.date | None:
    try:
        return dt.date.fromisoformat(one.valid_to) if one.valid_to else None
    except ValueError:
        raise StructureRefused(_("The last day of a code is no date."), f"{one.id}: {one.valid_to}") from None


def _content(scheme: ItemScheme, before: drafting.Content | None = None) -> drafting.Content:
    """What a scheme of a message says; what messages do not say (kinds and other schemes' words) is as before."""
    there = {one["id"]: one for one in before["items"]} if before else {}
    told = [
        drafting.item_of(
            one.id,
            name=dict(one.name),
            description=dict(one.description),
            parent=one.parent,
            valid_to=str(_day(one) or ""),
            replaced_by=one.replaced_by,
            **{name: there[one.id][name] for name in ("kind", "aliases") if one.id in there},
        )
        for one in scheme.items
    ]
    return {"name": dict(scheme.name), "description": dict(scheme.description), "items": told}


def _component(use: ComponentUse) -> data_structures.NewComponent:
    concept = _Name.of(use.concept)
    return data_structures.NewComponent(
        component_id=use.id,
        role=use.role,
        code_list=_live(live_code_list, use.code_list) if use.code_list else None,
        concept=concept.item,
        in_scheme=_live(live_concept_scheme, use.concept),
        attachment=Component.Attachment.SERIES if use.of_series else "",
        required=use.required,
    )


# --- differences ----------------------------------------------------------------------------------------


def _differing_items(there: ItemScheme, new: ItemScheme) -> list[str]:
    """Ids of items that are not the same; a part of a list is the same as the whole where its items are."""
    known: Mapping[str, Any] = there.item
    shown = set(new.item)
    found = []
    for one in new.items:
        same = known.get(one.id)
        if same is not None and new.partial and same.parent not in shown:
            same = replace(same, parent="")
        if same != one:
            found.append(one.id)
    missing = [] if new.partial else [one.id for one in there.items if one.id not in shown]
    moved = [] if new.partial or [one.id for one in there.items] == [one.id for one in new.items] else [_("order")]
    return found + missing or moved


def _as_it_is_now(structure: Structure) -> Structure:
    """The structure, whose references to lists and schemes lead to the newest version of their line."""
    return replace(structure, components=tuple(_use_now(use) for use in structure.components))


def _use_now(use: ComponentUse) -> ComponentUse:
    list_name, concept = _Name.of(use.code_list) if use.code_list else None, _Name.of(use.concept)
    live = live_code_list(*list_name[:3]) if list_name else None
    scheme = live_concept_scheme(*concept[:3])
    return replace(
        use,
        code_list=use.code_list.replace(f"({list_name.version})", f"({live.version})")
        if list_name and live
        else use.code_list,
        concept=use.concept.replace(f"({concept.version})", f"({scheme.version})") if scheme else use.concept,
    )


def _differing_components(there: Structure, new: Structure) -> list[str]:
    pairs = dict.fromkeys([one.id for one in (*there.components, *new.components)])
    known, shown = ({one.id: one for one in structure.components} for structure in (there, new))
    found = [name for name in pairs if known.get(name) != shown.get(name)]
    return found or ([] if there.components == new.components else [_("order")])
