"""Words travel compressed to whoever can read that; what is packed already is left alone."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

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


def test_who_cannot_read_it_gets_it_plain():
    assert answered(HttpResponse(LONG), accepted="").content == LONG


def test_a_stream_stays_a_stream():
    def rows() -> Iterator[bytes]:
        yield from [LONG, LONG]

    answer = answered(StreamingHttpResponse(rows(), content_type="text/csv"))
    assert answer.streaming
    assert gzip.decompress(b"".join(answer.streaming_content)) == LONG * 2
