"""The closed lists: verbs that can be allowed, roles that people are given, and which role may do what."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """Everything that can be allowed. A route names one of these, or is public."""

    SIGNED_IN = "account.use"
    PREPARE = "submission.prepare"
    REVIEW = "submission.review"
    APPROVE_OWN = "submission.approve_own"
    PUBLISH = "release.publish"
    STRUCTURE = "structure.maintain"
    READ_STRUCTURES = "structure.read"
    FRAMEWORK = "framework.maintain"
    APPROVE_FRAMEWORK = "framework.approve"
    PROVISIONAL = "framework.see_provisional"
    READ_AUDIT = "audit.read"
    MANAGE_ACCOUNTS = "account.manage"


class Role(models.TextChoices):
    """What a person can be."""

    DATA_OFFICER = "data_officer", _("data officer")
    REVIEWER = "reviewer", _("reviewer")
    PUBLISHER = "publisher", _("publisher")
    LOADER = "loader", _("bulk loader of published third-party data")
    METADATA_EDITOR = "metadata_editor", _("editor of structures and metadata")
    FRAMEWORK_EDITOR = "framework_editor", _("editor of results frameworks")
    FRAMEWORK_APPROVER = "framework_approver", _("approver of results frameworks")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


VERBS_OF: dict[Role, frozenset[Verb]] = {
    Role.DATA_OFFICER: frozenset({Verb.PREPARE}),
    # Whoever approves new versions of structures has to see them.
    Role.REVIEWER: frozenset({Verb.REVIEW, Verb.READ_STRUCTURES, Verb.PROVISIONAL}),
    Role.PUBLISHER: frozenset({Verb.PUBLISH, Verb.PROVISIONAL}),
    # Approving one's own import is for data that others have already published (harvests, first loads).
    Role.LOADER: frozenset({Verb.PREPARE, Verb.REVIEW, Verb.APPROVE_OWN, Verb.PUBLISH, Verb.READ_STRUCTURES}),
    Role.METADATA_EDITOR: frozenset({Verb.STRUCTURE, Verb.READ_STRUCTURES}),
    Role.FRAMEWORK_EDITOR: frozenset({Verb.FRAMEWORK}),
    # May prepare too, but nobody approves his own draft.
    Role.FRAMEWORK_APPROVER: frozenset({Verb.FRAMEWORK, Verb.APPROVE_FRAMEWORK, Verb.PROVISIONAL}),
    Role.AUDITOR: frozenset({Verb.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset({Verb.MANAGE_ACCOUNTS, Verb.READ_AUDIT}),
}
