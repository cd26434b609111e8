"""What must be so before anybody is let in. `adme check` shows it, `adme serve` refuses to start without it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from adme.accounts import audit_guard
from adme.config import readiness
from adme.config.cli import KEYLESS

SQLITE_WANTED: Final = {"journal_mode": {"wal", "memory"}, "synchronous": {"2", "3"}, "foreign_keys": {"1"}}
"""Per pragma what is right. "memory" is the journal of a database in memory (tests)."""
OLDEST_POSTGRESQL: Final = 140_000


def has_secret_key() -> bool:
    """Whether a secret key is set."""
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return False


def refuse_without_secret_key() -> None:
    """ImproperlyConfigured, with the remedy, where no secret key is set."""
    if not has_secret_key():
        raise ImproperlyConfigured(KEYLESS.replace("secret key", "SECRET_KEY"))


@register("adme")
def check_secret_key(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Without a key nobody can sign in."""
    if has_secret_key():
        return []
    what, _newline, remedy = KEYLESS.partition(". ")
    return [Error(what + ".", hint=remedy.replace("\n", " "), id="adme.E001")]


@register("adme")
def check_home(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Received and frozen files, and SQLite's, are written under ADME_HOME."""
    faults: list[CheckMessage] = []
    for folder in (settings.ADME_HOME, settings.RECEIVED_DIR, settings.FROZEN_DIR):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            hint = f"Let the user that runs adme (uid {os.getuid()}) write there, or set ADME_HOME to another folder."
            faults.append(Error(f"{folder} cannot be written to: {error.strerror}.", hint=hint, id="adme.E002"))
    return faults


@register(Tags.database)
def check_database(app_configs: Any, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """The settings that durability and equal answers rest on."""
    if not databases:
        return []
    try:
        connection.ensure_connection()
        settings_found = list(_sqlite_faults() if connection.vendor == "sqlite" else _postgresql_faults())
        return settings_found + list(_schema_faults())
    except DatabaseError as error:
        hint = "Is DATABASE_URL right, and does the server run?"
        return [Error(f"The database does not answer: {error}", hint=hint, id="adme.E003")]


def _sqlite_faults() -> Iterable[CheckMessage]:
    for pragma, wanted in SQLITE_WANTED.items():
        found = str(_ask(f"PRAGMA {pragma}")).lower()
        if found not in wanted:
            hint = "Is something else setting it on this file? adme sets it on each connection (settings.py)."
            yield Error(f"SQLite's {pragma} is {found}, not {max(wanted)}.", hint=hint, id="adme.E004")
    if int(str(_ask("PRAGMA busy_timeout"))) < 5_000:
        yield Error("SQLite waits too little for a writer (busy_timeout).", hint="At least 5000 ms.", id="adme.E004")
    if settings.DATABASES["default"].get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        hint = "transaction_mode must be IMMEDIATE: two writers would end in “database is locked”."
        yield Error("SQLite transactions begin without the right to write.", hint=hint, id="adme.E004")


def _postgresql_faults() -> Iterable[CheckMessage]:
    if int(str(_ask("SHOW server_version_num"))) < OLDEST_POSTGRESQL:
        yield Error("This PostgreSQL is older than 14.", hint="Upgrade the server.", id="adme.E005")
    if _ask("SHOW server_encoding") != "UTF8":
        hint = "Make the database anew with ENCODING 'UTF8'."
        yield Error("The database does not keep text as UTF-8.", hint=hint, id="adme.E005")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if _ask(f"SHOW {name}") == "off" and not settings.TESTING:
            hint = f"Set {name} = on in postgresql.conf: without it a power cut loses approvals and releases."
            yield Error(f"PostgreSQL runs with {name} = off.", hint=hint, id="adme.E005")
    if float(str(_ask("SHOW random_page_cost"))) > 2:
        hint = "On SSD set random_page_cost = 1.1: slices of a large dataflow come about five times faster."
        yield Info("PostgreSQL expects a slow disk.", hint=hint, id="adme.I006")


def _schema_faults() -> Iterable[CheckMessage]:
    if readiness.unapplied():
        yield Error("The database is older than this version.", hint="Run `adme migrate`.", id="adme.E007")
    elif audit_guard.missing():
        hint = "Run `adme migrate accounts 0001` and `adme migrate`, and ask who took them away."
        yield Error("The triggers that protect the audit trail are missing.", hint=hint, id="adme.E008")


def _ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@register("adme", deploy=True)
def check_deployment(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """What an installation in earnest needs and a trial does not."""
    faults: list[CheckMessage] = []
    if not settings.SECURE:
        hint = "Serve over HTTPS and set ADME_HTTPS=1: passwords and sessions travel in the open otherwise."
        faults.append(checks.Warning("HTTPS is not switched on.", hint=hint, id="adme.W010"))
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        hint = "Set ADME_HOSTS to the names people use, as in ADME_HOSTS=data.example.org."
        faults.append(checks.Warning("Only this machine can reach the pages.", hint=hint, id="adme.W011"))
    if "localhost" in settings.SITE_ADDRESS:
        hint = "Set ADME_SITE_ADDRESS, as in https://data.example.org: mails, feeds and citations carry it."
        faults.append(checks.Warning("The public address is not set.", hint=hint, id="adme.W012"))
    if "smtp" not in settings.EMAIL_BACKEND:
        hint = "Set ADME_MAIL_URL, as in smtp+tls://user:password@mail.example.org:587."
        faults.append(checks.Warning("No mail leaves; invitations need it.", hint=hint, id="adme.W013"))
    if Path(settings.ADME_HOME).is_relative_to(settings.BASE_DIR):
        hint = "Set ADME_HOME, as in /var/lib/adme, so that an upgrade of the program cannot touch the data."
        faults.append(Info("The data lie in the folder of the program.", hint=hint, id="adme.I014"))
    return faults
