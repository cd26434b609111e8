"""Public pages of results frameworks: explorer, scorecard, one part, one state, what there is, what changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, can, policy
from adme.accounts.roles import Verb
from adme.frameworks.completeness import Completeness
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.scorecard import Scorecard, compared, scorecard, scorecard_and_others, scorecards
from adme.frameworks.words import GAPS, GROUPS
from adme.lib import periods
from adme.lib.page import slots
from adme.lib.page.shell import Link
from adme.lib.texts import text_in
from adme.portal import (
    framework_changes,
    framework_kpi,
    framework_marks,
    framework_pages,
    framework_sources,
    framework_tables,
)
from adme.portal.asked import Asked
from adme.portal.framework_pages import Frame
from adme.portal.freshness import public_page

ON_A_PAGE = 40
GAPS_ON_A_PAGE = 150


def _card(request: HttpRequest, slug: str, *, broken_down: bool = False) -> tuple[Scorecard, Asked, int | None]:
    asked = Asked(request.GET)
    as_of = asked.as_of()
    try:
        return scorecard(slug, as_of=as_of, broken_down=broken_down), asked, as_of
    except UnknownFramework:
        raise Http404 from None


QUESTIONS = ("q", "area", "group", "areas", "year", "kpi", "what", "turn", "since", "page")
"""What may be asked of a page besides the instant: an address that keeps the page keeps all of it."""


def _asked(asked: Asked) -> dict[str, list[str]]:
    """What was asked, without the notes of what could not be used."""
    again = Asked(asked.params)
    return {name: found for name in QUESTIONS if (found := [word for word in (again.text(name),) if word])
            if name != "areas"} | {"areas": again.texts("areas")}  # fmt: skip


def _page(request: HttpRequest, template: str, frame: Frame, asked: Asked, **more: Any) -> HttpResponse:
    context = {
        "frame": frame,
        "document": frame.document,
        "notes": asked.notes,
        "crumbs": frame.crumbs,
        "as_of_moment": frame.as_of_moment,
        "present_url": frame.present_url,
        **more,
    }
    return render(request, f"portal/{template}.html", context)


@policy(PUBLIC)
@public_page
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework, fixtures last and named so."""
    entries = [framework_pages.entry_of(card) for card in scorecards()]
    return render(request, "portal/frameworks.html", {"entries": entries})


@policy(PUBLIC)
@public_page
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole framework on one screen."""
    card, asked, as_of = _card(request, slug)
    frame = framework_pages.frame(card, as_of=as_of, page="framework", question=_asked(asked))
    words = asked.text("q")
    return _page(
        request,
        "framework",
        frame,
        asked,
        leaves=framework_pages.tree(frame, words),
        q=words,
        description=text_in(card.document.description),
        stated=framework_pages.stated_lines(card.document),
        listed=framework_pages.listed_words(card.document),
        summary=framework_pages.summary(card),
        files=framework_tables.files_of(frame, ["framework", "parts"]),
    )


@policy(PUBLIC)
@public_page
def framework_scorecard(request: HttpRequest, slug: str) -> HttpResponse:
    """KPI × state."""
    card, asked, as_of = _card(request, slug)
    years = card.years
    year = asked.one_of("year", [str(one) for one in years], "")
    card = card.in_year(int(year)) if year else card
    frame = framework_pages.frame(card, as_of=as_of, page="framework-scorecard", question=_asked(asked))
    shown = Paginator(card.document.kpis, ON_A_PAGE).get_page(asked.page())
    return _page(
        request,
        "framework_scorecard",
        frame,
        asked,
        page_obj=shown,
        table=framework_pages.scorecard_table(frame, list(shown.object_list)),
        summary=framework_pages.summary(card),
        files=framework_tables.files_of(frame, ["scorecard", "inputs", "figures", "regional"], year=year),
        as_sdmx=framework_tables.messages_of(frame),
        **framework_pages.embed(
            frame, "embed-scorecard", title=_("Scorecard: {framework}").format(framework=card.document.name)
        ),
        may_see_provisional=_may_see_provisional(request),
        year=year,
        years=[(str(one), str(one) == year) for one in years],
        states=[(member.name, frame.place.page("framework-country", member.area)) for member in card.states],
    )


def _may_see_provisional(request: HttpRequest) -> bool:
    """Whether a link to the provisional view is of use to this reader; nobody without a session is looked up."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and can(request.user, Verb.PROVISIONAL)


@policy(PUBLIC)
@public_page
def framework_part(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """A KPI, or a part of the tree with what hangs under it."""
    card, asked, as_of = _card(request, slug, broken_down=True)
    part = card.document.by_uid.get(uid)
    if part is None:
        raise Http404
    place = framework_pages.Place(slug, as_of)
    trail = [Link(above.code or above.name, place.part(above.uid)) for above in card.document.way_to(uid)]
    trail.append(Link(f"{part.code} {part.name}".strip() if len(part.name) < 60 else part.code or part.level.title))
    frame = framework_pages.frame(
        card, as_of=as_of, page="framework-part", arguments=[uid], trail=trail, question=_asked(asked)
    )
    below = {one.uid for one in card.document.within(uid)} - {uid}
    common: dict[str, Any] = {
        "part": part,
        "certainty": framework_marks.certainty(part.title.certainty),
        "text_certainty": framework_marks.certainty(part.text.certainty),
        "note": text_in(part.note),
        "leaves": framework_pages.tree(frame, only=below),
        "facts": framework_kpi.facts_of(frame, part),
    }
    if part.kpi is None:
        files = framework_tables.files_of(frame, ["parts", "scorecard"], part=uid)
        return _page(request, "framework_part", frame, asked, **common, files=files)
    return _page(request, "framework_kpi", frame, asked, **common, **_kpi(frame, uid, asked))


def _kpi(frame: Frame, uid: str, asked: Asked) -> dict[str, Any]:
    part, card = frame.document.by_uid[uid], frame.card
    flows = framework_sources.titles_of(card)
    area = asked.text("area")
    member = next((one for one in card.states if one.area == area), None)
    return {
        "shown": framework_marks.class_html(card.shown(uid, "")),
        "said": framework_kpi.said(frame, part),
        "figure": framework_kpi.drawing(frame, part),
        "areas": framework_kpi.areas_table(frame, part),
        "aims": framework_kpi.aims_table(frame, part),
        "gaps": framework_kpi.gaps_table(frame, part),
        "sources": framework_sources.sources_table(part, flows),
        "offers": framework_sources.offers_table(frame, part, member, flows) if member else None,
        "coverage": framework_sources.coverage_table(frame, part),
        "parts": framework_sources.parts_table(frame, part, opened) if (opened := _year_of(asked)) else None,
        "own_regions": framework_sources.own_regions_table(frame, part, flows),
        **_group(frame, uid, asked),
        "method": framework_kpi.method_of(card, part),
        "projection": framework_kpi.projection_words(frame, part),
        "related": slots.links_for(slots.KPI_RELATED, framework=card.document.slug, part=uid),
        "history": framework_kpi.history_table(frame, part),
        "turn": framework_kpi.turn_words(part),
        **framework_pages.embed(frame, "embed-kpi", uid, title=part.name),
        "files": framework_tables.files_of_kpi(frame, uid, {name: asked.texts(name) for name in ("group", "areas")}),
        "as_sdmx": framework_tables.messages_of(frame, uid),
        "years_url": frame.place.page("framework-completeness", kpi=uid),
    }


def _year_of(asked: Asked) -> int | None:
    """The period of a regional figure that is to be opened into its parts."""
    text = asked.text("year")
    try:
        return periods.parse(text) if text else None
    except periods.PeriodNotRead:
        asked.leave_out(_("“{word}” is no period.").format(word=text))
        return None


def _group(frame: Frame, uid: str, asked: Asked) -> dict[str, Any]:
    """The group of states that was asked for: a known one, or any selection."""
    states = {member.area: member.name for member in frame.card.members}
    name = asked.one_of("group", list(GROUPS), "")
    areas = asked.known("areas", states)
    title = ", ".join(states[area] for area in areas)
    if name and not areas:
        title, areas = str(GROUPS[name][0]), list(GROUPS[name][1])
    part = frame.document.by_uid[uid]
    return {
        "group": framework_sources.group_table(frame, part, title, areas) if areas else None,
        "groups": [(key, str(words), key == name) for key, (words, _areas) in GROUPS.items()],
        "group_states": [(area, words, area in areas) for area, words in states.items()],
    }


@policy(PUBLIC)
@public_page
def framework_country(request: HttpRequest, slug: str, iso2: str) -> HttpResponse:
    """One state against the framework."""
    card, asked, as_of = _card(request, slug)
    member = next((one for one in card.states if one.area == iso2), None)
    if member is None:
        raise Http404
    trail = [Link(member.name)]
    frame = framework_pages.frame(
        card, as_of=as_of, page="framework-country", arguments=[iso2], trail=trail, question=_asked(asked)
    )
    have = sum(card.latest(part.uid, iso2) is not None for part in card.document.kpis)
    table = framework_tables.country_table(frame, iso2)
    return _page(
        request,
        "framework_country",
        frame,
        asked,
        member=member,
        table=table,
        have=have,
        total=len(card.document.kpis),
        files=framework_tables.files_of(frame, ["scorecard", "figures", "incomplete"], area=iso2),
    )


@policy(PUBLIC)
@public_page
def framework_completeness(request: HttpRequest, slug: str) -> HttpResponse:
    """KPI × state: have, provisional, old, missing; with ?kpi=, by year and breakdown."""
    card, asked, as_of = _card(request, slug, broken_down=True)
    frame = framework_pages.frame(card, as_of=as_of, page="framework-completeness", question=_asked(asked))
    measured = {part.uid: part for part in card.document.kpis}
    chosen = next(iter(asked.known("kpi", measured, most=1)), "")
    shown = Paginator(card.document.kpis, ON_A_PAGE).get_page(asked.page())
    return _page(
        request,
        "framework_completeness",
        frame,
        asked,
        page_obj=shown,
        one=framework_tables.years_table(frame, measured[chosen]) if chosen else None,
        table=None if chosen else framework_tables.completeness_table(frame, list(shown.object_list)),
        kpis=[(part.uid, f"{part.code} {part.name}".strip()[:90], part.uid == chosen) for part in card.document.kpis],
        files=framework_tables.files_of(frame, ["completeness"], part=chosen),
    )


@policy(PUBLIC)
@public_page
def framework_incomplete(request: HttpRequest, slug: str) -> HttpResponse:
    """For each KPI and state what is missing, since when, and whose turn it is."""
    card, asked, as_of = _card(request, slug, broken_down=True)
    frame = framework_pages.frame(card, as_of=as_of, page="framework-incomplete", question=_asked(asked))
    gaps = list(Completeness(card).gaps())
    what = asked.one_of("what", list(GAPS), "")
    turns = sorted({gap.turn for gap in gaps if gap.turn})
    turn = next(iter(asked.known("turn", turns, most=1)), "") if asked.text("turn") else ""
    wanted = [gap for gap in gaps if what in ("", gap.what) and turn in ("", gap.turn)]
    shown = Paginator(wanted, GAPS_ON_A_PAGE).get_page(asked.page())
    return _page(
        request,
        "framework_incomplete",
        frame,
        asked,
        page_obj=shown,
        table=framework_tables.gap_table(frame, list(shown.object_list)),
        said=framework_tables.gap_words(gaps, len(card.document.kpis)),
        kinds=[(name, str(word), name == what) for name, word in GAPS.items()],
        turns=[(word, word == turn) for word in turns],
        files=framework_tables.files_of(frame, ["incomplete"]),
    )


@policy(PUBLIC)
@public_page
def framework_changes_since(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two dates."""
    asked = Asked(request.GET)
    as_of, since = asked.as_of(), asked.as_of("since")
    try:
        card, before, editions = compared(slug, since=since, as_of=as_of)
    except UnknownFramework:
        raise Http404 from None
    frame = framework_pages.frame(card, as_of=as_of, page="framework-changes", question=_asked(asked))
    nothing_then = since is not None and before is None
    return _page(
        request,
        "framework_changes",
        frame,
        asked,
        table=framework_changes.table_of(frame, before) if before is not None else None,
        problem=_("Nothing of this framework was public then.") if nothing_then else "",
        since=asked.text("since")[:10],
        until=card.day.isoformat() if as_of is not None else "",
        editions=framework_changes.editions_table(frame, editions),
        files=framework_tables.files_of(frame, ["editions"])
        + (framework_tables.files_of(frame, ["changes"], since=asked.text("since")) if before is not None else []),
    )


@policy(PUBLIC)
@public_page
def framework_crosswalk(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of the parts of an old plan in a new one."""
    asked = Asked(request.GET)
    as_of = asked.as_of()
    try:
        card, documents = scorecard_and_others(slug, as_of=as_of)
    except UnknownFramework:
        raise Http404 from None
    frame = framework_pages.frame(card, as_of=as_of, page="framework-crosswalk", question=_asked(asked))
    tables = framework_changes.crosswalk_tables(frame, documents)
    files = framework_tables.files_of(frame, ["crosswalk"]) if tables else []
    return _page(request, "framework_crosswalk", frame, asked, tables=tables, files=files)
