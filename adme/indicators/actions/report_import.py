"""Taking reports in from files: SDMX-JSON, SDMX-ML, the workbook, the Word template. Whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.indicators import report_document, report_workbook
from adme.indicators.actions.reports import NewReport, write_many
from adme.indicators.errors import MetadataRefused, Overtaken
from adme.indicators.metadata_queries import newest_versions
from adme.indicators.models import Indicator, MetadataAttribute, Metadataflow, ReportVersion, Texts
from adme.indicators.report_files import Problem, ReadReport, ReportFileRefused
from adme.lib.sdmx_messages import metadata_reading
from adme.lib.sdmx_messages.metadata_reading import MetadataUnreadable, ReadSet
from adme.structures.models import Component

__all__ = ["ENDINGS", "take_in"]

_CODE = re.compile(r"urn:sdmx:org\.sdmx\.infomodel\.codelist\.Code=([^()]+\([^()]+\))\.(.+)")
_FLOW = re.compile(r"urn:sdmx:org\.sdmx\.infomodel\.metadatastructure\.Metadataflow=([^:]+):([^()]+)\(([^()]+)\)")


@transaction.atomic
def take_in(*, file: Path, name: str, by: User | str, reason: str) -> list[ReportVersion]:
    """Write every report of a file as a draft; reports that say nothing new are left out.

    ReportFileRefused with every problem and its place; MetadataRefused where the ending is none of ENDINGS.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise MetadataRefused(
            _("Reports are read from files ending in %(endings)s.") % {"endings": ", ".join(ENDINGS)}, name[:100]
        )
    reports = ENDINGS[ending](file)
    new, seen = _resolved(reports)
    try:
        return write_many(reports=new, by=by, reason=reason, seen=seen)
    except Overtaken as overtaken:
        words = _("Somebody has written a newer version of this report since the file was made.")
        raise ReportFileRefused([Problem("", words)]) from overtaken


def _resolved(reports: Sequence[ReadReport]) -> tuple[list[NewReport], list[int] | None]:
    """The reports with their indicators and what they leave as it is; every problem is collected before any is told."""
    indicators = {one.slug: one for one in Indicator.objects.filter(slug__in={one.slug for one in reports})}
    known = _attributes(indicators.values())
    newest = newest_versions([one.pk for one in indicators.values()])
    problems: list[Problem] = []
    new: list[NewReport] = []
    seen: list[int] = []
    stood: set[tuple[str, str]] = set()
    for one in reports:
        indicator = indicators.get(one.slug)
        if indicator is None:
            problems.append(Problem(one.place, _("There is no indicator “%(slug)s”.") % {"slug": one.slug[:100]}))
            continue
        if (one.slug, one.area) in stood:
            problems.append(Problem(one.place, _("A report on “%(slug)s” stands there twice.") % {"slug": one.slug}))
        stood.add((one.slug, one.area))
        attributes = known.get(indicator.dataflow_id, frozenset())
        problems += [
            Problem(one.places.get(name, one.place), _("There is no attribute “%(id)s”.") % {"id": name[:100]})
            for name in one.texts
            if name not in attributes
        ]
        before = newest.get((indicator.pk, one.area))
        new.append(NewReport(indicator, _merged(one, before.texts if before else {}), one.area))
        seen.append(one.seen if one.seen is not None else (before.number if before else 0))
    if problems or not reports:
        raise ReportFileRefused(problems or [Problem("", _("There is no report in the file."))])
    return new, seen


def _attributes(indicators: Iterable[Indicator]) -> dict[int, frozenset[str]]:
    """Dataflow → the ids of its metadata structure."""
    found: dict[int, set[str]] = {}
    rows = MetadataAttribute.objects.filter(
        structure__metadataflows__dataflow__in={one.dataflow_id for one in indicators}
    )
    for flow, name in rows.values_list("structure__metadataflows__dataflow", "attribute_id"):
        found.setdefault(flow, set()).add(name)
    return {flow: frozenset(names) for flow, names in found.items()}


def _merged(one: ReadReport, before: Texts) -> Mapping[str, Mapping[str, str]]:
    """What the file says; in languages that it does not have, what stands already."""
    if one.languages is None:
        return one.texts
    names = [*before, *(name for name in one.texts if name not in before)]
    return {
        name: {
            **{language: text for language, text in before.get(name, {}).items() if language not in one.languages},
            **one.texts.get(name, {}),
        }
        for name in names
    }


# --- by format --------------------------------------------------------------------------------------


def _from_workbook(file: Path) -> list[ReadReport]:
    return [report_workbook.read(file)]


def _from_document(file: Path) -> list[ReadReport]:
    return [report_document.read(file)]


def _from_message(file: Path) -> list[ReadReport]:
    try:
        sets = metadata_reading.read_file(file)
    except MetadataUnreadable as error:
        raise ReportFileRefused([Problem(error.place, error.words)]) from error
    return _named(sets)


def _named(sets: Sequence[ReadSet]) -> list[ReadReport]:
    """The sets with the slugs and areas that their targets mean in their metadata flow."""
    flows = {one.reference: one for one in Metadataflow.objects.select_related("dataflow")}
    lists = _code_lists()
    problems: list[Problem] = []
    found: list[ReadReport] = []
    slugs: dict[tuple[int, str], str] = {
        (flow, code): slug for slug, flow, code in Indicator.objects.values_list("slug", "dataflow_id", "code_id")
    }
    for one in sets:
        parts = _FLOW.fullmatch(one.metadataflow)
        flow = flows.get(f"{parts[1]}:{parts[2]}({parts[3]})") if parts else None
        if flow is None:
            words = _("“%(flow)s” is no metadata flow here.") % {"flow": one.metadataflow[:200] or "—"}
            problems.append(Problem(one.place, words))
            continue
        named = {match[1]: match[2] for target in one.targets if (match := _CODE.fullmatch(target))}
        structure, dataflow = flow.dataflow.data_structure_id, flow.dataflow
        code = named.get(lists.get((structure, dataflow.indicator_dimension), ""), "")
        slug = slugs.get((dataflow.pk, code), "")
        if not slug:
            words = _("None of its targets is an indicator of %(flow)s.") % {"flow": dataflow.reference}
            problems.append(Problem(one.place, words))
            continue
        area = named.get(lists.get((structure, dataflow.area_dimension), ""), "")
        found.append(ReadReport(slug=slug, area=area, texts=one.texts, place=one.place))
    if problems:
        raise ReportFileRefused(problems)
    return found


def _code_lists() -> dict[tuple[int, str], str]:
    """Data structure and dimension → reference of its code list."""
    found = Component.objects.filter(role=Component.Role.DIMENSION).select_related("code_list")
    return {
        (one.data_structure_id, one.component_id): one.code_list.reference for one in found if one.code_list is not None
    }


ENDINGS: Mapping[str, Callable[[Path], list[ReadReport]]] = {
    "xlsx": _from_workbook,
    "docx": _from_document,
    "json": _from_message,
    "xml": _from_message,
}
"""Ending of a file's name → how it is read."""
