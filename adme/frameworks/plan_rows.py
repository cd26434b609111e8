"""A framework itself as plain rows: its tree, its editions, what changed, what became of an older plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adme.frameworks import differences
from adme.frameworks.document import Document
from adme.frameworks.models import CrosswalkLink, Edition, Framework, Node
from adme.frameworks.rows import REGION_WORD, Rows
from adme.frameworks.scorecard import REGION, Scorecard
from adme.lib import clock
from adme.lib.texts import text_in


def part_rows(card: Scorecard) -> Rows:
    """The tree in reading order, with the region's class of each KPI."""
    for part in card.document.parts:
        shown = card.shown(part.uid, REGION) if part.kpi is not None else None
        yield (
            part.uid,
            part.level.id,
            part.under or None,
            part.code or None,
            str(part.title) or None,
            part.title.certainty or None,
            part.title.source or None,
            str(part.text) or None,
            part.text.certainty or None,
            shown.progress_class if shown else None,
            (shown.judged.reason or None) if shown else None,
        )


def edition_rows(editions: Sequence[Edition]) -> Rows:
    """The editions with the decisions that made them, the newest first."""
    for one in editions:
        yield (
            one.number,
            clock.from_instant(one.instant).isoformat().replace("+00:00", "Z"),
            one.decision_meeting or None,
            one.decision_document or None,
            one.decision_date.isoformat() if one.decision_date else None,
            one.reason or None,
            one.digest,
        )


REGIONAL = (differences.LATEST, differences.CLASS, differences.AIM)
"""Kinds of differences that are of the region where they name no area."""


def change_rows(card: Scorecard, before: Scorecard | None) -> Rows:
    """Everything that differs from an earlier scorecard; nothing without one."""
    if before is None:
        return
    for one in differences.between(before, card):
        region = REGION_WORD if one.kind in REGIONAL else None
        part = one.part
        yield part.uid, part.code or None, part.name, one.area or region, one.kind, one.was or None, one.now or None


def crosswalk_rows(links: Iterable[CrosswalkLink], documents: Mapping[str, Document]) -> Rows:
    """What became of the parts of an old plan in a new one, in the words of the editions that stood."""
    for one in links:
        yield (
            *_end(one.from_framework, one.from_node, documents),
            one.relation,
            *_end(one.to_framework, one.to_node, documents),
            text_in(one.note) or None,
            one.certainty or None,
            one.source or None,
        )


def _end(framework: Framework, node: Node | None, documents: Mapping[str, Document]) -> tuple[str | None, ...]:
    if node is None:
        return framework.slug, None, None, None
    return framework.slug, node.uid, *(words or None for words in end_words(framework, node, documents))


def end_words(framework: Framework, node: Node, documents: Mapping[str, Document]) -> tuple[str, str]:
    """Code and title of one end of a link as they stood; those of the newest edition where it had no such part then."""
    document = documents.get(framework.slug)
    part = document.by_uid.get(node.uid) if document else None
    return (part.code, part.name) if part else (node.code, node.name)
