"""What every action of this room asks first: who it is, whether he may, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.frameworks.errors import ReasonMissing


def name_of(by: User | str) -> str:
    """The user name, as the audit trail has it."""
    return by.get_username() if isinstance(by, User) else by


def check_right(by: User | str, verb: Verb) -> None:
    """NotAllowed for a person without the verb; the system itself may."""
    if isinstance(by, User):
        require(by, verb)


def check_reason(reason: str) -> str:
    """The reason, tidied; ReasonMissing where there is none."""
    if not reason.strip():
        raise ReasonMissing(_("The reason"))
    return reason.strip()
