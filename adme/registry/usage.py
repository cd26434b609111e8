"""What hangs on codes: series, observations, dataflows, mappings, frameworks, indicators, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from adme.frameworks.models import Edition
from adme.indicators.models import Indicator, Report
from adme.observations.code_use import has_cells, used_by_code
from adme.quality.models import ValidationRule
from adme.structures.errors import MappingUnreadable
from adme.structures.mapping import Column
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import Code, CodeList, Component, Dataflow, Mapping
from adme.structures.queries import references_of


@dataclass
class CodeUse:
    """What hangs on one code. `observations` are those that are public now; sets hold names for people."""

    series: int = 0
    observations: int = 0
    dataflows: set[str] = field(default_factory=set)
    mappings: set[str] = field(default_factory=set)
    frameworks: set[str] = field(default_factory=set)
    indicators: set[str] = field(default_factory=set)
    reports: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.series) or any(getattr(self, name) for name in _NAMED)

    def add(self, other: CodeUse) -> None:
        """Count another code with this one."""
        self.series += other.series
        self.observations += other.observations
        for name in ("dataflows", *_NAMED):
            getattr(self, name).update(getattr(other, name))


_NAMED = ("mappings", "frameworks", "indicators", "reports", "rules")
"""What names a code without being a figure."""


@dataclass(frozen=True)
class Place:
    """A dimension of a dataflow that takes its codes from the list."""

    flow: Dataflow
    component: Component

    @property
    def column(self) -> str:
        """Its column in the store, d01 … d32."""
        return f"d{self.component.position:02d}"

    @property
    def label(self) -> str:
        """The dataflow and the dimension, for people."""
        return f"{self.flow.reference} {self.component.component_id}"


def places_of(code_list: CodeList) -> list[Place]:
    """Where a list gives the codes of a dimension. Two queries."""
    components = list(Component.objects.filter(code_list=code_list, role=Component.Role.DIMENSION))
    flows = Dataflow.objects.filter(data_structure__in={one.data_structure_id for one in components})
    return [Place(flow, one) for flow in flows for one in components if one.data_structure_id == flow.data_structure_id]


def uses_of(code_list: CodeList) -> dict[str, CodeUse]:
    """Code id → what hangs on it, for codes on which anything does.

    One query for each dimension of a dataflow that uses the list, and seven for all: never one for each code. What
    attributes say is not counted: it stands inside sets of texts.
    """
    places = places_of(code_list)
    found: dict[str, CodeUse] = {}
    ids = dict(Code.objects.filter(code_list=code_list).values_list("pk", "code_id"))
    for place in places:
        for pk, used in used_by_code(place.flow.pk, place.column).items():
            one = found.setdefault(ids[pk], CodeUse())
            one.series += used.series
            one.observations += used.observations
            if used.observations:
                one.dataflows.add(place.flow.reference)
    told_by = (_of_mappings(places), _of_frameworks(places), _of_metadata(places), _of_rules(code_list))
    for name, code, told in chain.from_iterable(told_by):
        getattr(found.setdefault(code, CodeUse()), name).add(told)
    return found


def places_with_figures(code_list: CodeList, code_id: str) -> list[Place]:
    """The places in which any value under a code is public or waits for its release."""
    pk = Code.objects.filter(code_list=code_list, code_id=code_id).values_list("pk", flat=True).first()
    if pk is None:
        return []
    return [place for place in places_of(code_list) if has_cells(place.flow.pk, place.column, pk)]


Told = tuple[str, str, str]
"""Which set of a CodeUse, which code, what to put into it."""


def _of_mappings(places: list[Place]) -> Iterator[Told]:
    by_flow: dict[int, list[Mapping]] = {}
    for mapping in Mapping.objects.filter(dataflow__in={place.flow.pk for place in places}):
        by_flow.setdefault(mapping.dataflow_id, []).append(mapping)
    for place in places:
        for mapping in by_flow.get(place.flow.pk, ()):
            for code in set(_named_codes(mapping.declaration, place.component.component_id)):
                yield "mappings", code, mapping.name


def _named_codes(declaration: str, component: str) -> Iterator[str]:
    """The codes of a component that a mapping names itself: constants, translations, what stands for nothing."""
    try:
        declared = from_yaml(declaration)
    except MappingUnreadable:
        return
    yield from (code for name, code in declared.constants if name == component)
    for column in _columns(declared.columns):
        if column.target == component:
            yield from (code for _written, code in column.translation.table)
            if column.absent:
                yield column.absent
        yield from (code for name, code in column.fixed if name == component)


def _columns(columns: Iterable[Column]) -> Iterator[Column]:
    for column in columns:
        yield column
        yield from _columns(column.parts)


def _of_frameworks(places: list[Place]) -> Iterator[Told]:
    wanted = {(known, place.component.component_id) for place in places for known in references_of(place.flow)}
    if not wanted:
        return
    editions = Edition.objects.exclude(state=Edition.State.DISCARDED).order_by("number")
    newest = dict(editions.values_list("framework", "pk"))  # what a change would touch
    for edition in Edition.objects.filter(pk__in=newest.values()).select_related("framework"):
        for record in edition.content.get("series", []):
            for pair in record.get("key", "").replace(" ", "").split(";"):
                name, _, code = pair.partition("=")
                if (record.get("dataflow", ""), name) in wanted:
                    yield "frameworks", code, edition.framework.slug


def _of_metadata(places: list[Place]) -> Iterator[Told]:
    measured = {place.flow.pk for place in places if place.component.component_id == place.flow.indicator_dimension}
    for slug, code in Indicator.objects.filter(dataflow__in=measured).values_list("slug", "code_id"):
        yield "indicators", code, slug
    held = {place.flow.pk for place in places if place.component.component_id == place.flow.area_dimension}
    reports = Report.objects.filter(indicator__dataflow__in=held).exclude(area="")
    for slug, area in reports.values_list("indicator__slug", "area"):
        yield "reports", area, f"{slug} ({area})"


def _of_rules(code_list: CodeList) -> Iterator[Told]:
    """Validation rules that are limited to a code of a dimension or attribute."""
    uses = Component.objects.filter(code_list=code_list).values_list("data_structure", "component_id")
    named: dict[int, set[str]] = {}
    for structure, component in uses:
        named.setdefault(structure, set()).add(component)
    rules = ValidationRule.objects.filter(dataflow__data_structure__in=named).select_related("dataflow")
    for rule in rules:
        for component, codes in (rule.content.get("scope") or {}).items():
            if component in named[rule.dataflow.data_structure_id]:
                for code in codes:
                    yield "rules", code, rule.name
