"""The history of one value: every version the public has seen, the release that brought it, the file it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from adme.indicators.models import Indicator
from adme.lib import clock, periods
from adme.lib.numbers import write_number
from adme.lib.page import marks, reading
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import choices, queries, units
from adme.portal.addresses import with_question
from adme.portal.asked import Asked
from adme.portal.queries import Flow
from adme.portal.values import DELIVERED, NOTE_ATTRIBUTES
from adme.releases import queries as published
from adme.releases.queries import Version


@dataclass(frozen=True)
class Told:
    """All that one value's page shows. `now` is the version in force, None where the value was deleted."""

    indicator: Indicator
    area: str
    area_url: str
    breakdown: str
    when: str
    unit: str
    key: str
    versions: Table
    now: str
    attributes: tuple[tuple[str, str], ...]
    source: str
    indicator_url: str
    as_of: int | None

    @property
    def crumbs(self) -> list[Link]:
        """Where this page stands."""
        here = f"{self.area}, {self.when}"
        return [
            Link(_("Indicators"), reverse("portal:indicators")),
            Link(self.indicator.name, self.indicator_url),
            Link(here),
        ]


def history_for(indicator: Indicator, asked: Asked) -> Told | None:
    """The history that an address asks for; None where no such value has ever been public."""
    flow = queries.flow_of(indicator.dataflow)
    key, period = asked.text("key"), _period(asked.text("period"))
    if period is None or not key:
        return None
    try:
        code, area, combination = flow.layout.taken_apart(key)
    except ValueError:
        return None
    as_of = asked.as_of()
    versions = published.history(flow.dataflow, key, period, as_of=as_of) if code == indicator.code_id else []
    if not versions:
        return None
    contents = published.attribute_contents({v.attributes for v in versions if v.attributes is not None})
    question = {name: code for name, [code] in flow.layout.named(combination).items() if choices.tells(name, code)}
    states = {state.code: state for state in queries.states()}
    state = states.get(area)
    current = versions[-1]
    return Told(
        indicator=indicator,
        area=state.name if state else flow.code_title(flow.layout.area, area),
        area_url=state.url if state else "",
        breakdown=choices.breakdown_words(flow, {combination: 1}, combination),
        when=reading.period(periods.label(period)),
        unit=units.shown_unit(text_in(indicator.unit)),
        key=key,
        versions=_table(versions, contents),
        now="" if current.deleted else _value(current, contents),
        attributes=tuple(_attributes(flow, current, contents)),
        source=queries.credit(indicator),
        indicator_url=with_question(reverse("portal:indicator", args=[indicator.slug]), {"view": "table", **question}),
        as_of=as_of,
    )


def _period(text: str) -> int | None:
    try:
        return periods.parse(text)
    except periods.PeriodNotRead:
        return None


def _table(versions: list[Version], contents: Mapping[int, Mapping[str, str]]) -> Table:
    """Newest first; each version beside what it replaced is the row below."""
    return Table(
        caption=_("Versions of this value, newest first"),
        columns=(
            Column(_("Public from"), kind="period"),
            Column(_("until"), kind="period"),
            Column(_("Value as delivered"), kind="number"),
            Column(_("Status")),
            Column(_("Release")),
            Column(_("Delivered as")),
        ),
        rows=tuple(_row(version, contents) for version in reversed(versions)),
    )


def _row(version: Version, contents: Mapping[int, Mapping[str, str]]) -> Row:
    mark = marks.flag_mark(version.obs_status, version.conf_status)
    if version.deleted:
        status, value = "", Cell(text=_("taken out"), classes="no-data")
    else:
        status = str(mark.word) if mark is not None else _("plain value")
        value = Cell(text=_value(version, contents))
    url = reverse("portal:release", args=[version.release_id]) if version.release_id else ""
    title = text_in(version.release_title) or _("not named")
    if version.came_back:
        title = _("{title} (again, after a later release was withdrawn)").format(title=title)
    return Row(
        cells=(
            Cell(html=_moment(version.public_from)),
            Cell(text=_("now")) if version.public_to is None else Cell(html=_moment(version.public_to)),
            value,
            Cell(text=status),
            Cell(text=title, url=url),
            Cell(text=version.delivered_as),
        )
    )


def _moment(instant: int) -> str:
    local = timezone.localtime(clock.from_instant(instant))
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), reading.instant(local))


def _value(version: Version, contents: Mapping[int, Mapping[str, str]]) -> str:
    """Exactly what was delivered."""
    if version.value is not None:
        return write_number(version.value, version.decimals, version.qualifier)
    attributes = contents.get(version.attributes or 0, {})
    return attributes.get(DELIVERED) or _("no number")


def _attributes(flow: Flow, version: Version, contents: Mapping[int, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What the source says of the version in force: notes first, codes with their names."""
    own = contents.get(version.attributes or 0, {})
    ordered = sorted(own, key=lambda name: (name not in NOTE_ATTRIBUTES, name))
    found = []
    for name in ordered:
        view = flow.structure.attribute.get(name)
        text = own[name]
        if view is not None and view.code_list is not None:
            title = view.code_list.title_of(text)
            text = text if title == text else f"{title} ({text})"
        found.append((view.title if view is not None else name, text))
    return found
