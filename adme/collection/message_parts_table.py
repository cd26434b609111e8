"""The parts of a message about several dataflows as a table: what each holds, and what it would change."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.collection.models import Submission
from adme.lib.page.tables import Cell, Column, Row, Table

__all__ = ["parts_table"]


def parts_table(found: Submission, parts: Sequence[Submission]) -> Table:
    """A line for each of `parts`, with the way to the page of those that are not `found`."""
    counts = [_("rows"), _("errors"), _("warnings"), _("new"), _("changed"), _("deleted")]
    return Table(
        caption=_("What changes in each dataflow"),
        caption_hidden=True,
        columns=(Column(_("Dataflow")), *(Column(label, kind="number", decimals=0) for label in counts)),
        rows=tuple(_row(one, here=one.pk == found.pk) for one in parts),
    )


def _row(one: Submission, *, here: bool) -> Row:
    url = "" if here else reverse("collection:submission", args=[one.pk])
    title = _("%s (this page)") % one.dataflow.title if here else one.dataflow.title
    counts = (one.rows_read, one.errors, one.warnings, one.new, one.changed, one.deleted)
    return Row((Cell(text=title, url=url), *(Cell(value=float(count)) for count in counts)))
