"""Ten validation rules over a delivery and what is stored, against reading the same file with Polars."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from adme.quality.declaration import RuleDeclaration, declared
from adme.quality.running import RulesRun, run_rules
from adme.structures.coding import code_rows
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from benchmarks import files, made_up
from benchmarks.loads import load
from benchmarks.stopwatch import Result, median, seconds

MOST = 30.0
"""So many times the reading of the file, at most."""

BY_SEX = {"dimension": "SEX", "total": "_T", "parts": ["F", "M"]}

RULES: tuple[dict[str, Any], ...] = (
    {"kind": "range", "min": 0, "max": 9_999},
    {"kind": "range", "min": 0, "scope": {"UNIT_MEASURE": ["PT"]}, "max": 9_000},
    {"kind": "growth", "rise": 500, "fall": 90, "ignore_below": 100},
    {"kind": "outlier", "of": "change", "threshold": 5},
    {"kind": "revision", "percent": 20},
    {"kind": "parts", **BY_SEX, "tolerance_percent": 500},
    {"kind": "within-parts", **BY_SEX, "tolerance": 9_000},
    {"kind": "ratio", "of": {"SEX": "F"}, "to": {"SEX": "M"}, "max": 1_000},
    {"kind": "between", "left": [{"LOCATION": "R"}, {"LOCATION": "U"}], "sign": ">=", "right": [{"LOCATION": "R"}]},
    {"kind": "completeness", "areas": files.AREAS, "first": 1990, "latest": 2019},
)


def measure(rows: int, runs: int) -> Iterator[Result]:
    """The second delivery over the first, which is stored; medians of `runs`."""
    million = f"{rows / 1e6:g} M"
    with tempfile.TemporaryDirectory() as folder:
        first = files.write_file(Path(folder) / "first.csv", rows, revised=False)
        second = files.write_file(Path(folder) / "second.csv", rows, revised=True)
        flow = made_up.make_flow(rows, "BENCH_RULES")
        load(first, flow)
        draft = _draft(second, flow, Path(folder))
        rules = [declared(f"rule-{number}", {"dataflow": flow.reference, **one}) for number, one in enumerate(RULES)]
        reading = [seconds(lambda: pl.read_csv(second, infer_schema=False)) for _ in range(runs)]
        checking = [seconds(lambda: _run(rules, flow, draft)) for _ in range(runs)]
        run = _run(rules, flow, draft)
    assert all(run.looked.values()), run.looked
    middle, took = median(reading), median(checking)
    yield Result(f"Polars: read the file, {million}", middle, "s")
    yield Result(
        f"ten rules over delivery and store, {million}", took, "s", told=f"{sum(run.looked.values()):,} comparisons"
    )
    yield Result(f"ten rules ÷ reading, {million}", took / middle, "", limit=MOST)


def _run(rules: list[RuleDeclaration], flow: Dataflow, draft: Path) -> RulesRun:
    return run_rules(rules, structure_of(flow), batch=pl.scan_parquet(draft))


def _draft(path: Path, flow: Dataflow, folder: Path) -> Path:
    """Coded rows as the check keeps them."""
    batches = pl.read_csv(path, infer_schema=False).with_row_index("row", offset=2).iter_slices(200_000)
    pieces = []
    for number, batch in zip(itertools.count(), batches):
        coded = code_rows(batch.with_columns(pl.col("row").cast(pl.Int64)), made_up.declaration(), structure_of(flow))
        pieces.append(folder / f"draft-{number}.parquet")
        coded.frame.write_parquet(pieces[-1])
    whole = folder / "draft.parquet"
    pl.scan_parquet(pieces).sink_parquet(whole)
    return whole
