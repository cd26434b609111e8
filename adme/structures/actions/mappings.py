"""Remembering a mapping for the next file of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import Dataflow, DataProvider, Mapping
from adme.structures.queries import header_digest


@transaction.atomic
def remember_mapping(
    *,
    dataflow: Dataflow,
    name: str,
    declaration: str,
    header: Sequence[str],
    by: User | str,
    reason: str,
    provider: DataProvider | None = None,
) -> Mapping:
    """Keep a mapping's text under a name, for the provider of the dataflow unless another is given.

    Of that name there is one for each provider and dataflow: a later one takes its place, and the audit trail keeps
    the old text. `header` are the headings of the file it was made for. MappingUnreadable when the text is none.
    """
    if isinstance(by, User):
        require(by, Verb.PREPARE)
    from_yaml(declaration)
    whose = provider or dataflow.provider
    said: dict[str, Any] = {
        "declaration": declaration,
        "header_digest": header_digest(header),
        "updated_at": clock.now(),
        "updated_by": by.get_username() if isinstance(by, User) else by,
    }
    # Two checks may remember the first of a name at once: the later one finds the other's and takes its place.
    of_name = Mapping.objects.select_for_update(of=("self",))
    kept, is_new = of_name.get_or_create(provider=whose, dataflow=dataflow, name=name, defaults=said)
    before = "" if is_new else kept.declaration
    if not is_new:
        for field, value in said.items():
            setattr(kept, field, value)
        kept.save(update_fields=list(said))
    audit.record(
        by=by,
        action="structures.mapping.remembered",
        object_type="mapping",
        object_id=f"{dataflow.reference} {name}"[:200],
        reason=reason,
        detail={"old": before, "new": declaration},
    )
    return kept
