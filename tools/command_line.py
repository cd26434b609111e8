"""The commands of ``run``: demo, test, and install for those who serve in earnest."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tools import environment, node_packages, system_needs, test_parts

ROOT = environment.ROOT


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says. Ends with 0, 1 (a test failed), 2 (wrong use) or 3 (something is missing)."""
    own, passed_on = _split(arguments)
    options = _parser().parse_args(own)
    os.chdir(ROOT)
    try:
        if options.command == "demo":
            return _demo(options.port)
        if options.command == "install":
            return _install()
        return _test(options, passed_on)
    except (environment.CannotPrepare, system_needs.Missing) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Before ``--`` ours, after it pytest's."""
    given = list(arguments)
    if "--" not in given:
        return given, []
    at = given.index("--")
    return given[:at], given[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run", description="Run ADME, or test it. Makes .venv here when needed.")
    commands = parser.add_subparsers(dest="command", required=True)

    demo = commands.add_parser("demo", help="serve ADME with its demo data on this machine")
    demo.add_argument("--port", type=int, help="first port to try (the next free one is taken)")

    commands.add_parser("install", help="only make or renew .venv, for an installation in earnest")

    test = commands.add_parser("test", help="check and test everything; arguments after -- go to pytest")
    volume = test.add_mutually_exclusive_group()
    volume.add_argument(
        "--fast", action="store_true", help="leave out PostgreSQL, LibreOffice, the browser and clients of others"
    )
    volume.add_argument("--long", action="store_true", help="the full volumes of every randomised, kill and load test")
    test.add_argument("--install-system", action="store_true", help="install what is missing with sudo apt-get")
    test.add_argument("--seed", type=int, help="order and chance of an earlier run")
    test.add_argument("--only", action="append", choices=test_parts.NAMES, help="only this part (may be repeated)")
    return parser


def _demo(port: int | None) -> int:
    environment.prepare("run")
    program = str(environment.BIN / "adme")
    arguments = [program, "demo"] + ([] if port is None else ["--port", str(port)])
    sys.stdout.flush()
    os.execve(program, arguments, environment.clean_variables())  # noqa: S606  (no shell wanted)


def _install() -> int:
    environment.prepare("run")
    print("Ready: .venv/bin/adme")
    return 0


def _test(options: argparse.Namespace, passed_on: Sequence[str]) -> int:
    plan = test_parts.Plan.from_options(
        fast=options.fast, long=options.long, seed=options.seed, only=options.only, pytest_arguments=passed_on
    )
    system_needs.provide(plan.needs, may_use_sudo=options.install_system)
    environment.prepare("test")
    if "clients" in plan.names:
        node_packages.prepare()
    return test_parts.run_all(plan)
