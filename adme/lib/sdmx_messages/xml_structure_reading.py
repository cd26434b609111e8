"""SDMX-ML structure messages 2.1, 3.0 and 3.1, read. See `structure_reading` for what is kept.

The parser is expat, which opens no other file; a document type, in which entities could be declared, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

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
from adme.lib.sdmx_messages.structure_reading import (
    CONCEPT,
    NotReadable,
    Reading,
    attached,
    marks_of,
    reference,
    texts,
    version_of,
    with_lists_of_concepts,
)

_DEEPEST = 200
_READ = frozenset(
    {"Codelist", "ConceptScheme", "DataProviderScheme", "DataStructure", "Dataflow", "ProvisionAgreement"}
)
_LEFT_OUT = frozenset(
    {
        "AgencyScheme",
        "CategoryScheme",
        "Categorisation",
        "ContentConstraint",
        "DataConstraint",
        "AvailabilityConstraint",
    }
)
_CLASSES = {
    "Enumeration": "codelist.Codelist",
    "ConceptIdentity": "conceptscheme.Concept",
    "Structure": "datastructure.DataStructure",
    "StructureUsage": "datastructure.Dataflow",
    "Dataflow": "datastructure.Dataflow",
    "DataProvider": "base.DataProvider",
}


@dataclass
class _Node:
    """An element without its namespace: name, attributes, children, text."""

    name: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    text: str = ""

    def all(self, *names: str) -> list[_Node]:
        """The children with one of these names."""
        return [child for child in self.children if child.name in names]

    def first(self, name: str) -> _Node | None:
        """The first child with this name."""
        return next(iter(self.all(name)), None)

    def walk(self, *names: str) -> list[_Node]:
        """The nodes at the end of a path of names."""
        nodes = [self]
        for name in names:
            nodes = [child for node in nodes for child in node.all(name)]
        return nodes

    def need(self, attribute: str) -> str:
        """An attribute that must be there."""
        if attribute not in self.attributes:
            raise NotReadable(f"{self.name} has no {attribute}.")
        return self.attributes[attribute]


def read(content: bytes) -> Reading:
    """The artefacts of a message. Raises NotReadable."""
    root = _tree(content)
    if root.name != "Structure":
        raise NotReadable(f"This is no structure message: its first element is {root.name}.")
    given = [artefact for member in root.walk("Structures") for artefact in _artefacts(member)]
    unknown = sorted({node.name for node in given} - _READ - _LEFT_OUT)
    if unknown:
        raise NotReadable(f"The message holds what cannot be kept here: {', '.join(unknown)}.")
    found = Artefacts.of(_artefact(node) for node in given if node.name in _READ)
    lists = dict(pair for node in given if node.name == "ConceptScheme" for pair in _lists_of_concepts(node))
    structures = with_lists_of_concepts(found.structures, lists)
    whole = Artefacts(found.schemes, structures, found.flows, agreements=found.agreements)
    return Reading(whole, tuple(sorted({node.name for node in given} & _LEFT_OUT)))


def _artefacts(structures: _Node) -> Iterator[_Node]:
    """The artefacts inside the groups of a message (`Codelists` and the like)."""
    for group in structures.children:
        yield from group.children


# --- the tree -----------------------------------------------------------------------------------------


def _tree(content: bytes) -> _Node:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root = _Node("", {})
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise NotReadable("The message is nested too deeply.")
        node = _Node(name.rpartition(" ")[2], {key.rpartition(" ")[2]: text for key, text in attributes.items()})
        stack[-1].children.append(node)
        stack.append(node)

    def end(name: str) -> None:
        stack.pop()

    def letters(text: str) -> None:
        stack[-1].text += text

    def refuse(*_parts: object) -> None:
        raise NotReadable("The message declares a document type, which SDMX messages have no use for.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = letters, refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise NotReadable(f"The file is not XML: {fault}") from None
    return root.children[0]


# --- names and references -----------------------------------------------------------------------------


def _texts(node: _Node, element: str, own_id: str) -> dict[str, str]:
    return texts({one.attributes.get("lang", "en"): one.text for one in node.all(element)}, own_id)


def _named(node: _Node) -> tuple[str, str, str, dict[str, str], dict[str, str]]:
    """Agency, id, version, name, description; a stub is refused."""
    agency, own_id = node.need("agencyID"), node.need("id")
    if node.attributes.get("isExternalReference") == "true":
        raise NotReadable(f"{agency}:{own_id} is only a stub: ask for it with detail=full.")
    version = version_of(node.attributes.get("version", "1.0"))
    return agency, own_id, version, _texts(node, "Name", own_id), _texts(node, "Description", own_id)


def _reference(node: _Node) -> str:
    """The URN that a node refers to: by Ref or URN in 2.1, by its text from 3.0 on."""
    ref, urn = node.first("Ref"), node.first("URN")
    if urn is not None:
        return reference(urn.text)
    if ref is None:
        return reference(node.text)
    kind = f"{ref.attributes['package']}.{ref.attributes['class']}" if "class" in ref.attributes else ""
    kind = kind or _CLASSES.get(node.name, "")
    if "maintainableParentID" in ref.attributes:
        owner, version = ref.need("maintainableParentID"), ref.attributes.get("maintainableParentVersion", "1.0")
        item = f".{ref.need('id')}"
    else:
        owner, version, item = ref.need("id"), ref.attributes.get("version", "1.0"), ""
    return reference(f"urn:sdmx:org.sdmx.infomodel.{kind}={ref.need('agencyID')}:{owner}({version}){item}")


def _needed(node: _Node, *names: str) -> str:
    """The reference in the one child with one of these names."""
    found = node.all(*names)
    if len(found) != 1:
        raise NotReadable(f"{node.name} {node.attributes.get('id', '')} has no {' or '.join(names)}.")
    return _reference(found[0])


# --- artefacts ----------------------------------------------------------------------------------------


def _artefact(node: _Node) -> Artefact:
    if node.name == "Codelist":
        return _code_list(node)
    if node.name == "ConceptScheme":
        return ItemScheme(*_named(node), "conceptscheme", _items(node, "Concept"), _partial(node))
    if node.name == "DataProviderScheme":
        agency, own_id, _version, name, description = _named(node)
        return ItemScheme(agency, own_id, "1.0", name, description, "dataproviderscheme", _items(node, "DataProvider"))
    if node.name == "DataStructure":
        return _structure(node)
    if node.name == "Dataflow":
        return Flow(*_named(node), structure=_needed(node, "Structure"))
    links = {"dataflow": _needed(node, "StructureUsage", "Dataflow"), "provider": _needed(node, "DataProvider")}
    return Agreement(*_named(node), **links)  # type: ignore[arg-type]


def _partial(node: _Node) -> bool:
    return node.attributes.get("isPartial") == "true"


def _code_list(node: _Node) -> ItemScheme:
    if node.first("CodelistExtension"):
        raise NotReadable(f"{node.need('agencyID')}:{node.need('id')} extends another list: ask for it resolved.")
    return ItemScheme(*_named(node), "codelist", _items(node, "Code"), _partial(node))


def _items(node: _Node, element: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            one.need("id"),
            _texts(one, "Name", one.need("id")),
            _texts(one, "Description", one.need("id")),
            parent=_parent(one),
            **marks_of(_annotations(one)),
        )
        for one in node.all(element)
    )


def _annotations(node: _Node) -> dict[str, str]:
    """Type → title of each annotation that has both."""
    found = {}
    for one in node.walk("Annotations", "Annotation"):
        kind, title = one.first("AnnotationType"), one.first("AnnotationTitle")
        if kind is not None and title is not None:
            found[kind.text.strip()] = title.text.strip()
    return found


def _parent(node: _Node) -> str:
    parent = node.first("Parent")
    if parent is None:
        return ""
    ref = parent.first("Ref")
    return ref.need("id") if ref else parent.text.strip()


def _lists_of_concepts(node: _Node) -> Iterator[tuple[str, str]]:
    """URN of a concept → URN of the code list that is its core representation."""
    scheme = ItemScheme(*_named(node), "conceptscheme")
    for concept in node.all("Concept"):
        for enumeration in concept.walk("CoreRepresentation", "Enumeration"):
            yield scheme.item_urn(Item(concept.need("id"), {})), _reference(enumeration)


def _structure(node: _Node) -> Structure:
    names = _named(node)
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


def _use(node: _Node, role: str, *, of_series: bool = False) -> ComponentUse:
    """A component; time and measure have a fixed id in 2.1, where it may be left out."""
    enumerations = node.walk("LocalRepresentation", "Enumeration")
    bare = "" if node.first("LocalRepresentation") else CONCEPT
    mandatory = node.attributes.get("usage", node.attributes.get("assignmentStatus", ""))
    return ComponentUse(
        id=node.attributes.get("id") or _FIXED.get(node.name) or node.need("id"),
        role=role,  # type: ignore[arg-type]
        concept=_needed(node, "ConceptIdentity"),
        code_list=_reference(enumerations[0]) if enumerations else bare,
        required=role == "dimension" or mandatory.lower() == "mandatory",
        of_series=of_series,
    )


def _attribute(node: _Node, dimensions: list[str]) -> ComponentUse:
    related = [one for relation in node.all("AttributeRelationship") for one in relation.children]
    names = {one.name for one in related}
    if names <= {"Observation", "PrimaryMeasure"}:
        where = "observation"
    else:
        where = "dimensions" if names == {"Dimension"} else " and ".join(sorted(names)).lower()
    ids = [one.first("Ref").need("id") if one.first("Ref") else one.text.strip() for one in related]  # type: ignore[union-attr]
    of_series = attached(node.need("id"), where, ids, dimensions)
    return _use(node, "attribute", of_series=of_series)
