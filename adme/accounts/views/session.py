"""Signing in and out, and what a person does with his own account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from adme.accounts import actions, mails, throttle
from adme.accounts.forms import ChangePasswordForm, ForgottenForm, LanguageForm, NewPasswordForm, SignInForm
from adme.accounts.gate import client_address
from adme.accounts.models import User
from adme.accounts.policy import PUBLIC, policy, verbs_of
from adme.accounts.roles import Verb
from adme.accounts.sections import sections_for

FORM = ("GET", "HEAD", "POST")


@sensitive_post_parameters("password")
@policy(PUBLIC, methods=FORM)
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. A wrong name and a wrong password get the same answer after the same work."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_onward(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _sign_in_page(request, form, 200 if request.method != "POST" else 422)
    attempt = throttle.begin(
        username=form.cleaned_data["username"],
        address=client_address(request),
        browser=request.COOKIES.get(throttle.BROWSER_COOKIE),
    )
    if attempt.wait:
        attempt.refuse()
        return _too_soon(request, form, attempt.wait)
    person = auth.authenticate(request, **form.cleaned_data)
    if not isinstance(person, User):
        form.add_error(None, _("User name and password do not belong together."))
        return _sign_in_page(request, form, 422)
    attempt.forgive()
    auth.login(request, person)
    actions.note_sign_in(person=person)
    return _welcome(request, person)


@policy(PUBLIC, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("/")


@policy(PUBLIC, methods=FORM)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to choose a new password. The answer is the same for every address."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.ask_for_new_password(email=form.cleaned_data["email"])
        return render(request, "accounts/forgotten_sent.html")
    return render(request, "accounts/forgotten.html", {"form": form}, status=422 if form.is_bound else 200)


@sensitive_post_parameters("password", "again")
@policy(PUBLIC, methods=FORM)
def choose_password(request: HttpRequest, key: str) -> HttpResponse:
    """Where the link in the mail leads; good once."""
    person = mails.person_of_link(key)
    if person is None:
        return render(request, "accounts/link_spent.html", status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        person = actions.set_password(person=person, password=form.cleaned_data["password"], by=person)
        auth.login(request, person)
        actions.note_sign_in(person=person, by="link")
        return _welcome(request, person)
    context = {"form": form, "person": person}
    return render(request, "accounts/choose_password.html", context, status=422 if form.is_bound else 200)


@policy(Verb.SIGNED_IN)
def me(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is here, what one may do, password and language."""
    person = signed_in_person(request)
    context = {
        "person": person,
        "grants": person.grants.select_related("organisation").order_by("role"),
        "verbs": sorted(verbs_of(person)),
        "sections": sections_for(person, request.path),
        "language_form": LanguageForm(initial={"language": person.language or settings.LANGUAGE_CODE}),
        "several_languages": len(settings.LANGUAGES) > 1,
    }
    return render(request, "accounts/me.html", context)


@sensitive_post_parameters("current", "password", "again")
@policy(Verb.SIGNED_IN, methods=FORM)
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other session ends."""
    person = signed_in_person(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        person = actions.set_password(person=person, password=form.cleaned_data["password"], by=person)
        auth.update_session_auth_hash(request, person)
        messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
        return redirect("accounts:me")
    context = {"form": form, "sections": sections_for(person, reverse("accounts:me"))}
    return render(request, "accounts/change_password.html", context, status=422 if form.is_bound else 200)


@policy(Verb.SIGNED_IN, methods=("POST",))
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of pages and mails."""
    person = signed_in_person(request)
    form = LanguageForm(request.POST)
    if form.is_valid():
        actions.choose_language(person=person, language=form.cleaned_data["language"], by=person)
        messages.success(request, _("Your language is kept."))
    response = redirect("accounts:me")
    _remember_language(response, person)
    return response


def signed_in_person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the gate let nobody else through; tells the type checker
    return request.user


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    onward = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": onward, "demo": settings.DEMO}
    return render(request, "accounts/sign_in.html", context, status=status)


def _too_soon(request: HttpRequest, form: SignInForm, wait: int) -> HttpResponse:
    text = ngettext(
        "Too many wrong tries. Please wait a second.", "Too many wrong tries. Please wait %(wait)s seconds.", wait
    )
    form.add_error(None, text % {"wait": wait})
    response = _sign_in_page(request, form, 429)
    response["Retry-After"] = str(wait)
    return response


def _welcome(request: HttpRequest, person: User) -> HttpResponse:
    response = HttpResponseRedirect(_onward(request))
    response.set_cookie(
        throttle.BROWSER_COOKIE,
        throttle.browser_token(person),
        max_age=throttle.BROWSER_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
        path=reverse("accounts:sign-in"),
    )
    _remember_language(response, person)
    return response


def _remember_language(response: HttpResponse, person: User) -> None:
    if person.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            person.language,
            max_age=365 * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _onward(request: HttpRequest) -> str:
    """Where somebody wanted to go, if it is here; else the workspace; else one's own page."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    try:
        return reverse(settings.LOGIN_REDIRECT_URL)
    except NoReverseMatch:
        return reverse("accounts:me")
