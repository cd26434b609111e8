"""A process that is killed while it publishes leaves the old state or the new one, and nothing in between."""

from __future__ import annotations

import os
import random
import time

from tests.releases.nursery import CELLS


def sound(seen: dict) -> None:
    """One value everywhere, every row accounted for, every act with its entry."""
    assert seen["faults"] == []
    assert (seen["cells"], len(seen["values"])) == (CELLS, 1)
    assert seen["begun"] == seen["releases"]
    assert seen["withdrawn"][0] == seen["withdrawn"][1]
    assert seen["stored"] == seen["releases"]


def test_kills_at_random_points_leave_old_state_or_new(nursery, volume):
    seed = int(os.environ.get("ADME_TEST_SEED", random.randrange(10**9)))
    print(f"ADME_TEST_SEED={seed}")
    chance = random.Random(seed)
    started = time.monotonic()
    nursery.do("release", 1)
    usual = time.monotonic() - started
    before = nursery.do("inspect")
    sound(before)
    ends = {"killed": 0, "done": 0, "changed": 0}

    for number in range(2, volume(50, long=1_000) + 2):
        act = chance.choice(
            [("release", number), ("release", number), ("release", number, 0.05), ("due",), ("withdraw",)]
        )
        (outcome,) = nursery.run(act, kill_after=chance.uniform(0, 1.2) * usual)
        # What is to go live in a moment may find, on a busy machine, that the moment has passed.
        assert outcome.get("error") in (None, "InstantHasPassed"), outcome
        after = nursery.do("inspect")
        sound(after)
        assert after["values"][0] in before["values"] or after["releases"] + after["withdrawn"][0] >= before["releases"]
        if act[0] == "release" and len(act) == 2:
            new = [float(number)]
            assert after["values"] in (before["values"], new) or before["waiting"], "neither old nor new"
            if "answer" in outcome:
                assert after["values"] == new, "acknowledged and lost"
        ends["killed" if "killed" in outcome else "done"] += 1
        ends["changed"] += after != before
        before = after

    assert ends["killed"] > 5, ends
    assert ends["changed"] > 5, ends
    nursery.do("due")
    seen = nursery.do("inspect")
    sound(seen)
    assert seen["waiting"] == 0
