"""One artefact as a structure message, whole, for whoever maintains it. What is public is said by `sdmx`."""

from __future__ import annotations

from typing import Any

from adme.lib import clock
from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefact, Artefacts
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.registry import shelves
from adme.structures import artefacts as kept
from adme.structures import documents
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure, Document, KeptVersion
from adme.structures.models.maintainable import Maintainable

_ALL = {"xml-3-0": "SDMX-ML 3.0", "xml-3-1": "SDMX-ML 3.1", "json-2-0": "SDMX-JSON 2.0", "json-2-1": "SDMX-JSON 2.1"}
FORMS: dict[str, dict[str, str]] = {
    kind: {"xml-2-1": "SDMX-ML 2.1", **_ALL} if kind in (*shelves.MODELS, "dataconstraint") else _ALL
    for kind in shelves.LABELS
}
"""Kind → the words for formats in addresses, with their names. What 2.1 has no element for is not written in it."""


def exported(artefact: Maintainable, form: str) -> tuple[bytes, str, str]:
    """The message, its media type and the ending of a file."""
    wanted, _dash, number = form.partition("-")
    version: Any = number.replace("-", ".")
    now = clock.now()
    envelope = Envelope(
        message_id=f"ADME-{clock.now_instant()}",
        prepared=now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        sender="ADME",
    )
    # SDMX-ML 2.1 has no words for a list that extends others: it is written there with all its codes.
    message = Artefacts.of([plain(artefact, resolved=form == "xml-2-1")])
    if wanted == "json":
        language = next(iter(artefact.name), "en")
        body = json_structure.write_structures(message, envelope, language=language, version=version)
        return body, json_structure.MEDIA_TYPES[version], "json"
    body = xml_structure.write_structures(message, envelope, version=version)
    return body, xml_structure.MEDIA_TYPES[version], "xml"


def plain(artefact: Maintainable, *, resolved: bool = False) -> Artefact:
    """The artefact as messages are written from it; a code list that extends others as it is kept, or `resolved`."""
    if isinstance(artefact, CodeList):
        whole = CodeList.objects.prefetch_related("codes__parent", "codes__replaced_by").get(pk=artefact.pk)
        return kept.code_list_of(whole) if resolved else kept.unresolved(whole)
    if isinstance(artefact, ConceptScheme):
        return kept.concept_scheme_of(artefact)
    if isinstance(artefact, Document):
        return documents.artefact_of(artefact)
    assert isinstance(artefact, Dataflow | DataStructure | KeptVersion)  # noqa: S101
    return shelves.said_of(artefact)
