"""One indicator as its page shows it: the figures of one combination, what they say, what is known about them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from adme.indicators.models import Indicator
from adme.lib import clock, periods
from adme.lib.page import reading
from adme.lib.texts import text_in
from adme.portal import breakdowns, choices, described, figures, queries, sentences, trust
from adme.portal.addresses import with_question
from adme.portal.asked import Asked, written
from adme.portal.breakdowns import Combination
from adme.portal.queries import Flow
from adme.portal.shown import Area, Shown
from adme.portal.values import Value
from adme.releases.chart_spec import MOST_CHOSEN, ChartSpec
from adme.releases.maps import MapSpec

VIEWS = ("chart", "map", "table")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)%][.])\s+(?=[A-Z])")


@dataclass(frozen=True)
class IndicatorPage:
    """Everything one address of an indicator shows. `as_of` is the instant asked for, None for the present."""

    indicator: Indicator
    flow: Flow
    shown: Shown
    combinations: Mapping[Combination, int]
    combination: Combination
    view: str
    years: tuple[int | None, int | None]
    as_of: int | None
    asked_areas: tuple[str, ...]

    @property
    def title(self) -> str:
        """The indicator's name."""
        return self.indicator.name

    @cached_property
    def path(self) -> str:
        """Its address without a question."""
        return reverse("portal:indicator", args=[self.indicator.slug])

    @cached_property
    def question(self) -> dict[str, str | Sequence[str]]:
        """The question that leads to exactly these figures, in a fixed order."""
        asked: dict[str, str | Sequence[str]] = {"view": "" if self.view == VIEWS[0] else self.view}
        if self.combination != breakdowns.default(self.combinations, self.flow.order):
            for n in breakdowns.varying(self.combinations):
                asked[self.flow.layout.breakdowns[n]] = self.combination[n]
        asked["areas"] = ",".join(self.asked_areas)
        asked["from"], asked["to"] = ("" if year is None else str(year) for year in self.years)
        asked["as_of"] = "" if self.as_of is None else written(self.as_of)
        return asked

    def address(self, **changed: str) -> str:
        """This page with some of its question changed; "" takes a part away."""
        return with_question(self.path, {**self.question, **changed})

    @property
    def plain_address(self) -> str:
        """This page with nothing chosen but the view and the instant."""
        return with_question(self.path, {name: self.question[name] for name in ("view", "as_of")})

    @property
    def is_changed(self) -> bool:
        """Whether the reader has chosen anything."""
        return self.address() != self.plain_address

    @property
    def table_address(self) -> str:
        """The same figures as a table."""
        return self.address(view="table")

    @property
    def lead(self) -> str:
        """One line on what is measured: the first sentence of the definition, where the source gives one."""
        return first_sentence(text_in(self.indicator.definition))

    @property
    def about(self) -> list[str]:
        """Unit, place in the goals, and source, as one line under the title."""
        goal = self.indicator.references.get("sdg_indicator")
        words = [
            text_in(self.indicator.unit).capitalize(),
            _("SDG indicator {code}").format(code=goal) if goal else "",
            self.flow.dataflow.title,
        ]
        return [word for word in words if word]

    @property
    def first_year(self) -> str:
        """The first year with a value."""
        return str(periods.year(self.shown.periods[-1])) if self.shown.periods else ""

    @property
    def last_year(self) -> str:
        """The latest year with a value."""
        return str(periods.year(self.shown.periods[0])) if self.shown.periods else ""

    @cached_property
    def key(self) -> dict[str, list[str]]:
        """What these figures are called in the store and in the API."""
        return self.flow.layout.key([self.indicator.code_id], self.flow.layout.named(self.combination))

    @cached_property
    def api_key(self) -> dict[str, list[str]]:
        """The same for a person to read: without the breakdowns that say nothing of this indicator."""
        names = self.flow.layout.breakdowns
        telling = {names[n] for n in breakdowns.varying(self.combinations)}
        silent = {
            name
            for name, code in zip(names, self.combination, strict=True)
            if name not in telling and breakdowns.rank(code) == breakdowns.SILENT
        }
        return {name: codes for name, codes in self.key.items() if name not in silent}

    @cached_property
    def released_instant(self) -> int:
        """When the newest of the figures shown became public; 0 where none is shown."""
        return max((value.public_from for value in self.shown.values), default=0)

    @property
    def released(self) -> dt.date | None:
        """The day of it in the zone of this installation."""
        if not self.released_instant:
            return None
        return timezone.localtime(clock.from_instant(self.released_instant)).date()

    @cached_property
    def said(self) -> list[str]:
        """What the figures say."""
        shown = self.shown
        said = sentences.sentences(
            shown.readings(shown.states), members=len(shown.states), regions=shown.readings(shown.regions)
        )
        for code in self.asked_areas:
            series = [value for value in shown.by_area[code] if value.value is not None]
            if series:
                said.append(sentences.progress_between(shown.reading_of(series[0]), shown.reading_of(series[-1])))
        return said

    @cached_property
    def source(self) -> str:
        """Whom the licence asks to be credited."""
        return queries.credit(self.indicator)

    @cached_property
    def chart(self) -> ChartSpec:
        """The figures over time."""
        return figures.chart_spec(self.shown, **self._signed)

    @cached_property
    def map(self) -> MapSpec:
        """The latest figures by state."""
        return figures.map_spec(self.shown, **self._signed)

    @property
    def _signed(self) -> dict[str, str]:
        released = reading.day(self.released) if self.released else ""
        return {"source": self.flow.dataflow.title, "released": released, "description": " ".join(self.said)}

    def history_address(self, value: Value) -> str:
        """Where all versions of one value are told."""
        path = reverse("portal:history", args=[self.indicator.slug])
        as_of = "" if self.as_of is None else written(self.as_of)
        return with_question(path, {"key": value.key, "period": value.code, "as_of": as_of})

    def attribute_title(self, attribute: str, code: str) -> str:
        """What a code of an attribute means, "" where its list gives no name but the code itself."""
        view = self.flow.structure.attribute.get(attribute)
        title = view.code_list.title_of(code) if view is not None and view.code_list is not None else ""
        return "" if title.casefold() == code.casefold() else title

    @cached_property
    def trust(self) -> trust.Trust:
        """How far to trust the figures."""
        return trust.trust_in(self.shown, attribute_title=self.attribute_title)


def first_sentence(text: str) -> str:
    """The text up to its first full stop that ends a sentence."""
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0].strip()


def page_for(indicator: Indicator, asked: Asked) -> IndicatorPage | None:
    """The page that an address asks for; None when nothing of the indicator is public now.

    What cannot be shown is replaced by the nearest that can, with a note.
    """
    as_of = asked.as_of()
    flow = queries.flow_of(indicator.dataflow)
    wanted = {dimension: asked.text(dimension) for dimension in flow.layout.breakdowns}
    series = queries.series_of(flow, [indicator.code_id], as_of=as_of)
    if not series and (as_of is None or not queries.series_of(flow, [indicator.code_id])):
        return None
    states = queries.states()
    view = asked.one_of("view", VIEWS, VIEWS[0])
    years = asked.years()
    if not series:
        return _nothing_yet(indicator, flow, states, view, as_of)
    combinations = queries.counted(series)
    codes = choices.asked_breakdowns(flow, wanted)
    combination = breakdowns.nearest(combinations, codes, flow.order)
    _note_what_changed(asked, flow, wanted, combination)
    areas = queries.areas_of(flow, {one.area for one in series if one.combination == combination}, states)
    asked_areas = asked.known("areas", [area.code for area in states], most=MOST_CHOSEN)
    values = queries.values_for(
        flow,
        flow.layout.key([indicator.code_id], flow.layout.named(combination)),
        period_from=queries.first_period(years[0]),
        period_to=queries.last_period(years[1]),
        as_of=as_of,
    )
    shown = Shown(
        title=indicator.name,
        unit_words=text_in(indicator.unit),
        breakdown=choices.breakdown_words(flow, combinations, combination),
        areas=areas,
        values=tuple(values),
        chosen=tuple(asked_areas),
        breaks=described.breaks_of(indicator, as_of=as_of),
    )
    return IndicatorPage(indicator, flow, shown, combinations, combination, view, years, as_of, tuple(asked_areas))


def _nothing_yet(
    indicator: Indicator, flow: Flow, states: tuple[Area, ...], view: str, as_of: int | None
) -> IndicatorPage:
    """The page of an indicator that had nothing public yet at the instant asked for."""
    empty = tuple("" for _dimension in flow.layout.breakdowns)
    shown = Shown(indicator.name, "", "", states, ())
    return IndicatorPage(indicator, flow, shown, {empty: 0}, empty, view, (None, None), as_of, ())


def _note_what_changed(asked: Asked, flow: Flow, wanted: Mapping[str, str], combination: Combination) -> None:
    for dimension, code in zip(flow.layout.breakdowns, combination, strict=True):
        if wanted.get(dimension) and wanted[dimension] != code:
            view = flow.structure.dimension[dimension]
            asked.leave_out(
                _("There are no figures for “{asked}” here; shown instead is {title}: {shown}.").format(
                    asked=view.code_list.title_of(wanted[dimension]),
                    title=view.title,
                    shown=view.code_list.title_of(code),
                )
            )
