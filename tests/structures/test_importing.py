"""Structures from messages: whole or not at all, nothing final changed, and out again byte for byte."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from adme.accounts.models import AuditEntry, User
from adme.accounts.policy import NotAllowed
from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Agreement, Artefacts, ComponentUse, Flow, Item, ItemScheme, Structure
from adme.lib.sdmx_messages.structure_file import read_structures
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.structures import artefacts as kept
from adme.structures.actions.importing import Imported, import_structures
from adme.structures.errors import DiffersFromFinal, IdRefused, StructureError, StructureRefused, UnknownArtefact
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, Dataflow, DataProvider, DataStructure

pytestmark = pytest.mark.django_db

ENVELOPE = Envelope(message_id="fixture", prepared="2026-11-23T00:00:00Z", sender="ADME")
FORMATS = ["json-2.0", "json-2.1", "xml-2.1", "xml-3.0", "xml-3.1"]

AREAS = ItemScheme(
    "OFFICE",
    "CL_AREA",
    "1.2.0",
    {"en": "Areas", "th": "พื้นที่"},
    {"en": "As a fixture has them"},
    "codelist",
    (
        Item("SEA", {"en": "South-Eastern Asia"}),
        Item("LA", {"en": "Lao PDR", "lo": "ສປປ ລາວ"}, {"en": 'with "quotes", <signs> & more'}, parent="SEA"),
        Item("TH", {"en": "Thailand"}, parent="SEA"),
    ),
)
SEXES = ItemScheme("SDMX", "CL_SEX", "2.1.0", {"en": "Sex"}, kind="codelist", items=(Item("F", {"en": "Female"}),))
SERIES = ItemScheme("OFFICE", "CL_SERIES", "1.0.0", {"en": "Series"}, kind="codelist", items=(Item("S1", {}),))
SHARED = ItemScheme(
    "SDMX",
    "CROSS_DOMAIN",
    "2.0.0",
    {"en": "Shared"},
    {"en": "Concepts of all domains"},
    "conceptscheme",
    tuple(Item(name, {"en": name.title()}) for name in ("OBS_VALUE", "REF_AREA", "SEX", "TIME_PERIOD")),
)
OWN = ItemScheme(
    "OFFICE",
    "CS",
    "1.0.0",
    {"en": "Own"},
    kind="conceptscheme",
    items=(Item("COMMENT", {"en": "Comment"}), Item("SERIES", {}), Item("UNIT", {"en": "Unit"}, {"en": "Of measure"})),
)
PROVIDERS = ItemScheme(
    "OFFICE",
    "DATA_PROVIDERS",
    "1.0",
    {"en": "Data providers"},
    kind="dataproviderscheme",
    items=(Item("NSO", {"en": "Office"}),),
)


def concept(scheme: ItemScheme, name: str) -> str:
    return scheme.item_urn(scheme.item[name])


STRUCTURE = Structure(
    "OFFICE",
    "DSD",
    "1.0.0",
    {"en": "A structure"},
    components=(
        ComponentUse("SERIES", "dimension", concept(OWN, "SERIES"), SERIES.urn, required=True),
        ComponentUse("REF_AREA", "dimension", concept(SHARED, "REF_AREA"), AREAS.urn, required=True),
        ComponentUse("SEX", "dimension", concept(SHARED, "SEX"), SEXES.urn, required=True),
        ComponentUse("TIME_PERIOD", "time", concept(SHARED, "TIME_PERIOD")),
        ComponentUse("OBS_VALUE", "measure", concept(SHARED, "OBS_VALUE")),
        ComponentUse("UNIT", "attribute", concept(OWN, "UNIT"), required=True, of_series=True),
        ComponentUse("COMMENT", "attribute", concept(OWN, "COMMENT")),
    ),
)
FLOW = Flow("OFFICE", "DF", "1.0.0", {"en": "A flow"}, {"en": "Of the fixture"}, structure=STRUCTURE.urn)
AGREEMENT = Agreement(
    "OFFICE",
    "DF_NSO",
    "1.0.0",
    {"en": "A flow"},
    dataflow=FLOW.urn,
    provider=PROVIDERS.item_urn(PROVIDERS.items[0]),
)
ALL = Artefacts.of([AREAS, SERIES, SEXES, OWN, SHARED, PROVIDERS, STRUCTURE, FLOW, AGREEMENT])


def written(artefacts: Artefacts, form: str) -> bytes:
    kind, _, version = form.partition("-")
    if kind == "json":
        return json_structure.write_structures(artefacts, ENVELOPE, language="en", version=version)  # type: ignore[arg-type]
    return xml_structure.write_structures(artefacts, ENVELOPE, version=version)  # type: ignore[arg-type]


def bring(content: bytes | Artefacts, **more: Any) -> Imported:
    artefacts = content if isinstance(content, Artefacts) else read_structures(content).artefacts
    return import_structures(artefacts=artefacts, source="a.xml", by="alice", reason="a fixture", **more)


def stored() -> Artefacts:
    """Everything that is kept, as artefacts."""
    flows = Dataflow.objects.select_related("data_structure", "provider")
    uses = Component.objects.select_related("concept__scheme", "code_list")
    providers = DataProvider.objects.all()
    found: list[Any] = [kept.code_list_of(one) for one in CodeList.objects.prefetch_related("codes__parent")]
    found += [kept.concept_scheme_of(one) for one in ConceptScheme.objects.prefetch_related("concepts")]
    found += [kept.providers_of(agency, providers.filter(agency=agency)) for agency in {p.agency for p in providers}]
    found += [kept.structure_of(one, uses.filter(data_structure=one)) for one in DataStructure.objects.all()]
    found += [kept.flow_of(one) for one in flows]
    found += [kept.agreement_of(one) for one in flows]
    return Artefacts.of(found)


def count() -> int:
    models = (CodeList, ConceptScheme, Concept, DataProvider, DataStructure, Component, Dataflow)
    return sum(model.objects.count() for model in models)


# --- round trip ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_out_in_and_out_again_gives_the_same_bytes(form: str) -> None:
    first = written(ALL, form)
    done = bring(first)
    assert (len(done.created), done.unchanged) == (8, [])
    assert written(stored(), form) == first


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_again_changes_nothing(form: str) -> None:
    bring(ALL)
    before = count()
    done = bring(written(ALL, form))
    assert (done.created, len(done.unchanged), count()) == ([], 8, before)


def test_what_one_format_said_another_says_too() -> None:
    bring(written(ALL, "xml-2.1"))
    assert stored() == ALL


# --- refused ------------------------------------------------------------------------------------------


def areas(*items: Item, name: str = "Areas") -> ItemScheme:
    """The code list of areas with other items or another name."""
    return dataclasses.replace(AREAS, items=items, name={**AREAS.name, "en": name})


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (areas(*AREAS.items, name="Regions"), "name"),
        (areas(*AREAS.items[:2]), "TH"),
        (areas(*AREAS.items, Item("VN", {})), "VN"),
        (areas(*AREAS.items[:2], Item("TH", {})), "TH"),
        (areas(AREAS.items[0], AREAS.items[2], AREAS.items[1]), "order"),
        (dataclasses.replace(STRUCTURE, components=STRUCTURE.components[:-1]), "COMMENT"),
        (dataclasses.replace(FLOW, name={"en": "Another"}), "name"),
    ],
)
def test_a_final_is_not_changed_and_nothing_else_is_made(other: Any, told: str) -> None:
    bring(ALL)
    before, trail = count(), AuditEntry.objects.count()
    new = ItemScheme("OFFICE", "CL_NEW", "1.0.0", {"en": "New"}, kind="codelist", items=(Item("A", {}),))
    with pytest.raises(DiffersFromFinal) as refused:
        bring(Artefacts.of([new, other]))
    assert told in str(refused.value)
    assert (count(), AuditEntry.objects.count()) == (before, trail)


@pytest.mark.parametrize(
    ("artefacts", "error"),
    [
        (Artefacts.of([OWN, SHARED, STRUCTURE]), UnknownArtefact),
        (Artefacts.of([AREAS, SERIES, SEXES, STRUCTURE]), UnknownArtefact),
        (Artefacts.of([FLOW]), UnknownArtefact),
        (Artefacts.of([AREAS, SERIES, SEXES, OWN, SHARED, STRUCTURE, FLOW]), StructureRefused),
        (Artefacts.of([ItemScheme("OFFICE", "CL", "1.0.0", {}, kind="codelist", items=(Item("A+B", {}),))]), IdRefused),
        (
            Artefacts.of(
                [ItemScheme("OFFICE", "CL", "1.0.0", {}, kind="codelist", items=(Item("A", {}, parent="B"),))]
            ),
            StructureRefused,
        ),
        (
            Artefacts.of(
                [
                    ItemScheme(
                        "O", "CS", "1.0.0", {}, kind="conceptscheme", items=(Item("A", {}), Item("B", {}, parent="A"))
                    )
                ]
            ),
            StructureRefused,
        ),
        (Artefacts.of([Structure("OFFICE", "DSD", "1.0.0", {})]), StructureRefused),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_made(artefacts: Artefacts, error: type[StructureError]) -> None:
    with pytest.raises(error):
        bring(artefacts)
    assert (count(), AuditEntry.objects.count()) == (0, 0)


def test_who_does_not_maintain_structures_may_not(db: None) -> None:
    with pytest.raises(NotAllowed):
        import_structures(artefacts=ALL, source="a.xml", by=User.objects.create(username="ned"), reason="a fixture")


# --- what is said of it -------------------------------------------------------------------------------


def test_a_part_of_a_list_is_kept_and_said_to_be_one() -> None:
    part = ItemScheme("OFFICE", "CL_AREA", "1.2.0", AREAS.name, AREAS.description, "codelist", AREAS.items[:1], True)
    assert bring(Artefacts.of([part])).partial == ["codelist OFFICE:CL_AREA(1.2.0)"]


def test_a_part_of_a_list_that_is_here_is_the_same() -> None:
    bring(Artefacts.of([AREAS]))
    alone = Item("TH", {"en": "Thailand"})
    part = ItemScheme("OFFICE", "CL_AREA", "1.2.0", AREAS.name, AREAS.description, "codelist", (alone,), True)
    assert bring(Artefacts.of([part])).unchanged == ["codelist OFFICE:CL_AREA(1.2.0)"]


def test_an_import_stands_in_the_audit_trail_as_one() -> None:
    bring(ALL)
    entry = AuditEntry.objects.get(action="structures.imported")
    assert "dataflow OFFICE:DF(1.0.0)" in json.dumps(entry.detail)


def test_the_dimensions_of_a_flow_are_known_or_named() -> None:
    bring(ALL)
    flow = Dataflow.objects.get()
    assert (flow.indicator_dimension, flow.area_dimension, str(flow.provider)) == ("SERIES", "REF_AREA", "NSO")


def test_the_dimensions_of_a_flow_can_be_named() -> None:
    bring(ALL, indicator_dimension="SEX", area_dimension="SERIES")
    assert (Dataflow.objects.get().indicator_dimension, Dataflow.objects.get().area_dimension) == ("SEX", "SERIES")
