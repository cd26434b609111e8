"""Code lists and their codes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.lib.texts import TextField, text_in
from adme.structures.models.maintainable import Maintainable, any_id


class CodeList(Maintainable):
    """A closed list of codes.

    `succeeded_by` is empty on the newest version of a line, whose codes the store's numbers hang on. An earlier version
    is a copy that never changes and leads to the version that took its place. A list that takes codes from others has
    them as rows of its own, marked `inherited`: what it names are versions, which never change.
    """

    succeeded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="earlier_versions"
    )
    extensions = models.JSONField(
        default=list, blank=True, help_text="From which lists it takes codes, as `Extension` says it."
    )

    class Meta(Maintainable.Meta):
        constraints = [models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="code_list_once")]


class Code(models.Model):
    """One code. Its integer id is what the store keeps; its `code_id` is what the world sees.

    `aliases` says how other schemes write the same thing, as ``{"M49": ["96", "096"], "ISO3": ["BRN"]}``: a mapping
    may declare that a column is written so. A code is never removed; what is no longer used stays readable.
    `valid_to` is its last day, `replaced_by` the code to use from then on.
    """

    class Kind(models.TextChoices):
        """What an area is; other lists leave it empty."""

        NONE = "", "—"
        STATE = "state", _("state")
        AGGREGATE = "aggregate", _("aggregate")

    code_list = models.ForeignKey(CodeList, on_delete=models.CASCADE, related_name="codes")
    code_id = models.CharField(max_length=150, validators=[any_id])
    name = TextField()
    description = TextField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Kind.choices, blank=True, default=Kind.NONE)
    aliases = models.JSONField(default=dict, blank=True, help_text='{"ISO3": ["BRN"]}')
    valid_to = models.DateField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    inherited = models.BooleanField(default=False, help_text="Whether it comes from a list that this one extends.")

    class Meta:
        ordering = ["code_list", "position", "code_id"]
        constraints = [
            models.UniqueConstraint(fields=["code_list", "code_id"], name="code_once"),
            models.CheckConstraint(
                condition=models.Q(replaced_by__isnull=True) | models.Q(valid_to__isnull=False),
                name="a_replaced_code_has_its_last_day",
            ),
        ]

    def __str__(self) -> str:
        return self.code_id

    @property
    def title(self) -> str:
        """The name in the reader's language; the code itself where no name is known."""
        return text_in(self.name) or self.code_id
