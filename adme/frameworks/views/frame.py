"""What the editors' pages share: who is asking, the tabs of the workspace, refusals in plain words."""

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
from adme.frameworks.errors import FrameworkError
from adme.frameworks.models import Edition, Framework
from adme.lib.page.shell import Link


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the gate lets nobody else through to these views."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def edition_of(edition_id: uuid.UUID) -> Edition:
    """An edition by its id, or 404."""
    found = Edition.objects.select_related("framework").filter(pk=edition_id).first()
    if found is None:
        raise Http404
    return found


def framework_of(slug: str) -> Framework:
    """A framework by its slug, or 404."""
    found = Framework.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the workspace with its tabs."""
    here = reverse("frameworks:desk")
    sections = [Link(_("My work"), reverse("collection:my-work")), Link(_("Frameworks"), here, current=True)]
    return render(request, f"frameworks/{template}.html", {"sections": sections, **context}, status=status)


def in_plain_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn refusals that a view does not handle itself into pages. Put it below `@policy`."""

    @functools.wraps(view)
    def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except FrameworkError as refusal:
            context = {"refusal": refusal, "findings": getattr(refusal, "findings", [])}
            return page(request, "refused", context, status=refusal.status)

    return careful


def revision_of(request: HttpRequest) -> int:
    """The revision that the person saw; one that never fits where the form does not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
