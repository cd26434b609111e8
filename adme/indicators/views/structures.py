"""What is required: metadata structures, their required attributes, the gate of each dataflow."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.indicators.actions.metadata import describe, load_structure, set_gate, set_required
from adme.indicators.errors import MetadataRefused
from adme.indicators.forms import ReasonForm, RequiredForm, StructureFileForm
from adme.indicators.metadata_queries import structures as all_structures
from adme.indicators.metadata_yaml import from_yaml
from adme.indicators.models import Metadataflow, MetadataStructure
from adme.indicators.views.frame import in_plain_words, number_of, page, person_of
from adme.structures.models import Dataflow
from adme.structures.queries import all_dataflows

LONGEST_FILE = 500_000
"""Bytes of a structure's file."""


@policy(Verb.SIGNED_IN, formats=("html",))
def structures(request: HttpRequest) -> HttpResponse:
    """Every structure with what is required of it, and by which each dataflow is described."""
    found = list(all_structures())
    flows = {one.dataflow_id: one for one in Metadataflow.objects.select_related("structure")}
    context = {
        "structures": [(one, RequiredForm(structure=one, prefix=str(one.pk))) for one in found],
        "dataflows": [(flow, flows.get(flow.pk)) for flow in all_dataflows()],
        "form": StructureFileForm(),
        "may_change": can(request.user, Verb.STRUCTURE),
    }
    return page(request, "indicators/structures.html", context)


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def require_attributes(request: HttpRequest, structure_id: int) -> HttpResponseBase:
    """Declare which attributes are required."""
    structure = MetadataStructure.objects.filter(pk=structure_id).prefetch_related("attributes").first()
    if structure is None:
        raise Http404
    form = RequiredForm(request.POST, structure=structure, prefix=str(structure.pk))
    if not form.is_valid():
        raise MetadataRefused(_("A reason is missing, or an attribute is none."))
    set_required(
        structure=structure,
        attributes=form.cleaned_data["required"],
        by=person_of(request),
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("Declared."))
    return redirect("indicators:structures")


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def load_file(request: HttpRequest) -> HttpResponseBase:
    """Take in a structure from a file."""
    form = StructureFileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise MetadataRefused(_("A file and a reason are needed."))
    file = form.cleaned_data["file"]
    if file.size > LONGEST_FILE:
        raise MetadataRefused(_("The file is too large."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataRefused(_("The file is not in UTF-8.")) from error
    made = load_structure(structure=from_yaml(text), by=person_of(request), reason=form.cleaned_data["reason"])
    messages.success(request, _("%(structure)s is there.") % {"structure": made.reference})
    return redirect("indicators:structures")


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def gate(request: HttpRequest, dataflow_id: int) -> HttpResponseBase:
    """Choose by which structure a dataflow is described, or close and open its gate."""
    dataflow = Dataflow.objects.filter(pk=dataflow_id).first()
    if dataflow is None:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    by = person_of(request)
    found = Metadataflow.objects.filter(dataflow=dataflow).first()
    if found is None:
        structure = MetadataStructure.objects.filter(pk=number_of(request, "structure")).first()
        if structure is None:
            raise MetadataRefused(_("Choose a metadata structure."))
        describe(dataflow=dataflow, structure=structure, by=by, reason=reason)
        messages.success(request, _("Described by %(structure)s from now on.") % {"structure": structure.reference})
    else:
        set_gate(metadataflow=found, gated=request.POST.get("gated") == "yes", by=by, reason=reason)
        messages.success(request, _("The gate has been set."))
    return redirect("indicators:structures")
