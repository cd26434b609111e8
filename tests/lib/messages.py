"""Messages read without the child process, and hostile ones."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from adme.lib.tabular import child
from adme.lib.tabular.limits import limits_with
from adme.lib.tabular.message_table import Expected
from adme.lib.tabular.refusals import TableRefused

EXPECTED = Expected(("FREQ", "REF_AREA"), "TIME_PERIOD", "OBS_VALUE", ("OBS_STATUS", "TITLE"))


def read_message_here(
    content: str | bytes, *, chunk_rows: int = 50_000, expected: Expected | None = EXPECTED, **limits: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with every column, and places."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "message"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        arguments: dict[str, Any] = {
            "path": str(path),
            "name": "message",
            "limits": limits_with(limits),
            "dialect": {},
            "chunk_rows": chunk_rows,
            "expected": expected.to_dict() if expected else None,
        }
        answer = child.read(arguments, folder)
        if "refused" in answer:
            raise TableRefused.from_dict(answer["refused"])
        chunks = answer["table"]["chunks"]
        frames = [pl.read_ipc(folder / f"rows-{chunk['number']:06d}.arrow") for chunk in chunks]
        rows = pl.concat(frames, how="diagonal")
        missing = [name for name in answer["table"]["columns"] if name not in rows.columns]
        places = pl.read_ipc(folder / "places.arrow")
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing), places


def told(content: str | bytes, **more: Any) -> list[dict[str, str]]:
    """Each row as what it says, without the structure."""
    rows, _places = read_message_here(content, **more)
    leading = ("row", "STRUCTURE", "STRUCTURE_ID")
    return [
        {name: text for name, text in row.items() if text is not None and name not in leading}
        for row in rows.iter_rows(named=True)
    ]
