"""Receiving a file: kept as it came, looked at in a limited child process, or turned away at the door."""

from __future__ import annotations

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.collection.errors import FileRefused
from adme.collection.files import RECEIVED, Kept, chunks_of, plain_name
from adme.collection.models import SourceFile
from adme.lib import clock
from adme.lib.tabular.reading import sniff
from adme.lib.tabular.refusals import TableRefused

__all__ = ["receive_file", "upload_limit"]


def upload_limit() -> int:
    """The most bytes of one file."""
    from django.conf import settings

    limit: int = settings.MAX_UPLOAD_BYTES
    return limit


def receive_file(*, file: object, name: str, by: User, reason: str = "") -> SourceFile:
    """Keep a file (upload, open file, path or bytes) exactly as it came. `name` is what its sender calls it.

    FileTooLarge, FileEmpty; FileRefused where it is no table, or one that cannot be read safely: then nothing but an
    audit entry is kept. Nothing is half done when it breaks off.
    """
    require(by, Verb.PREPARE)
    label = plain_name(name)
    kept = RECEIVED.keep(chunks_of(file), limit=upload_limit())
    try:
        facts = sniff(kept.path, label)
    except TableRefused as refusal:
        _note_refusal(kept, label, refusal, by=by)
        raise FileRefused.of(refusal) from refusal
    with transaction.atomic():
        source_file = SourceFile.objects.create(
            digest=kept.digest,
            name=label,
            size=kept.size,
            received_at=clock.now(),
            received_by=by.username,
            facts=facts.to_dict(),
        )
        audit.record(
            by=by,
            action="collection.file.received",
            object_type="source_file",
            object_id=source_file.pk,
            reason=reason,
            detail={"name": label, "size": kept.size, "sha256": kept.digest},
        )
    return source_file


@transaction.atomic
def _note_refusal(kept: Kept, label: str, refusal: TableRefused, *, by: User) -> None:
    audit.record(
        by=by,
        action="collection.file.refused",
        object_type="file",
        object_id=kept.digest,
        reason=refusal.code,
        detail={"name": label, "size": kept.size},
    )
