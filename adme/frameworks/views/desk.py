"""The editors' desk: every framework with its draft, bringing one in from a file, the template."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.frameworks.actions import editions
from adme.frameworks.actions.files import take_file
from adme.frameworks.errors import FileRefused, FrameworkError
from adme.frameworks.forms import FileForm, ReasonForm
from adme.frameworks.models import Edition, Framework
from adme.frameworks.views.frame import framework_of, in_plain_words, page, person_of
from adme.frameworks.workbook import write_workbook


@policy(Verb.FRAMEWORK, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def desk(request: HttpRequest) -> HttpResponseBase:
    """Every framework; a file brought in becomes a draft."""
    if request.method != "POST":
        return _desk(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _desk(request, form, status=422)
    try:
        edition = _taken(request, form.cleaned_data["file"], form.cleaned_data["reason"])
    except FrameworkError as refusal:
        return _desk(request, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("The draft is ready. Look at it, then ask a colleague to approve it."))
    return redirect("frameworks:draft", edition_id=edition.pk)


def _taken(request: HttpRequest, upload: Any, reason: str) -> Edition:
    name = Path(upload.name or "framework").name[:200]
    with tempfile.NamedTemporaryFile(prefix="adme-framework-", suffix=Path(name).suffix[:10]) as file:
        size = 0
        for chunk in upload.chunks():
            size += len(chunk)
            if size > settings.MAX_UPLOAD_BYTES:
                raise FileRefused([editions.whole_file(_("The file is larger than this system takes."))])
            file.write(chunk)
        file.flush()
        return take_file(path=Path(file.name), name=name, by=person_of(request), reason=reason)


def _desk(
    request: HttpRequest, form: FileForm, *, refusal: FrameworkError | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "refusal": refusal,
        "findings": getattr(refusal, "findings", []),
        "rows": _rows(),
        "reason_form": ReasonForm(auto_id="open-%s"),
        "may_approve": can(person_of(request), Verb.APPROVE_FRAMEWORK),
    }
    return page(request, "desk", context, status=status)


def _rows() -> list[dict[str, Any]]:
    """Each framework with its newest approved edition and its draft. Two queries."""
    wanted = [Edition.State.APPROVED, Edition.State.DRAFT]
    found: dict[int, dict[str, Any]] = {
        one.pk: {"framework": one, "approved": None, "draft": None} for one in Framework.objects.all()
    }
    for edition in Edition.objects.filter(state__in=wanted).defer("content").order_by("number"):
        key = "draft" if edition.state == Edition.State.DRAFT else "approved"
        found[edition.framework_id][key] = edition
    return list(found.values())


@policy(Verb.FRAMEWORK, formats=("xlsx",))
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(write_workbook({}), content_type=content_type)
    response.headers["Content-Disposition"] = 'attachment; filename="framework-template.xlsx"'
    return response


@policy(Verb.FRAMEWORK, methods=("POST",), formats=("html",))
@in_plain_words
def open_draft(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A draft with what stands now."""
    framework, form = framework_of(slug), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    edition = editions.open_draft(framework=framework, by=person_of(request), reason=reason)
    return redirect("frameworks:draft", edition_id=edition.pk)
