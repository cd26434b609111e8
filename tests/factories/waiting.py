"""Two at once on PostgreSQL, in an order that the test decides: one goes on when the other has come to wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, connections


class Beside:
    """A deed in a thread of its own, with a connection of its own. `outcome` is what it gave or raised, once joined."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.outcome: object = None
        self._deed = deed
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.outcome = self._deed()
        except Exception as fault:  # noqa: BLE001 - the test looks at whatever it is
            self.outcome = fault
        finally:
            connections.close_all()

    def start_and_wait_until_it_waits(self) -> None:
        """Until it waits for a lock that somebody else holds, most likely whoever calls."""
        self._thread.start()
        for _attempt in range(2_000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees the first look again
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    return
            if not self._thread.is_alive():
                break
            time.sleep(0.01)
        raise AssertionError(f"it did not wait for anybody: {self.outcome!r}")

    def join(self) -> object:
        """Wait for its end; what it gave or raised."""
        self._thread.join()
        return self.outcome
