"""Keeping files by content: whole or not at all, once, found again, swept only when nobody wants them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.collection import files
from adme.collection.errors import DraftAltered, FileEmpty, FileTooLarge
from adme.collection.files import DRAFTS, RECEIVED, plain_name
from adme.lib import clock


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, settings) -> Path:
    settings.RECEIVED_DIR = tmp_path
    return tmp_path


def test_a_kept_file_has_its_digest_as_name_and_all_its_bytes():
    content = b"area,year,value\nVN,2020,1\n" * 100
    kept = RECEIVED.keep([content[:7], content[7:]])
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert kept.size == len(content)
    assert kept.path.read_bytes() == content
    assert RECEIVED.holds(kept.digest)


def test_the_same_bytes_are_kept_once():
    first = RECEIVED.keep([b"same"])
    assert RECEIVED.keep([b"sa", b"me"]).path == first.path
    assert list(RECEIVED.digests()) == [first.digest]


def test_keeping_again_heals_a_damaged_file():
    kept = RECEIVED.keep([b"whole"])
    kept.path.chmod(0o600)
    kept.path.write_bytes(b"wrong")
    assert not RECEIVED.holds(kept.digest)
    RECEIVED.keep([b"whole"])
    assert RECEIVED.holds(kept.digest)


def test_too_many_bytes_leave_nothing_behind(shelf):
    with pytest.raises(FileTooLarge):
        RECEIVED.keep(iter([b"x" * 6, b"x" * 6]), limit=10)
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_an_empty_file_is_refused_and_leaves_nothing_behind(shelf):
    with pytest.raises(FileEmpty):
        RECEIVED.keep([])
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_a_sender_who_breaks_off_leaves_nothing_behind(shelf):
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        RECEIVED.keep(broken())
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_a_frame_comes_back_as_it_was():
    frame = pl.DataFrame({"row": [1, 2], "value": [1.5, None], "obs_status": ["A", "M"]})
    assert pl.concat(DRAFTS.frames(DRAFTS.keep_frames([frame, frame]))).equals(pl.concat([frame, frame]))


def test_part_of_a_frame_can_be_read_alone():
    digest = DRAFTS.keep_frames([pl.DataFrame({"row": range(100)})])
    assert DRAFTS.slice(digest, 40, 3)["row"].to_list() == [40, 41, 42]


def test_an_altered_or_missing_draft_is_not_read():
    digest = DRAFTS.keep_frames([pl.DataFrame({"row": [1]})])
    path = DRAFTS.path(digest)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(DraftAltered):
        DRAFTS.frames(digest)
    path.unlink()
    with pytest.raises(DraftAltered):
        DRAFTS.frames(digest)
    with pytest.raises(DraftAltered):
        DRAFTS.slice(digest, 0, 1)


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_only_a_digest_becomes_a_path(text):
    with pytest.raises(ValueError, match="SHA-256"):
        RECEIVED.path(text)


class TestSweep:
    def old(self, path: Path) -> None:
        os.utime(path, (0, 0))

    def yesterday(self) -> dt.datetime:
        return clock.now() - dt.timedelta(days=1)

    def test_what_nobody_wants_goes_and_what_is_wanted_stays(self):
        wanted, orphan = RECEIVED.keep([b"wanted"]), RECEIVED.keep([b"orphan"])
        self.old(wanted.path)
        self.old(orphan.path)
        assert RECEIVED.sweep(wanted=[wanted.digest], unused_since=self.yesterday()) == 1
        assert list(RECEIVED.digests()) == [wanted.digest]

    def test_a_fresh_file_stays_since_its_row_may_not_be_committed_yet(self):
        RECEIVED.keep([b"just in"])
        assert RECEIVED.sweep(wanted=[], unused_since=self.yesterday()) == 0

    def test_what_is_kept_again_is_fresh_again(self):
        kept = RECEIVED.keep([b"again"])
        self.old(kept.path)
        RECEIVED.keep([b"again"])
        assert RECEIVED.sweep(wanted=[], unused_since=self.yesterday()) == 0

    def test_half_written_files_of_a_killed_process_go(self, shelf):
        RECEIVED.keep([b"x"])
        left = RECEIVED.folder / "incoming-abc"
        left.write_bytes(b"half")
        self.old(left)
        assert RECEIVED.sweep(wanted=RECEIVED.digests(), unused_since=self.yesterday()) == 1
        assert not left.exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("literacy.csv", "literacy.csv"),
        ("C:\\Users\\Dewi\\literacy.csv", "literacy.csv"),
        ("../../etc/passwd", "passwd"),
        ("ไทย 2567.xlsx", "ไทย 2567.xlsx"),
        ("evil\u202evsc.exe", "evilvsc.exe"),
        ("a\x00b\n.csv", "ab.csv"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
    ],
)
def test_a_senders_name_is_kept_as_a_plain_label(sent, kept):
    assert plain_name(sent) == kept


@given(st.text())
def test_any_name_becomes_a_label_without_path_or_control_characters(name):
    label = plain_name(name)
    assert 0 < len(label) <= 200
    assert not set(label) & set("/\\\0\n\r\u202e")


@pytest.mark.parametrize("make", [lambda path: path, str, lambda path: path.read_bytes(), lambda path: path.open("rb")])
def test_uploads_paths_bytes_and_open_files_give_the_same_bytes(tmp_path, make):
    path = tmp_path / "sent"
    path.write_bytes(b"0123456789" * 200_000)
    source = make(path)
    assert b"".join(files.chunks_of(source)) == path.read_bytes()
    if isinstance(source, io.IOBase):
        source.close()
