"""Addresses that a page gives away: the question kept, an instant pinned, the same figures in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from adme.portal.asked import written
from adme.portal.queries import Flow

Question = Mapping[str, str | Sequence[str]]


def with_question(path: str, question: Question) -> str:
    """`path` with those parameters of `question` that say anything, in a fixed order."""
    query = QueryDict(mutable=True)
    for name, value in question.items():
        words = [value] if isinstance(value, str) else list(value)
        if any(words):
            query.setlist(name, [word for word in words if word])
    text = query.urlencode(safe=":,")
    return f"{path}?{text}" if text else path


def one_of_many(name: str) -> Callable[[str], str]:
    """The addresses of hundreds of things of one kind: the pattern is looked up once. Ids are slugs or codes."""
    before, after = reverse(name, args=["AA"]).split("AA")
    return lambda word: f"{before}{word}{after}"


def absolute(path: str) -> str:
    """The address as the world knows it."""
    return f"{settings.SITE_ADDRESS}{path}"


def pinned(path: str, question: Question, instant: int) -> str:
    """The absolute address that answers the same for ever: the question, as of `instant`."""
    return absolute(with_question(path, {**question, "as_of": written(instant)}))


def api_address(flow: Flow, key: Mapping[str, Sequence[str]], *, as_of: int | None = None) -> str:
    """Where the API gives the same figures."""
    dataflow = flow.dataflow
    path = reverse(
        "sdmx:data",
        kwargs={
            "context": "dataflow",
            "agency": dataflow.agency,
            "flow": dataflow.artefact_id,
            "version": dataflow.version,
            "key": flow.layout.key_text(key),
        },
    )
    return absolute(with_question(path, {"asOf": written(as_of)} if as_of is not None else {}))
