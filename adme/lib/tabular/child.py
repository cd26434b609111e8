"""What the limited child is asked to do: look at a file, or read it. Called by `adme.lib.sandbox_child` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adme.lib.tabular.chunks import ChunkWriter
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.kinds import MESSAGE_KINDS, check_kind, kind_of
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sheet_table import read_sheet
from adme.lib.tabular.sniffing import sniff_file
from adme.lib.tabular.text_table import read_text


def sniff(arguments: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """{"facts": …} or {"refused": …}."""
    path, limits = Path(arguments["path"]), arguments["limits"]
    return _or_refused(lambda: {"facts": sniff_file(path, arguments["name"], limits).to_dict()})


def read(arguments: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """{"table": …} beside the files of its chunks, or {"refused": …}."""
    path, limits = Path(arguments["path"]), arguments["limits"]
    dialect = Dialect.from_dict(arguments["dialect"])

    def reading() -> dict[str, Any]:
        kind = kind_of(path, limits)
        check_kind(kind, arguments["name"], path.stat().st_size, limits)
        if kind in MESSAGE_KINDS:
            from adme.lib.tabular.message_table import Expected, read_message

            told = arguments.get("expected")
            expected = Expected.from_dict(told) if told else None
            table = read_message(path, kind, expected, limits, folder, arguments["chunk_rows"])
            return {"table": {"sheet": None, **table}}
        writer = ChunkWriter(folder, arguments["chunk_rows"], limits["chunk_text_bytes"])
        if kind == "xlsx":
            read_sheet(path, dialect, limits, writer)
        else:
            read_text(path, dialect, limits, writer)
        return {"table": writer.finish()}

    return _or_refused(reading)


def read_sheets(arguments: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """{"tables": [each with the prefix of its files]} of the wanted sheets that have rows, or {"refused": …}."""
    path, limits, wanted = Path(arguments["path"]), arguments["limits"], set(arguments["sheets"])

    def reading() -> dict[str, Any]:
        facts = sniff_file(path, arguments["name"], limits)
        tables = []
        for number, sheet in enumerate(facts.sheets if facts.kind == "xlsx" else ()):
            if (sheet.name or "").strip().casefold() in wanted and sheet.rows > 1:
                prefix = f"sheet-{number}-"
                writer = ChunkWriter(folder, arguments["chunk_rows"], limits["chunk_text_bytes"], prefix)
                read_sheet(path, Dialect(sheet=sheet.name, header_row=1, decimal="."), limits, writer)
                tables.append({"prefix": prefix, **writer.finish()})
        return {"kind": facts.kind, "tables": tables}

    return _or_refused(reading)


def _or_refused(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except TableRefused as refused:
        return {"refused": refused.to_dict()}
