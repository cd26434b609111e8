"""THREATS.md promises nothing that no test holds."""

from __future__ import annotations

import ast
import re

TEST = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`")


def promises(root) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each row of the tables: its promise, and the (file, function) of the tests it names."""
    rows = []
    for line in (root / "THREATS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and not set(cells[0]) <= set(":- ") and cells[0] != "Promise":
            rows.append((cells[0], TEST.findall(cells[-1])))
    return rows


def test_there_are_promises(root):
    assert len(promises(root)) >= 10


def test_every_promise_names_a_test(root):
    assert [promise for promise, tests in promises(root) if not tests] == []


def test_every_named_test_exists(root):
    missing = []
    for promise, tests in promises(root):
        for file, function in tests:
            path = root / file
            if not path.is_file():
                missing.append(f"{promise}: {file}")
                continue
            names = {
                node.name
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
            }
            if function and function not in names:
                missing.append(f"{promise}: {file}::{function}")

    assert missing == []


def test_every_named_place_exists(root):
    text = (root / "THREATS.md").read_text(encoding="utf-8")

    assert [place for place in re.findall(r"`(adme/[\w/.-]+)`", text) if not (root / place).exists()] == []
