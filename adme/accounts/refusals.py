"""What a reader gets instead of an answer. No refusal tells what exists, or where the fault lies.

A page where pages are served; elsewhere JSON in the shape of RFC 9457.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _


def wants_page(request: HttpRequest) -> bool:
    """Whether an error should be a page: everywhere but on routes that declare formats without HTML."""
    match = getattr(request, "resolver_match", None)
    formats = getattr(match.func, "formats", ()) if match else ()
    return not formats or "html" in formats


def problem(status: int, title: str, detail: str) -> JsonResponse:
    """An error where no page is expected."""
    body = {"status": status, "title": title, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(request, 400, _("Not understood"), _("The request was malformed."))


def unknown_person(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; 401 where no page is expected."""
    if not wants_page(request):
        response = problem(401, _("Sign in first"), _("This address is for signed-in people."))
        response["WWW-Authenticate"] = 'Session realm="ADME"'
        return response
    sign_in = reverse("accounts:sign-in")
    if request.headers.get("HX-Request"):  # a fragment: the sign-in page must not land in the middle of the other
        return HttpResponse(headers={"HX-Redirect": sign_in})
    if request.method in ("GET", "HEAD"):
        sign_in += "?" + urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    return HttpResponseRedirect(sign_in)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, the same whatever the address names."""
    return _answer(request, 403, _("Not allowed"), _("Your account does not have the right that this needs."))


def forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from a page of ours (Django's CSRF_FAILURE_VIEW)."""
    detail = _("It did not come from a page that you have open here. Go back, load that page again, and send it again.")
    return _answer(request, 403, _("The form could not be accepted"), detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same whether the thing is hidden or does not exist."""
    return _answer(request, 404, _("Not found"), _("There is nothing at this address."))


def wrong_method(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    """405, with the methods that the address knows."""
    detail = _("This address answers to: %(methods)s.") % {"methods": ", ".join(allowed)}
    response = _answer(request, 405, _("Method not allowed"), detail)
    response["Allow"] = ", ".join(allowed)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _bare_answer(request, 500, _("Something went wrong"), _("The fault is ours, and it has been written down."))


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, while the database does not answer."""
    detail = _("The database does not answer. Please try again in a moment.")
    response = _bare_answer(request, 503, _("Not available just now"), detail)
    response["Retry-After"] = "5"
    return response


def _answer(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    if not wants_page(request):
        return problem(status, title, detail)
    page = render_to_string("accounts/refusal.html", {"title": title, "detail": detail}, request=request)
    return HttpResponse(page, status=status)


def _bare_answer(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    """Without context processors: they would ask the database who is reading, and one of them may be what failed."""
    if not wants_page(request):
        return problem(status, title, detail)
    return HttpResponse(render_to_string("accounts/refusal.html", {"title": title, "detail": detail}), status=status)
