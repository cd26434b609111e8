"""Where a KPI's figures come from, and what the region's figure, or any group's, covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from adme.frameworks.document import Binding, Kpi, Part
from adme.frameworks.scorecard import Member, Scorecard
from adme.frameworks.steps import label_of
from adme.lib import periods
from adme.lib.page import reading
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import framework_marks as shown_as
from adme.portal.framework_pages import Frame
from adme.releases import queries as published

MOST_PARTS = 15


def titles_of(card: Scorecard) -> dict[str, str]:
    """Reference → title of every dataflow bound of which anything is or was public: of another an edition may name the
    reference alone. One query where one gives no figure here, else none."""
    figures = card.computed.figures
    giving = {figures.bindings[place].dataflow.pk for place in figures.offers["binding"].unique()}
    flows = [flow for flow, _structure in figures.flows.values()]
    public = giving | {flow.pk for flow in published.ever_public(flow for flow in flows if flow.pk not in giving)}
    # A framework may name an earlier version; figures say the one that there is now.
    names = [(name, flow) for told, (flow, _view) in figures.flows.items() for name in (told, flow.reference)]
    return {name: flow.title for name, flow in names if flow.pk in public}


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
    found = frame.card.computed.regional_rows.get(part.uid, {})
    table = _covered(frame, _("The region's figures and what they cover"), found)
    opened = [
        replace(row, cells=(replace(row.cells[0], url=_opened(frame, part, period)), *row.cells[1:]))
        for row, period in zip(table.rows, sorted(found, reverse=True), strict=False)
    ]
    return replace(table, rows=tuple(opened))


def _opened(frame: Frame, part: Part, period: int) -> str:
    return frame.place.part_asked(part.uid, year=periods.label(period)) + "#parts"


def parts_table(frame: Frame, part: Part, period: int) -> Table | None:
    """What the region's figure of one period is made of; None where there is none."""
    found = frame.card.computed.parts_of(part.uid, period)
    if not found:
        return None
    names = {member.area: member.name for member in frame.card.members}
    frequency = part.kpi.frequency if part.kpi else "A"
    rows = [
        Row((
            Cell(text=names.get(row["area"], row["area"])),
            Cell(text=reading.number(row["value"])) if row["value"] is not None else Cell(missing=_("no data")),
            Cell(text=_how(row, frequency)),
            Cell(text=reading.number(row["weight"]) if row["weight"] is not None else _("not known")),
            Cell(text=label_of(row["weight_step"], frequency) if row["weight_step"] is not None else ""),
        ))
        for row in found
    ]  # fmt: skip
    columns = (_("State"), _("Value"), _("How it counts"), _("Weight"), _("Weight of"))
    return Table(
        caption=_("What the region's figure of {year} is made of").format(year=periods.label(period)),
        columns=tuple(Column(word) for word in columns),
        rows=tuple(rows),
        dense=True,
    )


def _how(row: Mapping[str, Any], frequency: str) -> str:
    if not row["used"]:
        return _("does not count: no value") if row["value"] is None else _("does not count: no weight")
    if row["interpolated"]:
        return _("on the straight line between the years around it")
    if row["carried_from"] < row["step"]:
        return _("carried on from {year}").format(year=label_of(row["carried_from"], frequency))
    return _("its own value")


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
    found = frame.card.computed.own_regions.get(part.uid, [])
    bindings = frame.card.computed.figures.bindings
    rows = [
        Row((
            Cell(text=area),
            Cell(text=periods.label(period)),
            Cell(text=reading.number(value)),
            Cell(text=flows.get(bindings[binding].dataflow.reference, "")),
        ))
        for area, period, value, binding in found[:MOST_PARTS]
        if binding is not None
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
