"""What monitoring and robots ask."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from adme.accounts.policy import PUBLIC, policy
from adme.api.answering import validated
from adme.config import readiness
from adme.config.limits import document

log = logging.getLogger(__name__)


@policy(PUBLIC, formats=["text"])
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process is alive; asks nobody else."""
    return _word("ok", 200)


@policy(PUBLIC, formats=["text"])
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this installation can do its work; the reasons stand in the log, not in the answer."""
    try:
        faults = readiness.faults()
    except DatabaseError as error:
        faults = [f"the database does not answer: {error}"]
    for fault in faults:
        log.warning("Not ready: %s", fault)
    return _word("not ready", 503) if faults else _word("ready", 200)


@policy(PUBLIC, formats=["text"])
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be indexed; workspaces and data downloads are nothing for a search engine."""
    lines = ["User-agent: *", "Disallow: /account/", "Disallow: /work/", "Disallow: /sdmx/", "Disallow: /api/", ""]
    lines.append(f"Sitemap: {settings.SITE_ADDRESS}/sitemap.xml")
    lines.append(f"# {settings.SITE_NAME}: {settings.SITE_ADDRESS}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@policy(PUBLIC, formats=["json"])
def limits(request: HttpRequest) -> HttpResponseBase:
    """What this installation enforces, for programs; the manual says the same to people."""
    return validated(request, JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 1}))


def _word(word: str, status: int) -> HttpResponse:
    answer = HttpResponse(word + "\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
