"""What every maintainable artefact carries: agency, id, version in three parts, names."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.lib.texts import TextField, text_in

agency_id = RegexValidator(
    r"\A[A-Za-z][A-Za-z0-9_\-]*(\.[A-Za-z][A-Za-z0-9_\-]*)*\Z",
    _("Begin with a letter; then letters, digits, _ and - only; parts are joined by points."),
)
nc_name = RegexValidator(r"\A[A-Za-z][A-Za-z0-9_\-]*\Z", _("Begin with a letter; then letters, digits, _ and - only."))
any_id = RegexValidator(
    # The standard's own rule. A point or a plus in a code would make a key such as A.TH+VN ambiguous.
    r"\A[A-Za-z0-9_@$\-]+\Z",
    _("Letters, digits, _, -, @ and $ only."),
)
three_parts = RegexValidator(r"\A[0-9]+\.[0-9]+\.[0-9]+\Z", _("A version has three parts, as in 1.0.0."))


class Maintainable(models.Model):
    """Agency, id and version name one artefact for ever."""

    agency = models.CharField(max_length=100, validators=[agency_id])
    artefact_id = models.CharField(max_length=100, validators=[nc_name])
    version = models.CharField(max_length=20, default="1.0.0", validators=[three_parts])
    name = TextField()
    description = TextField()

    class Meta:
        abstract = True
        ordering = ["agency", "artefact_id", "version"]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """AGENCY:ID(VERSION), as the standard writes it."""
        return f"{self.agency}:{self.artefact_id}({self.version})"

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.artefact_id
