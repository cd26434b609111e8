"""Every difference against the store, as a reviewer needs it: counted, named by key, old beside new."""

from __future__ import annotations

import polars as pl
import pytest

from adme.collection import changes
from adme.lib import clock
from adme.observations.actions.clock import advance
from adme.observations.actions.differing import differences
from adme.observations.actions.record import record_revisions
from adme.observations.queries import typical_values
from adme.structures.queries import structure_of
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
    assert vars(found.counts) == {"new": 1, "changed": 2, "unchanged": 1, "deleted": 1}
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


def test_typical_values_are_the_sizes_of_what_each_series_shows_latest():
    flow = make_flow()
    released(
        flow,
        [
            ("A.TH.READ.F", "2018", 90.0),
            ("A.TH.READ.F", "2019", -91.5),
            ("A.VN.READ.F", "2019", None, {"obs_status": "M"}),
            ("A.KH.READ.F", "2019", 70.0),
        ],
    )
    released(flow, [("A.KH.READ.F", "2019", "D")])
    structure = structure_of(flow)
    found = typical_values(structure)
    area, codes = structure.dimension["REF_AREA"].column, structure.dimension["REF_AREA"].codes
    by_area = dict(found.select(area, "typical").iter_rows())
    assert by_area == {codes["TH"]: 91.5, codes["VN"]: None}


def test_differences_are_kept_as_they_were_written_those_that_change_something_first(tmp_path):
    flow = make_flow()
    released(flow, [("A.TH.READ.M", "2020", 93.0, {"decimals": 1})])
    delivered = coded(
        flow,
        [
            ("A.KH.READ.F", "2020", 5.0, {"decimals": 2, "qualifier": "<"}),
            ("A.LA.READ.F", "2020", None, {"obs_status": "M", "attributes": {"DELIVERED": "NV"}}),
            ("A.TH.READ.M", "2020", 93.25, {"decimals": 2}),
        ],
    )
    pieces = (changes.frame_of(piece.cells) for piece in differences(flow, delivered))
    rows = pl.concat(changes.ordered(pieces, tmp_path)).to_dicts()
    assert [(row["kind"], row["key"][2:4], row["old_value"], row["new_value"]) for row in rows] == [
        ("changed", "TH", "93.0", "93.25"),
        ("new", "KH", None, "<5.00"),
        ("new", "LA", None, "NV"),
    ]
