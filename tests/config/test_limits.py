"""The published limits are those that are enforced: each is tried at its value and past it; and no other is there."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from adme.accounts import throttle
from adme.accounts.roles import Role
from adme.collection.actions.receiving import upload_limit
from adme.collection.errors import FileTooLarge
from adme.collection.files import RECEIVED
from adme.collection.views import rules as rule_files
from adme.config import limits, serving
from adme.frameworks import yaml_tables
from adme.frameworks.scorecard import forget, scorecard
from adme.indicators import queries as search
from adme.indicators.report_files import ReportFileRefused
from adme.indicators.views import files as report_files
from adme.indicators.views import structures as metadata_structures
from adme.lib.sdmx_messages import json_stat, metadata_reading, structure_file
from adme.lib.tabular.limits import LIMITS
from adme.portal import asked, finding, framework_changes, framework_pages, table_page, table_request
from adme.portal.views import downloads
from tests.factories import told_world
from tests.factories import world as worlds
from tests.factories.metadata import person

SERIES = "/api/indicators/neet/series"
FLOW = "/sdmx/v2/data/dataflow/ASEAN/DF_GOALS/1.0.0/*"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with told_world.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    yield built
    forget()


class Trying:
    """What a probe needs: a reader, the world, and a way to set a limit lower for the length of a test."""

    def __init__(self, client, world: worlds.World, monkeypatch, settings) -> None:
        self.client, self.world, self.monkeypatch, self.settings = client, world, monkeypatch, settings

    def status(self, address: str, **more: Any) -> int:
        answer = self.client.get(address, **more)
        if answer.streaming:
            b"".join(answer)
        return answer.status_code

    def lower(self, module: Any, name: str, value: int) -> None:
        self.monkeypatch.setattr(module, name, value)


Probe = Callable[[Trying, int], None]
PROBES: dict[str, Probe] = {}


def probe(name: str) -> Callable[[Probe], Probe]:
    def keep(one: Probe) -> Probe:
        PROBES[name] = one
        return one

    return keep


def over(address: str, refused: int = 400) -> Probe:
    """At the value it is answered, one past it refused; `{}` stands for the number."""

    def one(trying: Trying, value: int) -> None:
        assert trying.status(address.format(value)) == 200
        assert trying.status(address.format(value + 1)) == refused

    return one


PROBES["api.page_size"] = over("/api/indicators?page_size={}")
PROBES["api.values"] = over(f"{SERIES}?page_size={{}}")
PROBES["api.page"] = over("/api/indicators?page={}")


@probe("api.indicators")
def _(trying: Trying, value: int) -> None:
    for count, status in ((value, 200), (value + 1, 400)):
        assert trying.status(f"/api/latest?indicator={','.join(f'i{n}' for n in range(count))}") == status


@probe("api.words")
def _(trying: Trying, value: int) -> None:
    for count, status in ((value, 200), (value + 1, 400)):
        assert trying.status(f"{SERIES}?country={'&country='.join(f'X{n}' for n in range(count))}") == status


@probe("api.characters")
def _(trying: Trying, value: int) -> None:
    assert trying.status(f"/api/indicators?topic={'x' * value}") == 200
    assert trying.status(f"/api/indicators?topic={'x' * (value + 1)}") == 400


@probe("sdmx.comparisons")
def _(trying: Trying, value: int) -> None:
    assert trying.status(f"{FLOW}?c[NOTE]={','.join('x' * value)}") == 404
    assert trying.status(f"{FLOW}?c[NOTE]={','.join('x' * (value + 1))}") == 413


@probe("sdmx.json_stat_cells")
def _(trying: Trying, value: int) -> None:
    assert value == 2**53 - 1
    assert trying.status(f"{FLOW}?format=jsonstat") == 200
    trying.lower(json_stat, "MOST_CELLS", 10)
    assert trying.status(f"{FLOW}?format=jsonstat") == 413
    assert trying.status(f"{FLOW}?format=csv") == 200


@probe("pages.characters")
def _(trying: Trying, value: int) -> None:
    for count, kept in ((value, True), (value + 1, False)):
        reader = asked.Asked(QueryDict(f"q={'x' * count}"))
        assert bool(reader.text("q")) == kept
        assert bool(reader.notes) != kept


@probe("pages.words")
def _(trying: Trying, value: int) -> None:
    for count in (value, value + 1):
        reader = asked.Asked(QueryDict(f"a={','.join(f'X{n}' for n in range(count))}"))
        assert len(reader.texts("a")) == value
        assert bool(reader.notes) == (count > value)


@probe("pages.highlighted")
def _(trying: Trying, value: int) -> None:
    for count in (value, value + 1):
        page = trying.client.get(f"/indicators/neet/?areas={','.join(sorted(worlds.STATES)[:count])}").content.decode()
        assert (f"At most {value} can be chosen" in page) == (count > value)


@probe("table.indicators")
def _(trying: Trying, value: int) -> None:
    trying.lower(table_request, "MOST_INDICATORS", 2)
    three = "/table/?i=neet&i=safe-water&i=internet-users"
    assert "At most 2 can be chosen" in trying.client.get(three).content.decode()
    trying.lower(table_request, "MOST_INDICATORS", 3)
    assert "can be chosen as “i”" not in trying.client.get(three).content.decode()


@probe("table.cells")
def _(trying: Trying, value: int) -> None:
    assert downloads.MOST_LAID_OUT == table_page.MOST_LAID_OUT == value
    assert trying.status("/table/data.csv?i=neet") == 200
    trying.lower(downloads, "MOST_LAID_OUT", 5)
    assert trying.status("/table/data.csv?i=neet") == 413
    assert trying.status("/table/data.csv?i=neet&rows=DF_GOALS") == 200


@probe("framework.changes")
def _(trying: Trying, value: int) -> None:
    before = scorecard("trial-plan")
    worlds.revise(trying.world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    frame = framework_pages.frame(scorecard("trial-plan"), as_of=None, page="framework-changes")
    whole = framework_changes.table_of(frame, before)
    assert whole.rows
    assert not whole.notes
    trying.lower(framework_changes, "MOST", len(whole.rows) - 1)
    cut = framework_changes.table_of(frame, before)
    assert (len(cut.rows), len(cut.notes)) == (len(whole.rows) - 1, 1)


@probe("search.words")
def _(trying: Trying, value: int) -> None:
    known = " ".join(["water"] * value)
    assert [hit.slug for hit in search.search(f"{known} nonsense")] == ["safe-water"]
    assert search.search(f"{' '.join(['water'] * (value - 1))} nonsense") == []


@probe("search.candidates")
def _(trying: Trying, value: int) -> None:
    assert len(search.search("w")) > 1
    trying.lower(search, "MOST_CANDIDATES", 1)
    assert len(search.search("w")) == 1


@probe("search.parts")
def _(trying: Trying, value: int) -> None:
    assert len(finding.in_frameworks("a")) > 1
    trying.lower(finding, "MOST_PARTS", 1)
    assert len(finding.in_frameworks("a")) == 1


@probe("sign_in.tries")
def _(trying: Trying, value: int) -> None:
    wrong = {"username": "nobody", "password": "wrong"}
    statuses = [trying.client.post("/account/sign-in/", wrong).status_code for _ in range(value + 1)]
    assert statuses == [422] * value + [429]


@probe("sign_in.wait")
def _(trying: Trying, value: int) -> None:
    assert throttle.wait_after(10_000, dt.timedelta(0)) == value


@probe("request.header_seconds")
def _(trying: Trying, value: int) -> None:
    command = web_command()
    assert int(command[command.index("--http1-header-read-timeout") + 1]) == value * 1_000


def web_command() -> list[str]:
    """How `adme serve` starts the web server."""
    seen: list[list[str]] = []

    class Family:
        def add(self, name: str, command: list[str], environment: object, *, restart: bool) -> None:
            seen.append(command)

    serving.add_web(Family(), {}, "127.0.0.1", 1, 1)  # type: ignore[arg-type]
    return seen[0]


@probe("request.address_characters")
def _(trying: Trying, value: int) -> None:
    """Tried against a running server by tests/browser/test_limits.py; the program itself takes any length."""
    assert value == serving.LONGEST_ADDRESS
    assert trying.status(f"/api/nothing?{'x' * (value + 1)}") == 404


@probe("request.form_fields")
def _(trying: Trying, value: int) -> None:
    for count, status in ((value, 422), (value + 1, 400)):
        answer = trying.client.post("/account/sign-in/", {f"field{n}": "x" for n in range(count)})
        assert answer.status_code == status


@probe("request.form_bytes")
def _(trying: Trying, value: int) -> None:
    kind = "application/x-www-form-urlencoded"
    for count, status in ((value - 10, 422), (value + 1, 400)):
        answer = trying.client.post("/account/sign-in/", "username=" + "x" * (count - 9), content_type=kind)
        assert answer.status_code == status


@probe("upload.bytes")
def _(trying: Trying, value: int) -> None:
    assert upload_limit() == value
    trying.settings.MAX_UPLOAD_BYTES = 5
    RECEIVED.keep([b"12345"], limit=upload_limit())
    with pytest.raises(FileTooLarge):
        RECEIVED.keep([b"123456"], limit=upload_limit())


@probe("upload.structure_bytes")
def _(trying: Trying, value: int) -> None:
    trying.lower(structure_file, "MOST_BYTES", 5)
    with pytest.raises(structure_file.NotReadable, match="larger than"):
        structure_file.read_structures(b"123456")
    with pytest.raises(structure_file.NotReadable, match="neither"):
        structure_file.read_structures(b"12345")


def a_message(trying: Trying) -> bytes:
    return b"".join(trying.client.get("/sdmx/v2/metadata/metadataset?format=json"))


@probe("upload.metadata_bytes")
def _(trying: Trying, value: int) -> None:
    message = a_message(trying)
    trying.lower(metadata_reading, "LONGEST", len(message))
    assert metadata_reading.read(message)
    with pytest.raises(metadata_reading.MetadataUnreadable):
        metadata_reading.read(message + b" ")


@probe("upload.metadata_sets")
def _(trying: Trying, value: int) -> None:
    message = a_message(trying)
    sets = len(metadata_reading.read(message))
    trying.lower(metadata_reading, "MOST_SETS", sets - 1)
    with pytest.raises(metadata_reading.MetadataUnreadable):
        metadata_reading.read(message)


class Upload:
    """A file as a form hands it over, of any size."""

    name = "file.xlsx"

    def __init__(self, size: int) -> None:
        self.size = size

    def chunks(self) -> Iterator[bytes]:
        raise ReadAtAll

    def read(self) -> bytes:
        raise ReadAtAll


class ReadAtAll(Exception):
    """The file was let in."""


@probe("upload.report_bytes")
def _(trying: Trying, value: int) -> None:
    for size, raised in ((value, ReadAtAll), (value + 1, ReportFileRefused)):
        with pytest.raises(raised):
            report_files._taken_in(None, Upload(size), "x")  # type: ignore[arg-type]


@probe("upload.metadata_structure_bytes")
def _(trying: Trying, value: int) -> None:
    assert value == metadata_structures.LONGEST_FILE
    trying.lower(metadata_structures, "LONGEST_FILE", 5)
    trying.client.force_login(person("structure-editor", Role.METADATA_EDITOR))
    for content, is_refused in ((b"12345", False), (b"123456", True)):
        file = SimpleUploadedFile("structure.yaml", content)
        answer = trying.client.post("/work/metadata/required/file/", {"file": file, "reason": "x"}, follow=True)
        assert ("The file is too large." in answer.content.decode()) == is_refused


@probe("upload.framework_text")
def _(trying: Trying, value: int) -> None:
    trying.lower(yaml_tables, "LONGEST", 4)
    with pytest.raises(yaml_tables.FileRefused) as refused:
        yaml_tables.read_yaml("12345")
    assert "longer than 4" in str(refused.value.findings[0])


@probe("upload.rules_bytes")
def _(trying: Trying, value: int) -> None:
    for size, raised in ((value, ReadAtAll), (value + 1, rule_files.RulesUnreadable)):
        request = type("Request", (), {"FILES": {"file": Upload(size)}})()
        with pytest.raises(raised):
            rule_files._text_of(request)


# --- the document ---------------------------------------------------------------------------------


OF_FILES = {f"file.{name}" for name in limits.FILE_WORDS}


def test_it_is_published_with_what_is_enforced_now(client, world, settings):
    told = client.get("/limits.json")
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/limits.json", headers={"If-None-Match": told.headers["ETag"]}).status_code == 304
    found = {one["name"]: one for one in told.json()["limits"]}
    assert set(found) == set(PROBES) | OF_FILES
    assert all(set(one) == {"name", "value", "unit", "about", "answer"} for one in found.values())
    assert found["upload.bytes"]["value"] == settings.MAX_UPLOAD_BYTES
    settings.MAX_UPLOAD_BYTES = 7
    assert {one["name"]: one for one in client.get("/limits.json").json()["limits"]}["upload.bytes"]["value"] == 7


@pytest.mark.parametrize("name", PROBES)
def test_each_limit_is_enforced_at_its_value(client, world, monkeypatch, settings, tmp_path, name):
    settings.RECEIVED_DIR = tmp_path
    (value,) = [one.value for one in limits.limits() if one.name == name]
    PROBES[name](Trying(client, world, monkeypatch, settings), value)


def test_every_limit_of_files_is_named_and_used(root):
    assert set(limits.FILE_WORDS) | limits.NOT_LIMITS == set(LIMITS)
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (root / "adme/lib").rglob("*.py") if path.name != "limits.py"
    )
    for name in limits.FILE_WORDS:
        by_job = (
            re.search(r'_limits?\w*\[f"\{\w+\}_' + name.partition("_")[2], code)
            or f'_{name.partition("_")[2]}"]' in code
        )
        assert f'["{name}"]' in code or f'"{name}"' in code or by_job, name


NO_LIMIT = {
    "adme/portal/country_page.py:MOST_HEADLINES": "which figures lead; all stand below",
    "adme/portal/finding.py:MOST_PARTS": "published",
    "adme/portal/framework_changes.py:MOST": "published",
    "adme/portal/framework_sources.py:MOST_PARTS": "a drawing; its table has all",
    "adme/portal/freshness.py:LONGEST_ADDRESS": "what is kept in memory; a page under a longer address is made anew",
    "adme/portal/headlines.py:MOST": "which figures lead",
    "adme/portal/linked_data.py:LONGEST": "what readers of schema.org take",
    "adme/portal/queries.py:MOST_RELATED": "links to others",
    "adme/portal/sentences.py:MOST_NAMED": "words of a sentence",
    "adme/portal/sitemap.py:MOST": "there are as many parts as needed",
    "adme/portal/table_page.py:MOST_LAID_OUT": "published",
    "adme/portal/table_request.py:MOST_EXAMPLES": "examples",
    "adme/portal/table_request.py:MOST_FOUND": "suggestions while choosing",
    "adme/portal/table_request.py:MOST_INDICATORS": "published",
    "adme/portal/trust.py:MOST_NOTES": "remarks on a page; the table has all",
    "adme/portal/units.py:_MOST_IN_A_SIGN": "spelling",
    "adme/portal/values.py:MOST_DECIMALS": "rounding on pages; files are exact",
    "adme/portal/views/browse.py:MOST_SHOWN": "the page says how many more there are; the JSON interface has all",
    "adme/portal/asked.py:LONGEST": "published",
    "adme/portal/asked.py:MOST_WORDS": "published",
    "adme/sdmx/filter_grammar.py:MOST": "published",
    "adme/api/parameters.py:MOST_ON_A_PAGE": "published",
    "adme/api/parameters.py:MOST_VALUES": "published",
    "adme/api/parameters.py:MOST_PAGES": "published",
}
"""Every constant of the faces that looks like a limit, with why it stands here."""


def test_no_face_has_a_limit_that_is_not_published(root):
    found = set()
    for room in ("api", "portal", "sdmx"):
        for path in (root / "adme" / room).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                targets = (
                    node.targets
                    if isinstance(node, ast.Assign)
                    else [node.target]
                    if isinstance(node, ast.AnnAssign)
                    else []
                )
                for target in targets:
                    name = ast.unparse(target)
                    if re.match(r"_?(MOST|LONGEST|LARGEST|MAX)(_|$)", name):
                        found.add(f"{path.relative_to(root)}:{name}")
    assert found == set(NO_LIMIT)
