"""The code lists of the demonstration. A code has a name only where the standard or the source gives one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adme.config.demo.files import UN_SDG, rows
from adme.lib.texts import Text
from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.actions.words import set_codes
from adme.structures.mapping import Column
from adme.structures.models import CodeList
from adme.structures.queries import live_code_list

AGENCY = "ASEAN"

SDMX_LISTS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "CL_FREQ": (
        "2.1.0",
        "Frequency",
        {"A": "Annual", "S": "Half-yearly", "Q": "Quarterly", "M": "Monthly", "W": "Weekly", "D": "Daily"},
    ),
    "CL_OBS_STATUS": (
        "2.3.0",
        "Observation status",
        {
            "A": "Normal value",
            "B": "Time series break",
            "D": "Definition differs",
            "E": "Estimated value",
            "F": "Forecast value",
            "G": "Experimental value",
            "H": "Missing value; holiday or weekend",
            "I": "Imputed value",
            "L": "Missing value; data exist but were not collected",
            "M": "Missing value; data cannot exist",
            "N": "Not significant",
            "O": "Missing value",
            "P": "Provisional value",
            "Q": "Missing value; suppressed",
            "S": "Strike and other special events",
            "U": "Low reliability",
            "V": "Unvalidated value",
        },
    ),
    "CL_CONF_STATUS": (
        "1.4.0",
        "Confidentiality status",
        {
            "F": "Free",
            "N": "Not for publication",
            "C": "Confidential",
            "D": "Secondary confidentiality, set by the sender",
            "S": "Secondary confidentiality, set by the receiver",
        },
    ),
}
"""Of the lists that SDMX keeps, the codes that this system can hold; the third part of the version is ours."""

TOTAL, NOT_APPLICABLE = "Total", "Not applicable"
STANDARD_NAMES = {"_T": TOTAL, "_Z": NOT_APPLICABLE}
NAMES: Mapping[str, Mapping[str, str]] = {
    "SEX": {"F": "Female", "M": "Male", "_U": "Unknown"},
    "URBANISATION": {"R": "Rural", "U": "Urban"},
}
"""Names that SDMX's own lists give (sex), or the source's words (rural, urban)."""

UN_LISTS = {"SEX": "CL_SEX", "URBANISATION": "CL_URBANISATION"}
"""Dimensions whose list others may share; the list of any other dimension belongs to the UN file."""


def make_code_lists(*, by: str, reason: str) -> dict[str, CodeList]:
    """Every code list by what it is for: FREQ, REF_AREA, each dimension of the UN file, and the series of each file."""
    made = {key: _sdmx(artefact_id, by=by, reason=reason) for key, artefact_id in _SDMX_KEYS.items()}
    lists: dict[str, tuple[str, Text, list[NewCode]]] = {"REF_AREA": _areas(), "NATURE": _nature()}
    lists |= {dimension: _un_list(dimension, column, names) for dimension, (column, names) in un_dimensions().items()}
    lists |= {
        "UN_SDG": (
            "CL_UN_SDG_SERIES",
            {"en": "Series of the UN SDG Global Database"},
            _series("un_sdg_2020-10_series.csv"),
        ),
        "WB_WDI": (
            "CL_WB_WDI_SERIES",
            {"en": "World Development Indicators"},
            _series("world_bank_wdi_2026-07_indicators.csv"),
        ),
        "GAPMINDER": (
            "CL_GAPMINDER_SERIES",
            {"en": "Indicators of Gapminder's Systema Globalis"},
            _series("gapminder_sg_2026-03_indicators.csv"),
        ),
    }
    for key, (artefact_id, name, codes) in lists.items():
        made[key] = _make(AGENCY, artefact_id, "1.0.0", name, codes, _DESCRIBED.get(key, {}), by=by, reason=reason)
    return made


_SDMX_KEYS = {"FREQ": "CL_FREQ", "OBS_STATUS": "CL_OBS_STATUS", "CONF_STATUS": "CL_CONF_STATUS"}
_DESCRIBED: dict[str, Text] = {
    "SEX": {"en": "F, M, _T, _U and _Z as in SDMX:CL_SEX 2.1; NOTSPEC and _X as the United Nations file has them."},
    "AGE": {"en": "Ids in the pattern of the UN's own list of ages; the name is how the file writes it."},
    "NATURE": {"en": "As delivered. The source gives no meanings."},
    "REF_AREA": {"en": "ISO 3166 alpha-2 for states; the M49 number for aggregates. Names as ASEAN uses them."},
}


def un_dimensions() -> dict[str, tuple[str, Sequence[Column]]]:
    """Dimension of the UN file → the name that its code file uses, and the mapping's columns for it."""
    found: dict[str, tuple[str, Sequence[Column]]] = {}
    known = {row["dimension"] for row in rows("un_sdg_2020-10_codes.csv")}
    for column in UN_SDG.mapping.columns:
        for one in (column, *column.parts):
            if one.target and one.name in known and one.target not in ("NATURE", "OBS_STATUS"):
                found[one.target] = (one.name, [one])
    return found


def _sdmx(artefact_id: str, *, by: str, reason: str) -> CodeList:
    version, name, names = SDMX_LISTS[artefact_id]
    codes = [NewCode(code, {"en": words}) for code, words in names.items()]
    described: Text = {"en": f"The codes of SDMX:{artefact_id}({version[:-2]}) that this system uses."}
    return _make("SDMX", artefact_id, version, {"en": name}, codes, described, by=by, reason=reason)


def _make(
    agency: str,
    artefact_id: str,
    version: str,
    name: Text,
    codes: list[NewCode],
    described: Text,
    *,
    by: str,
    reason: str,
) -> CodeList:
    there = live_code_list(agency, artefact_id, version)
    if there is not None:
        return set_codes(code_list=there, codes=codes, by=by, reason=reason)
    return create_code_list(
        agency=agency,
        artefact_id=artefact_id,
        version=version,
        name=name,
        description=described,
        codes=codes,
        by=by,
        reason=reason,
    )


def _areas() -> tuple[str, Text, list[NewCode]]:
    states = [
        NewCode(
            row["iso2"],
            {"en": row["name_asean_usage"]},
            parent="35",
            kind="state",
            aliases={"ISO3": [row["iso3"]], "M49": sorted({row["m49"], row["m49"].zfill(3)})},
        )
        for row in rows("asean_member_states.csv")
    ]
    aggregate = NewCode("35", {"en": "South-Eastern Asia"}, kind="aggregate", aliases={"M49": ["035", "35"]})
    return "CL_AREA", {"en": "Areas"}, [*states, aggregate]


def _nature() -> tuple[str, Text, list[NewCode]]:
    codes = [row["code"] for row in rows("un_sdg_2020-10_codes.csv") if row["dimension"] == "nature"]
    return "CL_UN_SDG_NATURE", {"en": "Nature of the figure"}, [NewCode(code) for code in codes]


def _un_list(dimension: str, column: str, parts: Sequence[Column]) -> tuple[str, Text, list[NewCode]]:
    """The codes of the source, translated as the mapping declares, and one for what does not apply."""
    table = dict(parts[0].translation.table)
    codes = [row["code"] for row in rows("un_sdg_2020-10_codes.csv") if row["dimension"] == column]
    given = {table.get(code, code): code for code in codes} | {"_Z": "_Z"}
    own = STANDARD_NAMES | dict(NAMES.get(dimension, {}))
    new = []
    for code, delivered in given.items():
        name = own.get(code, delivered if delivered != code else "")
        new.append(NewCode(code, {"en": name} if name else {}))
    words = column.replace("_", " ").capitalize()
    return UN_LISTS.get(dimension, f"CL_UN_SDG_{dimension}"), {"en": words}, new


def _series(file: str) -> list[NewCode]:
    id_column = "series" if file.startswith("un_") else "indicator"
    return [NewCode(row[id_column].replace(".", "_"), {"en": row["title"]}) for row in rows(file)]
