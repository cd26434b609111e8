"""Code lists that take codes from others: read, written, resolved, kept, and never changed."""

from __future__ import annotations

import dataclasses

import pytest

from adme.lib.sdmx_messages.artefacts import Artefacts, Extension, Item, ItemScheme, Member
from adme.lib.sdmx_messages.structure_file import read_structures
from adme.lib.sdmx_messages.structure_reading import NotReadable
from adme.structures import artefacts as kept
from adme.structures import contents, drafting
from adme.structures.actions.versions import succeed_code_list
from adme.structures.errors import DiffersFromFinal, StructureRefused, UnknownArtefact
from adme.structures.models import Code, CodeList
from tests.lib import official
from tests.structures.test_importing import ALL, AREAS, FORMATS, STRUCTURE, bring, written

pytestmark = pytest.mark.django_db
NAME = {"en": "A fixture"}
GROUPS = ItemScheme(
    "OFFICE", "CL_GROUP", "1.0.0", NAME, kind="codelist",
    items=(Item("EU", NAME), Item("EU_S", NAME, parent="EU"), Item("EU_W", NAME, parent="EU"), Item("G7", NAME)),
)  # fmt: skip


def extending(*extensions: Extension, own: tuple[Item, ...] = (), version: str = "1.0.0") -> ItemScheme:
    return ItemScheme("OFFICE", "CL_EXT", version, NAME, kind="codelist", items=own, extensions=extensions)


BOTH = extending(
    Extension(AREAS.urn, members=(Member("TH"),), include=False),
    Extension(GROUPS.urn, "X_", (Member("G7"), Member("EU_%"))),
    own=(Item("LA", {"en": "Our own Laos"}), Item("CORE", NAME, parent="SEA")),
)
ONE_OF_EACH = {
    "both": BOTH,
    "everything": extending(Extension(AREAS.urn)),
    "cascade": extending(Extension(GROUPS.urn, members=(Member("EU", "true"),))),
    "children": extending(Extension(GROUPS.urn, members=(Member("EU", "excluderoot"),), include=False)),
}


def codes(code_list: CodeList) -> list[tuple[str, str, bool]]:
    return [(one.code_id, one.parent.code_id if one.parent else "", one.inherited) for one in code_list.codes.all()]


def brought(*schemes: ItemScheme) -> CodeList:
    bring(Artefacts.of(schemes))
    return CodeList.objects.get(artefact_id="CL_EXT", succeeded_by=None)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "xml-2.1"])
@pytest.mark.parametrize("what", ONE_OF_EACH)
def test_what_goes_out_is_valid_and_comes_in_the_same(what, form):
    told = Artefacts.of([ONE_OF_EACH[what]])
    content = written(told, form)
    kind, _, version = form.partition("-")
    faults = (
        official.json_faults(official.JSON_STRUCTURE[version], content)
        if kind == "json"
        else official.xml_faults(version, content)
    )
    assert faults == []
    read = read_structures(content).artefacts
    assert read == told
    made = brought(AREAS, GROUPS, *read.schemes)
    assert written(Artefacts.of([kept.unresolved(made)]), form) == content


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (
            "both",
            [
                ("SEA", "", True), ("X_EU_S", "", True), ("X_EU_W", "", True), ("X_G7", "", True),
                ("LA", "", False), ("CORE", "SEA", False),
            ],
        ),
        ("everything", [("SEA", "", True), ("LA", "SEA", True), ("TH", "SEA", True)]),
        ("cascade", [("EU", "", True), ("EU_S", "EU", True), ("EU_W", "EU", True)]),
        ("children", [("EU", "", True), ("G7", "", True)]),
    ],
)  # fmt: skip
def test_the_codes_are_those_that_are_selected(what, expected):
    # In any order in the message: what is extended is read first.
    assert codes(brought(ONE_OF_EACH[what], GROUPS, AREAS)) == expected


def test_a_later_list_goes_before_an_earlier_one_and_own_codes_before_all():
    second = dataclasses.replace(GROUPS, id="CL_MORE", items=(Item("EU", {"en": "Later"}), Item("G7", NAME)))
    told = extending(Extension(GROUPS.urn), Extension(second.urn), own=(Item("G7", {"en": "Own"}),))
    made = brought(GROUPS, second, told)
    names = {one.code_id: one.name["en"] for one in made.codes.all()}
    assert names == {"EU": "Later", "EU_S": "A fixture", "EU_W": "A fixture", "G7": "Own"}


def test_lists_extend_lists_that_extend_lists():
    middle = dataclasses.replace(extending(Extension(GROUPS.urn, "A_")), id="CL_MIDDLE")
    made = brought(extending(Extension(middle.urn, "B_", (Member("A_EU", "true"),))), middle, GROUPS)
    assert [one[0] for one in codes(made)] == ["B_A_EU", "B_A_EU_S", "B_A_EU_W"]


@pytest.mark.parametrize(
    ("extensions", "error", "words"),
    [
        ([Extension(GROUPS.urn, members=(Member("NONE"),))], StructureRefused, "names codes that do not exist. NONE"),
        ([Extension(AREAS.urn)], UnknownArtefact, "CL_AREA"),
        ([Extension(extending().urn)], StructureRefused, "in a ring"),
    ],
)
def test_what_cannot_be_resolved_is_refused_whole(extensions, error, words):
    with pytest.raises(error, match=words):
        bring(Artefacts.of([GROUPS, extending(*extensions)]))
    assert not CodeList.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("EU_%", "E%_S", "% stands at the end"),
        ("<str:MemberValue>EU_%", '<str:MemberValue cascadeValues="true">EU_%', "without cascading"),
        ("<str:MemberValue>G7", '<str:MemberValue cascadeValues="far">G7', "how far"),
        ("<str:MemberValue>G7", "<str:MemberValue>EU_%", "twice"),
    ],
)
def test_what_not_every_format_can_say_is_refused_by_name(old, new, words):
    content = written(Artefacts.of([BOTH]), "xml-3.0").decode()
    assert old in content
    with pytest.raises(NotReadable, match=words):
        read_structures(content.replace(old, new, 1).encode())


def test_it_is_final_as_every_list_whole_or_as_it_came():
    made = brought(AREAS, GROUPS, BOTH)
    whole = kept.code_list_of(made)
    before = [written(Artefacts.of([one]), "json-2.1") for one in (whole, kept.unresolved(made))]
    assert bring(Artefacts.of([BOTH])).created == bring(Artefacts.of([whole])).created == []
    other = dataclasses.replace(BOTH, extensions=BOTH.extensions[:1])
    with pytest.raises(DiffersFromFinal, match="extensions"):
        bring(Artefacts.of([other]))
    # A newer version of what it takes codes from changes nothing: it names a version.
    more = dataclasses.replace(GROUPS, version="1.1.0", items=(*GROUPS.items, Item("EU_N", NAME)))
    assert bring(Artefacts.of([more])).succeeded == ["codelist OFFICE:CL_GROUP(1.1.0)"]
    made.refresh_from_db()
    after = [written(Artefacts.of([one]), "json-2.1") for one in (kept.code_list_of(made), kept.unresolved(made))]
    assert after == before
    newer = extending(BOTH.extensions[0], Extension(more.urn, "X_", (Member("EU_%"),)), own=BOTH.items, version="2.0.0")
    bring(Artefacts.of([newer]))
    assert "X_EU_N" in {one.code_id for one in CodeList.objects.get(version="2.0.0").codes.all()}


def test_a_data_structure_takes_its_codes_and_a_next_version_keeps_where_they_come_from():
    own = dataclasses.replace(
        STRUCTURE,
        components=tuple(
            dataclasses.replace(one, code_list=BOTH.urn) if one.code_list == AREAS.urn else one
            for one in STRUCTURE.components
        ),
    )
    schemes = [*ALL.schemes, GROUPS, BOTH]
    bring(dataclasses.replace(ALL, schemes=tuple(schemes), structures=(own,)))
    made = CodeList.objects.get(artefact_id="CL_EXT")
    assert made.component_set.get().component_id == "REF_AREA"

    content = contents.of_code_list(made)
    changed = drafting.with_changed(content, "X_G7", name={"en": "Seven"})
    with pytest.raises(StructureRefused, match="comes from another list"):
        drafting.without(content, "X_EU_S")
    succeed_code_list(code_list=made, version="1.0.1", content=changed, by="alice", reason="a fixture")
    made.refresh_from_db()
    assert [one.id for one in kept.unresolved(made).items] == ["X_G7", "LA", "CORE"]
    assert kept.unresolved(made).extensions == BOTH.extensions
    assert kept.unresolved(made.earlier_versions.get()) == BOTH
    assert Code.objects.filter(code_list=made, inherited=True).count() == 3
