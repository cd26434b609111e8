"""How far a set of figures can be trusted: how many states, how old, what the source remarks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.lib.page import marks, reading
from adme.portal.sentences import listed
from adme.portal.shown import Area, Shown
from adme.portal.values import Value

NATURE = "NATURE"
"""The attribute by which the UN's source says how a value came about."""

MOST_NOTES = 6


@dataclass(frozen=True)
class Remark:
    """One thing to know: a few words, and what they mean for the reader."""

    title: str
    text: str


@dataclass(frozen=True)
class Trust:
    """What the section “How far to trust it” says."""

    have: int
    members: int
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]


def trust_in(shown: Shown, *, attribute_title: Callable[[str, str], str]) -> Trust:
    """Everything the figures tell of themselves. `attribute_title` names an attribute's code, or gives ""."""
    with_value = [area for area in shown.states if area.code in shown.latest]
    remarks = [
        _coverage(shown, with_value),
        _age(shown, with_value),
        _status(shown.values),
        _limits(shown.values),
        _nature(shown.values, attribute_title),
        _regions(shown.regions),
    ]
    return Trust(
        have=len(with_value),
        members=len(shown.states),
        remarks=tuple(remark for remark in remarks if remark),
        notes=_source_notes(shown),
    )


def _coverage(shown: Shown, with_value: Sequence[Area]) -> Remark | None:
    missing = [area.name for area in shown.states if area not in with_value]
    if not missing:
        return Remark(_("Coverage"), _("Every member state has at least one value."))
    return Remark(_("Coverage"), _("No data for {areas}.").format(areas=listed(missing)))


def _age(shown: Shown, with_value: Sequence[Area]) -> Remark | None:
    latest = sorted((shown.latest[area.code] for area in with_value), key=lambda value: value.period)
    if not latest:
        return None
    oldest, newest = latest[0], latest[-1]
    if oldest.period == newest.period:
        return Remark(_("Age"), _("The latest values are all from {year}.").format(year=newest.when))
    names = {area.code: area.name for area in shown.states}
    behind = [names[value.area] for value in latest if value.period == oldest.period]
    return Remark(
        _("Age"),
        _("The latest values range from {old} ({areas}) to {new}.").format(
            old=oldest.when, areas=listed(behind), new=newest.when
        ),
    )


def _status(values: Sequence[Value]) -> Remark | None:
    counted = Counter(value.obs_status for value in values if value.value is not None)
    found = [
        f"{reading.number(number)} {mark.word}"
        for status, number in sorted(counted.items())
        if (mark := marks.flag_mark(status)) is not None
    ]
    if not found:
        return Remark(_("Status"), _("The source marks none of these values as estimated, provisional or broken."))
    return Remark(
        _("Status"),
        _("Of {total} values: {marked}. They are marked in chart, table and downloads.").format(
            total=reading.number(sum(counted.values())), marked=listed(found)
        ),
    )


def _limits(values: Sequence[Value]) -> Remark | None:
    limited = sum(bool(value.qualifier) for value in values)
    wordy = Counter(value.delivered for value in values if value.value is None)
    parts = []
    if limited:
        text = ngettext(
            "{n} value is given only as a limit (such as <5).",
            "{n} values are given only as a limit (such as <5).",
            limited,
        )
        parts.append(text.format(n=limited))
    if wordy:
        words = listed([f"“{word}”" for word in sorted(wordy) if word]) or _("nothing")
        text = ngettext(
            "{n} entry is no number: the source writes {words}.",
            "{n} entries are no numbers: the source writes {words}.",
            sum(wordy.values()),
        )
        parts.append(text.format(n=sum(wordy.values()), words=words))
    return Remark(_("Not plain numbers"), " ".join(parts)) if parts else None


def _nature(values: Sequence[Value], attribute_title: Callable[[str, str], str]) -> Remark | None:
    counted = Counter(code for value in values if (code := value.attributes.get(NATURE)))
    if not counted:
        return None
    parts = []
    unnamed = False
    for code, number in counted.most_common():
        title = attribute_title(NATURE, code)
        unnamed = unnamed or not title
        parts.append(f"{code}{f' ({title})' if title else ''}: {reading.number(number)}")
    text = "; ".join(parts) + "."
    if unnamed:
        text += " " + _("These are the source's own codes; it does not say what they mean.")
    return Remark(_("Nature of the values"), text)


def _regions(regions: Sequence[Area]) -> Remark | None:
    if not regions:
        return None
    return Remark(
        _("Regional figure"),
        _("{areas}: as the source computes it, not computed here.").format(areas=listed([a.name for a in regions])),
    )


def _source_notes(shown: Shown) -> tuple[str, ...]:
    """Remarks of the source on single values, most frequent first, each once."""
    counted = Counter(value.note for value in shown.values if value.note)
    return tuple(note for note, _number in counted.most_common(MOST_NOTES))
