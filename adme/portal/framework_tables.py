"""Tables about a framework: what there is, what is missing, one state against it; tables as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.frameworks.completeness import Completeness, Gap
from adme.frameworks.document import Kpi, Part
from adme.frameworks.told import scorecard_flow
from adme.frameworks.words import GAPS
from adme.lib import periods
from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.portal import framework_marks as shown_as
from adme.portal.addresses import with_question
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
            Cell(text=gap.turn),
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


@dataclass(frozen=True)
class Download:
    """A table with the addresses of its files; `name` is what it holds."""

    name: str
    links: tuple[Link, ...]


def files_of(frame: Frame, tables: Sequence[str], **asked: str | Sequence[str]) -> list[Download]:
    """Tables as files, each in every format; cut to what was `asked` (year, part, area, since, group, areas)."""
    names = _file_words()
    return [
        Download(
            names[table],
            tuple(
                Link(ending.upper(), frame.place.file(table, ending, **asked))
                for ending in (WHOLE_ENDINGS if table == "framework" else ENDINGS)
            ),
        )
        for table in tables
    ]


WHOLE_ENDINGS = ("xlsx", "yaml", "json")


def files_of_kpi(frame: Frame, uid: str, group: Mapping[str, Sequence[str]]) -> list[Download]:
    """Every table of a KPI's page as files; that of a group of states where one was asked for."""
    tables = ["scorecard", "inputs", "aims", "figures", "completeness", "ratings", "sources", "offers", "regional"]
    tables.append("regional-parts")
    if frame.card.computed.own_regions.get(uid):
        tables.append("own-regions")
    links = files_of(frame, tables, part=uid)
    return links + (files_of(frame, ["group"], part=uid, **group) if any(group.values()) else [])


def messages_of(frame: Frame, uid: str = "") -> Download:
    """The scorecard, or one KPI of it, as SDMX (decision 0606): data in four formats, and their structure."""
    flow = {"context": "dataflow", "agency": "ADME", "flow": scorecard_flow(frame.document.slug)}
    path = reverse("sdmx:data", kwargs={**flow, "version": "*", "key": f"*.*.{uid}.*" if uid else "*"})
    as_of = frame.place.as_of_text
    formats = (
        ("CSV 2.0", "csvdata", "2.0.0"),
        ("JSON 2.0", "jsondata", "2.0.0"),
        ("XML 3.0", "structurespecificdata", "3.0.0"),
        ("XML 2.1", "structurespecificdata", "2.1"),
    )
    links = [
        Link(words, with_question(path, {"format": name, "formatVersion": version, "asOf": as_of}))
        for words, name, version in formats
    ]
    structure = {"kind": "dataflow", "agency": "ADME", "artefact": flow["flow"]}
    address = with_question(reverse("sdmx:structure", kwargs=structure), {"references": "descendants"})
    return Download(_("as SDMX"), (*links, Link(_("structure"), address)))


def _file_words() -> dict[str, str]:
    return {
        "framework": _("the whole framework"),
        "parts": _("parts with their status"),
        "scorecard": _("scorecard"),
        "inputs": _("inputs of the classes"),
        "figures": _("figures"),
        "regional": _("regional figures"),
        "regional-parts": _("what regional figures are made of"),
        "own-regions": _("regional figures of the sources"),
        "group": _("figures of the group"),
        "aims": _("baselines, milestones and targets"),
        "sources": _("sources"),
        "offers": _("every source's values"),
        "ratings": _("the rating over time"),
        "completeness": _("what there is"),
        "incomplete": _("what is missing"),
        "changes": _("what changed"),
        "editions": _("editions"),
        "crosswalk": _("crosswalk"),
    }


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
