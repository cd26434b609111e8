"""A small SVG writer: elements as text, escaped, coordinates short, text measured in Source Sans 3.

Only presentation attributes, never ``style=``: the drawing obeys a strict content policy on a page, and stands alone
as a file. Classes let a page recolour it for the dark scheme.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

Attribute = str | float | int | None

FAMILIES = ("Source Sans 3", "Noto Sans Thai", "Noto Sans Khmer", "Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans")
FONT = ", ".join(f"'{family}'" for family in FAMILIES) + ", sans-serif"

# Advance widths of Source Sans 3 Regular, thousandths of an em, from the space (U+0020) to the tilde (U+007E).
_ADVANCE_TEXT = """
200 289 426 497 497 824 609 249 303 303 418 497 249 311 249 350 497 497 497 497 497 497 497 497
497 497 249 249 497 497 497 425 847 543 588 571 615 527 494 617 652 263 479 579 486 727 647 664
566 664 569 534 536 645 515 786 513 476 539 303 350 303 497 500 542 504 553 456 555 496 292 504
544 246 247 495 255 829 547 542 555 555 347 419 338 544 467 719 446 467 425 303 241 303 497
"""
_ADVANCES = [int(width) for width in _ADVANCE_TEXT.split()]
_NARROW = {"\u00a0": 0.2, "\u2212": 0.5, "\u2013": 0.5, "\u202f": 0.16, "\u2009": 0.16}


def coordinate(value: float) -> str:
    """A length with at most one decimal and no ballast: 12, 12.5, -.5 stays -0.5."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def attributes(**named: Attribute) -> str:
    """`` class="a" stroke-width="2"``: a trailing underscore is dropped, others become hyphens, None is left out."""
    parts = []
    for name, value in named.items():
        if value is None or value == "":
            continue
        shown = coordinate(value) if isinstance(value, float) else str(value)
        parts.append(f' {name.rstrip("_").replace("_", "-")}="{escape(shown, quote=True)}"')
    return "".join(parts)


def element(name: str, *children: str, **named: Attribute) -> str:
    """``<name …>children</name>``; children are SVG text already, words go through `words`."""
    inner = "".join(children)
    return f"<{name}{attributes(**named)}>{inner}</{name}>" if inner else f"<{name}{attributes(**named)}/>"


def words(text: str) -> str:
    """Plain words, escaped."""
    return escape(text, quote=False)


def text(x: float, y: float, content: str, **named: Attribute) -> str:
    """A line of text; `content` is plain words."""
    return element("text", words(content), x=float(x), y=float(y), **named)


def line(x1: float, y1: float, x2: float, y2: float, **named: Attribute) -> str:
    """A straight line."""
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **named)


def path_through(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of a polyline."""
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)


def text_width(content: str, size: float, *, bold: bool = False) -> float:
    """About how wide a line of text is in Source Sans 3, in px; combining marks take no room."""
    total = 0.0
    for character in unicodedata.normalize("NFD", content):
        if character in _NARROW:
            total += _NARROW[character]
        elif " " <= character <= "~":
            total += _ADVANCES[ord(character) - 32] / 1000
        elif unicodedata.category(character) not in {"Mn", "Cf"}:
            total += 0.6
    return total * size * (1.04 if bold else 1.0)


def wrapped(content: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Plain words broken into lines that fit `width`, one at least; a word that is wider stands alone."""
    lines: list[str] = []
    for word in content.split():
        candidate = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(candidate, size, bold=bold) <= width:
            lines[-1] = candidate
        else:
            lines.append(word)
    return lines or [""]
