"""Forms about validation rules. The rule itself is read by `quality.declaration`, as from a file; here are boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from adme.quality.declaration import RuleDeclaration, declared, scope_in
from adme.quality.errors import Fault, RuleRefused
from adme.quality.kinds import KINDS, Kind, Parameter, Shape
from adme.quality.models import ValidationRule
from adme.structures.models import Dataflow
from adme.structures.structure_view import StructureView

__all__ = ["ChooseKindForm", "ReasonForm", "RuleFilterForm", "RuleForm", "RulesFileForm"]

INDICATORS, AREAS, TEXT = "indicators", "areas_scope", "text_"
MOST_TEXT = 20_000


def _flows(dataflows: Sequence[Dataflow], empty: Any) -> list[tuple[str, Any]]:
    return [("", empty), *((str(flow.pk), flow.title) for flow in dataflows)]


class RuleFilterForm(forms.Form):
    """Which rules to list."""

    dataflow = forms.ChoiceField(label=_("Dataflow"), required=False)
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("All")), *ValidationRule.Severity.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *ValidationRule.State.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, dataflows: Sequence[Dataflow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataflow"].choices = _flows(dataflows, _("All"))  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All")), *((one.kind, one.label) for one in KINDS.values())]  # type: ignore[attr-defined]


class ChooseKindForm(forms.Form):
    """What a new rule is about."""

    dataflow = forms.ChoiceField(label=_("Dataflow"), help_text=_("Which figures it checks. This cannot change later."))
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, dataflows: Sequence[Dataflow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataflow"].choices = _flows(dataflows, _("Please choose"))  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (one.kind, f"{one.label}: {one.what}") for one in KINDS.values()
        ]


class ReasonForm(forms.Form):
    """A change with its reason."""

    reason = forms.CharField(label=_("Why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class RulesFileForm(ReasonForm):
    """Rules as a file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("YAML, as the list of rules can be downloaded. Rules that it does not name stay as they are."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    field_order = ["file", "reason"]


class RuleForm(forms.Form):
    """One rule: its name, what it holds for, what its kind needs, what it says."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_(
            "Small letters, digits and hyphens, as in percentages-within-bounds. It stands beside each finding."
        ),
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=ValidationRule.Severity.choices,
        initial=ValidationRule.Severity.WARNING,
        help_text=_("An error keeps the row out. A warning asks for a look. Information only tells."),
    )
    indicators = forms.CharField(
        label=_("Indicators"), max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    areas_scope = forms.CharField(
        label=_("States"), max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    scope = forms.CharField(
        label=_("Other dimensions and attributes"),
        max_length=MOST_TEXT,
        required=False,
        help_text=_("A line for each, as SEX: F, M. Left empty: all."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        help_text=_("Why this rule, or this change; it is kept in the history."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        dataflow: Dataflow,
        structure: StructureView,
        dataflows: Sequence[Dataflow],
        rule: ValidationRule | None = None,
        **kwargs: Any,
    ) -> None:
        self.kind, self.dataflow, self.structure = kind, dataflow, structure
        content: Mapping[str, Any] = rule.content if rule else {}
        kwargs.setdefault("initial", self._initial(content, rule))
        super().__init__(*args, **kwargs)
        if rule is not None:
            self.fields["name"].disabled = True
        for name, dimension in ((INDICATORS, structure.indicator_dimension), (AREAS, structure.area_dimension)):
            words = _("Codes of %(title)s (%(id)s), separated by commas. Left empty: all.")
            self.fields[name].help_text = words % {"title": structure.dimension[dimension].title, "id": dimension}
        for parameter in KINDS[kind].parameters:
            self.fields[_box(parameter)] = _field(parameter, dataflows)
        for language in self.languages(content):
            self.fields[TEXT + language] = forms.CharField(
                label=_("What to say (%s)") % language,
                max_length=1_000,
                required=False,
                help_text=_("For whoever meets a finding: what it may mean, what to do."),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def parameter_boxes(self) -> list[forms.BoundField]:
        """The boxes of what the kind needs."""
        return [self[_box(parameter)] for parameter in KINDS[self.kind].parameters]

    @property
    def text_boxes(self) -> list[forms.BoundField]:
        """The boxes of the author's words."""
        return [self[name] for name in self.fields if name.startswith(TEXT)]

    @staticmethod
    def languages(content: Mapping[str, Any]) -> list[str]:
        """The languages of the site, and those that the rule speaks already."""
        own = [code.split("-")[0] for code, _label in settings.LANGUAGES]
        return list(dict.fromkeys([*own, *content.get("text", {})]))

    def _initial(self, content: Mapping[str, Any], rule: ValidationRule | None) -> dict[str, Any]:
        if rule is None:
            return {_box(one): _written(one.default) for one in KINDS[self.kind].parameters if one.default is not None}
        scope = dict(content.get("scope", {}))
        initial: dict[str, Any] = {
            "name": rule.name,
            "severity": rule.severity,
            INDICATORS: ", ".join(scope.pop(self.structure.indicator_dimension, [])),
            AREAS: ", ".join(scope.pop(self.structure.area_dimension, [])),
            "scope": "\n".join(f"{name}: {', '.join(codes)}" for name, codes in scope.items()),
        }
        initial |= {_box(one): _written(content.get(one.name)) for one in KINDS[self.kind].parameters}
        return initial | {TEXT + language: words for language, words in content.get("text", {}).items()}

    def declaration(self) -> RuleDeclaration:
        """The rule that the form tells of; RuleRefused."""
        given = self.cleaned_data
        content: dict[str, Any] = {
            "kind": self.kind.value,
            "dataflow": self.dataflow.reference,
            "severity": given["severity"],
            "scope": self._scope(),
            **{one.name: given[_box(one)] for one in KINDS[self.kind].parameters},
            "text": {name.removeprefix(TEXT): given[name] for name in self.fields if name.startswith(TEXT)},
        }
        return declared(given["name"], content)

    def _scope(self) -> dict[str, Any]:
        given = self.cleaned_data
        try:
            scope: dict[str, Any] = dict(scope_in(given["scope"]))
        except ValueError as fault:
            raise RuleRefused([Fault("scope", str(fault))]) from fault
        own = {self.structure.indicator_dimension: given[INDICATORS], self.structure.area_dimension: given[AREAS]}
        twice = [name for name in own if name in scope and own[name].strip()]
        if twice:
            raise RuleRefused([Fault("scope", str(_("“%s” has a box of its own above.")) % twice[0])])
        return {**{name: codes for name, codes in own.items() if codes.strip()}, **scope}

    def show(self, refused: RuleRefused) -> None:
        """Put each fault beside its box."""
        boxes = {one.name: _box(one) for one in KINDS[self.kind].parameters}
        for fault in refused.faults:
            box = boxes.get(fault.field, "scope" if fault.field == "scope" else fault.field)
            self.add_error(box if box in self.fields else None, fault.words)


def _box(parameter: Parameter) -> str:
    return f"p_{parameter.name}"


def _field(parameter: Parameter, dataflows: Sequence[Dataflow]) -> forms.Field:
    common: dict[str, Any] = {
        "label": parameter.label,
        "help_text": parameter.help,
        "required": parameter.required and parameter.shape is not Shape.CHOICE,
    }
    if parameter.shape is Shape.CHOICE:
        return forms.ChoiceField(**common, choices=list(parameter.choices), initial=parameter.default)
    if parameter.shape is Shape.DATAFLOW:
        choices = [("", _("Please choose")), *((flow.reference, flow.title) for flow in dataflows)]
        return forms.ChoiceField(**common, choices=choices)
    many = parameter.shape in (Shape.SELECTIONS, Shape.SELECTION, Shape.CODES)
    rows = {Shape.SELECTIONS: 3}.get(parameter.shape, 1)
    widget = forms.Textarea(attrs={"rows": rows}) if many else forms.TextInput()
    return forms.CharField(**common, max_length=MOST_TEXT, widget=widget)


def _written(value: Any) -> str:
    """A stored value as people write it into its box."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {code}" for name, code in value.items())
    if isinstance(value, list):
        whole = any(isinstance(one, Mapping) for one in value)
        return ("\n" if whole else ", ").join(_written(one) for one in value)
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
