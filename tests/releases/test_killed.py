"""A process that is killed while it publishes leaves the old state or the new one, and nothing in between."""

from __future__ import annotations

import os
import random

from tests.releases.nursery import CELLS


def sound(seen: dict) -> None:
    """One value everywhere, every row accounted for, every act with its entry."""
    assert seen["faults"] == []
    assert (seen["cells"], len(seen["values"])) == (CELLS, 1)
    assert seen["begun"] == seen["releases"]
    assert seen["withdrawn"][0] == seen["withdrawn"][1]
    assert seen["stored"] == seen["releases"]


ACTS = ["release", "release", "release soon", "due", "withdraw"]


def test_kills_at_random_points_leave_old_state_or_new(nursery, volume):
    seed = int(os.environ.get("ADME_TEST_SEED", random.randrange(10**9)))
    print(f"ADME_TEST_SEED={seed}")
    chance = random.Random(seed)
    wanted, killed, changed, number = volume(50, long=1_000), 0, 0, 1
    (first,) = nursery.run(("release", number))
    usual = first["seconds"]
    before = nursery.do("inspect")
    sound(before)

    while killed < wanted:
        number += 1
        act = chance.choice(ACTS)
        child = {"release": ("release", number), "release soon": ("release", number, 0.05)}.get(act, (act,))
        (outcome,) = nursery.run(child, kill_after=chance.uniform(0, usual))
        # What is to go live in a moment may find, on a busy machine, that the moment has passed.
        assert outcome.get("error") in (None, "InstantHasPassed"), outcome
        after = nursery.do("inspect", number % 10 == 0)
        sound(after)
        if act == "release":
            new = [float(number)]
            assert after["values"] in (before["values"], new) or before["waiting"], "neither old nor new"
            assert after["values"] == new or "answer" not in outcome, "acknowledged and lost"
            usual = 0.8 * usual + 0.2 * outcome.get("seconds", 1.2 * usual)
        killed += "killed" in outcome
        changed += after != before
        before = after

    assert changed > wanted / 10
    nursery.do("due")
    seen = nursery.do("inspect")
    sound(seen)
    assert seen["waiting"] == 0
