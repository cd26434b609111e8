"""What changed in a framework between two instants: words, tree, aims, figures, classes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adme.frameworks.assessing import Figure
from adme.frameworks.document import Aim, Document, Kpi, Part
from adme.frameworks.scorecard import REGION, Scorecard, Shown
from adme.frameworks.words import AIMS, CHANGES

PART_ADDED, PART_GONE, MOVED, CODE, TITLE, CERTAINTY = "added", "gone", "moved", "code", "title", "certainty"
AIM, CLASS, LATEST = "aim", "class", "latest"


@dataclass(frozen=True)
class Difference:
    """One change. `was` and `now` are "" where there was, or is, nothing. `area` "" is the region, or no area."""

    kind: str
    part: Part
    was: str
    now: str
    area: str = ""

    @property
    def words(self) -> str:
        """What kind of change it is."""
        return str(CHANGES[self.kind])


def between(before: Scorecard, after: Scorecard) -> list[Difference]:
    """Everything that differs."""
    return [*of_words(before.document, after.document), *of_figures(before, after)]


def of_words(before: Document, after: Document) -> Iterator[Difference]:
    """Parts that came, went, moved, were renamed; baselines, milestones and targets."""
    for part in after.parts:
        earlier = before.by_uid.get(part.uid)
        if earlier is None:
            yield Difference(PART_ADDED, part, "", _lineage(part, before))
            continue
        yield from _of_part(earlier, part, before, after)
    for part in before.parts:
        if part.uid not in after.by_uid:
            yield Difference(PART_GONE, part, part.name, "")


def _of_part(earlier: Part, part: Part, before: Document, after: Document) -> Iterator[Difference]:
    if earlier.under != part.under:
        yield Difference(MOVED, part, _place(before, earlier), _place(after, part))
    if earlier.code != part.code:
        yield Difference(CODE, part, earlier.code, part.code)
    if earlier.title.text != part.title.text:
        yield Difference(TITLE, part, str(earlier.title), str(part.title))
    if earlier.title.certainty != part.title.certainty:
        yield Difference(CERTAINTY, part, earlier.title.certainty, part.title.certainty)
    old, new = _aims(earlier.kpi or Kpi()), _aims(part.kpi or Kpi())
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield Difference(AIM, part, _aim_words(old.get(key)), _aim_words(new.get(key)), key[1])


def _aims(kpi: Kpi) -> dict[tuple[str, str, int], Aim]:
    return {(aim.kind, aim.area, aim.period): aim for aim in kpi.aims}


def _aim_words(aim: Aim | None) -> str:
    return f"{AIMS[aim.kind]} {aim.when}: {aim.value:g}" if aim else ""


def _place(document: Document, part: Part) -> str:
    return document.by_uid[part.under].name if part.under else document.name


def _lineage(part: Part, before: Document) -> str:
    known = [f"{how} {before.by_uid[uid].name}" for how, uid in part.came_from if uid in before.by_uid]
    return "; ".join(known) or part.name


def of_figures(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    """Latest values and visible classes that differ, KPI by KPI, the region first."""
    for part in after.document.kpis:
        if part.uid not in before.document.by_uid or before.document.by_uid[part.uid].kpi is None:
            continue
        for area in (REGION, *(member.area for member in after.states)):
            was, now = before.latest(part.uid, area), after.latest(part.uid, area)
            if _told(was) != _told(now):
                yield Difference(LATEST, part, _told(was), _told(now), area)
            if (part.uid, area) in before.computed.judged:
                first, second = _class(before.shown(part.uid, area)), _class(after.shown(part.uid, area))
                if first != second:
                    yield Difference(CLASS, part, first, second, area)


def _told(figure: Figure | None) -> str:
    return (
        f"{figure.qualifier}{figure.value:.10g} ({figure.period // 100_000})"
        if figure and figure.value is not None
        else ""
    )


def _class(shown: Shown) -> str:
    return "" if shown.hidden else shown.progress_class
