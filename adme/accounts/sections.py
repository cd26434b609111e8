"""The pages of this room that a person may open, as tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.accounts.policy import can
from adme.accounts.roles import Verb
from adme.lib.page.shell import Link


def sections_for(person: User, here: str) -> list[Link]:
    """Tabs for `person`; the one that `here` (a path) belongs to is current."""
    wanted = [
        (_("My account"), "accounts:me", Verb.SIGNED_IN),
        (_("People"), "accounts:people", Verb.MANAGE_ACCOUNTS),
        (_("Organisations"), "accounts:organisations", Verb.MANAGE_ACCOUNTS),
        (_("Audit trail"), "accounts:audit", Verb.READ_AUDIT),
    ]
    links = [(label, reverse(name)) for label, name, verb in wanted if can(person, verb)]
    return [Link(label, url, current=here.startswith(url)) for label, url in links]
