"""A file sent as a file, whole or a part of it: clients that read Parquet fetch its foot and the columns they want."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_ASKED = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")
_PIECE = 256 * 1024


def file_answer(request: HttpRequest, file: BinaryIO, headers: Mapping[str, str]) -> HttpResponseBase:
    """The file, or the part that `Range` asks for (206; 416 where there is none). It is closed with the answer.

    `headers` hold the ETag. Several parts at once are answered with the whole, as is a `Range` whose `If-Range` names
    another state, or a date.
    """
    size = os.fstat(file.fileno()).st_size
    span = _span(request, headers, size)
    if span is None:
        answer: HttpResponseBase = FileResponse(file, headers=dict(headers))
    elif span.start >= span.stop:
        file.close()
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        answer = StreamingHttpResponse(_Part(file, span), status=206, headers=dict(headers))
        answer["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
        answer["Content-Length"] = str(len(span))
    answer["Accept-Ranges"] = "bytes"
    return answer


def _span(request: HttpRequest, headers: Mapping[str, str], size: int) -> range | None:
    """The bytes wanted; None for all of them, an empty range for none that exist."""
    asked = _ASKED.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or asked is None or (asked["first"], asked["last"]) == ("", ""):
        return None
    condition = request.headers.get("If-Range", "")
    if condition and condition != headers.get("ETag"):  # a date tells two states of one second not apart
        return None
    if not asked["first"]:
        return range(max(0, size - int(asked["last"])), size)
    first = int(asked["first"])
    last = int(asked["last"]) if asked["last"] else max(first, size - 1)
    return range(first, min(last + 1, size)) if first <= last else None


class _Part:
    """Some bytes of an open file, piece by piece; Django closes it with the answer, also where nobody has read it."""

    def __init__(self, file: BinaryIO, span: range) -> None:
        self._file = file
        self._span = span

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._span.start)
        left = len(self._span)
        while left and (piece := self._file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()
