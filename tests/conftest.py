"""What every test may count on: which tests run where, how much of a randomised test, and the programs they need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
LONG = os.environ.get("ADME_TEST_LONG") == "1"

# No deadline: nothing here asserts on time (a busy machine is no bug). The blob replays a failure anywhere.
hypothesis.settings.register_profile("sample", deadline=None, print_blob=True)
hypothesis.settings.register_profile("long", deadline=None, print_blob=True, max_examples=2_000)
hypothesis.settings.load_profile("long" if LONG else "sample")


def on_postgres() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith(("postgres", "pgsql"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that touch the database: the rest give the same answer on every engine",
    )


def touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or item.get_closest_marker("postgres"):
        return True
    names = set(getattr(item, "fixturenames", ()))
    return bool(
        names & {"db", "transactional_db", "django_db_reset_sequences", "live_server", "client_of", "installation"}
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs more than Python, before ``-m`` chooses; refuse loudly where it is missing."""
    for item in items:
        if "soffice" in getattr(item, "fixturenames", ()):
            item.add_marker("office")
        if item.get_closest_marker("postgres") and not on_postgres():
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: run it through tools/with_postgres.sh"))
        if item.get_closest_marker("long") and not LONG:
            item.add_marker(pytest.mark.skip(reason="long: python3 run test --long"))
    if config.getoption("--database-only"):
        kept = [item for item in items if touches_database(item) and not item.get_closest_marker("one_engine")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.fixture(scope="session")
def volume() -> Callable[..., int]:
    """How often, how many: ``volume(50, long=1000)`` is 50, and 1,000 under ``python3 run test --long``."""

    def choose(sample: int, *, long: int) -> int:
        return long if LONG else sample

    return choose


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each process that tests writes into folders of its own: another's files belong to another's database."""
    from django.conf import settings
    from django.test import override_settings

    home = tmp_path_factory.mktemp("home")
    folders = {"ADME_HOME": home, "RECEIVED_DIR": home / "received", "FROZEN_DIR": home / "frozen"}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    assert all(hasattr(settings, name) for name in folders)
    with override_settings(**folders):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice, as somebody else's reader of our files. Missing is a failure, not a skip."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.fail("LibreOffice is missing. On Debian or Ubuntu: apt-get install libreoffice-calc-nogui")
    return program


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """In the browser's session, SQLite is a file: web server and test each hold a connection, as in life."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"] and any(item.get_closest_marker("browser") for item in request.session.items):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
