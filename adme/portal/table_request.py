"""What the table builder's address asks for, settled into a plan, and what its form offers next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.indicators.models import Indicator
from adme.portal import queries, several
from adme.portal.addresses import Question, with_question
from adme.portal.asked import Asked, written
from adme.portal.catalogue import Catalogue, catalogue
from adme.portal.facets import Entry
from adme.portal.pivot import AREA, INDICATOR, TIME
from adme.portal.sentences import listed
from adme.portal.shown import Area
from adme.portal.table_page import TablePlan

MOST_INDICATORS = 40
"""So many fit into an address that every browser and mail program keeps whole."""

MOST_FOUND = 12
MOST_EXAMPLES = 8


@dataclass(frozen=True)
class CodeChoice:
    """One code of a breakdown, as a box to tick."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class BreakdownChoice:
    """One breakdown that some chosen indicator has figures for."""

    dimension: str
    label: str
    choices: tuple[CodeChoice, ...]

    @property
    def chosen(self) -> int:
        """How many boxes are ticked."""
        return sum(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class TableRequest:
    """One address of the table builder. `plan` is None until an indicator is chosen."""

    plan: TablePlan | None
    entries: tuple[Entry, ...]
    """The chosen indicators, in the order chosen."""
    find: str
    found: tuple[Entry, ...]
    examples: tuple[Entry, ...]
    """Indicators to begin with, while none is chosen."""
    areas: tuple[Area, ...]
    """Every area that can be chosen."""
    chosen_areas: tuple[str, ...]
    breakdowns: tuple[BreakdownChoice, ...]
    question: Question
    page: int
    as_of: int | None

    def address(self, path: str, **changed: str | Sequence[str]) -> str:
        """The same question elsewhere, or with some of it changed."""
        return with_question(path, {**self.question, **changed})


def read(asked: Asked) -> TableRequest:
    """Settle an address. What cannot be used is left out with a note."""
    everything = catalogue()
    entries = everything.by_slug
    dropped = asked.text("without")
    slugs = [slug for slug in asked.known("i", entries, most=MOST_INDICATORS) if slug != dropped]
    as_of = asked.as_of()
    states = everything.states
    indicators = {slug: everything.indicators[slug] for slug in slugs}
    wanted = _wanted_breakdowns(asked, indicators)
    picked = several.pick(list(indicators.values()), asked=wanted, as_of=as_of)
    _note_unmet(asked, picked)
    areas = _areas(picked, states)
    chosen = asked.known("a", [area.code for area in areas]) if picked else asked.texts("a")
    shown = [area for area in areas if area.code in chosen] if chosen else list(states)
    years = asked.years()
    across = asked.one_of("across", [TIME, AREA, INDICATOR, *_dimensions(picked)], TIME)
    newest_first = asked.one_of("order", ("oldest", "newest"), "oldest") == "newest"
    plan = _plan(picked, shown, years, across, newest_first=newest_first, as_of=as_of)
    find = asked.text("find")
    return TableRequest(
        plan=plan,
        entries=tuple(entries[slug] for slug in slugs),
        find=find,
        found=_found(find, everything, slugs),
        examples=() if slugs else tuple(everything.by_slug[i.slug] for i in everything.headlines(MOST_EXAMPLES)),
        areas=areas,
        chosen_areas=tuple(chosen),
        breakdowns=_choices(picked),
        question=_question(slugs, chosen, years, wanted, across, newest_first=newest_first, as_of=as_of),
        page=asked.page(),
        as_of=as_of,
    )


def _plan(
    picked: Sequence[several.Picked],
    areas: Sequence[Area],
    years: tuple[int | None, int | None],
    across: str,
    *,
    newest_first: bool,
    as_of: int | None,
) -> TablePlan | None:
    if not picked:
        return None
    plan = TablePlan(tuple(picked), tuple(areas), years, across, newest_first, as_of)
    if across in (TIME, AREA, INDICATOR) or across in plan.broken_down:
        return plan
    return TablePlan(tuple(picked), tuple(areas), years, TIME, newest_first, as_of)


def _wanted_breakdowns(asked: Asked, indicators: Mapping[str, Indicator]) -> dict[str, list[str]]:
    """Dimension → codes, for every breakdown dimension of the chosen indicators that the address names."""
    names: dict[str, None] = {}
    for indicator in indicators.values():
        names.update(dict.fromkeys(queries.flow_of(indicator.dataflow).layout.breakdowns))
    return {name: words for name in names if (words := asked.texts(name))}


def _note_unmet(asked: Asked, picked: Sequence[several.Picked]) -> None:
    for one in picked:
        if one.unmet:
            titles = [one.flow.structure.dimension[name].title for name in one.unmet]
            asked.leave_out(
                _("“{indicator}” has no figures for what was chosen under {what}; its default is shown.").format(
                    indicator=one.indicator.name, what=listed(titles)
                )
            )


def _areas(picked: Sequence[several.Picked], states: Sequence[Area]) -> tuple[Area, ...]:
    """All member states, then the aggregates that the chosen indicators have figures for."""
    found = {area.code: area for area in states}
    for one in picked:
        for area in queries.areas_of(one.flow, {series.area for series in one.public}, states):
            found.setdefault(area.code, area)
    return tuple(found.values())


def _dimensions(picked: Sequence[several.Picked]) -> list[str]:
    return list(dict.fromkeys(name for one in picked for name in one.codes))


def _choices(picked: Sequence[several.Picked]) -> tuple[BreakdownChoice, ...]:
    """A choice for each dimension in which the public figures of a chosen indicator differ."""
    found = []
    for name in _dimensions(picked):
        having = [one for one in picked if name in one.codes]
        at = {one.indicator.pk: one.flow.layout.breakdowns.index(name) for one in having}
        present = {combination[at[one.indicator.pk]] for one in having for combination in one.present}
        if len(present) < 2:
            continue
        chosen = {code for one in having for code in one.codes[name]}
        view = having[0].flow.structure.dimension[name]
        listed_codes = {
            code: one.flow.code_title(name, code) for one in having for code in view.codes if code in present
        }
        rest = sorted(present - set(listed_codes))
        titles = listed_codes | {code: having[0].flow.code_title(name, code) for code in rest}
        choices = tuple(CodeChoice(code, title, code in chosen) for code, title in titles.items())
        found.append(BreakdownChoice(name, view.title, choices))
    return tuple(found)


def _found(find: str, everything: Catalogue, slugs: Sequence[str]) -> tuple[Entry, ...]:
    if not find:
        return ()
    found = everything.search(find).slugs
    return tuple(everything.by_slug[slug] for slug in found if slug not in slugs)[:MOST_FOUND]


def _question(
    slugs: Sequence[str],
    areas: Sequence[str],
    years: tuple[int | None, int | None],
    wanted: Mapping[str, Sequence[str]],
    across: str,
    *,
    newest_first: bool,
    as_of: int | None,
) -> dict[str, str | Sequence[str]]:
    question: dict[str, str | Sequence[str]] = {"i": list(slugs), "a": ",".join(areas)}
    question["from"], question["to"] = ("" if year is None else str(year) for year in years)
    question |= {name: ",".join(codes) for name, codes in wanted.items()}
    question["across"] = "" if across == TIME else across
    question["order"] = "newest" if newest_first else ""
    question["as_of"] = "" if as_of is None else written(as_of)
    return question
