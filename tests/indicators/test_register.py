"""The register: made and changed by audited verbs, found at once, asked in few questions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.indicators.actions.register import NewIndicator, NewTopic, set_indicators, set_topics
from adme.indicators.errors import IndicatorRefused, UnknownIndicator, UnknownTopic
from adme.indicators.models import Indicator, Topic
from adme.indicators.queries import (
    headlines,
    indicator_by_slug,
    indicators_of,
    search,
    topics_with_children,
    units_of,
)
from tests.factories.flows import make_flow

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": "test", "reason": "a test"}
POOR = NewIndicator("poor", "POOR", {"en": "Poverty rate"}, unit_code="PT", topics=("poverty",), headline_position=2)
READ = NewIndicator("read", "READ", {"en": "Literacy rate"}, topics=("education", "basic"), headline_position=1)


@pytest.fixture
def flow():
    set_topics(
        topics=[
            NewTopic("poverty", {"en": "Poverty"}, position=2),
            NewTopic("education", {"en": "Education"}, position=1),
            NewTopic("basic", {"en": "Basic skills"}, parent="education"),
        ],
        **WHO,
    )
    return make_flow()


def test_indicators_are_made_with_topics_and_found_at_once(flow):
    made = set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)

    assert [one.slug for one in made] == ["poor", "read"]
    assert [topic.slug for topic in indicator_by_slug("read").topics.all()] == ["basic", "education"]
    assert [hit.slug for hit in search("literacy")] == ["read"]
    assert [hit.slug for hit in search("basic skills")] == ["basic", "read"]


def test_setting_the_same_again_changes_nothing(flow):
    set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)
    before = list(Indicator.objects.values())

    set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)

    assert list(Indicator.objects.values()) == before
    detail = json.loads(AuditEntry.objects.order_by("-sequence").values_list("detail", flat=True)[0])
    assert (detail["added"], detail["changed"]) == (0, 0)


def test_a_change_is_told_with_old_and_new_and_others_stay(flow):
    set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)

    changed = NewIndicator("poor", "POOR", {"en": "Poverty headcount"}, topics=())
    set_indicators(dataflow=flow, indicators=[changed], **WHO)

    assert indicator_by_slug("poor").name == "Poverty headcount"
    assert not indicator_by_slug("poor").topics.exists()
    assert indicator_by_slug("read").topics.count() == 2
    detail = json.loads(AuditEntry.objects.order_by("-sequence").values_list("detail", flat=True)[0])
    assert (detail["old"]["poor"]["title"], detail["new"]["poor"]["title"]) == (
        {"en": "Poverty rate"},
        {"en": "Poverty headcount"},
    )
    assert [hit.slug for hit in search("headcount")] == ["poor"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (NewIndicator("x", "NONE", {}), IndicatorRefused),
        (NewIndicator("not a slug", "POOR", {}), IndicatorRefused),
        (NewIndicator("other", "POOR", {}), IndicatorRefused),
        (NewIndicator("poor", "READ", {}), IndicatorRefused),
        (NewIndicator("poor", "POOR", {"en": 5}), IndicatorRefused),  # type: ignore[dict-item]
        (NewIndicator("poor", "POOR", {}, source_address="nowhere"), IndicatorRefused),
        (NewIndicator("poor", "POOR", {}, topics=("none",)), UnknownTopic),
    ],
)
def test_what_cannot_stand_in_the_register_is_refused_whole(flow, wanted, error):
    set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)
    before = list(Indicator.objects.values())

    with pytest.raises(error):
        set_indicators(dataflow=flow, indicators=[wanted], **WHO)

    assert list(Indicator.objects.values()) == before


def test_a_slug_of_another_dataflow_is_refused(flow):
    set_indicators(dataflow=flow, indicators=[POOR], **WHO)

    with pytest.raises(IndicatorRefused, match="another dataflow"):
        set_indicators(dataflow=make_flow("DF_OTHER"), indicators=[POOR], **WHO)


@pytest.mark.parametrize("twice", [[POOR, POOR], [POOR, NewIndicator("two", "POOR", {})]])
def test_a_slug_or_code_may_not_stand_twice(flow, twice):
    with pytest.raises(IndicatorRefused):
        set_indicators(dataflow=flow, indicators=twice, **WHO)


def test_a_parent_that_is_no_topic_is_refused(flow):
    with pytest.raises(UnknownTopic):
        set_topics(topics=[NewTopic("new", {}, parent="none")], **WHO)
    assert not Topic.objects.filter(slug="new").exists()


def test_the_register_is_asked_in_few_questions(flow, django_assert_num_queries):
    set_indicators(dataflow=flow, indicators=[POOR, READ], **WHO)

    with django_assert_num_queries(2):
        assert [one.slug for one in headlines()] == ["read", "poor"]
    with django_assert_num_queries(2):
        assert [one.slug for one in indicators_of(topic="education")] == ["read"]
    with django_assert_num_queries(1):
        assert [(top.slug, [one.slug for one in below]) for top, below in topics_with_children()] == [
            ("education", ["basic"]),
            ("poverty", []),
        ]
    assert [one.slug for one in indicators_of(dataflow="DF_TEST", slugs=["poor", "none"])] == ["poor"]
    assert units_of(flow.pk) == {"POOR": "PT"}
    with pytest.raises(UnknownIndicator):
        indicator_by_slug("none")


def test_the_number_of_questions_does_not_grow_with_indicators(flow, django_assert_max_num_queries):
    codes = [f"C{number}" for number in range(150)]
    many = make_flow("DF_MANY", {"INDICATOR": codes, "REF_AREA": ["TH"]})
    wanted = [NewIndicator(code.lower(), code, {"en": code}, topics=("poverty",)) for code in codes]

    with django_assert_max_num_queries(30):
        set_indicators(dataflow=many, indicators=wanted, **WHO)


@pytest.mark.parametrize(("role", "may"), [(Role.METADATA_EDITOR, True), (Role.PUBLISHER, False)])
def test_the_register_is_changed_by_editors_only(flow, role, may):
    person = User.objects.create(username="somebody")
    Grant.objects.create(user=person, role=role)

    if may:
        set_indicators(dataflow=flow, indicators=[POOR], by=person, reason="a test")
    else:
        with pytest.raises(NotAllowed):
            set_indicators(dataflow=flow, indicators=[POOR], by=person, reason="a test")
        with pytest.raises(NotAllowed):
            set_topics(topics=[], by=person, reason="a test")
