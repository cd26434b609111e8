"""Mail about accounts, sent by the background worker.

Who gets a mail and what it says is decided when it is sent, not when it was queued. Links carry the address of the
installation from its settings, never the Host header of a request.
"""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from adme.accounts.models import User

Occasion = Literal["forgotten", "invitation"]
Notice = Literal["password_changed", "email_changed"]
_SALT = "adme.accounts.password-link"


def password_link(user: User) -> str:
    """The address at which `user` can choose a password, once, within PASSWORD_RESET_TIMEOUT."""
    key = signing.dumps([user.pk, default_token_generator.make_token(user)], salt=_SALT)
    return str(settings.SITE_ADDRESS) + reverse("accounts:choose-password", args=[key])


def person_of_link(key: str) -> User | None:
    """Whose link it is, while it is good: not used, not too old, and the person enabled."""
    try:
        pk, token = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if default_token_generator.check_token(user, token) else None


@task()
def mail_password_link(email: str, occasion: Occasion) -> None:
    """Mail the link to the person with this address, if there is one who may sign in."""
    if not email:
        return
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    context = {"person": user, "link": password_link(user), "hours": hours, "site": settings.SITE_NAME}
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = {
            "forgotten": _("Choose a new password for %(site)s"),
            "invitation": _("Your account at %(site)s"),
        }[occasion] % {"site": settings.SITE_NAME}
        body = render_to_string(f"accounts/mail/{occasion}.txt", context)
    send_mail(subject, body, None, [user.email])


@task()
def mail_notice(username: str, email: str, notice: Notice) -> None:
    """Tell a person of a change of his account that he should know of, in case he did not make it himself."""
    user = User.objects.filter(username=username).first()
    if user is None or not email:
        return
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = {
            "password_changed": _("Your password for %(site)s was changed"),
            "email_changed": _("Your e-mail address for %(site)s was changed"),
        }[notice] % {"site": settings.SITE_NAME}
        body = render_to_string(f"accounts/mail/{notice}.txt", {"person": user, "site": settings.SITE_NAME})
    send_mail(subject, body, None, [email])
