"""Questions about people, organisations and what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import models

from adme.accounts.models import AuditEntry, Organisation, User
from adme.lib import clock


def people() -> models.QuerySet[User]:
    """Everybody, with organisation and grants at hand."""
    return User.objects.select_related("organisation").prefetch_related("grants__organisation")


def organisations() -> models.QuerySet[Organisation]:
    """Every organisation, member states first, with the dates of their membership at hand."""
    rank = models.Case(models.When(kind=Organisation.Kind.MEMBER_STATE, then=0), default=1)
    return Organisation.objects.prefetch_related("memberships").order_by(rank, "kind", "code")


def audit_entries(asked: Mapping[str, str]) -> models.QuerySet[AuditEntry]:
    """Entries, newest first; `asked` may hold action (a beginning), actor, object_type and object_id (exact)."""
    entries = AuditEntry.objects.all()
    if asked.get("action"):
        entries = entries.filter(action__startswith=asked["action"])
    exact = {name: asked[name] for name in ("actor", "object_type", "object_id") if asked.get(name)}
    return entries.filter(**exact)


def audit_rows(asked: Mapping[str, str]) -> Iterator[list[str]]:
    """The same as rows of text under a header, oldest first, streaming: what the download holds."""
    yield ["sequence", "at", "actor", "action", "object_type", "object_id", "reason", "detail", "entry_hash"]
    for entry in audit_entries(asked).order_by("sequence").iterator(chunk_size=1_000):
        at = clock.from_instant(clock.to_instant(entry.at)).isoformat()
        names = (entry.actor, entry.action, entry.object_type, entry.object_id, entry.reason, entry.detail)
        yield [str(entry.sequence), at, *names, entry.entry_hash]
