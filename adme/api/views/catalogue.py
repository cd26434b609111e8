"""The catalogue of what is public, for catalogues of catalogues."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from adme.accounts.policy import PUBLIC, policy
from adme.api.answering import known_already, open_to_all
from adme.api.catalogue import pieces
from adme.portal.catalogue import catalogue as everything_public


@policy(PUBLIC, formats=("json-ld",))
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """DCAT-AP as JSON-LD, streamed. It is made twice, once for its ETag: that takes time and no memory."""
    everything = everything_public()
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces(everything):
        digest.update(piece.encode())
    etag = f'"{digest.hexdigest()}"'
    unchanged = known_already(request, etag)
    if unchanged is not None:
        return unchanged
    response = StreamingHttpResponse(pieces(everything), content_type="application/ld+json; charset=utf-8")
    response.headers["ETag"] = etag
    return open_to_all(response)
