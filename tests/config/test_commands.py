"""The command line: every command does what it says and ends with the code it promises."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from typing import Any

import pytest

from adme.config.cli import COMMANDS, main
from adme.config.demo.files import WORLD_BANK
from tests.config.installation import Installation, copied, empty

pytestmark = pytest.mark.django_db

FLOW = "ASEAN:DF_WB_WDI(1.0.0)"


@pytest.fixture(scope="module")
def seeded_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with empty(tmp_path_factory.mktemp("seeded")) as made:
        made.adme("migrate", "--skip-checks", "-v", "0")
        made.adme("seed", "--profile", "small", "--seed", "1")
        yield made


@pytest.fixture(scope="module")
def looked_at(seeded_image) -> Installation:
    """A seeded installation that tests only read."""
    return seeded_image


@pytest.fixture
def seeded(seeded_image, tmp_path) -> Iterator[Installation]:
    """A seeded installation for this test alone."""
    with copied(seeded_image, tmp_path / "home") as made:
        yield made


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


def test_without_a_secret_key_every_way_in_says_what_to_do(tmp_path):
    with empty(tmp_path / "home") as fresh:
        fresh.adme("migrate", "--skip-checks", "-v", "0")
        for arguments in (["check"], ["worker"], ["serve", "--no-worker"]):
            done = fresh.adme(*arguments, expect=1, ADME_TESTING="0")
            assert "adme configure" in done.stdout + done.stderr, arguments
            assert "Traceback" not in done.stdout + done.stderr


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


def test_the_first_administrator_is_made_from_a_script_or_by_a_link(installation):
    installation.adme("createadmin", "first", "--email", "first@example.org", ADME_ADMIN_PASSWORD="a new long password")
    linked = installation.adme("createadmin", "second", "--link").stdout
    assert "/account/choose-password/" in linked
    found = installation.python(
        "from adme.accounts.models import User, AuditEntry\n"
        "print(json.dumps([User.objects.get(username='first').check_password('a new long password'),\n"
        "  User.objects.get(username='second').has_usable_password(),\n"
        "  sorted(AuditEntry.objects.values_list('actor', 'action', 'object_id'))]))"
    )
    assert found[:2] == [True, False]
    assert ["console", "accounts.role.granted", "first"] in found[2]
    for wrong in ("first", "with space"):
        done = installation.adme("createadmin", wrong, expect=1, ADME_ADMIN_PASSWORD="a new long password")
        assert "Traceback" not in done.stderr
    installation.adme("createadmin", "third", expect=1, ADME_ADMIN_PASSWORD="short")


def test_check_is_content_with_a_good_installation_and_names_what_is_missing(installation, tmp_path):
    assert "as it must be" in installation.adme("check").stdout
    with empty(tmp_path / "empty") as other:
        done = other.adme("check", expect=1)
        assert "adme migrate" in done.stdout


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


def test_seed_prints_a_login_for_every_role_and_they_work(looked_at):
    people = json.loads(looked_at.adme("seed", "--seed", "1", "--json").stdout)["people"]
    by_name = {person["username"]: person["password"] for person in people}
    assert {"admin", "officer", "reviewer", "publisher", "loader", "editor", "auditor"} <= set(by_name)
    assert len({*by_name.values()}) == len(by_name)
    signed_in = looked_at.python(
        "from django.contrib.auth import authenticate\n"
        "print(json.dumps([bool(authenticate(username=n, password=p)) for n, p in json.loads(sys.argv[1]).items()]))",
        json.dumps(by_name),
    )
    assert [name for name, worked in zip(by_name, signed_in, strict=True) if not worked] == ["gone"]


def test_seed_makes_releases_and_submissions_of_every_state(looked_at):
    found = looked_at.python(
        "from adme.collection.models import Submission\nfrom adme.releases.models import Release\n"
        "from adme.releases.queries import clock_instant\n"
        "states = sorted(set(Submission.objects.values_list('state', flat=True)))\n"
        "r = Release.objects\n"
        "print(json.dumps([states, r.pending(clock_instant()).count(), r.filter(cancelled_at__isnull=False).count(),\n"
        "  r.filter(withdrawn_at__isnull=False).count(), r.published(clock_instant()).count()]))"
    )
    states = ["approved", "discarded", "draft", "released", "sent_back", "submitted"]
    assert found == [states, 2, 1, 1, 3]


def test_the_same_seed_gives_the_same_installation_and_another_secret_nothing_else_to_see(seeded_image, tmp_path):
    at: dict[str, Any] = {"ADME_CLOCK": "2026-11-23T09:00:00+00:00"}
    public, hidden = [], []
    for name, secret in (("one", ""), ("two", ""), ("other", "Xanthic 73519")):
        with empty(tmp_path / name) as made:
            made.adme("migrate", "--skip-checks", "-v", "0", **at)
            logins = made.adme("seed", "--profile", "small", "--seed", "9", "--secret", secret, "--json", **at).stdout
            digest = made.adme("digest", "--json", **at).stdout
            feed = made.python(
                "from django.test import Client\nfrom django.conf import settings\n"
                "settings.ALLOWED_HOSTS = ['testserver']\n"
                "print(json.dumps(Client().get('/releases/feed.atom').content.decode()))"
            )
            public.append((logins, digest, feed))
            hidden.append(
                made.python(
                    "from adme.collection.models import Submission\n"
                    "print(json.dumps(sorted(Submission.objects.values_list('label', 'draft_digest'))))"
                )
            )
    assert public[0] == public[1] == public[2]
    assert hidden[0] == hidden[1] != hidden[2]


def test_seed_is_refused_where_real_people_are(installation):
    installation.adme("createadmin", "real", ADME_ADMIN_PASSWORD="a new long password")
    assert "refused" in installation.adme("seed", "--profile", "people", expect=1).stderr


# --- import ---------------------------------------------------------------------------------------


def delivery(tmp_path, **changes: str):
    """Some real rows; `changes` replace the value of an indicator, country and year written as one word."""
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


def imported(installation, path, *more, expect=0):
    done = installation.adme("import", str(path), "--dataflow", FLOW, "--json", *more, expect=expect)
    return json.loads(done.stdout)


def value_of(installation, key: str, period: str) -> str:
    text = installation.adme("export", FLOW, "--key", key, "--format", "sdmx-csv").stdout
    return next(row["OBS_VALUE"] for row in csv.DictReader(io.StringIO(text)) if row["TIME_PERIOD"] == period)


def test_a_dry_run_tells_what_would_change_and_changes_nothing(seeded, tmp_path):
    before = seeded.adme("digest").stdout
    report = imported(seeded, delivery(tmp_path, THA2020="1"), "--as", "loader", "--dry-run")
    assert report["applied"]
    assert report["changes"]["changed"] >= 1
    assert report["submission"] == report["state"] == ""
    assert seeded.adme("digest").stdout == before


def test_a_file_goes_all_the_way_to_the_public_for_those_who_may(seeded, tmp_path):
    report = imported(seeded, delivery(tmp_path, THA2020="71000000"), "--as", "loader", "--release", "--reason", "new")
    assert (report["applied"], report["state"]) == (True, "released")
    assert report["release"]
    assert value_of(seeded, "A.SP_POP_TOTL.TH", "2020") == "71000000"


def test_without_release_a_good_file_waits_for_its_review(seeded, tmp_path):
    before = seeded.adme("digest").stdout
    report = imported(seeded, delivery(tmp_path, THA2020="1"), "--as", "officer")
    assert (report["applied"], report["state"]) == (True, "submitted")
    assert seeded.adme("digest").stdout == before


def test_a_release_in_the_future_stays_invisible(seeded, tmp_path):
    before = seeded.adme("digest").stdout
    later = ["--release", "--at", "2999-01-01T00:00:00+00:00"]
    assert imported(seeded, delivery(tmp_path, THA2020="1"), "--as", "loader", *later)["state"] == "released"
    assert seeded.adme("digest").stdout == before
    seeded.adme("release-due")
    assert seeded.adme("digest").stdout == before


def test_a_file_with_errors_is_refused_with_the_place(seeded, tmp_path):
    report = imported(seeded, delivery(tmp_path, THA2020="many"), "--as", "loader", "--release", expect=2)
    assert not report["applied"]
    (finding,) = [finding for finding in report["findings"] if finding["severity"] == "error"]
    assert (finding["examples"][0]["value"], finding["count"]) == ("many", 1)
    assert finding["examples"][0]["row"] > 1
    assert finding["remedy"]
    kept = imported(seeded, delivery(tmp_path, THA2020="many"), "--as", "loader", "--release", "--keep-good-rows")
    assert kept["applied"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "nobody-at-all"], "nobody-at-all"),
        (["--as", "gone"], "gone"),
        (["--as", "auditor"], "right"),
        (["--as", "officer", "--release"], "right"),
        (["--as", "loader", "--kind", "framework"], "yet"),
        (["--as", "loader", "--mapping", "/nonexistent.yaml"], "mapping"),
        (["--as", "loader", "--at", "tomorrow"], "tomorrow"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_imported_is_refused_with_2_and_in_words(looked_at, tmp_path, arguments, said):
    report = imported(looked_at, delivery(tmp_path), *arguments, expect=2)
    assert not report["applied"]
    assert said in " ".join(report["problem"].values())


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PK\3\4broken", b"a,b\n1,2\n"])
def test_a_strange_file_is_refused_with_2(looked_at, tmp_path, content):
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    assert not imported(looked_at, path, "--as", "loader", "--release", expect=2)["applied"]


def test_a_missing_file_and_a_missing_dataflow_are_refused_with_2(looked_at, tmp_path):
    assert not imported(looked_at, tmp_path / "none.csv", "--as", "loader", expect=2)["applied"]
    done = looked_at.adme("import", str(delivery(tmp_path)), "--as", "loader", "--json", expect=2)
    assert "--dataflow" in json.loads(done.stdout)["problem"]["title"]


def test_an_import_without_a_database_ends_with_2_too(tmp_path):
    with empty(tmp_path / "home") as nothing:
        done = nothing.adme("import", str(delivery(tmp_path)), "--as", "loader", "--json", expect=2)
        assert not json.loads(done.stdout)["applied"]


def test_sdmx_csv_names_its_dataflow_itself_and_comes_back_unchanged(seeded, tmp_path):
    path = tmp_path / "out.csv"
    seeded.adme("export", FLOW, "--format", "sdmx-csv", "--output", str(path))
    report = json.loads(seeded.adme("import", str(path), "--as", "loader", "--json", "--dry-run").stdout)
    assert report["dataflow"] == FLOW
    assert report["changes"]["new"] == report["changes"]["changed"] == report["changes"]["deleted"] == 0
    assert report["changes"]["unchanged"] > 500


# --- export, digest, verify -----------------------------------------------------------------------


def test_export_gives_the_bytes_of_the_interface(looked_at):
    page = looked_at.python(
        "from django.test import Client\nfrom django.conf import settings\nsettings.ALLOWED_HOSTS = ['testserver']\n"
        "answer = Client().get('/sdmx/v2/data/dataflow/ASEAN/DF_WB_WDI/1.0.0/A.*.TH?format=csvfile',\n"
        "  headers={'accept': 'application/vnd.sdmx.data+csv;version=2.0.0'})\n"
        "print(json.dumps(b''.join(answer).decode()))"
    )
    ours = looked_at.adme("export", FLOW, "--key", "A..TH", "--format", "sdmx-csv").stdout
    assert ours.replace("\r\n", "\n") == page.replace("\r\n", "\n")
    assert len(ours) > 1_000


@pytest.mark.parametrize(
    "arguments",
    [["NO_FLOW"], [FLOW, "--key", "A.B.C.D.E"], [FLOW, "--as-of", "yesterday"], [FLOW, "--as", "nobody-at-all"]],
    ids=lambda value: " ".join(value),
)
def test_what_cannot_be_exported_ends_with_2(looked_at, arguments):
    assert "Traceback" not in looked_at.adme("export", *arguments, expect=2).stderr


def test_export_as_of_an_earlier_time_gives_what_was_public_then(looked_at):
    first = looked_at.python(
        "from adme.releases.models import Release\nfrom adme.lib import clock\n"
        "two = Release.objects.order_by('instant')[:2]\n"
        "print(json.dumps([clock.from_instant(one.instant).isoformat() for one in two]))"
    )
    then = looked_at.adme("export", FLOW, "--as-of", first[0]).stdout
    now = looked_at.adme("export", FLOW).stdout
    assert then != now
    assert looked_at.adme("export", FLOW, "--as-of", first[1]).stdout == now  # the third was withdrawn
    assert looked_at.adme("export", FLOW, "--as-of", "1990-01-01").stdout.count("\n") <= 1


def test_verify_is_content_and_writes_checkpoint_and_copy(looked_at, tmp_path):
    kept, copy = tmp_path / "checkpoint.json", tmp_path / "trail.jsonl"
    looked_at.adme("verify", "--deep", "--write-checkpoint", str(kept), "--export", str(copy))
    looked_at.adme("verify", "--checkpoint", str(kept))
    from adme.accounts.audit_verifier import main as verifier

    assert verifier([str(copy), "--checkpoint", str(kept)]) == 0


def test_verify_finds_an_altered_file_and_a_value_changed_behind_our_back(seeded):
    (frozen, *_) = (seeded.home / "frozen").rglob("*.parquet")
    frozen.chmod(0o600)
    whole = frozen.read_bytes()
    frozen.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert frozen.name in seeded.adme("verify", expect=1).stdout
    frozen.write_bytes(whole)
    seeded.adme("verify")
    (received, *_) = [path for path in (seeded.home / "received" / "files").rglob("*") if len(path.name) == 64]
    received.unlink()
    assert received.name in seeded.adme("verify", expect=1).stdout


def test_verify_finds_a_value_that_was_changed_behind_our_back(seeded):
    seeded.python(
        "from django.db import connection\n"
        "with connection.cursor() as c:\n"
        "    c.execute('UPDATE observations_observation SET value = value + 1 WHERE series_id = "
        "(SELECT min(id) FROM observations_series)')"
    )
    assert "differs" in seeded.adme("verify", expect=1).stdout


def test_verify_without_its_checkpoint_file_does_not_pass(looked_at, tmp_path):
    looked_at.adme("verify", "--checkpoint", str(tmp_path / "none.json"), expect=2)


def test_release_due_is_safe_twice_and_by_several_at_once(seeded, tmp_path):
    seeded.adme("release-due")
    started = [seeded.start("from adme.releases.actions import release_due\nrelease_due()") for _ in range(3)]
    for process in started:
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    assert json.loads(seeded.adme("release-due", "--json").stdout) == []
