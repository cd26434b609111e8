"""The examples of the manual are true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from adme.api.openapi import described
from tests.factories import world as worlds

EXAMPLE = re.compile(r"^    GET (/api/\S+)(?: → (\d{3}))?$", re.MULTILINE)
BLOCK = re.compile(r"^## In (Python|JavaScript)[^\n]*\n\n((?:    [^\n]*\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def manual(root) -> str:
    return (root / "docs/manual/reader/json-api.md").read_text(encoding="utf-8")


def test_every_example_gives_what_the_manual_says(client, world, manual):
    examples = EXAMPLE.findall(manual)
    assert len(examples) >= 10
    for address, status in examples:
        response = client.get(address)
        assert response.status_code == int(status or 200), (address, response.content)
        told = response.json()
        if not status:
            assert told.get("values") or told.get("items"), address


def test_every_address_is_named(manual):
    known = {re.sub(r"\{\w+\}", "ID", path) for path in described()["paths"]}
    named = {path.replace("/countries/TH", "/countries/ID") for path in re.findall(r"`(/api/[\w/-]*)`", manual)}
    assert named == known


def test_the_python_example_runs(client, world, manual, monkeypatch):
    rows = run_python(dict(BLOCK.findall(manual))["Python"], client, monkeypatch)
    assert rows["2018"] == 22.0
    assert len(rows) == len(range(2010, 2019))


def run_python(block: str, client, monkeypatch) -> dict[str, float]:
    import httpx

    def get(address: str, params: dict[str, str]) -> Any:
        assert address.startswith("ADDRESS/")
        return client.get(address.removeprefix("ADDRESS"), params)

    monkeypatch.setattr(httpx, "get", get)
    names: dict[str, Any] = {}
    exec("\n".join(line[4:] for line in block.splitlines()), names)  # noqa: S102 - our own manual
    return names["rows"]


def test_the_javascript_example_runs(client, world, manual):
    """In Node, with the answer of the test's own client in place of the network."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node is missing. On Debian or Ubuntu: apt-get install nodejs")
    address = "/api/indicators/neet/series?country=TH"
    block = "\n".join(line[4:] for line in dict(BLOCK.findall(manual))["JavaScript"].splitlines())
    assert f'"ADDRESS{address}"' in block
    told = client.get(address).content.decode()
    fake = f"globalThis.fetch = async () => ({{ json: async () => ({told}) }});"
    script = f"(async () => {{ {fake}\n{block}\nconsole.log(JSON.stringify(rows)); }})();"
    done = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)
    assert rows[-1] == ["2018", 22]
    assert len(rows) == len(worlds.STATES) - 2
