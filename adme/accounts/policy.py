"""The one place that decides who may do what.

A view declares its policy with `@policy(PUBLIC)` or `@policy(Verb.…)`; the gate (middleware) enforces it before the
view runs, and answers 404 for a view that declares none. Actions ask `require(user, verb)` themselves, so that
pages, commands and API cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from django.http import HttpResponseBase

from adme.accounts.models import Grant, Organisation, User
from adme.accounts.roles import VERBS_OF, Role, Verb

PUBLIC: Final = "public"

View = Callable[..., HttpResponseBase]


class NotAllowed(Exception):
    """The person lacks the verb."""

    def __init__(self, verb: Verb) -> None:
        super().__init__(f"This needs the right “{verb}”.")
        self.verb = verb


class Actor(Protocol):
    """Whoever asks: a signed-in User or Django's AnonymousUser."""

    @property
    def is_authenticated(self) -> Any: ...
    @property
    def is_active(self) -> Any: ...


def policy(
    needed: Verb | str, *, methods: Sequence[str] = ("GET", "HEAD"), formats: Sequence[str] = ()
) -> Callable[[View], View]:
    """Declare who may call a view, by which methods and in which formats; read by the gate and `adme routes`."""
    if needed != PUBLIC and not isinstance(needed, Verb):
        raise ValueError(f"Unknown policy {needed!r}: public or a Verb.")

    def declare(view: View) -> View:
        view.policy = needed  # type: ignore[attr-defined]
        view.allowed_methods = tuple(methods)  # type: ignore[attr-defined]
        view.formats = tuple(formats)  # type: ignore[attr-defined]
        return view

    return declare


def verbs_of(user: Actor) -> frozenset[Verb]:
    """Every verb the person holds for everything. One query, kept on the user object for the request.

    A role for one organisation's work alone opens nothing that does not ask for that organisation.
    """
    if not user.is_authenticated or not user.is_active or not isinstance(user, User):
        return frozenset()
    held: frozenset[Verb] | None = getattr(user, "_verbs", None)
    if held is None:
        roles = Grant.objects.filter(user=user, organisation=None).values_list("role", flat=True)
        held = frozenset({Verb.SIGNED_IN}.union(*(VERBS_OF[Role(role)] for role in roles)))
        user._verbs = held  # type: ignore[attr-defined]
    return held


def can(user: Actor, verb: Verb, *, organisation: Organisation | None = None) -> bool:
    """Whether `user` holds `verb`: everywhere, or for `organisation` when one is given."""
    if organisation is None or verb in verbs_of(user):
        return verb in verbs_of(user)
    if not isinstance(user, User) or not user.is_active:
        return False
    roles = [role for role, verbs in VERBS_OF.items() if verb in verbs]
    return Grant.objects.filter(user=user, role__in=roles, organisation=organisation).exists()


def require(user: Actor, verb: Verb, *, organisation: Organisation | None = None) -> None:
    """Raise NotAllowed unless `user` holds `verb`."""
    if not can(user, verb, organisation=organisation):
        raise NotAllowed(verb)
