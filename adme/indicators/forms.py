"""Forms of the workspace of metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adme.indicators.languages import LANGUAGES
from adme.indicators.models import MetadataAttribute, MetadataStructure, Texts
from adme.lib import rich_text
from adme.lib.texts import text_in

LONGEST = 60_000
"""Characters of one text as typed."""


class ReasonForm(forms.Form):
    """A step with a few words; whether they are needed is the action's question."""

    reason = forms.CharField(max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReportForm(forms.Form):
    """One report in one language, a text box for each attribute, written as Markdown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label=_("What did you change, and why?"),
        help_text=_("One sentence. It is shown in the public history once this is approved."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, attributes: Sequence[MetadataAttribute], texts: Texts, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._attributes, self._texts, self._language = attributes, texts, language
        for attribute in attributes:
            name = attribute.attribute_id
            html = texts.get(name, {}).get(language, "")
            markdown = rich_text.to_markdown(html)
            self.fields[_field_of(attribute)] = forms.CharField(
                label=f"{attribute.title} · {name}",
                help_text=text_in(attribute.help),
                required=False,
                max_length=LONGEST,
                initial=markdown,
                widget=forms.Textarea(
                    attrs={
                        "rows": _rows(markdown),
                        "lang": language,
                        "aria-describedby": f"id_{_field_of(attribute)}-help",
                    }
                ),
            )

    @property
    def groups(self) -> list[tuple[MetadataAttribute, list[tuple[MetadataAttribute, Any, str]]]]:
        """Headings with the fields below them: attribute, field, and the text in another language where it is empty."""
        found: list[tuple[MetadataAttribute, list[tuple[MetadataAttribute, Any, str]]]] = []
        for attribute in self._attributes:
            by_language = self._texts.get(attribute.attribute_id, {})
            other = "" if by_language.get(self._language) else rich_text.plain(text_in(by_language, "en"))
            entry = (attribute, self[_field_of(attribute)], other)
            if attribute.parent_id and found:
                found[-1][1].append(entry)
            else:
                found.append((attribute, [entry]))
        return found

    def texts(self) -> Texts:
        """The whole report: this language as typed, the others as they were."""
        found: Texts = {name: dict(by_language) for name, by_language in self._texts.items()}
        for attribute in self._attributes:
            name = attribute.attribute_id
            if (box := _field_of(attribute)) in self.changed_data:
                found.setdefault(name, {})[self._language] = rich_text.from_markdown(self.cleaned_data[box])
        return found


def _field_of(attribute: MetadataAttribute) -> str:
    """The name of its box: an attribute may be called “reason” too."""
    return f"text-{attribute.attribute_id}"


def _rows(text: str) -> int:
    return min(16, max(2, sum(len(line) // 80 + 1 for line in text.split("\n"))))


class ChooseForm(forms.Form):
    """Which report is written: for which country, in which language."""

    area = forms.ChoiceField(label=_("Report for"), required=False)
    lang = forms.ChoiceField(label=_("Language"), required=False, choices=[*LANGUAGES.items()])

    def __init__(self, *args: Any, areas: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("all countries")), *areas.items()]


class BreakForm(forms.Form):
    """A break in a series."""

    period = forms.CharField(label=_("First period after the break"), help_text=_("As 2015 or 2015-Q2."), max_length=20)
    area = forms.ChoiceField(label=_("Where"), required=False)
    what = forms.CharField(
        label=_("What changed"),
        help_text=_("One plain sentence for readers, as “New questionnaire; figures before are lower.”"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, areas: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("all countries")), *areas.items()]


class RequiredForm(forms.Form):
    """Which attributes of a structure are required here."""

    required = forms.MultipleChoiceField(
        label=_("Required attributes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("Why?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, structure: MetadataStructure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = [one for one in structure.attributes.all() if not one.heading]
        field = self.fields["required"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(one.attribute_id, f"{one.title} · {one.attribute_id}") for one in attributes]
        self.initial.setdefault("required", [one.attribute_id for one in attributes if one.required])


class StructureFileForm(forms.Form):
    """A metadata structure as a file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("YAML: agency, id, version, name, attributes. The manual has an example."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    reason = forms.CharField(label=_("Why?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class ReportFileForm(forms.Form):
    """A file of reports."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("The workbook or Word template of a report, or an SDMX message with metadata sets."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.docx,.json,.xml"}),
    )
    reason = forms.CharField(
        label=_("What changed, and why?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
