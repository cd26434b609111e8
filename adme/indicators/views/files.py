"""Templates of reports to take along, and files of reports to bring in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.indicators import report_templates
from adme.indicators.actions.report_import import ENDINGS, take_in
from adme.indicators.errors import RegisterError
from adme.indicators.forms import ReportFileForm
from adme.indicators.languages import LANGUAGES
from adme.indicators.metadata_queries import attributes_of, metadataflow_of, versions_of
from adme.indicators.report_files import About, ReportFileRefused
from adme.indicators.views.frame import areas_of, in_plain_words, indicator_or_404, page, person_of
from adme.lib.page.shell import Link

LARGEST = 50_000_000
"""Bytes of a file of reports."""


@policy(Verb.SIGNED_IN, formats=("xlsx", "docx"))
@in_plain_words
def template(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The newest version of a report as a file to fill in."""
    indicator = indicator_or_404(slug)
    area, language = request.GET.get("area", ""), request.GET.get("lang", "en")
    if (area and area not in areas_of(indicator)) or language not in LANGUAGES:
        raise Http404
    structure = metadataflow_of(indicator.dataflow).structure
    newest = next(iter(versions_of(indicator, area)), None)
    about = About(slug, area, structure.reference, newest.number if newest else 0)
    texts = newest.texts if newest else {}
    made = report_templates.write(ending, about, indicator.name, attributes_of(structure), texts, language)
    name = f"{slug}{f'-{area}' if area else ''}.{ending}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(made, content_type=report_templates.CONTENT_TYPES[ending], headers=headers)


@policy(Verb.STRUCTURE, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def bring_in(request: HttpRequest) -> HttpResponseBase:
    """Bring in a file of reports: every report of it becomes a draft, or none does and everything wrong is told."""
    form = ReportFileForm(request.POST or None, request.FILES or None)
    refusal: RegisterError | None = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _taken_in(request, file, form.cleaned_data["reason"])
        except RegisterError as refused:
            refusal = refused
    context = {
        "form": form,
        "refusal": refusal,
        "problems": refusal.problems if isinstance(refusal, ReportFileRefused) else [],
        "endings": ", ".join(ENDINGS),
        "crumbs": [Link(_("Metadata"), reverse("indicators:reports")), Link(_("Bring in a file"))],
    }
    return page(request, "indicators/bring_in.html", context, status=422 if refusal or form.errors else 200)


def _taken_in(request: HttpRequest, file: UploadedFile[bytes], reason: str) -> HttpResponse:
    name = Path(str(file.name or "file")).name
    if (file.size or 0) > LARGEST:
        raise ReportFileRefused([])
    with tempfile.TemporaryDirectory(prefix="adme-report-") as folder:
        path = Path(folder) / f"report.{name.rpartition('.')[2].lower()[:8] or 'bin'}"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        made = take_in(file=path, name=name, by=person_of(request), reason=reason)
    if not made:
        messages.info(request, _("Nothing in the file differs from what is there."))
        return redirect("indicators:reports")
    text = ngettext("One report is kept as a draft.", "%(n)d reports are kept as drafts.", len(made)) % {"n": len(made)}
    messages.success(request, text)
    return redirect("indicators:reports")
