"""What every page of the workspace shares: who is asking, which submission, the tabs, and refusals in plain words."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.accounts.policy import can
from adme.accounts.roles import Verb
from adme.collection.errors import CollectionError
from adme.collection.models import Submission
from adme.collection.queries import submissions_for
from adme.indicators.errors import RegisterError
from adme.lib.page.shell import Link
from adme.observations.errors import StoreRefused
from adme.quality.errors import QualityError
from adme.structures.errors import StructureError

REFUSALS = (CollectionError, QualityError, StoreRefused, StructureError, RegisterError)
"""Families of errors that carry plain words: title, detail, remedy and the status of a page."""


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the gate lets nobody else through to these views."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def submission_of(request: HttpRequest, submission_id: uuid.UUID) -> Submission:
    """A submission that this person may see; 404 for any other, the same as for one that does not exist."""
    found = submissions_for(person_of(request)).filter(pk=submission_id).first()
    if found is None:
        raise Http404
    return found


def sections_for(person: User, here: str) -> list[Link]:
    """The tabs of the workspace that `person` has a use for; the longest address that fits `here` is current."""
    wanted = [
        (_("My work"), "collection:my-work", True),
        (_("Bring in a file"), "collection:import", can(person, Verb.PREPARE)),
        (_("Correct a value"), "collection:correct", can(person, Verb.PREPARE)),
        (_("Submissions"), "collection:submissions", True),
        (_("Releases"), "collection:releases", can(person, Verb.PUBLISH)),
        (_("Rules"), "collection:rules", True),
        (_("Metadata"), "indicators:reports", can(person, Verb.STRUCTURE) or can(person, Verb.REVIEW)),
        (_("Structures"), "registry:artefacts", can(person, Verb.READ_STRUCTURES)),
        (_("Frameworks"), "frameworks:desk", can(person, Verb.FRAMEWORK)),
    ]
    addresses = [(label, reverse(name)) for label, name, offered in wanted if offered]
    fitting = max((url for _label, url in addresses if here.startswith(url)), key=len, default="")
    return [Link(label, url, current=url == fitting) for label, url in addresses]


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the workspace inside its tabs."""
    sections = sections_for(person_of(request), request.path)
    return render(request, template, {"sections": sections, **context}, status=status)


def refusal_page(request: HttpRequest, refusal: Exception, links: Sequence[Link] = ()) -> HttpResponse:
    """A refusal as a page: what happened, where and why, what to do."""
    return page(
        request,
        "collection/refused.html",
        {
            "title": getattr(refusal, "title", str(refusal)),
            "detail": getattr(refusal, "detail", ""),
            "remedy": getattr(refusal, "remedy", ""),
            "links": links or [Link(_("Back to my work"), reverse("collection:my-work"))],
        },
        status=getattr(refusal, "status", 422),
    )


def in_plain_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn refusals that a view does not handle itself into pages. Put it below `@policy`."""

    @functools.wraps(view)
    def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except REFUSALS as refusal:
            return refusal_page(request, refusal, _way_back(kwargs))

    return careful


def _way_back(kwargs: dict[str, Any]) -> list[Link]:
    links = [Link(_("Back to my work"), reverse("collection:my-work"))]
    if "submission_id" in kwargs:
        address = reverse("collection:submission", args=[kwargs["submission_id"]])
        links.insert(0, Link(_("To the submission"), address))
    if "release_id" in kwargs:
        links.insert(0, Link(_("To the release"), reverse("collection:release-page", args=[kwargs["release_id"]])))
    return links


def revision_of(request: HttpRequest) -> int:
    """The revision that the person saw when he pressed the button; one that never fits where the form does not say."""
    return number_of(request, "revision")


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number that a form carries; 0 where it does not."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
