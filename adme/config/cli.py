"""The `adme` command. Each command is one file in `management/commands`, except the two that start other processes.

Ends with 0; 1 when something could not be done; 2 for wrong use, or a file refused by `adme import`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "demo": "make a demonstration with real public data and serve it on this machine",
    "configure": "write the first configuration: a secret key and the settings to fill in",
    "migrate": "bring the database to this version",
    "createadmin": "make the first administrator",
    "check": "is everything as it must be, and what to do if not",
    "serve": "serve web pages and API, with a background worker",
    "worker": "do background work and release what is due",
    "import": "bring a file in, through the same checks as the page",
    "export": "write published data to a file",
    "release-due": "put live what is due now",
    "housekeeping": "remove what nothing refers to any more; the worker does it every hour",
    "verify": "check audit trail, files and published data against what was written down",
    "digest": "fingerprints of everything published, at some time",
    "backup": "write everything into one file",
    "restore": "bring a backup back, into either database",
    "routes": "list every address with its policy",
    "seed": "fill an empty installation with repeatable people and data, for tests",
}
"""What people use; Django's own commands work too and are not listed."""

MODULES: Final = {"import": "import_file"}
"""Commands whose file has another name, as Python keeps theirs for itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("help", "-h", "--help"):
        print(_overview())
        return 0
    if given[0] == "--version":
        import adme

        print(adme.__version__)
        return 0
    try:
        return _run(given[0], given[1:])
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(command: str, arguments: list[str]) -> int:
    if command == "demo":
        from adme.config import showcase

        return showcase.main(arguments)
    if command == "serve":
        from adme.config import serving

        return serving.main(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adme.config.settings")
    return _run_django(command, arguments)


def _run_django(command: str, arguments: list[str]) -> int:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import ManagementUtility, get_commands
    from django.db import OperationalError

    name = MODULES.get(command, command.replace("-", "_"))
    if name == "migrate":
        # Our own check says that the database is older than the program: true, and what this command is there to mend.
        arguments = ["--skip-checks", *arguments]
    try:
        django.setup()
        if name not in get_commands():
            print(f"There is no command “{command}”.\n\n{_overview()}", file=sys.stderr)
            return 2
        ManagementUtility(["adme", name, *arguments]).execute()
    except ImproperlyConfigured as wrong:
        print(_explained(wrong), file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"The database does not answer, or has not been migrated (`adme migrate`): {error}", file=sys.stderr)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _explained(wrong: Exception) -> str:
    if "SECRET_KEY" in str(wrong):
        return KEYLESS
    return f"A setting is wrong: {wrong}\ndocs/manual/operator/settings.md describes every setting."


KEYLESS: Final = (
    "This installation has no secret key. Run `adme configure`, which writes one into its home,\n"
    "or set ADME_SECRET_KEY (or ADME_SECRET_KEY_FILE) to a long random text that you keep."
)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = ["usage: adme COMMAND [OPTIONS]", ""]
    lines += [f"  {name:{width}}  {words}" for name, words in COMMANDS.items()]
    lines += ["", "`adme COMMAND --help` says more."]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
