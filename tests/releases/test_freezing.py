"""Frozen files: whole dataflows as they stood, named by their content, gone with what is withdrawn."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl
import pytest
from django.db import transaction

from adme.lib.writers import parquet
from adme.releases import actions, data_sets, exports, finishing, frozen_store, queries
from adme.releases.digest import verify_store
from adme.releases.models import FrozenFile
from tests.factories.flows import make_flow

pytestmark = pytest.mark.django_db

KEY = "A.KH.POOR.F"


def files(folder) -> set[str]:
    return {path.name for path in folder.rglob("*.parquet")}


def path_as_of(press, moment=None) -> Path:
    path = queries.select(press.flow, as_of=moment).frozen_file()
    assert path is not None
    return path


def file_as_of(press, moment=None) -> pl.DataFrame:
    return pl.read_parquet(path_as_of(press, moment))


def test_a_release_freezes_each_dataflow_it_touches(press, frozen_dir):
    made = press.release((KEY, "2019", 1.5, {"decimals": 1, "attributes": {"NOTE": "x"}}), ("A.TH.POOR.F", "2019", 2.0))
    assert queries.select(press.flow).frozen_file() is None
    actions.release_due()

    frozen = FrozenFile.objects.get()
    path = path_as_of(press)
    assert path == frozen_dir / "TEST_DF_TEST_1.0.0" / f"{made.pk}-{frozen.digest[:32]}.parquet"
    assert (frozen.rows, frozen.digest) == (2, hashlib.sha256(path.read_bytes()).hexdigest())
    text = pl.concat(queries.select(press.flow).frames())
    assert pl.read_parquet(path).equals(text.with_columns(value=pl.Series([1.5, 2.0])))
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_whole_dataflow_is_exported_from_its_file_with_the_same_bytes(press, frozen_dir, monkeypatch):
    press.release((KEY, "2019", 1.5, {"decimals": 2, "qualifier": ">", "attributes": {"NOTE": 'a "b" & c'}}))
    press.release(("A.TH.POOR.F", "2019", None, {"obs_status": "M"}))
    selection = queries.select(press.flow)
    formats = [name for name in exports.FORMATS if name not in ("xlsx", "parquet")]
    packed = b"".join(exports.export(selection, "parquet").chunks())
    before = {name: b"".join(exports.export(selection, name).chunks()) for name in formats}
    assert b"A,TH,POOR,F,2019" in before["sdmx-csv"]
    actions.release_due()
    assert path_as_of(press).read_bytes() == packed
    monkeypatch.setattr(data_sets, "parts", lambda *_: pytest.fail("the store was read"))
    assert {name: b"".join(exports.export(selection, name).chunks()) for name in formats} == before


def test_only_a_whole_dataflow_has_a_file(press):
    press.release((KEY, "2019", 1.0))
    actions.release_due()

    parts = [
        queries.select(press.flow, KEY),
        queries.select(press.flow, {"REF_AREA": []}),
        queries.select(press.flow, period_from=1),
        queries.select(press.flow, last_n=1),
    ]
    assert [part.frozen_file() for part in parts] == [None] * 4
    assert queries.select(press.flow, "*").frozen_file() is not None


def test_old_releases_keep_their_files(press, hands):
    for number in range(3):
        press.release((KEY, "2019", float(number)))
        actions.release_due()
        hands.forward(10)

    assert [file_as_of(press, hands.at(moment))["value"].to_list() for moment in (0, 10, 20)] == [[0.0], [1.0], [2.0]]


def test_the_same_state_gives_the_same_bytes(press, hands):
    press.release((KEY, "2019", 1.0), ("A.TH.POOR.F", "2020", 2.0))
    actions.release_due()
    path = path_as_of(press)
    before = path.read_bytes()
    path.unlink()

    actions.release_due()
    assert path.read_bytes() == before


def test_a_file_that_is_missing_is_made_anew_and_one_that_was_altered_is_seen(press):
    press.release((KEY, "2019", 1.0))
    actions.release_due()
    path = path_as_of(press)
    assert list(verify_store()) == []

    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert [fault for fault in verify_store() if path.name in fault]
    path.unlink()
    assert [fault for fault in verify_store() if "missing" in fault]
    assert queries.select(press.flow).frozen_file() is None
    actions.release_due()
    assert list(verify_store()) == []


def test_a_file_that_goes_while_all_are_verified_is_no_fault(press, monkeypatch):
    press.release((KEY, "2019", 1.5))
    actions.release_due()
    real = frozen_store.digest_of

    def meanwhile(path):
        FrozenFile.objects.all().delete()
        path.unlink()
        return real(path)

    monkeypatch.setattr(frozen_store, "digest_of", meanwhile)
    assert list(verify_store()) == []


def test_files_of_a_withdrawn_release_go(press, hands, frozen_dir, django_capture_on_commit_callbacks):
    press.release((KEY, "2019", 1.0))
    hands.set(10)
    wrong = press.release((KEY, "2019", 2.0))
    actions.release_due()
    gone = path_as_of(press)
    kept = path_as_of(press, hands.at(5))
    hands.set(20)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(release=wrong, by=press.by, reason="wrong")

    assert not gone.exists()
    assert kept.exists()
    assert queries.select(press.flow, as_of=hands.at(15)).frozen_file() is None
    assert file_as_of(press)["value"].to_list() == [1.0]
    assert list(verify_store()) == []


def test_files_that_show_a_concealed_release_are_made_anew_without_it(
    press, hands, frozen_dir, django_capture_on_commit_callbacks
):
    press.release((KEY, "2019", 1.0))
    hands.set(10)
    wrong = press.release(("A.TH.POOR.F", "2019", 666.0))
    hands.set(20)
    press.release((KEY, "2019", 3.0))
    actions.release_due()
    hands.set(30)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(release=wrong, by=press.by, reason="a person", conceal=True)

    assert [file_as_of(press, hands.at(moment))["value"].to_list() for moment in (5, 15, 25, 35)] == [
        [1.0], [1.0], [3.0], [3.0],
    ]  # fmt: skip
    assert all(666.0 not in pl.read_parquet(path)["value"] for path in frozen_dir.rglob("*.parquet"))
    assert list(verify_store()) == []


def test_a_rolled_back_withdrawal_keeps_the_files(press, hands):
    made = press.release((KEY, "2019", 2.0))
    actions.release_due()
    path = path_as_of(press)
    with transaction.atomic():
        actions.withdraw(release=made, by=press.by, reason="wrong")
        transaction.set_rollback(True)

    assert queries.select(press.flow).frozen_file() == path


def test_a_file_made_while_the_past_was_rewritten_is_thrown_away(press, hands, frozen_dir):
    wrong = press.release((KEY, "2019", 1.0), ("A.TH.POOR.F", "2019", 666.0))
    hands.set(10)
    press.release((KEY, "2019", 2.0))
    states = frozen_store.missing()

    once = iter([wrong])

    def conceal() -> None:
        for release in once:
            actions.withdraw(release=release, by=press.by, reason="a person", conceal=True)

    assert frozen_store.freeze(states[0], meanwhile=conceal) is None
    assert files(frozen_dir) == set()
    actions.release_due()
    assert file_as_of(press)["value"].to_list() == [2.0]


def test_what_a_crash_left_behind_is_swept(press, frozen_dir):
    folder = frozen_dir / "TEST_DF_TEST_1.0.0"
    folder.mkdir(parents=True)
    for name in ("orphan.parquet", "making-old.parquet", "making-new.parquet"):
        (folder / name).write_bytes(b"x")
    os.utime(folder / "making-old.parquet", (0, 0))
    press.release((KEY, "2019", 1.0))
    actions.release_due()

    assert files(frozen_dir) - {"making-new.parquet"} == {path_as_of(press).name}
    assert "making-new.parquet" in files(frozen_dir)


def test_an_emptied_dataflow_is_frozen_with_its_columns(press, hands):
    press.release((KEY, "2019", 1.0))
    press.release((KEY, "2019", "D"))
    actions.release_due()

    frame = file_as_of(press)
    assert len(frame) == 0
    assert frame.columns == ["FREQ", "REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD", "OBS_VALUE",
        "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE", "value"]  # fmt: skip


def test_what_falls_due_does_not_wait_for_files_to_be_made(press, hands, monkeypatch):
    press.release((KEY, "2019", 1.0))
    waiting = press.release((KEY, "2019", 2.0), at=10)

    write = parquet.write

    def slow(frames):
        hands.set(10)
        yield from write(frames)

    monkeypatch.setattr(frozen_store.parquet, "write", slow)
    assert actions.release_due() == [waiting]
    assert press.values() == {f"{KEY} 2019": 2.0}


def test_whoever_releases_freezes_small_flows_and_leaves_large_ones_to_the_worker(
    press, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        press.release((KEY, "2019", 1.0))
    assert FrozenFile.objects.count() == 1

    monkeypatch.setattr(finishing, "SMALL", 1)
    with django_capture_on_commit_callbacks(execute=True):
        press.release((KEY, "2019", 2.0))
    assert FrozenFile.objects.count() == 1
    actions.release_due()
    assert FrozenFile.objects.count() == 2


def test_a_full_disk_stops_no_release_and_no_other_file(press, hands, monkeypatch, frozen_dir):
    other = make_flow("DF_OTHER")
    press.release((KEY, "2019", 1.0))
    press.release((KEY, "2019", 2.0), flow=other)
    waiting = press.release((KEY, "2019", 3.0), at=10)
    hands.set(10)
    write, fails = parquet.write, iter([OSError(28, "No space left on device")])

    def full_at_first(frames):
        for error in fails:
            raise error
        yield from write(frames)

    monkeypatch.setattr(frozen_store.parquet, "write", full_at_first)
    with pytest.raises(OSError, match="No space left"):
        actions.release_due()
    assert queries.clock_instant() == waiting.instant
    assert FrozenFile.objects.count() == 2
    assert not [name for name in files(frozen_dir) if name.startswith("making-")]

    actions.release_due()
    assert FrozenFile.objects.count() == 3


def test_flows_do_not_share_folders(press):
    other = make_flow("DF_OTHER")
    press.release((KEY, "2019", 1.0))
    press.release((KEY, "2019", 2.0), flow=other)
    actions.release_due()

    assert {row.file.split("/")[0] for row in FrozenFile.objects.all()} == {"TEST_DF_TEST_1.0.0", "TEST_DF_OTHER_1.0.0"}
