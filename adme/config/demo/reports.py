"""The first metadata reports of the demonstration: what the files that came with the data really say, and no more.

The three sources say little: the UN's list has goal, target and indicator, the World Bank's has definitions,
Gapminder's has definitions and whose figures it took. All else stays empty and is shown as not given by the source.
"""

from __future__ import annotations

from html import escape

from adme.accounts.models import User
from adme.config.demo.flows import dataflows
from adme.indicators.actions.metadata import describe, load_structure
from adme.indicators.actions.reports import NewReport, approve, write_many
from adme.indicators.metadata_yaml import SDG, from_yaml, shipped
from adme.indicators.models import Indicator, ReportVersion
from adme.lib.texts import text_in

Texts = dict[str, dict[str, str]]


def make_reports(*, by: str, approver: User | str, reason: str) -> int:
    """Describe the dataflows by the SDG template and publish what the sources say; return how many reports are new.

    `approver` may be anybody but `by`. A report that somebody has changed since is left to him.
    """
    structure = load_structure(structure=from_yaml(shipped(SDG)), by=by, reason=reason)
    written: list[ReportVersion] = []
    for dataflow in dataflows().values():
        describe(dataflow=dataflow, structure=structure, by=by, reason=reason)
        others = ReportVersion.objects.exclude(written_by=by).values_list("report__indicator", flat=True)
        own = Indicator.objects.filter(dataflow=dataflow).exclude(pk__in=others).order_by("slug")
        reports = [NewReport(one, texts) for one in own if (texts := _said_of(one))]
        written += write_many(reports=reports, by=by, reason=reason)
    if written:
        approve(versions=written, by=approver, remark=reason)
    return len(written)


def _said_of(indicator: Indicator) -> Texts:
    """Attribute → what the register has from the source's own file."""
    known = indicator.references
    code = known.get("source_code")
    said = {
        "SDG_GOAL": known.get("sdg_goal"),
        "SDG_TARGET": known.get("sdg_target"),
        "SDG_INDICATOR": known.get("sdg_indicator"),
        "SDG_SERIES_DESCR": f"{text_in(indicator.title)} ({code})" if code else "",
        "STAT_CONC_DEF": text_in(indicator.definition),
        "UNIT_MEASURE": text_in(indicator.unit),
        "DATA_SOURCE": text_in(indicator.source),
    }
    return {name: {"en": f"<p>{escape(str(text), quote=False)}</p>"} for name, text in said.items() if text}
