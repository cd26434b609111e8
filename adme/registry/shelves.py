"""The artefacts that are kept, by the words of addresses: finding one, listing them, their references both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from adme.lib.page.shell import Link
from adme.lib.texts import text_in
from adme.structures.models import (
    CodeList,
    Component,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Document,
    DocumentReference,
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
    if isinstance(artefact, Document):
        return artefact.kind
    return next(kind for kind, model in MODELS.items() if isinstance(artefact, model))


def urn_of(artefact: Maintainable) -> str:
    """Its URN."""
    return f"urn:sdmx:org.sdmx.infomodel.{CLASSES[kind_of(artefact)]}={artefact.reference}"


def find(kind: str, agency: str, artefact_id: str, version: str) -> Maintainable | None:
    """The artefact, with what its page needs of others; None where there is none."""
    wanted = {"agency": agency, "artefact_id": artefact_id, "version": version}
    if kind in MODELS:
        return MODELS[kind]._default_manager.filter(**wanted).first()
    return Document.objects.filter(kind=kind, **wanted).first()


def rows(search: str = "", kind: str = "") -> list[Row]:
    """Every artefact whose id, agency or name in any language has `search` in it. Five queries."""
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
        for values in model._default_manager.values_list(*fields, *late):
            yield _row(own, *values)
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
    elif isinstance(artefact, Dataflow):
        urns = [urn_of(artefact.data_structure)]
    elif isinstance(artefact, DataStructure):
        components = artefact.components.select_related("code_list", "concept__scheme")
        urns = sorted(
            {urn_of(one.code_list) for one in components if one.code_list}
            | {urn_of(one.concept.scheme) for one in components}
        )
    return [link_of(urn) for urn in urns]


def referred_by(artefact: Maintainable) -> list[Link]:
    """What refers to an artefact."""
    found: list[Maintainable] = []
    if isinstance(artefact, CodeList):
        found = list(DataStructure.objects.filter(components__code_list=artefact).distinct())
    elif isinstance(artefact, ConceptScheme):
        found = list(DataStructure.objects.filter(components__concept__scheme=artefact).distinct())
    elif isinstance(artefact, DataStructure):
        found = list(Dataflow.objects.filter(data_structure=artefact))
    naming = DocumentReference.objects.filter(urn=urn_of(artefact)).select_related("document")
    return [link_of(urn_of(one)) for one in (*found, *(reference.document for reference in naming))]


def versions_of(artefact: Maintainable) -> list[Link]:
    """The other versions of the same artefact, newest first."""
    kind = kind_of(artefact)
    model = type(artefact)._default_manager
    same = model.filter(agency=artefact.agency, artefact_id=artefact.artefact_id).exclude(pk=artefact.pk)
    if isinstance(artefact, Document):
        same = same.filter(**{"kind": kind})
    versions = sorted(same.values_list("version", flat=True), key=numbers_of, reverse=True)
    return [Link(one, address(kind, artefact.agency, artefact.artefact_id, one)) for one in versions]


def components_of(structure: DataStructure) -> list[Component]:
    """Its components in the order of a key, then time, measure and attributes."""
    order = {role: place for place, role in enumerate(("dimension", "time", "measure", "attribute"))}
    components = structure.components.select_related("concept__scheme", "code_list")
    return sorted(components, key=lambda one: (order[one.role], one.position))
