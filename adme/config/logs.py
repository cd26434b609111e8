"""The technical log: one line of key=value pairs an event, with the request it belongs to. No personal data.

What people do stands in the audit trail; what the program does stands here. Nothing is in both.
"""

from __future__ import annotations

import contextvars
import datetime as dt
import logging
import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

_SECRET_PART = re.compile(r"(/choose-password/)[^/\s]+")
"""What in an address opens a door."""
_request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="-")


class RequestId:
    """Gives each request a name of its own for the log; it does not leave the machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(secrets.token_hex(6))
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


class KeyValues(logging.Formatter):
    """at=… level=… logger=… request=… event="…", and the trace below it where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One event as one line; line ends in a message cannot begin another."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        event = record.getMessage().replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
        event = _SECRET_PART.sub(r"\1…", event)
        line = f'at={at} level={record.levelname} logger={record.name} request={_request.get()} event="{event}"'
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line
