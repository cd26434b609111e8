"""Forms of this room. The editor of a part makes its fields from the columns of the tables."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adme.frameworks import words
from adme.frameworks.document import Document
from adme.frameworks.models import CrosswalkLink
from adme.frameworks.sections import BY_ID, LONGEST, Column, Record, Section
from adme.lib.page.marks import PROGRESS


class FileForm(forms.Form):
    """A workbook or YAML text, and why it comes."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or YAML. All of it becomes a draft, or nothing does."),
        max_length=1_000,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.yaml,.yml"}),
    )
    reason = forms.CharField(label=_("What is it?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    """A step that needs its reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(forms.Form):
    """The decision that an edition rests on."""

    meeting = forms.CharField(label=_("Meeting"), max_length=300, required=False)
    document = forms.CharField(label=_("Document"), max_length=500, required=False)
    date = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """One of meeting and document is needed."""
        cleaned = super().clean() or {}
        if not (cleaned.get("meeting") or cleaned.get("document")):
            self.add_error("document", _("Name the meeting or the document that decided on this."))
        return cleaned


class PlaceForm(forms.Form):
    """Where a part goes, what it is split into or merged with."""

    under = forms.ChoiceField(label=_("Hangs under"), required=False)
    new_uid = forms.SlugField(label=_("Id of the new part"), max_length=80, required=False)
    into = forms.ChoiceField(label=_("Merge into"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, document: Document, uid: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        family = {part.uid for part in document.within(uid)}
        others = [
            (part.uid, f"{part.code} {part.name}".strip()[:90]) for part in document.parts if part.uid not in family
        ]
        for name, first in (("under", _("the top")), ("into", _("please choose"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = [("", first), *others]
        self.fields["under"].initial = document.by_uid[uid].under


class NewPartForm(forms.Form):
    """A part that is to be."""

    new_uid = forms.SlugField(label=_("Id"), max_length=80, help_text=_("It never changes later, as in kpi-7a."))
    level = forms.ChoiceField(label=_("Level"))
    under = forms.ChoiceField(label=_("Hangs under"), required=False)
    title = forms.CharField(label=_("Title in English"), max_length=LONGEST)
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level, under = self.fields["level"], self.fields["under"]
        assert isinstance(level, forms.ChoiceField)  # noqa: S101
        assert isinstance(under, forms.ChoiceField)  # noqa: S101
        level.choices = [(one.id, one.title) for one in document.levels]
        under.choices = [
            ("", _("the top")),
            *((part.uid, f"{part.code} {part.name}".strip()[:90]) for part in document.parts),
        ]


class RecordForm(forms.Form):
    """One row of one table: a field for each column, and one for each language that the row has."""

    def __init__(self, section: Section, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        self.use_required_attribute = False
        for column in section.columns:
            if column.name == "part":
                continue
            names = [column.name]
            if column.in_languages:
                there = sorted(name for name in record if name.startswith(f"{column.stem}:"))
                names = list(dict.fromkeys([f"{column.stem}:en", *there]))
            for name in names:
                self.fields[name] = _field(column, name)
                self.fields[name].initial = record.get(name, "")

    def record(self) -> Record:
        """The row as filled in; empty where nothing is."""
        return {name: str(value).strip() for name, value in self.cleaned_data.items() if str(value).strip()}


def _field(column: Column, name: str) -> forms.Field:
    label = name.replace("_", " ")
    if column.choices:
        choices = [(choice, choice or "–") for choice in dict.fromkeys(("", *column.choices))]
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=column.about)
    widget: forms.Widget = forms.Textarea(attrs={"rows": 2}) if column.in_languages else forms.TextInput()
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=widget, help_text=column.about)


class OverrideForm(forms.Form):
    """A class set by hand."""

    node = forms.ChoiceField(label=_("KPI"))
    area = forms.ChoiceField(label=_("For"), required=False)
    progress_class = forms.ChoiceField(label=_("Class"))
    ends_date = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Readers see it, with the class, its end, your role and organisation; they do not see your name."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kpis: list[tuple[str, str]], areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "node", kpis)
        _choose(self, "area", [("", _("the region")), *areas])
        _choose(self, "progress_class", [(name, PROGRESS[name].word) for name in words.CLASSES])


class ConsentForm(forms.Form):
    """A state agrees to show its own classes."""

    area = forms.ChoiceField(label=_("State"))
    document = forms.CharField(label=_("By which document"), max_length=500)
    agreed_date = forms.DateField(label=_("Of"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "area", areas)


class LinkForm(forms.Form):
    """What became of a part of an old plan in this one, or of a part of this one in a new one."""

    from_node = forms.ChoiceField(label=_("Part of this framework"), required=False)
    to_node = forms.ChoiceField(label=_("Part of the later framework"), required=False)
    relation = forms.ChoiceField(label=_("Became"), choices=CrosswalkLink.Relation.choices)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=500)
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, here: list[tuple[str, str]], there: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "from_node", [("", _("nothing")), *here])
        _choose(self, "to_node", [("", _("nothing")), *there])


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices


def record_forms(section_id: str, records: list[Record], data: Any = None, spare: int = 0) -> list[RecordForm]:
    """A form for each row of a table, and `spare` empty ones, told apart by their prefix."""
    section = BY_ID[section_id]
    rows: list[Record] = [*records, *({} for _spare in range(spare))]
    return [RecordForm(section, record, data, prefix=f"{section_id}-{number}") for number, record in enumerate(rows)]
