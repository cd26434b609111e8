"""What is asked about frameworks: which there are, an edition as of an instant, its document, what people decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import OuterRef, QuerySet, Subquery

from adme.frameworks.document import Document
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.models import Consent, CrosswalkLink, Edition, Framework, Override
from adme.frameworks.reading import read
from adme.lib import clock

__all__ = [
    "Current",
    "consents_at",
    "crosswalk_at",
    "document_of",
    "draft_of",
    "edition_at",
    "editions_of",
    "frameworks_at",
    "moment_of",
    "overrides_at",
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
    """Every framework with an approved edition at an instant, fixtures last. One query, and one for documents that
    this process has not read before."""
    newest = _approved(instant).filter(framework=OuterRef("framework")).order_by("-approved_instant").values("pk")[:1]
    found = _approved(instant).filter(pk=Subquery(newest)).select_related("framework").defer("content")
    ordered = found.order_by("framework__is_fixture", "framework__slug")
    return [Current(edition.framework, edition, document_of(edition)) for edition in ordered]


def edition_at(slug: str, instant: int) -> Current:
    """The framework `slug` as it stood at an instant. UnknownFramework where nothing of it was approved then."""
    found = (
        _approved(instant)
        .filter(framework__slug=slug)
        .select_related("framework")
        .defer("content")
        .order_by("-approved_instant")
        .first()
    )
    if found is None:
        raise UnknownFramework(slug)
    return Current(found.framework, found, document_of(found))


def editions_of(framework: Framework, instant: int) -> QuerySet[Edition]:
    """The approved editions up to an instant, newest first."""
    return _approved(instant).filter(framework=framework).defer("content").order_by("-approved_instant")


def draft_of(slug: str) -> Edition | None:
    """The open draft of a framework."""
    return Edition.objects.filter(framework__slug=slug, state=Edition.State.DRAFT).select_related("framework").first()


def document_of(edition: Edition) -> Document:
    """An edition as a document; the same content is read once by each process."""
    return _document(edition.digest)


@lru_cache(maxsize=KEPT)
def _document(digest: str) -> Document:
    content = Edition.objects.filter(digest=digest).values_list("content", flat=True)[:1].get()
    return read(content)


def _approved(instant: int) -> QuerySet[Edition]:
    return Edition.objects.filter(state=Edition.State.APPROVED, approved_instant__lte=instant)


def overrides_at(framework_ids: Iterable[int], instant: int) -> list[Override]:
    """The overrides that stood at an instant and had not come to their end."""
    day = clock.from_instant(instant).date()
    found = Override.objects.standing_at(instant).filter(node__framework__in=list(framework_ids), ends_date__gte=day)
    return list(found.select_related("node"))  # type: ignore[arg-type]


def consents_at(framework_ids: Iterable[int], instant: int) -> dict[int, set[str]]:
    """Framework → area codes of the states that had agreed at an instant to show their own classes."""
    found: dict[int, set[str]] = {}
    standing = Consent.objects.standing_at(instant).filter(framework__in=list(framework_ids))
    for framework_id, area in standing.values_list("framework_id", "area"):
        found.setdefault(framework_id, set()).add(area)
    return found


def crosswalk_at(framework: Framework, instant: int) -> list[CrosswalkLink]:
    """The links from and to a framework that stood at an instant."""
    both = CrosswalkLink.objects.standing_at(instant).filter(from_framework=framework) | (
        CrosswalkLink.objects.standing_at(instant).filter(to_framework=framework)
    )
    related = ("from_framework", "to_framework", "from_node", "to_node")
    return list(both.select_related(*related).order_by("pk"))  # type: ignore[arg-type]
