"""The operator's manual knows every setting and every command, and none that is not there."""

from __future__ import annotations

import ast
import re

from adme.config.cli import COMMANDS

ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def settings_read(root) -> set[str]:
    """Every environment variable of ours that the wiring (adme/config) asks for."""
    found = set()
    for path in (root / "adme/config").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                asked = ast.unparse(node.func)
                name = str(node.args[0].value)
                if asked.startswith("env.") or asked == "os.environ.get":
                    found.add(name)
                elif asked == "_secret":
                    found |= {name, f"{name}_FILE"}
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                found.add(ast.unparse(node.slice).strip("'"))
    return {name for name in found if name.startswith("ADME_") or name == "DATABASE_URL"}


def test_the_manual_knows_every_setting(root):
    page = (root / "docs/manual/operator/settings.md").read_text(encoding="utf-8")

    assert set(ROW.findall(page)) == settings_read(root)


def test_settings_are_read_by_the_wiring_alone(files, root):
    """Rooms ask django.conf.settings, so that one page can list everything that is read from outside."""
    reading = [
        str(path.relative_to(root))
        for path in files
        if path.suffix == ".py"
        and path.is_relative_to(root / "adme")
        and not path.is_relative_to(root / "adme/config")
        and re.search(r"os\.environ\b|os\.getenv\b", path.read_text(encoding="utf-8"))
    ]

    assert reading == []


def test_the_manual_knows_every_command(root):
    page = (root / "docs/manual/operator/commands.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^## `adme ([a-z-]+)", page, re.MULTILINE)) == set(COMMANDS)
