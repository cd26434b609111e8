"""What `adme worker` does: keep the release clock, and look after the process that works through the task queue.

Both survive errors: a round that fails is logged, told to monitoring, and tried again half a second later. Several
workers may run; `release_due` and the queue let one of them win.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time

from django.db import DatabaseError, close_old_connections, connection

from adme.config.models import WorkerBeat
from adme.lib import clock
from adme.releases.actions import release_due

log = logging.getLogger(__name__)

BEAT = 5.0
"""Seconds between two signs of life in the database."""
FORGOTTEN = dt.timedelta(days=1)


class ReleaseClock:
    """Puts live what is due, again and again."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.trouble = ""
        self._beaten_at = float("-inf")
        self._told = ""

    def run(self, stopping: threading.Event, *, interval: float) -> None:
        """Until `stopping` is set; a round begins at most every `interval` seconds."""
        while not stopping.is_set():
            began = time.monotonic()
            self.round()
            stopping.wait(max(0.0, interval - (time.monotonic() - began)))
        WorkerBeat.objects.filter(name=self.name).delete()

    def round(self) -> None:
        """Release what is due once, and say that we live."""
        try:
            close_old_connections()
            for release in release_due():
                log.info("Released release=%s", release.pk)
            self.trouble = ""
        except Exception as error:  # whatever it is, the clock must not stop for it
            log.exception("Releasing what is due failed")
            self.trouble = type(error).__name__
            connection.close()
        self._beat()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_at < BEAT and self.trouble == self._told:
            return
        now = clock.now()
        try:
            WorkerBeat.objects.update_or_create(name=self.name, defaults={"at": now, "trouble": self.trouble})
            WorkerBeat.objects.filter(at__lt=now - FORGOTTEN).delete()
        except DatabaseError:
            log.warning("No sign of life could be written")
            connection.close()
            return
        self._beaten_at, self._told = time.monotonic(), self.trouble
