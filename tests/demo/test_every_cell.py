"""Every cell of the three real files against what the running system publishes, read independently of the importer.

Both are read by the csv module (the files in source_files.py).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from adme.config.demo import load_demo
from tests.demo.source_files import EXPECTED_ROWS, Row, rows_of, rows_of_flow


def published(flow: str) -> Counter[Row]:
    answer = Client().get(f"/sdmx/v2/data/dataflow/ASEAN/{flow}/1.0.0/*", headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    reader = csv.reader(io.StringIO(text))
    heading = next(reader)
    first, value = heading.index("FREQ"), heading.index("OBS_VALUE")
    delivered = heading.index("DELIVERED") if "DELIVERED" in heading else None
    found: Counter[Row] = Counter()
    for row in reader:
        shown = row[value] or (row[delivered] if delivered is not None else "")
        more = [row[heading.index(name)] if name in heading else "" for name in ("UNIT_MEASURE", "NATURE")]
        found[tuple(row[first:value]), shown, *more] += 1  # type: ignore[index]
    return found


@pytest.mark.django_db
def test_every_row_of_the_three_files_is_published_as_delivered(settings: Any, tmp_path: Path) -> None:
    settings.RECEIVED_DIR, settings.FROZEN_DIR = tmp_path / "received", tmp_path / "frozen"
    loaded = load_demo()
    expected = {flow: rows_of_flow(flow) for flow in EXPECTED_ROWS}
    assert {flow: rows.total() for flow, rows in expected.items()} == EXPECTED_ROWS
    assert sum(loaded.rows.values()) == 83_570
    assert sum(loaded.refused.values()) == 0
    for flow, rows in expected.items():
        found = published(flow)
        assert not rows - found, f"{flow}: in the file, not published"
        assert not found - rows, f"{flow}: published, not in the file"


def test_the_files_are_what_was_promised() -> None:
    """83,570 rows; 79,546 of them of the eleven states, 4,024 of the regional aggregate."""
    areas = Counter(row["ref_area_m49"] for row in rows_of("un_sdg_2020-10_asean.csv"))
    assert areas["35"] == 4_024
    assert sum(EXPECTED_ROWS.values()) == 83_570
    assert sum(EXPECTED_ROWS.values()) - areas["35"] == 79_546
