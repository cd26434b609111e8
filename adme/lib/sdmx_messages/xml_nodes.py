"""The elements of a structure message as a tree, and what every artefact in it says: its names, its references.

The parser is expat, which opens no other file; a document type, in which entities could be declared, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from adme.lib.sdmx_messages.structure_reading import NotReadable, reference, texts, version_of

Named = tuple[str, str, str, dict[str, str], dict[str, str]]
"""Agency, id, version, name, description."""

_DEEPEST = 200
_CLASSES = {
    "Enumeration": "codelist.Codelist",
    "ConceptIdentity": "conceptscheme.Concept",
    "Structure": "datastructure.DataStructure",
    "StructureUsage": "datastructure.Dataflow",
    "Dataflow": "datastructure.Dataflow",
    "DataProvider": "base.DataProvider",
}


@dataclass
class Node:
    """An element without its namespace: name, attributes, children, text."""

    name: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self, *names: str) -> list[Node]:
        """The children with one of these names."""
        return [child for child in self.children if child.name in names]

    def first(self, name: str) -> Node | None:
        """The first child with this name."""
        return next(iter(self.all(name)), None)

    def walk(self, *names: str) -> list[Node]:
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


# --- the tree -----------------------------------------------------------------------------------------


def tree(content: bytes) -> Node:
    """The first element of a message. Raises NotReadable."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root = Node("", {})
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise NotReadable("The message is nested too deeply.")
        node = Node(name.rpartition(" ")[2], {key.rpartition(" ")[2]: text for key, text in attributes.items()})
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
    except NotReadable:
        raise
    except expat.ExpatError as fault:
        raise NotReadable(f"The file is not XML: {fault}") from None
    except (LookupError, ValueError):  # it says it is in one that there is not, or that expat cannot take
        raise NotReadable("The file is not XML in an encoding that can be read: write it in UTF-8.") from None
    return root.children[0]


# --- names and references -----------------------------------------------------------------------------


def texts_of(node: Node, element: str, own_id: str) -> dict[str, str]:
    """Language → words of Name or Description."""
    return texts({one.attributes.get("lang", "en"): one.text for one in node.all(element)}, own_id)


def named(node: Node) -> Named:
    """Agency, id, version, name, description; a stub is refused."""
    agency, own_id = node.need("agencyID"), node.need("id")
    if node.attributes.get("isExternalReference") == "true":
        raise NotReadable(f"{agency}:{own_id} is only a stub: ask for it with detail=full.")
    version = version_of(node.attributes.get("version", "1.0"))
    return agency, own_id, version, texts_of(node, "Name", own_id), texts_of(node, "Description", own_id)


def reference_of(node: Node) -> str:
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


def needed(node: Node, *names: str) -> str:
    """The reference in the one child with one of these names."""
    found = node.all(*names)
    if len(found) != 1:
        raise NotReadable(f"{node.name} {node.attributes.get('id', '')} has no {' or '.join(names)}.")
    return reference_of(found[0])
