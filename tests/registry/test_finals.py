"""What is final never changes: every kind, written in every format before and after every change that can be made."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from django.test import Client

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib.sdmx_messages import json_structure, xml_structure
from adme.lib.sdmx_messages.artefacts import Artefact, Artefacts, Item, ItemScheme
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.registry import shelves
from adme.registry.exporting import plain
from adme.sdmx.registry import KINDS, PublicRegistry
from adme.structures import drafting
from adme.structures.actions import drafts
from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.data_structures import NewConcept, rename_data_structure
from adme.structures.actions.dataflows import change_dataflow, create_provider
from adme.structures.actions.importing import import_structures
from adme.structures.actions.words import set_codes, set_concepts
from adme.structures.contents import Drafted
from adme.structures.errors import DiffersFromFinal
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure, Document, KeptVersion
from adme.structures.queries import allowed_in, dataflow_by_reference, flow_named, structure_of
from tests.factories.world import CANARY, World
from tests.registry.test_documents import ALL

pytestmark = [pytest.mark.django_db]
ENVELOPE = Envelope(message_id="fixture", prepared="2026-11-23T00:00:00Z", sender="ADME")
WHO: dict[str, Any] = {"by": "alice", "reason": "a fixture"}
NEVER_FINAL = {"agencyscheme", "dataproviderscheme", "categorisation"}
"""The standard gives them one version for ever, and lets them grow."""


def documents() -> None:
    import_structures(artefacts=Artefacts.of(ALL), source="a fixture", **WHO)


Written = dict[str, dict[str, bytes]]


def written(artefacts: list[Artefact]) -> Written:
    """URN → format → message."""
    found: Written = {}
    for artefact in artefacts:
        if artefact.kind in NEVER_FINAL:
            continue
        message = Artefacts.of([artefact])
        forms: dict[str, bytes] = {}
        for number in ("2.0", "2.1"):
            forms[f"json {number}"] = json_structure.write_structures(message, ENVELOPE, language="en", version=number)
        forms["xml 2.1"] = xml_structure.write_structures(message.in_2_1(), ENVELOPE, version="2.1")
        forms["xml 3.0"] = xml_structure.write_structures(message, ENVELOPE, version="3.0")
        forms["xml 3.1"] = xml_structure.write_structures(message, ENVELOPE, version="3.1")
        found[artefact.urn] = forms
    return found


def public() -> Written:
    return written(list(PublicRegistry().artefacts.values()))


def at_the_desk() -> Written:
    rows = [shelves.find(row.kind, row.agency, row.artefact_id, row.version) for row in shelves.rows()]
    return written([plain(row) for row in rows if row is not None])


def approve(artefact: Drafted, change: Any) -> None:
    reviewer, _made = User.objects.get_or_create(username="a reviewer")
    Grant.objects.get_or_create(user=reviewer, role=Role.REVIEWER)
    draft = drafts.open_draft(artefact=artefact, **WHO)
    draft = drafts.change_draft(draft=draft, content=change(draft.content), revision=1, **WHO)
    drafts.approve_draft(draft=draft, by=reviewer, revision=2)


def named(content: drafting.Content) -> drafting.Content:
    return drafting.with_texts(content, name={"en": "Another name"}, description={"en": "Another text"})


def grown(content: drafting.Content) -> drafting.Content:
    return drafting.with_new(content, drafting.item_of("NEW", name={"en": "New"}))


def an_attribute(content: drafting.Content) -> drafting.Content:
    concept = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=ASEAN:CS(1.0.0).SEX"
    use = {"id": "MORE", "role": "attribute", "concept": concept, "code_list": "", "required": False, "of_series": True}
    return drafting.with_attribute(content, use)


def sexes() -> CodeList:
    return CodeList.objects.get(artefact_id="CL_SEX", succeeded_by=None)


def concepts() -> ConceptScheme:
    return ConceptScheme.objects.get(artefact_id="CS", succeeded_by=None)


def goals() -> Dataflow:
    return Dataflow.objects.select_related("data_structure").get(artefact_id="DF_GOALS")


def other_provider() -> None:
    provider = create_provider(agency="ASEAN", provider_id="OTHER", name={"en": "Another"}, **WHO)
    change_dataflow(dataflow=goals(), provider=provider, **WHO)


CHANGES: dict[str, tuple[Any, set[str]]] = {
    "words of a list": (lambda: approve(sexes(), named), {"CL_SEX(1.0.1)", "DSD_GOALS(1.0.1)", "DF_GOALS(1.0.1)"}),
    "a code more": (lambda: approve(sexes(), grown), {"CL_SEX(1.1.0)", "DSD_GOALS(1.1.0)", "DF_GOALS(1.1.0)"}),
    "codes set by a loader": (
        lambda: set_codes(code_list=sexes(), codes=[NewCode("F", {"en": "Female"}), NewCode("X")], **WHO),
        {"CL_SEX(1.1.0)", "DSD_GOALS(1.1.0)"},
    ),
    "words of a scheme": (lambda: approve(concepts(), named), {"CS(1.0.1)", "DSD_BANK(1.0.1)", "DF_BANK(1.0.1)"}),
    "concepts set by a loader": (
        lambda: set_concepts(
            agency="ASEAN", artefact_id="CS", name={}, concepts=[NewConcept("SEX", {"en": "Of whom"})], **WHO
        ),
        {"CS(1.0.1)", "DSD_GOALS(1.0.1)"},
    ),
    "words of a structure": (
        lambda: approve(goals().data_structure, named),
        {"DSD_GOALS(1.0.1)", "DF_GOALS(1.0.1)"},
    ),
    "a structure renamed by a program": (
        lambda: rename_data_structure(structure=goals().data_structure, name={"en": "Another"}, **WHO),
        {"DSD_GOALS(1.0.1)"},
    ),
    "an attribute more": (lambda: approve(goals().data_structure, an_attribute), {"DSD_GOALS(1.1.0)"}),
    "words of a dataflow": (lambda: approve(goals(), named), {"DF_GOALS(1.0.1)"}),
    "another provider": (other_provider, {"DF_GOALS(1.1.0)", "DF_GOALS_OTHER(1.1.0)"}),
}
"""What is done → new references, among others."""


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_final_answers_as_before_bit_for_bit_whatever_changes(what, world: World):
    documents()
    before, kept = public(), at_the_desk()
    change, expected = CHANGES[what]
    change()

    after, kept_after = public(), at_the_desk()
    assert {urn: after.get(urn) for urn in before} == before
    assert {urn: kept_after.get(urn) for urn in kept} == kept
    new = {urn.rpartition(":")[2] for urn in after.keys() - before.keys()}
    assert expected <= new


def test_the_test_above_sees_every_kind(world: World):
    documents()
    assert {one.kind for one in PublicRegistry().artefacts.values()} == set(KINDS)


def test_many_changes_leave_every_version_as_it_was(world: World):
    seen: Written = {}
    for what in ("words of a dataflow", "a code more", "words of a structure", "words of a list", "another provider"):
        seen |= public()
        CHANGES[what][0]()
    now = public()
    assert {urn: now.get(urn) for urn in seen} == seen
    assert sorted(one.version for one in KeptVersion.objects.filter(artefact_id="DF_GOALS")) == [
        "1.0.0",
        "1.0.1",
        "1.1.0",
        "1.1.1",
        "1.1.2",
    ]


def again(artefact: Artefact) -> Artefact:
    """Another under the same name."""
    if isinstance(artefact, ItemScheme) and artefact.kind != "dataproviderscheme":
        return dataclasses.replace(artefact, items=(*artefact.items, Item("EXTRA", {"en": "Extra"})), partial=False)
    return dataclasses.replace(artefact, name={"en": "Something else"})


def test_a_message_that_changes_a_final_version_is_refused_and_an_equal_one_is_not(world: World):
    documents()
    approve(goals().data_structure, named)  # so that there are earlier versions as well
    rows = [shelves.find(row.kind, row.agency, row.artefact_id, row.version) for row in shelves.rows()]
    said = [plain(row) for row in rows if row is not None]
    before = at_the_desk()
    for artefact in said:
        done = import_structures(artefacts=Artefacts.of([artefact]), source="fixture.xml", **WHO)
        assert (done.created, len(done.unchanged)) == ([], 1), artefact.urn
        with pytest.raises(DiffersFromFinal, match="is here already, is final, and is not the same"):
            import_structures(artefacts=Artefacts.of([again(artefact)]), source="fixture.xml", **WHO)
    assert at_the_desk() == before
    assert {row.kind for row in shelves.rows()} >= {"codelist", "conceptscheme", "datastructure", "dataflow"}


def test_whoever_wrote_an_earlier_version_down_still_means_the_same(world: World):
    documents()
    before = [one.urn for one in allowed_in(goals())]
    approve(goals().data_structure, named)
    flow = goals()

    assert flow.reference == "ASEAN:DF_GOALS(1.0.1)"
    assert dataflow_by_reference("ASEAN:DF_GOALS(1.0.0)") == flow
    assert flow_named("ASEAN:DSD_GOALS(1.0.0)") == flow_named("ASEAN:DSD_GOALS(1.0.1)") == flow.reference
    assert set(structure_of(flow).earlier) == {"ASEAN:DF_GOALS(1.0.0)", "ASEAN:DSD_GOALS(1.0.0)"}
    assert [one.urn for one in allowed_in(flow)] == before != []


def test_structures_of_other_agencies_get_no_version_of_ours(world: World):
    CodeList.objects.filter(artefact_id="CL_SEX").update(agency="OTHERS")
    before = public()
    approve(sexes(), grown)

    after = public()
    assert {urn: after.get(urn) for urn in before} == before
    assert DataStructure.objects.get(artefact_id="DSD_GOALS").version == "1.0.0"
    assert "NEW" in structure_of(goals()).code_lists["SEX"].codes
    approve(goals().data_structure, named)  # names the newest list from here on
    assert "OTHERS:CL_SEX(1.1.0)" in str(plain(goals().data_structure))
    assert Document.objects.count() == 0


@pytest.mark.parametrize("kind", ["codelist", "conceptscheme", "datastructure", "dataflow"])
def test_no_draft_of_any_kind_is_told_in_public(kind, world: World):
    row: Any = {"codelist": sexes, "conceptscheme": concepts, "datastructure": lambda: goals().data_structure}.get(
        kind, goals
    )
    draft = drafts.open_draft(artefact=row(), **WHO)
    before = {path: answer(path) for path in PATHS}
    content = drafting.with_texts(draft.content, name={"en": CANARY}, description={"en": CANARY})
    drafts.change_draft(draft=draft, content=content, revision=1, **WHO)

    assert {path: answer(path) for path in PATHS} == before
    assert all(CANARY.encode() not in body for body in before.values())


PATHS = (
    "/sdmx/v2/structure/*/*/*/*?references=all",
    "/sdmx/v2/structure/*/*/*/1.0.1",
    "/sdmx/v2/schema/dataflow/ASEAN/DF_GOALS/1.0.0",
    "/sdmx/v2/data/dataflow/ASEAN/DF_GOALS/~/NEET.*",
    "/sdmx/v1/dataflow/all/all/all?references=all",
    "/sdmx/v1/codelist/all/all/all",
    "/api/indicators",
    "/indicators/",
    "/search?q=goals",
)


def answer(path: str) -> bytes:
    response = Client().get(path, headers={"X-Forwarded-For": "198.51.100.7"})
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
    return re.sub(rb"nonce-?[^;\s]*|csrf[^>]*|ADME-[0-9]+|20[0-9-]{8}T[0-9:.]+Z?", b"", body)
