"""Published data as an answer, in the format wished for: streamed, or the frozen file itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from adme.releases import exports
from adme.releases.queries import Selection
from adme.sdmx.errors import NotImplementedYet, TooLarge
from adme.sdmx.negotiation import PARQUET, PLAIN_CSV, XLSX
from adme.sdmx.ranges import file_answer
from adme.sdmx.wishes import Wish

_FILES = (PARQUET, XLSX, PLAIN_CSV)
"""Formats for a desk, which a browser saves under a name."""


def data_answer(
    request: HttpRequest, selections: Sequence[Selection], wish: Wish, headers: Mapping[str, str]
) -> HttpResponseBase:
    """The selections as `wish` wants them; a whole dataflow as Parquet is the frozen file, of which parts can be had.

    `headers` are those of `answers.public_headers`. TooLarge, before the first byte, for a cube that JSON-stat cannot
    number; NotImplementedYet for what the format cannot say.
    """
    if wish.offer in _FILES:
        called = exports.filename(selections[0].dataflow, wish.offer.export)
        headers = {**headers, "Content-Disposition": content_disposition_header(True, called) or ""}
    if wish.offer == PARQUET and len(selections) == 1:
        frozen = selections[0].open_frozen_file()
        if frozen is not None:
            return file_answer(request, frozen, headers)
        # The same figures as in the frozen file to come, in other bytes: parts of one must not be joined to the other.
        headers = {**headers, "ETag": f"W/{headers['ETag']}"}
    manner = exports.Manner(wish.labels, headers.get("Content-Language", "en"), wish.keys, wish.normalized)
    try:
        made = exports.export(selections, wish.offer.export, manner)
    except exports.NotInThisFormat as fault:
        raise NotImplementedYet(str(fault)) from fault
    if request.method == "HEAD":
        # Streamed, so that nobody adds a length: how long the answer would be is not known, and it is not 0.
        return StreamingHttpResponse((), headers=headers)
    try:
        return StreamingHttpResponse(made.chunks(), headers=headers)
    except exports.TooManyCells:
        raise TooLarge(
            "The dimensions of this answer span more than 9,007,199,254,740,991 cells, which JSON-stat cannot number. "
            "Ask for fewer codes, or take another format."
        ) from None
