"""Step 2: what the columns mean. Built on the page, or as the text that the command line reads too."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.actions import checking, mappings
from adme.collection.background import check_in_background
from adme.collection.errors import CollectionError, FileTooLarge, IllegalMove, MappingRefused
from adme.collection.mapping_boxes import part_uses_for, uses_for
from adme.collection.mapping_form import MappingForm, unanswered
from adme.collection.mapping_page import MappingPage
from adme.collection.models import SourceFile, Submission
from adme.collection.preview import Look, look
from adme.collection.transitions import TRANSITIONS
from adme.collection.views.frame import in_plain_words, page, person_of, revision_of, submission_of
from adme.lib.page.shell import Link
from adme.lib.tabular.facts import FileFacts
from adme.lib.tabular.refusals import TableRefused
from adme.structures.errors import MappingUnreadable
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml, to_yaml
from adme.structures.models import Mapping
from adme.structures.queries import mapping_for, references_of, structure_of
from adme.structures.sdmx_csv import is_sdmx_csv

AT_ONCE_BYTES = 1_000_000
"""Files up to this size are checked while one waits; larger ones in the background."""
MOST_TEXT = 1_000_000


class _Desk:
    """One submission on the mapping page: its file, the mapping as it stands, the first rows."""

    def __init__(self, request: HttpRequest, submission: Submission) -> None:
        self.request = request
        self.submission = submission
        self.source_file = _file_of(submission)
        self.facts = FileFacts.from_dict(self.source_file.facts)
        self.structure = structure_of(submission.dataflow)
        self.declaration = self._standing()
        self.refusal: TableRefused | None = None
        self.look = self._look()

    def _standing(self) -> MappingDeclaration:
        if self.submission.declaration:
            return from_yaml(self.submission.declaration)
        return mappings.suggestion(self.source_file, self.submission.dataflow).declaration

    def _look(self) -> Look | None:
        if any(question.field in ("encoding", "separator") for question in unanswered(self.declaration, self.facts)):
            return None
        try:
            return look(self.source_file, self.declaration.dialect)
        except TableRefused as refusal:
            self.refusal = refusal
            return None

    def page(self, errors: dict[str, str] | None = None) -> MappingPage:
        """What the page shows."""
        declared = self.declaration.dialect.sheet
        sheet = declared if any(one.name == declared for one in self.facts.sheets) else None
        reasons = mappings.suggestion(self.source_file, self.submission.dataflow, sheet).reasons
        return MappingPage(
            self.submission, self.declaration, self.facts, self.look, self.structure, reasons=reasons, errors=errors
        )

    def is_other_sheet(self, declaration: MappingDeclaration) -> bool:
        """Whether it is about a sheet of this file with another heading than the one on the page: begin anew there."""
        chosen = next((one for one in self.facts.sheets if one.name == declaration.dialect.sheet), None)
        shown = self.look.sheet if self.look else None
        return chosen is not None and shown is not None and chosen.columns != shown.columns

    def answer(self, *, errors: dict[str, str] | None = None, status: int = 200, **more: Any) -> HttpResponse:
        """The page."""
        columns = self.look.sheet.columns if self.look else ()
        context = {
            **self.page(errors).context(),
            "submission": self.submission,
            "crumbs": _crumbs(self.submission),
            "refusal": self.refusal,
            "remembered": self._remembered(),
            "is_sdmx_csv": is_sdmx_csv(columns),
            "yaml": self.submission.declaration or to_yaml(self.declaration),
            "uses": uses_for(self.structure),
            "part_uses": part_uses_for(self.structure),
            **more,
        }
        return page(self.request, "collection/mapping.html", context, status=status)

    def _remembered(self) -> Mapping | None:
        """The mapping of an earlier file, while this one is still the same."""
        header = mappings.stable_header(self.facts.sheet().columns)
        found = mapping_for(header, dataflow=self.submission.dataflow)
        return found if found and found.declaration == self.submission.declaration else None


def _file_of(submission: Submission) -> SourceFile:
    if submission.source_file is None:
        raise IllegalMove(_("change the mapping"), submission.get_state_display())
    return submission.source_file


def _crumbs(submission: Submission) -> list[Link]:
    return [
        Link(_("My work"), reverse("collection:my-work")),
        Link(submission.label, reverse("collection:submission", args=[submission.pk])),
        Link(_("Mapping")),
    ]


def _editable(submission: Submission) -> Submission:
    row = TRANSITIONS["edit"]
    if submission.state not in row.sources:
        raise IllegalMove(_("change the mapping"), submission.get_state_display())
    return submission


@policy(Verb.PREPARE, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def mapping(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The mapping as choices for each column."""
    found = submission_of(request, submission_id)
    if found.source_file is not None and found.source_file.is_message:
        messages.info(request, _("A message says itself what its parts are; there is nothing to map."))
        return redirect("collection:submission", submission_id=found.pk)
    desk = _Desk(request, _editable(found))
    if request.method != "POST":
        return desk.answer()
    form = MappingForm(
        request.POST, base=desk.declaration, boxes=desk.page().boxes, facts=desk.facts, structure=desk.structure
    )
    if form.errors:
        desk.declaration = form.declaration
        return desk.answer(errors=form.errors, status=422)
    if desk.is_other_sheet(form.declaration):
        begun, _remembered = mappings.propose(
            source_file=desk.source_file, dataflow=desk.submission.dataflow, sheet=form.declaration.dialect.sheet
        )
        saved = _save(desk, begun)
        return redirect("collection:mapping", submission_id=saved.pk)
    if request.POST.get("do") != "check":
        saved = _save(desk, form.declaration)
        return redirect("collection:mapping", submission_id=saved.pk)
    if unanswered(form.declaration, desk.facts):
        _save(desk, form.declaration)
        words = {
            f"file-{one.field}": _("Please answer this first.") for one in unanswered(form.declaration, desk.facts)
        }
        return _Desk(request, submission_of(request, submission_id)).answer(errors=words, status=422)
    return start(request, _save(desk, form.declaration))


def _save(desk: _Desk, declaration: MappingDeclaration) -> Submission:
    revision = revision_of(desk.request)
    if declaration == desk.declaration and desk.submission.revision == revision and desk.submission.declaration:
        return desk.submission
    return mappings.set_mapping(
        submission=desk.submission, declaration=declaration, by=person_of(desk.request), revision=revision
    )


def start(request: HttpRequest, submission: Submission) -> HttpResponseBase:
    """Start the check: at once for a small file, in the background for a large one."""
    person = person_of(request)
    started = checking.start_check(submission=submission, by=person, revision=submission.revision)
    if _file_of(submission).size > AT_ONCE_BYTES:
        check_in_background.enqueue(str(started.pk), started.revision, person.username)
        return redirect("collection:progress", submission_id=started.pk)
    checking.run_check(submission=started, by=person)
    return redirect("collection:submission", submission_id=started.pk)


@policy(Verb.PREPARE, methods=("POST",), formats=("html",))
@in_plain_words
def check(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Check again with the mapping as it stands, also where a check was interrupted."""
    found = submission_of(request, submission_id)
    if found.revision != revision_of(request):
        messages.info(request, _("This has changed in the meantime; here is how it stands."))
        return redirect("collection:submission", submission_id=found.pk)
    return start(request, found)


@policy(Verb.PREPARE, methods=("POST",), formats=("html",))
@in_plain_words
def mapping_text(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The mapping as text: typed, or sent as a file."""
    desk = _Desk(request, _editable(submission_of(request, submission_id)))
    try:
        text = _sent_text(request)
        declaration = from_yaml(text)
    except (MappingUnreadable, CollectionError) as error:
        return desk.answer(status=422, yaml_error=error, yaml=request.POST.get("text", "")[:MOST_TEXT])
    if declaration.dataflow not in {"", *references_of(desk.submission.dataflow)}:
        other = MappingRefused(
            _("This mapping is for another dataflow."),
            _("It names %(reference)s.") % {"reference": declaration.dataflow},
            _("Take that line out if it fits here too."),
        )
        return desk.answer(status=422, yaml_error=other, yaml=text)
    saved = mappings.set_mapping(
        submission=desk.submission, declaration=text, by=person_of(request), revision=revision_of(request)
    )
    messages.success(request, _("The mapping was taken over."))
    return redirect("collection:mapping", submission_id=saved.pk)


def _sent_text(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    if upload.size is None or upload.size > MOST_TEXT:
        raise FileTooLarge(MOST_TEXT)
    try:
        text: str = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingRefused(
            _("The mapping file is not text in UTF-8."), "", _("Save it as UTF-8 and send it again.")
        ) from error
    return text


@policy(Verb.SIGNED_IN, formats=("yaml",))
def mapping_file(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """The mapping as the file that `adme import --mapping` reads."""
    found = submission_of(request, submission_id)
    name = f"mapping-{found.dataflow.artefact_id}.yaml"
    return HttpResponse(
        found.declaration,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
