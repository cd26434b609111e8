"""Small dataflows and rows for them, as coding would give them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from adme.lib import clock, periods
from adme.observations.models import Delivery
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
from adme.structures.queries import structure_of

DIMENSIONS = {
    "FREQ": ["A", "M"],
    "REF_AREA": ["KH", "LA", "TH", "VN"],
    "INDICATOR": ["POOR", "READ"],
    "SEX": ["F", "M"],
}
ATTRIBUTES = ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE")


def make_flow(
    name: str = "DF_TEST",
    dimensions: Mapping[str, Sequence[str]] = DIMENSIONS,
    attributes: Sequence[str] = ATTRIBUTES,
    **fields: Any,
) -> Dataflow:
    """A dataflow over a structure of its own; code lists are named after the dimensions and shared between flows."""
    scheme, _ = ConceptScheme.objects.get_or_create(agency="TEST", artefact_id="CS")
    structure = DataStructure.objects.create(agency="TEST", artefact_id=f"DSD_{name}")

    def component(component_id: str, role: str, position: int, code_list: CodeList | None = None) -> None:
        concept, _ = Concept.objects.get_or_create(scheme=scheme, concept_id=component_id)
        Component.objects.create(
            data_structure=structure,
            component_id=component_id,
            concept=concept,
            role=role,
            position=position,
            code_list=code_list,
            attachment="observation" if role == "attribute" else "",
        )

    for position, (dimension, codes) in enumerate(dimensions.items(), start=1):
        component(dimension, "dimension", position, make_codes(dimension, codes))
    component("TIME_PERIOD", "time", 33)
    component("OBS_VALUE", "measure", 34)
    for position, attribute in enumerate(attributes, start=35):
        component(attribute, "attribute", position)
    provider, _ = DataProvider.objects.get_or_create(agency="TEST", provider_id="TESTER")
    wanted = {"indicator_dimension": "INDICATOR", "area_dimension": "REF_AREA", **fields}
    return Dataflow.objects.create(
        agency="TEST", artefact_id=name, data_structure=structure, provider=provider, **wanted
    )


def make_codes(name: str, codes: Iterable[str]) -> CodeList:
    """A code list that has at least these codes."""
    code_list, _ = CodeList.objects.get_or_create(agency="TEST", artefact_id=f"CL_{name}")
    known = set(code_list.codes.values_list("code_id", flat=True))
    Code.objects.bulk_create(Code(code_list=code_list, code_id=code) for code in codes if code not in known)
    return code_list


def make_delivery(flow: Dataflow, label: str = "file.csv") -> Delivery:
    """An approved delivery without rows."""
    return Delivery.objects.create(
        dataflow=flow, label=label, received_at=clock.now(), prepared_by="alice", approved_by="bob"
    )


def coded(flow: Dataflow, rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """Coded rows from (key, period text, value[, extras]); the value "D" deletes.

    Extras: decimals, qualifier, obs_status, conf_status, attributes (a dictionary).
    """
    structure = structure_of(flow)
    made = [_coded(structure, *row) for row in rows]
    schema = {
        **dict.fromkeys(structure.columns, pl.Int32),
        "period": pl.Int64,
        "value": pl.Float64,
        "decimals": pl.Int16,
        "qualifier": pl.String,
        "obs_status": pl.String,
        "conf_status": pl.String,
        "attributes": pl.String,
        "action": pl.String,
    }
    return pl.DataFrame(made, schema=schema)


def _coded(
    structure: Any, key: str, period: str, value: Any, extras: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    more = dict(extras or {})
    attributes = more.pop("attributes", None)
    codes = zip(structure.dimensions, key.split("."), strict=True)
    return {
        **{dimension.column: dimension.codes[code] for dimension, code in codes},
        "period": periods.parse(period),
        "value": None if value == "D" else value,
        "decimals": None,
        "qualifier": "",
        "obs_status": "A",
        "conf_status": "F",
        "attributes": json.dumps(attributes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if attributes
        else None,
        "action": "D" if value == "D" else "M",
        **more,
    }
