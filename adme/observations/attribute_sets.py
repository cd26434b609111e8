"""Attributes that many observations share: stored once, found by the hash of their content."""

from __future__ import annotations

import hashlib

import polars as pl

from adme.observations import columns
from adme.observations.models import AttributeSet

ATTRIBUTE_SET = AttributeSet._meta.db_table


def id_of(content: str) -> int:
    """The id of a content in canonical JSON: 63 bits of its BLAKE2 digest, never 0. Needs no look-up."""
    digest = hashlib.blake2b(content.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1 or 1


class AttributeSets:
    """Collects the contents of a delivery, and writes those that the store does not know yet."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def ids_of(self, contents: pl.Series) -> pl.Series:
        """The id of each content, 0 where there is none (null)."""
        different = contents.unique().drop_nulls()
        ids = []
        for content in different:
            if content not in self._ids:
                self._ids[content] = id_of(content)
            ids.append(self._ids[content])
        return contents.replace_strict(
            different, pl.Series(ids, dtype=pl.Int64), default=0, return_dtype=pl.Int64
        ).fill_null(0)

    @property
    def contents(self) -> dict[int, str]:
        """Id → content of everything collected so far."""
        return {id_: content for content, id_ in self._ids.items()}

    def write(self) -> None:
        """Store every content; those stored before stay as they are."""
        frame = pl.DataFrame(
            {"id": list(self._ids.values()), "content": list(self._ids)}, schema={"id": pl.Int64, "content": pl.String}
        )
        columns.insert(ATTRIBUTE_SET, frame.sort("id"), known_already=True)
