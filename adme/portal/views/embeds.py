"""Small pages that other sites may frame: a KPI's chart, a framework's scorecard. Nothing in them knows the reader.

docs/decisions/0605 says why these routes, and no others, may be framed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from adme.accounts.policy import PUBLIC, policy
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.scorecard import scorecard
from adme.lib import clock
from adme.portal import framework_kpi, framework_pages
from adme.portal.addresses import absolute
from adme.portal.asked import Asked
from adme.portal.framework_pages import Frame
from adme.portal.freshness import public_page
from adme.portal.views.frameworks import ON_A_PAGE

View = Callable[..., HttpResponse]

OPEN = {"frame-ancestors": ["*"], "script-src": [NONE], "form-action": [NONE]}
"""What differs from the policy of every other page."""


def framed_anywhere(view: View) -> Callable[..., HttpResponseBase]:
    """Let any site frame what the view gives."""
    return xframe_options_exempt(csp_replace(OPEN)(view))


@policy(PUBLIC)
@framed_anywhere
@public_page
def kpi(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """A KPI's chart with what the figures say."""
    frame = _frame(request, slug, "framework-part", uid)
    part = frame.document.by_uid.get(uid)
    if part is None or part.kpi is None:
        raise Http404
    drawing = framework_kpi.drawing(frame, part)
    context = {
        "title": part.name,
        "kicker": f"{part.level.title} {part.code}".strip(),
        "figure": replace(drawing, option=None) if drawing else None,  # the drawing alone: no script
        "said": framework_kpi.said(frame, part),
        "back": absolute(frame.place.part(uid)),
    }
    return _small(request, frame, context)


@policy(PUBLIC)
@framed_anywhere
@public_page
def whole(request: HttpRequest, slug: str) -> HttpResponse:
    """A framework's scorecard."""
    frame = _frame(request, slug, "framework-scorecard")
    shown = Paginator(frame.document.kpis, ON_A_PAGE).get_page(1)
    context = {
        "title": _("Scorecard: {framework}").format(framework=frame.document.name),
        "table": framework_pages.scorecard_table(frame, list(shown.object_list)),
        "summary": framework_pages.summary(frame.card),
        "left_out": len(frame.document.kpis) - len(shown.object_list),
        "back": absolute(frame.place.page("framework-scorecard")),
    }
    return _small(request, frame, context)


def _frame(request: HttpRequest, slug: str, page: str, *arguments: str) -> Frame:
    as_of = Asked(request.GET).as_of()
    try:
        return framework_pages.frame(scorecard(slug, as_of=as_of), as_of=as_of, page=page, arguments=arguments)
    except UnknownFramework:
        raise Http404 from None


def _small(request: HttpRequest, frame: Frame, context: dict[str, Any]) -> HttpResponse:
    figures_of = clock.from_instant(frame.card.figures_at)
    about = {"document": frame.document, "figures_of": figures_of, "as_of_moment": frame.as_of_moment}
    return render(request, "portal/embed.html", {**about, **context})
