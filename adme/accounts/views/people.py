"""Administrators' pages: people, their roles, organisations."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from adme.accounts import actions, queries
from adme.accounts.forms import GrantForm, NewPersonForm, PersonForm, ReasonForm
from adme.accounts.models import Grant, Organisation, User
from adme.accounts.policy import policy
from adme.accounts.roles import Role, Verb
from adme.accounts.sections import sections_for
from adme.accounts.views.session import FORM, signed_in_person
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table

PAGE = 50


@policy(Verb.MANAGE_ACCOUNTS)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account."""
    wanted = request.GET.get("q", "").strip()
    found = queries.people().order_by("-is_active", "username")
    if wanted:
        named = models.Q(username__icontains=wanted) | models.Q(full_name__icontains=wanted)
        found = found.filter(named | models.Q(email__icontains=wanted))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "table": _people_table(list(page.object_list)),
        "sections": sections_for(signed_in_person(request), request.path),
    }
    return render(request, "accounts/people.html", context)


@policy(Verb.MANAGE_ACCOUNTS, methods=FORM)
def new_person(request: HttpRequest) -> HttpResponse:
    """Make an account and mail the invitation."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    by = signed_in_person(request)
    if request.method == "POST" and form.is_valid():
        person = _kept(form, lambda: actions.create_person(**form.cleaned_data, by=by))
        if person is not None:
            actions.invite(person=person, by=by)
            messages.success(request, _("The account is made, and an invitation is on its way to %s.") % person.email)
            return redirect("accounts:person", person.username)
    context = {"form": form, "sections": sections_for(by, reverse("accounts:people"))}
    return render(request, "accounts/new_person.html", context, status=422 if form.is_bound else 200)


@policy(Verb.MANAGE_ACCOUNTS, methods=FORM)
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: what is known, roles, what can be done."""
    found = _person_or_404(username)
    initial = {"full_name": found.full_name, "email": found.email, "organisation": found.organisation}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    by = signed_in_person(request)
    if request.method == "POST" and form.is_valid():
        changed = _kept(form, lambda: actions.change_person(person=found, by=by, **form.cleaned_data))
        if changed is not None:
            messages.success(request, _("Kept."))
            return redirect("accounts:person", username)
    return _person_page(request, found, form=form, status=422 if form.is_bound else 200)


@policy(Verb.MANAGE_ACCOUNTS, methods=("POST",))
def grant_role(request: HttpRequest, username: str) -> HttpResponse:
    """Give a role."""
    found = _person_or_404(username)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _person_page(request, found, grant_form=form, status=422)
    asked = form.cleaned_data
    return _done(
        request,
        found,
        lambda: actions.grant_role(
            person=found,
            role=Role(asked["role"]),
            by=signed_in_person(request),
            reason=asked["reason"],
        ),
        _("The role is given."),
    )


@policy(Verb.MANAGE_ACCOUNTS, methods=("POST",))
def revoke_role(request: HttpRequest, username: str, grant: int) -> HttpResponse:
    """Take a role away."""
    found = _person_or_404(username)
    held = get_object_or_404(Grant.objects.select_related("user", "organisation"), pk=grant, user=found)
    return _with_reason(
        request,
        found,
        lambda reason: actions.revoke_role(grant=held, by=signed_in_person(request), reason=reason),
        _("The role is taken away."),
    )


@policy(Verb.MANAGE_ACCOUNTS, methods=("POST",))
def disable(request: HttpRequest, username: str) -> HttpResponse:
    """Take access away."""
    found = _person_or_404(username)
    return _with_reason(
        request,
        found,
        lambda reason: actions.disable_person(person=found, by=signed_in_person(request), reason=reason),
        _("The account is disabled. Open sessions end at their next request."),
    )


@policy(Verb.MANAGE_ACCOUNTS, methods=("POST",))
def enable(request: HttpRequest, username: str) -> HttpResponse:
    """Give access back."""
    found = _person_or_404(username)
    return _with_reason(
        request,
        found,
        lambda reason: actions.enable_person(person=found, by=signed_in_person(request), reason=reason),
        _("The account is enabled."),
    )


@policy(Verb.MANAGE_ACCOUNTS, methods=("POST",))
def invite(request: HttpRequest, username: str) -> HttpResponse:
    """Mail a new link to choose a password."""
    found = _person_or_404(username)
    by = signed_in_person(request)
    return _done(request, found, lambda: actions.invite(person=found, by=by), _("The invitation is on its way."))


@policy(Verb.MANAGE_ACCOUNTS)
def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations and the dates of membership."""
    context = {
        "table": _organisations_table(list(queries.organisations())),
        "sections": sections_for(signed_in_person(request), request.path),
    }
    return render(request, "accounts/organisations.html", context)


# --- inside ---------------------------------------------------------------------------------------


def _person_or_404(username: str) -> User:
    found = queries.people().filter(username=username).first()
    if found is None:
        raise Http404
    return found


def _kept(form: Form, act: Callable[[], User]) -> User | None:
    """What `act` made; None, with the errors beside the fields, when the rules of the account refuse it."""
    try:
        return act()
    except ValidationError as refused:
        form.add_error(None, refused)
        return None


def _with_reason(request: HttpRequest, found: User, act: Callable[[str], None], said: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why: it stands in the audit trail."))
        return redirect("accounts:person", found.username)
    return _done(request, found, lambda: act(form.cleaned_data["reason"]), said)


def _done(request: HttpRequest, found: User, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except actions.AccountRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("accounts:person", found.username)


def _person_page(
    request: HttpRequest,
    found: User,
    *,
    form: PersonForm | None = None,
    grant_form: GrantForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reader = signed_in_person(request)
    initial = {"full_name": found.full_name, "email": found.email, "organisation": found.organisation}
    context = {
        "person": found,
        "is_self": found == reader,
        "grants": found.grants.select_related("organisation").order_by("role", "pk"),
        "form": form or PersonForm(initial=initial),
        "grant_form": grant_form or GrantForm(),
        "reason_form": ReasonForm(),
        "sections": sections_for(reader, reverse("accounts:people")),
        "crumbs": [Link(_("People"), reverse("accounts:people")), Link(str(found))],
    }
    return render(request, "accounts/person.html", context, status=status)


def _people_table(found: list[User]) -> Table:
    labels = (_("Person"), _("User name"), _("Organisation"), _("Roles"), _("Access"))
    columns = tuple(Column(label) for label in labels)
    rows = tuple(
        Row(
            cells=(
                Cell(text=str(one), url=reverse("accounts:person", args=[one.username])),
                Cell(text=one.username),
                Cell(text=str(one.organisation) if one.organisation else ""),
                Cell(text=", ".join(_role_words(grant) for grant in one.grants.all())),
                Cell(text=_("yes") if one.is_active else _("disabled")),
            )
        )
        for one in found
    )
    return Table(caption=_("People"), columns=columns, rows=rows, caption_hidden=True, dense=True, empty=_("Nobody"))


def _role_words(grant: Grant) -> str:
    words = grant.get_role_display()
    return f"{words} ({grant.organisation})" if grant.organisation else words


def _organisations_table(found: list[Organisation]) -> Table:
    columns = (Column(_("Organisation")), Column(_("Code")), Column(_("Kind")), Column(_("Member")))
    rows = tuple(
        Row(
            cells=(
                Cell(text=str(one)),
                Cell(text=one.code),
                Cell(text=one.get_kind_display()),
                Cell(text=_membership(one)),
            )
        )
        for one in found
    )
    return Table(
        caption=_("Organisations"), columns=columns, rows=rows, caption_hidden=True, dense=True, empty=_("None yet")
    )


def _membership(organisation: Organisation) -> str:
    periods = []
    for period in organisation.memberships.all():
        start = date_format(period.from_date, "j F Y")
        if period.to_date is None:
            periods.append(_("since %s") % start)
        else:
            periods.append(_("%(start)s to %(end)s") % {"start": start, "end": date_format(period.to_date, "j F Y")})
    return "; ".join(periods)
