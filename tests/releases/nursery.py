"""A process that raises short-lived children on a database of their own, and kills them when it is told to.

Started by `nursery_at` in test_killed.py and test_at_once.py; takes one JSON command a line, answers with one. It
imports everything once and never touches the database or a data frame itself, so that a child is born in milliseconds
and starts with nothing inherited but modules.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
import time
import traceback

import django

CELLS = 600
SERIES = 40


def main() -> None:
    django.setup()
    import adme.releases.actions  # before the first birth, so that no child has to import it
    import adme.releases.digest  # noqa: F401
    import tests.factories.flows  # noqa: F401

    for line in sys.stdin:
        command = json.loads(line)
        children = [_born(*one) for one in command["children"]]
        if command.get("kill_after") is not None:
            time.sleep(command["kill_after"])
            for pid, _ in children:
                os.kill(pid, signal.SIGKILL)
        print(json.dumps([_outcome(pid, pipe) for pid, pipe in children]), flush=True)


def _born(name: str, *arguments: object) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        began = time.monotonic()
        try:
            answer = {"answer": globals()[name](*arguments), "seconds": time.monotonic() - began}
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
            answer = {"error": type(error).__name__, "trace": traceback.format_exc()}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    return pid, reading


def _outcome(pid: int, pipe: int) -> dict[str, object]:
    with os.fdopen(pipe, "rb") as file:
        said = file.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return {"killed": True}
    outcome: dict[str, object] = json.loads(said)
    return outcome


# --- what a child can do --------------------------------------------------------------------------


def prepare() -> None:
    """Tables, a dataflow, a publisher, and a first release that says 0 everywhere."""
    from django.core.management import call_command

    from adme.accounts.models import Grant, User
    from adme.accounts.roles import Role
    from tests.factories.flows import make_flow

    call_command("migrate", verbosity=0)
    Grant.objects.create(user=User.objects.create(username="paula"), role=Role.PUBLISHER)
    make_flow("DF_KILL", {"REF_AREA": [f"A{n}" for n in range(SERIES)], "INDICATOR": ["X"]})
    release(0)


def release(value: int, in_seconds: float | None = None) -> str:
    """All cells say `value`, now or later."""
    from adme.lib import clock
    from adme.releases import actions
    from tests.factories.flows import coded, make_delivery

    flow, by = _flow(), _publisher()
    years = range(1990, 1990 + CELLS // SERIES)
    rows = coded(flow, [(f"A{n}.X", str(year), float(value)) for n in range(SERIES) for year in years])
    at = None if in_seconds is None else clock.now() + dt.timedelta(seconds=in_seconds)
    made = actions.release(deliveries=[(make_delivery(flow), rows)], title=str(value), by=by, reason="a test", at=at)
    return str(made.pk)


def withdraw() -> str:
    """Withdraw the newest public release but the first."""
    from adme.releases import actions, queries
    from adme.releases.models import Release

    public = Release.objects.standing().published(queries.clock_instant()).exclude(title__en="0")
    newest = public.order_by("-instant").first()
    if newest is None:
        return ""
    return str(actions.withdraw(release=newest, by=_publisher(), reason="a test").pk)


def cancel() -> str:
    """Cancel the release that waits."""
    from adme.releases import actions, queries
    from adme.releases.models import Release

    waiting = Release.objects.pending(queries.clock_instant()).first()
    return "" if waiting is None else str(actions.cancel(release=waiting, by=_publisher(), reason="a test").pk)


def due() -> list[str]:
    """Release what is due."""
    from adme.releases import actions

    return [str(one.pk) for one in actions.release_due()]


def correct(key: str, value: float | None, extras: dict[str, object] | None = None) -> None:
    """One value, now."""
    from adme.releases import actions
    from tests.factories.flows import coded, make_delivery

    flow = _flow()
    deliveries = [(make_delivery(flow), coded(flow, [(key, "1990", value, extras or {})]))]
    actions.release(deliveries=deliveries, title="one", by=_publisher(), reason="a test")


def inspect(thoroughly: bool = True) -> dict[str, object]:
    """What a reader sees, and whether everything hangs together."""
    from adme.accounts import audit
    from adme.accounts.models import AuditEntry
    from adme.observations.models import Delivery
    from adme.releases import queries
    from adme.releases.digest import verify_store
    from adme.releases.models import Release

    cells = queries.select(_flow()).cells()
    if thoroughly:
        audit.verify()
    acts = AuditEntry.objects.filter(object_type="release")
    return {
        "cells": len(cells),
        "values": sorted({cell.value for cell in cells if cell.value is not None}),
        "first": [cell.value for cell in cells if cell.period == 199001011][:2],
        "faults": [fault for fault in verify_store() if "release-due" not in fault] if thoroughly else [],
        "releases": Release.objects.count(),
        "begun": acts.filter(action__in=["releases.release.released", "releases.release.scheduled"]).count(),
        "withdrawn": [
            Release.objects.exclude(withdrawn_at=None).count(),
            acts.filter(action="releases.release.withdrawn").count(),
        ],
        "stored": Delivery.objects.in_store().count(),
        "went_live": acts.filter(action="releases.release.went_live").count(),
        "waiting": Release.objects.pending(queries.clock_instant()).count(),
    }


def read_both_ways() -> list[bool]:
    """Whether another connection reads the same as ours: all of it, a few series, the last of each.

    On PostgreSQL it is one of ADBC, on SQLite one of a process beside us.
    """
    from django.db import connection, transaction

    from adme.observations.columns import beside, outside
    from adme.releases import queries

    flow = _flow()
    areas = {"REF_AREA": [f"A{n}" for n in range(0, SERIES, 7)]}
    selections = [queries.select(flow), queries.select(flow, areas), queries.select(flow, last_n=2)]
    beside.FROM = 1
    same = []
    for selection in selections:
        assert outside.possible() == (connection.vendor == "postgresql")
        assert beside.possible() == (connection.vendor == "sqlite")
        by_another = list(selection.stored_frames(200))
        with transaction.atomic():
            assert not outside.possible()
            assert not beside.possible()
            by_ours = list(selection.stored_frames(200))
        same.append(len(by_ours) > 0 and all(a.equals(b) for a, b in zip(by_another, by_ours, strict=True)))
    # A second copy of SQLite on our file would cut the log's index under us: see columns.outside.
    assert "adbc_driver_sqlite" not in sys.modules
    return same


def hang_up() -> bool:
    """Whether nobody is left over of an answer of which the reader took the first piece only."""
    import threading

    from adme.observations.columns import beside
    from adme.releases import queries

    beside.FROM = 1
    frames = queries.select(_flow()).stored_frames(200)
    taken = len(next(frames))
    frames.close()
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return taken > 0 and threading.active_count() == 1
    return False


def _flow():
    from adme.structures.models import Dataflow

    return Dataflow.objects.get(artefact_id="DF_KILL")


def _publisher():
    from adme.accounts.models import User

    return User.objects.get(username="paula")


if __name__ == "__main__":
    main()
