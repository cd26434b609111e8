"""The page of one KPI: what it is, region and states against start and target, sources, method, history."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adme.frameworks import words
from adme.frameworks.assessing import Figure, projected
from adme.frameworks.completeness import turn_of
from adme.frameworks.document import Aim, Break, Comparability, Kpi, Part
from adme.frameworks.progress import THRESHOLDS
from adme.frameworks.scorecard import REGION, Member, Scorecard, Shown
from adme.lib import periods
from adme.lib.page import reading
from adme.lib.page.figures import Figure as Drawing
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import framework_marks as shown_as
from adme.portal.framework_pages import Frame
from adme.releases import charts
from adme.releases.chart_spec import ChartSpec, Point, Reference, Series, kind_of

DESK, PHONE = 720, 340


@dataclass(frozen=True)
class Fact:
    """A line of what the KPI is. `certainty` stands beside a text that has one."""

    term: str
    text: str
    certainty: str = ""
    tone: str = ""


def facts_of(frame: Frame, part: Part) -> list[Fact]:
    """What the KPI is; what the framework does not say is left out here and counted as missing elsewhere."""
    kpi = part.kpi or Kpi()
    found = [
        Fact(_("Kind"), str(words.KINDS.get(kpi.kind, ""))),
        Fact(_("Stands for"), text_in(kpi.proxy_for)),
        Fact(_("Chosen as proxy by"), text_in(kpi.proxy_by)),
        Fact(_("Direction"), _direction(kpi)),
        Fact(_("Unit"), kpi.unit_words),
        Fact(_("Responsible"), ", ".join(kpi.responsible)),
        Fact(_("Data should come from"), str(words.CATEGORIES.get(kpi.category, ""))),
        Fact(_("Breakdowns expected"), ", ".join(kpi.breakdowns)),
        Fact(_("Why it is incomplete"), text_in(kpi.why_incomplete)),
        Fact(_("Formula"), kpi.formula),
        *(_agreed(one) for one in kpi.comparability),
        *(_broken(one) for one in kpi.breaks),
        Fact(_("Stages"), "; ".join(f"{one.value:g}: {text_in(one.name)}" for one in kpi.stages)),
        Fact(_("Note"), text_in(part.note)),
    ]
    return [fact for fact in found if fact.text]


def _direction(kpi: Kpi) -> str:
    told = str(words.DIRECTIONS.get(kpi.direction, ""))
    if kpi.direction == "keep_within" and kpi.low is not None and kpi.high is not None:
        return f"{told} ({kpi.low:g}–{kpi.high:g})"
    return told


def _agreed(one: Comparability) -> Fact:
    told = (str(words.COMPARABLE[one.state]), reading.day(one.date) if one.date else "", text_in(one.reservation))
    return Fact(_("Comparability: {body}").format(body=one.body), ", ".join(word for word in told if word))


def _broken(one: Break) -> Fact:
    text = f"{reading.period(periods.label(one.period))}: {words.BREAKS[one.kind]}. {text_in(one.note)}"
    return Fact(_("Break"), text.strip())


# --- what the figures say -------------------------------------------------------------------------


def said(frame: Frame, part: Part) -> list[str]:
    """What the figures say of the region, by rule: class or why there is none, latest figure, what it covers."""
    card = frame.card
    shown, latest = card.shown(part.uid, REGION), card.latest(part.uid, REGION)
    region = card.document.region_name or _("Region")
    lines = [f"{region}: {shown_as.mark_of(shown).word}."]
    if why := shown_as.why_of(shown):
        lines[0] = f"{region}: {shown_as.mark_of(shown).word}, {why}."
    if latest is not None:
        row = card.computed.regional_rows.get(part.uid, {}).get(latest.period)
        told = _("{value} in {year}").format(value=_with_unit(part, latest), year=periods.label(latest.period))
        if row:
            covers = _("{have} of {members} states").format(have=row["have"], members=row["members"])
            told = f"{told}, {covers}"
        lines.append(f"{told}.")
    have = sum(card.latest(part.uid, member.area) is not None for member in card.states)
    lines.append(_("{have} of {all} states have a figure.").format(have=have, all=len(card.states)))
    return lines


def _with_unit(part: Part, figure: Figure) -> str:
    """The region's figure with its unit: a count is of states that meet the condition."""
    kpi = part.kpi or Kpi()
    if kpi.counts_states:
        sign = kpi.aggregation.condition.replace(">=", "≥").replace("<=", "≤")
        condition = f"{sign} {kpi.unit_words}".strip()
        return _("{n} states with {condition}").format(n=shown_as.value_words(figure), condition=condition)
    return f"{shown_as.value_words(figure)} {kpi.unit_words}".strip()


def areas_table(frame: Frame, part: Part) -> Table:
    """Region and states: latest, baseline, target, class, why."""
    card, kpi = frame.card, part.kpi or Kpi()
    region = Member(REGION, card.document.region_name or _("Region"), ())
    rows = [_area_row(frame, part, kpi, member) for member in (region, *card.states)]
    columns = (
        Column(_("For")),
        Column(_("Latest value"), unit=kpi.unit_words),
        Column(_("Year")),
        Column(_("Start")),
        Column(_("Target")),
        Column(_("Class")),
        Column(_("Why, and what to know")),
    )
    return Table(caption=_("Region and states against start and target"), columns=columns, rows=tuple(rows), dense=True)


def _area_row(frame: Frame, part: Part, kpi: Kpi, member: Member) -> Row:
    card = frame.card
    shown, latest = card.shown(part.uid, member.area), card.latest(part.uid, member.area)
    targets = kpi.aims_for(member.area, "target")
    url = frame.place.part_asked(part.uid, area=member.area or "region") + "#sources"
    remarks = [shown_as.why_of(shown) if not shown.hidden else "", shown_as.flag_words(latest.flags) if latest else ""]
    if shown.override:
        computed = shown_as.mark_of(Shown(shown.judged)).word
        remarks.append(_("Computed: {computed}. Set by {who} until {day}.").format(
            computed=computed, who=shown.override.who, day=reading.day(shown.override.ends_date)))  # fmt: skip
    if latest and not latest.preferred:
        remarks.append(_("not from the preferred source"))
    cells = (
        Cell(text=member.name),
        Cell(text=_value(part, member, latest), url=url) if latest else Cell(missing=_("no data")),
        Cell(text=periods.label(latest.period) if latest else ""),
        Cell(text=_pair(shown.judged.start)),
        Cell(text=_aim(targets[-1]) if targets else ""),
        Cell(html=shown_as.class_html(shown) or format_html('<span class="quiet">{}</span>', _("not public"))),
        Cell(text="; ".join(word for word in remarks if word)),
    )
    return Row(cells, emphasis=not member.area)


def _value(part: Part, member: Member, latest: Figure) -> str:
    counted = not member.area and part.kpi is not None and part.kpi.counts_states
    return _with_unit(part, latest) if counted else shown_as.value_words(latest)


def _pair(point: tuple[int, float] | None) -> str:
    return f"{reading.number(point[1])} ({periods.label(point[0])})" if point else ""


def _aim(aim: Aim) -> str:
    return f"{reading.number(aim.value)} ({aim.when})"


def aims_table(frame: Frame, part: Part) -> Table | None:
    """Every baseline, milestone and target, with how sure each is and where it was seen; None where there is none."""
    kpi, states = part.kpi or Kpi(), {member.area: member.name for member in frame.card.members}
    region = frame.document.region_name or _("Region")
    areas = [REGION, *(member.area for member in frame.card.states)]
    rows = [
        Row((
            Cell(text=states.get(aim.area, aim.area) if aim.area else region),
            Cell(text=str(words.AIMS[aim.kind])),
            Cell(text=aim.when),
            Cell(text=text_in(aim.text) or f"{reading.number(aim.value)} {kpi.unit_words}".strip()),
            Cell(text=shown_as.certainty(aim.certainty)[0]),
            Cell(text=aim.source),
        ))
        for area in areas
        for aim in kpi.aims_for(area)
    ]  # fmt: skip
    columns = (_("For"), _("What"), _("Period"), _("Value"), _("Certainty"), _("Source"))
    caption = _("Baselines, milestones and targets")
    return (
        Table(caption=caption, columns=tuple(Column(word) for word in columns), rows=tuple(rows), dense=True)
        if rows
        else None
    )


def gaps_table(frame: Frame, part: Part) -> Table | None:
    """Each breakdown that is expected, with the states that have it and those that lack it; None where none is."""
    expected = (part.kpi or Kpi()).breakdowns
    if not expected:
        return None
    states = frame.card.states
    there = {member.area: frame.card.computed.broken_down.get((part.uid, member.area), {}) for member in states}
    rows = []
    for breakdown in expected:
        missing = [member.name for member in states if not there[member.area].get(breakdown)]
        latest = max((max(own[breakdown]) for own in there.values() if own.get(breakdown)), default=None)
        have = _("{have} of {all} states").format(have=len(states) - len(missing), all=len(states))
        rows.append(Row((
            Cell(text=breakdown),
            Cell(text=have),
            Cell(text=str(latest)) if latest else Cell(missing=_("no data")),
            Cell(text=", ".join(missing) or _("nobody")),
        )))  # fmt: skip
    columns = (_("Breakdown expected"), _("Have it"), _("Latest year"), _("Missing"))
    return Table(
        caption=_("Breakdowns that are expected, and who lacks them"),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )


# --- the drawing ----------------------------------------------------------------------------------


_drawings: OrderedDict[tuple[object, ...], Drawing | None] = OrderedDict()
_lock = threading.Lock()
KEPT_DRAWINGS = 64
"""Kept in memory by each process; one takes some 60 kB."""


def drawing(frame: Frame, part: Part) -> Drawing | None:
    """The drawing of a KPI, kept for as long as what it was made of: to draw takes a third of the page's time."""
    card, words_of_it = frame.card, " ".join(said(frame, part))  # which people's decisions change
    key = (weakref.ref(card.computed), part.uid, card.states, words_of_it, get_language())
    with _lock:
        if key in _drawings:
            _drawings.move_to_end(key)
            return _drawings[key]
    made = _drawn(frame, part, words_of_it)
    with _lock:
        _drawings[key] = made
        while len(_drawings) > KEPT_DRAWINGS:
            _drawings.popitem(last=False)
    return made


def _drawn(frame: Frame, part: Part, description: str) -> Drawing | None:
    """Every state as a grey line, the region thick and dark, the region's target across; None without figures."""
    card, kpi = frame.card, part.kpi or Kpi()
    region = card.document.region_name or _("Region")
    lines = [_line(member.area, member.name, card.series(part.uid, member.area)) for member in card.states]
    lines = [line for line in lines if line.points]
    apart = kpi.aggregation.rule in ("count", "sum")
    own = _line("region", region, card.series(part.uid, REGION), role="region")
    if own.points and not apart:
        lines.append(own)
    if not lines:
        return None
    targets = kpi.aims_for(REGION, "target")
    references = tuple(
        Reference(aim.value, _("target {year}").format(year=aim.when)) for aim in targets[-1:] if not apart
    )
    spec = ChartSpec(
        title=part.name,
        unit=kpi.unit_words if len(kpi.unit_words) < 40 else "",
        series=tuple(lines),
        decimals=reading.decimals_for(
            point.value for line in lines for point in line.points if point.value is not None
        ),
        references=references,
        description=description,
    )
    return Drawing(
        id="over-time",
        title=_("Each state, year by year") if apart else _("Each state and the region, year by year"),
        subtitle="" if spec.unit else kpi.unit_words,  # once: at the axis, or here where it is long
        svg=charts.line(spec, width=DESK),
        svg_narrow=charts.line(spec, width=PHONE),
        option=charts.echarts_option(spec),
        description=spec.description,
        note=_("The region's figure is of another kind and stands in its own table below.")
        if apart
        else _("A line is cut where figures cannot be compared. Regional figures that are withheld are not drawn."),
    )


def _line(key: str, name: str, figures: Sequence[Figure], role: str = "context") -> Series:
    points = tuple(
        Point(
            period=periods.label(one.period),
            value=one.value,
            kind=kind_of(one.obs_status),
            qualifier=one.qualifier,
            break_before=one.begins,
            note=shown_as.flag_words(one.flags),
        )
        for one in figures
        if one.value is not None
    )
    return Series(key, name, points, role=role)  # type: ignore[arg-type]


# --- method and history ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Method:
    """How the class is worked out, for a reader."""

    name: str
    thresholds: str
    aggregate: str
    inputs: tuple[tuple[str, str], ...]


def method_of(card: Scorecard, part: Part) -> Method:
    """The method of the region's class and what went into it."""
    kpi = part.kpi or Kpi()
    judged = card.shown(part.uid, REGION).judged
    bounds = judged.thresholds or THRESHOLDS.get(judged.method, ())
    inputs = [
        (_("start"), _pair(judged.start)),
        (_("latest"), _pair(judged.latest)),
        (_("target"), _pair(judged.target)),
    ]
    if judged.pace is not None:
        inputs += [
            (_("actual pace"), _bare(judged.pace.actual)),
            (_("pace required"), _bare(judged.pace.required)),
            (_("actual against required"), _bare(judged.pace.ratio)),
        ]
    return Method(
        name=str(words.METHODS.get(judged.method, _("none chosen"))),
        thresholds="; ".join(f"{bound:g}" for bound in bounds),
        aggregate=str(words.AGGREGATES[kpi.aggregation.rule]),
        inputs=tuple((name, text) for name, text in inputs if text),
    )


def _bare(value: float | None) -> str:
    return f"{value:.4g}" if value is not None else ""


def projection_words(frame: Frame, part: Part) -> str:
    """Where the straight line leads by the target's time; "" where none may be drawn."""
    kpi = part.kpi or Kpi()
    found = projected(kpi, REGION, frame.card.series(part.uid, REGION))
    if found is None:
        return ""
    return _(
        "If the straight line through the latest {points} figures went on, the region would be at {value} in {year}, "
        "between {low} and {high} with 90 % probability. This is arithmetic and no forecast."
    ).format(
        points=found.points,
        value=reading.number(found.value),
        year=f"{found.time:.0f}",
        low=reading.number(found.low),
        high=reading.number(found.high),
    )


def history_table(frame: Frame, part: Part) -> Table:
    """The region's class as each of the latest years would have had it, with the figures and targets of today."""
    rows = [
        Row((
            Cell(text=str(year)),
            Cell(html=shown_as.class_html(Shown(judged))),
            Cell(text=f"{shown_as.value_words(latest)} ({periods.label(latest.period)})" if latest else ""),
            Cell(text=shown_as.why_of(Shown(judged))),
        ))
        for year, judged, latest in frame.card.ratings(part.uid)
    ]  # fmt: skip
    columns = (_("In"), _("Class of the region"), _("Latest figure then"), _("Why"))
    return Table(
        caption=_("The rating year by year, with the figures of today"),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )


def turn_words(part: Part) -> str:
    """Whose turn it is."""
    return turn_of(part.kpi or Kpi())
