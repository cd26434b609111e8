"""How an audit entry is sealed: SHA-256 over its canonical JSON, in which stands the hash of the entry before.

Standard library alone, and no Django: `audit_verifier` runs on a bare machine with a copy of the trail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "0" * 64
"""What stands before the first entry."""

FIELDS: Final = (
    "sequence",
    "at",
    "actor",
    "action",
    "object_type",
    "object_id",
    "reason",
    "detail",
    "previous_hash",
)
"""What is sealed. `at` is an instant: whole microseconds since 1970-01-01T00:00:00Z."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


class ChainBroken(Exception):
    """The first place where the trail is not what was written. `sequence` is the entry it was noticed at."""

    def __init__(self, sequence: int, fault: str) -> None:
        super().__init__(f"Entry {sequence}: {fault}")
        self.sequence = sequence
        self.fault = fault


@dataclass(frozen=True)
class Checkpoint:
    """The end of the chain at some moment; kept outside the system, it shows a cut tail or a rewritten whole."""

    sequence: int
    entry_hash: str


def canonical(value: object, default: Callable[[Any], object] | None = None) -> str:
    """`value` as JSON with sorted keys, no spaces, ASCII; ValueError for NaN and infinities.

    `default` translates what JSON does not know, as in json.dumps.
    """
    if default is None:
        return _encode(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=default)


def entry_hash(entry: Mapping[str, object]) -> str:
    """The seal of an entry (`FIELDS`), as 64 hexadecimal digits."""
    return hashlib.sha256(_encode({name: entry[name] for name in FIELDS}).encode("ascii")).hexdigest()


def walk(entries: Iterable[Mapping[str, object]], checkpoints: Iterable[Checkpoint] = ()) -> Checkpoint:
    """Check a whole trail in order and return its end; ChainBroken at the first fault.

    A tail cut, or a trail rewritten, since one of `checkpoints` was taken is a fault.
    """
    known = {point.sequence: point.entry_hash for point in checkpoints}
    if known.get(0, GENESIS) != GENESIS:
        raise ChainBroken(0, "the checkpoint names a beginning that is not ours")
    previous, sequence = GENESIS, 0
    for entry in entries:
        sequence += 1
        previous = _continued(entry, sequence, previous)
        if known.get(sequence, previous) != previous:
            raise ChainBroken(sequence, "is not the entry that the checkpoint was taken of")
    newest = max(known, default=0)
    if sequence < newest:
        raise ChainBroken(sequence + 1, f"missing; the trail ends at {sequence}, the checkpoint was taken at {newest}")
    return Checkpoint(sequence, previous)


def _continued(entry: Mapping[str, object], sequence: int, previous: str) -> str:
    if entry["sequence"] != sequence:
        raise ChainBroken(sequence, f"missing; found {entry['sequence']} in its place")
    if entry["previous_hash"] != previous:
        raise ChainBroken(sequence, "does not continue the entry before it")
    sealed = entry_hash(entry)
    if entry["entry_hash"] != sealed:
        raise ChainBroken(sequence, "its content does not match its seal")
    return sealed
