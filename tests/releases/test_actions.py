"""Releasing, and undoing it: what the public sees, when, and what stays behind."""

from __future__ import annotations

import json

import pytest

from adme.accounts.models import AuditEntry, User
from adme.accounts.policy import NotAllowed
from adme.observations.errors import CellDeliveredTwice
from adme.observations.models import Delivery, Observation
from adme.releases import actions, queries
from adme.releases.digest import digest, verify_store
from adme.releases.errors import (
    AlreadyEnded,
    AnotherGoesFirst,
    InstantHasPassed,
    NothingDelivered,
    NotPublic,
    ReasonMissing,
)
from adme.releases.models import Release, ReleasePart
from tests.factories.flows import coded, make_delivery, make_flow
from tests.factories.waiting import Beside
from tests.releases.conftest import Press

pytestmark = pytest.mark.django_db

TH, KH = "A.TH.POOR.F", "A.KH.POOR.F"
TH19, KH19 = f"{TH} 2019", f"{KH} 2019"


def end(verb, release, press, **more):
    return verb(release=release, by=press.by, reason="it was wrong", **more)


def test_released_now_is_public_now(press):
    made = press.release((TH, "2019", 1.0))

    assert press.values() == {TH19: 1.0}
    assert made.instant == queries.clock_instant()


def test_an_embargoed_release_shows_nowhere_before_its_moment(press, hands):
    press.release((TH, "2019", 1.0))
    before = digest()
    press.release((TH, "2019", 2.0), (KH, "2019", 3.0), at=10, announced=True)

    def seen():
        flow = press.flow
        return [
            press.values(),
            queries.availability(flow),
            queries.latest(flow),
            queries.history(flow, TH, "2019"),
            queries.history(flow, KH, "2019"),
            queries.published_indicators(),
            [list(frame.iter_rows()) for frame in queries.select(flow).frames()],
            queries.select(flow, KH).exists(),
            queries.calendar().published,
            digest(),
        ]

    shown = seen()
    assert shown[0] == {TH19: 1.0}
    assert shown[-1] == before
    for moment in (5, 9.999999):
        hands.set(moment)
        assert actions.release_due() == []
        assert seen() == shown
    hands.set(10)
    assert seen() == shown, "the clock opens it, not the hour"
    actions.release_due()
    assert press.values() == {TH19: 2.0, KH19: 3.0}


def test_a_flip_touches_one_row(press, hands, django_assert_num_queries):
    press.release((TH, "2019", 1.0), at=10)
    before = list(Observation.objects.values())
    hands.set(10)

    (gone_live,) = actions._flip()

    assert gone_live.instant == hands.instant(10) == queries.clock_instant()
    assert list(Observation.objects.values()) == before


def test_release_due_twice_does_it_once(press, hands):
    made = press.release((TH, "2019", 1.0), at=10)
    hands.set(20)

    assert actions.release_due() == [made]
    assert actions.release_due() == []
    assert AuditEntry.objects.filter(action="releases.release.went_live").count() == 1


def test_several_wait_on_one_flow_in_any_order_while_corrections_go_on(press, hands):
    press.release((TH, "2019", 1.0), (KH, "2019", 1.0))
    press.release((TH, "2019", 30.0), at=30)
    press.release((TH, "2019", 10.0), (KH, "2019", "D"), at=10)
    hands.set(5)
    press.release((TH, "2019", 5.0))
    assert press.values() == {TH19: 5.0, KH19: 1.0}

    hands.set(10)
    actions.release_due()
    assert press.values() == {TH19: 10.0}
    hands.set(20)
    press.release((KH, "2019", 2.0))
    assert press.values() == {TH19: 10.0, KH19: 2.0}
    hands.set(30)
    actions.release_due()
    assert press.values() == {TH19: 30.0, KH19: 2.0}
    assert [press.values(as_of=hands.at(moment)).get(TH19) for moment in (0, 5, 10, 20, 30)] == [1, 5, 10, 10, 30]


def test_two_that_wait_can_be_swapped(press, hands):
    first = press.release((TH, "2019", 1.0), at=10)
    second = press.release((TH, "2019", 2.0), at=20)
    end(actions.reschedule, first, press, at=hands.at(30))
    end(actions.reschedule, second, press, at=hands.at(10))

    hands.set(10)
    actions.release_due()
    assert press.values() == {TH19: 2.0}
    hands.set(30)
    actions.release_due()
    assert press.values() == {TH19: 1.0}
    assert list(verify_store()) == []


def test_a_waiting_release_keeps_what_it_repeats_until_it_is_live(press, hands):
    """What it is unchanged from may be cancelled; once it is live, nothing redundant stays."""
    press.release((TH, "2019", 1.0))
    cancelled = press.release((TH, "2019", 2.0), at=10)
    waiting = press.release((TH, "2019", 2.0), (KH, "2019", 1.0), at=20)
    end(actions.cancel, cancelled, press)
    press.release((KH, "2019", 1.0))

    hands.set(20)
    actions.release_due()
    assert press.values() == {TH19: 2.0, KH19: 1.0}
    part = ReleasePart.objects.get(release=waiting)
    assert (part.new, part.changed, part.unchanged, part.deleted) == (0, 1, 1, 0)
    assert Observation.objects.filter(delivery=part.delivery).count() == 1


def test_a_cancelled_release_never_was(press, hands):
    press.release((TH, "2019", 1.0))
    before = list(Observation.objects.values())
    made = press.release((TH, "2019", 2.0), (KH, "2019", "D"), (KH, "2020", 4.0), at=10, announced=True)
    end(actions.cancel, made, press)

    assert list(Observation.objects.values()) == before
    assert queries.calendar().upcoming == []
    hands.set(20)
    assert actions.release_due() == []
    assert press.values() == {TH19: 1.0}
    assert queries.published_release(made.pk) is None


def test_a_withdrawn_release_gives_way_to_what_was_before(press, hands):
    press.release((TH, "2019", 1.0), (KH, "2019", 1.0))
    hands.set(10)
    wrong = press.release((TH, "2019", 2.0), (KH, "2019", "D"), ("A.VN.POOR.F", "2019", 7.0))
    hands.set(20)
    press.release((KH, "2019", 5.0))
    hands.set(30)
    end(actions.withdraw, wrong, press)

    assert press.values() == {TH19: 1.0, KH19: 5.0}
    assert press.values(as_of=hands.at(15)) == {TH19: 2.0, "A.VN.POOR.F 2019": 7.0}
    assert press.values(as_of=hands.at(5)) == {TH19: 1.0, KH19: 1.0}
    (tombstone, *_) = [entry for entry in queries.calendar().published if entry.id == wrong.pk]
    assert tombstone.withdrawn
    assert tombstone.dataflows == ()
    assert queries.published_release(wrong.pk).parts == ()


def test_a_concealed_release_never_was_for_any_date(press, hands):
    press.release((TH, "2019", 1.0))
    hands.set(10)
    wrong = press.release((TH, "2019", 2.0), (KH, "2019", 9.0))
    hands.set(20)
    end(actions.withdraw, wrong, press, conceal=True)

    for moment in (5, 10, 15, 20, 25):
        assert press.values(as_of=hands.at(moment)) == {TH19: 1.0}
    assert [version.value for version in queries.history(press.flow, TH, "2019")] == [1.0]
    assert queries.history(press.flow, KH, "2019") == []
    assert list(verify_store()) == []


def test_a_withdrawn_release_can_still_be_concealed(press, hands):
    press.release((TH, "2019", 1.0))
    hands.set(10)
    wrong = press.release((TH, "2019", 2.0))
    hands.set(20)
    end(actions.withdraw, wrong, press)
    assert press.values(as_of=hands.at(15)) == {TH19: 2.0}

    end(actions.withdraw, wrong, press, conceal=True)

    assert press.values(as_of=hands.at(15)) == {TH19: 1.0}
    with pytest.raises(AlreadyEnded):
        end(actions.withdraw, wrong, press, conceal=True)


def test_a_release_to_come_keeps_its_place_when_one_before_it_is_withdrawn(press, hands):
    wrong = press.release((TH, "2019", 1.0))
    press.release((TH, "2019", 2.0), at=20)
    hands.set(10)
    end(actions.withdraw, wrong, press)
    assert press.values() == {}
    assert queries.availability(press.flow).codes == {}

    hands.set(20)
    actions.release_due()
    assert press.values() == {TH19: 2.0}


def test_what_falls_due_goes_before_what_is_released_by_hand(press, hands):
    press.release((TH, "2019", 1.0), at=10)
    hands.set(15)
    press.release((KH, "2019", 2.0))

    assert press.values() == {TH19: 1.0, KH19: 2.0}
    assert AuditEntry.objects.filter(action="releases.release.went_live").count() == 1


def test_a_waiting_release_can_be_let_go_at_once(press, hands):
    made = press.release((TH, "2019", 1.0), at=10)
    hands.set(5)
    moved = end(actions.reschedule, made, press, at=None)

    assert press.values() == {TH19: 1.0}
    assert moved.instant == hands.instant(5) == queries.clock_instant()


def test_releases_at_one_moment_follow_each_other(press, hands):
    one, two = press.release((TH, "2019", 1.0), at=10), press.release((TH, "2019", 2.0), at=10)
    assert two.instant == one.instant + 1
    hands.set(11)
    actions.release_due()
    assert press.values() == {TH19: 2.0}

    again = press.release((TH, "2019", 3.0))
    more = press.release((TH, "2019", 4.0))
    assert again.instant < more.instant
    assert press.values() == {TH19: 4.0}


def test_a_release_by_hand_opens_nothing_before_its_time(press, hands):
    press.release((TH, "2019", 1.0), at=10)
    press.release((TH, "2019", 2.0), at=10)  # a microsecond later
    hands.set(10)

    with pytest.raises(AnotherGoesFirst):
        press.release((KH, "2019", 2.0))
    hands.set(10.00001)
    press.release((KH, "2019", 2.0))


def test_a_clock_set_back_opens_nothing_and_keeps_the_order(press, hands):
    hands.set(100)
    press.release((TH, "2019", 1.0))
    hands.set(50)
    press.release((TH, "2019", 2.0))
    assert press.values() == {TH19: 2.0}
    assert queries.clock_instant() == hands.instant(100) + 1

    with pytest.raises(InstantHasPassed):
        press.release((TH, "2019", 3.0), at=60)
    waiting = press.release((TH, "2019", 3.0), at=150)
    hands.set(120)
    assert actions.release_due() == []
    hands.set(150)
    assert actions.release_due() == [waiting]


@pytest.mark.parametrize("moment", [-1, 0])
def test_nothing_is_scheduled_for_the_past_or_the_present(press, moment):
    with pytest.raises(InstantHasPassed):
        press.release((TH, "2019", 1.0), at=moment)
    assert not Release.objects.exists()


def test_what_is_public_can_be_neither_cancelled_nor_moved(press, hands):
    made = press.release((TH, "2019", 1.0))
    with pytest.raises(InstantHasPassed):
        end(actions.cancel, made, press)
    with pytest.raises(InstantHasPassed):
        end(actions.reschedule, made, press, at=hands.at(10))
    assert press.values() == {TH19: 1.0}


def test_what_is_to_come_cannot_be_withdrawn(press):
    made = press.release((TH, "2019", 1.0), at=10)
    with pytest.raises(NotPublic):
        end(actions.withdraw, made, press)


@pytest.mark.parametrize(("verb", "at"), [(actions.cancel, 10), (actions.withdraw, None)])
def test_what_has_ended_cannot_end_again(press, verb, at):
    made = press.release((TH, "2019", 1.0), at=at)
    end(verb, made, press)
    with pytest.raises(AlreadyEnded):
        end(verb, made, press)


def test_ending_needs_a_reason(press):
    made = press.release((TH, "2019", 1.0), at=10)
    with pytest.raises(ReasonMissing):
        actions.cancel(release=made, by=press.by, reason="  ")


def test_only_publishers_publish(press, hands):
    made = press.release((TH, "2019", 1.0), at=10)
    stranger = User.objects.create(username="stranger")
    verbs = [
        lambda: actions.release(deliveries=[], title="", by=stranger, reason=""),
        lambda: actions.cancel(release=made, by=stranger, reason="so"),
        lambda: actions.reschedule(release=made, at=hands.at(20), by=stranger, reason="so"),
        lambda: actions.withdraw(release=made, by=stranger, reason="so"),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed):
            verb()


def test_a_release_without_a_delivery_is_refused(press):
    with pytest.raises(NothingDelivered):
        actions.release(deliveries=[], title="", by=press.by, reason="so")


def test_several_flows_go_live_together(press, hands, publisher):
    other = make_flow("DF_OTHER")
    deliveries = [(make_delivery(one), coded(one, [(TH, "2019", 1.0)])) for one in (other, press.flow)]
    made = actions.release(
        deliveries=deliveries, title={"en": "Both", "vi": "Cả hai"}, by=publisher, reason="so", at=hands.at(10)
    )
    hands.set(10)
    actions.release_due()

    assert press.values() == press.values(flow=other) == {TH19: 1.0}
    published = queries.published_release(made.pk)
    assert [(part.dataflow, part.new) for part in published.parts] == [(other, 1), (press.flow, 1)] or [
        (part.dataflow, part.new) for part in published.parts
    ] == [(press.flow, 1), (other, 1)]
    end(actions.withdraw, made, press)
    assert press.values() == press.values(flow=other) == {}


def test_a_refused_release_leaves_nothing(press):
    with pytest.raises(CellDeliveredTwice):
        press.release((TH, "2019", 1.0), (TH, "2019", 2.0))

    assert not Release.objects.exists()
    assert not Observation.objects.exists()
    assert not Delivery.objects.in_store().exists()
    assert queries.clock_instant() == 0


def test_each_act_is_audited_with_who_and_why(press, hands):
    one = press.release((TH, "2019", 1.0))
    two = press.release((TH, "2019", 2.0), at=10)
    end(actions.reschedule, two, press, at=hands.at(12))
    end(actions.cancel, two, press)
    end(actions.withdraw, one, press)

    entries = AuditEntry.objects.order_by("sequence")
    assert [(e.actor, e.action.rpartition(".")[2], e.object_id, e.reason) for e in entries] == [
        ("paula", "released", str(one.pk), "it is time"),
        ("paula", "scheduled", str(two.pk), "it is time"),
        ("paula", "rescheduled", str(two.pk), "it was wrong"),
        ("paula", "cancelled", str(two.pk), "it was wrong"),
        ("paula", "withdrawn", str(one.pk), "it was wrong"),
    ]
    assert json.loads(entries[2].detail)["old"] == two.instant


def test_as_of_digests_of_past_dates_stay(press, hands):
    saved = {}
    for number in range(6):
        press.release((TH, "2019", float(number)), (KH, str(2010 + number), 1.0))
        saved[hands.seconds] = digest(hands.at(hands.seconds))
        hands.forward(10)
    assert len(set(saved.values())) == 6
    end(actions.withdraw, Release.objects.order_by("instant")[3], press)

    assert {moment: digest(hands.at(moment)) for moment in saved} == saved
    assert digest() not in saved.values()


def test_a_digest_is_of_content_not_of_ids(press, hands):
    press.release((TH, "2019", 1.0), (KH, "2019", 2.0))
    one = digest()
    wrong = press.release((TH, "2019", 5.0))
    end(actions.withdraw, wrong, press)

    assert digest() == one


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_is_moved_to_the_moment_that_another_is_being_made_for(flow, publisher, hands):
    """The moved one waits for the other's microsecond, and holds nothing meanwhile that the other still needs."""
    press = Press(flow, publisher, hands)
    waiting = press.release((TH, "2019", 1.0), at=10)
    second = make_flow("DF_SECOND")
    moved = Beside(lambda: end(actions.reschedule, waiting, press, at=hands.at(20)))

    def rows():
        moved.start_and_wait_until_it_waits()
        yield coded(second, [(TH, "2019", 2.0)])

    made = actions.release(
        deliveries=[(make_delivery(second), rows())], title="Second", by=publisher, reason="x", at=hands.at(20)
    )
    outcome = moved.join()
    assert isinstance(outcome, Release), outcome
    assert (made.instant, outcome.instant) == (hands.instant(20), hands.instant(20) + 1)
    hands.set(20.1)
    assert actions.release_due() == [made, waiting]
    assert list(verify_store()) == []
