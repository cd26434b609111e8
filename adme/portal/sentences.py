"""What the figures say, in words, by rule: pure functions over plain readings.

Nothing is claimed that the data do not say. A value given only as a limit ("<5", ">95") is an interval, and the highest
or lowest is named only where no interval leaves it open. Every figure carries its year; states and aggregates of states
are never compared. Values arrive as they are shown (text and unit), so that a sentence and its chart cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_NAMED = 3
"""More states than this are counted, not listed."""

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """The latest value of one area. `shown` is the value with its unit as the page writes it; `period` likewise."""

    area: str
    value: float
    shown: str
    period: str
    order: int
    """The period as a number that sorts by time."""
    qualifier: str = ""
    kind: str = "value"
    """As in `adme.releases.chart_spec`: value, estimated, projected, provisional."""

    @property
    def at_least(self) -> float:
        """The lowest value that the reading allows."""
        return -math.inf if self.qualifier in ("<", "≤") else self.value

    @property
    def at_most(self) -> float:
        """The highest value that the reading allows."""
        return math.inf if self.qualifier in (">", "≥") else self.value


def sentences(readings: Sequence[Reading], *, members: int, regions: Sequence[Reading] = ()) -> list[str]:
    """Two or three sentences on the latest values of at most `members` states, and on aggregates of states beside them.

    An area may stand in `readings` once. The answer is never empty.
    """
    said = [*_about_states(readings, members)]
    said += [_about_region(region) for region in regions]
    return said


def coverage(readings: Sequence[Reading], *, members: int) -> str:
    """How many states have a value, and from when the oldest and the newest are."""
    have = len(readings)
    counted = _("{have} of {members} states").format(have=_count(have), members=_count(members))
    if have == members:
        counted = _("all {members} states").format(members=_count(members))
    oldest, newest = min(readings, key=_by_time), max(readings, key=_by_time)
    if oldest.order == newest.order:
        text = ngettext(
            "{counted} has a value, from {year}.", "{counted} have a value, all from {year}.", 1 if have == 1 else 2
        ).format(counted=counted, year=newest.period)
    else:
        text = _("{counted} have a value, the oldest from {old} ({area}), the newest from {new}.").format(
            counted=counted, old=oldest.period, area=_oldest_areas(readings, oldest.order), new=newest.period
        )
    return text[:1].upper() + text[1:]


def progress_between(first: Reading, latest: Reading) -> str:
    """One area from its first to its latest value; up, down or unchanged only where both are exact."""
    if first.order == latest.order:
        return _("{area}: {value} in {year}, its only value.").format(
            area=latest.area, value=_valued(latest), year=latest.period
        )
    if first.qualifier or latest.qualifier or first.value == latest.value:
        template = _("{area}: {old} in {old_year}, {new} in {new_year}.")
    elif latest.value > first.value:
        template = _("{area}: up from {old} in {old_year} to {new} in {new_year}.")
    else:
        template = _("{area}: down from {old} in {old_year} to {new} in {new_year}.")
    return template.format(
        area=latest.area, old=_valued(first), old_year=first.period, new=_valued(latest), new_year=latest.period
    )


def listed(names: Sequence[str], *, word: str = "") -> str:
    """Names joined for reading: “Brunei Darussalam, Malaysia and Singapore”."""
    joint = word or _("and")
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def _about_states(readings: Sequence[Reading], members: int) -> list[str]:
    if not readings:
        return [_("No member state has a value here.")]
    if len(readings) == 1:
        only = readings[0]
        return [
            _("{area} is the only one of {members} states with a value: {value} in {year}.").format(
                area=only.area, members=_count(members), value=_valued(only), year=only.period
            )
        ]
    same = _all_the_same(readings)
    if same:
        return [same, coverage(readings, members=members)]
    return [_extremes(readings), coverage(readings, members=members)]


def _extremes(readings: Sequence[Reading]) -> str:
    top, bottom = _could_be_highest(readings), _could_be_lowest(readings)
    if _told_apart(top) and _told_apart(bottom):
        return _("Highest in {highest}, lowest in {lowest}.").format(highest=_group(top), lowest=_group(bottom))
    if _told_apart(top):
        return _("Highest in {highest}; which is lowest cannot be said, as {why}.").format(
            highest=_group(top), why=_limits(bottom)
        )
    if _told_apart(bottom):
        return _("Lowest in {lowest}; which is highest cannot be said, as {why}.").format(
            lowest=_group(bottom), why=_limits(top)
        )
    return _("Which state is highest or lowest cannot be said, as {why}.").format(why=_limits(readings))


def _could_be_highest(readings: Sequence[Reading]) -> list[Reading]:
    """Every reading that no other is certain to exceed."""
    surest = max(readings, key=lambda reading: (reading.at_least, reading.qualifier == ">"))
    return [r for r in readings if not _surely_below(r, surest)]


def _could_be_lowest(readings: Sequence[Reading]) -> list[Reading]:
    surest = min(readings, key=lambda reading: (reading.at_most, reading.qualifier != "<"))
    return [r for r in readings if not _surely_below(surest, r)]


def _surely_below(low: Reading, high: Reading) -> bool:
    """Whether `low` is less than `high` whatever their intervals hide. "<" and ">" leave their limit out."""
    if low.at_most < high.at_least:
        return True
    return low.at_most == high.at_least and (low.qualifier == "<" or high.qualifier == ">")


def _told_apart(group: Sequence[Reading]) -> bool:
    """Whether the members of a group of candidates are the same figure, so that naming them claims nothing more."""
    return len({(reading.value, reading.qualifier) for reading in group}) == 1


def _all_the_same(readings: Sequence[Reading]) -> str:
    if not _told_apart(readings):
        return ""
    years = _years(readings)
    return _("The {count} states with a value have the same: {value} ({years}).").format(
        count=_count(len(readings)), value=_valued(readings[0]), years=years
    )


def _group(group: Sequence[Reading]) -> str:
    """“Indonesia (21.7 %, 2018)”; “Brunei Darussalam and Singapore (both 100 %, 2016 to 2018)”."""
    shown = _valued(group[0])
    if len(group) == 1:
        return f"{group[0].area} ({shown}, {_marked_period(group[0])})"
    if len(group) == 2:
        return _("{areas} (both {value}, {years})").format(
            areas=listed([r.area for r in group]), value=shown, years=_years(group)
        )
    if len(group) <= MOST_NAMED:
        return _("{areas} (each {value}, {years})").format(
            areas=listed([r.area for r in group]), value=shown, years=_years(group)
        )
    return _("{count} states (each {value}, {years})").format(
        count=_count(len(group)), value=shown, years=_years(group)
    )


def _limits(readings: Sequence[Reading]) -> str:
    """Why an order cannot be told: the states whose value is only a limit, beside what they may or may not exceed."""
    limited = [reading for reading in readings if reading.qualifier]
    if len(limited) > MOST_NAMED:
        return _("{count} states give only a limit").format(count=_count(len(limited)))
    parts = [
        _("{area} is given only as {value} ({year})").format(area=r.area, value=_valued(r), year=r.period)
        for r in limited
    ]
    return listed(parts)


def _about_region(region: Reading) -> str:
    return _("For {area} as a whole the source gives {value} ({year}).").format(
        area=region.area, value=_valued(region), year=_marked_period(region)
    )


def _valued(reading: Reading) -> str:
    """The value with its limit in words: “above 95 %”."""
    templates = {
        "<": _("below {value}"),
        "≤": _("at most {value}"),
        ">": _("above {value}"),
        "≥": _("at least {value}"),
    }
    return templates.get(reading.qualifier, "{value}").format(value=reading.shown)


def _marked_period(reading: Reading) -> str:
    """The period, with a word where the value is no plain observation."""
    words = {
        "estimated": _("{period}, estimated"),
        "projected": _("{period}, projected"),
        "provisional": _("{period}, provisional"),
    }
    return words.get(reading.kind, "{period}").format(period=reading.period)


def _years(group: Sequence[Reading]) -> str:
    oldest, newest = min(group, key=_by_time), max(group, key=_by_time)
    if oldest.order == newest.order:
        return newest.period
    return _("{first} to {last}").format(first=oldest.period, last=newest.period)


def _oldest_areas(readings: Sequence[Reading], order: int) -> str:
    areas = [reading.area for reading in readings if reading.order == order]
    if len(areas) > MOST_NAMED:
        return _("{count} states").format(count=_count(len(areas)))
    return listed(areas)


def _by_time(reading: Reading) -> int:
    return reading.order


def _count(number: int) -> str:
    """A small number in words, as running text has it."""
    return _(_WORDS[number]) if 0 <= number < len(_WORDS) else str(number)


def _words_for_translators() -> tuple[str, ...]:
    """Never called: makemessages reads the words of `_WORDS` here."""
    return (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
