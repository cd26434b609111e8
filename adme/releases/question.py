"""A question about published data with everything that can be asked for, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from adme.releases.filters import Where

Action = Literal["Replace", "Merge", "Delete"]


class Order(NamedTuple):
    """One component to sort by: codes and texts by their characters, the measure as a number, periods in time.

    What has no value comes after what has.
    """

    component: str
    descending: bool = False


@dataclass(frozen=True)
class Question:
    """`as_of` and `updated_after` are instants; an `as_of` that has not come yet means the present.

    `updated_after` asks for what was added, revised and deleted since; `with_history` for every dissemination rather
    than the latest state. `first_n` and `last_n` keep the first and last observations of each series, in each part of
    the answer. `offset` and `limit` count observations (or series, where `measure` and `attributes` leave nothing of
    the observations) over the whole answer, in the order asked for, before they are grouped by series. `attributes`
    are ids, None for all; `measure` is whether to give the value. `at_observation` is the dimension that observations
    are told apart by within their series (nothing: time), or FLAT.
    """

    where: Where = field(default_factory=Where)
    as_of: int | None = None
    updated_after: int | None = None
    with_history: bool = False
    first_n: int | None = None
    last_n: int | None = None
    offset: int = 0
    limit: int | None = None
    order: tuple[Order, ...] = ()
    attributes: tuple[str, ...] | None = None
    measure: bool = True
    at_observation: str = ""
