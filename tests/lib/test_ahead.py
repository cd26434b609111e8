from __future__ import annotations

import threading

import pytest

from adme.lib.ahead import ahead


def test_items_keep_their_order():
    assert list(ahead(iter(range(50)))) == list(range(50))
    assert list(ahead(iter([]))) == []
    assert list(ahead(iter([None, 0]))) == [None, 0]


def test_the_next_item_is_made_while_one_is_used():
    made = threading.Event()

    def items():
        yield 1
        made.set()
        yield 2

    found = ahead(items())
    assert next(found) == 1
    assert made.wait(30)
    assert list(found) == [2]


def test_what_making_an_item_raises_is_raised_in_its_place():
    def items():
        yield 1
        raise LookupError

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(LookupError):
        next(found)


def test_whoever_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    found = ahead(iter(range(9)))
    next(found)
    found.close()
    assert threading.active_count() == before
