"""Settling what the columns of a file mean, and remembering it for the next file with the same heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from django.db import transaction

from adme.accounts.models import User
from adme.collection.actions.review import move
from adme.collection.models import SourceFile, Submission
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


def propose(*, source_file: SourceFile, dataflow: Dataflow) -> tuple[MappingDeclaration, Mapping | None]:
    """A mapping to begin with: the one remembered for these columns, else what the file itself suggests."""
    facts = FileFacts.from_dict(source_file.facts)
    remembered = mapping_for(stable_header(facts.sheet().columns), dataflow=dataflow)
    if remembered is not None:
        try:
            return from_yaml(remembered.declaration), remembered
        except MappingUnreadable:
            pass  # written by an older version: begin anew
    return suggestion(source_file, dataflow).declaration, None


def suggestion(source_file: SourceFile, dataflow: Dataflow, sheet: str | None = None) -> Suggested:
    """What the file itself suggests, with reasons and open questions."""
    return suggest(FileFacts.from_dict(source_file.facts), None, structure_of(dataflow), sheet=sheet)


@transaction.atomic
def set_mapping(
    *, submission: Submission, declaration: MappingDeclaration, by: User, reason: str = "", revision: int | None = None
) -> Submission:
    """Replace the mapping of a submission that is still its preparer's; it has to be checked again then."""
    return move(
        submission=submission,
        verb="edit",
        by=by,
        reason=reason,
        revision=revision,
        declaration=to_yaml(declaration),
        draft_digest="",
        changes_digest="",
        refused_digest="",
        trouble="",
    )


def remember(*, submission: Submission, by: User) -> None:
    """Keep a mapping that took rows in, for the next file with these columns. Part of recording a check."""
    if submission.source_file is None or not submission.rows_kept or not submission.declaration:
        return
    sheet = from_yaml(submission.declaration).dialect.sheet
    header = stable_header(FileFacts.from_dict(submission.source_file.facts).sheet(sheet).columns)
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
