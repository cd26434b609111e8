"""Files of several series: the rows behind a table as one selection, and the table itself as it is laid out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl
from django.utils.translation import gettext as _

from adme.lib import clock
from adme.lib.writers import csv as csv_writer
from adme.lib.writers import parquet as parquet_writer
from adme.lib.writers import xlsx as xlsx_writer
from adme.portal import queries
from adme.portal.pivot import LaidOut
from adme.portal.several import Picked
from adme.portal.table_page import TablePlan
from adme.releases import queries as published
from adme.releases.asked import Condition
from adme.releases.queries import Selection


def rows_of(plan: TablePlan, artefact_id: str) -> Selection | None:
    """The rows that a table shows of one dataflow, as one selection; None when it shows nothing of it."""
    own = [one for one in plan.picked if one.flow.dataflow.artefact_id == artefact_id]
    if not own:
        return None
    areas = [area.code for area in plan.areas]
    return joined([selection_of(one, areas, plan.years, plan.as_of) for one in own])


def selection_of(
    one: Picked, areas: Sequence[str], years: tuple[int | None, int | None], as_of: int | None
) -> Selection:
    """What is public of one indicator with its breakdowns settled, in some areas and years."""
    return published.select(
        one.flow.dataflow,
        one.key(areas),
        period_from=queries.first_period(years[0]),
        period_to=queries.last_period(years[1]),
        as_of=as_of,
    )


def joined(selections: Sequence[Selection]) -> Selection:
    """Selections of one dataflow and the same periods as one: every series that any of them asks for."""
    first = selections[0]
    either = " OR ".join(f"({selection.series.sql})" for selection in selections)
    parameters = tuple(value for selection in selections for value in selection.series.parameters)
    return replace(first, series=Condition(f"({either})", parameters), whole=False)


def laid_out_file(plan: TablePlan, laid_out: LaidOut, ending: str) -> Iterator[bytes]:
    """The table as it is laid out, as "csv", "xlsx" or "parquet"."""
    heads = [axis.title for axis in laid_out.heads]
    columns = [laid_out.across.labels[place] for place in laid_out.columns]
    names = _distinct([*heads, *columns])
    if ending == "parquet":
        return parquet_writer.write([_frame(laid_out, names, as_numbers=True)])
    frame = _frame(laid_out, names, as_numbers=False)
    if ending == "csv":
        return csv_writer.write([frame])
    return xlsx_writer.write([frame], about=about(plan, laid_out), numbers=names[len(heads) :])


def about(plan: TablePlan, laid_out: LaidOut) -> list[tuple[str, str]]:
    """What a file must say of itself: what, whose, under which licence, as of when."""
    lines = [(axis.title, axis.labels[place]) for axis, place in laid_out.fixed]
    flows = {one.flow.dataflow.pk: one for one in plan.picked}
    for one in flows.values():
        dataflow = one.flow.dataflow
        lines.append((_("Source"), queries.credit(one.indicator)))
        lines.append((_("Licence"), " ".join(part for part in (dataflow.licence, dataflow.licence_address) if part)))
    instant = published.instant_of(plan.as_of)
    return [*lines, (_("As of"), clock.from_instant(instant).isoformat())]


def _frame(laid_out: LaidOut, names: Sequence[str], *, as_numbers: bool) -> pl.DataFrame:
    """Values as exact text with their limits, or as numbers (limits and words then are missing)."""
    count = len(laid_out.heads)
    schema: dict[str, pl.DataType] = {name: pl.String() for name in names[:count]}
    schema |= {name: pl.Float64() if as_numbers else pl.String() for name in names[count:]}
    rows = []
    for head, values in laid_out.rows:
        row: list[str | float | None] = list(laid_out.head_words(head))
        for place in laid_out.columns:
            value = values.get(place)
            if value is None:
                row.append(None)
            else:
                row.append((None if value.qualifier else value.value) if as_numbers else value.exact)
        rows.append(row)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names, each once: a second one of the same name is numbered."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
