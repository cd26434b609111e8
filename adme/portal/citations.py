"""How to cite what a page shows: plain text and BibTeX, both with the address that always answers the same.

Pure. No date of access: the address names the instant of publication, so a later reader finds the same figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

_UNSAFE = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Cited:
    """What a citation needs. `released` is a day in words; `year` the same day's year; `address` is absolute."""

    title: str
    source: str
    site: str
    released: str
    year: str
    address: str
    key: str


def plain(cited: Cited) -> str:
    """“United Nations …. Proportion of …. Published in ADME, 26 October 2025. http://…”"""
    parts = [cited.source, cited.title]
    parts.append(_("Published in {site}, {day}").format(site=cited.site, day=cited.released))
    sentences = [part.rstrip(". ") + "." for part in parts if part]
    return " ".join([*sentences, cited.address])


def bibtex(cited: Cited) -> str:
    """One @misc entry; author and title in braces, so that their capitals stay."""
    key = re.sub(r"[^A-Za-z0-9]+", "-", cited.key).strip("-").lower()
    lines = [
        f"author = {{{{{_escaped(cited.source)}}}}}",
        f"title = {{{{{_escaped(cited.title)}}}}}",
        f"howpublished = {{{_escaped(cited.site)}}}",
        f"year = {{{cited.year}}}",
        f"note = {{{_escaped(_('Published {day}').format(day=cited.released))}}}",
        f"url = {{{cited.address}}}",
    ]
    return f"@misc{{{key},\n" + "".join(f"  {line},\n" for line in lines) + "}"


def _escaped(text: str) -> str:
    return "".join(_UNSAFE.get(letter, letter) for letter in " ".join(text.split()))
