"""One engine, one size, in a process of its own: prints its results as JSON lines. Started by `__main__`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["loads", "lookups", "memory", "reading", "rules", "frameworks", "output"])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--runs", type=int, required=True)
    asked = parser.parse_args()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from benchmarks import frameworks, loads, lookups, memory, output, reading, rules

    modules = (loads, lookups, memory, reading, rules, frameworks, output)
    parts: dict[str, Any] = {module.__name__.rpartition(".")[2]: module for module in modules}
    for result in parts[asked.part].measure(asked.rows, asked.runs):
        json.dump(dataclasses.asdict(result), sys.stdout)
        print(flush=True)


if __name__ == "__main__":
    main()
