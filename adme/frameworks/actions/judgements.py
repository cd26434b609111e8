"""What people decide beside an edition: overrides, consents of states, links of a crosswalk. Made, then withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import Organisation, User
from adme.accounts.roles import Verb
from adme.frameworks.acting import check_reason, check_right, name_of
from adme.frameworks.errors import NotChangeable, ReasonMissing
from adme.frameworks.models import Consent, CrosswalkLink, Framework, Node, Override
from adme.frameworks.words import CLASSES
from adme.lib import clock
from adme.lib.texts import Text

Judged = Override | Consent | CrosswalkLink


@transaction.atomic
def override(
    *, node: Node, area: str, progress_class: str, ends_date: dt.date, by: User | str, reason: str
) -> Override:
    """Set a class beside the computed one, until a day. An override that stands for the same KPI and area ends."""
    check_right(by, Verb.APPROVE_FRAMEWORK)
    reason = check_reason(reason)
    if progress_class not in CLASSES or not node.is_measured:
        raise NotChangeable(_("There is no such progress class, or nothing is measured here."))
    if ends_date < clock.now().date():
        raise NotChangeable(_("The end date has passed already."))
    _known_area(area)
    # Decisions on one framework wait for each other: nobody meets the database's refusal of a second one that stands.
    Framework.objects.select_for_update().get(pk=node.framework_id)
    # Each with its row: one that is being withdrawn has been withdrawn by then, and keeps who did it and why.
    of_cell = Override.objects.select_for_update().filter(node=node, area=area, withdrawn_instant__isnull=True)
    standing: list[Any] = list(of_cell)
    now = clock.now_instant()
    Override.objects.filter(pk__in=[one.pk for one in standing]).update(
        withdrawn_instant=now, withdrawn_by=name_of(by), withdrawn_reason=reason
    )
    made = Override.objects.create(
        node=node,
        area=area,
        progress_class=progress_class,
        reason=reason,
        made_for=by.organisation.name if isinstance(by, User) and by.organisation else {},
        ends_date=ends_date,
        made_by=name_of(by),
        made_instant=now,
    )
    for one in standing:
        _record(one, "override.withdrawn", by, reason, {"replaced_by": str(made.pk)})
    _record(made, "override.made", by, reason, {"area": area, "class": progress_class, "ends": str(ends_date)})
    return made


@transaction.atomic
def consent(
    *, framework: Framework, area: str, document: str, agreed_date: dt.date, by: User | str, reason: str
) -> Consent:
    """Write down that a member state agrees to show its own classes, by which document."""
    check_right(by, Verb.APPROVE_FRAMEWORK)
    if not document.strip():
        raise ReasonMissing(_("The document"))
    if not area:
        raise NotChangeable(_("Consent is a state's, not the region's."))
    _known_area(area)
    Framework.objects.select_for_update().get(pk=framework.pk)
    if Consent.objects.filter(framework=framework, area=area, withdrawn_instant__isnull=True).exists():
        raise NotChangeable(_("This state has agreed already."))
    made = Consent.objects.create(
        framework=framework,
        area=area,
        document=document.strip(),
        agreed_date=agreed_date,
        made_by=name_of(by),
        made_instant=clock.now_instant(),
    )
    _record(made, "consent.made", by, reason or document, {"area": area})
    return made


@transaction.atomic
def link(
    *,
    from_framework: Framework,
    to_framework: Framework,
    relation: str,
    by: User | str,
    reason: str,
    from_node: Node | None = None,
    to_node: Node | None = None,
    note: Text | None = None,
    source: str = "",
    certainty: str = "",
) -> CrosswalkLink:
    """Say what became of a part of an old plan in a new one."""
    check_right(by, Verb.APPROVE_FRAMEWORK)
    ends = {"dropped": (True, False), "new": (False, True)}.get(relation, (True, True))
    if relation not in CrosswalkLink.Relation.values or ends != (from_node is not None, to_node is not None):
        raise NotChangeable(_("This relation needs other ends."))
    made = CrosswalkLink.objects.create(
        from_framework=from_framework,
        to_framework=to_framework,
        from_node=from_node,
        to_node=to_node,
        relation=relation,
        note=note or {},
        source=source,
        certainty=certainty,
        made_by=name_of(by),
        made_instant=clock.now_instant(),
    )
    _record(made, "link.made", by, reason, {"relation": relation})
    return made


@transaction.atomic
def withdraw(*, judged: Judged, by: User | str, reason: str) -> None:
    """End an override, a consent or a link from now on; the past keeps it."""
    check_right(by, Verb.APPROVE_FRAMEWORK)
    reason = check_reason(reason)
    current: Any = type(judged).objects.select_for_update().get(pk=judged.pk)
    if current.withdrawn_instant is not None:
        raise NotChangeable(_("It has been withdrawn already."))
    current.withdrawn_instant = clock.now_instant()
    current.withdrawn_by, current.withdrawn_reason = name_of(by), reason
    current.save(update_fields=["withdrawn_instant", "withdrawn_by", "withdrawn_reason"])
    kind = {"Override": "override", "Consent": "consent", "CrosswalkLink": "link"}[type(judged).__name__]
    _record(current, f"{kind}.withdrawn", by, reason, {})


def _known_area(area: str) -> None:
    if area and not Organisation.objects.member_states().filter(area_code=area).exists():
        raise NotChangeable(_("“%(area)s” is no member state.") % {"area": area})


def _record(judged: Judged, done: str, by: User | str, reason: str, detail: dict[str, str]) -> None:
    audit.record(
        by=by,
        action=f"frameworks.{done}",
        object_type="framework",
        object_id=str(judged)[:200],
        reason=reason,
        detail={"id": judged.pk, **detail},
    )
