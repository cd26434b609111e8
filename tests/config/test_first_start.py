"""What README.md tells an operator to type, on a new machine."""

from __future__ import annotations

from tests.config.installation import empty


def test_a_new_installation_is_migrated_and_checked(tmp_path):
    with empty(tmp_path) as new:
        new.adme("check", expect=1)
        new.adme("migrate", "--verbosity", "0")
        checked = new.adme("check")

    assert "Error" not in checked.stdout


def test_configure_writes_a_key_once_and_settings_to_fill_in(tmp_path):
    with empty(tmp_path / "home") as new:
        first = new.adme("configure", "--host", "data.example.org", "--output", str(tmp_path / "settings.env"))
        key = (new.home / "secret.key").read_text()
        second = new.adme("configure")

        assert (new.home / "secret.key").read_text() == key
        assert "Wrote" in first.stderr
        assert "Kept" in second.stderr
    assert "ADME_HOSTS=data.example.org" in (tmp_path / "settings.env").read_text()


def test_the_first_administrator_is_made_at_the_console(tmp_path):
    with empty(tmp_path) as new:
        new.adme("migrate", "--verbosity", "0")
        made = new.adme("createadmin", "maria", "--name", "Maria Santos", "--email", "maria@example.org", "--link")

    assert "maria is an administrator" in made.stdout
    assert "http" in made.stdout
