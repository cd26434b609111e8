"""What README.md tells an operator to type first, on a new machine."""

from __future__ import annotations

from tests.config.installation import empty


def test_a_new_installation_is_migrated_and_then_found_right(tmp_path):
    with empty(tmp_path) as new:
        new.adme("check", expect=1)
        new.adme("migrate", "--verbosity", "0")
        checked = new.adme("check")

    assert "Error" not in checked.stdout
