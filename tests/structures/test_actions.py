"""Words are made and changed by audited verbs; what numbers hang on never goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.actions.data_structures import (
    NewComponent,
    NewConcept,
    create_data_structure,
    rename_data_structure,
)
from adme.structures.actions.dataflows import change_dataflow, change_provider, create_dataflow, create_provider
from adme.structures.actions.mappings import remember_mapping
from adme.structures.actions.words import set_codes, set_concepts
from adme.structures.errors import AlreadyExists, IdRefused, MappingUnreadable, StructureRefused
from adme.structures.models import CodeList, DataStructure, Mapping
from adme.structures.queries import mapping_for

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": "test", "reason": "a test"}


def make_list(*codes, name="CL_X", **more):
    return create_code_list(agency="TEST", artefact_id=name, name={"en": "X"}, codes=codes, **{**WHO, **more})


def make_structure(**changes):
    scheme = set_concepts(
        agency="TEST",
        artefact_id="CS",
        name={"en": "Concepts"},
        concepts=[NewConcept(name) for name in ("AREA", "KIND", "TIME_PERIOD", "OBS_VALUE", "NOTE")],
        **WHO,
    )
    areas = make_list(NewCode("TH"), NewCode("VN"), name="CL_AREA")
    components = [
        NewComponent("AREA", code_list=areas),
        NewComponent("KIND", code_list=areas),
        NewComponent("TIME_PERIOD", "time"),
        NewComponent("OBS_VALUE", "measure"),
        NewComponent("NOTE", "attribute"),
    ]
    given: dict[str, Any] = {"components": components, "artefact_id": "DSD", **changes}
    return create_data_structure(agency="TEST", name={"en": "S"}, scheme=scheme, **given, **WHO)


def make_flow():
    provider = create_provider(agency="TEST", provider_id="P", name={"en": "P"}, **WHO)
    return create_dataflow(
        agency="TEST",
        artefact_id="DF",
        name={"en": "Flow"},
        data_structure=make_structure(),
        provider=provider,
        indicator_dimension="KIND",
        area_dimension="AREA",
        **WHO,
    )


def entries(action):
    found = AuditEntry.objects.filter(action=action).values_list("object_id", "reason", "detail")
    return [(object_id, reason, json.loads(detail)) for object_id, reason, detail in found]


def test_a_code_list_is_made_in_order_with_parents_and_aliases():
    made = make_list(NewCode("B", {"en": "Bee"}, parent="A", aliases={"ISO3": ["BEE"]}), NewCode("A", kind="aggregate"))

    codes = list(made.codes.values_list("code_id", "position", "parent__code_id", "kind", "aliases"))
    assert codes == [("B", 0, "A", "", {"ISO3": ["BEE"]}), ("A", 1, None, "aggregate", {})]
    ((object_id, reason, detail),) = entries("structures.code_list.created")
    assert (object_id, reason, detail["codes"]) == ("TEST:CL_X(1.0.0)", "a test", ["B", "A"])


@pytest.mark.parametrize("code", ["15+", "<5Y", "SH.STA", "a b", "", "mgr/m^3", "A\n"])
def test_a_code_obeys_the_standard(code):
    with pytest.raises(IdRefused):
        make_list(NewCode(code))
    assert not CodeList.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "names",
    [{"artefact_id": "1X"}, {"agency": "A B"}, {"version": "1.0"}, {"artefact_id": "CL.X"}, {"version": "1.0.0\n"}],
)
def test_names_obey_the_standard(names):
    given: dict[str, Any] = {"agency": "TEST", "artefact_id": "CL_X", "version": "1.0.0", **names}
    with pytest.raises(IdRefused):
        create_code_list(name={}, codes=[], **given, **WHO)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([NewCode("A"), NewCode("A")], "twice"),
        ([NewCode("A", parent="Z")], "parent"),
        ([NewCode("A", parent="A")], "ancestor"),
        ([NewCode("A", parent="B"), NewCode("B", parent="A")], "ancestor"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_whole(codes, words):
    with pytest.raises(StructureRefused, match=words):
        make_list(*codes)
    assert not CodeList.objects.exists()


def test_a_name_names_one_artefact_for_ever():
    make_list(NewCode("A"))

    with pytest.raises(AlreadyExists):
        make_list(NewCode("B"))
    make_list(NewCode("B"), version="1.1.0")


def test_codes_are_added_and_changed_and_never_lost():
    made = make_list(NewCode("A", {"en": "old"}), NewCode("B"))
    kept = made.codes.get(code_id="A").pk

    set_codes(code_list=made, codes=[NewCode("A", {"en": "new"}, parent="C"), NewCode("C")], **WHO)

    codes = {code.code_id: code for code in made.codes.select_related("parent")}
    assert set(codes) == {"A", "B", "C"}
    assert (codes["A"].pk, codes["A"].name, str(codes["A"].parent)) == (kept, {"en": "new"}, "C")
    made.refresh_from_db()
    earlier = CodeList.objects.get(version="1.0.0")
    assert (made.version, earlier.succeeded_by, earlier.codes.get(code_id="A").name) == ("1.1.0", made, {"en": "old"})
    ((_object, _reason, detail),) = entries("structures.code_list.succeeded")
    assert (detail["added"], detail["changed"]) == (["C"], ["A: name, parent"])


def test_setting_the_same_codes_again_says_and_does_nothing():
    codes = [NewCode("A", {"en": "a"}, aliases={"ISO3": ["AAA"]}), NewCode("B", parent="A")]
    made = make_list(*codes)

    set_codes(code_list=made, codes=codes, **WHO)

    assert entries("structures.code_list.succeeded") == []


def test_of_a_large_list_only_rows_that_differ_are_written():
    made = make_list(*(NewCode(f"C{number}") for number in range(300)))

    with CaptureQueriesContext(connection) as asked:
        set_codes(code_list=made, codes=[NewCode("C7", {"en": "Seven"})], **WHO)

    written = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "structures_code" ')]
    assert len(written) == 1
    assert "Seven" in written[0]
    assert written[0].count("WHEN") == 9  # one row: a case for each field


def test_a_code_that_is_told_twice_is_refused_whether_it_is_there_or_new():
    made = make_list(NewCode("A"))

    for code in ("A", "B"):
        with pytest.raises(StructureRefused, match=f"stands twice in the list. {code}"):
            set_codes(code_list=made, codes=[NewCode(code), NewCode(code)], **WHO)


def test_a_parent_may_be_moved_but_never_into_a_circle():
    made = make_list(NewCode("A"), NewCode("B", parent="A"), NewCode("C", parent="B"))

    with pytest.raises(StructureRefused, match="ancestor"):
        set_codes(code_list=made, codes=[NewCode("A", parent="C")], **WHO)
    set_codes(code_list=made, codes=[NewCode("C", parent="A")], **WHO)

    assert dict(made.codes.values_list("code_id", "parent__code_id")) == {"A": None, "B": "A", "C": "A"}


def test_dimensions_are_numbered_in_the_order_given():
    made = make_structure()

    rows = made.components.values_list("component_id", "role", "position", "required")
    assert set(rows) == {
        ("AREA", "dimension", 1, True),
        ("KIND", "dimension", 2, True),
        ("TIME_PERIOD", "time", 1, False),
        ("OBS_VALUE", "measure", 1, False),
        ("NOTE", "attribute", 1, False),
    }


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ([NewComponent("AREA")], "one time"),
        ([NewComponent("TIME_PERIOD", "time"), NewComponent("OBS_VALUE", "measure")], "dimensions"),
        (
            [NewComponent("AREA"), NewComponent("TIME_PERIOD", "time"), NewComponent("OBS_VALUE", "measure")],
            "code list",
        ),
        ([NewComponent("AREA"), NewComponent("AREA")], "twice"),
    ],
)
def test_a_structure_that_cannot_hold_numbers_is_refused(components, words):
    with pytest.raises(StructureRefused, match=words):
        make_structure(components=components)
    assert not DataStructure.objects.exists()


def test_a_component_needs_a_concept_of_the_scheme():
    areas = make_list(NewCode("TH"))
    components = [
        NewComponent("PLACE", code_list=areas),
        NewComponent("TIME_PERIOD", "time"),
        NewComponent("OBS_VALUE", "measure"),
    ]

    with pytest.raises(StructureRefused, match="PLACE"):
        make_structure(components=components)


def test_a_structure_may_be_renamed():
    made = make_structure()

    renamed = rename_data_structure(structure=made, name={"en": "Better"}, **WHO)

    assert (renamed.name, renamed.stamp != made.stamp) == ({"en": "Better"}, True)


def test_a_dataflow_names_dimensions_that_exist():
    provider = create_provider(agency="TEST", provider_id="P", name={}, **WHO)

    with pytest.raises(StructureRefused, match="SERIES"):
        create_dataflow(
            agency="TEST",
            artefact_id="DF",
            name={},
            data_structure=make_structure(),
            provider=provider,
            indicator_dimension="SERIES",
            area_dimension="AREA",
            **WHO,
        )


def test_what_is_said_of_a_dataflow_may_change_but_not_what_numbers_hang_on():
    flow = make_flow()

    changed = change_dataflow(dataflow=flow, licence="CC0-1.0", source={"en": "us"}, **WHO)

    assert (changed.licence, changed.source) == ("CC0-1.0", {"en": "us"})
    ((_object, _reason, detail),) = entries("structures.dataflow.changed")
    assert (detail["old"]["licence"], detail["new"]["licence"]) == ("", "CC0-1.0")
    with pytest.raises(StructureRefused, match="indicator_dimension"):
        change_dataflow(dataflow=flow, indicator_dimension="AREA", **WHO)
    with pytest.raises(StructureRefused, match="right form"):
        change_dataflow(dataflow=flow, licence_address="not an address", **WHO)


def test_a_provider_is_made_once_and_may_be_renamed():
    provider = make_flow().provider

    with pytest.raises(AlreadyExists):
        create_provider(agency="TEST", provider_id="P", name={}, **WHO)
    changed = change_provider(provider=provider, name={"en": "Q"}, address="https://example.org/", **WHO)
    assert changed.title == "Q"


def test_a_mapping_is_remembered_by_its_headings_and_replaced_by_name():
    flow = make_flow()
    text = "mapping: 1\ncolumns:\n  a: time\n"

    remember_mapping(dataflow=flow, name="ours", declaration=text, header=["a", "B "], **WHO)
    remember_mapping(dataflow=flow, name="ours", declaration=text + "absent: _Z\n", header=["a", "B "], **WHO)

    found = mapping_for(["b", "A"])
    assert found is not None
    assert found.declaration.endswith("_Z\n")
    assert Mapping.objects.count() == 1
    assert mapping_for(["a"]) is None
    assert [detail["old"] for *_rest, detail in entries("structures.mapping.remembered")] == [text, ""]


def test_a_mapping_that_cannot_be_read_is_not_remembered():
    with pytest.raises(MappingUnreadable):
        remember_mapping(dataflow=make_flow(), name="ours", declaration="mapping: 1", header=[], **WHO)


@pytest.mark.parametrize(("role", "may"), [(Role.METADATA_EDITOR, True), (Role.DATA_OFFICER, False), (None, False)])
def test_words_are_changed_by_editors_only(role, may):
    person = User.objects.create(username="somebody")
    if role:
        Grant.objects.create(user=person, role=role)

    if may:
        assert make_list(NewCode("A"), by=person).codes.count() == 1
    else:
        with pytest.raises(NotAllowed):
            make_list(NewCode("A"), by=person)


@pytest.mark.parametrize(("role", "may"), [(Role.DATA_OFFICER, True), (Role.AUDITOR, False)])
def test_mappings_are_remembered_by_those_who_bring_data_in(role, may):
    person = User.objects.create(username="somebody")
    Grant.objects.create(user=person, role=role)
    wanted = {"dataflow": make_flow(), "name": "ours", "declaration": "mapping: 1\ncolumns: {a: time}", "header": ["a"]}

    if may:
        assert remember_mapping(**wanted, by=person, reason="a test").updated_by == "somebody"
    else:
        with pytest.raises(NotAllowed):
            remember_mapping(**wanted, by=person, reason="a test")
