"""The demonstration's three real files, read without the importer, in the form in which they are published.

The files are read by the csv module; how a file's words become codes is written down here a second time, from
data/README.md and the standard, not taken from the mappings.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

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


def rows_of_flow(flow: str) -> Counter[Row]:
    """What a dataflow of the demonstration must publish: DF_UN_SDG, DF_WB_WDI or DF_GAPMINDER."""
    if flow == "DF_UN_SDG":
        return un_sdg()
    names = {"DF_WB_WDI": "world_bank_wdi_2026-07_asean.csv", "DF_GAPMINDER": "gapminder_sg_2026-03_asean.csv"}
    return long_file(names[flow])
