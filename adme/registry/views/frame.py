"""What the pages of this desk share: who is asking, which artefact or draft, the tabs, refusals in plain words."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.lib.page.shell import Link
from adme.registry.shelves import find
from adme.structures.errors import StructureError
from adme.structures.models import Draft
from adme.structures.models.maintainable import Maintainable


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the gate lets nobody else through to these views."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def artefact_of(kind: str, agency: str, artefact_id: str, version: str) -> Maintainable:
    """An artefact by its name, or 404."""
    # PostgreSQL takes no NUL in a text, not even in a question.
    found = None if "\0" in f"{agency}{version}" else find(kind, agency, artefact_id, version)
    if found is None:
        raise Http404
    return found


def draft_of(draft_id: uuid.UUID) -> Draft:
    """A draft by its id, or 404."""
    found = Draft.objects.filter(pk=draft_id).first()
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the workspace with its tabs."""
    here = reverse("registry:artefacts")
    sections = [Link(_("My work"), reverse("collection:my-work")), Link(_("Structures"), here, current=True)]
    return render(request, f"registry/{template}.html", {"sections": sections, **context}, status=status)


def in_plain_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn refusals that a view does not handle itself into pages. Put it below `@policy`."""

    @functools.wraps(view)
    def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except StructureError as refusal:
            return page(request, "refused", {"refusal": refusal, "back": _way_back(kwargs)}, status=refusal.status)

    return careful


def _way_back(kwargs: dict[str, Any]) -> Link:
    if "draft_id" in kwargs:
        return Link(_("Back to the draft"), reverse("registry:draft", args=[kwargs["draft_id"]]))
    return Link(_("Back to the structures"), reverse("registry:artefacts"))


def revision_of(request: HttpRequest) -> int:
    """The revision that the person saw; one that never fits where the form does not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
