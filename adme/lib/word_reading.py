"""The door for strangers' Word documents: the rows of their tables, read in a limited child process."""

from __future__ import annotations

from pathlib import Path

from adme.lib import sandbox
from adme.lib.tabular.limits import MB, limits_with
from adme.lib.tabular.refusals import TableRefused

LIMITS = {"workbook_bytes": 20 * MB, "archive_expanded_bytes": 100 * MB}
_REFUSED_FOR = {"time": "took_too_long", "memory": "took_too_much_memory", "output": "gave_too_much"}


def read_rows(path: Path) -> list[tuple[str, str]]:
    """Key and text (HTML, to be cleaned by whoever keeps it) of each row with two cells. Raises TableRefused."""
    arguments = {"path": str(path.resolve()), "limits": limits_with(LIMITS)}
    try:
        outcome = sandbox.run_limited(
            "adme.lib.word_child:read", arguments, seconds=60, memory_mb=512, output_mb=1, nice=0
        )
    except sandbox.SandboxFailed as failed:
        raise TableRefused(_REFUSED_FOR.get(failed.kind, "not_readable"), seconds=60) from failed
    with outcome:
        if "refused" in outcome.answer:
            raise TableRefused.from_dict(outcome.answer["refused"])
        return [(str(key), str(html)) for key, html in outcome.answer["rows"]]
