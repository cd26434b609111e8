"""What we ship of other people's work is what it says it is, with its licence, and talks to nobody."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "adme" / "lib" / "page"
VENDOR = PAGE / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
OURS = sorted(
    path
    for folder in (PAGE / "templates", PAGE / "static" / "page")
    for path in folder.rglob("*")
    if path.suffix in {".html", ".css", ".js", ".svg"}
)
HOST = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_vendored_file_has_the_hash_that_was_recorded(package):
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (VENDOR / f"{package['name'].split('/')[-1]}-{package['version']}").iterdir()
    }

    assert found == package["files"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_vendored_package_carries_its_licence(package):
    names = {Path(name).name for name in package["files"]}

    assert "LICENSE" in names
    assert package["licence"] in {"Apache-2.0", "ISC", "OFL-1.1"}


def test_no_file_is_vendored_without_an_entry():
    listed = {name for package in PACKAGES for name in package["files"]} | {"vendor.json"}

    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} == listed


def test_versions_are_those_of_package_json_and_exact():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]

    assert {package["name"]: package["version"] for package in PACKAGES}.items() <= wanted.items()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_the_lock_names_no_host():
    assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_on_a_page_comes_from_another_host(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert HOST.findall(text) == []


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".html"], ids=lambda path: path.name)
def test_no_template_needs_an_exception_from_the_content_policy(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    # A data block is no script: no browser runs it, and no policy has to let it.
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/ld\+json">)[^>]*>', text)


def test_no_vendored_text_points_to_a_source_map():
    """collectstatic would look for the map, not find it, and stop."""
    texts = [path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}]

    assert texts
    assert [path.name for path in texts if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


def test_every_font_file_is_used_by_the_style_sheet():
    sheet = (PAGE / "static" / "page" / "fonts.css").read_text(encoding="utf-8")

    assert set(re.findall(r"[\w-]+\.woff2", sheet)) == {path.name for path in VENDOR.rglob("*.woff2")}


def test_what_every_page_needs_leaves_room_for_the_page_itself():
    """150 kB is the whole; style sheets, scripts and the three fonts of a Latin page take at most 90 of it."""
    import django_htmx

    page = PAGE / "static" / "page"
    texts = [page / name for name in ("adme.css", "figures.css", "fonts.css", "page.js", "scheme.js")]
    texts.append(Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js")
    fonts = list(VENDOR.rglob("source-*-latin-[46]00-normal.woff2"))
    weight = sum(len(gzip.compress(path.read_bytes())) for path in texts) + sum(path.stat().st_size for path in fonts)

    assert len(fonts) == 3
    assert weight <= 90_000
