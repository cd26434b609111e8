"""The examples of "Use ADME from …" do what the manual says: each page's code is run as it stands there.

`http://localhost:8000` is replaced by the running server, and what is printed is compared with what stands behind `→`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.browser.installation import Site
from tests.clients import expected
from tests.clients.conftest import HERE, PATIENCE

PLACEHOLDER = "http://localhost:8000"


def page(root: Path, name: str, site: Site) -> str:
    text = (root / "docs" / "manual" / "reader" / f"use-from-{name}.md").read_text(encoding="utf-8")
    assert PLACEHOLDER in text
    return text.replace(PLACEHOLDER, site.address)


def code(text: str, *, indent: int = 4) -> str:
    """All indented blocks, in order."""
    lines = [line for line in text.splitlines() if line.startswith(" " * indent) or not line]
    return "\n".join(line[indent:] for line in lines)


def promised(text: str) -> list[str]:
    found = re.findall(r"(?:#|//) → (.*)$", code(text), re.MULTILINE)
    assert len(found) >= 5
    return found


def run(command: list[str], folder: Path) -> list[str]:
    variables = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


def test_python(root: Path, site: Site, tmp_path: Path) -> None:
    text = page(root, "python", site)
    (tmp_path / "example.py").write_text(code(text), encoding="utf-8")
    assert run([sys.executable, "example.py"], tmp_path) == promised(text)


def test_r(root: Path, site: Site, tmp_path: Path, rscript: Any) -> None:
    text = page(root, "r", site)
    (tmp_path / "example.R").write_text(code(text), encoding="utf-8")
    assert run(["Rscript", "--vanilla", "example.R"], tmp_path) == promised(text)


def test_javascript(root: Path, site: Site, tmp_path: Path, node: Any) -> None:
    text = page(root, "javascript", site)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "example.js").write_text(code(text), encoding="utf-8")
    assert run(["node", "example.js"], tmp_path) == promised(text)


# --- desks ------------------------------------------------------------------------------------------


INTERNET = {key: value for key, value in expected.cells("DF_GAPMINDER").items() if key[1] == "internet_users"}
DIMENSIONS = ("FREQ", "SERIES", "REF_AREA", "TIME_PERIOD")


def wanted(first: str = "0", last: str = "9999") -> dict[expected.Key, float]:
    return {key: float(value) for key, value in INTERNET.items() if key[2] in ("TH", "VN") and first <= key[-1] <= last}


def numbers(text: str) -> dict[expected.Key, float]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return {key: float(value) for key, value in expected.keyed(rows, DIMENSIONS).items()}


def fetched(address: str, **headers: str) -> bytes:
    asked = urllib.request.Request(address, headers=headers)  # noqa: S310  (our own server)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_excel_as_libreoffice_opens_it(root: Path, site: Site, tmp_path: Path, soffice: str, form: str) -> None:
    """The addresses of the page, opened by the spreadsheet program that is here."""
    (address,) = re.findall(rf"http\S+format={form}$", page(root, "excel", site), re.MULTILINE)
    (tmp_path / f"from_web.{form}").write_bytes(fetched(address))
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--norestore"]
    run(
        [*command, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", "out", f"from_web.{form}"],
        tmp_path,
    )
    assert numbers((tmp_path / "out" / "from_web.csv").read_text(encoding="utf-8")) == wanted()


def test_excel_with_names(root: Path, site: Site) -> None:
    (address,) = re.findall(r"http\S+labels=name", page(root, "excel", site))
    rows = list(csv.DictReader(io.StringIO(fetched(address).decode())))
    assert {row["Reference area"] for row in rows} == {"Thailand", "Viet Nam"}
    assert {key: float(value) for key, value in expected.keyed(rows, DIMENSIONS).items()} == wanted()


def test_the_request_of_power_bi(root: Path, site: Site) -> None:
    """As Power Query makes it of the page's text: names and values of the query percent-encoded, a plus among them."""
    text = page(root, "power-bi", site)
    (base,) = re.findall(r'Web\.Contents\(\s*"([^"]+)"', text)
    (path,) = re.findall(r'RelativePath = "([^"]+)"', text)
    (inside,) = re.findall(r"Query = \[\n(.*?)\n\s*\]\n", text, re.DOTALL)
    query = [(a or b, value) for a, b, value in re.findall(r'(?:#"([^"]+)"|(\w+)) = "([^"]*)"', inside)]
    assert len(query) == 3
    address = f"{base}/{path}?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
    assert "%5BREF_AREA%5D=TH%2CVN" in address
    assert "%2Ble" in address
    answer = fetched(address, **{"User-Agent": "Microsoft.Data.Mashup", "Accept-Encoding": "identity"})
    found = numbers(answer.decode())
    assert found == wanted("2015", "2020")
    assert len(found) == 12


def test_a_question_without_its_answer_claims_no_length(site: Site) -> None:
    """Programs that ask by HEAD first (Polars) took 0 for an empty file."""
    address = f"{site.address}/sdmx/v2/data/dataflow/ASEAN/DF_GAPMINDER/1.0.0/A.internet_users.TH?format=csv"
    asked = urllib.request.Request(address, method="HEAD")  # noqa: S310  (our own server)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        assert answer.headers["Content-Length"] is None
        assert answer.headers["ETag"]
        assert answer.read() == b""


def test_the_manual_names_the_versions_that_were_tried(root: Path) -> None:
    text = (root / "docs" / "manual" / "reader" / "programs-that-read.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([a-z0-9-]+)(?:,[^|]*)? \| ([\d.]+) \|", text, re.MULTILINE))
    javascript = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert told == {name: version(name) for name in ("pysdmx", "sdmx1")} | javascript
