"""Bringing in structures that somebody else maintains, from a message: whole, or not at all.

A code list, concept scheme, data structure or dataflow that is here already is final: the same again changes nothing,
another under the same name is refused. A whole new version of a list or scheme that lacks nothing of the one before it
takes its place (docs/decisions/0801); one that lacks something stands beside it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
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
from adme.structures import contents, drafting, extending, finals
from adme.structures.actions import data_structures, dataflows, documents, succession, versions
from adme.structures.actions.rights import may_change_words
from adme.structures.differences import differing_components, differing_items
from adme.structures.errors import DiffersFromFinal, StructureRefused, UnknownArtefact
from adme.structures.models import CodeList, Component, ConceptScheme, DataProvider, DataStructure
from adme.structures.queries import live_code_list, live_concept_scheme, live_data_structure, live_dataflow
from adme.structures.version_numbers import Level, level_between, numbers_of

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
@audit.at_the_end()
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
    for scheme in _bases_first(artefacts.of_kind("codelist")):
        work.code_list(scheme)
    for scheme in artefacts.of_kind("conceptscheme"):
        work.concept_scheme(scheme)
    work.follow()
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
        self.following: dict[int, tuple[str, Level]] = {}
        """Data structure → agency of the list or scheme that it follows, and how far."""

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
            same = kept.unresolved(there) if scheme.extensions else kept.code_list_of(there)
            differing = [_("extensions")] if same.extensions != scheme.extensions else []
            self._same(same, scheme, differing + differing_items(same, scheme))
            return
        before = _grown(CodeList.objects.all(), scheme)
        content = _with_inherited(_content(scheme, contents.of_code_list(before) if before else None), scheme)
        if before is not None and not drafting.lost(contents.of_code_list(before), content):
            self._will_follow(before, scheme.version)
            versions.succeed_code_list(
                code_list=before, version=scheme.version, content=content, following=False, **self.said
            )
            self._made(scheme, succeeds=True)
            return
        versions.make_code_list(
            agency=scheme.agency, artefact_id=scheme.id, version=scheme.version, content=content, **self.said
        )
        self._made(scheme)

    def concept_scheme(self, scheme: ItemScheme) -> None:
        there = _found(ConceptScheme.objects.prefetch_related("concepts"), _Name.of(scheme.urn))
        if there is not None:
            same = kept.concept_scheme_of(there)
            self._same(same, scheme, differing_items(same, scheme))
            return
        nested = [one.id for one in scheme.items if one.parent]
        if nested:
            raise StructureRefused(_("Concepts under other concepts cannot be kept."), ", ".join(nested[:TOLD]))
        before = _grown(ConceptScheme.objects.all(), scheme)
        if before is not None and not drafting.lost(contents.of_concept_scheme(before), _content(scheme)):
            content = _content(scheme)
            self._will_follow(before, scheme.version)
            versions.succeed_concept_scheme(
                scheme=before, version=scheme.version, content=content, following=False, **self.said
            )
            self._made(scheme, succeeds=True)
            return
        concepts = [data_structures.NewConcept(one.id, dict(one.name), dict(one.description)) for one in scheme.items]
        description = dict(scheme.description)
        data_structures.create_concept_scheme(
            **_identity(scheme), description=description, concepts=concepts, **self.said
        )
        self._made(scheme)

    def _will_follow(self, before: CodeList | ConceptScheme, version: str) -> None:
        """Remember the data structures that follow a list or scheme to its new version: once."""
        step = level_between(before.version, version)
        for structure in succession.using(before):
            agency, level = self.following.get(structure.pk, (before.agency, step))
            agency = before.agency if structure.agency == before.agency else agency
            self.following[structure.pk] = (agency, "minor" if "minor" in (level, step) else level)

    def follow(self) -> None:
        """Lead data structures and their dataflows on to the lists and schemes that have a new version."""
        for structure in DataStructure.objects.filter(pk__in=self.following).order_by("pk"):
            agency, level = self.following[structure.pk]
            succession.follow([structure], agency, level, **self.said)

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
        name = _Name.of(structure.urn)
        there = live_data_structure(*name[:3])
        if there is not None:
            same = next(one for one in finals.all_of_structures([there]) if one.urn == structure.urn)
            self._same(same, structure, differing_components(same, structure))
            return
        components = [_component(use) for use in structure.components]
        scheme = next((one.in_scheme for one in components if one.in_scheme), None)
        if scheme is None:
            raise StructureRefused(_("A structure has components."), _named(structure))
        description = dict(structure.description)
        made = data_structures.create_data_structure(
            **_identity(structure), description=description, scheme=scheme, components=components, **self.said
        )
        if finals.structure_said(made) != structure:  # it names an earlier version of a list
            succession.write_down(structure, data_structure=made)
        self._made(structure)

    def flow(self, flow: Flow, agreements: list[Agreement], indicators: str, areas: str) -> None:
        there = live_dataflow(*_Name.of(flow.urn)[:3])
        if there is not None:
            flows, agreed = finals.all_of_flows([there])[there.pk]
            same = next(one for one in flows if one.urn == flow.urn)
            other = [_("data structure")] if same.structure != flow.structure else []
            providers = {_Name.of(one.provider).item for one in agreed if one.dataflow == flow.urn}
            told = agreements and _provider(flow, agreements).provider_id
            other += [_("provider")] if told and told not in providers else []
            self._same(same, flow, other)
            return
        structure = live_data_structure(*_Name.of(flow.structure)[:3])
        if structure is None:
            raise UnknownArtefact(_Name.of(flow.structure).reference)
        made = dataflows.create_dataflow(
            **_identity(flow),
            description=dict(flow.description),
            data_structure=structure,
            provider=_provider(flow, agreements),
            indicator_dimension=indicators or _indicators_of(structure),
            area_dimension=areas,
            **self.said,
        )
        if finals.flow_said(made) != flow:  # it names an earlier version of its structure
            succession.write_down(flow, dataflow=made)
        self._made(flow)

    def document(self, artefact: Artefact) -> None:
        _document, is_new = documents.keep_document(artefact=artefact, **self.said)
        (self.done.created if is_new else self.done.unchanged).append(_named(artefact))


# --- what is here ---------------------------------------------------------------------------------------


def _found(query: models.QuerySet[M], name: _Name) -> M | None:
    return query.filter(agency=name.agency, artefact_id=name.artefact_id, version=name.version).first()


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


def _bases_first(schemes: Iterable[ItemScheme]) -> Iterator[ItemScheme]:
    """Code lists, each after those that it takes codes from; StructureRefused for lists that extend each other."""
    waiting = {one.urn: one for one in schemes}
    while waiting:
        ready = [one for one in waiting.values() if not {part.code_list for part in one.extensions} & waiting.keys()]
        if not ready:
            raise StructureRefused(_("Code lists cannot extend each other in a ring."), ", ".join(sorted(waiting)))
        for one in ready:
            yield waiting.pop(one.urn)


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


def _with_inherited(content: drafting.Content, scheme: ItemScheme) -> drafting.Content:
    """With the codes that the list takes from others. UnknownArtefact for a list that is not here."""
    if not scheme.extensions:
        return content
    items = extending.resolved(content["items"], scheme.extensions, _items_of)
    extensions = [dataclasses.asdict(one) for one in scheme.extensions]
    return {**content, "items": items, "extensions": extensions}


def _items_of(urn: str) -> list[drafting.ItemContent]:
    name = _Name.of(urn)
    found = _found(CodeList.objects.all(), name)
    if found is None:
        raise UnknownArtefact(name.reference)
    return contents.of_code_list(found)["items"]  # type: ignore[no-any-return]


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
