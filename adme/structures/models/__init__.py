"""Concepts, code lists, data structures, dataflows, providers, mappings; drafts, documents and kept versions."""

from adme.structures.models.codelist import Code, CodeList
from adme.structures.models.concept import Concept, ConceptScheme
from adme.structures.models.dataflow import Dataflow, DataProvider
from adme.structures.models.datastructure import Component, DataStructure
from adme.structures.models.document import Document, DocumentReference
from adme.structures.models.draft import Draft
from adme.structures.models.kept_version import KeptVersion
from adme.structures.models.mapping import Mapping

__all__ = [
    "Code",
    "CodeList",
    "Component",
    "Concept",
    "ConceptScheme",
    "DataProvider",
    "DataStructure",
    "Dataflow",
    "Document",
    "DocumentReference",
    "Draft",
    "KeptVersion",
    "Mapping",
]
