"""Merging, replacing and deleting against a slow and obvious model, row by row and cell by cell."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.observations.merging import CONTENT, covering, is_open, merged

DIMENSIONS = ("d01", "d02")
SHARED = {"UNIT"}
TYPES = {"d01": pl.Int32, "d02": pl.Int32, "period": pl.Int64}
ROW_TYPES = {
    "row": pl.Int64, "dataset": pl.Int64, "action": pl.String, "given": pl.Boolean, **TYPES, **CONTENT,
}  # fmt: skip


def canonical(said):
    kept = {name: said[name] for name in sorted(said) if said[name]}
    return json.dumps(kept, separators=(",", ":")) if kept else None


texts = st.dictionaries(st.sampled_from(["UNIT", "NOTE", "DELIVERED"]), st.sampled_from(["", "a", "b"]), max_size=2)
contents = st.fixed_dictionaries(
    {
        "value": st.sampled_from([None, 1.0, 2.0]),
        "obs_status": st.sampled_from(["A", "E"]),
        "conf_status": st.sampled_from(["F", "C"]),
        "said": texts,
    }
)
codes, years = st.sampled_from([1, 2]), st.sampled_from([10, 20])
told = st.fixed_dictionaries(
    {
        "d01": st.one_of(codes, st.none()),
        "d02": st.one_of(codes, codes, st.none()),
        "period": st.one_of(years, years, st.none()),
        "action": st.sampled_from(["merge", "replace", "delete"]),
        "dataset": st.integers(0, 1),
        "given": st.booleans(),
        "value": st.sampled_from([None, 3.0, 4.0]),
        "obs_status": st.sampled_from([None, "", "E"]),
        "conf_status": st.sampled_from([None, "", "C"]),
        "said": st.one_of(st.none(), texts),
    }
)


def pattern(row):
    return None in (row["d01"], row["d02"], row["period"])


def covers(row, cell):
    return all(row[name] in (None, code) for name, code in zip(("d01", "d02", "period"), cell, strict=True))


def names_parts(row):
    parts = row["said"] is not None or row["obs_status"] is not None or row["conf_status"] is not None
    return row["action"] == "delete" and not row["given"] and parts


def usable(rows):
    """As coding leaves them: in the order of data sets, and a pattern gives attributes only."""
    found = []
    for number, one in enumerate(sorted(rows, key=lambda one: one["dataset"]), start=1):
        row = {**one, "row": number, "said": one["said"] or None}
        if pattern(row) and row["action"] != "delete":
            row |= {"given": False}
            if row["said"] is None and row["obs_status"] is None and row["conf_status"] is None:
                continue
        if not row["given"] or row["action"] == "delete":
            row["value"] = None
        found.append(row)
    return found


def model(stored, rows):
    """Cells after the message, by going through it once."""
    here = {
        row["row"]
        for row in rows
        if pattern(row) and row["action"] != "delete"
        for other in rows
        if not pattern(other) and other["action"] != "delete" and other["dataset"] == row["dataset"]
        and covers(row, (other["d01"], other["d02"], other["period"]))
    }  # fmt: skip
    cells = {cell: {**one, "said": dict(one["said"])} for cell, one in stored.items()}
    for row in rows:
        if pattern(row):
            hit = [] if row["row"] in here else [cell for cell in cells if covers(row, cell)]
            for cell in hit:
                apply(cells, cell, {**row, "action": "delete" if row["action"] == "delete" else "give"})
            continue
        cell = (row["d01"], row["d02"], row["period"])
        own = dict(row)
        if row["action"] != "delete":
            own = folded(row, [one for one in rows if one["row"] in here and one["dataset"] == row["dataset"]], cell)
        apply(cells, cell, own)
    return cells


def folded(row, patterns, cell):
    said, states = {}, {"obs_status": None, "conf_status": None}
    for one in patterns:
        if covers(one, cell):
            said = {name: text for name, text in {**said, **(one["said"] or {})}.items() if text}
            states |= {name: one[name] for name in states if one[name] is not None}
    said = {**said, **(row["said"] or {})}
    return {**row, "said": said or None, **{n: row[n] if row[n] is not None else states[n] for n in states}}


def apply(cells, cell, row):
    if row["action"] == "delete" and not names_parts(row):
        cells.pop(cell, None)
        return
    if row["action"] in ("delete", "give") and cell not in cells:
        return
    nothing = {"value": None, "obs_status": "A", "conf_status": "F", "said": {}}
    now = cells.get(cell, nothing)
    if row["action"] == "replace":
        now = {**nothing, "said": {name: text for name, text in now["said"].items() if name in SHARED}}
    now = {**now, "said": dict(now["said"])}
    if row["action"] == "replace" or (row["action"] == "merge" and row["given"]):
        now["value"] = row["value"]
        now["said"].pop("DELIVERED", None)
    for name, usual in (("obs_status", "A"), ("conf_status", "F")):
        if row[name] is not None:
            now[name] = row[name] or usual
    now["said"] |= row["said"] or {}
    cells[cell] = now


def frames(stored, rows):
    ids = {cell: 100 + number for number, cell in enumerate([(a, b) for a in (1, 2) for b in (1, 2)])}
    kept = [
        {"series_id": ids[cell[:2]], **dict(zip(TYPES, cell, strict=True)), "decimals": 1, "qualifier": "", **one,
         "attributes": canonical(one["said"])}
        for cell, one in stored.items()
    ]  # fmt: skip
    store = pl.DataFrame(
        [{name: one[name] for name in ("series_id", *TYPES, *CONTENT)} for one in kept],
        schema={"series_id": pl.Int64, **TYPES, **CONTENT},
    )
    raw = [
        {**row, "decimals": 1, "qualifier": "",
         "attributes": json.dumps(dict(sorted(row["said"].items())), separators=(",", ":")) if row["said"] else None}
        for row in rows
    ]  # fmt: skip
    told_rows = pl.DataFrame([{name: one[name] for name in ROW_TYPES} for one in raw], schema=ROW_TYPES)
    opened = is_open(DIMENSIONS)
    series = pl.DataFrame(
        [(*cell, number) for cell, number in ids.items()], schema=["d01", "d02", "series_id"], orient="row"
    )
    own = told_rows.filter(~opened).join(series.cast({"d01": pl.Int32, "d02": pl.Int32}), on=["d01", "d02"])
    patterns = told_rows.filter(opened)
    giving = patterns.filter(pl.col("action") != "delete").select(*TYPES, "row", of="dataset")
    cells = own.filter(pl.col("action") != "delete")
    pairs = covering(cells, giving, DIMENSIONS)
    same = pairs.filter(cells["dataset"].gather(pairs["cell"]) == pairs["of"])
    return store, own, patterns.with_columns(here=pl.col("row").is_in(same["row"].to_list()))


cells_strategy = st.dictionaries(st.tuples(codes, codes, years), contents, max_size=5)


def test_it_does_what_going_through_row_by_row_does(volume):
    @settings(max_examples=volume(120, long=5_000), deadline=None)
    @given(cells_strategy, st.lists(told, max_size=6))
    def holds(stored, told_rows):
        check_against_model(stored, usable(told_rows))

    holds()


def check_against_model(stored, rows):
    stored = {cell: {**one, "said": {n: t for n, t in one["said"].items() if t}} for cell, one in stored.items()}
    store, own, patterns = frames(stored, rows)
    found = merged(own, patterns, store, dimensions=DIMENSIONS, shared=SHARED).cells
    after = shown(stored)
    for row in found.iter_rows(named=True):
        cell = (row["d01"], row["d02"], row["period"])
        after.pop(cell, None)
        if row["action"] == "M":
            after[cell] = (row["value"], row["obs_status"], row["conf_status"], row["attributes"])
    assert after == shown(model(stored, rows))
    assert found.select("series_id", "period").is_unique().all()


def shown(cells):
    return {
        cell: (one["value"], one["obs_status"], one["conf_status"], canonical(one["said"]))
        for cell, one in cells.items()
    }
