"""The operator's pages say what the program does."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators

from adme.accounts import throttle
from adme.accounts.roles import VERBS_OF, Role, Verb


@pytest.fixture(scope="module")
def people_page(root) -> str:
    return (root / "docs/manual/operator/people-and-rights.md").read_text(encoding="utf-8")


def test_the_manual_lists_every_role_with_exactly_its_rights(people_page):
    rows = re.findall(r"^\| ([a-z -]+) \| (`.+`) \|$", people_page, re.MULTILINE)
    told = {role: set(re.findall(r"`([a-z_.]+)`", rights)) for role, rights in rows}
    assert told == {str(role.label): {str(verb) for verb in VERBS_OF[role]} for role in Role}


def test_the_manual_knows_every_right(people_page):
    assert set(
        re.findall(r"`((?:account|submission|release|structure|framework|audit)\.[a-z_]+)`", people_page)
    ) == set(Verb)


def test_the_manual_tells_the_limits_of_signing_in(people_page):
    (shortest,) = [
        validator.min_length
        for validator in get_default_password_validators()
        if isinstance(validator, MinimumLengthValidator)
    ]
    assert f"| {shortest} characters" in people_page
    assert f"| {throttle.FREE_TRIES} within an hour" in people_page
    assert throttle.WINDOW.total_seconds() == 3600
    assert throttle.LONGEST_WAIT == 60
    assert "| 1 minute between" in people_page
    assert f"| {settings.SESSION_COOKIE_AGE // 3600} hours |" in people_page
    assert f"| {settings.PASSWORD_RESET_TIMEOUT // 3600} hours, once |" in people_page


def test_the_manual_tells_the_other_limits(root):
    page = (root / "docs/manual/operator/limits.md").read_text(encoding="utf-8")
    assert f"| {settings.MAX_UPLOAD_BYTES // 1_000_000} MB | `ADME_MAX_UPLOAD_MB`" in page
    assert f"| {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} |" in page
    assert f"| {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000} MB |" in page
    assert f"| {settings.EMAIL_TIMEOUT} seconds |" in page
