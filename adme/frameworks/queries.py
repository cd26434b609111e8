"""What is asked about frameworks: which there are, an edition as of an instant, its document, what people decided."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    F,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from adme.accounts.roles import Role
from adme.frameworks.document import Document
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.models import Consent, CrosswalkLink, Edition, Framework, Override
from adme.frameworks.reading import read
from adme.frameworks.sections import Tables
from adme.lib import clock
from adme.lib.texts import Text, text_in

__all__ = [
    "Current",
    "OverrideTold",
    "Standing",
    "crosswalk_at",
    "document_of",
    "draft_of",
    "edition_at",
    "editions_standing",
    "frameworks_at",
    "history_at",
    "moment_of",
    "slugs_standing",
    "standing_at_each",
]

KEPT = 64
"""Documents kept in memory by each process; one of 200 KPIs takes about 2 MB."""


def moment_of(as_of: int | None) -> int:
    """The instant that words are read at: the one asked for, or the present (microseconds since the epoch)."""
    now = clock.now_instant()
    return now if as_of is None else min(as_of, now)


@dataclass(frozen=True)
class Current:
    """A framework with the edition that stood at an instant, and its document."""

    framework: Framework
    edition: Edition
    document: Document


def frameworks_at(instant: int) -> list[Current]:
    """Every framework with an approved edition at an instant, fixtures last. One query."""
    newest = _approved(instant).filter(framework=OuterRef("framework")).order_by("-approved_instant").values("pk")[:1]
    found = _with_unread(_approved(instant).filter(pk=Subquery(newest)))
    return [_current(edition) for edition in found.order_by("framework__is_fixture", "framework__slug")]


def edition_at(slug: str, instant: int) -> Current:
    """The framework `slug` as it stood at an instant; one query. UnknownFramework where nothing of it was approved."""
    found = _with_unread(_approved(instant).filter(framework__slug=slug)).order_by("-approved_instant").first()
    if found is None:
        raise UnknownFramework(slug)
    return _current(found)


def editions_standing() -> list[UUID]:
    """The approved editions, by their keys: what changes with the words of any framework. One query."""
    return list(_approved(moment_of(None)).order_by("pk").values_list("pk", flat=True))


def slugs_standing() -> list[str]:
    """The frameworks of which anything was ever approved. One query."""
    approved = _approved(moment_of(None)).order_by("framework__slug")
    return list(approved.values_list("framework__slug", flat=True).distinct())


def _with_unread(editions: QuerySet[Edition], read: Q | None = None) -> QuerySet[Edition]:
    """Editions with their content only where it will be `read` (None: everywhere) and this process has not read it
    before: one is half a megabyte."""
    with _lock:
        known = list(_shelf)
    nothing = Value(None, output_field=JSONField())
    whens = [When(digest__in=known, then=nothing), *([When(~read, then=nothing)] if read is not None else [])]
    unread = Case(*whens, default=F("content"), output_field=JSONField())
    return editions.select_related("framework").defer("content").annotate(unread=unread)


def _current(edition: Edition) -> Current:
    return Current(edition.framework, edition, _read(edition.digest, edition.unread))  # type: ignore[attr-defined]


def history_at(slug: str, instants: Sequence[int]) -> tuple[list[Edition], list[Current | None]]:
    """The approved editions up to the first instant, newest first, and the edition that stood at each of the instants
    (None where none did). One query."""
    approved = _approved(max(instants)).filter(framework__slug=slug).order_by("-approved_instant", "-pk")
    read = Q(pk__in=[])
    for instant in instants:
        read |= Q(pk=Subquery(approved.filter(approved_instant__lte=instant).values("pk")[:1]))
    editions = list(_with_unread(approved, read))
    newest = [next((one for one in editions if one.instant <= instant), None) for instant in instants]
    told = [one for one in editions if one.instant <= instants[0]]
    return told, [_current(one) if one is not None else None for one in newest]


def decided_at() -> int:
    """The instant of the latest decision beside any edition: made or withdrawn; 0 before the first. One query."""
    last = {"made": Max("made_instant"), "ended": Max("withdrawn_instant")}
    each = [
        model.objects.order_by().values(one=Value(1)).annotate(**last).values_list("made", "ended")
        for model in (Override, Consent)
    ]
    return max((one or 0 for row in each[0].union(*each[1:], all=True) for one in row), default=0)


def draft_of(slug: str) -> Edition | None:
    """The open draft of a framework."""
    return Edition.objects.filter(framework__slug=slug, state=Edition.State.DRAFT).select_related("framework").first()


def document_of(edition: Edition) -> Document:
    """An edition as a document; the same content is read once by each process."""
    return _read(edition.digest, None)


_shelf: OrderedDict[str, Document] = OrderedDict()
_lock = threading.Lock()


def _read(digest: str, content: Tables | None) -> Document:
    """The document of a digest: kept, or made of its content, which is fetched where it is not given."""
    with _lock:
        if digest in _shelf:
            _shelf.move_to_end(digest)
            return _shelf[digest]
    if content is None:
        content = Edition.objects.filter(digest=digest).values_list("content", flat=True)[:1].get()
    made = read(content)
    with _lock:
        _shelf[digest] = made
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)
    return made


def forget() -> None:
    """Drop every document that is kept: for tests of what a new process asks."""
    with _lock:
        _shelf.clear()


def _approved(instant: int) -> QuerySet[Edition]:
    return Edition.objects.filter(state=Edition.State.APPROVED, approved_instant__lte=instant)


class OverrideTold(NamedTuple):
    """An override as a reader meets it."""

    pk: int
    progress_class: str
    reason: str
    made_for: Text
    ends_date: dt.date
    withdrawn_instant: int | None

    @property
    def who(self) -> str:
        """Who set it, as the public is told: role and organisation, never the person."""
        role, organisation = str(Role.FRAMEWORK_APPROVER.label), text_in(self.made_for)
        return _("{role}, {organisation}").format(role=role, organisation=organisation) if organisation else role


@dataclass
class Standing:
    """What people had decided about a framework: overrides by part and area, and the states that had agreed to show
    their own classes."""

    overrides: dict[tuple[str, str], OverrideTold] = field(default_factory=dict)
    consents: set[str] = field(default_factory=set)


def standing_at_each(framework_ids: Iterable[int], instants: Sequence[int]) -> list[dict[int, Standing]]:
    """For each instant: framework → overrides that stood then and had not ended, and consents. One query."""
    pks = list(framework_ids)
    found: list[dict[int, Standing]] = [{pk: Standing() for pk in pks} for _instant in instants]
    asked = [one for place, instant in enumerate(instants) for one in _decided(place, pks, instant)]
    for place, framework_id, uid, area, *rest in asked[0].union(*asked[1:], all=True):
        own = found[place][framework_id]
        if uid:
            own.overrides[uid, area] = OverrideTold(*rest)
        else:
            own.consents.add(area)
    return found


def _decided(place: int, pks: list[int], instant: int) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Overrides and consents of an instant in the same columns; `place` comes first."""
    day = clock.from_instant(instant).date()
    overrides = Override.objects.standing_at(instant).filter(node__framework__in=pks, ends_date__gte=day)
    consents = Consent.objects.standing_at(instant).filter(framework__in=pks)
    at = Value(place, output_field=IntegerField())
    return [
        overrides.order_by().values_list(at, "node__framework", "node__uid", "area", *OverrideTold._fields),
        consents.order_by().values_list(
            at, "framework", Value(""), "area", "pk", Value(""), Value(""), Cast(Value(None), JSONField()),
            Cast(Value(None), DateField()), "withdrawn_instant",
        ),
    ]  # fmt: skip


def crosswalk_at(framework: Framework, instant: int) -> list[CrosswalkLink]:
    """The links from and to a framework that stood at an instant."""
    both = CrosswalkLink.objects.standing_at(instant).filter(from_framework=framework) | (
        CrosswalkLink.objects.standing_at(instant).filter(to_framework=framework)
    )
    related = ("from_framework", "to_framework", "from_node", "to_node")
    return list(both.select_related(*related).order_by("pk"))  # type: ignore[arg-type]
