"""Two processes that do it in the same moment: one after the other, or one of them is told."""

from __future__ import annotations

import pytest

from tests.releases.nursery import CELLS, SERIES


def sound(seen: dict) -> None:
    assert seen["faults"] == []
    assert seen["begun"] == seen["releases"]
    assert seen["cells"] == CELLS


def test_what_is_due_goes_live_once(nursery, volume):
    for number in range(1, volume(3, long=50)):
        nursery.do("release", number, 0.0001 + 0.3)
        went: list[list[str]] = []
        while not went:
            went = [one["answer"] for one in nursery.run(("due",), ("due",), ("due",)) if one["answer"]]
        assert len(went) == 1
        seen = nursery.do("inspect")
        sound(seen)
        assert (seen["values"], seen["went_live"]) == ([float(number)], number)


def test_two_releases_at_once_follow_each_other(nursery, volume):
    for number in range(1, 1 + volume(3, long=50)):
        outcomes = nursery.run(("release", 2 * number), ("release", 2 * number + 1), ("correct", "A0.X", 0.5))
        assert not [one for one in outcomes if "error" in one], outcomes
        seen = nursery.do("inspect")
        sound(seen)
        assert seen["releases"] == 1 + 3 * number
        assert len([value for value in seen["values"] if value != 0.5]) == 1


@pytest.mark.parametrize("other", [("withdraw",), ("due",), ("release", 9), ("correct", "A1.X", 7.0)])
def test_a_withdrawal_and_anything_else_at_once(nursery, other):
    nursery.do("release", 1)
    nursery.do("release", 2, 0.2)
    outcomes = nursery.run(("withdraw",), other)
    told = [one["error"] for one in outcomes if "error" in one]
    assert told in ([], ["AlreadyEnded"])
    sound(nursery.do("inspect"))


def test_cancelling_and_falling_due_at_once(nursery, volume):
    for number in range(1, 1 + volume(3, long=50)):
        nursery.do("release", number, 0.25)
        cancelled: str = ""
        went: list[str] = []
        while not (cancelled or went):
            outcomes = nursery.run(("due",), ("cancel",)) if number % 2 else nursery.run(("cancel",), ("due",))
            by_kind = {type(one.get("answer")): one for one in outcomes}
            went = by_kind.get(list, {}).get("answer") or []
            cancelled = by_kind.get(str, {}).get("answer") or ""
            assert {one["error"] for one in outcomes if "error" in one} <= {"InstantHasPassed"}
        assert bool(went) != bool(cancelled)
        seen = nursery.do("inspect")
        assert seen["faults"] == []
        assert (float(number) in seen["values"]) == bool(went)


def test_embargoed_loads_on_one_flow_at_once(nursery):
    outcomes = nursery.run(*(("release", number, 3_600 + number) for number in range(1, 5)))
    assert not [one for one in outcomes if "error" in one], outcomes
    seen = nursery.do("inspect")
    sound(seen)
    assert (seen["values"], seen["waiting"], seen["stored"]) == ([0.0], 4, 5)
    assert SERIES


def test_streams_read_through_another_connection_what_ours_reads(nursery):
    nursery.do("correct", "A7.X", None, {"obs_status": "M", "attributes": {"NOTE": 'ก, "x"'}})
    nursery.do("correct", "A14.X", 5.0, {"qualifier": "<", "decimals": 0})
    assert nursery.do("read_both_ways") == [True, True, True]
    assert nursery.do("hang_up") is True
