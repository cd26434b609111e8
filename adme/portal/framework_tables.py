"""Tables about a framework: what there is, what is missing, one state against it; tables as files."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.frameworks.completeness import Completeness, Gap
from adme.frameworks.document import Kpi, Part
from adme.frameworks.words import GAPS
from adme.lib import periods
from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.portal import framework_marks as shown_as
from adme.portal.framework_pages import ENDINGS, Frame, legend, title_cell, visibility_note


def completeness_table(frame: Frame, parts: Sequence[Part]) -> Table:
    """KPI × state: how many of the years expected have a value, and how old the latest is."""
    card, read = frame.card, Completeness(frame.card)
    columns = [Column(_("KPI")), *(Column(member.area) for member in card.states)]
    rows = []
    for part in parts:
        cells = [title_cell(frame, part)]
        for member in card.states:
            held = read.held(part, member.area)
            have, expected = len(held.years), len(held.expected)
            years = format_html('<span class="num">{}/{}</span>', have, expected) if expected else ""
            latest = format_html(' <span class="heat-year">{}</span>', held.latest) if held.latest else ""
            more = ""
            if held.expected_breakdowns:
                there = len(held.expected_breakdowns) - len(held.missing_breakdowns)
                more = format_html(' <span class="heat-year">{}</span>', _("{have} of {all} breakdowns").format(
                    have=there, all=len(held.expected_breakdowns)))  # fmt: skip
            html = format_html("{} {}{}{}", shown_as.held_html(held.state), years, latest, more)
            cells.append(Cell(html=html, classes=f"heat held-{held.state}"))
        rows.append(Row(tuple(cells), id=part.uid))
    return Table(
        caption=_("Years with a value among those expected, and the latest year with one"),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(_("Columns: {states}.").format(states=legend(card.states)),),
        empty=_("No KPI is listed here."),
        dense=True,
    )


def years_table(frame: Frame, part: Part) -> Table:
    """One KPI: state and breakdown × year."""
    read = Completeness(frame.card)
    names = {member.area: member.name for member in frame.card.states}
    found: dict[tuple[str, str], dict[int, str]] = {}
    for area, breakdown, year, state in read.years_of(part):
        found.setdefault((area, breakdown), {})[year] = state
    years = sorted({year for row in found.values() for year in row})
    columns = [Column(_("State")), Column(_("Breakdown")), *(Column(str(year)) for year in years)]
    rows = [
        Row((
            Cell(text=names[area]),
            Cell(text=breakdown or _("total")),
            *(Cell(html=shown_as.held_html(row[year])) if year in row else Cell(text="") for year in years),
        ))
        for (area, breakdown), row in found.items()
    ]  # fmt: skip
    return Table(caption=f"{part.code} {part.name}".strip(), columns=tuple(columns), rows=tuple(rows), dense=True)


def gap_table(frame: Frame, gaps: Sequence[Gap]) -> Table:
    """The report of incomplete KPIs: what is missing, since when, whose turn it is."""
    names = {member.area: member.name for member in frame.card.states}
    rows = []
    before = ""
    for gap in gaps:
        area = names.get(gap.area, gap.area) if gap.area else (frame.document.region_name or _("Region"))
        what = str(GAPS[gap.what]) + (f": {gap.detail}" if gap.detail else "")
        title = f"{gap.part.code} {gap.part.name}".strip()
        cells = (
            Cell(text=area),
            Cell(text=what),
            Cell(text=str(gap.since) if gap.since else _("not known")),
            Cell(text=gap.turn or _("whoever decides on the framework")),
            Cell(text=gap.why or _("nobody has said")),
        )
        rows.append(Row(cells, group=title if title != before else ""))
        before = title
    return Table(
        caption=_("What is missing, KPI by KPI"),
        columns=(
            Column(_("For")),
            Column(_("What is missing")),
            Column(_("Since")),
            Column(_("Whose turn")),
            Column(_("Why")),
        ),
        rows=tuple(rows),
        empty=_("Nothing is missing."),
        dense=True,
    )


def gap_words(gaps: Sequence[Gap], kpis: int) -> str:
    """“11 of 13 KPIs lack something.”"""
    lacking = len({gap.part.uid for gap in gaps})
    return ngettext("{n} of {all} KPI lacks something.", "{n} of {all} KPIs lack something.", kpis).format(
        n=lacking, all=kpis
    )


def files_of(frame: Frame, tables: Sequence[str], *, year: str = "") -> list[Link]:
    """Tables as files, each in every format; of one year only where one was asked for."""
    names = {
        "scorecard": _("scorecard"),
        "inputs": _("inputs of the classes"),
        "figures": _("figures"),
        "regional": _("regional figures"),
        "completeness": _("what there is"),
        "incomplete": _("what is missing"),
    }
    return [
        Link(f"{names[table]}: {ending.upper()}", frame.place.file(table, ending, year=year))
        for table in tables
        for ending in ENDINGS
    ]


def country_table(frame: Frame, area: str) -> Table:
    """One state against the framework."""
    card = frame.card
    rows = []
    for part in card.document.kpis:
        kpi = part.kpi or Kpi()
        shown, latest = card.shown(part.uid, area), card.latest(part.uid, area)
        targets = kpi.aims_for(area, "target")
        unit = kpi.unit_words
        rows.append(Row((
            title_cell(frame, part),
            Cell(text=f"{shown_as.value_words(latest)} {unit}".strip()) if latest else Cell(missing=_("no data")),
            Cell(text=periods.label(latest.period) if latest else ""),
            Cell(text=reading.number(targets[-1].value) + f" ({targets[-1].when})" if targets else _("none")),
            Cell(html=shown_as.class_html(shown) or format_html("{}", _("not public"))),
            Cell(text=shown_as.why_of(shown) if not shown.hidden else ""),
        )))  # fmt: skip
    columns = (_("KPI"), _("Latest value"), _("Year"), _("Target"), _("Class"), _("Why"))
    return Table(
        caption=_("Each KPI for this state"),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        notes=(visibility_note(card),),
        dense=True,
    )
