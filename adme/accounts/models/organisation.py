"""Organisations, among them the member states, with the dates of their membership."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.lib.texts import TextField, text_in


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters on organisations."""

    def member_states(self) -> OrganisationQuerySet:
        """Every state that is or was a member, in the order of its name in English."""
        return self.filter(kind=Organisation.Kind.MEMBER_STATE)

    def members_on(self, date: dt.date) -> OrganisationQuerySet:
        """The states that were members on `date`."""
        return self.member_states().filter(
            models.Q(memberships__to_date__isnull=True) | models.Q(memberships__to_date__gte=date),
            memberships__from_date__lte=date,
        )


class Organisation(models.Model):
    """A member state, sectoral body, statistics office, partner, or the secretariat."""

    class Kind(models.TextChoices):
        MEMBER_STATE = "member_state", _("member state")
        SECTORAL_BODY = "sectoral_body", _("sectoral body")
        STATISTICS_OFFICE = "statistics_office", _("national statistics office")
        SECRETARIAT = "secretariat", _("secretariat")
        PARTNER = "partner", _("development partner")
        INTERNATIONAL = "international", _("international organisation")

    code = models.CharField(_("code"), max_length=50, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    name = TextField(_("name"))
    area_code = models.CharField(_("area code"), max_length=10, blank=True, help_text=_("as in the code list of areas"))
    iso3 = models.CharField("ISO 3166 alpha-3", max_length=3, blank=True)
    m49 = models.CharField("UN M49", max_length=3, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code"],
                condition=models.Q(kind="member_state"),
                name="one_member_state_per_area",
            )
        ]

    def __str__(self) -> str:
        return text_in(self.name)


class MembershipPeriod(models.Model):
    """From when to when a state is a member; without an end it still is."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=50, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_date__isnull=True) | models.Q(to_date__gte=models.F("from_date")),
                name="membership_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.from_date}–{self.to_date or ''}"
