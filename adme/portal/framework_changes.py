"""What changed in a framework, which editions it has had, and what became of its parts in another plan."""

from __future__ import annotations

from django.utils.translation import gettext as _

from adme.frameworks import differences as diff
from adme.frameworks.models import CrosswalkLink
from adme.frameworks.queries import crosswalk_at, editions_of
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
    found = [*diff.of_words(before.document, card.document), *diff.of_figures(before, card)]
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


def editions_table(frame: Frame) -> Table:
    """The editions up to the instant of the page, each with the decision that made it."""
    rows = []
    for edition in editions_of(frame.card.current.framework, frame.card.instant):
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


def crosswalk_tables(frame: Frame) -> list[Table]:
    """A table for each pair of plans that this framework is in."""
    links = crosswalk_at(frame.card.current.framework, frame.card.instant)
    pairs: dict[tuple[str, str], list[CrosswalkLink]] = {}
    for one in links:
        pairs.setdefault((one.from_framework.name, one.to_framework.name), []).append(one)
    return [_crosswalk(before, after, found) for (before, after), found in pairs.items()]


def _crosswalk(before: str, after: str, links: list[CrosswalkLink]) -> Table:
    rows = []
    for one in links:
        old, new = one.from_node, one.to_node
        rows.append(
            Row(
                (
                    Cell(
                        text=f"{old.code} {old.name}".strip() if old else "",
                        url=Place(one.from_framework.slug).part(old.uid) if old else "",
                        missing=_("nothing before"),
                    ),
                    Cell(text=str(CrosswalkLink.Relation(one.relation).label)),
                    Cell(
                        text=f"{new.code} {new.name}".strip() if new else "",
                        url=Place(one.to_framework.slug).part(new.uid) if new else "",
                        missing=_("nothing after"),
                    ),
                    Cell(text=text_in(one.note)),
                    Cell(text=shown_as.certainty(one.certainty)[0]),
                    Cell(text=one.source),
                )
            )
        )
    columns = (before, _("Became"), after, _("Note"), _("Certainty"), _("Source"))
    return Table(
        caption=_("{old} → {new}").format(old=before, new=after),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )
