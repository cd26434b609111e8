"""Where the manual lies, and the sections of the data management guideline that pages show at the step they speak of.

The guideline is one page of the manual. What a page shows of it is read from there, so that it cannot say otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import nh3
from django.conf import settings
from markdown_it import MarkdownIt

GUIDELINE = "officer/data-management-guideline"
"""Its path in the manual."""

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A section of the guideline: its title and anchor, and its first words (a paragraph and a list, if one follows) as
    clean HTML."""

    title: str
    anchor: str
    html: str


@cache
def folder() -> Path:
    """Where the manual lies: inside the installed package, or in docs/ of a working copy."""
    shipped = Path(__file__).resolve().parents[1] / "portal" / "manual_pages"
    return shipped if shipped.is_dir() else Path(settings.BASE_DIR) / "docs" / "manual"


def anchor(heading: str) -> str:
    """The anchor of a heading: small letters, a hyphen between words."""
    return "-".join(re.findall(r"\w+", heading.lower()))


def guideline_section(wanted: str) -> Section:
    """The section of the guideline with this anchor. KeyError where there is none."""
    file = folder() / f"{GUIDELINE}.md"
    return _sections(file, file.stat().st_mtime_ns)[wanted]


@lru_cache(maxsize=2)
def _sections(file: Path, changed: int) -> dict[str, Section]:
    """`changed` is part of the cache's key, so that an edited page shows without a restart."""
    parts = _SECTION.split(file.read_text(encoding="utf-8"))[1:]
    sections = [
        Section(title, anchor(title), _first_words(text)) for title, text in zip(parts[::2], parts[1::2], strict=True)
    ]
    return {section.anchor: section for section in sections}


def _first_words(text: str) -> str:
    blocks = text.strip().split("\n\n")
    shown = blocks[:2] if len(blocks) > 1 and blocks[1].startswith("- ") else blocks[:1]
    html = MarkdownIt("commonmark", {"html": False}).render("\n\n".join(shown))
    return nh3.clean(html, tags={"p", "ul", "li", "strong", "em", "code"}, attributes={})
