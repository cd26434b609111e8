"""Wrong sign-ins, kept for a day to slow guessing down."""

from __future__ import annotations

from django.db import models


class SignInAttempt(models.Model):
    """One wrong try. What was typed and from where are kept as keyed hashes: people type passwords as names."""

    at = models.DateTimeField(db_index=True)
    person_hash = models.CharField(max_length=64, help_text="of the user name as typed")
    place_hash = models.CharField(max_length=64, help_text="of the network address, or of the known browser")

    class Meta:
        indexes = [
            models.Index(fields=["place_hash", "person_hash", "at"], name="attempt_place_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
