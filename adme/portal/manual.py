"""The manual: Markdown files of docs/manual, read from the package, turned into safe HTML once."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path, PurePath, PurePosixPath

import nh3
from django.urls import reverse
from markdown_it import MarkdownIt

from adme.lib.manual_pages import anchor, folder

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_LINK = re.compile(r"""(?<=href=")(?![a-z]+:|/|\#)([^"\#]+\.md)(?=["\#])""")
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)
_TAGS = {
    "a", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "hr", "kbd", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page of the manual. `path` is its address below /manual/, without ending; `html` is sanitised."""

    path: str
    title: str
    html: str


def page(path: str) -> Page | None:
    """The page at `path` (“reader/find-a-figure”), or None. Only names that the folder lists are opened."""
    files = _files()
    found = files.get(path.strip("/"))
    return _rendered(found, path.strip("/"), found.stat().st_mtime_ns) if found else None


def contents(under: str = "") -> list[Page]:
    """Every page below `under`, ordered by path; pages of the folder itself come first."""
    wanted = f"{under}/" if under else ""
    pages = [page(path) for path in _files() if path.startswith(wanted) and path != under]
    return sorted((p for p in pages if p), key=lambda p: (p.path.count("/"), p.path))


def _files() -> dict[str, Path]:
    root = folder()
    return {_path_of(file.relative_to(root)): file for file in sorted(root.rglob("*.md"))} if root.is_dir() else {}


def _path_of(relative: PurePath) -> str:
    path = PurePosixPath(relative.as_posix()).with_suffix("")
    return "" if str(path) == "README" else str(path.parent if path.name == "README" else path)


@lru_cache(maxsize=200)
def _rendered(file: Path, path: str, changed: int) -> Page:
    """`changed` is part of the cache's key, so that an edited page shows without a restart."""
    text = file.read_text(encoding="utf-8")
    title = _TITLE.search(text)
    body = _TITLE.sub("", text, count=1) if title else text
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    html = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes={"http", "https"})
    html = _HEADING.sub(_anchored, html)
    beside = posixpath.dirname(file.relative_to(folder()).as_posix())
    html = _LINK.sub(lambda found: _address(beside, found.group(1)), html)
    return Page(path=path, title=title.group(1).strip() if title else path, html=html)


def _anchored(found: re.Match[str]) -> str:
    """A heading that can be linked to, as `mapping.md#columns-what-each-column-is`."""
    level, words = found.groups()
    return f'<{level} id="{anchor(unescape(re.sub("<[^>]+>", "", words)))}">{words}</{level}>'


def _address(beside: str, link: str) -> str:
    """The address of a page that another one, in folder `beside`, links to by its file."""
    path = _path_of(PurePosixPath(posixpath.normpath(posixpath.join(beside, link))))
    return reverse("portal:manual-page", kwargs={"path": path}) if path else reverse("portal:manual")
