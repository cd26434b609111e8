"""What the database's planner is told about tables after many rows were written.

SQLite is told of the series and of nothing else: where it has statistics of an index, it may read a column of it by
jumping between the values of an IN, and then forgets an upper bound on the next column (docs/decisions/0107). With
`period IN (…) AND public_from <= …` that showed what was under embargo.
"""

from __future__ import annotations

from django.db import connection

from adme.observations import columns
from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.observations.catalogue import SERIES
from adme.observations.extents import EXTENT
from adme.observations.tables import OBSERVATION

MAY_BE_KNOWN = (SERIES,)
"""Tables that SQLite may have statistics of: no question bounds their ids from above beside an IN."""


MANY = 20_000
"""So many new rows are told to the planner."""

LARGE_SHARE = 0.2
"""Of the observations; PostgreSQL's own autovacuum looks again after a tenth, a little later."""


def inform(*, series: int, observations: int) -> None:
    """Tell the planner of a load that wrote so many new rows; without it a large one leaves slow plans behind."""
    if series and series + observations >= MANY:
        columns.analyze(MAY_BE_KNOWN)
    if observations >= MANY and connection.vendor == "postgresql" and observations >= LARGE_SHARE * _known():
        columns.analyze([OBSERVATION, EXTENT, ATTRIBUTE_SET])


def inform_of_all() -> None:
    """The same of every table, after all of them were filled."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    else:
        columns.analyze(MAY_BE_KNOWN)


def _known() -> float:
    """How many observations PostgreSQL's planner reckons with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [OBSERVATION])
        return float(cursor.fetchone()[0])
