"""`python -m benchmarks`: measure, print, and end with 1 where a limit is missed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.stopwatch import Result

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("loads", "lookups", "memory", "reading", "rules", "frameworks", "output")
WITHOUT_DATABASE = ("reading",)
"""Parts that are the same on every engine: measured with the first one only."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="observations (default 1,000,000); may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="medians of so many runs")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append", help="default: both")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all")
    asked = parser.parse_args()
    missed = 0
    engines = asked.engine or ["sqlite", "postgresql"]
    for engine in engines:
        for rows in asked.rows or [1_000_000]:
            for part in asked.part or PARTS:
                if part in WITHOUT_DATABASE and engine != engines[0]:
                    continue
                print(f"\n{engine}, {rows:,} rows, {part}")
                missed += sum(_measured(engine, part, rows, asked.runs))
    print(f"\n{missed} limits missed" if missed else "\nall limits kept")
    return 1 if missed else 0


def _measured(engine: str, part: str, rows: int, runs: int) -> list[bool]:
    """Run one part in a process of its own, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="adme-benchmark-") as home:
        environment = {**os.environ, "ADME_HOME": home, "ADME_TESTING": "1", "ADME_MAX_UPLOAD_MB": "4000"}
        environment["DJANGO_SETTINGS_MODULE"] = "adme.config.settings"
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "benchmarks.measure", part, "--rows", str(rows), "--runs", str(runs)]
        if engine == "postgresql":
            command = ["bash", str(ROOT / "tools" / "with_postgres.sh"), *command]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        found = []
        for line in process.stdout:
            result = Result(**json.loads(line))
            print(result.line(), flush=True)
            found.append(result.missed)
        if process.wait():
            raise SystemExit(f"{engine}, {part}: the measurement failed")
    return found


if __name__ == "__main__":
    sys.exit(main())
