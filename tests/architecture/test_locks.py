"""The lock files say exactly what is installed, with hashes, and nothing about whose package index was asked."""

from __future__ import annotations

import ast
import json
import re
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-test.lock")


def pins(text: str) -> dict[str, set[str]]:
    """Versions of each package in a lock file: one, or one per Python where a package has left older ones behind."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, flags=re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def read(root, lock) -> str:
    return (root / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json", "tests/clients/package-lock.json"])
def test_locks_carry_no_address(root, lock):
    if lock.endswith(".json"):
        # npm writes the licences' and funds' pages too; what must not be there is where a package came from
        assert '"resolved"' not in read(root, lock)
    else:
        assert ":" + "//" not in read(root, lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(root, lock):
    blocks = re.split(r"\n(?=\S)", read(root, lock).strip())

    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ["build"]), (LOCKS[1], ["test", "build"])])
def test_locks_hold_what_pyproject_asks_for(root, pyproject, lock, extras):
    project = pyproject["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    held = pins(read(root, lock))

    wrong = []
    for line in wanted:
        requirement = Requirement(line)
        versions = held.get(canonicalize_name(requirement.name), set())
        if not versions or not all(requirement.specifier.contains(each, prereleases=True) for each in versions):
            wrong.append(f"{line}: {versions}")

    assert wrong == [], "run tools/lock.sh"


def test_both_commands_run_the_same_versions(root):
    small, large = (pins(read(root, lock)) for lock in LOCKS)

    assert {name: (found, large.get(name)) for name, found in small.items() if large.get(name) != found} == {}


def test_a_package_that_another_wants_with_an_extra_is_held_with_it(root):
    """Else pip of 2023, which Debian 12 has, takes the newest version for the extra and stops at its unknown hash."""
    held = {
        canonicalize_name(name): {extra.strip() for extra in (extras or "").split(",")}
        for name, extras in re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?==", read(root, LOCKS[1]), flags=re.MULTILINE
        )
    }
    wanted = [
        Requirement(line)
        for package in held
        for line in _requirements_of(package)
        if "extra ==" not in line  # those of extras that nobody may have asked for
    ]
    assert [str(one) for one in wanted if not one.extras <= held.get(canonicalize_name(one.name), one.extras)] == []


def _requirements_of(package: str) -> list[str]:
    try:
        return requires(package) or []
    except PackageNotFoundError:  # for another Python or system
        return []


def test_every_dependency_says_why(root):
    """Each line of [project] dependencies has its reason beside it."""
    text = read(root, "pyproject.toml")
    block = text[text.index("\ndependencies = [") : text.index("\n]", text.index("\ndependencies = ["))]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith('"')]

    assert lines
    assert [line for line in lines if "#" not in line] == []


RUN_NEEDS = ("command_line", "environment", "node_packages", "system_needs", "test_parts")
OWN = {"adme", "tests", "tools", "benchmarks"}


def imported(path) -> set[str]:
    """The top names of everything that a file imports, without the standard library and ourselves."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - OWN


@pytest.mark.parametrize(
    ("folders", "lock"),
    [(("adme",), LOCKS[0]), (("adme", "tests", "tools", "benchmarks"), LOCKS[1])],
    ids=["to run", "to test"],
)
def test_what_is_imported_is_in_the_lock(files, root, folders, lock):
    """A package that only this machine happens to have would be missing from a clean clone."""
    held = pins(read(root, lock))
    providers = packages_distributions()
    missing = set()
    for path in files:
        if path.suffix == ".py" and path.relative_to(root).parts[0] in folders:
            for name in imported(path):
                distributions = {canonicalize_name(each) for each in providers.get(name, [name])}
                if not distributions & held.keys():
                    missing.add(f"{path.relative_to(root)}: {name}")

    assert sorted(missing) == []


def test_the_clients_in_javascript_are_held_by_their_hashes(root):
    packages = json.loads(read(root, "tests/clients/package-lock.json"))["packages"]
    wanted = json.loads(read(root, "tests/clients/package.json"))["dependencies"]

    assert packages.pop("")["dependencies"] == wanted
    assert {f"node_modules/{name}" for name in wanted} <= packages.keys()
    assert [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")] == []


def test_what_runs_before_anything_is_installed_needs_nothing(root):
    """`run` and what it imports live on the standard library."""
    scripts = [root / "run", *(root / "tools" / f"{name}.py" for name in RUN_NEEDS)]

    assert {path.name: imported(path) for path in scripts if imported(path)} == {}
