"""What every page of the workspace of metadata shares: who asks, which indicator, the tabs, refusals in plain words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.indicators.errors import RegisterError, UnknownIndicator
from adme.indicators.models import Indicator
from adme.indicators.queries import indicator_by_slug
from adme.lib.page.shell import Link
from adme.lib.texts import text_in
from adme.structures.models import Code, Component


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the gate lets nobody else through to these views."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def indicator_or_404(slug: str) -> Indicator:
    """The indicator; everybody who works with metadata may see each of them, public or not."""
    try:
        return indicator_by_slug(slug)
    except UnknownIndicator as error:
        raise Http404 from error


def areas_of(indicator: Indicator) -> dict[str, str]:
    """Code → name of every area that a report on the indicator can be for: states first, then aggregates, by name."""
    dimension = Component.objects.filter(
        data_structure=indicator.dataflow.data_structure_id, component_id=indicator.dataflow.area_dimension
    ).first()
    if dimension is None:
        return {}
    codes = Code.objects.filter(code_list=dimension.code_list_id).values_list("code_id", "name", "kind")
    named = sorted((kind == Code.Kind.AGGREGATE, text_in(name) or code, code) for code, name, kind in codes)
    return {code: name for _kind, name, code in named}


def sections(here: str) -> list[Link]:
    """The tabs: back to the work with figures, reports, what is required."""
    wanted = [
        (_("My work"), "collection:my-work"),
        (_("Metadata"), "indicators:reports"),
        (_("What is required"), "indicators:structures"),
    ]
    addresses = [(label, reverse(name)) for label, name in wanted]
    fitting = max((url for _label, url in addresses if here.startswith(url)), key=len, default="")
    return [Link(label, url, current=url == fitting) for label, url in addresses]


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of this workspace inside its tabs."""
    return render(request, template, {"sections": sections(request.path), **context}, status=status)


def in_plain_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn refusals that a view does not handle itself into pages. Put it below `@policy`."""

    @functools.wraps(view)
    def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except RegisterError as refusal:
            links = [Link(_("Back to the reports"), reverse("indicators:reports"))]
            if "slug" in kwargs:
                links.insert(0, Link(_("To this report"), reverse("indicators:report", args=[kwargs["slug"]])))
            return refusal_page(request, refusal, links)

    return careful


def refusal_page(request: HttpRequest, refusal: RegisterError, links: list[Link]) -> HttpResponse:
    """A refusal as a page: what happened, where and why, what to do."""
    context = {"title": refusal.title, "detail": refusal.detail, "remedy": refusal.remedy, "links": links}
    return page(request, "indicators/refused.html", context, status=refusal.status)


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number that a form carries; 0 where it does not."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
