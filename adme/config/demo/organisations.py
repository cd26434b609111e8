"""Member states with the dates of their membership, sectoral bodies, the secretariat."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import MembershipPeriod, Organisation
from adme.config.demo.files import rows

SURE = "verbatim"
"""A body's full name is used only where it was seen in the named source; otherwise its acronym, which was."""


@transaction.atomic
def make_organisations(*, by: str, reason: str) -> int:
    """Make the organisations that are missing; return how many were made. Those that are there are left alone."""
    there = set(Organisation.objects.values_list("code", flat=True))
    kinds = Organisation.Kind
    wanted = [_state(row) for row in rows("asean_member_states.csv")]
    wanted += [_body(row) for row in rows("reference_ascc_sectoral_bodies.csv")]
    wanted.append(Organisation(code="ASEC", kind=kinds.SECRETARIAT, name={"en": "ASEAN Secretariat"}))
    new = [one for one in wanted if one.code not in there]
    Organisation.objects.bulk_create(new)
    _memberships()
    if new:
        audit.record(
            by=by,
            action="accounts.organisations.created",
            object_type="organisation",
            object_id="demo",
            reason=reason,
            detail={"codes": [one.code for one in new]},
        )
    return len(new)


def _state(row: dict[str, str]) -> Organisation:
    return Organisation(
        code=row["iso2"],
        kind=Organisation.Kind.MEMBER_STATE,
        name={"en": row["name_asean_usage"]},
        area_code=row["iso2"],
        iso3=row["iso3"],
        m49=row["m49"].zfill(3),
    )


def _body(row: dict[str, str]) -> Organisation:
    name = row["full_name"] if row["full_name_status"] == SURE else row["acronym"]
    return Organisation(code=row["acronym"], kind=Organisation.Kind.SECTORAL_BODY, name={"en": name})


def _memberships() -> None:
    states = {one.code: one for one in Organisation.objects.filter(kind=Organisation.Kind.MEMBER_STATE)}
    dated = set(MembershipPeriod.objects.values_list("organisation__code", flat=True))
    MembershipPeriod.objects.bulk_create(
        MembershipPeriod(
            organisation=states[row["iso2"]],
            from_date=dt.date.fromisoformat(row["asean_member_since"]),
            how=row["how"],
            source="press on the 47th ASEAN Summit" if row["iso2"] == "TL" else "asean.org",
        )
        for row in rows("asean_member_states.csv")
        if row["iso2"] not in dated
    )
