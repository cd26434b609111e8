"""Structural artefacts as plain values: what structure messages are written from. No models, no format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Literal, TypeVar

Text = Mapping[str, str]
"""Language → words."""

_URN_CLASSES = {
    "codelist": "codelist.Codelist",
    "conceptscheme": "conceptscheme.ConceptScheme",
    "datastructure": "datastructure.DataStructure",
    "dataflow": "datastructure.Dataflow",
    "dataconstraint": "registry.DataConstraint",
    "agencyscheme": "base.AgencyScheme",
    "dataproviderscheme": "base.DataProviderScheme",
    "categoryscheme": "categoryscheme.CategoryScheme",
    "categorisation": "categoryscheme.Categorisation",
    "provisionagreement": "registry.ProvisionAgreement",
    "hierarchy": "codelist.Hierarchy",
    "valuelist": "codelist.ValueList",
    "structuremap": "structuremapping.StructureMap",
    "representationmap": "structuremapping.RepresentationMap",
}


@dataclass(frozen=True)
class Item:
    """A code, concept, category, agency or provider inside its scheme. `parent` is the id of another item.

    `valid_to` is the last day of a code that is no longer used (a date as text), `replaced_by` the id of the code to
    use from then on. Messages carry both as annotations.
    """

    id: str
    name: Text
    description: Text = field(default_factory=dict)
    parent: str = ""
    valid_to: str = ""
    replaced_by: str = ""

    @property
    def marks(self) -> Mapping[str, str]:
        """Type of an annotation → its title."""
        return {kind: told for kind, told in ((VALID_TO, self.valid_to), (REPLACED_BY, self.replaced_by)) if told}


VALID_TO, REPLACED_BY = "VALID_TO", "REPLACED_BY"
"""Types of the annotations that say until when a code is used, and which one takes its place."""


@dataclass(frozen=True)
class Artefact:
    """What every maintainable artefact carries. Versions have three parts and are final;
    agency and provider schemes are always 1.0, as the standard fixes it."""

    agency: str
    id: str
    version: str
    name: Text
    description: Text = field(default_factory=dict)
    kind: str = ""
    stub_of: str = field(default="", kw_only=True)
    """The address of the whole, where this is only its stub: no items, components or links."""

    @property
    def urn(self) -> str:
        """The artefact's URN."""
        return f"urn:sdmx:org.sdmx.infomodel.{_URN_CLASSES[self.kind]}={self.agency}:{self.id}({self.version})"

    def item_urn(self, item: Item) -> str:
        """The URN of one item of this scheme."""
        package, item_class = _ITEM_CLASSES[self.kind]
        owner = f"urn:sdmx:org.sdmx.infomodel.{package}.{item_class}={self.agency}:{self.id}({self.version})"
        return f"{owner}.{self.path_of(item)}"

    def path_of(self, item: Item) -> str:
        """What stands for an item in a URN: its id."""
        return item.id


_ITEM_CLASSES = {
    "categoryscheme": ("categoryscheme", "Category"),
    "codelist": ("codelist", "Code"),
    "conceptscheme": ("conceptscheme", "Concept"),
    "agencyscheme": ("base", "Agency"),
    "dataproviderscheme": ("base", "DataProvider"),
}


@dataclass(frozen=True)
class Member:
    """A code that an extension names, or all that begin alike where `value` ends with %. `cascade` is "true" with those
    below it, "excluderoot" for those below it alone, "" for itself alone."""

    value: str
    cascade: Literal["", "true", "excluderoot"] = ""


@dataclass(frozen=True)
class Extension:
    """That a code list takes codes from another (`code_list`, a URN): those of `members`, or all others where `include`
    is not set; all where there are no members. Each begins with `prefix` here."""

    code_list: str
    prefix: str = ""
    members: tuple[Member, ...] = ()
    include: bool = True


@dataclass(frozen=True)
class ItemScheme(Artefact):
    """Code list, value list, concept, category, agency or data provider scheme, by `kind`.

    `partial` says that items were left out. A parent stands before its children. With `extensions` the `items` are a
    code list's own alone; without, they are all that it has.
    """

    kind: str = "codelist"
    items: tuple[Item, ...] = ()
    partial: bool = False
    extensions: tuple[Extension, ...] = ()

    @cached_property
    def item(self) -> Mapping[str, Item]:
        """Id → item."""
        return {item.id: item for item in self.items}

    @cached_property
    def children(self) -> Mapping[str, tuple[Item, ...]]:
        """Id of a parent → its children; "" → the items at the top."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.parent, []).append(item)
        return {parent: tuple(items) for parent, items in found.items()}

    def path_of(self, item: Item) -> str:
        """The id, for categories with those of the categories above: they are nested, and so are their URNs."""
        above = self.item.get(item.parent) if self.kind == "categoryscheme" else None
        return f"{self.path_of(above)}.{item.id}" if above else item.id


@dataclass(frozen=True)
class ComponentUse:
    """A component of a data structure. `concept` and `code_list` are URNs; without a code list it is a text."""

    id: str
    role: Literal["dimension", "time", "measure", "attribute"]
    concept: str
    code_list: str = ""
    required: bool = False
    of_series: bool = False


@dataclass(frozen=True)
class Structure(Artefact):
    """A data structure definition; components in the order of the key, then time, measure, attributes."""

    kind: str = "datastructure"
    components: tuple[ComponentUse, ...] = ()

    def having(self, role: str) -> tuple[ComponentUse, ...]:
        """The components with `role`, in order."""
        return tuple(component for component in self.components if component.role == role)


@dataclass(frozen=True)
class Flow(Artefact):
    """A dataflow and the URN of its structure."""

    kind: str = "dataflow"
    structure: str = ""


@dataclass(frozen=True)
class Constraint(Artefact):
    """What is available of a dataflow: dimension id → codes, and the first and last period.

    `series` counts the series that have observations.
    """

    kind: str = "dataconstraint"
    dataflow: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    time: str = "TIME_PERIOD"
    first_period: str = ""
    last_period: str = ""
    series: int = 0


@dataclass(frozen=True)
class Agreement(Artefact):
    """A provision agreement: the URNs of a dataflow and of the data provider that delivers to it."""

    kind: str = "provisionagreement"
    dataflow: str = ""
    provider: str = ""


@dataclass(frozen=True)
class Categorisation(Artefact):
    """That an artefact (`source`, a URN) belongs under a category (`target`, a URN)."""

    kind: str = "categorisation"
    source: str = ""
    target: str = ""


@dataclass(frozen=True)
class HierarchicalCode:
    """A place in a hierarchy: the URN of a code, what stands below it, and from when until when it stands there."""

    id: str
    code: str
    children: tuple[HierarchicalCode, ...] = ()
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class Hierarchy(Artefact):
    """Codes of any lists in an order of their own."""

    kind: str = "hierarchy"
    codes: tuple[HierarchicalCode, ...] = ()


@dataclass(frozen=True)
class KeyValues:
    """Of one dimension: the codes that are meant (all others where `include` is not set), or a span of periods, both
    ends with it; an end that is "" is open."""

    id: str
    values: tuple[str, ...] = ()
    include: bool = True
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Region:
    """Keys that are allowed (`include`) or not allowed; a dimension that is not named may have any code."""

    keys: tuple[KeyValues, ...]
    include: bool = True


@dataclass(frozen=True)
class Allowed(Artefact):
    """A data constraint that says what may be delivered. `attached` are URNs of dataflows, or of data structures."""

    kind: str = "dataconstraint"
    attached: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True)
class ComponentMap:
    """Which components become which; `representation` is the URN of the map of their values, "" where they stay."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    representation: str = ""


@dataclass(frozen=True)
class FixedValue:
    """A component of the source or of the target that always has these values."""

    source: str = ""
    target: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class StructureMap(Artefact):
    """How data of one structure become data of another; both are URNs of data structures or dataflows."""

    kind: str = "structuremap"
    source: str = ""
    target: str = ""
    components: tuple[ComponentMap, ...] = ()
    fixed: tuple[FixedValue, ...] = ()


@dataclass(frozen=True)
class MappedValue:
    """A value to be mapped, or a pattern of such values."""

    value: str
    is_pattern: bool = False


@dataclass(frozen=True)
class ValueMapping:
    """Values that together become others, one for each source and target of the map; dates are days, or ""."""

    sources: tuple[MappedValue, ...]
    targets: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class RepresentationMap(Artefact):
    """Which values become which. `sources` and `targets` are URNs of lists, or data types such as String."""

    kind: str = "representationmap"
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    mappings: tuple[ValueMapping, ...] = ()


A = TypeVar("A", bound=Artefact)


@dataclass(frozen=True)
class Artefacts:
    """Everything of one message."""

    schemes: tuple[ItemScheme, ...] = ()
    structures: tuple[Structure, ...] = ()
    flows: tuple[Flow, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    categorisations: tuple[Categorisation, ...] = ()
    hierarchies: tuple[Hierarchy, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    structure_maps: tuple[StructureMap, ...] = ()
    representation_maps: tuple[RepresentationMap, ...] = ()

    @classmethod
    def of(cls, artefacts: Iterable[Artefact]) -> Artefacts:
        """The artefacts, sorted by what they are."""
        given = list(artefacts)

        def those(kind: type[A]) -> tuple[A, ...]:
            return tuple(one for one in given if isinstance(one, kind))

        return cls(
            schemes=those(ItemScheme),
            structures=those(Structure),
            flows=those(Flow),
            constraints=those(Constraint),
            agreements=those(Agreement),
            categorisations=those(Categorisation),
            hierarchies=those(Hierarchy),
            allowed=those(Allowed),
            structure_maps=those(StructureMap),
            representation_maps=those(RepresentationMap),
        )

    @property
    def everything(self) -> list[Artefact]:
        """Every artefact, group by group."""
        return [one for group in fields(self) for one in getattr(self, group.name)]

    def in_2_1(self) -> Artefacts:
        """Without what SDMX-ML 2.1 has no element for, or one of another make."""
        schemes = tuple(one for one in self.schemes if one.kind != "valuelist")
        return replace(self, schemes=schemes, hierarchies=(), structure_maps=(), representation_maps=())

    def of_kind(self, kind: str) -> tuple[ItemScheme, ...]:
        """The item schemes of one kind."""
        return tuple(scheme for scheme in self.schemes if scheme.kind == kind)
