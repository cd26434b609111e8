"""A small world of two dataflows: one with public figures, one whose figures are all still under embargo."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.indicators.actions.reports import write
from adme.indicators.models import Indicator
from adme.lib import clock
from adme.observations.actions.clock import advance
from adme.observations.actions.record import record_revisions
from adme.structures.models import Dataflow
from tests.factories.flows import coded, make_delivery, make_flow
from tests.factories.metadata import SAID, WHO, described, published_report

ROWS: list[tuple[Any, ...]] = [
    ("A.KH.POOR.F", "2015", 5.2, {"decimals": 2, "attributes": {"UNIT_MEASURE": "PERCENT"}}),
    ("A.KH.POOR.F", "2016", 95.0, {"decimals": 0, "qualifier": ">", "attributes": {"UNIT_MEASURE": "PERCENT"}}),
    ("A.TH.POOR.F", "2015", 7.0, {"decimals": 0, "attributes": {"UNIT_MEASURE": "PERCENT"}}),
    ("A.TH.POOR.M", "2015", None, {"obs_status": "M", "attributes": {"NOTE": 'said "later", not when'}}),
    ("A.VN.POOR.M", "2017", -1.5, {"decimals": 1}),
]
CELLS = {
    ("A", "KH", "POOR", "F", "2015"): "5.20",
    ("A", "KH", "POOR", "F", "2016"): ">95",
    ("A", "TH", "POOR", "F", "2015"): "7",
    ("A", "TH", "POOR", "M", "2015"): None,
    ("A", "VN", "POOR", "M", "2017"): "-1.5",
}
TEXTS: dict[str, dict[str, str]] = {
    **SAID,
    "COMPARABILITY": {"en": '<p>5 &lt; 6 &amp; “so” <a href="https://a.example/?b=1&amp;c=2">on</a><br/>x</p>'},
}
"""Rich texts, with what must be kept of them."""


def record(flow: Dataflow, rows: list[tuple[Any, ...]], instant: int, *, live: bool) -> None:
    with transaction.atomic():
        record_revisions(
            dataflow=flow,
            rows=coded(flow, rows),
            instant=instant,
            live=live,
            delivery=make_delivery(flow),
            by="alice",
            reason="a fixture",
        )
        if live:
            advance(instant)


@pytest.fixture
def flow(db: None) -> Dataflow:
    """DF_TEST, public; beside it DF_HIDDEN, and READ in DF_TEST, only under embargo."""
    now = clock.now_instant()
    public, hidden = make_flow("DF_TEST"), make_flow("DF_HIDDEN")
    record(public, ROWS, now, live=True)
    later = now + 3_600_000_000
    record(public, [("A.LA.READ.F", "2020", 123456.0)], later, live=False)
    record(hidden, [("A.LA.READ.F", "2020", 123456.0)], later + 1, live=False)
    return public


@pytest.fixture
def told(flow: Dataflow) -> Dataflow:
    """Two reports that are public, one of an indicator under embargo, and a draft."""
    hidden = NewIndicator("read", "READ", {"en": "Literacy"})
    set_indicators(dataflow=flow, indicators=[NewIndicator("poor", "POOR", {"en": "Poor", "th": "จน"}), hidden], **WHO)
    described(flow)
    published_report("poor", {"RATIONALE": {"en": "<p>First.</p>"}})
    published_report("poor", TEXTS)
    published_report("poor", {"DATA_SOURCE": {"en": "<p>The Thai survey.</p>"}}, area="TH")
    published_report("read", {"RATIONALE": {"en": "<p>Xanthocanary</p>"}})
    write(indicator=Indicator.objects.get(slug="poor"), texts={"RATIONALE": {"en": "Xanthocanary"}}, by="x", reason="x")
    return flow
