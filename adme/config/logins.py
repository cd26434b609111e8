"""Where a demonstration or trial keeps the seed of its passwords: in its home, for its owner's eyes."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from adme.config.showcase import LOGINS

Logins = list[dict[str, str]]


def keep_logins(home: Path, make: Callable[[str], Logins], *, seed: str | None = None) -> Logins:
    """Make people with the passwords of this home's seed, and write their logins down.

    The seed is the one that is there, else `seed`, else drawn by chance. It is written down before the people are
    made: were this interrupted, the next start must know the passwords that are in the database.
    """
    path = home / LOGINS
    if path.exists():
        seed = str(json.loads(path.read_text(encoding="utf-8"))["seed"])
    else:
        seed = seed or secrets.token_urlsafe(24)
        _write_private(path, {"seed": seed, "people": []})
    logins = make(seed)
    _write_private(path, {"seed": seed, "people": logins})
    return logins


def _write_private(path: Path, content: dict[str, object]) -> None:
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    new.replace(path)
