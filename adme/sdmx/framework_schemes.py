"""Results frameworks as category schemes: each part a category below the part it hangs under."""

from __future__ import annotations

from adme.frameworks.queries import Current, frameworks_at, moment_of
from adme.frameworks.words import CERTAINTY
from adme.lib.sdmx_messages.artefacts import Item, ItemScheme

AGENCY = "ADME"
"""Whoever published a framework did not publish these schemes: we maintain them."""


def current_frameworks() -> list[Current]:
    """The edition of each framework that stands now. One query."""
    return frameworks_at(moment_of(None))


def id_of(slug: str) -> str:
    """A framework's slug as an id of SDMX."""
    return slug.replace("-", "_").upper()


def scheme_of(current: Current) -> ItemScheme:
    """An edition as a category scheme, its number as the version."""
    document = current.document
    return ItemScheme(
        AGENCY,
        id_of(document.slug),
        f"{current.edition.number}.0.0",
        dict(document.title),
        dict(document.description),
        kind="categoryscheme",
        items=tuple(
            Item(
                part.uid,
                dict(part.title.text) or {"en": part.code or part.uid},
                {"en": _said(part.code, part.level.id, part.title.certainty)},
                parent=part.under,
            )
            for part in document.parts
        ),
    )


def _said(code: str, level: str, certainty: str) -> str:
    """Code as printed, level and certainty: what a category has no place of its own for."""
    told = [f"code {code}" if code else "", level, str(CERTAINTY[certainty][0]) if certainty else ""]
    return "; ".join(word for word in told if word)
