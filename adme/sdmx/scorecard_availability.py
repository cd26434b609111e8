"""What there is of a scorecard: its codes and periods, as a constraint."""

from __future__ import annotations

import polars as pl

from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import Constraint
from adme.lib.sdmx_messages.shape import FlowShape
from adme.releases.question import Question
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.scorecard_data import scorecard_rows, scorecard_told
from adme.sdmx.wishes import Wish


def scorecard_constraint(
    slug: str, version: str, question: Question, wanted: set[str], *, freely: bool, wish: Wish
) -> tuple[Constraint, str]:
    """The constraint, and the language of the answer. With `freely`, what there would be of each component if what is
    asked of it were left out. NoResults, SyntaxFault; NotImplementedYet for changes, of which there is no record."""
    if question.updated_after is not None:
        raise NotImplementedYet("“updatedAfter” is not offered for scorecards; asOf is.")
    card, language = scorecard_told(slug, version, question, wish)
    shape, rows = scorecard_rows(card, question.where, language)
    ids = [part.id for part in shape.dimensions]
    for name in wanted - {*ids, shape.time.id}:
        raise SyntaxFault(f"There is no dimension “{name}”.")
    if rows.is_empty():
        raise NoResults("Nothing public matches.")

    def of(component: str) -> pl.DataFrame:
        freed = question.where.freed(ids, component) if freely else question.where
        return rows if freed == question.where else scorecard_rows(card, freed, language)[1]

    told = {name: _codes(of(name), name) for name in ids if not wanted or name in wanted}
    first, last = _span(of(shape.time.id), shape) if not wanted or shape.time.id in wanted else ("", "")
    return _constraint(shape, told, first, last, rows.select(ids).n_unique()), language


def _constraint(shape: FlowShape, values: dict[str, tuple[str, ...]], first: str, last: str, series: int) -> Constraint:
    return Constraint(
        shape.agency,
        f"CR_{shape.id}",
        shape.version,
        {"en": f"Available data of {shape.id}"},
        dataflow=shape.urn,
        values=values,
        first_period=first,
        last_period=last,
        series=series,
    )


def _codes(rows: pl.DataFrame, component: str) -> tuple[str, ...]:
    return tuple(sorted(rows[component].unique().drop_nulls()))


def _span(rows: pl.DataFrame, shape: FlowShape) -> tuple[str, str]:
    found = sorted(rows[shape.time.id].unique().drop_nulls(), key=periods.parse)
    return (found[0], found[-1]) if found else ("", "")
