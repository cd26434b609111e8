"""Changing a draft's tables: places, splits and merges keep everything else as it was."""

from __future__ import annotations

import random

import pytest

from adme.frameworks import editing
from adme.frameworks.errors import NotChangeable, UnknownFramework
from adme.frameworks.reading import read
from adme.frameworks.sections import tidy
from tests.factories.frameworks import small_tables


def order(tables) -> list[tuple[str, str]]:
    return [(part.uid, part.under) for part in read(tidy(tables)).parts]


def test_a_part_moves_among_its_siblings_with_all_that_hangs_under_it():
    tables = small_tables()
    assert [uid for uid, _under in order(editing.moved_by(tables, "kpi-2", -1))][1:3] == ["kpi-2", "kpi-1"]
    swapped = editing.moved_by(tables, "area-a", 1)
    assert [uid for uid, _under in order(swapped)] == ["hidden", "kpi-9", "area-a", "kpi-1", "kpi-2"]
    assert order(editing.moved_by(tables, "area-a", -1)) == order(tables)


def test_a_part_moves_under_another_and_keeps_what_is_measured():
    moved = editing.moved_under(small_tables(), "kpi-1", "hidden")
    assert order(moved)[-1] == ("kpi-1", "hidden")
    assert read(tidy(moved)).by_uid["kpi-1"].kpi == read(small_tables()).by_uid["kpi-1"].kpi
    for wrong in ("area-a", "kpi-1"):
        with pytest.raises(NotChangeable):
            editing.moved_under(small_tables(), "area-a", wrong)
    with pytest.raises(UnknownFramework):
        editing.moved_under(small_tables(), "kpi-1", "nowhere")


def test_a_split_says_where_it_came_from_and_takes_no_target_along():
    made = read(tidy(editing.split_off(small_tables(), "kpi-1", "kpi-1b")))
    twin = made.by_uid["kpi-1b"]
    assert twin.came_from == (("split", "kpi-1"),)
    assert (twin.kpi.direction, twin.kpi.aims, len(twin.kpi.bindings)) == ("decrease", (), 1)
    with pytest.raises(NotChangeable):
        editing.split_off(small_tables(), "kpi-1", "kpi-2")


def test_a_merge_ends_one_part_and_the_other_remembers_it():
    made = read(tidy(editing.merged_into(small_tables(), "kpi-1", "kpi-2")))
    assert "kpi-1" not in made.by_uid
    assert made.by_uid["kpi-2"].came_from == (("merged", "kpi-1"),)
    parents = read(tidy(editing.merged_into(small_tables(), "area-a", "hidden")))
    assert [part.uid for part in parents.children("hidden")] == ["kpi-9", "kpi-1", "kpi-2"]
    with pytest.raises(NotChangeable):
        editing.merged_into(small_tables(), "area-a", "kpi-1")


def test_taking_a_part_out_takes_what_hangs_under_it_and_on_it():
    left = read(tidy(editing.without(small_tables(), "area-a")))
    assert [part.uid for part in left.parts] == ["hidden", "kpi-9"]


def test_rows_of_a_part_are_exchanged_where_they_stood():
    tables = small_tables()
    records = editing.records_of(tables, "kpi-1")
    records["parts"][0]["title:en"] = "Another title"
    records["aims"] = [records["aims"][1]]
    changed = editing.with_records(tables, "kpi-1", records)
    assert order(changed) == order(tables)
    part = read(tidy(changed)).by_uid["kpi-1"]
    assert (part.name, [aim.kind for aim in part.kpi.aims]) == ("Another title", ["target"])


def test_any_moves_leave_a_framework_that_can_be_read_with_the_same_parts(volume):
    chance = random.Random(5)
    for _case in range(volume(30, long=1_000)):
        tables = small_tables()
        for number in range(6):
            level = chance.choice(["area", "kpi"])
            tables = editing.with_new_part(tables, f"new-{number}", level, chance.choice(["", "hidden"]), "x")
        parts = {record["part"] for record in tables["parts"]}
        for _step in range(10):
            uid = chance.choice(sorted(parts))
            tables = editing.moved_by(tables, uid, chance.choice([-1, 1]))
        assert {part.uid for part in read(tidy(tables)).parts} == parts
