from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from adme.lib import sandbox

LIMITS = {"seconds": 30, "memory_mb": 64, "output_mb": 8}
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's filter and limits are Linux's")


def run(job: str, arguments: dict | None = None, **limits: int) -> sandbox.Outcome:
    return sandbox.run_limited(f"tests.lib.limited_jobs:{job}", arguments or {}, **{**LIMITS, **limits})


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"adme-limited-{os.getpid()}-*"))


@pytest.fixture(autouse=True)
def _nothing_left_behind():
    before = folders()
    yield
    assert folders() == before


def test_a_job_gets_plain_arguments_and_answers_in_kind_with_files_beside(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    with run("echo", {"text": "ไทย", "number": 5, "nothing": None}, nice=5) as outcome:
        assert outcome.answer["given"] == {"text": "ไทย", "number": 5, "nothing": None}
        assert (outcome.folder / "made.txt").read_text("utf-8") == "ไทย"
        assert outcome.folder.stat().st_mode & 0o077 == 0
        assert 0 < outcome.peak_mb < 100
        assert outcome.seconds > 0
        assert set(outcome.answer["environment"]) <= {"LANG", "LC_CTYPE", "TZ", "POLARS_MAX_THREADS", "TMPDIR"}
        assert Path(outcome.answer["folder"]).resolve() == outcome.folder.resolve()
        assert outcome.answer["nice"] >= 5


def test_the_folder_goes_with_the_outcome():
    outcome = run("echo")
    folder = outcome.folder
    del outcome
    assert not folder.exists()


@pytest.mark.parametrize(
    ("job", "arguments", "limits", "kind"),
    [
        ("sleep", {}, {"seconds": 1}, "time"),
        ("spin", {}, {}, "time"),
        ("hoard", {"mb": 400}, {}, "memory"),
        ("hoard_in_polars", {"mb": 1000}, {"memory_mb": 200}, "memory"),
        ("write", {"files": 1, "mb": 9}, {}, "output"),
        ("write", {"files": 5, "mb": 3, "then_wait": 60}, {}, "output"),
        ("crash", {}, {}, "crash"),
        ("fail", {}, {}, "crash"),
        ("leave", {}, {}, "crash"),
        ("no_such_job", {}, {}, "crash"),
    ],
)
def test_whoever_goes_too_far_is_ended_by_the_name_of_the_limit(job, arguments, limits, kind, caplog):
    with caplog.at_level(logging.WARNING, "adme.lib.sandbox"), pytest.raises(sandbox.SandboxFailed) as failed:
        run(job, arguments, **limits)
    assert failed.value.kind == kind
    assert "the inside of things" not in str(failed.value)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_what_a_job_may_use_it_can_use():
    with run("hoard", {"mb": 40}) as outcome:
        assert outcome.answer == 40 * 1024 * 1024
    with run("write", {"files": 2, "mb": 3}) as outcome:
        assert len(list(outcome.folder.glob("*.bin"))) == 2


@LINUX
def test_a_job_reaches_neither_the_network_nor_other_programs():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.1)
        with run("reach_out", {"port": listener.getsockname()[1], "pid": os.getpid()}) as outcome:
            assert outcome.answer == {
                "network": "PermissionError",
                "program": "PermissionError",
                "signal": "PermissionError",
                "files": "OSError",
            }
        with pytest.raises(TimeoutError):
            listener.accept()


@LINUX
def test_a_child_dies_with_the_worker_that_waits_for_it(tmp_path):
    script = (
        "from adme.lib import sandbox\n"
        "sandbox.run_limited('tests.lib.limited_jobs:sleep', {}, seconds=60, memory_mb=64, output_mb=8)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    worker = subprocess.Popen([sys.executable, "-c", script], env=environment)
    pid = None
    for _ in range(200):
        pid = next((int(file.read_text() or 0) for file in tmp_path.glob("adme-limited-*/pid.txt")), None)
        if pid:
            break
        time.sleep(0.05)
    assert pid
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    for _ in range(200):
        if not alive(pid):
            break
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_killed_worker_left_is_swept_up_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young, ours, other = (
        tmp_path / name
        for name in ("adme-limited-999999999-a", "adme-limited-999999999-b", f"adme-limited-{os.getpid()}-c", "other")
    )
    for folder in (old, young, ours, other):
        folder.mkdir()
    for folder in (old, ours, other):
        os.utime(folder, (0, 0))
    assert sandbox.sweep() == 1
    assert not old.exists()
    assert young.exists()
    assert ours.exists()
    assert other.exists()
    ours.rmdir()


def test_without_a_descriptor_of_the_process_the_end_is_noticed_by_looking(monkeypatch):
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    with run("echo", {"a": 1}) as outcome:
        assert outcome.answer["given"] == {"a": 1}
    with pytest.raises(sandbox.SandboxFailed, match="time"):
        run("sleep", seconds=1)
