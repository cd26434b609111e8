"""The parts of ``python3 run test``: what each runs, in which order, and what is said at the end."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import environment, system_needs

ROOT = environment.ROOT
RESULTS = ROOT / "test-results"
MINUTES = 40
"""A part that takes longer is stuck, and is stopped. No limit under --long."""

OF_ONE_PROCESS = ("clients", "types", "layout", "lint", "imports", "templates", "check", "migrations")
"""Two of these run side by side, the longest first; what they say is shown when they end."""
NAMES = (*OF_ONE_PROCESS, "sqlite", "postgres", "browser", "browser-postgres")
BEYOND_FAST = ("postgres", "browser", "browser-postgres", "clients")
NEEDS = {
    "sqlite": (system_needs.OFFICE,),
    "postgres": (system_needs.POSTGRES,),
    "browser": (system_needs.CHROMIUM, system_needs.FONTS),
    "browser-postgres": (system_needs.POSTGRES, system_needs.CHROMIUM, system_needs.FONTS),
    "clients": (system_needs.NODE, system_needs.NPM, system_needs.R, system_needs.OFFICE),
}


@dataclass(frozen=True)
class Plan:
    """What this run is asked for."""

    seed: int
    fast: bool = False
    long: bool = False
    names: tuple[str, ...] = NAMES
    pytest_arguments: tuple[str, ...] = ()

    @classmethod
    def from_options(
        cls, *, fast: bool, long: bool, seed: int | None, only: list[str] | None, pytest_arguments: Sequence[str]
    ) -> Plan:
        names = [name for name in NAMES if (not only or name in only) and not (fast and name in BEYOND_FAST)]
        chosen = random.SystemRandom().randrange(1, 2**31) if seed is None else seed
        return cls(chosen, fast, long, tuple(names), tuple(pytest_arguments))

    @property
    def needs(self) -> list[system_needs.Need]:
        if self.fast:
            return []
        return list(dict.fromkeys(need for name in self.names for need in NEEDS.get(name, ())))


@dataclass
class Outcome:
    """How one part ended."""

    name: str
    ok: bool
    seconds: float
    cpu_seconds: float
    counts: Counts | None = None


@dataclass
class Counts:
    """What one pytest run says of itself; errors in set-up or tear-down count as failures."""

    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)


def run_all(plan: Plan) -> int:
    """Run every part, also after a failure; print a summary; 0 if all went well, else 1."""
    print(f"Seed {plan.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="adme-reports-") as reports, _variables(plan) as variables:
        # Reports are read where no second run at the same time writes, and only then left for the reader.
        outcomes = _run_parts(plan, variables, Path(reports))
        shutil.copytree(reports, RESULTS, dirs_exist_ok=True)
    _summarise(plan, outcomes, time.monotonic() - began)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


@contextlib.contextmanager
def _variables(plan: Plan) -> Iterator[dict[str, str]]:
    """Environment variables for the parts: nothing of the caller's own installation, a home that is thrown away."""
    variables = {
        name: value
        for name, value in environment.clean_variables().items()
        if not name.startswith("ADME_") and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS")
    }
    with tempfile.TemporaryDirectory(prefix="adme-check-") as home:
        variables |= {
            "ADME_TESTING": "1",
            "ADME_HOME": home,
            "DJANGO_SETTINGS_MODULE": "adme.config.settings",
            "PYTHONHASHSEED": str(plan.seed % 2**32),
        }
        if plan.long:
            variables["ADME_TEST_LONG"] = "1"
        yield variables


def _run_parts(plan: Plan, variables: Mapping[str, str], reports: Path) -> list[Outcome]:
    """First those of one process, two at a time, as the smallest machine we promise has two cores; then one by one."""
    side_by_side = [name for name in plan.names if name in OF_ONE_PROCESS]
    alone = [name for name in plan.names if name not in OF_ONE_PROCESS]
    groups = [side_by_side, *([name] for name in alone)]
    return [outcome for names in groups for outcome in _run_group(names, plan, variables, reports)]


def _run_group(names: list[str], plan: Plan, variables: Mapping[str, str], reports: Path) -> Iterator[Outcome]:
    """Two at a time; the output of a part that is alone is shown as it comes."""
    waiting, running = list(names), list[Part]()
    try:
        while waiting or running:
            while waiting and len(running) < 2:
                name = waiting.pop(0)
                output = None if len(names) == 1 else reports / f"{name}.txt"
                running.append(_start(name, plan, variables, reports / f"{name}.xml", output))
            for part in [part for part in running if part.process.ended]:
                running.remove(part)
                yield _outcome(part, plan)
            time.sleep(0.05)
    finally:
        for part in running:
            part.process.stop()


@dataclass(frozen=True)
class Part:
    """One part while it runs."""

    name: str
    process: Process
    report: Path
    output: Path | None


def _start(name: str, plan: Plan, variables: Mapping[str, str], report: Path, output: Path | None) -> Part:
    if output is None:
        print(_headline(name), flush=True)
    command = _command(name, plan, report)
    return Part(
        name, Process(command, variables, minutes=None if plan.long else MINUTES, output=output), report, output
    )


def _headline(name: str) -> str:
    return f"\n=== {name} {'=' * (90 - len(name))}"


def _outcome(part: Part, plan: Plan) -> Outcome:
    if part.output is not None:
        print(f"{_headline(part.name)}\n{part.output.read_text(errors='replace').rstrip()}", flush=True)
    process = part.process
    counts = _read_counts(part.report, process.code) if part.name in _PYTEST else None
    ok = process.code == 0 or (process.code == _NOTHING_COLLECTED and bool(plan.pytest_arguments))
    said = "ok" if ok else f"FAILED (ended with {process.code})"
    print(f"--- {part.name}: {said} after {process.seconds:.0f} s", flush=True)
    return Outcome(part.name, ok, process.seconds, process.cpu_seconds, counts)


def _command(name: str, plan: Plan, report: Path) -> list[str]:
    if name in _PYTEST:
        return _pytest_command(name, plan, report)
    python = [str(environment.BIN / "python"), "-m"]
    checked = [folder for folder in ("adme", "run", "tools", "benchmarks", "tests") if (ROOT / folder).exists()]
    commands = {
        "layout": [*python, "ruff", "format", "--check", "."],
        "lint": [*python, "ruff", "check", "."],
        "types": [*python, "mypy", *checked],
        "imports": [str(environment.BIN / "lint-imports"), "--no-logo"],
        "templates": [*python, "djlint", "adme", "--lint", "--quiet"],
        "check": ["sh", "-c", '"$0" migrate --verbosity 0 && "$0" check', str(environment.BIN / "adme")],
        "migrations": [*python, "django", "makemigrations", "--check", "--dry-run"],
    }
    return commands[name]


_NOTHING_COLLECTED = 5  # pytest's exit code
_LOOKS = [f"--ignore=tests/browser/test_{name}.py" for name in ("every_page", "style_page", "frameworks")]
"""How pages look does not depend on the engine: looked at once. From file to reader, what people do is done on both."""
_PYTEST: dict[str, tuple[str, list[str]]] = {
    # which tests, and how; two processes, as the smallest machine we promise has two cores
    "sqlite": ("not browser and not postgres and not clients", ["-n", "2", "--dist", "worksteal"]),
    "postgres": ("not browser and not clients", ["-n", "2", "--dist", "worksteal", "--database-only"]),
    "browser": ("browser", ["-n", "2", "--dist", "worksteal"]),
    "browser-postgres": ("browser", ["-n", "2", "--dist", "worksteal", *_LOOKS]),
    # one process, as all of them read one server; which engine stands behind it, a client cannot see
    "clients": ("clients", ["tests/clients"]),
}


def _pytest_command(name: str, plan: Plan, report: Path) -> list[str]:
    which, how = _PYTEST[name]
    which += "" if plan.long else " and not long"
    which += " and not office" if plan.fast else ""
    seeds = [f"--randomly-seed={plan.seed}", f"--hypothesis-seed={plan.seed}"]
    told = [f"--junitxml={report}", "-o", "junit_family=xunit2", "-q", "-rfE", "--durations=15"]
    told += ["-o", "faulthandler_timeout=0"] if plan.long else []  # a thousand kills take their time
    # Counting branches takes a third longer; which are never taken changes slowly.
    coverage = ["--cov=adme", "--cov-report=term"] if name == "sqlite" and plan.long and _is_whole(plan) else []
    pytest = [str(environment.BIN / "python"), "-m", "pytest", "-m", which, *how, *seeds, *told, *coverage]
    in_postgres = ["bash", str(ROOT / "tools" / "with_postgres.sh")] if name.endswith("postgres") else []
    return [*in_postgres, *pytest, *plan.pytest_arguments]


def _is_whole(plan: Plan) -> bool:
    return not plan.fast and not plan.pytest_arguments


class Process:
    """A command of ours. The part and all it started end with it, and with us.

    `code` is its exit code, 124 if the time ran out. `cpu_seconds` is what it and all that ended within it used: on a
    busy machine a better measure of the work than the clock.
    """

    def __init__(
        self, command: Sequence[str], variables: Mapping[str, str], *, minutes: float | None, output: Path | None = None
    ) -> None:
        self.code, self.seconds, self.cpu_seconds = 0, 0.0, 0.0
        self._began, self._minutes = time.monotonic(), minutes
        with contextlib.ExitStack() as opened:
            to = None if output is None else opened.enter_context(output.open("wb"))
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=dict(variables), start_new_session=True, stdout=to, stderr=to
            )

    @property
    def ended(self) -> bool:
        """Looks whether it has ended, and stops it when its time is over."""
        self.seconds = time.monotonic() - self._began
        pid, status, used = os.wait4(self._process.pid, os.WNOHANG)
        if pid:
            self._process.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.cpu_seconds = used.ru_utime + used.ru_stime
            return True
        if self._minutes is None or self.seconds < self._minutes * 60:
            return False
        print(f"Stopped: still running after {self._minutes:.0f} minutes.", flush=True)
        self.stop()
        self.code = 124
        return True

    def stop(self) -> None:
        """Politely first: tools/with_postgres.sh has a server to take away."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _read_counts(report: Path, ended: int) -> Counts:
    """Sum up pytest's own report. A run that broke off counts as one failure, so that it cannot look like success."""
    counts = Counts()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  (pytest wrote it a moment ago)
            _count(case, counts)
    if ended not in (0, _NOTHING_COLLECTED) and counts.failed == 0:
        counts.failed = 1
    return counts


def _count(case: ElementTree.Element, counts: Counts) -> None:
    name = f"{case.get('classname')}::{case.get('name')}"
    skipped = case.find("skipped")
    if case.find("failure") is not None or case.find("error") is not None:
        counts.failed += 1
    elif skipped is not None:
        counts.skipped.append(f"{name}: {skipped.get('message')}")
    else:
        counts.passed += 1


def _summarise(plan: Plan, outcomes: Sequence[Outcome], seconds: float) -> None:
    print(f"\n=== summary {'=' * 83}")
    for outcome in outcomes:
        counted = outcome.counts
        tests = f"{counted.passed:6} passed, {counted.failed} failed" if counted else ""
        times = f"{outcome.seconds:6.0f} s ({outcome.cpu_seconds:4.0f} s of CPU)"
        print(f"  {'ok' if outcome.ok else 'FAILED':<8}{outcome.name:<18}{times}{tests}")
    for line in sorted({f"  skipped {line}" for o in outcomes if o.counts for line in o.counts.skipped}):
        print(line)
    if plan.fast:
        print(f"  left out by --fast: {', '.join(BEYOND_FAST)}, and tests that open LibreOffice")
    cpu_seconds = sum(outcome.cpu_seconds for outcome in outcomes)
    print(f"  {seconds / 60:.1f} minutes in all ({cpu_seconds / 60:.1f} of CPU)")
    print(f"  seed {plan.seed}; the same again: python3 run test --seed {plan.seed}")
    all_counts = [outcome.counts for outcome in outcomes if outcome.counts]
    print(f"{sum(c.passed for c in all_counts)} passed, {sum(c.failed for c in all_counts)} failed", flush=True)
