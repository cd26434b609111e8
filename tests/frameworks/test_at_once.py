"""Two decisions on one framework in the same moment, on PostgreSQL: one after the other, or one of them is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from adme.frameworks.actions import judgements
from adme.frameworks.errors import NotChangeable
from adme.frameworks.models import Consent, Framework, Node, Override
from tests.factories import world as worlds
from tests.factories.frameworks import WHO, approved
from tests.factories.waiting import Beside

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ENDS = dt.date(2099, 1, 1)


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What comes of the second, which is asked for before the first has ended."""
    beside = Beside(second)
    with transaction.atomic():
        first()
        beside.start_and_wait_until_it_waits()
    return beside.join()


def test_decisions_on_the_same_thing_follow_each_other():
    worlds.build()
    framework: Framework = approved().framework
    node = Node.objects.filter(framework=framework, is_measured=True)[0]

    def agree() -> Consent:
        return judgements.consent(
            framework=framework, area="TH", document="Letter", agreed_date=dt.date(2020, 1, 1), **WHO
        )

    def say(word: str, why: str) -> Override:
        return judgements.override(node=node, area="TH", progress_class=word, ends_date=ENDS, **{**WHO, "reason": why})

    assert isinstance(at_once(agree, agree), NotChangeable)
    assert Consent.objects.count() == 1

    second = at_once(lambda: say("on_track", "first"), lambda: say("off_track", "second"))
    assert isinstance(second, Override), second
    (ended,) = Override.objects.exclude(pk=second.pk)
    assert (ended.withdrawn_reason, second.withdrawn_instant) == ("second", None)

    # One that is withdrawn by a person in that moment is not withdrawn again by its successor.
    third = at_once(
        lambda: judgements.withdraw(judged=second, **{**WHO, "reason": "a mistake"}),
        lambda: say("on_track", "third"),
    )
    assert isinstance(third, Override), third
    second.refresh_from_db()
    assert second.withdrawn_reason == "a mistake"

    again = at_once(
        lambda: say("off_track", "fourth"), lambda: judgements.withdraw(judged=third, **{**WHO, "reason": "late"})
    )
    assert isinstance(again, NotChangeable)
    third.refresh_from_db()
    assert third.withdrawn_reason == "fourth"
