"""The command line: every command does what it says and ends with the code it promises.

Most run in this process, on one seeded installation; what is about starting up runs in processes of its own.
"""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from adme.accounts.audit_verifier import main as verifier
from adme.accounts.models import AuditEntry, User
from adme.collection.models import SourceFile, Submission
from adme.config.cli import COMMANDS, MODULES, main
from adme.config.demo.files import WORLD_BANK
from adme.config.logins import keep_logins
from adme.config.seeding import Seed, seed_small
from adme.lib import clock
from adme.releases.models import FrozenFile, Release
from adme.releases.queries import clock_instant
from tests.config.installation import Installation, empty

pytestmark = pytest.mark.django_db

FLOW = "ASEAN:DF_WB_WDI(1.0.0)"


def run(command: str, *arguments: str, expect: int = 0) -> str:
    """What a command says; it must end with `expect`."""
    out, code = io.StringIO(), 0
    try:
        call_command(MODULES.get(command, command.replace("-", "_")), *arguments, stdout=out, stderr=out)
    except CommandError as error:
        code = error.returncode
        out.write(str(error))
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == expect, out.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[list[dict[str, str]]]:
    """One seeded installation for all tests of this file: each rolls back to it, and the last to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield keep_logins(django_settings.ADME_HOME, lambda seed: seed_small(Seed(1), seed), seed="1")
        transaction.set_rollback(True)
        (django_settings.ADME_HOME / "demo.logins.json").unlink()


@pytest.fixture
def seeded(filled, db) -> list[dict[str, str]]:
    """The logins of a seeded installation; what a test changes in it is rolled back."""
    run("release-due")  # freezes what was released before the test
    return filled


# --- the command itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_help_lists_every_command(arguments, capsys):
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name} " not in said] == []


def test_an_unknown_command_shows_the_help_and_ends_with_2(capsys):
    assert main(["nonsense"]) == 2
    said = capsys.readouterr().err
    assert "no command “nonsense”" in said
    assert "release-due" in said


def test_the_version_is_told(capsys):
    import adme

    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == adme.__version__


@pytest.mark.parametrize("name", sorted(set(COMMANDS)))
def test_every_command_explains_itself(name, capsys):
    try:
        code = main([name, "--help"])
    except SystemExit as end:  # demo and serve read their arguments themselves
        code = int(end.code or 0)
    assert code == 0
    assert "usage:" in capsys.readouterr().out


# --- a fresh checkout -----------------------------------------------------------------------------


@pytest.mark.one_engine
def test_without_a_secret_key_every_way_in_says_what_to_do(tmp_path):
    with empty(tmp_path / "home") as fresh:
        fresh.adme("migrate", "--skip-checks", "-v", "0")
        for arguments in (["check"], ["worker"], ["serve", "--no-worker"]):
            done = fresh.adme(*arguments, expect=1, ADME_TESTING="0")
            assert "adme configure" in done.stdout + done.stderr, arguments
            assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.one_engine
def test_configure_writes_a_key_that_only_its_owner_reads_and_keeps_it(tmp_path):
    with empty(tmp_path / "home") as fresh:
        first = fresh.adme("configure", "--host", "data.example.org", ADME_TESTING="0").stdout
        key = fresh.home / "secret.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_text().strip()) >= 50
        assert key.read_text().strip() not in first
        assert "ADME_HOSTS=data.example.org" in first
        before = key.read_text()
        fresh.adme("configure", ADME_TESTING="0")
        assert key.read_text() == before
        settings = fresh.home / "settings.env"
        fresh.adme("configure", "--output", str(settings), ADME_TESTING="0")
        fresh.adme("configure", "--output", str(settings), expect=1, ADME_TESTING="0")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"ADME_CLOCK": "2026-01-01T00:00:00+00:00", "ADME_TESTING": "0"}, "tests only"),
        ({"ADME_SEED": "7", "ADME_TESTING": "0"}, "tests only"),
        ({"ADME_CLOCK": "2026-01-01T00:00:00"}, "time zone"),
        ({"ADME_MAX_UPLOAD_MB": "many"}, "ADME_MAX_UPLOAD_MB"),
        ({"ADME_HTTPS": "perhaps"}, "ADME_HTTPS"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused_at_start_in_plain_words(tmp_path, variables, said):
    done = Installation(tmp_path, "sqlite://:memory:").adme("routes", expect=1, **variables)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_first_administrator_is_made_from_a_script_or_by_a_link(monkeypatch):
    before = User.objects.count()
    monkeypatch.setenv("ADME_ADMIN_PASSWORD", "a new long password")
    run("createadmin", "first", "--email", "first@example.org")
    assert "/account/choose-password/" in run("createadmin", "second", "--link")
    assert User.objects.get(username="first").check_password("a new long password")
    assert not User.objects.get(username="second").has_usable_password()
    granted = AuditEntry.objects.filter(actor="console", action="accounts.role.granted")
    assert set(granted.values_list("object_id", flat=True)) == {"first", "second"}
    for wrong in ("first", "with space"):
        run("createadmin", wrong, expect=1)
    monkeypatch.setenv("ADME_ADMIN_PASSWORD", "short")
    run("createadmin", "third", expect=1)
    assert User.objects.count() == before + 2


def test_check_is_content_with_a_good_installation(installation):
    said = installation.adme("check").stdout
    assert "Error" not in said
    assert "Warning" not in said


def test_check_names_what_is_missing(tmp_path):
    with empty(tmp_path / "empty") as other:
        done = other.adme("check", expect=1)
        assert "adme migrate" in done.stdout


@pytest.mark.one_engine
def test_check_says_what_an_installation_in_earnest_lacks(installation):
    installation.adme("configure", ADME_TESTING="0")
    done = installation.adme("check", expect=None, ADME_TESTING="0")
    for word in ("ADME_HTTPS", "ADME_HOSTS", "ADME_SITE_ADDRESS", "ADME_MAIL_URL"):
        assert word in done.stdout
    earnest = {
        "ADME_TESTING": "0",
        "ADME_HTTPS": "1",
        "ADME_HOSTS": "data.example.org",
        "ADME_SITE_ADDRESS": "https://data.example.org",
        "ADME_MAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    }
    content = installation.adme("check", expect=None, **earnest).stdout
    assert "security.W" not in content
    assert "Warning" not in content


def test_flush_is_refused_outside_tests(installation):
    installation.adme("configure", ADME_TESTING="0")
    done = installation.adme("flush", "--no-input", expect=1, ADME_TESTING="0")
    assert "audit trail" in done.stderr


# --- seed -----------------------------------------------------------------------------------------


def test_seed_prints_a_login_for_every_role_and_they_work(seeded):
    people = json.loads(run("seed", "--json"))["people"]
    assert people[: len(seeded)] == seeded
    by_name = {person["username"]: person["password"] for person in people}
    assert {"admin", "officer", "reviewer", "publisher", "loader", "editor", "auditor"} <= set(by_name)
    assert len({*by_name.values()}) == len(by_name)
    refused = [name for name, word in by_name.items() if authenticate(username=name, password=word) is None]
    assert refused == ["gone"]


def test_seed_makes_releases_and_submissions_of_every_state(seeded):
    states = sorted(set(Submission.objects.values_list("state", flat=True)))
    assert states == ["approved", "discarded", "draft", "released", "sent_back", "submitted"]
    public = clock_instant()
    assert Release.objects.pending(public).count() == 2
    assert Release.objects.filter(cancelled_at__isnull=False).count() == 1
    assert Release.objects.filter(withdrawn_at__isnull=False).count() == 1
    assert Release.objects.published(public).count() == 3


WHAT_THE_PUBLIC_SEES = """
from django.conf import settings
from django.test import Client
from adme.collection.models import SourceFile, Submission
settings.ALLOWED_HOSTS = ["testserver"]
pages = ["/releases/", "/releases/feed.atom", "/indicators/", "/search?q=figures"]
seen = {page: Client().get(page).content.decode() for page in pages}
hidden = sorted(Submission.objects.values_list("label", "draft_digest"))
print(json.dumps([seen, hidden]))
"""


@pytest.mark.one_engine
def test_another_secret_changes_nothing_that_the_public_sees(tmp_path):
    at: dict[str, Any] = {"ADME_CLOCK": "2026-11-23T09:00:00+00:00"}
    worlds = []
    for secret in ("Xanthic 73519", "Ochreous 26480"):
        with empty(tmp_path / secret) as made:
            made.adme("migrate", "--skip-checks", "-v", "0", **at)
            logins = made.adme("seed", "--profile", "small", "--seed", "9", "--secret", secret, "--json", **at).stdout
            seen, hidden = made.python(WHAT_THE_PUBLIC_SEES, **at)
            worlds.append(((logins, made.adme("digest", "--json", **at).stdout, seen), hidden))
    assert worlds[0][0] == worlds[1][0]
    assert worlds[0][1] != worlds[1][1]


def test_seed_is_refused_where_real_people_are(settings, tmp_path):
    settings.ADME_HOME = tmp_path
    User.objects.create_user("real")
    assert "refused" in run("seed", "--profile", "people", expect=1)


# --- import ---------------------------------------------------------------------------------------


def delivery(tmp_path: Path, **changes: str) -> Path:
    """Some real rows; `changes` replace the value of a country and year written as one word."""
    with WORLD_BANK.path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["indicator"] == "SP.POP.TOTL" and row["year"] >= "2018"]
    for row in rows:
        row["value"] = changes.get(row["iso3"] + row["year"], row["value"])
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "delivery.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def imported(path: Path, *more: str, expect: int = 0) -> dict:
    return json.loads(run("import", str(path), "--dataflow", FLOW, "--json", *more, expect=expect))


def exported(tmp_path: Path, *more: str) -> str:
    path = tmp_path / "exported"
    run("export", FLOW, *more, "--output", str(path))
    return path.read_text(encoding="utf-8")


def test_a_dry_run_tells_what_would_change_and_changes_nothing(seeded, tmp_path):
    before = run("digest")
    report = imported(delivery(tmp_path, THA2020="1"), "--as", "loader", "--dry-run")
    assert report["applied"]
    assert report["changes"]["changed"] >= 1
    assert report["submission"] == report["state"] == ""
    assert run("digest") == before


def test_a_file_goes_all_the_way_to_the_public_for_those_who_may(seeded, tmp_path):
    path = delivery(tmp_path, THA2020="71000000")
    report = imported(path, "--as", "loader", "--release", "--reason", "new")
    assert (report["applied"], report["state"]) == (True, "released")
    assert report["release"]
    rows = csv.DictReader(io.StringIO(exported(tmp_path, "--key", "A.SP_POP_TOTL.TH", "--format", "sdmx-csv")))
    assert next(row["OBS_VALUE"] for row in rows if row["TIME_PERIOD"] == "2020") == "71000000"


def test_without_release_a_good_file_waits_for_its_review(seeded, tmp_path):
    before = run("digest")
    report = imported(delivery(tmp_path, THA2020="1"), "--as", "officer")
    assert (report["applied"], report["state"]) == (True, "submitted")
    assert run("digest") == before


def test_a_release_in_the_future_stays_invisible(seeded, tmp_path):
    before = run("digest")
    later = ["--release", "--at", "2999-01-01T00:00:00+00:00"]
    assert imported(delivery(tmp_path, THA2020="1"), "--as", "loader", *later)["state"] == "released"
    assert run("digest") == before
    run("release-due")
    assert run("digest") == before


def test_a_file_with_errors_is_refused_with_the_place(seeded, tmp_path):
    report = imported(delivery(tmp_path, THA2020="many"), "--as", "loader", "--release", expect=2)
    assert not report["applied"]
    (finding,) = [finding for finding in report["findings"] if finding["severity"] == "error"]
    assert (finding["examples"][0]["value"], finding["count"]) == ("many", 1)
    assert finding["examples"][0]["row"] > 1
    assert finding["remedy"]
    more = ["--as", "loader", "--release", "--keep-good-rows"]
    assert imported(delivery(tmp_path, THA2020="many", THA2021="1"), *more)["state"] == "released"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "nobody-at-all"], "nobody-at-all"),
        (["--as", "gone"], "gone"),
        (["--as", "auditor"], "right"),
        (["--as", "officer", "--release"], "right"),
        (["--as", "loader", "--kind", "programme"], "yet"),
        (["--as", "loader", "--mapping", "nonexistent.yaml"], "mapping"),
        (["--as", "loader", "--at", "tomorrow"], "tomorrow"),
        (["--as", "loader", "--dataflow", "NO_FLOW"], "NO_FLOW"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_imported_is_refused_with_2_and_in_words(seeded, tmp_path, arguments, said):
    report = imported(delivery(tmp_path), *arguments, expect=2)
    assert not report["applied"]
    assert said in " ".join(report["problem"].values())


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PK\3\4broken", b"a,b\n1,2\n"])
def test_a_strange_file_is_refused_with_2(seeded, tmp_path, content):
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    assert not imported(path, "--as", "loader", "--release", expect=2)["applied"]


def test_a_missing_file_and_a_missing_dataflow_are_refused_with_2(seeded, tmp_path):
    assert not imported(tmp_path / "none.csv", "--as", "loader", expect=2)["applied"]
    said = run("import", str(delivery(tmp_path)), "--as", "loader", expect=2)
    assert "--dataflow" in said


def test_an_import_that_breaks_off_ends_with_2_too(seeded, tmp_path, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("adme.config.bringing_in.open_submission", broken)
    report = imported(delivery(tmp_path), "--as", "loader", expect=2)
    assert "nothing was changed" in report["problem"]["title"]
    assert "secret" not in json.dumps(report)


def test_an_import_without_a_database_ends_with_2_too(tmp_path):
    with empty(tmp_path / "home") as nothing:
        done = nothing.adme("import", str(delivery(tmp_path)), "--as", "loader", "--json", expect=2)
        assert not json.loads(done.stdout)["applied"]


@pytest.mark.parametrize("name", ["sdmx-csv", "sdmx-json", "sdmx-ml-3.0"])
def test_a_message_names_its_dataflow_itself_and_comes_back_unchanged(seeded, tmp_path, name):
    path = tmp_path / "out"
    run("export", FLOW, "--format", name, "--output", str(path))
    report = json.loads(run("import", str(path), "--as", "loader", "--json", "--dry-run"))
    assert report["dataflow"] == FLOW
    assert report["changes"]["new"] == report["changes"]["changed"] == report["changes"]["deleted"] == 0
    assert report["changes"]["unchanged"] > 500


# --- export, digest, verify -----------------------------------------------------------------------


def test_export_gives_the_bytes_of_the_interface(seeded, tmp_path):
    address = "/sdmx/v2/data/dataflow/ASEAN/DF_WB_WDI/1.0.0/A.*.TH"
    answer = Client().get(address, headers={"accept": "application/vnd.sdmx.data+csv;version=2.0.0"})
    page = b"".join(answer.streaming_content) if answer.streaming else answer.content
    run("export", FLOW, "--key", "A..TH", "--format", "sdmx-csv", "--output", str(tmp_path / "ours"))
    assert (tmp_path / "ours").read_bytes() == page
    assert len(page) > 1_000


@pytest.mark.parametrize(
    "arguments",
    [["NO_FLOW"], [FLOW, "--key", "A.B.C.D.E"], [FLOW, "--as-of", "yesterday"], [FLOW, "--as", "nobody-at-all"]],
    ids=lambda value: " ".join(value),
)
def test_what_cannot_be_exported_ends_with_2(seeded, arguments):
    run("export", *arguments, expect=2)


def test_export_as_of_an_earlier_time_gives_what_was_public_then(seeded, tmp_path):
    first, second = (clock.from_instant(one.instant).isoformat() for one in Release.objects.order_by("instant")[:2])
    now = exported(tmp_path)
    assert exported(tmp_path, "--as-of", first) != now
    assert exported(tmp_path, "--as-of", second) == now  # the third was withdrawn
    assert exported(tmp_path, "--as-of", "1990-01-01").count("\n") <= 1


def test_verify_is_content_and_writes_checkpoint_and_copy(seeded, tmp_path):
    kept, copy = tmp_path / "checkpoint.json", tmp_path / "trail.jsonl"
    run("verify", "--deep", "--write-checkpoint", str(kept), "--export", str(copy))
    run("verify", "--checkpoint", str(kept))
    assert verifier([str(copy), "--checkpoint", str(kept)]) == 0


def test_verify_finds_an_altered_and_a_missing_file(seeded):
    frozen = django_settings.FROZEN_DIR / FrozenFile.objects.order_by("file")[0].file
    whole, mode = frozen.read_bytes(), frozen.stat().st_mode
    frozen.chmod(0o600)
    try:
        frozen.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert frozen.name in run("verify", expect=1)
        frozen.unlink()
        assert frozen.name in run("verify", expect=1)
    finally:
        frozen.write_bytes(whole)
        frozen.chmod(mode)
    run("verify")


def test_verify_finds_a_received_file_that_is_gone(seeded):
    received = next(django_settings.RECEIVED_DIR.rglob(SourceFile.objects.order_by("pk")[0].digest))
    aside = received.with_suffix(".aside")
    received.rename(aside)
    try:
        assert received.name in run("verify", expect=1)
    finally:
        aside.rename(received)


def test_verify_finds_a_value_that_was_changed_behind_our_back(seeded):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE observations_observation SET value = value + 1 "
            "WHERE series_id = (SELECT min(id) FROM observations_series)"
        )
    assert "differs" in run("verify", expect=1)


def test_verify_without_its_checkpoint_file_does_not_pass(seeded, tmp_path):
    run("verify", "--checkpoint", str(tmp_path / "none.json"), expect=2)


def test_release_due_says_what_went_live_and_nothing_the_second_time(seeded, settings):
    pending = list(Release.objects.pending(clock_instant()).order_by("instant"))
    settings.ADME_FIXED_CLOCK = clock.from_instant(pending[-1].instant + 1)
    gone_live = json.loads(run("release-due", "--json"))
    assert [one["release"] for one in gone_live] == [str(one.pk) for one in pending]
    assert json.loads(run("release-due", "--json")) == []
    run("verify", "--deep")
