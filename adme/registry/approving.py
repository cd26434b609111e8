"""Approving a draft. Merged codes are looked at again, as figures may have come since they were merged in it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.collection.models import Submission
from adme.observations.locks import lock_flows
from adme.registry.usage import Place, places_of, places_with_figures
from adme.structures import contents
from adme.structures.actions.drafts import approve_draft, newest_of
from adme.structures.contents import Drafted
from adme.structures.drafting import Content
from adme.structures.errors import StructureRefused
from adme.structures.models import CodeList, Draft


@transaction.atomic
def approve(*, draft: Draft, by: User | str, revision: int, reason: str = "") -> Drafted:
    """`approve_draft`, while nobody writes to the dataflows that use the list.

    StructureRefused also for a merge of a code on which figures hang by now, or may soon: where a delivery to one of
    the dataflows is in review or approved.
    """
    draft.refresh_from_db()
    newest = newest_of(draft)
    if draft.state == Draft.State.DRAFT and isinstance(newest, CodeList):
        merged = list(merged_codes(contents.of(newest), draft.content))
        if merged:
            _check_merged(newest, merged)
    return approve_draft(draft=draft, by=by, revision=revision, reason=reason)


def merged_codes(before: Content, after: Content) -> Iterator[str]:
    """The codes that gave way to another: replaced now, and what hung on them hangs elsewhere."""
    there = {one["id"]: one for one in before["items"]}
    children = {one["parent"] for one in before["items"]} - {one["parent"] for one in after["items"]}
    for one in after["items"]:
        old = there.get(one["id"])
        if old is None or not one["replaced_by"] or old["replaced_by"]:
            continue
        if one["id"] in children or (old["aliases"] and not one["aliases"]):
            yield one["id"]


def _check_merged(code_list: CodeList, merged: list[str]) -> None:
    places = places_of(code_list)
    lock_flows(place.flow.pk for place in places)
    for code in merged:
        flows = {place.flow.reference for place in places_with_figures(code_list, code)}
        if flows:
            raise StructureRefused(
                _("Figures hang on “%(code)s”, in: %(flows)s.") % {"code": code, "flows": ", ".join(sorted(flows))},
                _("They came after the codes were merged in this draft."),
                _("Move them by a delivery first, or take the merge back in the draft."),
            )
    _check_under_way(places)


def _check_under_way(places: list[Place]) -> None:
    """Deliveries name the codes that they were checked with, and may name one that is to go."""
    states = (Submission.State.SUBMITTED, Submission.State.APPROVED)
    under_way = Submission.objects.filter(dataflow__in={place.flow.pk for place in places}, state__in=states)
    flows = sorted({one.dataflow.reference for one in under_way.select_related("dataflow")})
    if flows:
        raise StructureRefused(
            _("Deliveries are in review or approved, to: %(flows)s.") % {"flows": ", ".join(flows)},
            _("They may hold figures under a code that this draft merges into another."),
            _("Release them or send them back first."),
        )
