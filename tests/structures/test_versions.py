"""A version takes the place of the one before it: by a message too, and references follow."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from adme.lib.sdmx_messages.artefacts import Artefacts, Item
from adme.lib.sdmx_messages.structure_file import read_structures
from adme.structures import drafting
from adme.structures.errors import StructureRefused
from adme.structures.models import Code, CodeList, Component, ConceptScheme
from adme.structures.version_numbers import next_version
from tests.structures.test_importing import ALL, AREAS, FORMATS, OWN, STRUCTURE, bring, written


def content(*ids: str, **parents: str) -> drafting.Content:
    items = [drafting.item_of(one, name={"en": one}, parent=parents.get(one, "")) for one in ids]
    return {"name": {}, "description": {}, "items": items}


def ids(told: drafting.Content) -> list[str]:
    return [one["id"] for one in told["items"]]


@pytest.mark.parametrize(
    ("there", "level", "expected"),
    [
        (["1.0.0"], "minor", "1.1.0"),
        (["1.0.0", "1.9.0", "1.10.3"], "minor", "1.11.0"),
        (["1.0.0", "2.3.0"], "minor", "1.1.0"),
        ([], "minor", "1.1.0"),
        (["1.0.0", "1.0.9", "1.1.30", "2.0.40"], "patch", "1.0.10"),
        (["1.4.0", "3.1.0"], "major", "4.0.0"),
    ],
)
def test_the_next_version_is_above_all_that_it_is_compared_with(there, level, expected):
    assert next_version("1.0.0", there, level) == expected


@pytest.mark.parametrize(
    ("item", "step", "expected"),
    [
        ("A", 1, "B A X Y"),
        ("A", -1, "A B X Y"),
        ("B", 5, "A B X Y"),
        ("X", 1, "A B Y X"),
        ("Y", -1, "A B Y X"),
    ],
)
def test_an_item_moves_among_those_under_the_same_parent(item, step, expected):
    told = content("A", "B", "X", "Y", X="A", Y="A")
    assert ids(drafting.moved(told, item, step)) == expected.split()


@pytest.mark.parametrize(
    ("item", "into", "words"),
    [
        ("A", "A", "into itself"),
        ("A", "X", "one below it"),
        ("A", "OLD", "no longer used"),
        ("A", "NONE", "has no"),
        ("NONE", "A", "has no"),
    ],
)
def test_a_merge_that_makes_no_sense_is_refused(item, into, words):
    told = drafting.deprecated(content("A", "X", "OLD", X="A"), "OLD", valid_to=dt.date(2020, 1, 1))
    with pytest.raises(StructureRefused, match=words):
        drafting.merged(told, item, into, valid_to=dt.date(2026, 1, 1))


def test_two_codes_never_replace_each_other():
    told = drafting.deprecated(content("A", "B"), "A", valid_to=dt.date(2020, 1, 1), replaced_by="B")
    with pytest.raises(StructureRefused, match="replace each other"):
        drafting.deprecated(told, "B", valid_to=dt.date(2021, 1, 1), replaced_by="A")
    with pytest.raises(StructureRefused, match="last day"):
        drafting.with_changed(told, "A", valid_to="")


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMATS)
def test_marks_of_codes_go_out_and_come_in(form):
    women = Item("F", {"en": "Female"}, valid_to="2026-06-30", replaced_by="W")
    marked = dataclasses.replace(AREAS, items=(women, Item("W", {"en": "Women"})))
    message = Artefacts.of([marked])

    read = read_structures(written(message, form)).artefacts
    assert read.schemes == message.schemes
    bring(read)
    code = Code.objects.get(code_id="F")
    assert (code.valid_to, code.replaced_by.code_id) == (dt.date(2026, 6, 30), "W")


@pytest.mark.django_db
def test_a_last_day_that_is_no_date_is_refused():
    wrong = dataclasses.replace(AREAS, items=(Item("F", {}, valid_to="next year"),))
    with pytest.raises(StructureRefused, match="no date"):
        bring(Artefacts.of([wrong]))


def grown() -> Artefacts:
    """The areas of the fixture with one more, as version 1.3.0."""
    items = (*AREAS.items[:2], dataclasses.replace(AREAS.items[2], name={"en": "Kingdom"}), Item("VN", {}))
    return Artefacts.of([dataclasses.replace(AREAS, version="1.3.0", items=items)])


@pytest.mark.django_db
def test_a_list_that_only_grows_takes_the_place_of_the_one_before():
    bring(ALL)
    held = Code.objects.get(code_list__artefact_id="CL_AREA", code_id="TH").pk
    Code.objects.filter(pk=held).update(aliases={"M49": ["764"]}, kind="state")
    done = bring(grown())

    assert done.succeeded == done.created == ["codelist OFFICE:CL_AREA(1.3.0)"]
    code = Code.objects.get(pk=held)
    assert (code.code_list.version, code.name, code.kind) == ("1.3.0", {"en": "Kingdom"}, "state")
    assert code.aliases == {"M49": ["764"]}
    earlier = CodeList.objects.get(version="1.2.0")
    assert earlier.succeeded_by == code.code_list
    assert [one.name for one in earlier.codes.all()][2] == {"en": "Thailand"}
    assert Component.objects.get(component_id="REF_AREA").code_list == code.code_list


@pytest.mark.django_db
def test_what_was_brought_in_before_is_still_the_same_afterwards():
    bring(ALL)
    bring(grown())
    again = bring(ALL)

    assert again.created == []
    other = dataclasses.replace(STRUCTURE, id="DSD_2")
    bring(Artefacts.of([other]))
    lists = Component.objects.filter(data_structure__artefact_id="DSD_2", component_id="REF_AREA")
    assert [one.code_list.version for one in lists] == ["1.3.0"]


@pytest.mark.django_db
def test_a_version_that_lacks_a_code_stands_beside():
    bring(ALL)
    less = dataclasses.replace(AREAS, version="1.3.0", items=AREAS.items[:2])
    done = bring(Artefacts.of([less]))

    assert done.succeeded == []
    assert Component.objects.get(component_id="REF_AREA").code_list.version == "1.2.0"
    major = dataclasses.replace(AREAS, version="2.0.0")
    assert bring(Artefacts.of([major])).succeeded == []


@pytest.mark.django_db
def test_a_scheme_of_concepts_grows_in_the_same_way():
    bring(ALL)
    more = dataclasses.replace(OWN, version="1.1.0", items=(*OWN.items, Item("NEW", {"en": "New"})))

    assert bring(Artefacts.of([more])).succeeded == ["conceptscheme OFFICE:CS(1.1.0)"]
    assert Component.objects.get(component_id="UNIT").concept.scheme.version == "1.1.0"
    assert ConceptScheme.objects.get(artefact_id="CS", version="1.0.0").concepts.count() == 3
    assert bring(ALL).created == []
