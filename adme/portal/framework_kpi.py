"""The page of one KPI: what it is, region and states against start and target, sources, method, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from adme.frameworks import words
from adme.frameworks.assessing import Figure, Judged, judge, projected
from adme.frameworks.completeness import turn_of
from adme.frameworks.document import Aim, Binding, Break, Comparability, Kpi, Part
from adme.frameworks.progress import THRESHOLDS
from adme.frameworks.scorecard import REGION, Member, Scorecard, Shown
from adme.frameworks.steps import label_of
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
RATED_YEARS = 10
MOST_PARTS = 15


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
        row = card.computed.regional_rows.get((part.uid, latest.period))
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
        condition = f"{kpi.aggregation.condition} {kpi.unit_words}".strip()
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
    url = frame.place.page("framework-part", part.uid, area=member.area or "region") + "#sources"
    remarks = [shown_as.why_of(shown) if not shown.hidden else "", shown_as.flag_words(latest.flags) if latest else ""]
    if shown.override:
        computed = shown_as.mark_of(Shown(shown.judged)).word
        remarks.append(_("Computed: {computed}. Set by {who} until {day}.").format(
            computed=computed, who=shown.override.made_by, day=reading.day(shown.override.ends_date)))  # fmt: skip
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


# --- the drawing ----------------------------------------------------------------------------------


def drawing(frame: Frame, part: Part) -> Drawing | None:
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
        description=" ".join(said(frame, part)),
    )
    return Drawing(
        id="over-time",
        title=_("Each state, year by year") if apart else _("Each state and the region, year by year"),
        subtitle=kpi.unit_words,
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


# --- sources --------------------------------------------------------------------------------------


def sources_table(part: Part, flows: Mapping[str, str]) -> Table:
    """Every series bound to the KPI, in order of preference, and who chose it."""
    kpi = part.kpi or Kpi()
    rows = [
        Row((
            Cell(text=one.name if not one.breakdown else f"{one.name}, {one.breakdown}"),
            Cell(text=str(one.order)),
            Cell(text=flows.get(one.dataflow, one.dataflow)),
            Cell(text=one.key_text),
            Cell(text=_served(one)),
            Cell(text=text_in(one.chosen_by) or _("not said")),
            Cell(text=text_in(one.note)),
        ))
        for one in sorted(kpi.bindings, key=lambda one: (one.name, one.breakdown, one.order))
    ]  # fmt: skip
    words_ = (_("Figure"), _("Order"), _("Source"), _("Series"), _("For"), _("Chosen by"), _("Note"))
    return Table(
        caption=_("Series that give this KPI its figures, the preferred one first"),
        columns=tuple(Column(word) for word in words_),
        rows=tuple(rows),
        empty=_("No series is bound to this KPI."),
        dense=True,
    )


def _served(one: Binding) -> str:
    ends = [periods.label(period) if period else "" for period in (one.first_period, one.last_period)]
    span = "–".join(ends) if any(ends) else ""
    return ", ".join(word for word in (", ".join(one.areas) or _("every state"), span) if word)


def offers_table(frame: Frame, part: Part, member: Member, flows: Mapping[str, str]) -> Table:
    """For one state each year's figure from every source, the one that won first, and why."""
    figures = frame.card.computed.figures
    offers = figures.offers.filter((figures.offers["uid"] == part.uid) & (figures.offers["area"] == member.area))
    winners = {one.period: one for one in frame.card.series(part.uid, member.area)}
    rows = []
    for row in offers.filter(offers["breakdown"] == "").sort("period", "order", descending=[True, False]).to_dicts():
        one = winners.get(row["period"])
        won = one is not None and one.binding == row["binding"]
        why = _("preferred source") if won and one and one.preferred else _("the preferred source has none")
        rows.append(
            Row(
                (
                    Cell(text=periods.label(row["period"])),
                    Cell(text=f"{row['qualifier']}{reading.number(row['value'])}"),
                    Cell(text=flows.get(figures.bindings[row["binding"]].dataflow.reference, "")),
                    Cell(text=row["name"]),
                    Cell(text=_("shown: {why}").format(why=why) if won else _("not shown")),
                ),
                emphasis=won,
            )
        )
    columns = (_("Year"), _("Value"), _("Source"), _("Figure"), _("Which one is shown"))
    return Table(
        caption=_("{state}: every source's value").format(state=member.name),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        empty=_("No source has a value."),
        dense=True,
    )


def coverage_table(frame: Frame, part: Part) -> Table:
    """Each regional figure with what it covers, and the states that are missing."""
    found = [(period, row) for (uid, period), row in frame.card.computed.regional_rows.items() if uid == part.uid]
    return _covered(frame, _("The region's figures and what they cover"), dict(found))


def group_table(frame: Frame, part: Part, name: str, areas: Sequence[str]) -> Table | None:
    """The same for any group of states; None where the KPI has no regional rule."""
    found = frame.card.group(part.uid, areas)
    if found is None:
        return None
    kpi = part.kpi or Kpi()
    rows = {
        periods.parse(label_of(row["step"], kpi.frequency)): row
        for row in found.figures.filter(found.figures["item"] == part.uid).iter_rows(named=True)
    }
    return _covered(frame, _("{group}: figures and what they cover").format(group=name), rows)


def own_regions_table(frame: Frame, part: Part, flows: Mapping[str, str]) -> Table | None:
    """What sources give themselves for aggregates of states; None where none does."""
    found = frame.card.own_regions(part.uid)
    bindings = frame.card.computed.figures.bindings
    rows = [
        Row((
            Cell(text=row["area"]),
            Cell(text=periods.label(row["period"])),
            Cell(text=reading.number(row["value"])),
            Cell(text=flows.get(bindings[row["binding"]].dataflow.reference, "")),
        ))
        for row in found.head(MOST_PARTS).iter_rows(named=True)
        if row["binding"] is not None
    ]  # fmt: skip
    columns = (_("Area, in the source's code"), _("Year"), _("Value"), _("Source"))
    caption = _("What sources give for regions of their own, never mixed with ours")
    return (
        Table(caption=caption, columns=tuple(Column(w) for w in columns), rows=tuple(rows), dense=True)
        if rows
        else None
    )


def _covered(frame: Frame, caption: str, found: Mapping[int, Mapping[str, Any]]) -> Table:
    names = {member.area: member.name for member in frame.card.members}
    rows = []
    for period, row in sorted(found.items(), reverse=True)[:MOST_PARTS]:
        weight = row["weight_share"]
        rows.append(
            Row(
                (
                    Cell(text=periods.label(period)),
                    Cell(text=reading.number(row["value"]) if row["value"] is not None else _("withheld")),
                    Cell(text=_("{have} of {members}").format(have=row["have"], members=row["members"])),
                    Cell(text=reading.number(100 * weight, 0, "%") if weight is not None else _("not known")),
                    Cell(text=reading.number(100 * row["imputed_share"], 0, "%")),
                    Cell(text=", ".join(names.get(area, area) for area in row["missing"]) or _("nobody")),
                    Cell(text=shown_as.flag_words(tuple(row["flags"]))),
                )
            )
        )
    columns = (_("Year"), _("Value"), _("States"), _("Weight covered"), _("Imputed"), _("Missing"), _("Flags"))
    return Table(
        caption=caption,
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        empty=_("No regional figure is computed, or no state has a value."),
        dense=True,
    )


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
    card, kpi = frame.card, part.kpi or Kpi()
    series, document = card.series(part.uid, REGION), card.document
    from_period = periods.parse(f"{document.from_date.year:04d}") if document.from_date else None
    rows = []
    for year in range(card.day.year, card.day.year - RATED_YEARS, -1):
        known = tuple(one for one in series if periods.year(one.period) < year)
        judged: Judged = judge(kpi, REGION, known, year=year, from_period=from_period)
        latest = next((one for one in reversed(known) if one.value is not None), None)
        rows.append(
            Row(
                (
                    Cell(text=str(year)),
                    Cell(html=shown_as.class_html(Shown(judged))),
                    Cell(text=f"{shown_as.value_words(latest)} ({periods.label(latest.period)})" if latest else ""),
                    Cell(text=shown_as.why_of(Shown(judged))),
                )
            )
        )
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
