"""Settling what the columns of a file mean, and remembering it for the next file with the same heading."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.db import transaction

from adme.accounts.models import User
from adme.collection.actions.review import move
from adme.collection.models import SourceFile, Submission
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.facts import FileFacts
from adme.structures.actions.mappings import remember_mapping
from adme.structures.errors import MappingUnreadable
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml, to_yaml
from adme.structures.models import Dataflow, Mapping
from adme.structures.queries import mapping_for, structure_of
from adme.structures.suggestions import Suggested, suggest

__all__ = ["propose", "remember", "set_mapping", "stable_header", "suggestion"]

_YEAR = re.compile(r"(?<!\d)(?:1[89]|2[0-7])\d\d(?!\d)")


def propose(
    *, source_file: SourceFile, dataflow: Dataflow, sheet: str | None = None
) -> tuple[MappingDeclaration, Mapping | None]:
    """A mapping to begin with: the one remembered for the columns of a sheet, else what the file itself suggests.

    Without `sheet`, any sheet that has the columns of a remembered mapping is taken, if it is the only one.
    """
    facts = FileFacts.from_dict(source_file.facts)
    if facts.is_message:
        return suggestion(source_file, dataflow, sheet).declaration, None
    sheets = [one for one in facts.sheets if one.visible] if sheet is None else [facts.sheet(sheet)]
    known = [(one, mapping_for(stable_header(one.columns), dataflow=dataflow)) for one in sheets or facts.sheets[:1]]
    found = [(one, remembered) for one, remembered in known if remembered is not None]
    if len(found) == 1:
        ((one, remembered),) = found
        try:
            declaration = from_yaml(remembered.declaration)
            dialect = _fitted(declaration.dialect, facts, one.name)
            return dataclasses.replace(declaration, dialect=dialect), remembered
        except MappingUnreadable:
            pass  # written by an older version: begin anew
    return suggestion(source_file, dataflow, sheet).declaration, None


def _fitted(dialect: Dialect, facts: FileFacts, sheet: str | None) -> Dialect:
    """A remembered dialect with what this file is sure to be: a table may come as a workbook first and as CSV later."""
    sure = {"encoding": facts.encoding, "separator": facts.separator}
    changes: dict[str, Any] = {name: value for name, value in sure.items() if value is not None}
    if dialect.sheet is not None or sheet != facts.sheet().name:
        changes["sheet"] = sheet
    if dialect.decimal is None and facts.decimal != dialect.thousands:
        changes["decimal"] = facts.decimal
    return dialect.replaced(**changes)


def suggestion(source_file: SourceFile, dataflow: Dataflow, sheet: str | None = None) -> Suggested:
    """What the file itself suggests, with reasons and open questions."""
    return suggest(FileFacts.from_dict(source_file.facts), None, structure_of(dataflow), sheet=sheet)


@transaction.atomic
def set_mapping(
    *,
    submission: Submission,
    declaration: MappingDeclaration | str,
    by: User,
    reason: str = "",
    revision: int | None = None,
) -> Submission:
    """Replace the mapping of a submission that is still its preparer's; it has to be checked again then.

    A text is kept as it was written, with its comments; MappingUnreadable where it is none.
    """
    text = declaration if isinstance(declaration, str) else to_yaml(declaration)
    from_yaml(text)
    return move(
        submission=submission,
        verb="edit",
        by=by,
        reason=reason,
        revision=revision,
        declaration=text,
        draft_digest="",
        changes_digest="",
        refused_digest="",
        trouble="",
    )


def remember(*, submission: Submission, by: User) -> None:
    """Keep a mapping that took rows in, for the next file with these columns. Part of recording a check."""
    if submission.source_file is None or not submission.rows_kept or not submission.declaration:
        return
    if submission.source_file.is_message:
        return  # it says itself what its parts are
    facts = FileFacts.from_dict(submission.source_file.facts)
    named = from_yaml(submission.declaration).dialect.sheet
    # A mapping that was written for a workbook serves the same table as CSV, which has no sheets.
    sheet = facts.sheet(named if any(one.name == named for one in facts.sheets) else None)
    header = stable_header(sheet.columns)
    known = mapping_for(header, dataflow=submission.dataflow)
    if known is not None and known.declaration == submission.declaration:
        return
    remember_mapping(
        dataflow=submission.dataflow,
        name=known.name if known is not None else _free_name(submission),
        declaration=submission.declaration,
        header=header,
        by=by,
        reason=submission.label,
    )


def stable_header(columns: Sequence[str]) -> list[str]:
    """The headings that the next file will have too: those with a year in them change from file to file."""
    return [name for name in columns if not _YEAR.search(name)]


def _free_name(submission: Submission) -> str:
    stem = PurePath(submission.label).stem[:150] or "file"
    known = Mapping.objects.filter(dataflow=submission.dataflow, name__startswith=stem)
    taken = set(known.values_list("name", flat=True))
    names = (stem, *(f"{stem} ({number})" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
