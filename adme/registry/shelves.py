"""The artefacts that are kept, by the words of addresses: finding one, listing them, their references both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adme.lib.page.shell import Link
from adme.lib.sdmx_messages.artefacts import Artefact, ComponentUse
from adme.lib.texts import text_in
from adme.structures import finals
from adme.structures.models import (
    CodeList,
    Component,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Document,
    DocumentReference,
    KeptVersion,
)
from adme.structures.models.maintainable import Maintainable
from adme.structures.version_numbers import numbers_of

MODELS: dict[str, type[Maintainable]] = {
    "codelist": CodeList,
    "conceptscheme": ConceptScheme,
    "datastructure": DataStructure,
    "dataflow": Dataflow,
}
LABELS: dict[str, Any] = {
    "codelist": _("code list"),
    "conceptscheme": _("concept scheme"),
    "datastructure": _("data structure"),
    "dataflow": _("dataflow"),
    **dict(Document.Kind.choices),
}
CLASSES = {
    "codelist": "codelist.Codelist",
    "conceptscheme": "conceptscheme.ConceptScheme",
    "datastructure": "datastructure.DataStructure",
    "dataflow": "datastructure.Dataflow",
    "hierarchy": "codelist.Hierarchy",
    "valuelist": "codelist.ValueList",
    "dataconstraint": "registry.DataConstraint",
    "structuremap": "structuremapping.StructureMap",
    "representationmap": "structuremapping.RepresentationMap",
}
"""Kind → package and class in a URN."""
_KIND_OF = {name: kind for kind, name in CLASSES.items()}


@dataclass(frozen=True)
class Row:
    """One artefact in the list; `is_earlier` where a newer version has taken its place."""

    kind: str
    agency: str
    artefact_id: str
    version: str
    title: str
    is_earlier: bool = False

    @property
    def label(self) -> Any:
        """The kind in words."""
        return LABELS[self.kind]

    @property
    def url(self) -> str:
        """Its page."""
        return address(self.kind, self.agency, self.artefact_id, self.version)


def address(kind: str, agency: str, artefact_id: str, version: str) -> str:
    """The page of an artefact."""
    return reverse("registry:artefact", args=[kind, agency, artefact_id, version])


def kind_of(artefact: Maintainable) -> str:
    """The word for what it is."""
    if isinstance(artefact, Document | KeptVersion):
        return artefact.kind
    return next(kind for kind, model in MODELS.items() if isinstance(artefact, model))


def urn_of(artefact: Maintainable) -> str:
    """Its URN."""
    return f"urn:sdmx:org.sdmx.infomodel.{CLASSES[kind_of(artefact)]}={artefact.reference}"


def find(kind: str, agency: str, artefact_id: str, version: str) -> Maintainable | None:
    """The artefact, with what its page needs of others; None where there is none."""
    wanted = {"agency": agency, "artefact_id": artefact_id, "version": version}
    if kind in MODELS:
        standing = MODELS[kind]._default_manager.filter(**wanted).first()
        return standing or KeptVersion.objects.filter(kind=kind, **wanted).first()
    return Document.objects.filter(kind=kind, **wanted).first()


def rows(search: str = "", kind: str = "") -> list[Row]:
    """Every artefact whose id, agency or name in any language has `search` in it. Nine queries."""
    found = list(_rows(kind))
    return sorted(
        (row for row, words in found if search.casefold() in words),
        key=lambda row: (row.agency, row.artefact_id, row.kind, numbers_of(row.version)),
    )


def _rows(kind: str) -> Iterator[tuple[Row, str]]:
    for own, model in MODELS.items():
        if kind not in ("", own):
            continue
        fields = ["agency", "artefact_id", "version", "name"]
        late = ["succeeded_by_id"] if model in (CodeList, ConceptScheme) else []
        standing = list(model._default_manager.values_list(*fields, *late))
        for values in standing:
            yield _row(own, *values)
        numbers = {tuple(values[:3]) for values in standing}
        for agency, own_id, version, name, pk in KeptVersion.objects.filter(kind=own).values_list(*fields, "pk"):
            if (agency, own_id, version) not in numbers:
                yield _row(own, agency, own_id, version, name, pk)
    documents = Document.objects.all() if not kind else Document.objects.filter(kind=kind)
    if kind not in MODELS:
        for own, *values in documents.values_list("kind", "agency", "artefact_id", "version", "name"):
            yield _row(own, *values)


def _row(kind: str, agency: str, own_id: str, version: str, name: dict[str, str], later: int | None = None) -> Any:
    words = " ".join([agency, own_id, *name.values()]).casefold()
    return Row(kind, agency, own_id, version, text_in(name) or own_id, later is not None), words


# --- references ---------------------------------------------------------------------------------------


def link_of(urn: str) -> Link:
    """A URN as a link to its page, or as words where this desk has no page for it."""
    path, _equals, name = urn.partition("=")
    kind = _KIND_OF.get(path.removeprefix("urn:sdmx:org.sdmx.infomodel."), "")
    agency, _colon, rest = name.partition(":")
    artefact_id, _bracket, tail = rest.partition("(")
    version = tail.partition(")")[0]
    if not kind:
        return Link(name)
    return Link(name, address(kind, agency, artefact_id, version), note=str(LABELS[kind]))


def refers_to(artefact: Maintainable) -> list[Link]:
    """What an artefact refers to."""
    urns: Iterable[str] = ()
    if isinstance(artefact, Document):
        urns = artefact.references.values_list("urn", flat=True)
    elif isinstance(artefact, CodeList):
        urns = sorted({one["code_list"] for one in artefact.extensions})
    elif isinstance(artefact, Dataflow | DataStructure | KeptVersion):
        urns = sorted(finals.names(said_of(artefact)))
    return [link_of(urn) for urn in urns]


def said_of(artefact: Dataflow | DataStructure | KeptVersion) -> Artefact:
    """What a version says, whether it is the newest or an earlier one."""
    if isinstance(artefact, KeptVersion):
        return finals.read(artefact)
    return finals.flow_said(artefact) if isinstance(artefact, Dataflow) else finals.structure_said(artefact)


def referred_by(artefact: Maintainable) -> list[Link]:
    """What refers to an artefact, in any of its versions."""
    urn = urn_of(artefact)
    found = sorted(one.urn for one in _naming(artefact) if urn in finals.names(one))
    if isinstance(artefact, CodeList):
        extending = CodeList.objects.exclude(extensions=[]).defer("name", "description")
        found += sorted(urn_of(one) for one in extending if urn in {part["code_list"] for part in one.extensions})
    naming = DocumentReference.objects.filter(urn=urn).select_related("document")
    return [link_of(one) for one in (*found, *(urn_of(reference.document) for reference in naming))]


def _naming(artefact: Maintainable) -> Iterable[Artefact]:
    """What might refer to a list, a scheme or a data structure."""
    if isinstance(artefact, CodeList | ConceptScheme):
        row = artefact.succeeded_by_id or artefact.pk
        of_it = (
            {"components__code_list": row} if isinstance(artefact, CodeList) else {"components__concept__scheme": row}
        )
        return finals.all_of_structures(list(DataStructure.objects.filter(**of_it).distinct()))
    structure = artefact.data_structure_id if isinstance(artefact, KeptVersion) else artefact.pk
    if kind_of(artefact) != "datastructure":
        return []
    flows = list(Dataflow.objects.filter(data_structure=structure).select_related("data_structure", "provider"))
    return [flow for versions in finals.all_of_flows(flows).values() for flow in versions.flows]


def versions_of(artefact: Maintainable) -> list[Link]:
    """The other versions of the same artefact, newest first."""
    kind = kind_of(artefact)
    named = {"agency": artefact.agency, "artefact_id": artefact.artefact_id}
    model = (
        MODELS[kind]._default_manager.filter(**named) if kind in MODELS else Document.objects.filter(kind=kind, **named)
    )
    kept = KeptVersion.objects.filter(kind=kind, **named)
    numbers = {*model.values_list("version", flat=True), *kept.values_list("version", flat=True)} - {artefact.version}
    versions = sorted(numbers, key=numbers_of, reverse=True)
    return [Link(one, address(kind, artefact.agency, artefact.artefact_id, one)) for one in versions]


def later_of(artefact: Maintainable) -> Maintainable | None:
    """The newest version, of one that another has followed."""
    if isinstance(artefact, CodeList | ConceptScheme):
        return artefact.succeeded_by
    return (artefact.data_structure or artefact.dataflow) if isinstance(artefact, KeptVersion) else None


@dataclass(frozen=True)
class ComponentLine:
    """A component for people: role in words, the concept's id, its code list as a link."""

    id: str
    role: str
    concept: str
    code_list: Link | None


def components_of(uses: Iterable[ComponentUse]) -> list[ComponentLine]:
    """Components as lines, in the order of a key, then time, measure and attributes."""
    return [
        ComponentLine(
            use.id,
            ", ".join(_role_of(use)),
            use.concept.rpartition(").")[2],
            link_of(use.code_list) if use.code_list else None,
        )
        for use in uses
    ]


def _role_of(use: ComponentUse) -> Iterator[str]:
    yield str(Component.Role(use.role).label)
    if use.role == "attribute":
        attachment = Component.Attachment.SERIES if use.of_series else Component.Attachment.OBSERVATION
        yield str(attachment.label)
        if use.required:
            yield gettext("required")
