"""What changed in a framework, which editions it has had, and what became of its parts in another plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from adme.frameworks import differences as diff
from adme.frameworks.document import Document
from adme.frameworks.models import CrosswalkLink, Edition, Framework, Node
from adme.frameworks.plan_rows import end_words
from adme.frameworks.queries import crosswalk_at
from adme.frameworks.scorecard import Scorecard
from adme.lib import clock
from adme.lib.page import marks, reading
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import framework_marks as shown_as
from adme.portal.framework_pages import Frame, Place

MOST = 500


def table_of(frame: Frame, before: Scorecard) -> Table:
    """Every change between an earlier scorecard and the one of the frame."""
    card = frame.card
    found = diff.between(before, card)
    names = {member.area: member.name for member in card.members}
    rows = [
        Row((
            Cell(text=f"{one.part.code} {one.part.name}".strip(), url=frame.place.part(one.part.uid)),
            Cell(text=names.get(one.area, "") if one.area else _area_word(frame, one)),
            Cell(text=one.words),
            Cell(text=_side(one.kind, one.was), missing=_("nothing")),
            Cell(text=_side(one.kind, one.now), missing=_("nothing")),
        ))
        for one in found[:MOST]
    ]  # fmt: skip
    cut = _("{n} changes in all; the first {most} are shown.").format(n=len(found), most=MOST)
    return Table(
        caption=_("Changes since {when}").format(when=reading.day(before.day)),
        columns=tuple(Column(word) for word in (_("Part"), _("For"), _("What"), _("Before"), _("Now"))),
        rows=tuple(rows),
        notes=(cut,) if len(found) > MOST else (),
        empty=_("Nothing has changed since then."),
        dense=True,
    )


def _area_word(frame: Frame, one: diff.Difference) -> str:
    regional = one.kind in (diff.LATEST, diff.CLASS, diff.AIM)
    return (frame.document.region_name or _("Region")) if regional else ""


def _side(kind: str, text: str) -> str:
    if kind == diff.CLASS and text:
        mark = marks.PROGRESS.get(text) or marks.TRENDS[text]
        return str(mark.word)
    return shown_as.certainty(text)[0] if kind == diff.CERTAINTY else text


def editions_table(frame: Frame, editions: Sequence[Edition]) -> Table:
    """The editions up to the instant of the page, each with the decision that made it."""
    rows = []
    for edition in editions:
        decided = [edition.decision_meeting, edition.decision_document]
        decided += [reading.day(edition.decision_date)] if edition.decision_date else []
        url = Place(frame.document.slug, edition.instant).page("framework")
        rows.append(
            Row(
                (
                    Cell(text=_("edition {n}").format(n=edition.number), url=url),
                    Cell(text=reading.day(clock.from_instant(edition.instant).date())),
                    Cell(text=", ".join(word for word in decided if word)),
                    Cell(text=edition.reason),
                )
            )
        )
    columns = (_("Edition"), _("Since"), _("Decision"), _("Reason"))
    return Table(
        caption=_("Editions of this framework"),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )


def crosswalk_tables(frame: Frame, documents: Mapping[str, Document]) -> list[Table]:
    """A table for each pair of plans that this framework is in, in the words of the editions that stood."""
    links = crosswalk_at(frame.card.current.framework, frame.card.instant)
    pairs: dict[tuple[str, str], list[CrosswalkLink]] = {}
    for one in links:
        ends = (one.from_framework, one.to_framework)
        old, new = (documents[end.slug].name if end.slug in documents else end.name for end in ends)
        pairs.setdefault((old, new), []).append(one)
    return [_crosswalk(frame, documents, before, after, found) for (before, after), found in pairs.items()]


def _crosswalk(
    frame: Frame, documents: Mapping[str, Document], before: str, after: str, links: Sequence[CrosswalkLink]
) -> Table:
    def end(framework: Framework, node: Node | None, missing: str) -> Cell:
        if node is None:
            return Cell(missing=missing)
        text = " ".join(end_words(framework, node, documents)).strip()
        return Cell(text=text, url=Place(framework.slug, frame.place.as_of).part(node.uid))

    rows = [
        Row((
            end(one.from_framework, one.from_node, _("nothing before")),
            Cell(text=str(CrosswalkLink.Relation(one.relation).label)),
            end(one.to_framework, one.to_node, _("nothing after")),
            Cell(text=text_in(one.note)),
            Cell(text=shown_as.certainty(one.certainty)[0]),
            Cell(text=one.source),
        ))
        for one in links
    ]  # fmt: skip
    columns = (before, _("Became"), after, _("Note"), _("Certainty"), _("Source"))
    return Table(
        caption=_("{old} → {new}").format(old=before, new=after),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )
