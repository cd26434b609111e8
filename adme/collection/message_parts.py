"""A file examined whole: a message that speaks of several dataflows has a part for each of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from adme.collection.examining import Examined, OnStep, examine
from adme.collection.models import SourceFile
from adme.lib.tabular.facts import FileFacts
from adme.observations.actions.record import RevisionCount
from adme.structures.mapping import MappingDeclaration
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from adme.structures.suggestions import suggest

__all__ = ["Part", "changes_something", "examine_parts", "sendable"]


@dataclass(frozen=True)
class Part:
    """What a file says of one dataflow, and what a check found in it."""

    dataflow: Dataflow
    declaration: MappingDeclaration
    examined: Examined


def examine_parts(
    *,
    source_file: SourceFile,
    dataflow: Dataflow,
    declaration: MappingDeclaration,
    compare: bool = True,
    on_step: OnStep = lambda step: None,
) -> list[Part]:
    """The part of `dataflow` first, then those of the other dataflows that the message speaks of, in its order.

    A part that says nothing at all is left out, unless it is the first.
    """
    first = examine(
        source_file=source_file, dataflow=dataflow, declaration=declaration, compare=compare, on_step=on_step
    )
    parts = [Part(dataflow, declaration, first)]
    for other in first.others:
        own = suggest(FileFacts.from_dict(source_file.facts), None, structure_of(other)).declaration
        own = dataclasses.replace(own, dialect=declaration.dialect)
        found = examine(source_file=source_file, dataflow=other, declaration=own, compare=compare, on_step=on_step)
        if found.rows_read or found.findings:
            parts.append(Part(other, own, found))
    return parts


def sendable(examined: list[Examined], *, keep_good_rows: bool) -> bool:
    """Whether what was found may go to review: anything to send, and no error. Of several parts, none goes alone."""
    good_alone = keep_good_rows and len(examined) == 1
    return any(one.rows_kept for one in examined) and (good_alone or not any(one.errors for one in examined))


def changes_something(examined: list[Examined]) -> bool:
    """Whether anything differs from what is stored."""
    return bool(sum((one.counts for one in examined), RevisionCount()).revisions)
