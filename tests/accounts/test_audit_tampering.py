"""Whoever changes the trail behind the system's back is found out, by the system and by a verifier of its own."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest
from django.db import connection, transaction

from adme.accounts import audit, audit_guard
from adme.accounts.audit_verifier import entries_in, main, read_checkpoint
from adme.accounts.chain import FIELDS, GENESIS, ChainBroken, Checkpoint, entry_hash, walk
from adme.accounts.models import AuditEntry, AuditHead

LENGTH = 40


def trail(length: int = LENGTH) -> list[dict[str, object]]:
    """A whole trail, made here with the sealing rule alone."""
    entries: list[dict[str, object]] = []
    previous = GENESIS
    for number in range(1, length + 1):
        entry = {name: f"{name} {number}" for name in FIELDS} | {"sequence": number, "at": 10**15 + number}
        entry |= {"detail": json.dumps({"n": number}), "previous_hash": previous}
        previous = entry_hash(entry)
        entries.append({**entry, "entry_hash": previous})
    return entries


def resealed(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """What a forger who knows the rule makes of it."""
    previous, sealed = GENESIS, []
    for number, entry in enumerate(entries, start=1):
        entry = {**entry, "sequence": number, "previous_hash": previous}
        previous = entry_hash(entry)
        sealed.append({**entry, "entry_hash": previous})
    return sealed


def change(chance: random.Random, entries: list[dict[str, object]]) -> None:
    entry = chance.choice(entries)
    name = chance.choice([*FIELDS, "entry_hash"])
    old = entry[name]
    entry[name] = old + chance.choice([-1, 1]) if isinstance(old, int) else flipped(chance, str(old))


def flipped(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << chance.randrange(5))) + text[at + 1 :]


def drop(chance: random.Random, entries: list[dict[str, object]]) -> None:
    del entries[chance.randrange(len(entries))]


def insert(chance: random.Random, entries: list[dict[str, object]]) -> None:
    entries.insert(chance.randrange(len(entries)), dict(chance.choice(entries)))


def swap(chance: random.Random, entries: list[dict[str, object]]) -> None:
    one, other = chance.sample(range(len(entries)), 2)
    for name in set(FIELDS) - {"sequence"} | {"entry_hash"}:
        entries[one][name], entries[other][name] = entries[other][name], entries[one][name]


def cut(chance: random.Random, entries: list[dict[str, object]]) -> None:
    del entries[chance.randrange(len(entries)) :]


def rewrite(chance: random.Random, entries: list[dict[str, object]]) -> None:
    chance.choice(entries)["reason"] = "nothing happened"
    entries[:] = resealed(entries)


def drop_and_rewrite(chance: random.Random, entries: list[dict[str, object]]) -> None:
    drop(chance, entries)
    entries[:] = resealed(entries)


def insert_and_rewrite(chance: random.Random, entries: list[dict[str, object]]) -> None:
    insert(chance, entries)
    entries[:] = resealed(entries)


EDITS = [change, change, change, drop, insert, swap, cut, rewrite, drop_and_rewrite, insert_and_rewrite]


def test_every_edit_is_found_with_a_checkpoint_kept_elsewhere(volume):
    chance = random.Random()
    seed = chance.randrange(2**32)
    print("seed", seed)
    chance.seed(seed)
    whole = trail()
    kept = walk(whole)
    for _ in range(volume(1_000, long=10_000)):
        edited = [dict(entry) for entry in whole]
        edit = chance.choice(EDITS)
        edit(chance, edited)
        with pytest.raises(ChainBroken):
            walk(edited, [kept])
        assert edited != whole, edit


def test_without_a_checkpoint_a_cut_tail_and_a_rewritten_whole_are_not_found():
    """So says the manual; were it otherwise, the manual would be wrong."""
    entries = trail()
    assert walk(entries[:-3]).sequence == LENGTH - 3
    rewrite(random.Random(1), entries)
    assert walk(entries).sequence == LENGTH


def test_an_untouched_trail_is_whole_and_may_have_grown():
    entries = trail()
    kept = [Checkpoint(number, str(entries[number - 1]["entry_hash"])) for number in (1, 7, LENGTH)]
    assert walk(entries, kept) == kept[-1]
    assert walk([]) == Checkpoint(0, GENESIS)


def test_the_first_fault_is_named():
    entries = trail()
    entries[6]["reason"] = "changed"
    entries[20]["reason"] = "changed too"
    with pytest.raises(ChainBroken) as fault:
        walk(entries)
    assert fault.value.sequence == 7


# --- in the database ------------------------------------------------------------------------------


def fill(count: int = 12) -> None:
    with transaction.atomic():
        audit.record_many(by="alice", acts=[audit.Act("a.b.c", "thing", n, f"reason {n}") for n in range(count)])


COLUMNS = [field.column for field in AuditEntry._meta.concrete_fields]


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_in_any_column_behind_our_back_is_found(column):
    fill()
    kept = audit.checkpoint()
    new = {"sequence": "99", "at": "'2020-01-01 00:00:00+00:00'", "detail": "'{}  '"}.get(column, "'changed'")
    with audit_guard.lifted(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_auditentry SET {column} = {new} WHERE sequence = 5")
    with pytest.raises(ChainBroken) as fault:
        audit.verify(kept)
    assert fault.value.sequence in (5, 6)


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [[5], [12], [11, 12], list(range(1, 13))], ids=str)
def test_entries_removed_behind_our_back_are_found(numbers):
    fill()
    with audit_guard.lifted():
        AuditEntry.objects.filter(pk__in=numbers).delete()
    with pytest.raises(ChainBroken):
        audit.verify()


@pytest.mark.django_db
def test_a_tail_cut_off_together_with_its_head_is_found_with_the_checkpoint():
    fill()
    kept = audit.checkpoint()
    with audit_guard.lifted():
        AuditEntry.objects.filter(pk__gt=9).delete()
    AuditHead.objects.update(sequence=9, entry_hash=AuditEntry.objects.get(pk=9).entry_hash)
    assert audit.verify().sequence == 9
    with pytest.raises(ChainBroken, match="missing"):
        audit.verify(kept)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"sequence": 11}, {"sequence": 13}, {"entry_hash": "0" * 64}])
def test_a_changed_head_is_found(change):
    fill()
    AuditHead.objects.update(**change)
    with pytest.raises(ChainBroken):
        audit.verify()


# --- the verifier of its own ----------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    path = tmp_path / "trail.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in trail()))
    kept = tmp_path / "checkpoint.json"
    end = walk(trail())
    kept.write_text(json.dumps({"sequence": end.sequence, "entry_hash": end.entry_hash}))
    return path, kept


def test_the_verifier_needs_nothing_but_the_standard_library(copy, root, tmp_path):
    for name in ("chain.py", "audit_verifier.py"):
        text = (root / "adme" / "accounts" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("from adme.accounts.chain", "from chain"))
    path, kept = copy
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; "]
    command[-1] += "runpy.run_path(sys.path[0] + '/audit_verifier.py', run_name='__main__')"
    done = subprocess.run(
        [*command, str(tmp_path), str(path), "--checkpoint", str(kept)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["sequence"] == LENGTH


def test_the_verifier_finds_a_changed_copy(copy, capsys):
    path, kept = copy
    assert main([str(path), "--checkpoint", str(kept)]) == 0
    path.write_text(path.read_text().replace("reason 7", "reason 8"))
    assert main([str(path)]) == 1
    assert "Entry 7" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", ["no json\n", "[]\n", "{}\n", '{"sequence": 1}\n', "PK no zip", "SQLite format 3\0"]
)
def test_the_verifier_says_when_it_cannot_read(tmp_path, content, capsys):
    path = tmp_path / "copy"
    path.write_text(content)
    assert main([str(path)]) == 2
    assert capsys.readouterr().out.startswith("Cannot be read")


def test_a_missing_or_wrong_checkpoint_is_not_taken_for_none(copy, tmp_path):
    path, _ = copy
    assert main([str(path), "--checkpoint", str(tmp_path / "missing.json")]) == 2
    (tmp_path / "wrong.json").write_text("{}")
    assert main([str(path), "--checkpoint", str(tmp_path / "wrong.json")]) == 2


@pytest.mark.django_db
def test_what_the_system_exports_the_verifier_accepts(tmp_path):
    fill()
    path = tmp_path / "trail.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in audit.exported()))
    assert walk(entries_in(path)) == audit.checkpoint() == audit.verify()
    kept = tmp_path / "checkpoint.json"
    kept.write_text(json.dumps(audit.checkpoint().__dict__))
    assert read_checkpoint(kept) == audit.checkpoint()
