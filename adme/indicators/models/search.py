"""What can be found by its words."""

from __future__ import annotations

from django.db import models


class SearchDocument(models.Model):
    """The words of one thing in one language: an indicator, a topic, a country.

    `title_words` and `words` are cut into words by ICU, lower-cased, without diacritics, one space between: the same
    cutting is done to what is asked, so that Thai, Khmer, Lao and Burmese words are found inside a sentence and
    "biet chu" finds "biết chữ". The full-text index over both (made by migration 0002) belongs to the database.
    """

    kind = models.CharField(max_length=20)
    slug = models.CharField(max_length=160, help_text="the public id of the thing, as in its address")
    language = models.CharField(max_length=15)
    title = models.TextField()
    title_words = models.TextField()
    words = models.TextField(help_text="of all its texts, the title among them")

    class Meta:
        ordering = ["kind", "slug", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "slug", "language"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug} {self.language}"
