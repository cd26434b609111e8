"""Public reports and what they are made by, as plain values for messages.

Public are approved reports on indicators that show at least one figure now, in every approved version; the metadata
flows of such reports, their structures, and the concepts of those. Nothing here decides what is approved or released.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from adme.indicators.models import Indicator, MetadataAttribute, Metadataflow, ReportVersion
from adme.lib.sdmx_messages import metadata_structures as written
from adme.lib.sdmx_messages.metadata_sets import MetadataSet, Reported, code_urn
from adme.releases import queries as published
from adme.structures.models import Component

BATCH = 200


@dataclass(frozen=True)
class Wanted:
    """Which sets: "*" and "" mean all; several ids by comma. `version` is ~, +, latest, * or N.0.0."""

    provider: str = "*"
    id: str = "*"
    version: str = "~"
    flow: tuple[str, str, str] = ("*", "*", "*")
    dataflow: tuple[str, str, str] | None = None
    """Metadata attached to dataflows: their agency, id and version."""
    code_list: tuple[str, str, str] | None = None
    """Metadata attached to codes of code lists."""


class PublicMetadata:
    """Built for one request; a constant number of queries, and one more for each batch of reports."""

    @cached_property
    def indicators(self) -> dict[int, Indicator]:
        """Public indicators by primary key."""
        return {one.indicator.pk: one.indicator for one in published.published_indicators()}

    @cached_property
    def flows(self) -> dict[int, Metadataflow]:
        """Metadata flows of dataflows with public figures, by primary key."""
        dataflows = {one.dataflow_id for one in self.indicators.values()}
        found = Metadataflow.objects.filter(dataflow__in=dataflows).select_related("structure", "dataflow")
        return {flow.pk: flow for flow in found.order_by("agency", "artefact_id", "version")}

    @cached_property
    def attributes(self) -> dict[int, list[MetadataAttribute]]:
        """Structure → its attributes in order."""
        found: dict[int, list[MetadataAttribute]] = {}
        structures = {flow.structure_id for flow in self.flows.values()}
        for one in MetadataAttribute.objects.filter(structure__in=structures).order_by("structure", "position"):
            found.setdefault(one.structure_id, []).append(one)
        return found

    @cached_property
    def _code_lists(self) -> dict[tuple[int, str], str]:
        """Data structure and dimension → reference of its code list."""
        structures = {flow.dataflow.data_structure_id for flow in self.flows.values()}
        found = Component.objects.filter(data_structure__in=structures, code_list__isnull=False)
        return {
            (one.data_structure_id, one.component_id): one.code_list.reference
            for one in found.select_related("code_list")
            if one.code_list is not None
        }

    def _list_of(self, flow: Metadataflow, dimension: str) -> str:
        return self._code_lists[flow.dataflow.data_structure_id, dimension]

    def words(self) -> tuple[object, ...]:
        """What messages are made of besides figures, for ETags: approved versions, titles, structures; no draft."""
        approved = ReportVersion.objects.filter(approved_at__isnull=False, report__metadataflow__in=list(self.flows))
        versions = approved.order_by("pk").values_list("pk", "report__public", "report__indicator")
        titles = {pk: one.title for pk, one in self.indicators.items()}
        flows = [(flow.reference, flow.name, flow.structure.name) for flow in self.flows.values()]
        attributes = [(one.name, one.help, one.required) for own in self.attributes.values() for one in own]
        return ([row for row in versions if row[2] in titles], titles, flows, attributes)

    # --- reports ----------------------------------------------------------------------------------

    def sets(self, wanted: Wanted, *, stubs: bool = False) -> Iterator[MetadataSet]:
        """The reports asked for, by id and version, read in batches."""
        flows = [pk for pk, flow in self.flows.items() if self._flow_fits(flow, wanted)]
        versions = ReportVersion.objects.filter(report__metadataflow__in=flows, approved_at__isnull=False)
        exact = wanted.version.partition(".")
        if wanted.version in ("~", "+", "latest", ""):
            versions = versions.filter(public_of__isnull=False)
        elif wanted.version not in ("*", "all"):
            number = int(exact[0]) if exact[0].isascii() and exact[0].isdigit() and len(exact[0]) < 9 else 0
            versions = versions.filter(number=number if exact[2] in ("0.0", "") else 0)
        ordered = versions.order_by("report__indicator__slug", "report__area", "number")
        named = ordered.values_list("pk", "report__indicator", "report__area")
        pks = [
            pk
            for pk, one, area in named
            if one in self.indicators and _matches(_id_of(self.indicators[one].slug, area), wanted.id)
        ]
        # Batches by key and no cursor of the database: a reader who goes away would leave one open.
        for start in range(0, len(pks), BATCH):
            some = pks[start : start + BATCH]
            read = ReportVersion.objects.select_related("report").in_bulk(some)
            for pk in some:
                version = read[pk]
                yield self._set(version, self.indicators[version.report.indicator_id], stubs=stubs)

    def _flow_fits(self, flow: Metadataflow, wanted: Wanted) -> bool:
        dataflow = flow.dataflow
        if not _matches(flow.agency, wanted.provider) or not _named(flow, wanted.flow):
            return False
        if wanted.dataflow is not None and not _named(dataflow, wanted.dataflow):
            return False
        if wanted.code_list is not None:
            lists = (self._list_of(flow, dataflow.indicator_dimension), self._list_of(flow, dataflow.area_dimension))
            return any(_reference_matches(one, wanted.code_list) for one in lists)
        return True

    def _set(self, version: ReportVersion, indicator: Indicator, *, stubs: bool) -> MetadataSet:
        flow = self.flows[version.report.metadataflow_id]
        dataflow = flow.dataflow
        targets = [code_urn(self._list_of(flow, dataflow.indicator_dimension), indicator.code_id)]
        if version.report.area:
            targets.append(code_urn(self._list_of(flow, dataflow.area_dimension), version.report.area))
        return MetadataSet(
            agency=flow.agency,
            id=_id_of(indicator.slug, version.report.area),
            version=f"{version.number}.0.0",
            name=dict(indicator.title),
            metadataflow=flow.reference,
            targets=tuple(targets),
            attributes=tuple(_reported(self.attributes[flow.structure_id], version.texts, stubs=stubs)),
            is_stub=stubs,
        )

    # --- structures -------------------------------------------------------------------------------

    def structures(self, agency: str, artefact_id: str, version: str) -> list[written.MetadataStructure]:
        """The metadata structures asked for."""
        found = {flow.structure.pk: flow.structure for flow in self.flows.values()}
        return [
            written.MetadataStructure(
                one.agency,
                one.artefact_id,
                one.version,
                dict(one.name),
                concepts=self._scheme_name(one.pk),
                attributes=tuple(_uses(self.attributes[one.pk])),
            )
            for one in sorted(found.values(), key=lambda one: one.reference)
            if _named(one, (agency, artefact_id, version))
        ]

    def metadataflows(self, agency: str, artefact_id: str, version: str) -> list[written.Metadataflow]:
        """The metadata flows asked for."""
        return [
            written.Metadataflow(
                flow.agency,
                flow.artefact_id,
                flow.version,
                dict(flow.name),
                structure=flow.structure.reference,
                targets=(code_urn(self._list_of(flow, flow.dataflow.indicator_dimension), "*"),),
            )
            for flow in self.flows.values()
            if _named(flow, (agency, artefact_id, version))
        ]

    def schemes(self, structures: list[written.MetadataStructure]) -> list[written.ConceptScheme]:
        """The concepts of structures. Their names are ours, so the scheme is kept under our own agency."""
        by_reference = {flow.structure.reference: flow.structure for flow in self.flows.values()}
        made = []
        for one in structures:
            structure = by_reference[f"{one.agency}:{one.id}({one.version})"]
            agency, _, rest = self._scheme_name(structure.pk).partition(":")
            concepts = [
                written.Concept(each.attribute_id, dict(each.name), dict(each.help))
                for each in self.attributes[structure.pk]
            ]
            made.append(
                written.ConceptScheme(
                    agency, rest.partition("(")[0], one.version, dict(structure.name), tuple(concepts)
                )
            )
        return made

    def _scheme_name(self, structure: int) -> str:
        flow = next(flow for flow in self.flows.values() if flow.structure_id == structure)
        return f"{flow.agency}:CS_{flow.structure.artefact_id}({flow.structure.version})"


def _id_of(slug: str, area: str) -> str:
    """The id of a set: that of the indicator's page, and for a report on one country, @ and its code."""
    return f"{slug}@{area}" if area else slug


def _reported(attributes: list[MetadataAttribute], texts: dict[str, dict[str, str]], *, stubs: bool) -> list[Reported]:
    """What is said, nested as in the structure; a heading is there when anything below it is."""
    heads: list[tuple[MetadataAttribute, list[Reported]]] = []
    for attribute in attributes:
        own = texts.get(attribute.attribute_id, {})
        if attribute.parent_id is None:
            heads.append((attribute, []))
        elif own:
            heads[-1][1].append(Reported(attribute.attribute_id, {} if stubs else own))
    return [
        Reported(head.attribute_id, {} if stubs else texts.get(head.attribute_id, {}), tuple(parts))
        for head, parts in heads
        if parts or texts.get(head.attribute_id)
    ]


def _uses(attributes: list[MetadataAttribute]) -> list[written.AttributeUse]:
    heads: list[tuple[MetadataAttribute, list[written.AttributeUse]]] = []
    for attribute in attributes:
        if attribute.parent_id is None:
            heads.append((attribute, []))
        else:
            heads[-1][1].append(written.AttributeUse(attribute.attribute_id, attribute.required))
    return [written.AttributeUse(head.attribute_id, head.required, tuple(parts)) for head, parts in heads]


def _matches(value: str, wanted: str) -> bool:
    return wanted in ("*", "all", "") or value in wanted.split(",")


def _named(one: object, wanted: tuple[str, str, str]) -> bool:
    agency, artefact_id, version = wanted
    newest = version in ("~", "+", "latest", "")
    return (
        _matches(str(getattr(one, "agency", "")), agency)
        and _matches(str(getattr(one, "artefact_id", "")), artefact_id)
        and (newest or _matches(str(getattr(one, "version", "")), version))
    )


def _reference_matches(reference: str, wanted: tuple[str, str, str]) -> bool:
    agency, _, rest = reference.partition(":")
    artefact_id, _, version = rest.rstrip(")").partition("(")
    newest = wanted[2] in ("~", "+", "latest", "")
    return _matches(agency, wanted[0]) and _matches(artefact_id, wanted[1]) and (newest or _matches(version, wanted[2]))
