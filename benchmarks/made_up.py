"""Made-up data of a realistic shape: seven coded dimensions, thirty years a series, a ninth of the values revised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib.tabular.dialect import Dialect
from adme.structures.mapping import Column, Kind, MappingDeclaration
from adme.structures.models import (
    Code,
    CodeList,
    Component,
    Concept,
    ConceptScheme,
    Dataflow,
    DataProvider,
    DataStructure,
)

YEARS = range(1990, 2020)
REVISED = 9
"""Every ninth value is another in the second delivery: 11 %."""

AREAS = ["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"]
SIZES = {
    "FREQ": ["A"],
    "REF_AREA": AREAS,
    "INDICATOR": [],
    "SEX": ["F", "M", "_T"],
    "AGE": ["Y0T14", "Y15T24", "Y25T64", "Y_GE65", "_T"],
    "LOCATION": ["R", "U"],
    "ACTIVITY": ["_T"],
}
ATTRIBUTES = {"OBS_STATUS": ["A", "E"], "CONF_STATUS": ["F"], "UNIT_MEASURE": ["PT", "NUMBER"]}
CHECKED = [*SIZES, *ATTRIBUTES]
"""The ten columns that have a code list."""

PER_INDICATOR = 11 * 3 * 5 * 2


def codes(rows: int) -> dict[str, list[str]]:
    """Dimension → its codes, so many indicators as `rows` observations need."""
    indicators = -(-rows // (PER_INDICATOR * len(YEARS)))
    return {**SIZES, "INDICATOR": [f"IND_{n:05d}" for n in range(indicators)]}


def frames(rows: int, *, revised: bool, piece: int = 300_000) -> Iterator[pl.DataFrame]:
    """The file as text columns, in the order in which an office would write it: indicator, area, …, year."""
    lists = codes(rows)
    for start in range(0, rows, piece):
        number = np.arange(start, min(start + piece, rows))
        series, year = np.divmod(number, len(YEARS))
        value = (number * 7919 % 100_003) / 10
        if revised:
            value = np.where(number % REVISED == 0, value + 0.1, value)
        yield pl.DataFrame(
            {
                **_dimensions(series, lists),
                "TIME_PERIOD": (year + YEARS.start).astype(str),
                "OBS_VALUE": [f"{one:.1f}" for one in value],
                "OBS_STATUS": np.where(number % 50 == 0, "E", "A"),
                "CONF_STATUS": np.full(len(number), "F"),
                "UNIT_MEASURE": np.where(series % 2 == 0, "PT", "NUMBER"),
            }
        )


def _dimensions(series: np.ndarray, lists: dict[str, list[str]]) -> dict[str, np.ndarray]:
    found = {}
    left = series
    for name in ("LOCATION", "AGE", "SEX", "REF_AREA", "INDICATOR"):
        left, place = np.divmod(left, len(lists[name]))
        found[name] = np.array(lists[name])[place]
    constant = {name: np.full(len(series), lists[name][0]) for name in ("FREQ", "ACTIVITY")}
    return {name: {**found, **constant}[name] for name in SIZES}


def write_file(path: Path, rows: int, *, revised: bool) -> Path:
    """The CSV file, UTF-8, comma, point."""
    with path.open("wb") as file:
        for number, frame in enumerate(frames(rows, revised=revised)):
            file.write(frame.write_csv(include_header=number == 0).encode())
    return path


def make_flow(rows: int, name: str) -> Dataflow:
    """A dataflow that the file fits."""
    scheme, _ = ConceptScheme.objects.get_or_create(agency="BENCH", artefact_id="CS")
    structure = DataStructure.objects.create(agency="BENCH", artefact_id=f"DSD_{name}")
    coded = [(key, "dimension", values) for key, values in codes(rows).items()]
    coded += [("TIME_PERIOD", "time", None), ("OBS_VALUE", "measure", None)]
    coded += [(key, "attribute", values) for key, values in ATTRIBUTES.items()]
    for position, (component, role, values) in enumerate(coded, start=1):
        concept, _ = Concept.objects.get_or_create(scheme=scheme, concept_id=component)
        code_list = None
        if values is not None:
            code_list, made = CodeList.objects.get_or_create(
                agency="BENCH", artefact_id=f"CL_{component}_{len(values)}"
            )
            if made:
                Code.objects.bulk_create(Code(code_list=code_list, code_id=code) for code in values)
        Component.objects.create(
            data_structure=structure,
            component_id=component,
            concept=concept,
            role=role,
            position=position,
            code_list=code_list,
            attachment="observation" if role == "attribute" else "",
        )
    provider, _ = DataProvider.objects.get_or_create(agency="BENCH", provider_id="BENCH")
    return Dataflow.objects.create(
        agency="BENCH",
        artefact_id=name,
        data_structure=structure,
        provider=provider,
        indicator_dimension="INDICATOR",
        area_dimension="REF_AREA",
    )


def declaration() -> MappingDeclaration:
    """What each column of the file is."""
    kinds = {"TIME_PERIOD": Kind.TIME, "OBS_VALUE": Kind.VALUE}
    columns = [Column(name, Kind.DIMENSION, target=name) for name in SIZES]
    columns += [Column(name, kind) for name, kind in kinds.items()]
    columns += [Column(name, Kind.ATTRIBUTE, target=name) for name in ATTRIBUTES]
    dialect = Dialect(encoding="utf-8", separator=",", decimal=".")
    return MappingDeclaration(dialect=dialect, columns=tuple(columns))


def loader() -> User:
    """Somebody who may do all of it alone."""
    user, made = User.objects.get_or_create(username="bench")
    if made:
        Grant.objects.create(user=user, role=Role.LOADER)
    return user
