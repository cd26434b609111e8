"""The first reports of the demonstration say what the files say, and nothing else."""

from __future__ import annotations

import csv

import pytest

from adme.config.demo.code_lists import make_code_lists
from adme.config.demo.files import DATA
from adme.config.demo.flows import make_flows
from adme.config.demo.organisations import make_organisations
from adme.config.demo.register import make_register
from adme.config.demo.reports import make_reports
from adme.indicators.actions.reports import write
from adme.indicators.models import Indicator, Metadataflow, Report, ReportVersion
from adme.lib import rich_text

WHO = {"by": "demo", "reason": "a test"}
TOLD = {"SDG_GOAL", "SDG_TARGET", "SDG_INDICATOR", "SDG_SERIES_DESCR", "STAT_CONC_DEF", "UNIT_MEASURE", "DATA_SOURCE"}


@pytest.mark.django_db
def test_reports_hold_the_words_of_the_sources_and_are_made_once():
    make_organisations(**WHO)
    make_flows(make_code_lists(**WHO), **WHO)
    count = make_register(**WHO)

    assert make_reports(approver="another", **WHO) == count == Report.objects.filter(public__isnull=False).count()

    told = {report.indicator.slug: report.public for report in Report.objects.select_related("public", "indicator")}
    assert {name for version in told.values() if version for name in version.texts} == TOLD
    with (DATA / "world_bank_wdi_2026-07_indicators.csv").open(encoding="utf-8", newline="") as lines:
        definitions = {row["indicator"].lower().replace(".", "-"): row["definition"] for row in csv.DictReader(lines)}
    for code, definition in definitions.items():
        version = told[f"wb-wdi-{code}"]
        assert version is not None
        said = version.texts.get("STAT_CONC_DEF", {}).get("en", "")
        assert rich_text.plain(said).split() == definition.split(), code
    assert "STAT_CONC_DEF" not in told["un-sdg-si-cov-benfts"].texts  # type: ignore[union-attr]
    assert not Metadataflow.objects.filter(gated=True).exists()

    changed = Indicator.objects.get(slug="un-sdg-si-cov-benfts")
    write(indicator=changed, texts={"RATIONALE": {"en": "By hand."}}, by="somebody", reason="better")
    assert make_reports(approver="another", **WHO) == 0
    assert ReportVersion.objects.filter(report__indicator=changed).latest("number").written_by == "somebody"
