"""Makes the next item in a thread while the one before is used: for work that waits for a database or a disk."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items in their order, at most one of them made before it is asked for; the first is begun at once.

    Whatever making one raises is raised where it is asked for. The iterator must not touch the database: another
    thread has another connection, outside of the transaction.
    """
    end = object()
    thread = ThreadPoolExecutor(1, thread_name_prefix="adme-ahead")
    coming = thread.submit(next, items, end)

    def handed_over() -> Iterator[Item]:
        nonlocal coming
        with thread:
            while (item := coming.result()) is not end:
                coming = thread.submit(next, items, end)
                yield item  # type: ignore[misc]  # not the end, so an item

    return handed_over()
