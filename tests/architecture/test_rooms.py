"""Every room says what lives in it, and no drawer for the nameless opens."""

from __future__ import annotations

import ast

import pytest

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "extras", "shared"}


def test_each_room_says_what_lives_there_and_what_does_not(rooms):
    silent = []
    for room in rooms:
        docstring = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
        if docstring is None or len(docstring.split()) < 12:
            silent.append(room.name)

    assert silent == []


def test_no_room_is_empty(rooms):
    empty = [
        room.name
        for room in rooms
        if not [path for path in room.rglob("*.py") if path.name not in ("__init__.py", "apps.py")]
    ]

    assert empty == [], "a room is made when something moves in"


def test_no_drawer_for_the_nameless(files, root):
    found = [
        str(path.relative_to(root))
        for path in files
        if DRAWERS & {part.split(".")[0].lower() for part in path.relative_to(root).parts}
        and "vendor" not in path.parts
    ]

    assert found == [], "name the file after what it does, or keep the function beside its one user"


def test_rules_live_in_actions_not_in_save_or_signals(rooms):
    """Bulk writes pass by both: what they do would happen for one row and not for a hundred thousand."""
    found = []
    for room in rooms:
        for path in room.rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    found += [
                        f"{path.name}: {node.name}.{item.name}"
                        for item in node.body
                        if isinstance(item, ast.FunctionDef) and item.name in ("save", "delete") and _is_model(node)
                    ]
                if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals":
                    found.append(f"{path.name}: imports {', '.join(name.name for name in node.names)}")

    assert found == []


def _is_model(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
    return not bases & {"Form", "ModelForm", "BaseForm"}


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    from django.core.management import call_command

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_migrations_are_named_and_know_no_room(rooms):
    """A migration must run in ten years, against models that have moved on: it may lean on the floor only."""
    unnamed, leaning = [], []
    for room in rooms:
        for path in (room / "migrations").glob("[0-9]*.py"):
            if "_auto_" in path.name:
                unnamed.append(path.name)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    modules = [node.module or ""]
                leaning += [
                    f"{room.name}/{path.name}: {module}"
                    for module in modules
                    if module.startswith("adme.") and not module.startswith("adme.lib.")
                ]

    assert unnamed == []
    assert leaning == []


def test_what_is_approved_and_not_public_is_asked_for_in_one_place(rooms):
    """`releases.approved` gives figures before their release: to the provisional view of staff and to nobody else."""
    asking = set()
    for room in rooms:
        for path in room.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                module = getattr(node, "module", "") or ""
                if module.endswith("releases.approved") or (module.endswith("releases") and "approved" in names):
                    asking.add(f"{room.name}/{path.name}")

    assert asking == {"collection/apps.py", "frameworks/provisional.py"}
