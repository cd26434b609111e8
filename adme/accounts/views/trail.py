"""The audit trail, for those who may read it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from adme.accounts import queries, refusals
from adme.accounts.audit import checkpoint
from adme.accounts.forms import AuditFilterForm
from adme.accounts.models import AuditEntry
from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.accounts.sections import sections_for
from adme.accounts.views.session import signed_in_person
from adme.lib import clock

PAGE = 100
LINES = 1_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TrailPaginator(Paginator[AuditEntry]):
    """Counts only what is filtered: the length of the whole trail is known."""

    def __init__(self, *args: Any, asked: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked

    @cached_property
    def count(self) -> int:
        return super().count if self.asked else checkpoint().sequence


@policy(Verb.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, by action, person and object."""
    asked = _asked(request)
    if asked is None:
        return refusals.bad_request(request)
    page = TrailPaginator(queries.audit_entries(asked), PAGE, asked=asked).get_page(request.GET.get("page"))
    context = {
        "form": AuditFilterForm(initial=asked),
        "page": page,
        "is_filtered": any(asked.values()),
        "download": f"{reverse('accounts:audit-csv')}?{urlencode(asked)}",
        "sections": sections_for(signed_in_person(request), request.path),
    }
    return render(request, "accounts/audit.html", context)


@policy(Verb.READ_AUDIT, formats=["csv"])
def audit_csv(request: HttpRequest) -> HttpResponseBase:
    """The same entries, all of them, as CSV."""
    asked = _asked(request)
    if asked is None:
        return refusals.bad_request(request)
    name = f"audit-{clock.now():%Y%m%dT%H%M%SZ}.csv"
    return StreamingHttpResponse(
        _csv(queries.audit_rows(asked)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(request: HttpRequest) -> dict[str, str] | None:
    """What the query string asks for; None when it is malformed or asks for something there is not."""
    form = AuditFilterForm(request.GET)
    if set(request.GET) - set(form.fields) - {"page"} or not form.is_valid():
        return None
    return {name: value for name, value in form.cleaned_data.items() if value}


def _csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for number, row in enumerate(rows, start=1):
        # Spreadsheets run text that begins like a formula; a quote in front keeps it text.
        writer.writerow(["'" + cell if cell.startswith(FORMULA) else cell for cell in row])
        if number % LINES == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8")
