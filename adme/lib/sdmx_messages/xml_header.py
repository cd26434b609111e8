"""The header of an SDMX-ML message: which structure each data set is of, and what is to be done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adme.lib.sdmx_messages.observation_rows import MessageRefused, padded

__all__ = ["HeaderReader", "NamedStructure", "named_by_urn"]

_KINDS = {
    "StructureUsage": "dataflow",
    "Structure": "datastructure",
    "ProvisionAgreement": "dataprovision",
    "ProvisionAgrement": "dataprovision",  # as the schemas of 2.1 spell it
}
_URN_KINDS = {
    "Dataflow": "dataflow",
    "DataStructure": "datastructure",
    "ProvisionAgreement": "dataprovision",
}
_URN = re.compile(
    r"urn:sdmx:org\.sdmx\.infomodel\.\w+\.(?P<kind>\w+)=(?P<agency>[\w.\-]+):(?P<id>[\w@$\-]+)(?:\((?P<version>[^()]{1,100})\))?"
)


@dataclass(frozen=True)
class NamedStructure:
    """A structure as a message names it: dataflow, datastructure or dataprovision, and AGENCY:ID(VERSION).

    `dimension` is the one whose values tell the observations of a series apart; empty where the message does not say.
    """

    kind: str
    reference: str
    dimension: str = ""


def named_by_urn(urn: str) -> NamedStructure | None:
    """The structure of a URN; None where it is none of a dataflow, data structure or provision agreement."""
    found = _URN.fullmatch(urn.strip())
    if found is None or found["kind"] not in _URN_KINDS:
        return None
    version = f"({padded(found['version'])})" if found["version"] else ""
    return NamedStructure(_URN_KINDS[found["kind"]], f"{found['agency']}:{found['id']}{version}")


class HeaderReader:
    """Takes the elements below Header. `action` is what the header says for all data sets, empty where nothing."""

    def __init__(self) -> None:
        self.action = ""
        self._structures: dict[str, NamedStructure] = {}
        self._open: list[str] = []
        self._id = ""
        self._dimension = ""
        self._kind = ""
        self._reference = ""
        self._text = ""

    def start(self, name: str, attributes: list[str]) -> None:
        """An element begins."""
        said = {attributes[at].rpartition(":")[2]: attributes[at + 1] for at in range(0, len(attributes), 2)}
        self._open.append(name)
        self._text = ""
        if len(self._open) == 1 and name == "Structure":
            self._id = said.get("structureID", "")
            self._dimension = said.get("dimensionAtObservation", "")
            self._kind = self._reference = ""
        elif len(self._open) == 2 and self._open[0] == "Structure" and name in _KINDS:
            self._kind = _KINDS[name]
        elif name == "Ref" and len(self._open) == 3 and self._kind:
            version = padded(said.get("version", "1.0"))
            self._reference = f"{said.get('agencyID', '')}:{said.get('id', '')}({version})"

    def text(self, data: str) -> None:
        """Text inside the element."""
        if len(self._text) < 1_000:
            self._text += data

    def end(self, name: str) -> None:
        """An element ends."""
        if not self._open:
            return
        self._open.pop()
        if name == "DataSetAction" and not self._open:
            self.action = self._text.strip()
        elif self._open[:1] == ["Structure"]:
            self._take_urn(self._text)
        elif name == "Structure" and not self._open:
            self._structures[self._id] = NamedStructure(self._kind, self._reference, _of_series(self._dimension))
        self._text = ""

    def _take_urn(self, text: str) -> None:
        named = named_by_urn(text) if text.strip() else None
        if named is not None:
            self._kind, self._reference = named.kind, named.reference

    def structure_of(self, reference: str) -> NamedStructure:
        """The structure that a data set refers to. MessageRefused where the header does not name it."""
        found = self._structures.get(reference)
        if found is None and len(self._structures) == 1:
            found = next(iter(self._structures.values()))
        if found is None or not found.reference:
            raise MessageRefused("message_no_structure", found=reference[:100])
        return found


def _of_series(dimension: str) -> str:
    return "" if dimension == "AllDimensions" else dimension
