"""Who may change words, and which ids they may have: asked by every action of this room."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.structures.errors import IdRefused
from adme.structures.models.maintainable import agency_id, any_id, nc_name, three_parts


def may_change_words(by: User | str) -> None:
    """NotAllowed unless the person maintains structures; a program that names itself (a text) is let through."""
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)


LONGEST_ID, LONGEST_CODE, LONGEST_VERSION = 100, 150, 20
"""Characters that fit (models); SQLite would take more, PostgreSQL would raise."""


def check_id(text: str, rule: RegexValidator, *, longest: int = 0) -> None:
    """IdRefused where an id breaks its rule or is too long: bulk writes do not run the validators of a model."""
    longest = longest or (LONGEST_CODE if rule is any_id else LONGEST_ID)
    if len(text) > longest:
        raise IdRefused(_("“%(id)s…” is longer than %(most)d characters.") % {"id": text[:40], "most": longest})
    try:
        rule(text)
    except ValidationError as error:
        raise IdRefused(f"“{text}”: {error.messages[0]}") from error


def check_names(agency: str, artefact_id: str, version: str) -> None:
    """The three parts of an artefact's name."""
    check_id(agency, agency_id)
    check_id(artefact_id, nc_name)
    check_id(version, three_parts, longest=LONGEST_VERSION)
