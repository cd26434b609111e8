"""Structures, providers, dataflows and mappings of the demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adme.config.demo.code_lists import AGENCY, un_dimensions
from adme.config.demo.files import GAPMINDER, SOURCES, UN_SDG, WORLD_BANK, Source
from adme.structures.actions.data_structures import NewComponent, NewConcept, create_data_structure
from adme.structures.actions.dataflows import change_dataflow, create_dataflow, create_provider
from adme.structures.actions.mappings import remember_mapping
from adme.structures.actions.words import set_concepts
from adme.structures.mapping_yaml import to_yaml
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataProvider, DataStructure
from adme.structures.models import Mapping as RememberedMapping
from adme.structures.queries import dataflow_by_reference, live_dataflow

CONCEPTS = {
    "FREQ": "Frequency",
    "SERIES": "Series",
    "REF_AREA": "Reference area",
    "TIME_PERIOD": "Time period",
    "OBS_VALUE": "Observation value",
    "OBS_STATUS": "Observation status",
    "CONF_STATUS": "Confidentiality status",
    "UNIT_MEASURE": "Unit of measure",
    "NATURE": "Nature of the figure",
    "DELIVERED": "As delivered",
    "SEX": "Sex",
    "AGE": "Age",
    "URBANISATION": "Location",
    "EDUCATION_LEV": "Education level",
    "INCOME_WEALTH_QUANTILE": "Quantile",
}
"""Concept → name. The names packed into one column of the UN file give the others: TYPE_OF_PRODUCT, Type of product."""

CC_BY = ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")


@dataclass(frozen=True)
class Flow:
    """What is said of a dataflow."""

    source: Source
    structure: str
    provider: str
    provider_name: str
    address: str
    name: str
    credit: str


FLOWS = (
    Flow(
        UN_SDG,
        "DSD_UN_SDG",
        "UNSD",
        "United Nations Statistics Division",
        "https://unstats.un.org/sdgs/",
        "UN SDG Global Database (October 2020)",
        "United Nations Statistics Division, SDG Global Database, as of October 2020, "
        "through Open Numbers (Gapminder). Shortened to ASEAN, columns renamed, codes restored to upper case.",
    ),
    Flow(
        WORLD_BANK,
        "DSD_WB_WDI",
        "WORLD_BANK",
        "World Bank",
        "https://data.worldbank.org/",
        "World Development Indicators (July 2026)",
        "World Bank, World Development Indicators, through DataHub datasets/world-development-indicators. "
        "Shortened to ASEAN and 55 indicators.",
    ),
    Flow(
        GAPMINDER,
        "DSD_GAPMINDER",
        "GAPMINDER",
        "Gapminder",
        "https://www.gapminder.org/",
        "Gapminder, Systema Globalis (March 2026)",
        "Gapminder, Systema Globalis, based on the sources named per indicator. Shortened to ASEAN and 20 indicators.",
    ),
)


def make_flows(lists: Mapping[str, CodeList], *, by: str, reason: str) -> list[Dataflow]:
    """Make what is missing, refresh what is said of it, and remember the mappings."""
    packed = {name: name.replace("_", " ").capitalize() for name in un_dimensions()}
    scheme = set_concepts(
        agency=AGENCY,
        artefact_id="CS_DEMO",
        name={"en": "Concepts of the demonstration"},
        concepts=[NewConcept(concept, {"en": name}) for concept, name in {**packed, **CONCEPTS}.items()],
        by=by,
        reason=reason,
    )
    return [_flow(flow, lists, scheme, by=by, reason=reason) for flow in FLOWS]


def _flow(flow: Flow, lists: Mapping[str, CodeList], scheme: ConceptScheme, *, by: str, reason: str) -> Dataflow:
    artefact_id = flow.source.dataflow.partition(":")[2].partition("(")[0]
    said = {
        "name": {"en": flow.name},
        "source": {"en": flow.credit},
        "licence": CC_BY[0],
        "licence_address": CC_BY[1],
    }
    there = live_dataflow(AGENCY, artefact_id, "1.0.0")
    if there is None:
        dataflow = create_dataflow(
            agency=AGENCY,
            artefact_id=artefact_id,
            data_structure=_structure(flow, lists, scheme, by=by, reason=reason),
            provider=_provider(flow, by=by, reason=reason),
            indicator_dimension="SERIES",
            by=by,
            reason=reason,
            **said,  # type: ignore[arg-type]
        )
    else:
        dataflow = change_dataflow(dataflow=there, by=by, reason=reason, **said)
    _remember(flow, dataflow, by=by, reason=reason)
    return dataflow


def _provider(flow: Flow, *, by: str, reason: str) -> DataProvider:
    there = DataProvider.objects.filter(agency=AGENCY, provider_id=flow.provider).first()
    return there or create_provider(
        agency=AGENCY,
        provider_id=flow.provider,
        name={"en": flow.provider_name},
        address=flow.address,
        by=by,
        reason=reason,
    )


def _structure(
    flow: Flow, lists: Mapping[str, CodeList], scheme: ConceptScheme, *, by: str, reason: str
) -> DataStructure:
    there = DataStructure.objects.filter(agency=AGENCY, artefact_id=flow.structure, version="1.0.0").first()
    return there or create_data_structure(
        agency=AGENCY,
        artefact_id=flow.structure,
        name={"en": f"Structure of {flow.provider_name} data"},
        scheme=scheme,
        components=_components(flow, lists),
        by=by,
        reason=reason,
    )


def _components(flow: Flow, lists: Mapping[str, CodeList]) -> list[NewComponent]:
    series = lists[flow.structure.removeprefix("DSD_")]
    dimensions = [
        NewComponent("FREQ", code_list=lists["FREQ"]),
        NewComponent("SERIES", code_list=series),
        NewComponent("REF_AREA", code_list=lists["REF_AREA"]),
    ]
    attributes = [
        NewComponent("OBS_STATUS", "attribute", lists["OBS_STATUS"]),
        NewComponent("CONF_STATUS", "attribute", lists["CONF_STATUS"]),
        NewComponent("DELIVERED", "attribute"),
    ]
    if flow.source is UN_SDG:
        dimensions += [NewComponent(name, code_list=lists[name]) for name in un_dimensions()]
        attributes += [
            NewComponent("UNIT_MEASURE", "attribute", required=True),
            NewComponent("NATURE", "attribute", lists["NATURE"]),
        ]
    return [*dimensions, NewComponent("TIME_PERIOD", "time"), NewComponent("OBS_VALUE", "measure"), *attributes]


def _remember(flow: Flow, dataflow: Dataflow, *, by: str, reason: str) -> None:
    # As written by the program, without our comments: so an import finds it unchanged, and has nothing to remember.
    text = to_yaml(flow.source.mapping)
    name = f"{flow.provider_name}, as published"
    if not RememberedMapping.objects.filter(dataflow=dataflow, name=name, declaration=text).exists():
        remember_mapping(
            dataflow=dataflow, name=name, declaration=text, header=flow.source.header, by=by, reason=reason
        )


def dataflows() -> dict[str, Dataflow]:
    """Name of each source → its dataflow."""
    return {source.name: dataflow_by_reference(source.dataflow) for source in SOURCES}
