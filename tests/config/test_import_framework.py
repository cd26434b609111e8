"""`adme import --kind framework`."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.frameworks.models import Edition
from adme.frameworks.sections import tidy
from adme.frameworks.yaml_tables import write_yaml
from tests.factories import world as worlds
from tests.factories.frameworks import small_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(tmp_path):
    worlds.build()
    Grant.objects.create(user=User.objects.create(username="planner"), role=Role.FRAMEWORK_EDITOR)

    def run(tables, *options) -> tuple[Any, dict]:
        path = tmp_path / "plan.yaml"
        path.write_text(write_yaml(tidy(tables)), encoding="utf-8")
        out = StringIO()
        with pytest.raises(SystemExit) as end:
            call_command(
                "import_file", path, "--as", "planner", "--kind", "framework", "--reason", "x", "--json", *options,
                stdout=out,
            )  # fmt: skip
        return end.value.code, json.loads(out.getvalue())

    return run


def test_a_file_becomes_a_draft(imported):
    code, report = imported(small_tables())
    assert (code, report["applied"], report["state"], report["rows"]["kept"]) == (0, True, "draft", 5)
    assert Edition.objects.get().prepared_by == "planner"


def test_a_dry_run_makes_nothing(imported):
    code, report = imported(small_tables(), "--dry-run")
    assert (code, report["applied"]) == (0, True)
    assert not Edition.objects.exists()


def test_a_faulty_file_ends_with_2_and_names_each_place(imported):
    tables = small_tables()
    tables["aims"][0]["value"] = "ten"
    code, report = imported(tables)
    assert (code, report["applied"]) == (2, False)
    assert [(one["sheet"], one["column"], one["severity"]) for one in report["findings"]] == [
        ("Targets", "value", "error")
    ]
    assert not Edition.objects.exists()
