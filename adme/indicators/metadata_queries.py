"""What is asked about metadata: structures, reports, completeness, breaks. Readers may see what was approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from adme.indicators.completeness import Completeness, completeness
from adme.indicators.errors import UnknownMetadataStructure
from adme.indicators.models import (
    Indicator,
    MetadataAttribute,
    Metadataflow,
    MetadataStructure,
    Report,
    ReportVersion,
    SeriesBreak,
    Texts,
)
from adme.structures.models import Dataflow

__all__ = [
    "Gap",
    "ReportLine",
    "attributes_of",
    "gaps",
    "metadataflow_of",
    "newest_versions",
    "public_breaks",
    "public_report",
    "public_reports",
    "report_lines",
    "reports_of",
    "structures",
    "texts_by_indicator",
    "versions_of",
    "waiting_reports",
]

FEW = 500
"""Ids in one question: SQLite takes some thousands, and the planner is quicker with fewer."""


def structures() -> QuerySet[MetadataStructure]:
    """Every metadata structure with its attributes and the dataflows it serves."""
    return MetadataStructure.objects.prefetch_related("attributes__parent", "metadataflows__dataflow")


def metadataflow_of(dataflow: Dataflow) -> Metadataflow:
    """By which structure the indicators of a dataflow are described. UnknownMetadataStructure where by none."""
    found = Metadataflow.objects.select_related("structure", "dataflow").filter(dataflow=dataflow).first()
    if found is None:
        raise UnknownMetadataStructure(dataflow.reference)
    return found


def attributes_of(structure: MetadataStructure | int) -> list[MetadataAttribute]:
    """Its attributes in their order, each with its heading."""
    found = MetadataAttribute.objects.filter(structure=structure).select_related("parent")
    return list(found.order_by("position"))


# --- what readers see -------------------------------------------------------------------------------


def public_reports(indicator: Indicator) -> dict[str, ReportVersion]:
    """Area ("" for all countries) → the approved version in force. One query."""
    found = Report.objects.filter(indicator=indicator, public__isnull=False).select_related("public")
    return {report.area: report.public for report in found if report.public is not None}


def public_report(indicator: Indicator, area: str = "") -> ReportVersion | None:
    """The approved version in force for one area, or None."""
    found = ReportVersion.objects.filter(public_of__indicator=indicator, public_of__area=area)
    return found.select_related("report").first()


def versions_of(indicator: Indicator, area: str = "") -> list[ReportVersion]:
    """All versions of one report, newest first, drafts among them."""
    found = ReportVersion.objects.filter(report__indicator=indicator, report__area=area)
    return list(found.select_related("report").order_by("-number"))


def newest_versions(indicators: Sequence[int]) -> dict[tuple[int, str], ReportVersion]:
    """Indicator and area → the newest version, draft or not."""
    found: dict[tuple[int, str], ReportVersion] = {}
    for start in range(0, len(indicators), FEW):
        some = ReportVersion.objects.filter(report__indicator__in=indicators[start : start + FEW])
        for version in some.select_related("report").order_by("number"):
            found[version.report.indicator_id, version.report.area] = version
    return found


def texts_by_indicator(indicators: Iterable[int], attributes: Sequence[str]) -> dict[int, Texts]:
    """Indicator (primary key) → some attributes of its public report for all countries. One query for 500."""
    wanted = list(indicators)
    found: dict[int, Texts] = {}
    columns = [KeyTransform(name, "public__texts") for name in attributes]
    for start in range(0, len(wanted), FEW):
        rows = Report.objects.filter(
            indicator__in=wanted[start : start + FEW], area="", public__isnull=False
        ).values_list("indicator_id", *columns)
        for pk, *texts in rows:
            found[pk] = {name: text for name, text in zip(attributes, texts, strict=True) if text}
    return found


def public_breaks(indicator: Indicator) -> list[SeriesBreak]:
    """The breaks that readers are told of, by area and period."""
    return list(SeriesBreak.objects.public().filter(indicator=indicator))


# --- the workspace ----------------------------------------------------------------------------------


def reports_of(indicator: Indicator) -> QuerySet[Report]:
    """Every report on an indicator, with the version in force."""
    return Report.objects.filter(indicator=indicator).select_related("public", "metadataflow")


def waiting_reports() -> QuerySet[ReportVersion]:
    """Drafts that wait for somebody to decide, the oldest first."""
    later = ReportVersion.objects.filter(report=OuterRef("report"), number__gt=OuterRef("number"))
    drafts = ReportVersion.objects.filter(~Exists(later), approved_at__isnull=True, returned_at__isnull=True)
    return drafts.select_related("report__indicator", "report__metadataflow").order_by("written_at", "pk")


@dataclass(frozen=True)
class ReportLine:
    """An indicator with the score of its public report for all countries, and which of its reports wait."""

    indicator: Indicator
    score: Completeness
    is_public: bool
    areas: tuple[str, ...]
    waiting: tuple[str, ...]


def report_lines(indicators: Sequence[Indicator]) -> list[ReportLine]:
    """One line for each indicator, in their order. A constant number of queries for a page of them."""
    flows = {one.dataflow_id for one in indicators}
    structure_by_flow = dict(Metadataflow.objects.filter(dataflow__in=flows).values_list("dataflow_id", "structure_id"))
    attributes: dict[int, list[MetadataAttribute]] = {}
    for attribute in MetadataAttribute.objects.filter(structure__in=set(structure_by_flow.values())):
        attributes.setdefault(attribute.structure_id, []).append(attribute)
    public: dict[int, dict[str, Texts]] = {}
    for report in Report.objects.filter(indicator__in=indicators).select_related("public"):
        if report.public is not None:
            public.setdefault(report.indicator_id, {})[report.area] = report.public.texts
    waiting: dict[int, list[str]] = {}
    for version in waiting_reports().filter(report__indicator__in=indicators):
        waiting.setdefault(version.report.indicator_id, []).append(version.report.area)
    lines = []
    for one in indicators:
        own = public.get(one.pk, {})
        asked = attributes.get(structure_by_flow.get(one.dataflow_id, 0), [])
        lines.append(
            ReportLine(
                indicator=one,
                score=completeness(asked, own.get("", {})),
                is_public="" in own,
                areas=tuple(sorted(area for area in own if area)),
                waiting=tuple(sorted(waiting.get(one.pk, ()))),
            )
        )
    return lines


# --- the gate ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """An indicator whose approved report leaves required attributes empty; or a code that is in no register."""

    indicator: Indicator
    missing: tuple[MetadataAttribute, ...]
    registered: bool = True


def gaps(dataflow: Dataflow, codes: Iterable[str]) -> list[Gap]:
    """Where the gate of the dataflow is on: what is missing of the indicators with these codes. Else nothing.

    A code that is not in the register has no report, so that all of it is missing: its gap has an indicator that is not
    saved. Only the report for all countries counts, in whatever language.
    """
    flow = Metadataflow.objects.filter(dataflow=dataflow, gated=True).first()
    if flow is None:
        return []
    required = list(MetadataAttribute.objects.filter(structure=flow.structure_id, required=True).order_by("position"))
    if not required:
        return []
    wanted = sorted(set(codes))
    indicators = _with_codes(dataflow, wanted)
    texts = texts_by_indicator([one.pk for one in indicators], [one.attribute_id for one in required])
    registered = {one.code_id for one in indicators}
    strangers = [Indicator(slug=code, code_id=code) for code in wanted if code not in registered]
    found = [Gap(one, tuple(required), registered=False) for one in strangers]
    for indicator in indicators:
        own: Mapping[str, object] = texts.get(indicator.pk, {})
        missing = tuple(one for one in required if one.attribute_id not in own)
        if missing:
            found.append(Gap(indicator, missing))
    return found


def _with_codes(dataflow: Dataflow, codes: Sequence[str]) -> list[Indicator]:
    found: list[Indicator] = []
    for start in range(0, len(codes), FEW):
        found += Indicator.objects.filter(Q(dataflow=dataflow), code_id__in=codes[start : start + FEW])
    return sorted(found, key=lambda one: one.slug)
