"""Making and changing topics and indicators. Every change is audited, and can be found by its words at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.indicators.actions.search import indicators_as_findable, topics_as_findable, write_documents
from adme.indicators.errors import IndicatorRefused, UnknownTopic
from adme.indicators.models import Indicator, Topic
from adme.lib.texts import Text
from adme.structures.models import Dataflow

BATCH = 200
AUDITED = 200
"""So many indicators stand in one audit entry with old and new; the counts are always whole."""


@dataclass(frozen=True)
class NewTopic:
    """A topic to be, or its new texts."""

    slug: str
    name: Text
    parent: str = ""
    position: int = 0


@dataclass(frozen=True)
class NewIndicator:
    """An indicator to be, or what it is to become. `topics` are slugs; `code_id` is a code of the dataflow."""

    slug: str
    code_id: str
    title: Text
    definition: Text = field(default_factory=dict)
    unit: Text = field(default_factory=dict)
    unit_code: str = ""
    frequency: str = "A"
    source: Text = field(default_factory=dict)
    source_address: str = ""
    method: Text = field(default_factory=dict)
    coverage: Text = field(default_factory=dict)
    contact: Text = field(default_factory=dict)
    licence: str = ""
    topics: Sequence[str] = ()
    references: dict[str, Any] = field(default_factory=dict)
    headline_position: int | None = None


_PLAIN = tuple(one.name for one in fields(NewIndicator) if one.name != "topics")
_CHANGING = [name for name in _PLAIN if name != "slug"]


@transaction.atomic
def set_topics(*, topics: Sequence[NewTopic], by: User | str, reason: str) -> list[Topic]:
    """Make topics that are new, change those that are there; others stay. UnknownTopic for a parent that is none."""
    _may(by)
    there = {topic.slug: topic for topic in Topic.objects.select_for_update()}
    old = {slug: {"name": topic.name, "position": topic.position} for slug, topic in there.items()}
    for wanted in topics:
        topic = there.setdefault(wanted.slug, Topic(slug=wanted.slug))
        topic.name, topic.position = wanted.name, wanted.position
        if wanted.parent and wanted.parent not in there:
            raise UnknownTopic(wanted.parent)
        topic.parent = there[wanted.parent] if wanted.parent else None
        _clean(topic, exclude=["parent"])
        topic.save()
    slugs = [wanted.slug for wanted in topics]
    changed = [there[slug] for slug in slugs]
    write_documents(topics_as_findable(changed))
    audit.record(
        by=by,
        action="indicators.topics.set",
        object_type="topic",
        object_id=",".join(slugs)[:200] or "none",
        reason=reason,
        detail={"old": {slug: old[slug] for slug in slugs if slug in old}, "new": {t.slug: t.name for t in changed}},
    )
    return changed


@transaction.atomic
def set_indicators(
    *, dataflow: Dataflow, indicators: Sequence[NewIndicator], by: User | str, reason: str
) -> list[Indicator]:
    """Make indicators that are new and change those that are there, by slug; others stay. Few queries for hundreds.

    IndicatorRefused when a slug belongs to another dataflow, a code is not one of the indicator dimension or is
    another indicator's, or a text is malformed; UnknownTopic.
    """
    _may(by)
    wanted = {one.slug: one for one in indicators}
    if len(wanted) != len(indicators):
        raise IndicatorRefused(_("A slug stands twice."))
    there = {one.slug: one for one in _existing(wanted)}
    _check_codes(dataflow, indicators)
    _check_owner(dataflow, there.values())
    old = {slug: _shown(one) for slug, one in there.items()}
    for slug, one in wanted.items():
        indicator = there.setdefault(slug, Indicator(slug=slug, dataflow=dataflow))
        for name in _CHANGING:
            setattr(indicator, name, getattr(one, name))
        _clean(indicator, exclude=["dataflow"])
    new = [there[slug] for slug in wanted if slug not in old]
    changed = [there[slug] for slug in wanted if slug in old and old[slug] != _shown(there[slug])]
    Indicator.objects.bulk_create(new, batch_size=BATCH)
    Indicator.objects.bulk_update(changed, _CHANGING, batch_size=BATCH)
    _set_topics_of(wanted)
    made = list(Indicator.objects.filter(dataflow=dataflow, slug__in=list(wanted)).prefetch_related("topics"))
    write_documents(indicators_as_findable(made))
    _record(dataflow, new, changed, old, by=by, reason=reason)
    return made


def _existing(wanted: Iterable[str]) -> list[Indicator]:
    slugs = list(wanted)
    found: list[Indicator] = []
    for start in range(0, len(slugs), BATCH):
        found += Indicator.objects.select_for_update().filter(slug__in=slugs[start : start + BATCH])
    return found


def _may(by: User | str) -> None:
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)


def _clean(one: Indicator | Topic, exclude: list[str]) -> None:
    try:
        one.clean_fields(exclude=exclude)
    except ValidationError as error:
        told = "; ".join(f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise IndicatorRefused(_("“%(slug)s” is not of the right form.") % {"slug": one.slug}, told) from error


def _check_codes(dataflow: Dataflow, indicators: Sequence[NewIndicator]) -> None:
    component = dataflow.data_structure.components.select_related("code_list").get(
        component_id=dataflow.indicator_dimension
    )
    assert component.code_list is not None  # noqa: S101 - a dimension is coded, by a constraint
    known = set(component.code_list.codes.values_list("code_id", flat=True))
    unknown = sorted({one.code_id for one in indicators} - known)
    if unknown:
        raise IndicatorRefused(_("There is no such code in %(list)s.") % {"list": component.code_list}, unknown[0])
    wanted = {one.code_id: one.slug for one in indicators}
    taken = Indicator.objects.filter(dataflow=dataflow).values_list("code_id", "slug")
    clash = next((code for code, slug in taken if wanted.get(code, slug) != slug), None)
    if clash or len(wanted) != len(indicators):
        raise IndicatorRefused(_("A code belongs to one indicator only."), clash or "")


def _check_owner(dataflow: Dataflow, there: Iterable[Indicator]) -> None:
    for one in there:
        if one.dataflow_id != dataflow.pk:
            raise IndicatorRefused(_("“%(slug)s” belongs to another dataflow.") % {"slug": one.slug})


def _set_topics_of(wanted: dict[str, NewIndicator]) -> None:
    """Replace the topics of these indicators, all at once."""
    slugs = sorted({slug for one in wanted.values() for slug in one.topics})
    topics = {topic.slug: topic.pk for topic in Topic.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in topics:
            raise UnknownTopic(slug)
    pks = {one.slug: one.pk for one in _existing(wanted)}
    through = Indicator.topics.through
    links = [
        through(indicator_id=pks[slug], topic_id=topics[topic])
        for slug, one in wanted.items()
        for topic in dict.fromkeys(one.topics)
    ]
    chosen = list(pks.values())
    for start in range(0, len(chosen), BATCH):
        through.objects.filter(indicator_id__in=chosen[start : start + BATCH]).delete()
    through.objects.bulk_create(links, batch_size=BATCH)


def _shown(one: Indicator) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _CHANGING}


def _record(
    dataflow: Dataflow,
    new: list[Indicator],
    changed: list[Indicator],
    old: dict[str, dict[str, Any]],
    *,
    by: User | str,
    reason: str,
) -> None:
    told = changed[:AUDITED]
    audit.record(
        by=by,
        action="indicators.register.changed",
        object_type="dataflow",
        object_id=dataflow.reference,
        reason=reason,
        detail={
            "added": len(new),
            "slugs": [one.slug for one in new[:AUDITED]],
            "changed": len(changed),
            "old": {one.slug: old[one.slug] for one in told},
            "new": {one.slug: _shown(one) for one in told},
        },
    )
