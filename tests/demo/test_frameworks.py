"""The reference frameworks stand as the reference files mark them: nothing more, nothing surer."""

from __future__ import annotations

import pytest

from adme.config.demo import fixture_framework as fixture
from adme.config.demo import frameworks as demo
from adme.config.demo.code_lists import make_code_lists
from adme.config.demo.files import DATA, rows
from adme.config.demo.flows import make_flows
from adme.frameworks.models import Edition
from adme.frameworks.queries import edition_at, moment_of
from adme.frameworks.words import CERTAINTY

pytestmark = pytest.mark.django_db
WHO = {"by": "the test", "reason": "to test"}


@pytest.fixture
def loaded(db):
    make_flows(make_code_lists(**WHO), **WHO)
    assert demo.make_frameworks(**WHO) == 3


def documents():
    instant = moment_of(None)
    return edition_at(demo.BLUEPRINT, instant).document, edition_at(demo.STRATEGIC_PLAN, instant).document


def test_every_text_of_the_reference_files_is_there_with_its_mark_and_no_other(loaded):
    blueprint, plan = documents()
    wanted = {}
    for name, title, status in (
        ("reference_ascc_characteristics.csv", "title", "title_status"),
        ("reference_ascc_kras.csv", "title", "title_status"),
        ("reference_ascc_kpis_known.csv", "title_or_topic", "title_status"),
    ):
        for row in rows(name, DATA):
            wanted.setdefault(("" if row["code"].startswith("(") else row["code"], row[title]), row[status])
    got = {
        (part.code, part.title.text.get("en", "")): part.title.certainty
        for part in blueprint.parts
        if part.level.role != "unplaced"
    }
    assert got == wanted
    assert len(wanted) == 5 + 18 + 13
    goals = {row["number"]: (row["national_rendering"], row["status"]) for row in rows("reference_ascc_strategic_plan_goals.csv", DATA)}  # fmt: skip  # noqa: E501
    assert {p.code: (p.title.text.get("en", ""), p.title.certainty) for p in plan.parts} == goals
    assert {part.title.certainty for part in (*blueprint.parts, *plan.parts)} <= set(CERTAINTY)


def test_what_is_not_public_is_a_count_or_hangs_under_place_not_public(loaded):
    blueprint, plan = documents()
    stated = {one.level: one.count for one in blueprint.stated if one.level}
    assert stated == {"kpi": 32, "sub-indicator": 46, "kra": 18}
    assert (len(blueprint.kpis), blueprint.listed("kra")) == (13, 18)
    for part in blueprint.kpis:
        assert blueprint.by_uid[part.under].level.role == "unplaced"
    assert {one.level: one.count for one in plan.stated} == {"goal": 12, "objective": 16, "measure": 112}
    assert (len(plan.parts), len(plan.kpis)) == (12, 0)


def test_no_official_target_is_made_up_and_every_series_is_a_choice_of_ours(loaded):
    blueprint, _plan = documents()
    for part in blueprint.kpis:
        assert part.kpi.aims == ()
        assert part.kpi.assessment.method in ("", "trend")
        assert {binding.chosen_by["en"] for binding in part.kpi.bindings} <= {demo.CHOSEN}
        if part.kpi.bindings:
            assert (part.kpi.kind, part.kpi.proxy_by["en"]) == ("proxy", demo.CHOSEN)


def test_loading_again_makes_no_new_edition(loaded):
    assert demo.make_frameworks(**WHO) == 0
    assert Edition.objects.count() == 3


def test_the_fixture_has_the_official_size_and_says_everywhere_that_it_is_one(loaded):
    document = edition_at(fixture.SLUG, moment_of(None)).document
    assert (document.listed("kpi"), document.listed("sub-indicator")) == (32, 46)
    assert document.is_fixture
    assert {part.title.certainty for part in document.parts} == {"fixture"}
    assert {aim.certainty for part in document.kpis for aim in part.kpi.aims} == {"fixture"}
    assert {part.kpi.is_bound for part in document.kpis} == {True, False}
