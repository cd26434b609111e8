"""The rules of versions, without a database: what a delivery changes, how versions follow one another."""

from __future__ import annotations

import polars as pl
import pytest

from adme.lib.clock import OPEN_END
from adme.observations.revisions import CELL, CONTENT, NOTHING, STORED, chained, difference, redundant

OPEN = OPEN_END


def content(value) -> dict:
    return {**NOTHING, "value": value}


def delivered(value, *, deleted=False, **extras) -> pl.DataFrame:
    row = {"series_id": 1, "period": 1, **content(value), **extras, "deleted": deleted}
    return pl.DataFrame([row], schema={"series_id": pl.Int64, "period": pl.Int64, **CONTENT, "deleted": pl.Boolean})


def stored(*versions: tuple[int, int, float | None]) -> pl.DataFrame:
    rows = [
        {"series_id": 1, "period": 1, "public_from": start, "public_to": end, "delivery_id": start, **content(value)}
        for start, end, value in versions
    ]
    return pl.DataFrame(rows, schema=pl.Schema(STORED))


TRUTH = stored((10, OPEN, 1.0))
BEFORE_PENDING = stored((10, 50, 1.0), (50, OPEN, 9.0))


@pytest.mark.parametrize(
    ("new", "before", "kind", "added", "closed"),
    [
        (delivered(1.0), stored(), "new", (20, OPEN), None),
        (delivered(2.0), TRUTH, "changed", (20, OPEN), 10),
        (delivered(1.0), TRUTH, "unchanged", None, None),
        (delivered(1.0, decimals=1), TRUTH, "changed", (20, OPEN), 10),
        (delivered(1.0, qualifier="<"), TRUTH, "changed", (20, OPEN), 10),
        (delivered(1.0, obs_status="E"), TRUTH, "changed", (20, OPEN), 10),
        (delivered(1.0, conf_status="C"), TRUTH, "changed", (20, OPEN), 10),
        (delivered(1.0, attributes_id=7), TRUTH, "changed", (20, OPEN), 10),
        (delivered(None), TRUTH, "changed", (20, OPEN), 10),
        (delivered(None), stored((10, OPEN, None)), "unchanged", None, None),
        (delivered(None, deleted=True), TRUTH, "deleted", (20, 20), 10),
        (delivered(None, deleted=True), stored(), "unchanged", None, None),
        # What waits for a later instant keeps its place.
        (delivered(2.0), BEFORE_PENDING, "changed", (20, 50), 10),
        (delivered(2.0), stored((50, OPEN, 9.0)), "new", (20, 50), None),
        (delivered(None, deleted=True), BEFORE_PENDING, "deleted", (20, 20), 10),
        # After a tombstone there is nothing to be unchanged from.
        (delivered(1.0), stored((10, 10, 1.0)), "new", (20, OPEN), None),
    ],
)
def test_a_live_delivery_writes_what_differs_and_closes_what_it_follows(new, before, kind, added, closed):
    found = difference(new, before, instant=20, live=True, delivery_id=99)

    assert found.kinds["kind"].to_list() == [kind]
    assert found.added.select("public_from", "public_to").rows() == ([added] if added else [])
    assert found.closed["public_from"].to_list() == ([closed] if closed else [])
    assert set(found.closed["public_to"]) <= {20}


@pytest.mark.parametrize(("new", "ends"), [(delivered(1.0), OPEN), (delivered(None, deleted=True), 20)])
def test_a_waiting_delivery_keeps_even_what_changes_nothing(new, ends):
    before = TRUTH if new["value"][0] is not None else stored()

    found = difference(new, before, instant=20, live=False, delivery_id=99)

    assert found.kinds["kind"].to_list() == ["unchanged"]
    assert found.added.select("public_from", "public_to", "delivery_id").rows() == [(20, ends, 99)]


def originals(*rows: tuple[int, float | None, int]) -> pl.DataFrame:
    """(instant, value, withdrawn); the value None deletes. Delivery ids are the instants."""
    made = [
        {
            "series_id": 1,
            "period": 1,
            "delivery_id": instant,
            **content(value),
            "instant": instant,
            "withdrawn_instant": withdrawn,
            "deleted": value is None,
        }
        for instant, value, withdrawn in rows
    ]
    schema = {"series_id": pl.Int64, "period": pl.Int64, "delivery_id": pl.Int64, **CONTENT}
    return pl.DataFrame(
        made, schema={**schema, "instant": pl.Int64, "withdrawn_instant": pl.Int64, "deleted": pl.Boolean}
    )


@pytest.mark.parametrize(
    ("delivered_rows", "versions"),
    [
        ([(1, 5.0, OPEN)], [(1, OPEN, 5.0, 1)]),
        ([(1, 5.0, OPEN), (2, 6.0, OPEN)], [(1, 2, 5.0, 1), (2, OPEN, 6.0, 2)]),
        # Deleted, and delivered anew.
        ([(1, 5.0, OPEN), (2, None, OPEN), (3, 7.0, OPEN)], [(1, 2, 5.0, 1), (2, 2, None, 2), (3, OPEN, 7.0, 3)]),
        # Withdrawn: the one before comes back with its own delivery …
        ([(1, 5.0, OPEN), (2, 6.0, 9)], [(1, 2, 5.0, 1), (2, 9, 6.0, 2), (9, OPEN, 5.0, 1)]),
        # … or nothing does, and a tombstone stands.
        ([(2, 6.0, 9)], [(2, 9, 6.0, 2), (9, 9, None, 2)]),
        # Overtaken before it was withdrawn: nothing changes.
        ([(1, 5.0, 9), (2, 6.0, OPEN)], [(1, 2, 5.0, 1), (2, OPEN, 6.0, 2)]),
        # Withdrawn one after the other: what was withdrawn does not come back.
        (
            [(1, 5.0, OPEN), (2, 6.0, 8), (3, 7.0, 9)],
            [(1, 2, 5.0, 1), (2, 3, 6.0, 2), (3, 9, 7.0, 3), (9, OPEN, 5.0, 1)],
        ),
        # What came back is withdrawn in its turn.
        ([(1, 5.0, 9), (2, 6.0, 8)], [(1, 2, 5.0, 1), (2, 8, 6.0, 2), (8, 9, 5.0, 1), (9, 9, None, 1)]),
        # A withdrawn deletion.
        ([(1, 5.0, OPEN), (2, None, 9)], [(1, 2, 5.0, 1), (2, 2, None, 2), (9, OPEN, 5.0, 1)]),
        # A release to come follows what came back.
        (
            [(1, 5.0, OPEN), (2, 6.0, 9), (20, 8.0, OPEN)],
            [(1, 2, 5.0, 1), (2, 9, 6.0, 2), (9, 20, 5.0, 1), (20, OPEN, 8.0, 20)],
        ),
    ],
)  # fmt: skip
def test_versions_follow_from_what_was_delivered_and_withdrawn(delivered_rows, versions):
    found = chained(originals(*delivered_rows))

    assert found.select("public_from", "public_to", "value", "delivery_id").rows() == versions


@pytest.mark.parametrize(
    ("delivered_rows", "settling", "taken_out"),
    [
        ([(1, 5.0, OPEN), (2, 5.0, OPEN)], [2], [2]),
        ([(1, 5.0, OPEN), (2, 5.0, OPEN)], [1], []),
        ([(1, 5.0, OPEN), (2, 6.0, OPEN), (3, 6.0, OPEN), (4, 5.0, OPEN)], [2, 3, 4], [3]),
        ([(1, 5.0, OPEN), (2, 5.0, OPEN), (3, 5.0, OPEN)], [2, 3], [2, 3]),
        ([(1, None, OPEN)], [1], [1]),
        ([(1, 5.0, OPEN), (2, None, OPEN), (3, None, OPEN)], [2, 3], [3]),
    ],
)
def test_what_says_what_was_true_already_is_redundant(delivered_rows, settling, taken_out):
    chain = chained(originals(*delivered_rows)).with_columns(original=True)

    assert redundant(chain, settling)["public_from"].to_list() == taken_out


def test_cells_do_not_mix():
    two = pl.concat(
        [originals((1, 5.0, OPEN), (2, 6.0, 9)), originals((2, 7.0, 9)).with_columns(period=2)], how="vertical_relaxed"
    )

    found = chained(two).sort("period", "public_from")

    assert found.select("period", "public_from", "value").rows() == [
        (1, 1, 5.0), (1, 2, 6.0), (1, 9, 5.0), (2, 2, 7.0), (2, 9, None),
    ]  # fmt: skip
    assert found.select(CELL).unique().height == 2
