"""`run` says truly what happened: how pytest's reports are summed up, what is missing, when .venv is ready."""

from __future__ import annotations

import json
import os
import time

import pytest

from tools import command_line, environment, node_packages, system_needs, test_parts

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="no"/></testcase>
<testcase classname="a" name="broken"><error message="set-up"/></testcase>
<testcase classname="a" name="left"><skipped message="needs PostgreSQL"/></testcase>
</testsuite></testsuites>"""


class TestCounts:
    def test_errors_count_as_failures_and_skips_are_named(self, tmp_path):
        report = tmp_path / "sqlite.xml"
        report.write_text(REPORT)

        counts = test_parts._read_counts(report, ended=1)

        assert (counts.passed, counts.failed) == (1, 2)
        assert counts.skipped == ["a::left: needs PostgreSQL"]

    @pytest.mark.parametrize("ended", [2, 3, 4, 124, -9])
    def test_a_run_that_broke_off_is_a_failure(self, tmp_path, ended):
        assert test_parts._read_counts(tmp_path / "never-written.xml", ended).failed == 1

    def test_a_failure_that_was_reported_is_not_counted_twice(self, tmp_path):
        report = tmp_path / "sqlite.xml"
        report.write_text(REPORT)

        assert test_parts._read_counts(report, ended=124).failed == 2


class TestPlan:
    def plan(self, **options):
        chosen = {"fast": False, "long": False, "seed": None, "only": None, "pytest_arguments": ()} | options
        return test_parts.Plan.from_options(**chosen)

    def test_everything_runs_unless_told_otherwise(self):
        plan = self.plan()

        assert plan.names == test_parts.NAMES
        assert {need.package for need in plan.needs} == {
            "postgresql",
            "chromium",
            "libreoffice-calc-nogui",
            "fonts-noto-core",
            "nodejs",
            "npm",
            "r-cran-rsdmx",
        }

    def test_fast_needs_nothing_but_python(self):
        plan = self.plan(fast=True)

        assert not set(plan.names) & {"postgres", "browser", "browser-postgres", "clients"}
        assert plan.needs == []

    def test_a_seed_is_drawn_when_none_is_given(self):
        assert self.plan().seed != self.plan().seed
        assert self.plan(seed=7).seed == 7

    def test_every_part_has_a_command(self, tmp_path):
        plan = self.plan(pytest_arguments=["-k", "release"])

        for name in test_parts.NAMES:
            command = test_parts._command(name, plan, tmp_path / f"{name}.xml")
            assert (command[-2:] == ["-k", "release"]) == (name in test_parts._PYTEST)

    def test_what_stands_after_two_dashes_is_for_pytest(self):
        assert command_line._split(["test", "--fast", "--", "-k", "x"]) == (["test", "--fast"], ["-k", "x"])
        assert command_line._split(["demo"]) == (["demo"], [])

    def test_fast_and_long_exclude_each_other(self, capsys):
        with pytest.raises(SystemExit) as ended:
            command_line._parser().parse_args(["test", "--fast", "--long"])

        assert ended.value.code == 2
        assert "not allowed with" in capsys.readouterr().err


def ran(script: str, *, minutes: float = 1) -> test_parts.Process:
    process = test_parts.Process(["sh", "-c", script], {"PATH": "/usr/bin:/bin"}, minutes=minutes)
    while not process.ended:
        time.sleep(0.01)
    return process


class TestParts:
    def test_a_part_ends_with_its_exit_code(self):
        assert ran("exit 7").code == 7

    def test_a_part_that_is_killed_did_not_end_well(self):
        assert ran("kill -9 $$").code == -9

    def test_what_it_uses_is_measured_with_what_it_starts(self):
        assert ran("sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'").cpu_seconds > 0.02

    def test_a_part_that_hangs_is_stopped_with_its_children(self, tmp_path, capsys):
        beats = tmp_path / "beats"
        beats.touch()

        ended = ran(f"(trap '' TERM; while sleep 0.02; do echo >> {beats}; done) & sleep 60", minutes=0.01)

        assert ended.code == 124
        assert "still running" in capsys.readouterr().out
        before = beats.stat().st_size
        time.sleep(0.3)
        assert beats.stat().st_size == before

    @pytest.fixture
    def side_by_side(self, monkeypatch, tmp_path):
        def run(scripts: dict[str, str]) -> dict[str, test_parts.Outcome]:
            monkeypatch.setattr(test_parts, "OF_ONE_PROCESS", tuple(scripts))
            monkeypatch.setattr(test_parts, "_command", lambda name, plan, report: ["sh", "-c", scripts[name]])
            plan = test_parts.Plan(1, names=tuple(scripts))
            outcomes = test_parts._run_parts(plan, {"PATH": "/usr/bin:/bin"}, tmp_path)
            return {outcome.name: outcome for outcome in outcomes}

        return run

    def test_two_parts_of_one_process_run_side_by_side_and_all_are_run(self, side_by_side, tmp_path, capsys):
        waits = "for _ in $(seq 500); do test -e {} && echo {} && exit 0; sleep 0.02; done; exit 1"
        first, second = tmp_path / "first", tmp_path / "second"

        ended = side_by_side(
            {
                "types": f"touch {first}; {waits.format(second, 'met the other')}",
                "lint": f"touch {second}; {waits.format(first, 'met the first')}",
                "layout": "echo wrong >&2; exit 3",
            }
        )

        said = capsys.readouterr().out
        assert {name: outcome.ok for name, outcome in ended.items()} == {"types": True, "lint": True, "layout": False}
        assert "met the other" in said
        assert said.index("=== layout") < said.index("wrong") < said.index("--- layout: FAILED (ended with 3)")

    def test_when_it_breaks_off_what_runs_is_stopped(self, side_by_side, monkeypatch, tmp_path):
        beats = tmp_path / "beats"

        def breaks_off(*_args):
            raise KeyboardInterrupt

        monkeypatch.setattr(test_parts, "_outcome", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            side_by_side(
                {
                    "types": f"while sleep 0.02; do echo >> {beats}; done",
                    "lint": f"while ! test -s {beats}; do sleep 0.02; done",
                }
            )
        before = beats.stat().st_size
        time.sleep(0.3)
        assert beats.stat().st_size == before


class TestSystemNeeds:
    need = system_needs.Need("no-such-package", "something", ("no-such-program-here",))

    def test_what_is_missing_is_named_with_its_purpose_and_remedy(self, monkeypatch):
        monkeypatch.setattr(system_needs, "_right_to_install", lambda *, may_use_sudo: None)

        with pytest.raises(system_needs.Missing, match="no-such-package") as refused:
            system_needs.provide([self.need], may_use_sudo=False)

        assert "something" in str(refused.value)
        assert "--fast" in str(refused.value)

    def test_an_installation_that_did_not_help_is_said(self, monkeypatch):
        asked = []
        monkeypatch.setattr(system_needs, "_right_to_install", lambda *, may_use_sudo: ["sudo"])
        monkeypatch.setattr(system_needs, "_install", lambda prefix, packages: asked.append((prefix, packages)))

        with pytest.raises(system_needs.Missing, match="could not provide"):
            system_needs.provide([self.need], may_use_sudo=True)

        assert asked == [(["sudo"], ["no-such-package"])]

    def test_what_is_there_is_left_alone(self):
        system_needs.provide([system_needs.Need("bash", "shells", ("sh",))], may_use_sudo=False)


class TestEnvironment:
    @pytest.fixture
    def project(self, tmp_path, monkeypatch):
        for name in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
            (tmp_path / name).write_text(name)
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").touch()
        monkeypatch.setattr(environment, "ROOT", tmp_path)
        monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
        monkeypatch.setattr(environment, "BIN", tmp_path / ".venv" / "bin")
        monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "stamp.json")
        return tmp_path

    def test_nothing_is_ready_without_a_stamp(self, project):
        assert not environment.is_ready("run")

    def test_the_test_set_serves_the_demo_but_not_the_other_way_round(self, project):
        environment._write_stamp("test")
        assert environment.is_ready("run")
        assert environment.is_ready("test")

        environment._write_stamp("run")
        assert environment.is_ready("run")
        assert not environment.is_ready("test")

    @pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
    def test_a_changed_file_asks_for_a_new_installation(self, project, file):
        environment._write_stamp("run")
        (project / file).write_text("changed")

        assert not environment.is_ready("run")

    @pytest.mark.parametrize("text", ["", "{", json.dumps({"run": "else"}), "[]"])
    def test_a_damaged_stamp_counts_for_nothing(self, project, text):
        environment.STAMP.write_text(text)

        assert not environment.is_ready("run")

    def test_a_folder_that_is_no_environment_is_not_touched(self, project):
        (project / ".venv" / "diary.txt").write_text("mine")

        with pytest.raises(environment.CannotPrepare, match="Move it away"):
            environment._make_folder()

        assert (project / ".venv" / "diary.txt").read_text() == "mine"


class TestNodePackages:
    def folder(self, tmp_path):
        (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3}', encoding="utf-8")
        return tmp_path

    def npm(self, monkeypatch, tmp_path, script):
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def test_they_are_installed_once_and_again_when_the_lock_changes(self, tmp_path, monkeypatch):
        folder = self.folder(tmp_path)
        self.npm(monkeypatch, tmp_path, 'rm -rf node_modules; mkdir node_modules; echo "$@" >> asked')

        node_packages.prepare(folder)
        node_packages.prepare(folder)
        (folder / "package-lock.json").write_text('{"lockfileVersion": 3, "more": 1}', encoding="utf-8")
        assert not node_packages.is_ready(folder)
        node_packages.prepare(folder)

        asked = (folder / "asked").read_text(encoding="utf-8").splitlines()
        assert len(asked) == 2
        assert all(line.startswith("ci --ignore-scripts") for line in asked)

    def test_a_registry_that_does_not_answer_is_said_with_the_remedy(self, tmp_path, monkeypatch):
        folder = self.folder(tmp_path)
        self.npm(monkeypatch, tmp_path, "exit 7")

        with pytest.raises(environment.CannotPrepare, match="ended with 7.*proxy"):
            node_packages.prepare(folder)

        assert not node_packages.is_ready(folder)
