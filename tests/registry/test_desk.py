"""The desk of structures: finding, drafting, changing, seeing the effect, approving; and what stays unseen."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.roles import Role
from adme.collection.models import Submission
from adme.lib import clock
from adme.observations.models import Observation, Series
from adme.quality.models import ValidationRule
from adme.releases.actions import release
from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.mappings import remember_mapping
from adme.structures.actions.words import set_codes
from adme.structures.models import Code, CodeList, Dataflow, Draft
from adme.structures.queries import structure_of
from tests.factories.flows import coded, make_delivery
from tests.factories.frameworks import approved as plan
from tests.factories.world import CANARY, NEET, add_secret, revise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
CSV = {"accept": "text/csv"}
WHY = {"reason": "decided by the working group"}


def client_of(name: str, role: Role) -> Client:
    user, _made = User.objects.get_or_create(username=name)
    Grant.objects.get_or_create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Client:
    return client_of("editor", Role.METADATA_EDITOR)


@pytest.fixture
def reviewer() -> Client:
    return client_of("reviewer", Role.REVIEWER)


def page_of(kind: str, artefact_id: str, version: str = "1.0.0") -> str:
    return reverse("registry:artefact", args=[kind, "ASEAN", artefact_id, version])


def drafted(editor: Client, artefact_id: str = "CL_SEX", kind: str = "codelist", of: str = "1.0.0") -> Draft:
    address = reverse("registry:new-version", args=[kind, "ASEAN", artefact_id, of])
    response = editor.post(address, WHY)
    draft = Draft.objects.get(artefact_id=artefact_id, state="draft")
    assert response.url == reverse("registry:draft", args=[draft.pk])
    return draft


def posted(client: Client, route: str, draft: Draft, *more: str, **data: Any) -> str:
    """`status` among the data is what the answer has to be; 302 without."""
    expected = data.pop("status", 302)
    draft.refresh_from_db()
    response = client.post(
        reverse(f"registry:{route}", args=[draft.pk, *more]), {"revision": draft.revision, **WHY, **data}
    )
    assert response.status_code == expected, response.content.decode()
    draft.refresh_from_db()
    return response.content.decode()


def approved(reviewer: Client, draft: Draft) -> None:
    told = posted(reviewer, "approve-draft", draft, status=200)
    assert "What this touches" in told
    assert draft.state == "draft"
    posted(reviewer, "approve-draft", draft, seen="effect")
    assert draft.state == "approved"


def structure(client: Client, path: str):
    answer = client.get(f"/sdmx/v2/structure/{path}", headers={"accept": "application/vnd.sdmx.structure+json"})
    return json.loads(answer.content)["data"] if answer.status_code == 200 else answer.status_code


def test_only_who_maintains_or_reviews_comes_in(client):
    officer = client_of("officer", Role.DATA_OFFICER)
    for address in (reverse("registry:artefacts"), page_of("codelist", "CL_SEX")):
        assert client.get(address).status_code == 302
        assert officer.get(address).status_code == 403


def test_the_list_finds_by_id_by_name_and_by_kind(editor):
    def shown(**asked: str) -> list[str]:
        return [row.artefact_id for row in editor.get(reverse("registry:artefacts"), asked).context["page"]]

    assert {"CL_SEX", "DSD_GOALS", "DF_BANK", "CS"} <= set(shown())
    assert shown(q="cl_s") == ["CL_SEX"]
    assert shown(q="goals", kind="dataflow") == ["DF_GOALS"]
    assert shown(q="zzz") == []


def test_each_code_says_what_hangs_on_it(editor, world):
    remember_mapping(
        dataflow=world.goals,
        name="of the office",
        declaration="mapping: 1\ncolumns:\n  sex: {dimension: SEX, codes: {women: F}}\n",
        header=["sex"],
        by="alice",
        reason="a fixture",
    )
    ValidationRule.objects.create(
        name="only-women", dataflow=world.goals, kind="range", severity="warning", content={"scope": {"SEX": ["F"]}},
        changed_at=clock.now(), changed_by="a",
    )  # fmt: skip
    page = editor.get(page_of("codelist", "CL_SEX"))
    use = {line.item["id"]: line.use for line in page.context["page"]}

    women = Series.objects.filter(dataflow=world.goals, key__contains=".F.")
    assert use["F"].series == women.count() == 9
    assert use["F"].observations == Observation.objects.filter(series__in=women).count() == 81
    assert use["F"].dataflows == {"ASEAN:DF_GOALS(1.0.0)"}
    assert use["F"].mappings == {"of the office"}
    assert use["F"].rules == {"only-women"}
    assert "1 validation rule" in page.content.decode()
    assert not use["M"]
    areas = editor.get(page_of("codelist", "CL_AREA")).context["page"]
    assert {line.item["id"]: line.use for line in areas}["TH"].dataflows == {
        "ASEAN:DF_BANK(1.0.0)",
        "ASEAN:DF_GOALS(1.0.0)",
    }
    series = {line.item["id"]: line.use for line in editor.get(page_of("codelist", "CL_GOALS")).context["page"]}
    assert series["NEET"].indicators == {"neet"}


def test_questions_do_not_grow_with_the_codes(editor, world):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert editor.get(page_of("codelist", "CL_SEX")).status_code == 200
        return len(queries)

    before = asked()
    sexes = CodeList.objects.get(artefact_id="CL_SEX")
    Code.objects.bulk_create([Code(code_list=sexes, code_id=f"X{n}", position=10 + n) for n in range(60)])
    assert asked() == before < 40


def test_a_new_version_takes_the_place_of_the_old_and_figures_stay(editor, reviewer, client, world):
    before = structure_of(world.goals).code_lists["SEX"].codes["F"]
    draft = drafted(editor)
    assert draft.reference == "ASEAN:CL_SEX(1.1.0-draft)"
    posted(editor, "new-item", draft, item_id="_U", name="Unknown", parent="_T")
    posted(editor, "item", draft, "F", **{"name:en": "Female", "name:th": "หญิง", "parent": "_T"})
    posted(editor, "place-item", draft, "M", act="up")
    posted(editor, "draft-texts", draft, **{"name:en": "Sex", "description:en": "As in a fixture"})
    effect = editor.get(reverse("registry:draft", args=[draft.pk])).context["effect"]
    assert [(one.change.item, one.fields) for one in effect.touched] == [
        ("F", "name, what it hangs under"),
        ("_U", ""),
    ]
    assert (effect.total.series, effect.total.observations) == (9, 81)
    assert effect.order_differs
    assert structure(client, "codelist/ASEAN/CL_SEX/~")["codelists"][0]["version"] == "1.0.0"
    approved(reviewer, draft)

    view = structure_of(Dataflow.objects.get(pk=world.goals.pk)).code_lists["SEX"]
    assert view.reference == "ASEAN:CL_SEX(1.1.0)"
    assert view.codes["F"] == before
    assert [(one.code_id, one.parent_id) for one in view.items] == [("M", ""), ("_T", ""), ("F", "_T"), ("_U", "_T")]
    newest, first = (structure(client, f"codelist/ASEAN/CL_SEX/{v}")["codelists"][0] for v in ("~", "1.0.0"))
    assert newest["version"] == "1.1.0"
    assert newest["codes"][2]["names"] == {"en": "Female", "th": "หญิง"}
    assert [(one["id"], one["name"]) for one in first["codes"]] == [("_T", "Total"), ("F", "Women"), ("M", "Men")]
    data = client.get("/sdmx/v2/data/dataflow/ASEAN/DF_GOALS/1.0.0/NEET.TH.F.Y15T24", headers={"accept": "text/csv"})
    assert b"".join(data.streaming_content).count(b"\n") == 10
    acts = AuditEntry.objects.filter(action__startswith="structures.").order_by("sequence")
    assert [one.action for one in acts][-4:] == [
        "structures.code_list.succeeded",
        "structures.data_structure.succeeded",
        "structures.dataflow.succeeded",
        "structures.draft.approved",
    ]


def test_a_concept_scheme_gets_its_version_too(editor, reviewer, client, world):
    draft = drafted(editor, "CS", "conceptscheme")
    posted(editor, "item", draft, "SEX", **{"name:en": "Sex of the person"})
    posted(editor, "new-item", draft, item_id="EDUCATION", name="Education")
    approved(reviewer, draft)

    assert structure_of(world.goals).dimension["SEX"].name == {"en": "Sex of the person"}
    first = structure(client, "datastructure/ASEAN/DSD_GOALS/1.0.0?references=children")
    assert [one["version"] for one in first["conceptSchemes"]] == ["1.0.0"]
    told = structure(client, "datastructure/ASEAN/DSD_GOALS/1.1.0?references=children")
    assert [one["version"] for one in told["conceptSchemes"]] == ["1.1.0"]
    dimension = told["dataStructures"][0]["dataStructureComponents"]["dimensionList"]["dimensions"][2]
    assert dimension["conceptIdentity"].endswith("ASEAN:CS(1.1.0).SEX")


def test_nobody_approves_what_he_prepared_nor_what_moved_on(editor, reviewer):
    draft = drafted(editor)
    posted(editor, "item", draft, "F", **{"name:en": "Female"})
    both = client_of("editor", Role.REVIEWER)
    assert "You prepared this draft" in posted(both, "approve-draft", draft, status=403, seen="effect")
    posted(client_of("another-editor", Role.METADATA_EDITOR), "item", draft, "M", **{"name:en": "Male"})
    draft.refresh_from_db()
    assert "You prepared this draft" in posted(both, "approve-draft", draft, status=403, seen="effect")
    old = {"revision": draft.revision - 1, "seen": "effect"}
    assert reviewer.post(reverse("registry:approve-draft", args=[draft.pk]), old).status_code == 409
    assert reviewer.post(reverse("registry:discard-draft", args=[draft.pk]), WHY).status_code == 403
    posted(editor, "discard-draft", draft)
    posted(reviewer, "approve-draft", draft, status=409, seen="effect")
    assert CodeList.objects.get(artefact_id="CL_SEX").version == "1.0.0"


def test_a_list_that_changed_since_the_draft_began_is_not_overwritten(editor, reviewer):
    draft = drafted(editor)
    posted(editor, "item", draft, "F", **{"name:en": "Female"})
    Code.objects.filter(code_list__artefact_id="CL_SEX", code_id="M").update(name={"en": "Changed by a program"})
    assert "Meanwhile" in posted(reviewer, "approve-draft", draft, status=422, seen="effect")
    assert CodeList.objects.get(artefact_id="CL_SEX").version == "1.0.0"


def test_what_cannot_be_is_refused_in_words(editor, reviewer):
    draft = drafted(editor)
    assert "Nothing differs" in posted(editor, "item", draft, "F", status=422, **{"name:en": "Women"})
    assert "stands twice" in posted(editor, "new-item", draft, status=422, item_id="F", name="again")
    assert "Letters, digits" in posted(editor, "new-item", draft, status=422, item_id="A.B", name="a point")
    posted(editor, "item", draft, "F", **{"name:en": "Women", "parent": "M"})
    ring = posted(editor, "item", draft, "M", status=422, **{"name:en": "Men", "parent": "F"})
    assert "its own ancestor" in ring
    assert "A reason is missing" in posted(editor, "discard-draft", draft, status=422, reason=" ")
    posted(editor, "item", draft, "NONE", status=404)
    again = reverse("registry:new-version", args=["codelist", "ASEAN", "CL_SEX", "1.0.0"])
    assert editor.post(again, WHY).status_code == 409
    assert editor.get(page_of("codelist", "CL_NONE")).status_code == 404
    assert editor.get("/work/structures/codelist/AS%00EAN/CL_SEX/1.0.0/").status_code == 404
    assert editor.get("/work/structures/?q=%00&kind=nothing&page=x").status_code == 200
    assert (
        editor.get(reverse("registry:file", args=["codelist", "ASEAN", "CL_SEX", "1.0.0", "docx"])).status_code == 404
    )


def test_a_code_that_is_no_longer_used_says_so_everywhere(editor, reviewer, client):
    draft = drafted(editor)
    posted(editor, "deprecate-item", draft, "F", valid_to="2026-06-30", replaced_by="_T")
    approved(reviewer, draft)

    code = structure(client, "codelist/ASEAN/CL_SEX/~")["codelists"][0]["codes"][1]
    assert {one["type"]: one["title"] for one in code["annotations"]} == {
        "VALID_TO": "2026-06-30",
        "REPLACED_BY": "_T",
    }
    only = structure(client, "codelist/ASEAN/CL_SEX/~/F")["codelists"][0]["codes"][0]
    assert [one["type"] for one in only["annotations"]] == ["VALID_TO"]
    assert "until 2026-06-30" in editor.get(page_of("codelist", "CL_SEX", "1.1.0")).content.decode()


def test_codes_merge_only_when_no_figure_hangs_on_the_one_that_goes(editor, reviewer, world):
    draft = drafted(editor)
    told = posted(editor, "merge-item", draft, "F", status=422, into="_T")
    assert "Figures hang on “F”, in: ASEAN:DF_GOALS(1.0.0)." in told
    posted(editor, "new-item", draft, item_id="W", name="Women, again", parent="M")
    posted(editor, "merge-item", draft, "M", into="F")
    approved(reviewer, draft)

    codes = {one.code_id: one for one in CodeList.objects.get(version="1.1.0").codes.select_related("parent")}
    assert codes["M"].replaced_by == codes["F"]
    assert codes["W"].parent == codes["F"]


def test_figures_that_wait_for_their_release_hold_a_merge_up_as_well(editor, world):
    add_secret(world)
    draft = drafted(editor)
    assert "Figures hang on “M”" in posted(editor, "merge-item", draft, "M", status=422, into="F")


def test_a_merge_takes_the_words_of_other_schemes_along(editor, reviewer, world):
    areas = CodeList.objects.get(artefact_id="CL_AREA")
    Code.objects.create(code_list=areas, code_id="TIMOR", name={"en": "East Timor"}, aliases={"M49": ["626"]})
    draft = drafted(editor, "CL_AREA")
    posted(editor, "merge-item", draft, "TIMOR", into="TL")
    approved(reviewer, draft)

    assert structure_of(world.goals).code_lists["REF_AREA"].written_as("M49") == {"626": "TL"}


def with_timor(editor) -> Any:
    """A draft in which a code with words of another scheme gives way, and on which no figure hangs."""
    areas = CodeList.objects.get(artefact_id="CL_AREA")
    code = NewCode("TIMOR", {"en": "East Timor"}, aliases={"M49": ["626"]})
    set_codes(code_list=areas, codes=[code], by="a test", reason="a fixture")
    draft = drafted(editor, "CL_AREA", of="1.1.0")
    posted(editor, "merge-item", draft, "TIMOR", into="TL")
    draft.refresh_from_db()
    return draft


@pytest.mark.parametrize("hours", [None, 1])
def test_figures_that_came_since_the_codes_were_merged_stop_the_approval(editor, reviewer, world, hours):
    draft = with_timor(editor)
    rows = coded(world.goals, [(f"{NEET}.TIMOR._T.Y15T24", "2018", 9.0)])
    release(
        deliveries=[(make_delivery(world.goals), rows)], title={"en": "More"}, by=world.loader, reason="they came",
        at=None if hours is None else clock.now() + dt.timedelta(hours=hours),
    )  # fmt: skip
    assert "Figures hang on “TIMOR”" in posted(reviewer, "approve-draft", draft, status=422, seen="effect")
    assert Code.objects.get(code_id="TIMOR", code_list__succeeded_by=None).replaced_by is None


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_a_delivery_under_way_stops_the_approval_of_a_merge(editor, reviewer, world, state):
    draft = with_timor(editor)
    who, now = User.objects.get(username="editor"), clock.now()
    decided = {"reviewed_by": who, "reviewed_at": now, "approved_digest": "0" * 64} if state == "approved" else {}
    Submission.objects.create(
        dataflow=world.goals, kind="correction", label="a fixture", state=state, state_since=now, submitted_at=now,
        prepared_by=who, prepared_at=now, draft_digest="0" * 64, **decided,
    )  # fmt: skip
    told = posted(reviewer, "approve-draft", draft, status=422, seen="effect")
    assert "Deliveries are in review or approved, to: ASEAN:DF_GOALS(1.1.0)." in told
    Submission.objects.update(state="discarded")
    approved(reviewer, draft)


def test_words_of_a_dataflow_change_in_every_language_by_a_patch(editor, reviewer, client, world):
    draft = drafted(editor, "DF_GOALS", "dataflow")
    posted(editor, "draft-texts", draft, status=422, reason=" ", **{"name:en": "No reason"})
    posted(editor, "draft-texts", draft, **{"name:en": "The goals", "name:th": "เป้าหมาย"})
    assert draft.reference == "ASEAN:DF_GOALS(1.0.1-draft)"
    assert "เป้าหมาย" not in json.dumps(structure(client, "*/*/*/*?references=all"), ensure_ascii=False)
    approved(reviewer, draft)

    newest, first = (structure(client, f"dataflow/ASEAN/DF_GOALS/{v}")["dataflows"][0] for v in ("~", "1.0.0"))
    assert (newest["version"], newest["names"]["th"]) == ("1.0.1", "เป้าหมาย")
    assert "th" not in first["names"]
    assert newest["structure"] == first["structure"]
    assert "An earlier version" in editor.get(page_of("dataflow", "DF_GOALS")).content.decode()
    for version in ("1.0.0", "1.0.1", "~", "1.0+.0"):
        data = client.get(f"/sdmx/v2/data/dataflow/ASEAN/DF_GOALS/{version}/NEET.TH.F.Y15T24", headers=CSV)
        assert b"ASEAN:DF_GOALS(1.0.1)" in b"".join(data.streaming_content)
    assert client.get("/sdmx/v1/data/ASEAN,DF_GOALS,1.0.0/NEET.TH.F.Y15T24").status_code == 200


def test_a_data_structure_gets_words_by_a_patch_and_an_attribute_by_a_minor_version(editor, reviewer, client, world):
    draft = drafted(editor, "DSD_GOALS", "datastructure")
    posted(editor, "draft-texts", draft, **{"name:en": "Goals, structure"})
    assert draft.version == "1.0.1"
    concept = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=ASEAN:CS(1.0.0).SEX"
    sexes = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ASEAN:CL_SEX(1.0.0)"
    posted(editor, "new-attribute", draft, status=422, item_id="A.B", concept=concept)
    posted(editor, "new-attribute", draft, status=422, item_id="SEX", concept=concept)
    posted(editor, "new-attribute", draft, item_id="SEX_OF_HEAD", concept=concept, code_list=sexes, of_series="on")
    assert draft.version == "1.1.0"
    effect = editor.get(reverse("registry:draft", args=[draft.pk])).context["effect"]
    assert (effect.components, effect.flows) == (("SEX_OF_HEAD: new attribute",), ("ASEAN:DF_GOALS(1.0.0)",))
    assert "SEX_OF_HEAD" not in json.dumps(structure(client, "*/*/*/*?references=all"))
    approved(reviewer, draft)

    assert structure_of(Dataflow.objects.get(pk=world.goals.pk)).attribute["SEX_OF_HEAD"].attachment == "series"
    flow = structure(client, "dataflow/ASEAN/DF_GOALS/~?references=children")
    assert flow["dataflows"][0]["version"] == flow["dataStructures"][0]["version"] == "1.1.0"
    assert "SEX_OF_HEAD" in json.dumps(flow["dataStructures"])
    assert "SEX_OF_HEAD" not in json.dumps(structure(client, "datastructure/ASEAN/DSD_GOALS/1.0.0"))
    assert editor.get(page_of("datastructure", "DSD_GOALS")).status_code == 200


def test_taking_a_code_out_makes_a_major_version_that_nothing_goes_on_with(editor, reviewer, client, world):
    draft = drafted(editor)
    posted(editor, "take-out-item", draft, "F", reason=" ", status=422)
    posted(editor, "take-out-item", draft, "F")
    assert draft.version == "2.0.0"
    effect = editor.get(reverse("registry:draft", args=[draft.pk])).context["effect"]
    assert (effect.lost, effect.is_major, effect.total.series) == (("F",), True, 9)
    approved(reviewer, draft)

    assert [one.code_id for one in CodeList.objects.get(version="2.0.0").codes.all()] == ["_T", "M"]
    assert structure_of(world.goals).code_lists["SEX"].reference == "ASEAN:CL_SEX(1.0.0)"
    assert structure(client, "codelist/ASEAN/CL_SEX/2.0.0") == 404  # nothing public uses it


def test_references_are_shown_in_both_directions(editor):
    def links(page: str, name: str) -> set[str]:
        return {link.label for link in editor.get(page).context[name]}

    assert links(page_of("dataflow", "DF_GOALS"), "refers_to") == {"ASEAN:DSD_GOALS(1.0.0)"}
    assert links(page_of("datastructure", "DSD_GOALS"), "referred_by") == {"ASEAN:DF_GOALS(1.0.0)"}
    assert "ASEAN:CL_SEX(1.0.0)" in links(page_of("datastructure", "DSD_GOALS"), "refers_to")
    assert links(page_of("codelist", "CL_AREA"), "referred_by") == {"ASEAN:DSD_BANK(1.0.0)", "ASEAN:DSD_GOALS(1.0.0)"}
    assert links(page_of("conceptscheme", "CS"), "referred_by") == {"ASEAN:DSD_BANK(1.0.0)", "ASEAN:DSD_GOALS(1.0.0)"}


def test_drafts_and_earlier_versions_tell_the_public_nothing_that_waits(editor, reviewer, client, world):
    draft = drafted(editor, "CL_GOALS")
    posted(editor, "new-item", draft, item_id="LATER", name=CANARY)
    posted(editor, "item", draft, "HIDDEN", **{"name:en": CANARY})
    for path in ("codelist/ASEAN/CL_GOALS/*", "*/*/*/*?references=all", "codelist/*/*/1.1.0"):
        assert CANARY not in json.dumps(structure(client, path))
    approved(reviewer, draft)
    told = structure(client, "codelist/ASEAN/CL_GOALS/*")["codelists"]
    assert sorted(one["version"] for one in told) == ["1.0.0", "1.1.0"]
    for one in told:
        assert {code["id"] for code in one["codes"]} == {"LIMITS", "NEET", "WATER"}
    revise(world, [("LATER.TH._T._T", "2020", 1.0)])
    told = structure(client, "codelist/ASEAN/CL_GOALS/~")["codelists"]
    assert {code["id"] for code in told[0]["codes"]} == {"LATER", "LIMITS", "NEET", "WATER"}


@pytest.mark.parametrize("kind", ["codelist", "conceptscheme", "datastructure", "dataflow"])
def test_every_artefact_goes_out_as_a_message(editor, kind):
    artefact_id = {"codelist": "CL_SEX", "conceptscheme": "CS", "datastructure": "DSD_GOALS", "dataflow": "DF_GOALS"}
    page = editor.get(page_of(kind, artefact_id[kind]))
    for form in page.context["forms"]:
        file = editor.get(reverse("registry:file", args=[kind, "ASEAN", artefact_id[kind], "1.0.0", form]))
        assert file.status_code == 200
        assert artefact_id[kind].encode() in file.content
        assert "attachment" in file.headers["Content-Disposition"]


def test_what_a_framework_names_is_counted_by_its_newest_edition(editor):
    framework = plan().framework
    page = editor.get(page_of("codelist", "CL_GOALS"))
    use = {line.item["id"]: line.use.frameworks for line in page.context["page"]}
    assert use["NEET"] == {framework.slug}
    assert use["HIDDEN"] == set()
    goals = CodeList.objects.get(artefact_id="CL_GOALS")
    set_codes(code_list=goals, codes=[NewCode("NEW", {"en": "New"})], by="a test", reason="a fixture")
    page = editor.get(page_of("codelist", "CL_GOALS", "1.1.0"))
    assert {line.item["id"]: line.use.frameworks for line in page.context["page"]}["NEET"] == {framework.slug}
