"""A data structure as plain frozen values: what coding, checks, queries and writers need, without a model."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import polars as pl

from adme.lib.texts import Text, text_in

__all__ = ["AttributeView", "CodeListView", "CodeView", "DimensionView", "StructureView"]


@dataclass(frozen=True)
class CodeView:
    """One code; `pk` is what the store keeps. `valid_to` is its last day, `replaced_by` the code to use afterwards."""

    pk: int
    code_id: str
    name: Text
    parent_id: str = ""
    kind: str = ""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_to: dt.date | None = None
    replaced_by: str = ""

    @property
    def title(self) -> str:
        """The name in the reader's language; the code itself where no name is known."""
        return text_in(self.name) or self.code_id


@dataclass(frozen=True, eq=False)
class CodeListView:
    """A code list in its own order. Both dictionaries are made once and shared: read them, do not change them."""

    reference: str
    items: tuple[CodeView, ...]

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Code id → pk."""
        return MappingProxyType({code.code_id: code.pk for code in self.items})

    @cached_property
    def by_pk(self) -> Mapping[int, CodeView]:
        """Pk → code."""
        return MappingProxyType({code.pk: code for code in self.items})

    @cached_property
    def by_id(self) -> Mapping[str, CodeView]:
        """Code id → code."""
        return MappingProxyType({code.code_id: code for code in self.items})

    @cached_property
    def frame(self) -> pl.DataFrame:
        """For joins: code (String), pk (Int32), position (Int32), in the list's order."""
        return pl.DataFrame(
            {
                "code": [code.code_id for code in self.items],
                "pk": [code.pk for code in self.items],
                "position": range(len(self.items)),
            },
            schema={"code": pl.String, "pk": pl.Int32, "position": pl.Int32},
        )

    def written_as(self, scheme: str) -> dict[str, str]:
        """What `scheme` (M49, ISO3) writes → code id. Empty when no code of the list knows the scheme."""
        return {alias: code.code_id for code in self.items for alias in code.aliases.get(scheme, ())}

    @cached_property
    def schemes(self) -> tuple[str, ...]:
        """The schemes that any code has an alias in."""
        return tuple(sorted({scheme for code in self.items for scheme in code.aliases}))

    def title_of(self, code_id: str) -> str:
        """The name of a code in the reader's language; what was asked for where the list does not hold it."""
        code = self.by_id.get(code_id)
        return code.title if code else code_id


@dataclass(frozen=True)
class DimensionView:
    """One dimension other than time: position n stands in column dNN of a series."""

    id: str
    position: int
    name: Text
    code_list: CodeListView

    @property
    def column(self) -> str:
        """d01 … d32."""
        return f"d{self.position:02d}"

    @property
    def codes(self) -> Mapping[str, int]:
        """Code id → pk."""
        return self.code_list.codes

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.id


@dataclass(frozen=True)
class AttributeView:
    """One attribute; without a code list its values are free text."""

    id: str
    name: Text
    code_list: CodeListView | None
    attachment: str
    required: bool

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.id


@dataclass(frozen=True, eq=False)
class StructureView:
    """The structure of one dataflow. `dimensions` are in the order of their positions, which is the order of a key."""

    dataflow_id: int
    reference: str
    agency: str
    artefact_id: str
    version: str
    name: Text
    data_structure: str
    dimensions: tuple[DimensionView, ...]
    attributes: tuple[AttributeView, ...]
    indicator_dimension: str
    area_dimension: str
    stamp: uuid.UUID
    time: str = "TIME_PERIOD"
    measure: str = "OBS_VALUE"
    time_name: Text = field(default_factory=dict)
    measure_name: Text = field(default_factory=dict)
    earlier: tuple[str, ...] = ()
    """References of the versions that the dataflow and its data structure had before."""

    @cached_property
    def dimension(self) -> Mapping[str, DimensionView]:
        """Dimension id → dimension."""
        return MappingProxyType({dimension.id: dimension for dimension in self.dimensions})

    @cached_property
    def attribute(self) -> Mapping[str, AttributeView]:
        """Attribute id → attribute, OBS_STATUS and CONF_STATUS among them."""
        return MappingProxyType({attribute.id: attribute for attribute in self.attributes})

    @cached_property
    def components(self) -> tuple[DimensionView | AttributeView, ...]:
        """Dimensions and attributes, without time and measure."""
        return (*self.dimensions, *self.attributes)

    @cached_property
    def code_lists(self) -> Mapping[str, CodeListView | None]:
        """The code list of each dimension and attribute."""
        return MappingProxyType({one.id: one.code_list for one in self.components})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns dNN of its keys."""
        return tuple(dimension.column for dimension in self.dimensions)

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.artefact_id

    def key_of(self, pks: Mapping[str, int]) -> str:
        """The key text of pks by column: codes joined by points."""
        return ".".join(one.code_list.by_pk[pks[one.column]].code_id for one in self.dimensions)


REFERENCE = re.compile(
    r"(?:(?P<agency>[A-Za-z][A-Za-z0-9_.\-]*):)?(?P<id>[A-Za-z][A-Za-z0-9_\-]*)(?:\((?P<version>[0-9]+\.[0-9]+\.[0-9]+)\))?"
)
"""AGENCY:ID(VERSION); agency and version may be left out where people write."""
