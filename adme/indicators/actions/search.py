"""Keeping what can be found: one document for each thing and language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from adme.indicators.models import Indicator, ReportVersion, SearchDocument, Topic
from adme.indicators.queries import REPORT, report_name
from adme.indicators.words import words_of
from adme.lib import rich_text
from adme.lib.texts import Text

BATCH = 200


@dataclass(frozen=True)
class Findable:
    """A thing that can be found. `texts` are more texts of it (definition, source), `always` codes in no language."""

    kind: str
    slug: str
    title: Text
    texts: Sequence[Text] = ()
    always: Sequence[str] = ()


@transaction.atomic
def write_documents(things: Iterable[Findable]) -> int:
    """Make or replace the documents of these things; return how many were written.

    No entry of its own in the audit trail: whoever changes the thing records that, in the same transaction.
    """
    kept = list(things)
    for kind in {thing.kind for thing in kept}:
        slugs = [thing.slug for thing in kept if thing.kind == kind]
        for start in range(0, len(slugs), BATCH):
            SearchDocument.objects.filter(kind=kind, slug__in=slugs[start : start + BATCH]).delete()
    documents = [document for thing in kept for document in _documents(thing)]
    SearchDocument.objects.bulk_create(documents, batch_size=BATCH)
    return len(documents)


@transaction.atomic
def remove_documents(kind: str, slugs: Sequence[str]) -> None:
    """Make things unfindable."""
    SearchDocument.objects.filter(kind=kind, slug__in=list(slugs)).delete()


def indicators_as_findable(indicators: Iterable[Indicator]) -> list[Findable]:
    """Indicators with all their texts, their codes and the names of their topics; topics should be prefetched."""
    return [
        Findable(
            "indicator",
            one.slug,
            one.title,
            [one.definition, one.unit, one.source, *(topic.name for topic in one.topics.all())],
            [one.code_id, *(str(value) for value in one.references.values())],
        )
        for one in indicators
    ]


def reports_as_findable(versions: Iterable[ReportVersion]) -> list[Findable]:
    """Approved reports (with their indicators) by all that they say, under the title of their indicator."""
    found = []
    for one in versions:
        indicator = one.report.indicator
        texts = [{language: rich_text.plain(html) for language, html in text.items()} for text in one.texts.values()]
        found.append(Findable(REPORT, report_name(indicator.slug, one.report.area), indicator.title, texts))
    return found


def topics_as_findable(topics: Iterable[Topic]) -> list[Findable]:
    """Topics by their names."""
    return [Findable("topic", topic.slug, topic.name) for topic in topics]


def _documents(thing: Findable) -> list[SearchDocument]:
    languages = dict.fromkeys(language for text in (thing.title, *thing.texts) for language in text)
    always = [word for text in (*thing.always, thing.slug) for word in words_of(text)]
    return [
        SearchDocument(
            kind=thing.kind,
            slug=thing.slug,
            language=language,
            title=thing.title.get(language, ""),
            title_words=" ".join(words_of(thing.title.get(language, ""))),
            words=" ".join(dict.fromkeys([*_words(thing, language), *always])),
        )
        for language in languages
    ]


def _words(thing: Findable, language: str) -> list[str]:
    texts = (text.get(language, "") for text in (thing.title, *thing.texts))
    return [word for text in texts for word in words_of(text)]
