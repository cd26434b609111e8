"""Backup and restore: everything into one file, and back into either database.

A backup is one moment: rows are read in one transaction while others go on writing. Files are written before the rows
that name them, and those that were received are never removed. What is removed meanwhile can be made anew and is left
out: the frozen files of a withdrawn release (`release-due` makes them), the rows of a draft that was given up.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from adme.accounts import audit, audit_guard
from adme.accounts.chain import GENESIS
from adme.config import tables
from adme.config.archive import BackupRefused, FilePart, Manifest, Reader, reading, writing
from adme.lib import clock
from adme.observations import planner

Said = Callable[[str], None]
IN_USE: Final = {"accounts_user", "accounts_auditentry", "observations_delivery"}
"""A database in which any of these holds a row belongs to somebody."""
_PATH: Final = re.compile(r"(received|frozen)/(?!.*(^|/)\.\.?(/|$))[\w./ +=@,()-]+")


def backup(path: Path, say: Said) -> Manifest:
    """Write everything into `path`; BackupRefused when it is there already or the database is not of this version."""
    with tables.snapshot() as moment:
        manifest = Manifest(
            program=settings.VERSION,
            made_at=clock.now().isoformat(),
            engine=connection.vendor,
            migrations=sorted(moment.ask("SELECT app, name FROM django_migrations")),
            audit=_audit_end(moment),
        )
        _refuse_other_versions(set(manifest.migrations))
        with writing(path, manifest) as archive:
            for model in tables.models_to_keep():
                columns = tables.columns_of(model)
                with closing(moment.rows(model._meta.db_table, columns, tables.order_of(model))) as rows:
                    count = archive.add_table(model._meta.db_table, columns, rows)
                say(f"{model._meta.db_table}: {count} rows")
            for name, source in _files():
                try:
                    archive.add_file(name, source)
                except FileNotFoundError:
                    say(f"{name} was removed meanwhile")
            say(f"{len(manifest.files)} files")
    return manifest


def restore(path: Path, say: Said, *, replace: bool) -> Manifest:
    """Bring a backup back, all or nothing.

    BackupRefused for a database in use unless `replace`, and for a backup of a newer version; Damaged for a bad file.
    The database is brought to the version of the backup first and to the present one afterwards.
    """
    with reading(path) as archive:
        manifest = archive.manifest
        _bring_to(set(manifest.migrations), say)
        if _is_in_use() and not replace:
            raise BackupRefused("This database is in use. Name an empty one in DATABASE_URL, or say --replace.")
        _restore_files(archive)
        say(f"{len(manifest.files)} files")
        with transaction.atomic():
            with audit_guard.lifted():
                tables.empty(tables.all_of_ours())
            for table in manifest.tables:
                with closing(archive.rows(table)) as rows:
                    tables.fill(table.name, table.columns, rows)
                say(f"{table.name}: {table.rows} rows")
            tables.count_on([table.name for table in manifest.tables])
            _check_audit(manifest)
    _bring_forward(say)
    planner.inform_of_all()
    return manifest


def _audit_end(moment: tables.Snapshot) -> dict[str, Any]:
    found = moment.ask("SELECT sequence, entry_hash FROM accounts_audithead")
    if not found:
        return {"sequence": 0, "entry_hash": GENESIS}
    return {"sequence": found[0][0], "entry_hash": found[0][1]}


def _check_audit(manifest: Manifest) -> None:
    kept = audit.Checkpoint(manifest.audit["sequence"], manifest.audit["entry_hash"])
    try:
        end = audit.verify(kept)
    except audit.ChainBroken as fault:
        raise BackupRefused(f"The audit trail in this backup is not whole. {fault}") from None
    if end != kept:
        raise BackupRefused("The audit trail in this backup goes on after its end.")


# --- versions -------------------------------------------------------------------------------------


def _refuse_other_versions(applied: set[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupRefused("The database is older than this version. Run `adme migrate` first.")
    newer = {name for name in applied if name not in executor.loader.disk_migrations}
    if newer:
        raise BackupRefused(f"The database is newer than this version (it has {min(newer)}). Upgrade first.")


def _bring_to(wanted: set[tuple[str, str]], say: Said) -> None:
    """Apply exactly the migrations that the backup was made under."""
    executor = MigrationExecutor(connection)
    unknown = {name for name in wanted if name not in executor.loader.disk_migrations}
    if unknown:
        raise BackupRefused(f"This backup was made by a newer version (it has {min(unknown)}). Upgrade first.")
    beyond = set(executor.loader.applied_migrations) - wanted
    if beyond:
        raise BackupRefused(
            "This backup was made by an older version than this database has. Name an empty database in DATABASE_URL; "
            "the backup is brought to this version there."
        )
    missing = wanted - set(executor.loader.applied_migrations)
    if missing:
        say("Making tables")
        with _tables_whole():
            executor.migrate(_ends(executor, wanted))


@contextmanager
def _tables_whole() -> Iterator[None]:
    """All migrations or none. Django notes some of them only after their tables are there for good, so that whoever
    is killed in between could never go on. SQLite changes tables only while it checks no references, which has to
    be said before the transaction."""
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            yield
    finally:
        connection.enable_constraint_checking()


def _ends(executor: MigrationExecutor, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the wanted migrations that no other wanted one builds on."""
    graph = executor.loader.graph
    return [node for node in wanted if not any(child.key in wanted for child in graph.node_map[node].children)]


def _bring_forward(say: Said) -> None:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(leaves):
        say("Bringing the data to this version")
        with _tables_whole():
            executor.migrate(leaves)


def _is_in_use() -> bool:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in IN_USE & there:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 - our own names
            if cursor.fetchone() is not None:
                return True
    return False


# --- files ----------------------------------------------------------------------------------------


def _shelves() -> dict[str, Path]:
    return {"received": Path(settings.RECEIVED_DIR), "frozen": Path(settings.FROZEN_DIR)}


def _files() -> Iterator[tuple[str, Path]]:
    """Every kept file by the name it has in a backup; files still being written have other names."""
    for name, folder in _shelves().items():
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).as_posix()
            if path.is_file() and _is_kept(path.name) and _PATH.fullmatch(f"{name}/{inside}"):
                yield f"{name}/{inside}", path


def _is_kept(name: str) -> bool:
    return not name.startswith((".", "incoming-", "making-")) and not name.endswith(
        (".unfinished", ".part", ".new", ".tmp")
    )


def _restore_files(archive: Reader) -> None:
    shelves = _shelves()
    for part in archive.manifest.files:
        if not _PATH.fullmatch(part.path):
            raise BackupRefused(f"The backup names a file that cannot be: {part.path!r}")
        shelf, _slash, inside = part.path.partition("/")
        _restore_file(archive, part, shelves[shelf] / inside)


def _restore_file(archive: Reader, part: FilePart, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix="incoming-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            archive.copy_file(part, out)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o440)
        shutil.move(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
