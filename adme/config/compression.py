"""Answers made of words go out compressed: a country page is 200 kB of text and 25 kB on the line.

Static files are compressed once, when they are collected; XLSX, Parquet and fonts are compressed in themselves.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_WORDS: Final = re.compile(r"text/|image/svg|application/([\w.-]+\+)?(json|xml|csv)\b|application/vnd\.sdmx")


class Compression(GZipMiddleware):
    """Compresses text for clients that can read it.

    Pages hold tokens against forged requests beside words of the address, so that lengths could tell (BREACH): Django
    masks the token anew in each page and adds a random number of bytes, which is why its middleware is used.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The same answer, compressed where that pays."""
        if not _WORDS.match(response.headers.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
