"""Who may change words, and which ids they may have: asked by every action of this room."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.structures.errors import IdRefused
from adme.structures.models.maintainable import agency_id, nc_name, three_parts


def may_change_words(by: User | str) -> None:
    """NotAllowed unless the person maintains structures; a program that names itself (a text) is let through."""
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)


def check_id(text: str, rule: RegexValidator) -> None:
    """IdRefused where an id breaks its rule: bulk writes do not run the validators of a model."""
    try:
        rule(text)
    except ValidationError as error:
        raise IdRefused(f"“{text}”: {error.messages[0]}") from error


def check_names(agency: str, artefact_id: str, version: str) -> None:
    """The three parts of an artefact's name."""
    check_id(agency, agency_id)
    check_id(artefact_id, nc_name)
    check_id(version, three_parts)
