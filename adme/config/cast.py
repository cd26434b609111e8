"""The people of demonstrations and tests: one for each role, known by name; their passwords come from a seed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from adme.accounts import actions
from adme.accounts.models import Grant, Organisation, User
from adme.accounts.roles import Role

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like another


@dataclass(frozen=True)
class Part:
    """One of the cast. `area` limits the role to the member state with that area code; `also` are further roles."""

    username: str
    role: Role | None
    full_name: str
    area: str = ""
    is_active: bool = True
    also: tuple[Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role of this person."""
        return (self.role, *self.also) if self.role else self.also

    @property
    def words(self) -> str:
        """What this person is, for a list of logins."""
        role = ", ".join(str(role.label) for role in self.roles) or "no role"
        return f"{role} for {self.area}" if self.area else role


CAST: Final = (
    # One login that may try everything; on a real installation an administrator keeps accounts and nothing else.
    Part(
        "admin",
        Role.ADMINISTRATOR,
        "Demo Administrator",
        also=(Role.LOADER, Role.METADATA_EDITOR, Role.FRAMEWORK_EDITOR, Role.FRAMEWORK_APPROVER, Role.AUDITOR),
    ),
    Part("officer", Role.DATA_OFFICER, "Demo Data Officer"),
    Part("reviewer", Role.REVIEWER, "Demo Reviewer"),
    Part("publisher", Role.PUBLISHER, "Demo Publisher"),
    Part("loader", Role.LOADER, "Demo Bulk Loader"),
    Part("editor", Role.METADATA_EDITOR, "Demo Metadata Editor"),
    Part("planner", Role.FRAMEWORK_EDITOR, "Demo Framework Editor"),
    Part("director", Role.FRAMEWORK_APPROVER, "Demo Framework Approver"),
    Part("auditor", Role.AUDITOR, "Demo Auditor"),
)
"""One person for each role, and one who holds them all."""


def password_of(username: str, seed: str) -> str:
    """A password that anybody who knows `seed` can work out: four groups of four letters."""
    digest = hmac.new(seed.encode(), username.encode(), hashlib.sha256).digest()
    letters = [_LETTERS[byte % len(_LETTERS)] for byte in digest[:16]]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def make_cast(cast: tuple[Part, ...], *, seed: str, by: str) -> list[dict[str, str]]:
    """Make those of the cast that are missing; return every login, passwords as the seed gives them.

    Somebody who is there already keeps the password that he has chosen since.
    """
    with transaction.atomic():
        for part in cast:
            if not User.objects.filter(username=part.username).exists():
                _make(part, seed, by)
    return [
        {"username": part.username, "password": password_of(part.username, seed), "is": part.words} for part in cast
    ]


def _make(part: Part, seed: str, by: str) -> None:
    organisation = Organisation.objects.get(kind="member_state", area_code=part.area) if part.area else None
    person = actions.create_person(
        username=part.username,
        full_name=part.full_name,
        email=f"{part.username}@example.org",
        organisation=organisation,
        password=password_of(part.username, seed),
        by=by,
        reason="one of the cast",
    )
    for role in part.roles:
        if not Grant.objects.filter(user=person, role=role).exists():
            actions.grant_role(person=person, role=role, by=by, reason="one of the cast")
    if not part.is_active:
        actions.disable_person(person=person, by=by, reason="one of the cast is disabled")
