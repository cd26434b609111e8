"""Words travel compressed to whoever can read that; what is packed already is left alone."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pyarrow as pa
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from adme.config.compression import Compression

LONG = b"Unemployment in Viet Nam, " * 100


def answered(response: HttpResponseBase, accepted: str = "gzip, br") -> HttpResponseBase:
    answer = Compression(lambda request: response)(RequestFactory().get("/", headers={"Accept-Encoding": accepted}))
    assert isinstance(answer, HttpResponseBase)
    return answer


@pytest.mark.parametrize(
    "kind",
    [
        "text/html; charset=utf-8",
        "text/csv",
        "image/svg+xml",
        "application/json",
        "application/atom+xml",
        "application/vnd.sdmx.data+json; version=2.0.0",
        "application/vnd.sdmx.data+csv; version=2.0.0",
    ],
)
def test_words_are_compressed_and_read_back_the_same(kind: str):
    answer = answered(HttpResponse(LONG, content_type=kind))
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == LONG
    assert "Accept-Encoding" in answer["Vary"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.apache.parquet",
        "application/octet-stream",
        "font/woff2",
    ],
)
def test_what_is_packed_already_is_left_alone(kind: str):
    answer = answered(HttpResponse(LONG, content_type=kind))
    assert "Content-Encoding" not in answer
    assert answer.content == LONG


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/vnd.sdmx.data+xml;version=3.0.0"])
def test_programs_that_can_read_zstandard_get_it(kind: str):
    answer = answered(HttpResponse(LONG, content_type=kind, headers={"ETag": '"x"'}), accepted="gzip, zstd")
    assert (answer["Content-Encoding"], answer["ETag"]) == ("zstd", 'W/"x"')
    assert pa.CompressedInputStream(pa.BufferReader(answer.content), "zstd").read() == LONG


@pytest.mark.parametrize(
    ("kind", "accepted", "used"),
    [
        ("text/html; charset=utf-8", "gzip, zstd", "gzip"),
        ("text/csv", "gzip, zstd;q=0.5", "gzip"),
        ("text/csv", "gzip, zstd;q=high", "gzip"),
        ("text/csv", "gzip, zstd;q=0", "gzip"),
    ],
)
def test_pages_and_who_likes_gzip_better_get_gzip(kind: str, accepted: str, used: str):
    assert answered(HttpResponse(LONG, content_type=kind), accepted)["Content-Encoding"] == used


def test_a_few_words_stay_as_they_are():
    answer = answered(HttpResponse(b"short", content_type="text/csv"), accepted="zstd")
    assert answer.content == b"short"
    assert "Content-Encoding" not in answer


def test_who_cannot_read_it_gets_it_plain():
    assert answered(HttpResponse(LONG), accepted="").content == LONG


def test_a_stream_stays_a_stream():
    def rows() -> Iterator[bytes]:
        yield from [LONG, LONG]

    answer = answered(StreamingHttpResponse(rows(), content_type="text/csv"))
    assert answer.streaming
    assert gzip.decompress(b"".join(answer.streaming_content)) == LONG * 2


def test_a_stream_in_zstandard_goes_on_piece_by_piece():
    sent = []

    def rows() -> Iterator[bytes]:
        for number in range(3):
            sent.append(number)
            yield LONG

    answer = answered(StreamingHttpResponse(rows(), content_type="text/csv"), accepted="zstd")
    pieces = iter(answer.streaming_content)
    first = next(pieces)
    assert sent == [0]
    assert pa.CompressedInputStream(pa.BufferReader(first + b"".join(pieces)), "zstd").read() == LONG * 3
