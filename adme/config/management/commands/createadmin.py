"""`adme createadmin`."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from adme.accounts import actions, mails
from adme.accounts.roles import Role

BY = "console"


class Command(BaseCommand):
    help = "Makes an administrator, who then makes everybody else on the pages. Without an administrator nobody can."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--email", default="", help="for a forgotten password")
        parser.add_argument(
            "--link", action="store_true", help="ask for no password; print a link at which to choose one"
        )

    def handle(self, *, username: str, name: str, email: str, link: bool, **options: Any) -> None:
        """Make the person and grant the role, both audited as done at the console."""
        password = None if link else _asked_password()
        try:
            with transaction.atomic():
                person = actions.create_person(
                    username=username, full_name=name, email=email, password=password, by=BY, reason="adme createadmin"
                )
                actions.grant_role(person=person, role=Role.ADMINISTRATOR, by=BY, reason="adme createadmin")
        except ValidationError as refused:
            raise CommandError("\n".join(refused.messages)) from None
        self.stdout.write(f"{person.username} is an administrator.")
        if link:
            self.stdout.write(f"The password is chosen here, within a day:\n{mails.password_link(person)}")


def _asked_password() -> str:
    """From ADME_ADMIN_PASSWORD (for scripts), from a pipe, or typed twice."""
    given = os.environ.get("ADME_ADMIN_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same once more: ") != password:
        raise CommandError("The two are not the same.")
    return password
