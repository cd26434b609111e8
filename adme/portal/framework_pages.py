"""Pages about a framework, gathered: its tree with status, the scorecard, what there is. Nothing is decided here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adme.frameworks.assessing import Judged
from adme.frameworks.document import Document, Part
from adme.frameworks.scorecard import REGION, Member, Scorecard, Shown
from adme.frameworks.words import CLASSES, TRENDS
from adme.lib import clock, periods
from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import framework_marks as shown_as
from adme.portal.addresses import Question, absolute, with_question
from adme.portal.asked import written

ENDINGS = ("csv", "xlsx", "json")


@dataclass(frozen=True)
class Place:
    """Addresses of one framework, with the instant that was asked for kept in each."""

    slug: str
    as_of: int | None = None

    def page(self, name: str, *arguments: str, **question: str | Sequence[str]) -> str:
        """A page of the framework."""
        path = reverse(f"portal:{name}", args=[self.slug, *arguments])
        return with_question(path, {**question, "as_of": self.as_of_text})

    @property
    def as_of_text(self) -> str:
        """The instant as an address has it; "" for the present."""
        return written(self.as_of) if self.as_of is not None else ""

    def part(self, uid: str) -> str:
        """The page of a part. The pattern is looked up once for hundreds of them."""
        before, after = self.around_part
        return f"{before}{uid}{after}"

    @cached_property
    def around_part(self) -> tuple[str, str]:
        """What stands before and after a part's id in the address of its page."""
        before, _mark, after = self.page("framework-part", "part-goes-here").partition("part-goes-here")
        return before, after

    def part_asked(self, uid: str, **question: str) -> str:
        """The page of a part with a question; words that need no quoting."""
        told, address = "&".join(f"{name}={word}" for name, word in question.items()), self.part(uid)
        return f"{address}{'&' if '?' in address else '?'}{told}"

    def file(self, table: str, ending: str, **asked: str | Sequence[str]) -> str:
        """A table as a file."""
        path = f"{self._folder}{table}.{ending}"
        return with_question(path, {**asked, "as_of": self.as_of_text})

    @cached_property
    def _folder(self) -> str:
        return reverse("portal:framework", args=[self.slug])


@dataclass(frozen=True)
class Frame:
    """What stands around every page of a framework."""

    card: Scorecard
    place: Place
    tabs: list[Link]
    crumbs: list[Link]
    as_of_moment: dt.datetime | None
    present_url: str
    permalink: str
    decision: str

    @property
    def document(self) -> Document:
        """The framework."""
        return self.card.document


PAGES = ("framework", "framework-scorecard", "framework-completeness", "framework-incomplete", "framework-changes", "framework-crosswalk")  # fmt: skip  # noqa: E501


def frame(
    card: Scorecard,
    *,
    as_of: int | None,
    page: str,
    arguments: Sequence[str] = (),
    trail: Sequence[Link] = (),
    question: Question | None = None,
) -> Frame:
    """The frame of a page called `page` with its arguments and what else was asked of it; `trail` are the crumbs below
    the framework."""
    place = Place(card.document.slug, as_of)
    words = (
        _("Framework"),
        _("Scorecard"),
        _("What there is"),
        _("What is missing"),
        _("What changed"),
        _("Crosswalk"),
    )
    tabs = [Link(word, place.page(name), current=name == page) for name, word in zip(PAGES, words, strict=True)]
    here = place.page("framework") if page != "framework" else ""
    crumbs = [Link(_("Frameworks"), reverse("portal:frameworks")), Link(card.document.name, here), *trail]
    path = Place(card.document.slug).page(page, *arguments)
    pinned = as_of if as_of is not None else card.instant
    edition = card.current.edition
    decided = [edition.decision_meeting, edition.decision_document]
    decided += [reading.day(edition.decision_date)] if edition.decision_date else []
    return Frame(
        card=card,
        place=place,
        tabs=tabs,
        crumbs=crumbs,
        as_of_moment=clock.from_instant(as_of) if as_of is not None else None,
        present_url=with_question(path, question or {}),
        permalink=absolute(with_question(path, {**(question or {}), "as_of": written(pinned)})),
        decision=", ".join(word for word in decided if word),
    )


def embed(frame: Frame, name: str, *arguments: str, title: str) -> dict[str, str]:
    """The address of a small page for other sites, and the HTML that frames it."""
    url = frame.place.page(name, *arguments)
    size = 'width="100%" height="600" loading="lazy"'
    code = f'<iframe src="{escape(absolute(url))}" title="{escape(title)}" {size}></iframe>'
    return {"embed_url": url, "embed_code": code}


# --- the list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A framework in the list of all."""

    title: str
    url: str
    description: str
    years: str
    listed: str
    classes: tuple[tuple[str, int], ...]
    is_fixture: bool


def entry_of(card: Scorecard) -> Entry:
    """What the list says of a framework."""
    document = card.document
    return Entry(
        title=document.name,
        url=reverse("portal:framework", args=[document.slug]),
        description=text_in(document.description),
        years=years_of(document),
        listed=listed_words(document),
        classes=tuple(summary(card)),
        is_fixture=document.is_fixture,
    )


def years_of(document: Document) -> str:
    """The span of the plan: 2016–2025."""
    ends = [str(day.year) for day in (document.from_date, document.to_date) if day]
    return "–".join(dict.fromkeys(ends))


def listed_words(document: Document) -> str:
    """“5 characteristics, 18 key result areas, 13 KPIs”, as far as they are listed."""
    found = []
    for level in document.levels:
        count = document.listed(level.id)
        if count and level.role != "unplaced":
            found.append(f"{count} {level.title if count == 1 else level.title_of_many}")
    return ", ".join(found)


@dataclass(frozen=True)
class StatedLine:
    """How many a source says exist, and how many are listed here."""

    words: str
    certainty: str
    tone: str
    source: str


def stated_lines(document: Document) -> list[StatedLine]:
    """What a source says as a count."""
    lines = []
    for one in document.stated:
        what = text_in(one.what)
        words = f"{one.count} {what}"
        if one.level and document.listed(one.level) < one.count:
            words = _("{count} {what} exist; {listed} are public and listed here").format(
                count=one.count, what=what, listed=document.listed(one.level)
            )
        lines.append(StatedLine(words, *shown_as.certainty(one.certainty), one.source))
    return lines


# --- the tree -------------------------------------------------------------------------------------


def tree(frame: Frame, words: str = "", only: Set[str] | None = None) -> list[SafeString]:
    """The framework in reading order, with the region's status of each KPI: all of it, what has `words` in it with what
    is above that, or `only` some parts. Each line is markup, for `_framework_tree.html`."""
    document, kept = frame.document, _found(frame.document, words) if only is None else only
    lines = _lines(document, *frame.place.around_part, get_language() or "")
    leaves = []
    for part in document.parts:
        if kept is not None and part.uid not in kept:
            continue
        status = shown_as.class_html(frame.card.shown(part.uid, REGION)) if part.kpi else ""
        told = f'<span class="leaf-status">{status}</span>' if status else ""
        leaves.append(mark_safe(f"{lines[part.uid]}{told}</li>"))  # noqa: S308 - both made by format_html
    return leaves


@lru_cache(maxsize=16)
def _lines(document: Document, before: str, after: str, _language: str) -> dict[str, SafeString]:
    """Uid → the line of a part, up to its status: the same for every reader of an edition, and there are hundreds."""
    depth, made = {"": -1}, {}
    for part in document.parts:
        depth[part.uid] = depth[part.under] + 1
        said, tone = shown_as.certainty(part.title.certainty)
        source = format_html(' title="{}"', part.title.source) if part.title.source else ""
        made[part.uid] = format_html(
            '<li class="leaf depth-{}{}{}"><span class="leaf-code">{}</span> <span class="leaf-title">'
            '<a href="{}{}{}">{}</a> <span class="quiet small">{}</span>{}</span>',
            min(depth[part.uid], 6),
            " leaf-kpi" if part.kpi is not None else "",
            " leaf-unplaced" if part.level.role == "unplaced" else "",
            part.code,
            before,
            part.uid,
            after,
            part.name if part.title.text else _("(title not public)"),
            part.level.title,
            format_html(' <span class="certainty certainty-{}"{}>{}</span>', tone, source, said) if said else "",
        )
    return made


def _found(document: Document, words: str) -> Set[str] | None:
    """The parts that hold the words, and those above them; None where nothing is searched for."""
    wanted = words.casefold().split()
    if not wanted:
        return None
    kept: set[str] = set()
    for part in document.parts:
        text = f"{part.code} {part.name} {text_in(part.text.text)}".casefold()
        if all(word in text for word in wanted):
            kept |= {part.uid, *(above.uid for above in document.way_to(part.uid))}
    return kept


# --- the scorecard --------------------------------------------------------------------------------


def scorecard_table(frame: Frame, parts: Sequence[Part]) -> Table:
    """KPI × region and states: the class where it is public, the latest figure with its year."""
    card = frame.card
    states = card.states
    short = {member.area: member.area for member in states}
    columns = [Column(_("KPI"), kind="text"), Column(card.document.region_name or _("Region"))]
    columns += [Column(short[member.area], note="") for member in states]
    rows = []
    group = ""
    for part in parts:
        way = card.document.way_to(part.uid)
        top = way[0].name if way else ""
        cells = [title_cell(frame, part), _class_cell(card, part, REGION)]
        cells += [_class_cell(card, part, member.area) for member in states]
        rows.append(Row(tuple(cells), group=top if top != group else "", id=part.uid))
        group = top
    return Table(
        caption=_("Each KPI for the region and each state: class, latest value, its year"),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(visibility_note(card), _("Columns: {states}.").format(states=legend(states))),
        empty=_("No KPI is listed here."),
        dense=True,
        id="scorecard",
    )


def legend(states: Sequence[Member]) -> str:
    return ", ".join(f"{member.area} {member.name}" for member in states)


def title_cell(frame: Frame, part: Part) -> Cell:
    label = f"{part.code} {part.name}".strip()
    short = label if len(label) <= 90 else f"{label[:88].rstrip()}…"
    return Cell(text=short, url=frame.place.part(part.uid))


def _class_cell(card: Scorecard, part: Part, area: str) -> Cell:
    shown, latest = card.shown(part.uid, area), card.latest(part.uid, area)
    mark = shown_as.class_html(shown, with_word=False)
    tone = "" if shown.hidden else f"class-{shown.progress_class.replace('_', '-')}"
    if latest is None:
        words = format_html('<span class="no-data">{}</span>', _("no data"))
        return Cell(html=format_html("{} {}", mark, words), classes=f"heat {tone}")
    year = periods.label(latest.period)
    html = format_html(
        '{} <span class="num">{}</span> <span class="heat-year">{}</span>{}',
        mark,
        _counted(part, area, shown_as.value_words(latest)),
        year,
        format_html('<span class="flag" title="{0}">*<span class="visually-hidden"> ({0})</span></span>',
                    shown_as.flag_words(latest.flags)) if latest.flags else "",
    )  # fmt: skip
    return Cell(html=html, classes=f"heat {tone}")


def _counted(part: Part, area: str, words: str) -> str:
    """A regional count says that it counts states."""
    is_count = not area and part.kpi is not None and part.kpi.counts_states
    return _("{n} states").format(n=words) if is_count else words


def visibility_note(card: Scorecard) -> str:
    if card.document.state_classes == "shown":
        return _("Classes of single states are public by this framework's rule.")
    if card.document.state_classes == "hidden":
        return _("By this framework's rule only the region's class is public; states show their figures.")
    if card.consents:
        return _("The class of a single state is shown only where that state has agreed: {areas}.").format(
            areas=", ".join(sorted(card.consents))
        )
    return _("The class of a single state is shown only where that state has agreed; so far none has.")


def summary(card: Scorecard) -> list[tuple[str, int]]:
    """How many KPIs of the region are in each class, the best first."""
    shown = [card.shown(part.uid, REGION) for part in card.document.kpis]
    counts = Counter(one.progress_class for one in shown)
    one_of = {one.progress_class: one for one in shown}
    order = [name for name in (*CLASSES[:-1], *TRENDS, CLASSES[-1]) if counts[name]]
    return [
        (str(shown_as.class_html(replace(one_of[name], override=None, judged=_bare(one_of[name])))), counts[name])
        for name in order
    ]


def _bare(shown: Shown) -> Judged:
    """The class alone: a count of several has no single reason."""
    return Judged(shown.progress_class, is_trend=shown.is_trend)
