"""Answers made of words go out compressed: a country page is 200 kB of text and 25 kB on the line.

Static files are compressed once, when they are collected; XLSX, Parquet and fonts are compressed in themselves.
Whoever can read Zstandard gets what programs read (SDMX, CSV, JSON, XML) in that: smaller than gzip, in a fraction of
the time. Pages stay with gzip, for the reason that `Compression` gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_WORDS: Final = re.compile(r"text/|image/svg|application/([\w.-]+\+)?(json|xml|csv)\b|application/vnd\.sdmx")
_FOR_PROGRAMS: Final = re.compile(r"text/csv|application/([\w.-]+\+)?(json|xml|csv)\b|application/vnd\.sdmx")
_TOO_SHORT: Final = 200
"""Bytes below which compression gains nothing (Django's own measure)."""


class Compression(GZipMiddleware):
    """Compresses text for clients that can read it.

    Pages hold tokens against forged requests beside words of the address, so that lengths could tell (BREACH): Django
    masks the token anew in each page and adds a random number of bytes, which is why its middleware is used for them.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The same answer, compressed where that pays."""
        kind = response.headers.get("Content-Type", "")
        if not _WORDS.match(kind):
            return response
        accepted = request.headers.get("Accept-Encoding", "")
        if _FOR_PROGRAMS.match(kind) and prefers_zstd(accepted) and not response.has_header("Content-Encoding"):
            return _in_zstd(response)
        return super().process_response(request, response)


def prefers_zstd(accepted: str) -> bool:
    """Whether an Accept-Encoding header takes Zstandard, and likes it no less than gzip."""
    qualities = dict(_quality(member) for member in accepted.split(","))
    mine = qualities.get("zstd", 0.0)
    return mine > 0 and mine >= qualities.get("gzip", 0.0)


def _quality(member: str) -> tuple[str, float]:
    name, _, parameter = (part.strip().lower() for part in member.partition(";"))
    try:
        return name, float(parameter.removeprefix("q=")) if parameter else 1.0
    except ValueError:
        return name, 0.0


def _in_zstd(response: HttpResponseBase) -> HttpResponseBase:
    patch_vary_headers(cast(HttpResponse, response), ("Accept-Encoding",))
    if isinstance(response, StreamingHttpResponse):
        pieces = cast(Iterable[bytes], response.streaming_content)
        response.streaming_content = zstd(pieces)
        del response.headers["Content-Length"]
    elif isinstance(response, HttpResponse) and len(response.content) >= _TOO_SHORT:
        response.content = b"".join(zstd([response.content]))
        response.headers["Content-Length"] = str(len(response.content))
    else:
        return response
    response.headers["Content-Encoding"] = "zstd"
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"  # the same answer in other bytes
    return response


class _Outbox:
    """A file that is only written to, and keeps what has not been sent on yet, also when it is closed."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what is written is taken by `taken`."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces compressed, each sent on as it comes."""
    outbox = _Outbox()
    with pa.CompressedOutputStream(pa.PythonFile(outbox, mode="w"), "zstd") as stream:
        for piece in pieces:
            stream.write(piece)
            stream.flush()
            if taken := outbox.taken():
                yield taken
    yield outbox.taken()
