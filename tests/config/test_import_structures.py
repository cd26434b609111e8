"""`adme import --kind structure`: a report either way, 0 when it was done and 2 when it was refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib.sdmx_messages import json_structure
from adme.lib.sdmx_messages.artefacts import Artefacts
from adme.structures.models import CodeList, Dataflow
from tests.structures.test_importing import ALL, AREAS, ENVELOPE

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> str:
    user = User.objects.create(username="mia")
    Grant.objects.create(user=user, role=Role.METADATA_EDITOR)
    return "mia"


def bring(file: Path, username: str, *options: str, expect: int) -> dict[str, Any]:
    out = io.StringIO()
    arguments = [str(file), "--as", username, "--kind", "structure", "--json", *options]
    with pytest.raises(SystemExit) as end:
        call_command("import_file", *arguments, stdout=out)
    assert end.value.code == expect, out.getvalue()
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def message(folder: Path, artefacts: Artefacts = ALL) -> Path:
    path = folder / "structures.json"
    path.write_bytes(json_structure.write_structures(artefacts, ENVELOPE, language="en"))
    return path


def test_structures_come_in_and_come_again(tmp_path: Path, editor: str) -> None:
    file = message(tmp_path)
    report = bring(file, editor, "--reason", "a fixture", expect=0)
    assert report["changes"] == {"created": 8, "unchanged": 0, "partial": 0, "succeeded": 0, "left out": 0}
    assert "dataflow OFFICE:DF(1.0.0)" in report["structures"]["created"]
    assert Dataflow.objects.get().artefact_id == "DF"
    again = bring(file, editor, "--reason", "a fixture", expect=0)
    assert again["changes"] == {"created": 0, "unchanged": 8, "partial": 0, "succeeded": 0, "left out": 0}


def test_a_dry_run_says_what_would_be_and_keeps_nothing(tmp_path: Path, editor: str) -> None:
    report = bring(message(tmp_path), editor, "--dry-run", expect=0)
    assert (report["changes"]["created"], CodeList.objects.count()) == (8, 0)


def test_the_dimensions_of_a_flow_are_named_on_the_line(tmp_path: Path, editor: str) -> None:
    bring(message(tmp_path), editor, "--indicator-dimension", "SEX", "--reason", "a fixture", expect=0)
    assert Dataflow.objects.get().indicator_dimension == "SEX"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b'{"data": {"hierarchies": [{"id": "H"}]}}', b"<x/>"])
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, editor: str, content: bytes) -> None:
    file = tmp_path / "structures.xml"
    file.write_bytes(content)
    assert bring(file, editor, "--reason", "a fixture", expect=2)["problem"]["title"]


def test_a_final_is_not_changed(tmp_path: Path, editor: str) -> None:
    bring(message(tmp_path, Artefacts.of([AREAS])), editor, "--reason", "a fixture", expect=0)
    file = message(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("Thailand", "Siam"), encoding="utf-8")
    report = bring(file, editor, "--reason", "a fixture", expect=2)
    assert "TH" in report["problem"]["detail"]
    assert CodeList.objects.count() == 1


def test_who_may_not_is_refused(tmp_path: Path, db: None) -> None:
    User.objects.create(username="ned")
    assert "structure.maintain" in bring(message(tmp_path), "ned", expect=2)["problem"]["title"]


def test_the_report_in_words(tmp_path: Path, editor: str) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_file",
            str(message(tmp_path)),
            "--as",
            editor,
            "--kind",
            "structure",
            "--reason",
            "a fixture",
            stdout=out,
        )
    assert "created: codelist OFFICE:CL_AREA(1.2.0)" in out.getvalue()
    assert out.getvalue().rstrip().endswith("State: kept.")
