"""The provisional scorecard: cells that are not public stand out, with what is public beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.html import format_html
from django.utils.translation import gettext as _

from adme.frameworks.document import Part
from adme.frameworks.provisional import Provisional
from adme.frameworks.scorecard import REGION
from adme.lib import periods
from adme.lib.page.tables import Cell, Table
from adme.portal import framework_marks as shown_as
from adme.portal.framework_pages import Frame, scorecard_table


def table_of(frame: Frame, found: Provisional, parts: Sequence[Part]) -> Table:
    """The scorecard with approved figures; each cell that differs from the public one says so."""
    table = scorecard_table(frame, parts)
    areas = (REGION, *(member.area for member in found.card.states))
    rows = []
    for row, part in zip(table.rows, parts, strict=True):
        cells = [
            _marked(found, cell, part, area) if found.differs(part.uid, area) else cell
            for cell, area in zip(row.cells[1:], areas, strict=True)
        ]
        rows.append(replace(row, cells=(row.cells[0], *cells)))
    return replace(table, rows=tuple(rows), notes=table.notes[1:], caption=_("Provisional: not all of this is public"))


def _marked(found: Provisional, cell: Cell, part: Part, area: str) -> Cell:
    public = found.public.latest(part.uid, area)
    told = _("no data") if public is None else f"{shown_as.value_words(public)} ({periods.label(public.period)})"
    html = format_html(
        '{} <span class="tag provisional">{}</span> <span class="quiet small">{}</span>',
        format_html("{}", cell.html) if hasattr(cell.html, "__html__") else cell.html,
        _("provisional"),
        _("public: {figure}").format(figure=told),
    )
    return replace(cell, html=html, classes=f"{cell.classes} provisional")


def count(found: Provisional) -> int:
    """How many cells of the scorecard are not public as they stand."""
    areas = (REGION, *(member.area for member in found.card.states))
    return sum(found.differs(part.uid, area) for part in found.card.document.kpis for area in areas)
