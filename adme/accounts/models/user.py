"""People and the roles they were given."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.accounts.models.organisation import Organisation
from adme.accounts.roles import Role


class User(AbstractUser):
    """A person who can sign in. Rights come from grants alone, never from Django's staff or superuser flags."""

    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), null=True, blank=True, on_delete=models.PROTECT
    )

    def __str__(self) -> str:
        return self.full_name or self.username


class Grant(models.Model):
    """One role of one person; for one organisation's work, or, without one, everywhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "organisation"], name="grant_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
