"""SDMX-ML structure messages 2.1, 3.0 and 3.1, read. See `structure_reading` for what is kept.

The parser is expat, which opens no other file; a document type, in which entities could be declared, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adme.lib.sdmx_messages import xml_document_reading as documents
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    Artefacts,
    ComponentUse,
    Extension,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.lib.sdmx_messages.structure_reading import (
    CONCEPT,
    NotReadable,
    Reading,
    attached,
    extension,
    marks_of,
    with_lists_of_concepts,
)
from adme.lib.sdmx_messages.xml_nodes import Node, named, needed, reference_of, texts_of, tree

_READ = (
    frozenset({"Codelist", "ConceptScheme", "DataProviderScheme", "DataStructure", "Dataflow", "ProvisionAgreement"})
    | documents.KINDS
)
_LEFT_OUT = frozenset(
    {
        "AgencyScheme",
        "CategoryScheme",
        "Categorisation",
        "AvailabilityConstraint",
    }
)


def read(content: bytes) -> Reading:
    """The artefacts of a message. Raises NotReadable."""
    root = tree(content)
    if root.name != "Structure":
        raise NotReadable(f"This is no structure message: its first element is {root.name}.")
    given = [artefact for member in root.walk("Structures") for artefact in _artefacts(member)]
    unknown = sorted({node.name for node in given} - _READ - _LEFT_OUT)
    if unknown:
        raise NotReadable(f"The message holds what cannot be kept here: {', '.join(unknown)}.")
    actual = {id(node): node for node in given if documents.is_actual(node)}
    kept = [node for node in given if node.name in _READ and id(node) not in actual]
    found = Artefacts.of(_artefact(node) for node in kept)
    lists = dict(pair for node in given if node.name == "ConceptScheme" for pair in _lists_of_concepts(node))
    structures = with_lists_of_concepts(found.structures, lists)
    left_out = {node.name for node in given} & _LEFT_OUT | {node.name for node in actual.values()}
    return Reading(replace(found, structures=structures), tuple(sorted(left_out)))


def _artefacts(structures: Node) -> Iterator[Node]:
    """The artefacts inside the groups of a message (`Codelists` and the like)."""
    for group in structures.children:
        yield from group.children


# --- artefacts ----------------------------------------------------------------------------------------


def _artefact(node: Node) -> Artefact:
    if node.name in documents.KINDS:
        return documents.artefact_of(node)
    if node.name == "Codelist":
        return _code_list(node)
    if node.name == "ConceptScheme":
        return ItemScheme(*named(node), "conceptscheme", _items(node, "Concept"), _partial(node))
    if node.name == "DataProviderScheme":
        agency, own_id, _version, name, description = named(node)
        return ItemScheme(agency, own_id, "1.0", name, description, "dataproviderscheme", _items(node, "DataProvider"))
    if node.name == "DataStructure":
        return _structure(node)
    if node.name == "Dataflow":
        return Flow(*named(node), structure=needed(node, "Structure"))
    links = {"dataflow": needed(node, "StructureUsage", "Dataflow"), "provider": needed(node, "DataProvider")}
    return Agreement(*named(node), **links)  # type: ignore[arg-type]


def _partial(node: Node) -> bool:
    return node.attributes.get("isPartial") == "true"


def _code_list(node: Node) -> ItemScheme:
    extensions = tuple(_extension(one) for one in node.all("CodelistExtension"))
    return ItemScheme(*named(node), "codelist", _items(node, "Code"), _partial(node), extensions)


def _extension(node: Node) -> Extension:
    included, excluded = node.first("InclusiveCodeSelection"), node.first("ExclusiveCodeSelection")
    selection = included if included is not None else excluded
    members = selection.all("MemberValue") if selection is not None else []
    return extension(
        needed(node, "Codelist"),
        node.attributes.get("prefix", ""),
        [(one.text.strip(), one.attributes.get("cascadeValues", "")) for one in members],
        include=excluded is None,
    )


def _items(node: Node, element: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            one.need("id"),
            texts_of(one, "Name", one.need("id")),
            texts_of(one, "Description", one.need("id")),
            parent=_parent(one),
            **marks_of(_annotations(one)),
        )
        for one in node.all(element)
    )


def _annotations(node: Node) -> dict[str, str]:
    """Type → title of each annotation that has both."""
    found = {}
    for one in node.walk("Annotations", "Annotation"):
        kind, title = one.first("AnnotationType"), one.first("AnnotationTitle")
        if kind is not None and title is not None:
            found[kind.text.strip()] = title.text.strip()
    return found


def _parent(node: Node) -> str:
    parent = node.first("Parent")
    if parent is None:
        return ""
    ref = parent.first("Ref")
    return ref.need("id") if ref else parent.text.strip()


def _lists_of_concepts(node: Node) -> Iterator[tuple[str, str]]:
    """URN of a concept → URN of the code list that is its core representation."""
    scheme = ItemScheme(*named(node), "conceptscheme")
    for concept in node.all("Concept"):
        for enumeration in concept.walk("CoreRepresentation", "Enumeration"):
            yield scheme.item_urn(Item(concept.need("id"), {})), reference_of(enumeration)


def _structure(node: Node) -> Structure:
    names = named(node)
    lists = [child for inside in node.all("DataStructureComponents") for child in inside.children]
    strange = [child for part in lists for child in part.children if child.name in _STRANGE]
    if strange:
        raise NotReadable(f"{names[0]}:{names[1]} has a {strange[0].name}, which cannot be kept here.")
    components = [one for part in lists for one in part.children]
    dimensions = [one for one in components if one.name == "Dimension"]
    dimensions.sort(key=lambda one: int(one.attributes.get("position") or 0))
    ids = [one.need("id") for one in dimensions]
    uses = [_use(one, "dimension") for one in dimensions]
    uses += [_use(one, "time") for one in components if one.name == "TimeDimension"]
    uses += [_use(one, "measure") for one in components if one.name in ("PrimaryMeasure", "Measure")]
    uses += [_attribute(one, ids) for one in components if one.name == "Attribute"]
    return Structure(*names, components=tuple(uses))


_STRANGE = frozenset({"MeasureDimension", "MetadataAttributeUsage", "ReportingYearStartDay"})
_FIXED = {"TimeDimension": "TIME_PERIOD", "PrimaryMeasure": "OBS_VALUE"}


def _use(node: Node, role: str, *, of_series: bool = False) -> ComponentUse:
    """A component; time and measure have a fixed id in 2.1, where it may be left out."""
    enumerations = node.walk("LocalRepresentation", "Enumeration")
    bare = "" if node.first("LocalRepresentation") else CONCEPT
    mandatory = node.attributes.get("usage", node.attributes.get("assignmentStatus", ""))
    return ComponentUse(
        id=node.attributes.get("id") or _FIXED.get(node.name) or node.need("id"),
        role=role,  # type: ignore[arg-type]
        concept=needed(node, "ConceptIdentity"),
        code_list=reference_of(enumerations[0]) if enumerations else bare,
        required=role == "dimension" or mandatory.lower() == "mandatory",
        of_series=of_series,
    )


def _attribute(node: Node, dimensions: list[str]) -> ComponentUse:
    related = [one for relation in node.all("AttributeRelationship") for one in relation.children]
    names = {one.name for one in related}
    if names <= {"Observation", "PrimaryMeasure"}:
        where = "observation"
    else:
        where = "dimensions" if names == {"Dimension"} else " and ".join(sorted(names)).lower()
    ids = [one.first("Ref").need("id") if one.first("Ref") else one.text.strip() for one in related]  # type: ignore[union-attr]
    of_series = attached(node.need("id"), where, ids, dimensions)
    return _use(node, "attribute", of_series=of_series)
