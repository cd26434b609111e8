"""People for tests: one for each role, one without any, one disabled; all with the same password."""

from __future__ import annotations

from django.test import Client

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role

PASSWORD = "correct horse battery"


def make(username: str, *roles: Role, **fields) -> User:
    user = User.objects.create_user(username, password=PASSWORD, **{"full_name": username.title(), **fields})
    Grant.objects.bulk_create(Grant(user=user, role=role) for role in roles)
    return user


def client_of(user: User | None, **options) -> Client:
    client = Client(**options)
    if user is not None:
        client.force_login(user)
    return client
