"""Every cell of the three real files against what the running system publishes, read independently of the importer.

The files are read by the csv module and the answers by the csv module; how a file's words become codes is written
down here a second time, from data/README.md and the standard, not taken from the mappings.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from adme.config.demo import load_demo

FILES = Path(__file__).resolve().parents[2] / "adme" / "config" / "demo" / "data"
EXPECTED_ROWS = {"DF_UN_SDG": 60_138, "DF_WB_WDI": 18_380, "DF_GAPMINDER": 5_052}

PACKED = (
    "activity",
    "cities",
    "disability_status",
    "ihr_capacity",
    "level_status",
    "migratory_status",
    "mode_of_transportation",
    "name_of_international_institution",
    "name_of_non_communicable_disease",
    "parliamentary_committees",
    "policy_domains",
    "policy_instruments",
    "substance_use_disorders",
    "type_of_occupation",
    "type_of_product",
    "type_of_skill",
    "type_of_speed",
    "type_of_waste_treatment",
)
SEX = {"": "_Z", "BOTHSEX": "_T", "FEMALE": "F", "MALE": "M"}
LOCATION = {"": "_Z", "ALLAREA": "_T", "RURAL": "R", "URBAN": "U"}

Row = tuple[tuple[str, ...], str, str, str]
"""Key with period, value as delivered, unit, nature."""


def rows_of(name: str) -> list[dict[str, str]]:
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STATES = rows_of("asean_member_states.csv")
BY_M49 = {row["m49"]: row["iso2"] for row in STATES} | {"35": "35"}
BY_ISO3 = {row["iso3"]: row["iso2"] for row in STATES}


def age(text: str) -> str:
    """A span of ages as the IAEG-SDGs list spells it; what is no span stays."""
    for pattern, code in (
        (r"(\d+)-(\d+)", r"Y\1T\2"),
        (r"(\d+)\+", r"Y_GE\1"),
        (r"<(\d+)([YM])", r"\2_LT\1"),
        (r"<=(\d+)Y", r"Y_LE\1"),
    ):
        if re.fullmatch(pattern, text):
            return re.sub(pattern, code, text)
    return {"": "_Z", "ALLAGE": "_T"}.get(text, text)


def un_sdg() -> Counter[Row]:
    found: Counter[Row] = Counter()
    for row in rows_of("un_sdg_2020-10_asean.csv"):
        others = dict(pair.split("=") for pair in row["other_dimensions"].split(";") if pair)
        assert set(others) <= set(PACKED)
        key = (
            "A",
            row["series"],
            BY_M49[row["ref_area_m49"]],
            SEX.get(row["sex"], row["sex"]),
            age(row["age"]),
            LOCATION.get(row["location"], row["location"]),
            row["education_level"] or "_Z",
            row["quantile"] or "_Z",
            *(others.get(name, "_Z") for name in PACKED),
            row["time_period"],
        )
        found[key, row["obs_value"], row["unit_measure"], row["nature"]] += 1
    return found


def long_file(name: str) -> Counter[Row]:
    return Counter(
        (("A", row["indicator"].replace(".", "_"), BY_ISO3[row["iso3"]], row["year"]), row["value"], "", "")
        for row in rows_of(name)
    )


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
    expected = {
        "DF_UN_SDG": un_sdg(),
        "DF_WB_WDI": long_file("world_bank_wdi_2026-07_asean.csv"),
        "DF_GAPMINDER": long_file("gapminder_sg_2026-03_asean.csv"),
    }
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
