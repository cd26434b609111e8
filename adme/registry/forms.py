"""Forms of this desk. Texts have a field for each language that they are written in here."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adme.indicators.languages import LANGUAGES, name_of_language
from adme.lib import clock
from adme.lib.sdmx_messages.artefacts import ComponentUse
from adme.lib.texts import Text
from adme.structures.artefacts import code_list_urn, concept_urn
from adme.structures.drafting import Content, ItemContent
from adme.structures.models import Code, CodeList, Concept
from adme.structures.models.maintainable import any_id, nc_name

LONGEST_NAME, LONGEST_DESCRIPTION = 1_000, 8_000
REASON: Any = {"label": _("Reason"), "max_length": 2_000, "widget": forms.Textarea(attrs={"rows": 2})}


class SearchForm(forms.Form):
    """Which artefacts."""

    q = forms.CharField(label=_("Id, agency or name"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, kinds: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", [("", _("all")), *kinds.items()])


class ReasonForm(forms.Form):
    """A step that needs its reason."""

    reason = forms.CharField(**REASON)


class TextsForm(forms.Form):
    """Name and description in every language."""

    def __init__(self, *args: Any, name: Text, description: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(dict.fromkeys([*LANGUAGES, *name, *description]))
        for tongue in self.languages:
            said = {"lang": name_of_language(tongue)}
            self.fields[f"name:{tongue}"] = forms.CharField(
                label=_("Name, %(lang)s") % said, required=False, max_length=LONGEST_NAME,
                initial=name.get(tongue, ""), widget=forms.TextInput(attrs={"lang": tongue}),
            )  # fmt: skip
            self.fields[f"description:{tongue}"] = forms.CharField(
                label=_("Description, %(lang)s") % said, required=False, max_length=LONGEST_DESCRIPTION,
                initial=description.get(tongue, ""), widget=forms.Textarea(attrs={"rows": 2, "lang": tongue}),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(**REASON)

    def told(self, what: str) -> Text:
        """`name` or `description`: language → words."""
        found = {tongue: self.cleaned_data[f"{what}:{tongue}"].strip() for tongue in self.languages}
        return {tongue: words for tongue, words in found.items() if words}

    @property
    def first(self) -> list[forms.BoundField]:
        """What is shown at once: English, and the languages in which anything is said."""
        return [self[name] for name in self._names if self._is_first(name)]

    @property
    def more(self) -> list[forms.BoundField]:
        """The other languages."""
        return [self[name] for name in self._names if not self._is_first(name)]

    @property
    def _names(self) -> list[str]:
        return [name for name in self.fields if ":" in name]

    def _is_first(self, name: str) -> bool:
        return name.endswith(":en") or bool(self.fields[name].initial) or name in self.errors


class ItemForm(TextsForm):
    """Texts of an item, and what it hangs under."""

    parent = forms.ChoiceField(label=_("Hangs under"), required=False)
    kind = forms.ChoiceField(label=_("What it is, if an area"), required=False, choices=Code.Kind.choices)

    def __init__(self, *args: Any, item: ItemContent, content: Content, with_parent: bool, **kwargs: Any) -> None:
        super().__init__(*args, name=item["name"], description=item["description"], **kwargs)
        if with_parent:
            _choose(self, "parent", [("", _("the top")), *_items(content, without=item["id"])])
            self.fields["parent"].initial, self.fields["kind"].initial = item["parent"], item["kind"]
        else:
            del self.fields["parent"], self.fields["kind"]

    def changes(self) -> dict[str, Any]:
        """The fields of the item as filled in."""
        found: dict[str, Any] = {"name": self.told("name"), "description": self.told("description")}
        for name in ("parent", "kind"):
            if name in self.fields:
                found[name] = self.cleaned_data[name]
        return found


class NewItemForm(forms.Form):
    """An item to be."""

    item_id = forms.CharField(
        label=_("Id"), max_length=100, help_text=_("Letters, digits, _, -, @ and $. It never changes later.")
    )
    name = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME)
    parent = forms.ChoiceField(label=_("Hangs under"), required=False)
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, content: Content, with_parent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item_id"].validators.append(any_id if with_parent else nc_name)
        if with_parent:
            _choose(self, "parent", [("", _("the top")), *_items(content)])
        else:
            del self.fields["parent"]


class NewAttributeForm(forms.Form):
    """An attribute to be, which data may leave out. Two queries."""

    item_id = forms.CharField(
        label=_("Id"), max_length=100, validators=[nc_name], help_text=_("Letters, digits, _ and -. It never changes.")
    )
    concept = forms.ChoiceField(label=_("Concept"))
    code_list = forms.ChoiceField(label=_("Code list"), required=False)
    of_series = forms.BooleanField(label=_("It belongs to the whole series"), required=False)
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        concepts = Concept.objects.filter(scheme__succeeded_by__isnull=True).select_related("scheme")
        in_order = concepts.order_by("scheme__agency", "scheme__artefact_id", "scheme__version", "concept_id")
        named = [(concept_urn(one), f"{one.concept_id} · {one.scheme.reference}") for one in in_order]
        _choose(self, "concept", [("", _("please choose")), *named])
        lists = [(code_list_urn(one), one.reference) for one in CodeList.objects.filter(succeeded_by__isnull=True)]
        _choose(self, "code_list", [("", _("none: a text")), *lists])

    def component(self) -> dict[str, Any]:
        """The attribute as content of a draft."""
        told = self.cleaned_data
        use = ComponentUse(
            told["item_id"], "attribute", told["concept"], told["code_list"], of_series=told["of_series"]
        )
        return dataclasses.asdict(use)


class DeprecateForm(forms.Form):
    """The last day of a code, and what to use from then on."""

    valid_to = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty where the code is in use again."),
    )  # fmt: skip
    replaced_by = forms.ChoiceField(label=_("Replaced by"), required=False)
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, item: ItemContent, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "replaced_by", [("", _("nothing")), *_items(content, without=item["id"], in_use=True)])
        self.fields["replaced_by"].initial = item["replaced_by"]
        day = item["valid_to"]
        self.fields["valid_to"].initial = dt.date.fromisoformat(day) if day else clock.now().date()


class MergeForm(forms.Form):
    """Which code takes the place of another."""

    into = forms.ChoiceField(label=_("Into"))
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, item: ItemContent, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "into", [("", _("please choose")), *_items(content, without=item["id"], in_use=True)])


class MoveForm(forms.Form):
    """Under which code the figures of another go, and in which dataflow."""

    into = forms.ChoiceField(label=_("Under"))
    place = forms.ChoiceField(label=_("Dataflow"))

    def __init__(self, *args: Any, codes: list[str], places: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "into", [(one, one) for one in codes])
        _choose(self, "place", [(str(number), one) for number, one in enumerate(places)])


def _items(content: Content, *, without: str = "", in_use: bool = False) -> list[tuple[str, str]]:
    return [
        (one["id"], f"{one['id']} {one['name'].get('en', '')}".strip()[:90])
        for one in content["items"]
        if one["id"] != without and not (in_use and one["valid_to"])
    ]


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices
