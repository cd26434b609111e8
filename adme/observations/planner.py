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


def inform() -> None:
    """Tell the planner what the store holds by now; without it a large load leaves slow plans behind."""
    columns.analyze(MAY_BE_KNOWN)
    if connection.vendor == "postgresql":
        columns.analyze([OBSERVATION, EXTENT, ATTRIBUTE_SET])


def inform_of_all() -> None:
    """The same for every table, after all of them were filled."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    else:
        inform()
