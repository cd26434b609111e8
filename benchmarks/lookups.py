"""Lookups: the SQL that `select()` emits against what one would write by hand, and what the call adds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from adme.releases import queries
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from benchmarks import files, made_up
from benchmarks.loads import load
from benchmarks.stopwatch import Result, median, seconds

LIMIT = 1.3
MILLISECONDS_ADDED = 1.0
TURNS = 41
"""Each pair of statements is timed so often, in turn, so that noise meets both alike."""


@dataclass(frozen=True)
class Question:
    """One question: our call, and the statement that somebody who knows the tables would write for it."""

    name: str
    call: Callable[[], Any]
    by_hand: str
    parameters: list[Any]


def measure(rows: int, runs: int) -> Iterator[Result]:
    """After a load and a re-delivery, as in life."""
    flow = made_up.make_flow(rows, "BENCH_LOOKUPS")
    with tempfile.TemporaryDirectory() as folder:
        for revised in (False, True):
            load(files.write_file(Path(folder) / "file.csv", rows, revised=revised), flow)
    million = f"{rows / 1e6:g} M"
    for question in _questions(flow):
        emitted, added, ours, theirs = _compare(question)
        yield Result(f"{question.name}, {million}: emitted ÷ by hand", emitted, "", limit=LIMIT)
        told = f"{ours * 1e3:.2f} ms against {theirs * 1e3:.2f} ms by hand"
        yield Result(f"{question.name}, {million}: added by the call", added * 1e3, "ms", MILLISECONDS_ADDED, told)


def _compare(question: Question) -> tuple[float, float, float, float]:
    sql, parameters = _emitted(question)
    assert sorted(_rows(sql, parameters)) == sorted(_rows(question.by_hand, question.parameters)), question.name
    emitted, by_hand, calls = [], [], []
    for _ in range(TURNS):
        emitted.append(seconds(lambda: _rows(sql, parameters)))
        by_hand.append(seconds(lambda: _rows(question.by_hand, question.parameters)))
        with queries.one_instant():
            queries.clock_instant()
            calls.append(seconds(question.call))
    return median(emitted) / median(by_hand), median(calls) - median(emitted), median(calls), median(by_hand)


def _emitted(question: Question) -> tuple[str, Any]:
    """The last statement of the call, caught on its way."""
    caught: list[tuple[str, Any]] = []

    def catch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        caught.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(catch):
        question.call()
    return caught[-1]


def _rows(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


CELL = (
    's.id, s."key", o.period, o.value, o.decimals, o.qualifier, o.obs_status, o.conf_status, o.attributes_id, '
    "o.public_from, o.delivery_id"
)
SHOWN = "o.public_from <= %s AND o.public_to > %s"


def _questions(flow: Dataflow) -> Iterator[Question]:
    now = queries.clock_instant()
    structure = structure_of(flow)
    pk = {dimension.id: dimension.codes for dimension in structure.dimensions}
    column = {dimension.id: dimension.column for dimension in structure.dimensions}
    key = "A.TH.IND_00000.F._T.U._T"
    yield Question(
        "one series",
        lambda: queries.select(flow, key).cells(),
        f"SELECT {CELL} FROM observations_observation o JOIN observations_series s ON s.id = o.series_id "
        f'WHERE s.dataflow_id = %s AND s."key" = %s AND {SHOWN} ORDER BY o.period',
        [flow.pk, key, now, now],
    )
    everywhere = {"INDICATOR": ["IND_00000"], "SEX": ["_T"], "AGE": ["_T"], "LOCATION": ["U"]}
    chosen = " AND ".join(f"s.{column[name]} = %s" for name in everywhere)
    pks = [pk[name][values[0]] for name, values in everywhere.items()]
    yield Question(
        "latest of all countries",
        lambda: queries.latest(flow, everywhere),
        f"SELECT {CELL} FROM observations_series s JOIN observations_observation o ON o.series_id = s.id "
        f"WHERE s.dataflow_id = %s AND {chosen} AND {SHOWN} AND o.period = (SELECT MAX(p.period) "
        "FROM observations_observation p WHERE p.series_id = s.id AND p.public_from <= %s AND p.public_to > %s "
        'AND p.value IS NOT NULL) ORDER BY s."key"',
        [flow.pk, *pks, now, now, now, now],
    )
    few = {"INDICATOR": ["IND_00000"]}
    each = " UNION ALL ".join(
        f"SELECT {n}, s.{one.column}, 0, 0 FROM observations_series s WHERE s.dataflow_id = %s "
        f"AND s.{column['INDICATOR']} = %s AND {_has_any()} GROUP BY s.{one.column}"
        for n, one in enumerate(structure.dimensions, start=1)
    )
    asked = [flow.pk, pk["INDICATOR"]["IND_00000"], now, now]
    yield Question(
        "availability of one indicator",
        lambda: queries.availability(flow, few),
        f"SELECT 0, COUNT(DISTINCT s.id), MIN(o.period), MAX(o.period) FROM observations_series s "
        f"JOIN observations_observation o ON o.series_id = s.id WHERE s.dataflow_id = %s "
        f"AND s.{column['INDICATOR']} = %s AND {SHOWN} UNION ALL {each}",
        asked * (1 + len(structure.dimensions)),
    )
    yield Question(
        "slice of 10,000 cells",
        lambda: queries.select(flow, few).cells(),
        f"SELECT {CELL} FROM observations_series s JOIN observations_observation o ON o.series_id = s.id "
        f'WHERE s.dataflow_id = %s AND s.{column["INDICATOR"]} = %s AND {SHOWN} ORDER BY s."key", o.period',
        asked,
    )


def _has_any() -> str:
    return f"EXISTS (SELECT 1 FROM observations_observation o WHERE o.series_id = s.id AND {SHOWN})"
