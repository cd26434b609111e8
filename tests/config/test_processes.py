"""The processes behind `adme serve`, `worker` and `demo`: started together, ended together, surviving what may fail."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from adme.config import readiness, serving, showcase
from adme.config.models import WorkerBeat
from adme.config.processes import Family
from adme.config.progress import Bar, drawn
from adme.config.work import ReleaseClock
from adme.lib import clock
from tests.config.installation import ADME, ROOT, Installation

PATIENCE = 120


def wait_for(question, what: str):
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {PATIENCE} s")


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# --- a family -------------------------------------------------------------------------------------

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
]


def test_children_end_with_their_parent_even_when_it_is_killed(tmp_path):
    code = (
        "import os, sys, time\nfrom adme.config.processes import Family\nfamily = Family()\n"
        f"child = family.add('x', {SLEEPER!r}, os.environ, restart=False)\n"
        "print(child.process.pid, flush=True)\ntime.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert lives(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not lives(child), "the end of the orphan")


def test_a_child_that_may_be_started_again_is_ever_more_slowly(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("adme.config.processes.time.monotonic", lambda: now[0])
    family = Family()
    child = family.add("x", [sys.executable, "-c", ""], os.environ, restart=True)
    waits = []
    for _ in range(4):
        assert child.process is not None
        child.process.wait()
        assert family.look_after() is None
        waits.append(child.not_before - now[0])
        assert child.process is None
        family.look_after()
        assert child.process is None, "started too soon"
        now[0] = child.not_before
        family.look_after()
    assert waits == [1.0, 2.0, 4.0, 8.0]
    family.stop()


def test_a_child_that_must_not_end_is_told_of():
    family = Family()
    child = family.add("web", [sys.executable, "-c", ""], os.environ, restart=False)
    assert child.process is not None
    child.process.wait()
    assert family.look_after() is child


def test_a_child_that_does_not_listen_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr("adme.config.processes.PATIENCE", 0.5)
    family = Family()
    stubborn = family.add("x", STUBBORN, os.environ, restart=True)
    polite = family.add("y", SLEEPER, os.environ, restart=True)
    time.sleep(0.5)
    family.stop()
    assert stubborn.process is not None
    assert polite.process is not None
    assert stubborn.process.poll() is not None
    assert polite.process.poll() == -signal.SIGTERM


# --- the release clock ----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError("gone"), ZeroDivisionError(), MemoryError()], ids=repr)
def test_the_release_clock_survives_whatever_fails_and_tells_monitoring(monkeypatch, fault, caplog):
    answers = iter([fault, []])

    def release_due():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("adme.config.work.release_due", release_due)
    monkeypatch.setattr("adme.config.work.connection.close", lambda: None)  # the test's own connection
    monkeypatch.setattr("adme.config.work.close_old_connections", lambda: None)
    ticking = ReleaseClock()
    ticking.round()
    assert WorkerBeat.objects.get().trouble == type(fault).__name__
    assert "failed" in caplog.text
    ticking.round()
    assert WorkerBeat.objects.get().trouble == ""


@pytest.mark.django_db
def test_the_release_clock_looks_twice_a_second_and_signs_off(monkeypatch):
    stopping, looks = threading.Event(), []

    def release_due():
        looks.append(WorkerBeat.objects.count())
        if len(looks) == 3:
            stopping.set()
        return []

    monkeypatch.setattr("adme.config.work.release_due", release_due)
    monkeypatch.setattr("adme.config.work.close_old_connections", lambda: None)
    ReleaseClock().run(stopping, interval=0.0)
    assert looks == [0, 1, 1]
    assert not WorkerBeat.objects.exists()


# --- health ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "trouble", "status"),
    [(None, "", 503), (0, "", 200), (29, "", 200), (31, "", 503)],
)
def test_readiness_needs_a_worker_that_was_heard_of_lately(client, seconds, trouble, status):
    if seconds is not None:
        WorkerBeat.objects.create(name="w", at=clock.now() - dt.timedelta(seconds=seconds), trouble=trouble)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (status, b"ready\n" if status == 200 else b"not ready\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readiness_needs_every_migration_and_tells_only_the_log(client, monkeypatch, caplog):
    monkeypatch.setattr(readiness, "unapplied", lambda: True)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready\n")
    assert "adme migrate" in caplog.text


def test_health_asks_nobody(client):
    """Without the mark django_db, a question to the database would fail the test."""
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_a_database_that_does_not_answer_makes_it_unready(client, monkeypatch):
    def gone():
        raise OperationalError("password of the database")

    monkeypatch.setattr(readiness, "faults", gone)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready\n")


def test_robots_are_kept_out_of_workspaces(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /work/" in text
    assert "Disallow: /account/" in text


# --- a whole installation, served -----------------------------------------------------------------


def ask(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.django_db
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_becomes_ready_and_ends_with_everything_it_started(installation, how):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = subprocess.Popen(
        [*ADME, "serve", "--port", str(port), "--workers", "1"],
        env=installation.variables(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: ask(port, "/healthz") == 200, "an answer")
        wait_for(lambda: ask(port, "/readyz") == 200, "readiness")
        assert ask(port, "/") == 200
        started = descendants(serve.pid)
        assert len(started) >= 2
        serve.send_signal(how)
        assert serve.wait(PATIENCE) == 0
    finally:
        serve.kill()
        serve.wait()
    wait_for(lambda: not [pid for pid in started if lives(pid)], "the end of all it started")
    assert ask(port, "/healthz") == 0


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *descendants(child))]


# --- the demonstration ----------------------------------------------------------------------------


def test_a_busy_port_is_passed_over():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert serving.free_port("127.0.0.1", taken) > taken


def test_the_demonstration_takes_nothing_from_an_installation_in_earnest(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://adme@live/adme")
    monkeypatch.setenv("ADME_SECRET_KEY", "live")
    monkeypatch.setenv("ADME_TESTING", "1")
    monkeypatch.delenv("ADME_DEMO", raising=False)
    variables = showcase.demo_environment(tmp_path)
    assert "DATABASE_URL" not in variables
    assert {name: value for name, value in variables.items() if name.startswith("ADME_")} == {
        "ADME_DEMO": "1",
        "ADME_HOME": str(tmp_path),
        "ADME_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    monkeypatch.setenv("ADME_DEMO", "1")
    assert showcase.demo_environment(tmp_path)["DATABASE_URL"] == "postgresql://adme@live/adme"


@pytest.fixture
def prepared_parts(monkeypatch):
    """What `adme demo` asks `demo_prepare` to make, without making it."""
    asked: list[list[str]] = []

    def run(command, env, check):
        parts = command[command.index("demo_prepare") + 1 :]
        asked.append(parts)
        Path(env["ADME_HOME"], showcase.LOGINS).write_text('{"seed": "x", "people": []}')
        return subprocess.CompletedProcess(command, run.code)

    run.code = 0
    made = {"tables": "1", "data": "1", "static": "1"}
    monkeypatch.setattr(showcase.subprocess, "run", run)
    monkeypatch.setattr(showcase, "made_from", lambda: dict(made))
    return asked, made, run


def test_the_demonstration_is_made_once_and_then_only_what_has_changed(prepared_parts, tmp_path):
    asked, made, _run = prepared_parts
    environment = {"ADME_HOME": str(tmp_path)}
    assert showcase._prepared(tmp_path, environment)
    assert showcase._prepared(tmp_path, environment)
    made["static"] = "2"
    assert showcase._prepared(tmp_path, environment)
    (tmp_path / showcase.LOGINS).unlink()
    assert showcase._prepared(tmp_path, environment)
    assert asked == [["tables", "data", "static"], ["static"], []]


def test_a_demonstration_that_could_not_be_made_is_tried_again(prepared_parts, tmp_path, capsys):
    asked, _made, run = prepared_parts
    run.code = 1
    environment = {"ADME_HOME": str(tmp_path)}
    assert not showcase._prepared(tmp_path, environment)
    assert "remove the folder" in capsys.readouterr().err
    run.code = 0
    assert showcase._prepared(tmp_path, environment)
    assert asked[0] == asked[1]


def test_every_part_of_the_demonstration_has_files_to_tell_it_by():
    empty_of_files = showcase._fingerprint([])
    assert empty_of_files not in showcase.made_from().values()
    assert showcase.made_from() == showcase.made_from()


def test_the_welcome_names_address_and_every_login():
    said = showcase._welcome(8001, [{"username": "admin", "password": "abcd-efgh", "is": "administrator"}])
    assert "http://localhost:8001/" in said
    assert "admin" in said
    assert "abcd-efgh" in said


# --- the progress bar -----------------------------------------------------------------------------


class Written(list):
    def __init__(self, terminal: bool):
        super().__init__()
        self.isatty = lambda: terminal

    def write(self, text):
        self.append(text)

    def flush(self):
        pass


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 10, "  0%"), (5, 10, " 50%"), (10, 10, "100%"), (12, 10, "100%"), (0, 0, "100%")]
)
def test_the_bar_shows_the_share(done, total, share):
    assert share in drawn(done, total, "Loading")


def test_without_a_terminal_each_step_is_one_line():
    out = Written(terminal=False)
    with Bar(out) as bar:
        for number in range(100):
            bar.show(number, 100, "First" if number < 50 else "Second")
    assert "".join(out) == "First …\nSecond …\n"


def test_on_a_terminal_the_bar_is_drawn_over_itself_and_ends_its_line(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    out = Written(terminal=True)
    with Bar(out) as bar:
        bar.show(0, 2, "First")
        bar.show(2, 2, "First")
    assert out[0].startswith("\r")
    assert "100%" in out[1]
    assert out[-1] == "\n"


def test_the_logins_are_for_the_owner_only(tmp_path):
    from adme.config.logins import keep_logins

    first = keep_logins(tmp_path, lambda seed: [{"username": "a", "password": seed, "is": "x"}])
    again = keep_logins(tmp_path, lambda seed: [{"username": "a", "password": seed, "is": "x"}])
    assert first == again
    path = tmp_path / showcase.LOGINS
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text())["people"] == first


def test_passwords_are_written_down_before_the_people_are_made(tmp_path):
    from adme.config.logins import keep_logins

    seeds = []

    def interrupted(seed):
        seeds.append(seed)
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            keep_logins(tmp_path, interrupted)
    assert seeds[0] == seeds[1]


AWAY = """
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "a" * 32  # somebody who was signed in
found = []
for path in ("/", "/indicators/", "/work/", "/account/people/", "/account/sign-in/", "/sdmx/v2/data/dataflow/A/B/1.0"):
    answer = client.get(path)
    found.append([path, answer.status_code, answer.get("Retry-After"), answer["Cache-Control"]])
print(json.dumps([found, client.get("/healthz").status_code, client.get("/readyz").status_code]))
"""


@pytest.mark.django_db  # only to run with the other tests of processes
def test_while_the_database_is_away_every_page_says_so_soon(tmp_path):
    away = Installation(tmp_path, f"postgresql://nobody@/nothing?host={tmp_path}")
    pages, health, ready = away.python(AWAY)
    for path, status, retry, kept in pages:
        assert (path, status, retry) == (path, 503, "5")
        assert "no-store" in kept
    assert (health, ready) == (200, 503)
