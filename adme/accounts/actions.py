"""Verbs on people and their rights. Each is one transaction with its audit entry.

`by` is the person who does it, who needs `Verb.MANAGE_ACCOUNTS` unless it is his own password or language; or the name
of a part of the system ("console", "demo") when a command does it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit, mails, throttle
from adme.accounts.models import Grant, Organisation, User
from adme.accounts.policy import NotAllowed, require
from adme.accounts.roles import Role, Verb

CHANGEABLE = ("full_name", "email", "organisation")
"""What an administrator may change about a person. The user name stays: the audit trail knows people by it."""


class AccountRefused(Exception):
    """An act on an account that may not be; the text says why and is meant for the reader."""


def create_person(
    *,
    username: str,
    full_name: str = "",
    email: str = "",
    organisation: Organisation | None = None,
    password: str | None = None,
    by: User | str,
    reason: str = "",
) -> User:
    """Make a person. Without a password, invite him by mail (`invite`). ValidationError where a field is wrong."""
    _may_manage(by)
    user = User(username=username.strip().lower(), full_name=full_name, organisation=organisation)
    user.email = User.objects.normalize_email(email)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    with transaction.atomic():
        user.save(force_insert=True)
        detail = {"full_name": full_name, "organisation": organisation.code if organisation else None}
        _written(by, "accounts.person.created", user, reason, detail)
    return user


def change_person(*, person: User, by: User | str, reason: str = "", **new: Any) -> User:
    """Set any of `CHANGEABLE`; unknown names raise TypeError, wrong values ValidationError."""
    _may_manage(by)
    if set(new) - set(CHANGEABLE):
        raise TypeError(f"Only {', '.join(CHANGEABLE)} of a person can be changed.")
    with transaction.atomic():
        person = _locked(person)
        email = person.email
        changed = [name for name, value in new.items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, new[name])
        person.full_clean(exclude=["password"])
        if changed:
            person.save(update_fields=changed)
            _written(by, "accounts.person.changed", person, reason, {"fields": sorted(changed)})
        if "email" in changed:
            _tell(person, email, "email_changed")
    return person


def disable_person(*, person: User, by: User | str, reason: str) -> None:
    """Take away access from the next request on; AccountRefused for the last administrator and for oneself."""
    _may_manage(by)
    if person == by:
        raise AccountRefused(_("Nobody can disable the account he is using. Ask another administrator."))
    with transaction.atomic():
        _keep_an_administrator(without=person)
        person = _locked(person)
        if not person.is_active:
            raise AccountRefused(_("This account is disabled already."))
        person.is_active = False
        person.save(update_fields=["is_active"])
        _written(by, "accounts.person.disabled", person, reason)


def enable_person(*, person: User, by: User | str, reason: str) -> None:
    """Let a disabled person sign in again."""
    _may_manage(by)
    with transaction.atomic():
        person = _locked(person)
        if person.is_active:
            raise AccountRefused(_("This account is enabled already."))
        person.is_active = True
        person.save(update_fields=["is_active"])
        _written(by, "accounts.person.enabled", person, reason)


# --- roles ----------------------------------------------------------------------------------------


def grant_role(*, person: User, role: Role, by: User | str, reason: str) -> Grant:
    """Give a role. Nobody grants himself anything.

    Roles hold for everything: pages do not tell one organisation's work from another's yet, so that a role for one
    alone would be a promise that nobody keeps.
    """
    _may_manage(by)
    if person == by:
        raise AccountRefused(_("Nobody can give himself a role. Ask another administrator."))
    with transaction.atomic():
        granted_by = by.get_username() if isinstance(by, User) else by
        grant, is_new = Grant.objects.get_or_create(
            user=person, role=role, organisation=None, defaults={"granted_by": granted_by}
        )
        if not is_new:
            raise AccountRefused(_("This person has the role already."))
        _written(by, "accounts.role.granted", person, reason, _role_detail(grant))
    return grant


def revoke_role(*, grant: Grant, by: User | str, reason: str) -> None:
    """Take a role away, from the next request on; AccountRefused for the last administrator."""
    _may_manage(by)
    with transaction.atomic():
        if grant.role == Role.ADMINISTRATOR:
            _keep_an_administrator(without=grant.user)
        detail, person = _role_detail(grant), grant.user
        gone, _tables = Grant.objects.filter(pk=grant.pk).delete()
        if not gone:
            raise AccountRefused(_("This role has been taken away already."))
        _written(by, "accounts.role.revoked", person, reason, detail)


# --- one's own account ----------------------------------------------------------------------------


def set_password(*, person: User, password: str, by: User | str, reason: str = "") -> User:
    """Set a password: one's own, or from the console. Ends every session of the person."""
    if isinstance(by, User) and by != person:
        raise NotAllowed(Verb.MANAGE_ACCOUNTS)
    validate_password(password, person)
    with transaction.atomic():
        person = _locked(person)
        person.set_password(password)
        person.save(update_fields=["password"])
        _written(by, "accounts.password.set", person, reason)
        _tell(person, person.email, "password_changed")
    return person


def choose_language(*, person: User, language: str, by: User) -> None:
    """Keep the language a person wants pages and mails in; no audit entry, as it concerns nobody else."""
    if by != person:
        raise NotAllowed(Verb.MANAGE_ACCOUNTS)
    person.language = language
    person.full_clean(exclude=["password"])
    person.save(update_fields=["language"])


def note_sign_in(*, person: User, by: str = "sign-in") -> None:
    """Write a successful sign-in down."""
    with transaction.atomic():
        _written(person, "accounts.session.opened", person, "", {"through": by})
    throttle.prune()


# --- mail -----------------------------------------------------------------------------------------


def invite(*, person: User, by: User | str, reason: str = "") -> None:
    """Mail a person the address at which to choose a password."""
    _may_manage(by)
    if not person.email:
        raise AccountRefused(_("This account has no e-mail address."))
    with transaction.atomic():
        _written(by, "accounts.person.invited", person, reason)
        transaction.on_commit(lambda: mails.mail_password_link.enqueue(email=person.email, occasion="invitation"))


def ask_for_new_password(*, email: str) -> None:
    """Queue a mail to whoever has this address. The same work for everybody: the queue looks, not this request."""
    mails.mail_password_link.enqueue(email=email.strip(), occasion="forgotten")


def _tell(person: User, email: str, notice: mails.Notice) -> None:
    transaction.on_commit(lambda: mails.mail_notice.enqueue(username=person.username, email=email, notice=notice))


# --- inside ---------------------------------------------------------------------------------------


def _may_manage(by: User | str) -> None:
    if isinstance(by, User):
        require(by, Verb.MANAGE_ACCOUNTS)


def _locked(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _keep_an_administrator(*, without: User) -> None:
    """Refuse to lose the last administrator. Two who remove each other at once meet at the lock."""
    administrators = Grant.objects.filter(role=Role.ADMINISTRATOR)
    held = {grant.user_id for grant in administrators.select_for_update().order_by("pk")}
    if without.pk not in held:
        return
    # A question of its own: after a wait for the lock, only a new one sees what the other has done.
    others = administrators.filter(user__is_active=True).exclude(user=without)
    if not others.exists():
        raise AccountRefused(_("This is the last administrator. Give somebody else the role first."))


def _role_detail(grant: Grant) -> dict[str, Any]:
    return {"role": grant.role, "organisation": grant.organisation.code if grant.organisation else None}


def _written(by: User | str, action: str, person: User, reason: str, detail: dict[str, Any] | None = None) -> None:
    audit.record(
        by=by, action=action, object_type="person", object_id=person.username, reason=reason, detail=detail or {}
    )
