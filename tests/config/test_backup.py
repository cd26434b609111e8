"""Backup and restore: everything of one moment, into either database, and never half."""

from __future__ import annotations

import json
import random
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adme.config import archive
from adme.config.archive import BackupRefused, Damaged, Manifest
from tests.config.installation import PATIENCE, Installation, copied, empty, engine

pytestmark = pytest.mark.django_db  # homes and databases of their own; the mark lets both engines run them

ENGINES = ["sqlite", "postgresql"] if engine() == "postgresql" else ["sqlite"]
"""Where there is a server: both ways."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A seeded installation at rest, on the engine of this test run."""
    with empty(tmp_path_factory.mktemp("filled")) as made:
        made.adme("migrate", "--skip-checks", "-v", "0")
        made.adme("seed", "--profile", "small", "--seed", "5")
        yield made


@pytest.fixture(scope="module")
def kept(filled: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    path = tmp_path_factory.mktemp("kept") / "adme.backup"
    filled.adme("backup", str(path))
    return path


@pytest.fixture(scope="module")
def all_of_it(filled: Installation) -> dict:
    return everything(filled)


@pytest.fixture(scope="module")
def digests_of_it(filled: Installation) -> dict:
    return digests(filled)


def digests(installation: Installation) -> dict:
    """What was public at several times."""
    times = installation.python(
        "from adme.releases.models import Release\nfrom adme.lib import clock\n"
        "instants = Release.objects.values_list('instant', 'withdrawn_instant')\n"
        "known = sorted({i for pair in instants for i in pair if i})\n"
        "print(json.dumps([clock.from_instant(i).isoformat() for i in known]))"
    )
    assert len(times) >= 3
    return {at: json.loads(installation.adme("digest", "--as-of", at, "--json").stdout) for at in times}


def everything(installation: Installation) -> dict:
    """Every row of every table that is kept, as the same values on both databases."""
    return installation.python(
        "import hashlib\nfrom adme.config import tables\nfound = {}\n"
        "with tables.snapshot() as moment:\n"
        "    for model in tables.models_to_keep():\n"
        "        columns = tables.columns_of(model)\n"
        "        read = list(moment.rows(model._meta.db_table, columns, tables.order_of(model)))\n"
        "        at = [n for n, (name, kind) in enumerate(columns) if kind == 'json']\n"
        "        for row in read:\n"
        "            for n in at:\n"
        "                row[n] = json.dumps(json.loads(row[n]), sort_keys=True) if row[n] is not None else None\n"
        "        lines = sorted(json.dumps(row) for row in read)\n"
        "        found[model._meta.db_table] = [len(lines), hashlib.sha256('\\n'.join(lines).encode()).hexdigest()]\n"
        "print(json.dumps(found))"
    )


@pytest.mark.parametrize("target", ENGINES)
def test_a_backup_comes_back_whole_into_either_database(kept, all_of_it, digests_of_it, tmp_path, target):
    with empty(tmp_path / "home", on=target) as other:
        other.adme("restore", str(kept))
        assert everything(other) == all_of_it
        assert digests(other) == digests_of_it
        other.adme("verify", "--deep")
        again = tmp_path / "again.backup"
        other.adme("backup", str(again))
        with archive.reading(kept) as first, archive.reading(again) as second:
            assert first.manifest.audit == second.manifest.audit
            assert {f.path: f.sha256 for f in first.manifest.files} == {f.path: f.sha256 for f in second.manifest.files}


@pytest.mark.one_engine
def test_life_goes_on_after_a_restore(filled, kept, tmp_path):
    with empty(tmp_path / "home") as other:
        other.adme("restore", str(kept))
        other.adme("createadmin", "newcomer", ADME_ADMIN_PASSWORD="a new long password")
        other.adme("release-due")
        found = other.python(
            "from adme.accounts import audit\nfrom adme.accounts.models import User, Grant\n"
            "ids = list(User.objects.values_list('pk', flat=True))\n"
            "print(json.dumps([audit.verify().sequence, len(ids) == len(set(ids)), Grant.objects.count()]))"
        )
        with archive.reading(kept) as before:
            assert found[0] > before.manifest.audit["sequence"]
        assert found[1]


def test_a_database_in_use_is_not_touched_unless_told_so(kept, installation):
    installation.adme("createadmin", "somebody", ADME_ADMIN_PASSWORD="a new long password")
    before = everything(installation)
    refused = installation.adme("restore", str(kept), expect=1)
    assert "--replace" in refused.stderr
    assert everything(installation) == before
    assert not list((installation.home / "received").rglob("*.csv"))
    installation.adme("restore", str(kept), "--replace")
    assert everything(installation) != before
    installation.adme("verify")


def test_a_backup_of_a_later_moment_replaces_the_earlier_one(filled, kept, tmp_path):
    with copied(filled, tmp_path / "home") as other:
        other.adme("createadmin", "later", ADME_ADMIN_PASSWORD="a new long password")
        later = tmp_path / "later.backup"
        other.adme("backup", str(later))
        grown = everything(other)
        other.adme("restore", str(kept), "--replace")
        assert everything(other) == everything(filled)
        other.adme("restore", str(later), "--replace")
        assert everything(other) == grown


WITHDRAWN_MEANWHILE = """
import threading
from pathlib import Path
from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.config import keeping
from adme.releases import actions, finishing, queries
from adme.releases.models import FrozenFile, Release
from django.db import connections

finishing.finish()
public = Release.objects.standing().published(queries.clock_instant())
files = dict(FrozenFile.objects.filter(release__in=public).values_list("file", "release_id"))
listed, gone = keeping._files, []

def withdrawn(release):
    by = User.objects.create(username="meanwhile")
    Grant.objects.create(user=by, role=Role.PUBLISHER)
    actions.withdraw(release=Release.objects.get(pk=release), by=by, reason="wrong")
    connections.close_all()

def files_with_a_withdrawal():
    for name, path in list(listed()):
        if not gone and (release := files.get(name.removeprefix("frozen/"))):
            gone.append(name)
            thread = threading.Thread(target=withdrawn, args=(release,))
            thread.start()
            thread.join()
        yield name, path

keeping._files = files_with_a_withdrawal
said = []
manifest = keeping.backup(Path(sys.argv[1]), said.append)
print(json.dumps([gone, [part.path for part in manifest.files], said]))
"""


def test_a_release_may_be_withdrawn_while_a_backup_is_made(filled, tmp_path):
    """Its files go with it; the backup is of the moment before, in which they can be made anew."""
    made = tmp_path / "made.backup"
    with copied(filled, tmp_path / "home") as one:
        before = everything(one)
        (gone,), paths, said = one.python(WITHDRAWN_MEANWHILE, str(made))
    assert gone not in paths
    assert f"{gone} was removed meanwhile" in said
    with empty(tmp_path / "other") as other:
        other.adme("restore", str(made))
        assert everything(other) == before
        other.adme("release-due")
        assert (other.home / gone).is_file()
        other.adme("verify", "--deep")


def test_a_backup_is_not_overwritten_and_not_readable_by_others(kept, filled):
    before = kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    filled.adme("backup", str(kept), expect=1)
    assert kept.read_bytes() == before
    assert list(kept.parent.glob("*.unfinished")) == []


def test_no_secret_of_the_installation_is_in_a_backup(kept):
    with zipfile.ZipFile(kept) as opened:
        names = opened.namelist()
    assert not [name for name in names if "secret" in name or "logins" in name or "session" in name]


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.one_engine
def test_a_flipped_bit_is_seen_every_time_before_anything_is_read(kept, tmp_path, volume):
    whole = kept.read_bytes()
    chance = random.Random()
    seed = chance.randrange(2**32)
    print("seed", seed)
    chance.seed(seed)
    bad = tmp_path / "bad.backup"
    edges = [0, 1, len(whole) - 1, len(whole) - 64, len(whole) - 65]
    for at in [*edges, *(chance.randrange(len(whole)) for _ in range(volume(95, long=1_000)))]:
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        bad.write_bytes(changed)
        with pytest.raises(Damaged), archive.reading(bad):
            pytest.fail(f"byte {at} was changed unseen")


@pytest.mark.one_engine
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 1_000, -1, -64, -65])
def test_a_cut_backup_is_seen(kept, tmp_path, length):
    bad = tmp_path / "bad.backup"
    bad.write_bytes(kept.read_bytes()[:length])
    with pytest.raises(Damaged), archive.reading(bad):
        pytest.fail("a cut file was taken for whole")


def test_a_damaged_backup_changes_nothing(kept, installation, tmp_path):
    bad = tmp_path / "bad.backup"
    changed = bytearray(kept.read_bytes())
    changed[len(changed) // 2] ^= 1
    bad.write_bytes(changed)
    before = everything(installation)
    refused = installation.adme("restore", str(bad), "--replace", expect=1)
    assert "damaged" in refused.stderr
    assert everything(installation) == before


def resealed(path: Path, change) -> Path:
    """A backup that somebody changed who knows how it is sealed."""
    with zipfile.ZipFile(path) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    change(parts)
    made = path.with_name("forged.backup")
    made.unlink(missing_ok=True)
    with zipfile.ZipFile(made, "w") as out:
        for name, content in parts.items():
            out.writestr(name, content)
        out.comment = b"0" * 64
    with made.open("r+b") as file:
        archive._seal(file)
    return made


@pytest.mark.one_engine
def test_a_forged_audit_trail_is_refused_and_nothing_is_changed(kept, installation):
    def forge(parts):
        name = "tables/accounts_auditentry.jsonl"
        parts[name] = parts[name].replace(b"first", b"forst", 1).replace(b"loader", b"hacker", 1)
        manifest = json.loads(parts["manifest.json"])
        for table in manifest["tables"]:
            if table["path"] == name:
                import hashlib

                table["sha256"] = hashlib.sha256(parts[name]).hexdigest()
        parts["manifest.json"] = json.dumps(manifest).encode()

    before = everything(installation)
    refused = installation.adme("restore", str(resealed(kept, forge)), expect=1)
    assert "audit trail" in refused.stderr
    assert everything(installation) == before


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("path", "refused"),
    [("received/../../evil", True), ("/etc/passwd", True), ("other/x", True), ("received/files/../x", True)],
)
def test_a_forged_path_is_refused(kept, installation, path, refused):
    def forge(parts):
        manifest = json.loads(parts["manifest.json"])
        manifest["files"][0]["path"] = path
        parts["manifest.json"] = json.dumps(manifest).encode()

    done = installation.adme("restore", str(resealed(kept, forge)), expect=1)
    assert "cannot be" in done.stderr
    assert not (installation.home / "evil").exists()


def test_a_backup_of_a_newer_version_is_refused_with_the_remedy(kept, installation):
    def forge(parts):
        manifest = json.loads(parts["manifest.json"])
        manifest["migrations"].append(["accounts", "9999_from_the_future"])
        parts["manifest.json"] = json.dumps(manifest).encode()

    done = installation.adme("restore", str(resealed(kept, forge)), expect=1)
    assert "newer version" in done.stderr


def test_a_backup_of_an_older_version_is_brought_to_this_one(installation, tmp_path):
    """Tables as they were before the latest migrations, filled then; the later ones run after the rows are back."""
    with empty(tmp_path / "old") as old:
        old.adme("migrate", "--skip-checks", "accounts", "0001", "-v", "0")
        made = old.python(
            "from django.db import connection\nfrom adme.config import keeping, tables\n"
            "from adme.config.archive import Manifest, writing\nfrom pathlib import Path\n"
            "from adme.accounts.models import User, AuditHead\n"
            "User.objects.create_user('alice')\n"
            "from django.db.migrations.recorder import MigrationRecorder\n"
            "applied = sorted(MigrationRecorder(connection).applied_migrations())\n"
            "manifest = Manifest('0.0', 'then', connection.vendor, applied, {'sequence': 0, 'entry_hash': '0' * 64})\n"
            "with tables.snapshot() as moment, writing(Path(sys.argv[1]), manifest) as archive:\n"
            "    columns = tables.columns_of(User)\n"
            "    archive.add_table('accounts_user', columns, moment.rows('accounts_user', columns, ['id']))\n"
            "print(json.dumps(applied))",
            str(tmp_path / "old.backup"),
        )
        assert ["accounts", "0002_audit_append_only"] not in made
    with empty(tmp_path / "new") as new:
        new.adme("restore", str(tmp_path / "old.backup"))
        found = new.python(
            "from adme.accounts.models import User\nfrom adme.accounts import audit_guard\n"
            "print(json.dumps([list(User.objects.values_list('username', flat=True)), sorted(audit_guard.missing())]))"
        )
        assert found == [["alice"], []]
    refused = installation.adme("restore", str(tmp_path / "old.backup"), expect=1)
    assert "empty database" in refused.stderr


# --- killed ---------------------------------------------------------------------------------------


def test_a_restore_that_is_killed_leaves_nothing_or_everything_and_can_be_done_again(kept, tmp_path, volume):
    """Killed at random moments: the rows are all there or none is, and doing it again always ends well."""
    chance = random.Random()
    seed = chance.randrange(2**32)
    print("seed", seed)
    chance.seed(seed)
    with empty(tmp_path / "whole") as whole:
        began = time.monotonic()
        whole.adme("restore", str(kept))
        took = time.monotonic() - began
        expected = everything(whole)
    with empty(tmp_path / "home") as other:
        dying = other.start(DIES_BEFORE_A_MIGRATION_IS_NOTED, str(kept))
        dying.communicate(timeout=PATIENCE)
        assert dying.returncode == 9
        for _ in range(volume(3, long=50)):
            running = other.start(
                "from django.core.management import call_command\n"
                "call_command('restore', sys.argv[1], replace=True, verbosity=0)",
                str(kept),
            )
            time.sleep(chance.uniform(0.2, took))
            running.kill()
            running.communicate()
            if other.python(HAS_PEOPLE):
                assert everything(other) == expected
        other.adme("restore", str(kept), "--replace")
        assert everything(other) == expected
        other.adme("verify")


DIES_BEFORE_A_MIGRATION_IS_NOTED = """
import os
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
noted, note = [], MigrationRecorder.record_applied
def dying(self, app, name):
    if len(noted) == 3:
        os._exit(9)
    noted.append(note(self, app, name))
MigrationRecorder.record_applied = dying
call_command('restore', sys.argv[1], replace=True, verbosity=0)
"""

HAS_PEOPLE = """
from django.db import connection
there = "accounts_user" in connection.introspection.table_names()
from adme.accounts.models import User
print(json.dumps(there and User.objects.exists()))
"""


@pytest.mark.one_engine
def test_a_backup_that_is_killed_leaves_no_file_of_that_name(filled, tmp_path, volume):
    path = tmp_path / "x.backup"
    for number in range(volume(2, long=50)):
        running = filled.start(
            "from django.core.management import call_command\ncall_command('backup', sys.argv[1], verbosity=0)",
            str(path),
        )
        time.sleep(0.8 + number * 0.3)
        running.kill()
        running.communicate()
        if path.exists():
            with archive.reading(path) as whole:
                assert whole.manifest.tables
            path.unlink()
    filled.adme("backup", str(path))


# --- while others work ----------------------------------------------------------------------------

KEEP_WRITING = """
import time
from django.db import transaction
from adme.accounts import audit
from adme.accounts.models import Organisation
print(json.dumps("writing"), flush=True)
number = 0
while True:
    number += 1
    name = f"{sys.argv[1]}-{number}"
    with transaction.atomic():
        Organisation.objects.create(code=name, kind="partner")
        audit.record(by=sys.argv[1], action="test.organisation.made", object_type="organisation", object_id=name)
    time.sleep(0.02)
"""

IS_ONE_MOMENT = """
from adme.accounts import audit
from adme.accounts.models import AuditEntry, Organisation
audit.verify()
written = set(AuditEntry.objects.filter(action="test.organisation.made").values_list("object_id", flat=True))
there = set(Organisation.objects.filter(kind="partner").values_list("code", flat=True))
print(json.dumps([len(written), sorted(written ^ there)]))
"""


def test_backups_made_while_others_write_are_each_one_moment(installation, tmp_path, volume):
    writers = [installation.start(KEEP_WRITING, f"writer{number}") for number in range(3)]
    sizes = []
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert "writing" in writer.stdout.readline()
        for number in range(volume(2, long=20)):
            path = tmp_path / f"{number}.backup"
            installation.adme("backup", str(path))
            with empty(tmp_path / f"restored{number}") as other:
                other.adme("restore", str(path))
                size, torn = other.python(IS_ONE_MOMENT)
                assert torn == []
                sizes.append(size)
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1], "nobody wrote meanwhile"


# --- the archive itself ---------------------------------------------------------------------------


def manifest() -> Manifest:
    return Manifest("0.1", "now", "sqlite", [], {"sequence": 0, "entry_hash": "0" * 64})


def test_a_backup_that_breaks_off_leaves_no_file(tmp_path):
    def rows():
        yield [1]
        raise OSError("disk full")

    path = tmp_path / "x.backup"
    with pytest.raises(OSError, match="disk full"), archive.writing(path, manifest()) as made:
        made.add_table("t", [("id", "int")], rows())
    assert list(tmp_path.iterdir()) == []


def test_memory_stays_bounded_however_many_rows(tmp_path, volume):
    import tracemalloc

    count = volume(100_000, long=2_000_000)
    path = tmp_path / "large.backup"
    tracemalloc.start()
    with archive.writing(path, manifest()) as made:
        made.add_table("t", [("id", "int"), ("x", "text")], ([n, "x" * 20] for n in range(count)))
    with archive.reading(path) as read:
        assert sum(1 for _ in read.rows(read.manifest.tables[0])) == count
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.one_engine
def test_a_file_that_is_no_backup_is_refused(tmp_path):
    path = tmp_path / "x"
    sqlite3.connect(path).execute("CREATE TABLE t (id)")
    with pytest.raises(BackupRefused), archive.reading(path):
        pytest.fail("a database was taken for a backup")
