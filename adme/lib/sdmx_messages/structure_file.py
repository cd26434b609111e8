"""A structure message of any kind, read: SDMX-ML 2.1, 3.0 and 3.1, SDMX-JSON 2.0 and 2.1."""

from __future__ import annotations

from adme.lib.sdmx_messages import json_structure_reading, xml_structure_reading
from adme.lib.sdmx_messages.structure_reading import NotReadable, Reading

MOST_BYTES = 64 * 1024 * 1024
"""A structure message is read as a whole; the largest that public registries send are a tenth of this."""


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
