"""What is asked of the register. Which indicators are public now is for `releases` to say: join by slug or id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from adme.indicators.errors import UnknownIndicator
from adme.indicators.models import Indicator, Report, SearchDocument, Topic
from adme.indicators.words import words_of

__all__ = [
    "REPORT",
    "Hit",
    "headlines",
    "indicator_by_slug",
    "indicators_of",
    "report_name",
    "report_named",
    "reports_of",
    "search",
    "topics_with_children",
    "units_of",
]

MOST_CANDIDATES = 2_000
"""Documents that are ranked for one search; more are cut off in the order of their ids."""
MOST_WORDS = 12
REPORT = "metadata"
"""The kind of what is found in an approved metadata report."""


def indicator_by_slug(slug: str) -> Indicator:
    """The indicator with its dataflow, provider and topics. UnknownIndicator."""
    found = _with_all().filter(slug=slug).first()
    if found is None:
        raise UnknownIndicator(slug)
    return found


def indicators_of(*, topic: str = "", dataflow: str = "", slugs: Iterable[str] | None = None) -> QuerySet[Indicator]:
    """Indicators by topic (with the topics below it), dataflow id, or slugs; all without a condition."""
    found = _with_all()
    if topic:
        found = found.filter(Q(topics__slug=topic) | Q(topics__parent__slug=topic)).distinct()
    if dataflow:
        found = found.filter(dataflow__artefact_id=dataflow)
    if slugs is not None:
        found = found.filter(slug__in=list(slugs))
    return found


def headlines() -> QuerySet[Indicator]:
    """The indicators chosen for the first page, in their order."""
    return _with_all().filter(headline_position__isnull=False).order_by("headline_position", "slug")


def topics_with_children() -> list[tuple[Topic, list[Topic]]]:
    """Topics at the top, each with the topics below it, in their order. One query."""
    every = list(Topic.objects.all())
    return [(top, [one for one in every if one.parent_id == top.pk]) for top in every if top.parent_id is None]


def units_of(dataflow_id: int) -> dict[str, str]:
    """Code of each indicator of a dataflow → the unit code that the register gives it; without those that have none."""
    rows = Indicator.objects.filter(dataflow_id=dataflow_id).exclude(unit_code="")
    return dict(rows.values_list("code_id", "unit_code"))


def report_name(slug: str, area: str) -> str:
    """What a report is found by: the indicator's slug, and the area it is about."""
    return f"{slug}@{area}" if area else slug


def report_named(name: str) -> tuple[str, str]:
    """The slug and the area of such a name."""
    slug, _at, area = name.partition("@")
    return slug, area


def reports_of(slugs: Iterable[str]) -> list[str]:
    """The names of the approved reports on some indicators. One query."""
    wanted = set(slugs)
    rows = Report.objects.filter(public__isnull=False).values_list("indicator__slug", "area")
    return sorted(report_name(slug, area) for slug, area in rows if slug in wanted)


def _with_all() -> QuerySet[Indicator]:
    return Indicator.objects.select_related("dataflow__provider", "dataflow__data_structure").prefetch_related("topics")


# --- by words -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """Something found: `rank` is larger for a better one, and comparable within one search."""

    kind: str
    slug: str
    language: str
    title: str
    rank: float


def search(
    text: str,
    *,
    kinds: Sequence[str] = (),
    language: str = "",
    among: Mapping[str, Sequence[str]] | None = None,
) -> list[Hit]:
    """What is found by words, the best first; each thing once, in the language it was found best in.

    `among` maps kinds to the slugs that may be found (other kinds: none). Public pages give what is public, so that
    what is hidden can neither fill the list nor decide whether the second, wider search is made.

    Every word must be there, as a whole or as the beginning of one. Where that finds nothing, words may stand anywhere
    inside others: a part of a Thai compound is found so. The same on each database: they find, and Python ranks.
    """
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return []
    found = _documents(_with_beginnings(words), kinds, among) or _documents(_containing(words), kinds, among)
    hits = [Hit(one.kind, one.slug, one.language, one.title, _rank(one, words, language)) for one in found]
    best: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=_order):
        best.setdefault((hit.kind, hit.slug), hit)
    return list(best.values())


def _order(hit: Hit) -> tuple[float, bool, int, str, str, str]:
    """A report has the title of its indicator: where words fit both as well, indicators come first."""
    return (-hit.rank, hit.kind == REPORT, len(hit.title), hit.kind, hit.slug, hit.language)


def _documents(
    found: QuerySet[SearchDocument], kinds: Sequence[str], among: Mapping[str, Sequence[str]] | None
) -> list[SearchDocument]:
    if kinds:
        found = found.filter(kind__in=kinds)
    if among is not None:
        allowed = Q(pk__in=[])
        for kind, slugs in among.items():
            allowed |= Q(kind=kind, slug__in=slugs)
        found = found.filter(allowed)
    return list(found.order_by("id")[:MOST_CANDIDATES])


def _with_beginnings(words: Sequence[str]) -> QuerySet[SearchDocument]:
    # Words hold letters, digits and vowel signs only, so quotation marks cannot be broken out of.
    if connection.vendor == "sqlite":
        match = " AND ".join(f'"{word}"*' for word in words)
        condition = "indicators_searchdocument.id IN (SELECT rowid FROM indicators_searchwords WHERE words MATCH %s)"
    else:
        match = " & ".join(f"'{word}':*" for word in words)
        condition = "array_to_tsvector(string_to_array(indicators_searchdocument.words, ' ')) @@ %s::tsquery"
    return SearchDocument.objects.extra(where=[condition], params=[match])  # noqa: S610 - words are parameters


def _containing(words: Sequence[str]) -> QuerySet[SearchDocument]:
    found = SearchDocument.objects.all()
    for word in words:
        found = found.filter(words__contains=word)
    return found


def _rank(document: SearchDocument, words: Sequence[str], language: str) -> float:
    """Words in the title count most, whole words more than beginnings, a short title more than a long one."""
    title = document.title_words.split()
    everything = set(document.words.split())
    rank = 0.0
    for word in words:
        rank += 4 * (word in title) + 2 * any(one.startswith(word) for one in title) + (word in everything)
        rank += word in document.title_words
    if title[: len(words)] == list(words):
        rank += 3
    return rank + (len(words) / (len(title) or 1)) + (0.5 if language and document.language == language else 0)
