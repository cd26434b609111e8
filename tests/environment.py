"""What must be so before Django reads its settings. Loaded by pytest through ``-p tests.environment``.

Whatever the shell holds, a test session has a home of its own and talks to nobody's installation. DATABASE_URL alone is
kept, as tools/with_postgres.sh sets it; without it the database is SQLite in memory.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

KEPT = ("ADME_TEST_", "ADME_SCREENSHOTS")
"""Names with these beginnings speak to the tests themselves: ADME_TEST_LONG, ADME_SCREENSHOTS."""


def _prepare() -> None:
    for name in list(os.environ):
        if name.startswith("ADME_") and not name.startswith(KEPT):
            del os.environ[name]
    home = tempfile.mkdtemp(prefix="adme-test-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.mkdir(os.path.join(home, "static"))  # where collectstatic would have put files; WhiteNoise warns otherwise
    os.environ["ADME_HOME"] = home
    os.environ["ADME_TESTING"] = "1"
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    # Many parallel processes of two threads each, not two processes of as many threads as there are cores.
    os.environ.setdefault("POLARS_MAX_THREADS", "2")


_prepare()
