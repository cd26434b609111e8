"""A structure message of any kind, read: SDMX-ML 2.1, 3.0 and 3.1, SDMX-JSON 2.0 and 2.1.

A file from outside is read by `read_structure_file`, in a child process with limits (`adme.lib.sandbox`).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from adme.lib.sandbox import SandboxFailed, run_limited
from adme.lib.sdmx_messages import json_structure_reading, xml_structure_reading
from adme.lib.sdmx_messages.artefacts import Artefacts
from adme.lib.sdmx_messages.plain_artefacts import from_plain
from adme.lib.sdmx_messages.structure_reading import NotReadable, Reading

MOST_BYTES = 64 * 1024 * 1024
"""A structure message is read as a whole; the largest that public registries send are a tenth of this."""
SECONDS = 120
MEMORY_MB = 1536
"""What the largest message takes as a tree, with some room."""

_TOO_MUCH = {"time": "Reading the file takes too long.", "memory": "The file takes too much memory to be read."}


def read_structures(content: bytes) -> Reading:
    """The artefacts of a message, told apart by its first letter. Raises NotReadable."""
    if len(content) > MOST_BYTES:
        raise NotReadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    first = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first == b"{":
        return json_structure_reading.read(content)
    if first == b"<":
        return xml_structure_reading.read(content)
    raise NotReadable("This is neither an SDMX-ML nor an SDMX-JSON message.")


def read_structure_file(path: Path) -> Reading:
    """The artefacts of a stranger's file. Raises NotReadable, also where it goes past the limits of the child."""
    if path.stat().st_size > MOST_BYTES:
        raise NotReadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    target = f"{__name__}:in_child"
    try:
        limits = {"seconds": SECONDS, "memory_mb": MEMORY_MB, "output_mb": 512}
        with run_limited(target, {"file": str(path.resolve())}, **limits) as outcome:
            answer: dict[str, Any] = outcome.answer
    except SandboxFailed as failed:
        raise NotReadable(_TOO_MUCH.get(failed.kind, "The file cannot be read.")) from None
    if "problem" in answer:
        raise NotReadable(answer["problem"])
    return _reading(answer)


def in_child(arguments: dict[str, Any], _folder: Path) -> dict[str, Any]:
    """What `read_structures` says of a file, as JSON; called by the limited process."""
    try:
        return dataclasses.asdict(read_structures(Path(arguments["file"]).read_bytes()))
    except NotReadable as fault:
        return {"problem": str(fault)}


def _reading(answer: dict[str, Any]) -> Reading:
    """The artefacts out of the plain values that came back from the child."""
    return Reading(from_plain(Artefacts, answer["artefacts"]), tuple(answer["left_out"]))
