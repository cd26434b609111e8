"""Every difference against the store, as a reviewer needs it: counted, named by key, old beside new."""

from __future__ import annotations

import pytest

from adme.lib import clock
from adme.observations.actions.clock import advance
from adme.observations.actions.differing import differences
from adme.observations.actions.record import record_revisions
from tests.factories.flows import coded, make_delivery, make_flow

pytestmark = pytest.mark.django_db


def released(flow, rows) -> None:
    instant = clock.now_instant()
    record_revisions(
        dataflow=flow,
        rows=coded(flow, rows),
        instant=instant,
        live=True,
        delivery=make_delivery(flow),
        by="test",
        reason="",
    )
    advance(instant)


def test_new_changed_unchanged_and_deleted_cells_are_told_apart_with_old_and_new():
    flow = make_flow()
    released(
        flow,
        [
            ("A.TH.READ.F", "2018", 90.0),
            ("A.TH.READ.F", "2019", 91.0),
            ("A.TH.READ.F", "2020", 92.0, {"attributes": {"NOTE": "census"}}),
            ("A.TH.READ.M", "2020", 93.0),
        ],
    )
    delivered = coded(
        flow,
        [
            ("A.TH.READ.F", "2018", 90.0),
            ("A.TH.READ.F", "2019", 91.5, {"obs_status": "E"}),
            ("A.TH.READ.F", "2020", 92.0, {"attributes": {"NOTE": "corrected census"}}),
            ("A.TH.READ.M", "2020", "D"),
            ("A.VN.READ.F", "2020", 95.0),
        ],
    )
    (found,) = differences(flow, delivered)
    assert vars(found.count) == {"new": 1, "changed": 2, "unchanged": 1, "deleted": 1}
    rows = {(row["key"], row["period"] // 100_000, row["kind"]): row for row in found.cells.iter_rows(named=True)}
    assert [key[::2] for key in rows] == [
        ("A.TH.READ.F", "changed"),
        ("A.TH.READ.F", "changed"),
        ("A.TH.READ.M", "deleted"),
        ("A.VN.READ.F", "new"),
    ]
    value, note, gone, new = rows.values()
    assert (value["value_before"], value["value"], value["obs_status_before"], value["obs_status"]) == (
        91.0,
        91.5,
        "A",
        "E",
    )
    assert note["attributes_before"] == '{"NOTE":"census"}'
    assert note["attributes"] == '{"NOTE":"corrected census"}'
    assert (gone["value_before"], gone["value"]) == (93.0, None)
    assert (new["value_before"], new["obs_status_before"], new["value"]) == (None, None, 95.0)
