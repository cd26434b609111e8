"""Periods as consecutive whole numbers, and as times in years. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from adme.lib import periods

A_YEAR: Final = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 12}
"""Periods in a year."""


@lru_cache(maxsize=4_096)
def step_of(period: int) -> int:
    """The period's number among those of its frequency: 2019, 2020, … for years. Weeks and days count as their year."""
    number = A_YEAR.get(periods.frequency(period), 1)
    day = periods.first_day(period)
    return day.year * number + (day.month - 1) * number // 12


@lru_cache(maxsize=4_096)
def time_of(period: int) -> float:
    """The start of the period in years: 2015 is 2015.0, 2015-Q3 is 2015.5."""
    number = A_YEAR.get(periods.frequency(period), 1)
    return step_of(period) / number


def label_of(step: int, frequency: str = "A") -> str:
    """The step's period as SDMX writes it."""
    number = A_YEAR[frequency]
    year, part = divmod(step, number)
    if frequency == "A":
        return f"{year:04d}"
    return f"{year:04d}-{part + 1:02d}" if frequency == "M" else f"{year:04d}-{frequency}{part + 1}"


def step_at(year: int, month: int, frequency: str = "A") -> int:
    """The step that a month lies in."""
    number = A_YEAR[frequency]
    return year * number + (month - 1) * number // 12
