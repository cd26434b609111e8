"""What the full test run needs beyond Python, from the distribution's packages: find it, install it, or name it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class Missing(Exception):
    """Something the machine must have is not there and may not be installed; the text says what and how."""


@dataclass(frozen=True)
class Need:
    """One package of Debian and Ubuntu, what it is for, and where its proof may lie."""

    package: str
    purpose: str
    programs: tuple[str, ...] = ()
    folders: tuple[tuple[str, str], ...] = ()  # (folder, pattern of a file in it)

    def is_met(self) -> bool:
        if any(shutil.which(program) for program in self.programs):
            return True
        return any(next(Path(folder).glob(pattern), None) for folder, pattern in self.folders if Path(folder).is_dir())


POSTGRES = Need("postgresql", "the tests on PostgreSQL", ("initdb",), (("/usr/lib/postgresql", "*/bin/initdb"),))
CHROMIUM = Need("chromium", "the browser tests", ("chromium", "chromium-headless-shell"))
OFFICE = Need("libreoffice-calc-nogui", "the tests that open our XLSX files elsewhere", ("soffice", "libreoffice"))
NODE = Need("nodejs", "the tests in which JavaScript clients read our answers", ("node",))
NPM = Need("npm", "those clients themselves, by their lock", ("npm",))
R = Need(
    "r-cran-rsdmx",
    "the tests in which R reads our answers",
    folders=tuple(
        (f"{base}/R/{folder}", "rsdmx/DESCRIPTION")
        for base, folder in (
            ("/usr/local/lib", "site-library"),
            ("/usr/lib", "site-library"),
            ("/usr/lib", "library"),
        )
    ),
)
FONTS = Need(
    "fonts-noto-core",
    "Thai, Khmer, Lao and Burmese on the screenshots",
    folders=(("/usr/share/fonts", "**/NotoSansKhmer*.*tf"), ("/usr/local/share/fonts", "**/NotoSansKhmer*.*tf")),
)


def provide(needs: Iterable[Need], *, may_use_sudo: bool) -> None:
    """See to it that all needs are met, by apt-get where we may.

    Raises Missing, naming each package and its purpose, when we may not or when that did not help.
    """
    absent = _absent(needs)
    if not absent:
        return
    prefix = _right_to_install(may_use_sudo=may_use_sudo)
    if prefix is None:
        raise Missing(_explain(absent))
    _install(prefix, [need.package for need in absent])
    still_absent = _absent(absent)
    if still_absent:
        raise Missing("apt-get could not provide everything.\n" + _explain(still_absent))


def _absent(needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if not need.is_met() and not _named_by_hand(need)]


def _named_by_hand(need: Need) -> bool:
    return need is CHROMIUM and Path(os.environ.get("E2E_CHROMIUM", "-")).is_file()


def _right_to_install(*, may_use_sudo: bool) -> list[str] | None:
    """The words before apt-get, or None when we may not install."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if may_use_sudo and shutil.which("sudo"):
        return ["sudo"]
    return None


def _install(prefix: list[str], packages: list[str]) -> None:
    print(f"Installing with apt-get: {', '.join(packages)}", flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    for arguments in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *arguments], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"apt-get {arguments[0]} ended with {done.returncode}.", file=sys.stderr)


def _explain(absent: Iterable[Need]) -> str:
    needs = list(absent)
    lines = [f"  {need.package:<24} for {need.purpose}" for need in needs]
    packages = " ".join(need.package for need in needs)
    return "\n".join(
        [
            "The full test run needs more than Python, and this machine lacks:",
            *lines,
            "Install them as root (names of Debian and Ubuntu):",
            f"  apt-get install --no-install-recommends {packages}",
            "or let this command do it: python3 run test --install-system",
            "or leave those tests out:  python3 run test --fast",
        ]
    )
