"""People and the roles they were given."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from adme.accounts.models.organisation import Organisation
from adme.accounts.roles import Role
from adme.lib import clock


class UserManager(BaseUserManager["User"]):
    """Makes people; `accounts.actions.people` is the audited way."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A person with a hashed password; without one nobody can sign in until a password is set."""
        fields["email"] = self.normalize_email(fields.get("email", ""))
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """User names are kept in lower case, so that Ann and ann are one person."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who can sign in. Rights come from grants alone: there is no superuser."""

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Small letters, digits, and . _ - @."),
        validators=[RegexValidator(r"\A[a-z0-9][a-z0-9._@-]*\Z", _("Use small letters, digits, and . _ - @ only."))],
        error_messages={"unique": _("Somebody already has this user name.")},
    )
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), null=True, blank=True, on_delete=models.PROTECT
    )
    language = models.CharField(_("language"), max_length=10, blank=True, help_text=_("of pages and mails"))
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_person_per_email",
                violation_error_message=_("Somebody already has this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username


class Grant(models.Model):
    """One role of one person; for one organisation's work, or, without one, everywhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            # Two, as "no organisation" is NULL, and only PostgreSQL 15 can be told that one NULL is like another.
            models.UniqueConstraint(fields=["user", "role", "organisation"], name="grant_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(organisation__isnull=True), name="grant_once_everywhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
