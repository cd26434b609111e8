"""Writing reports, approving them, sending them back. Every version stays; what is public, another person approved.

Texts come in as HTML of any kind and are cleaned here, whatever door they came through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.audit import Act
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.indicators.actions.search import reports_as_findable, write_documents
from adme.indicators.errors import (
    AlreadyDecided,
    MetadataIncomplete,
    MetadataRefused,
    Overtaken,
    OwnWork,
    ReasonMissing,
)
from adme.indicators.models import Indicator, MetadataAttribute, Metadataflow, Report, ReportVersion, Texts
from adme.lib import clock, rich_text
from adme.structures.models import Code, Component

__all__ = ["NewReport", "approve", "send_back", "write", "write_many"]

LONGEST = 100_000
"""Characters of one attribute in one language, as HTML."""
BATCH = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class NewReport:
    """A report to be written. `area` is an area code, "" for all countries; `texts` is the whole report."""

    indicator: Indicator
    texts: Mapping[str, Mapping[str, str]]
    area: str = ""


@transaction.atomic
def write(
    *,
    indicator: Indicator,
    texts: Mapping[str, Mapping[str, str]],
    by: User | str,
    reason: str,
    area: str = "",
    seen: int | None = None,
) -> ReportVersion:
    """Keep the whole report as its next version, a draft. `seen` is the number of the newest version the writer saw.

    Overtaken where there is a newer one by now; MetadataRefused for an attribute, language or area that does not exist,
    or where nothing differs from the newest version; ReasonMissing.
    """
    made = write_many(
        reports=[NewReport(indicator, texts, area)], by=by, reason=reason, seen=None if seen is None else [seen]
    )
    if not made:
        raise MetadataRefused(_("Nothing differs from the newest version."), "", _("Change a text before you save."))
    return made[0]


@transaction.atomic
def write_many(
    *, reports: Sequence[NewReport], by: User | str, reason: str, seen: Sequence[int] | None = None
) -> list[ReportVersion]:
    """Write many reports at once, all or none; those that say what their newest version says are left out.

    Few queries for hundreds. The audit entries name indicator, area and number, and hold none of the texts, which are
    not public yet and stay in the versions anyway.
    """
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)
    if not reason.strip():
        raise ReasonMissing
    cleaned = _cleaned(reports)
    kept = _locked_reports(reports)
    newest = _newest([one.pk for one in kept])
    made = []
    for at, (report, texts) in enumerate(zip(kept, cleaned, strict=True)):
        before = newest.get(report.pk)
        if seen is not None and seen[at] != (before.number if before else 0):
            raise Overtaken
        if texts != (before.texts if before else {}):
            made.append(
                ReportVersion(
                    report=report,
                    number=before.number + 1 if before else 1,
                    texts=texts,
                    written_at=clock.now(),
                    written_by=_name(by),
                    reason=reason.strip(),
                )
            )
    ReportVersion.objects.bulk_create(made, batch_size=BATCH)
    audit.record_many(by=by, acts=[_act("written", one, reason, {"attributes": len(one.texts)}) for one in made])
    return made


@transaction.atomic
def approve(*, versions: Sequence[ReportVersion], by: User | str, remark: str = "") -> list[ReportVersion]:
    """Make drafts public, all or none. Each must be the newest of its report, and the work of others: who wrote any
    version since the public one has a hand in it.

    OwnWork, AlreadyDecided, Overtaken; MetadataIncomplete where the dataflow's gate is on and a version would empty a
    required attribute that readers see filled.
    """
    _may_decide(by)
    locked = _locked_drafts(versions)
    if not (isinstance(by, User) and can(by, Verb.APPROVE_OWN)):
        _refuse_own_work(locked, _name(by))
    _refuse_losses(locked)
    for version in locked:
        version.approved_at, version.approved_by, version.remark = clock.now(), _name(by), remark.strip()
        version.report.public = version
    ReportVersion.objects.bulk_update(locked, ["approved_at", "approved_by", "remark"], batch_size=BATCH)
    Report.objects.bulk_update([version.report for version in locked], ["public"], batch_size=BATCH)
    write_documents(reports_as_findable(locked))
    audit.record_many(by=by, acts=[_act("approved", version, remark, {}) for version in locked])
    return locked


@transaction.atomic
def send_back(*, version: ReportVersion, by: User | str, remark: str) -> ReportVersion:
    """Refuse a draft and say why; the public version stays. ReasonMissing, AlreadyDecided, Overtaken."""
    _may_decide(by)
    if not remark.strip():
        raise ReasonMissing
    (locked,) = _locked_drafts([version])
    locked.returned_at, locked.returned_by, locked.remark = clock.now(), _name(by), remark.strip()
    locked.save(update_fields=["returned_at", "returned_by", "remark"])
    audit.record_many(by=by, acts=[_act("returned", locked, remark, {})])
    return locked


# --- what is refused --------------------------------------------------------------------------------


def _cleaned(reports: Sequence[NewReport]) -> list[Texts]:
    flows = {one.indicator.dataflow_id for one in reports}
    metadataflows = {
        flow.dataflow_id: flow for flow in Metadataflow.objects.filter(dataflow__in=flows).select_related("structure")
    }
    known: dict[int, set[str]] = {}
    rows = MetadataAttribute.objects.filter(structure__in={flow.structure_id for flow in metadataflows.values()})
    for structure, attribute in rows.values_list("structure_id", "attribute_id"):
        known.setdefault(structure, set()).add(attribute)
    _check_areas(reports)
    cleaned = []
    for one in reports:
        flow = metadataflows.get(one.indicator.dataflow_id)
        if flow is None:
            raise MetadataRefused(
                _("The dataflow of “%(indicator)s” has no metadata structure.") % {"indicator": one.indicator},
                "",
                _("Choose one for it first."),
            )
        wrong = sorted(set(one.texts) - known.get(flow.structure_id, set()))
        if wrong:
            raise MetadataRefused(
                _("%(structure)s has no such attribute.") % {"structure": flow.structure.reference}, ", ".join(wrong)
            )
        cleaned.append(clean_texts(one.texts))
    return cleaned


def clean_texts(texts: Mapping[str, Mapping[str, str]]) -> Texts:
    """Only what says something, safe to show. MetadataRefused for what is no language, or too long."""
    found: Texts = {}
    for attribute, by_language in texts.items():
        for language, html in by_language.items():
            if not _LANGUAGE.fullmatch(language) or len(language) > 15:
                raise MetadataRefused(_("“%(word)s” is no language.") % {"word": language[:20]}, attribute)
            if len(html) > LONGEST:
                raise MetadataRefused(_("A text is too long."), f"{attribute}, {language}")
            if text := rich_text.clean(html):
                found.setdefault(attribute, {})[language] = text
    return found


def _check_areas(reports: Sequence[NewReport]) -> None:
    named = {(one.indicator.dataflow_id, one.area) for one in reports if one.area}
    for dataflow_id in {flow for flow, _area in named}:
        wanted = {area for flow, area in named if flow == dataflow_id}
        missing = sorted(wanted - areas_known(dataflow_id, wanted))
        if missing:
            raise MetadataRefused(_("There is no such area."), ", ".join(missing))


def areas_known(dataflow_id: int, codes: Iterable[str]) -> set[str]:
    """Those of the codes that are areas of a dataflow."""
    flow = Metadataflow.objects.select_related("dataflow").filter(dataflow_id=dataflow_id).first()
    if flow is None:
        return set()
    dimension = Component.objects.filter(
        data_structure=flow.dataflow.data_structure_id, component_id=flow.dataflow.area_dimension
    ).first()
    if dimension is None or dimension.code_list_id is None:
        return set()
    found = Code.objects.filter(code_list=dimension.code_list_id, code_id__in=list(codes))
    return set(found.values_list("code_id", flat=True))


def _refuse_own_work(versions: Sequence[ReportVersion], name: str) -> None:
    public = {one.report_id: one.report.public.number if one.report.public else 0 for one in versions}
    reports = list(public)
    for start in range(0, len(reports), BATCH):
        written = ReportVersion.objects.filter(report__in=reports[start : start + BATCH], written_by=name)
        if any(number > public[report] for report, number in written.values_list("report", "number")):
            raise OwnWork


def _refuse_losses(versions: Sequence[ReportVersion]) -> None:
    """Where the gate is on, no approval may empty a required attribute: figures are public on the strength of it."""
    gated = [version for version in versions if version.report.metadataflow.gated and version.report.area == ""]
    for version in gated:
        before = version.report.public.texts if version.report.public else {}
        required = MetadataAttribute.objects.filter(structure=version.report.metadataflow.structure_id, required=True)
        lost = [
            one for one in required.order_by("position")
            if one.attribute_id in before and one.attribute_id not in version.texts
        ]  # fmt: skip
        if lost:
            indicator = version.report.indicator
            said = _("“%(indicator)s” would lose: %(attributes)s.") % {
                "indicator": indicator.name,
                "attributes": ", ".join(f"{one.title} ({one.attribute_id})" for one in lost),
            }
            raise MetadataIncomplete([said], {indicator.slug: tuple(one.attribute_id for one in lost)})


# --- inside -----------------------------------------------------------------------------------------


def _may_decide(by: User | str) -> None:
    if isinstance(by, User):
        require(by, Verb.REVIEW)


def _name(by: User | str) -> str:
    return by.get_username() if isinstance(by, User) else by


def _locked_reports(reports: Sequence[NewReport]) -> list[Report]:
    """The report of each, made where it is missing; locked, so that two writers number one after the other."""
    wanted = [(one.indicator.pk, one.area) for one in reports]
    if len(set(wanted)) != len(wanted):
        raise MetadataRefused(_("A report stands here twice."))
    pks = sorted({pk for pk, _area in wanted})
    for start in range(0, len(pks), BATCH):  # the lock that also holds where there is no report yet
        list(Indicator.objects.select_for_update().filter(pk__in=pks[start : start + BATCH]).order_by("pk"))
    there = {(one.indicator_id, one.area): one for one in _reports_on(pks)}
    flows = dict(Metadataflow.objects.values_list("dataflow_id", "pk"))
    missing = [
        Report(indicator=one.indicator, area=one.area, metadataflow_id=flows[one.indicator.dataflow_id])
        for one in reports
        if (one.indicator.pk, one.area) not in there
    ]
    Report.objects.bulk_create(missing, batch_size=BATCH)
    there = {(one.indicator_id, one.area): one for one in _reports_on(pks)}
    return [there[key] for key in wanted]


def _reports_on(indicators: Sequence[int]) -> list[Report]:
    found: list[Report] = []
    for start in range(0, len(indicators), BATCH):
        some = Report.objects.filter(indicator__in=indicators[start : start + BATCH])
        found += some.select_related("indicator", "metadataflow")
    return found


def _newest(reports: Sequence[int]) -> dict[int, ReportVersion]:
    found: dict[int, ReportVersion] = {}
    for start in range(0, len(reports), BATCH):
        for version in ReportVersion.objects.filter(report__in=reports[start : start + BATCH]).order_by("number"):
            found[version.report_id] = version
    return found


def _locked_drafts(versions: Sequence[ReportVersion]) -> list[ReportVersion]:
    pks = [version.pk for version in versions]
    locked: list[ReportVersion] = []
    for start in range(0, len(pks), BATCH):
        some = ReportVersion.objects.select_for_update(of=("self",)).filter(pk__in=pks[start : start + BATCH])
        locked += some.select_related("report__indicator", "report__metadataflow", "report__public").order_by("pk")
    newest = {
        pk: number
        for start in range(0, len(locked), BATCH)
        for pk, number in Report.objects.filter(pk__in=[one.report_id for one in locked[start : start + BATCH]])
        .annotate(newest=Max("versions__number"))
        .values_list("pk", "newest")
    }
    for version in locked:
        if version.approved_at or version.returned_at:
            raise AlreadyDecided
        if version.number != newest[version.report_id]:
            raise Overtaken
    return locked


def _act(done: str, version: ReportVersion, reason: str, detail: dict[str, int]) -> Act:
    report = version.report
    return Act(
        f"indicators.report.{done}",
        "report",
        f"{report.indicator.slug} {report.area}".strip(),
        reason,
        {"version": version.number, **detail},
    )
