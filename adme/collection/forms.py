"""Forms of this room; the mapping has its own in `mapping_form`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adme.collection.models import Submission
from adme.lib import clock, periods
from adme.structures.models import Dataflow
from adme.structures.structure_view import StructureView


class ImportForm(forms.Form):
    """Step 1: the file, and which dataflow its figures belong to."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or XLSX in any column layout, or a message: SDMX-CSV, SDMX-ML, SDMX-JSON, JSON-stat. "
            "It is kept exactly as you send it."
        ),
        max_length=1_000,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xml,.json"}),
    )
    dataflow = forms.ChoiceField(
        label=_("Dataflow"),
        help_text=_("Which figures these are, by whoever provides them."),
    )
    reason = forms.CharField(
        label=_("What is this delivery?"),
        help_text=_("A sentence for the reviewer and the history, as “Census 2020 literacy, corrected table 4”."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, dataflows: list[Dataflow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dataflows = {str(flow.pk): flow for flow in dataflows}
        providers: dict[str, list[tuple[str, str]]] = {}
        for flow in dataflows:
            providers.setdefault(flow.provider.title, []).append((str(flow.pk), f"{flow.title} · {flow.reference}"))
        choices: list[Any] = [("", _("Please choose"))] if len(dataflows) != 1 else []
        field = self.fields["dataflow"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices + sorted(providers.items())

    def clean_dataflow(self) -> Dataflow:
        """The dataflow itself."""
        return self.dataflows[self.cleaned_data["dataflow"]]


class NoteForm(forms.Form):
    """A step with a few words; whether they are needed is the action's question."""

    reason = forms.CharField(max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class WhenForm(forms.Form):
    """Now, or at a moment of the site's time zone."""

    NOW, LATER = "now", "later"

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Now")), (LATER, _("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = zone_words()

    def clean(self) -> dict[str, Any]:
        """A time to come where one is needed."""
        given = super().clean() or {}
        if given.get("when") == self.LATER and "at" not in self.errors:
            at = given.get("at")
            if at is None:
                self.add_error("at", _("Give the day and the time of the release."))
            elif at <= clock.now():
                self.add_error("at", _("This moment has passed. Choose a later one, or release now."))
        return given

    @property
    def moment(self) -> dt.datetime | None:
        """None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == self.LATER else None


class ReleaseForm(WhenForm):
    """Release approved submissions together."""

    title = forms.CharField(
        label=_("Title of the release"), max_length=300, help_text=_("As it will stand in the release calendar.")
    )
    announced = forms.BooleanField(
        label=_("Announce it in the public calendar beforehand"),
        required=False,
        help_text=_("Only title and time are shown; no figure, and not which file."),
    )
    reason = forms.CharField(
        label=_("Note for the history"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MoveReleaseForm(forms.Form):
    """A release to come, at another time."""

    at = forms.DateTimeField(
        label=_("New day and time"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("Why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = zone_words()


class EndReleaseForm(forms.Form):
    """Cancelling, or taking back what is public."""

    reason = forms.CharField(label=_("Why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class WithdrawForm(EndReleaseForm):
    """Taking back what is public; with the choice to conceal it for past dates too."""

    conceal = forms.BooleanField(
        label=_("Conceal it for past dates too"),
        required=False,
        help_text=_(
            "Only for figures that should never have been public, as those of a person. Questions about past dates are "
            "then answered as if this release had never been; its title stays in the calendar as withdrawn."
        ),
    )


class SubmissionFilterForm(forms.Form):
    """Which submissions to list."""

    state = forms.ChoiceField(label=_("State"), required=False)
    dataflow = forms.ChoiceField(label=_("Dataflow"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, dataflows: list[Dataflow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state, dataflow = self.fields["state"], self.fields["dataflow"]
        assert isinstance(state, forms.ChoiceField)  # noqa: S101
        assert isinstance(dataflow, forms.ChoiceField)  # noqa: S101
        state.choices = [("", _("All states")), *Submission.State.choices]
        dataflow.choices = [("", _("All dataflows")), *((str(flow.pk), flow.title) for flow in dataflows)]


def zone_words() -> str:
    """The site's time zone as people know it, with what the clock shows there now."""
    local = timezone.localtime(clock.now())
    offset = local.strftime("%z")
    return _("Time zone: %(zone)s (%(name)s, UTC%(offset)s).") % {
        "zone": settings.TIME_ZONE,
        "name": local.tzname(),
        "offset": f"{offset[:3]}:{offset[3:]}",
    }


class FindForm(forms.Form):
    """Which value to correct."""

    dataflow = forms.ChoiceField(label=_("Dataflow"))
    indicator = forms.CharField(label=_("Indicator"), max_length=300)
    area = forms.CharField(label=_("Area"), max_length=300)
    period = forms.CharField(
        label=_("Period"), max_length=40, required=False, help_text=_("As in 2020, or empty for all.")
    )

    def __init__(
        self,
        *args: Any,
        dataflows: list[Dataflow],
        dataflow: Dataflow | None,
        structure: StructureView | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.structure = structure
        flows = self.fields["dataflow"]
        assert isinstance(flows, forms.ChoiceField)  # noqa: S101
        flows.choices = [("", _("Please choose")), *((flow.reference, flow.title) for flow in dataflows)]
        flows.initial = dataflow.reference if dataflow else ""
        if structure is None:
            del self.fields["indicator"], self.fields["area"], self.fields["period"]
            return
        for name, dimension in (("indicator", structure.indicator_dimension), ("area", structure.area_dimension)):
            self.fields[name].widget = _codes_widget(structure, dimension)

    def clean_indicator(self) -> str:
        """A code of the indicator dimension."""
        assert self.structure is not None  # noqa: S101
        return _code_of(self.structure, self.structure.indicator_dimension, self.cleaned_data["indicator"])

    def clean_area(self) -> str:
        """A code of the area dimension."""
        assert self.structure is not None  # noqa: S101
        return _code_of(self.structure, self.structure.area_dimension, self.cleaned_data["area"])

    def clean_period(self) -> int | None:
        """The integer of the period."""
        text = self.cleaned_data["period"].strip()
        try:
            return periods.parse(text) if text else None
        except periods.PeriodNotRead as error:
            raise forms.ValidationError(_("“%(text)s” is not a period.") % {"text": text}) from error


def _codes_widget(structure: StructureView, dimension: str) -> forms.Widget:
    codes = sorted(structure.dimension[dimension].code_list.items, key=lambda code: code.title.casefold())
    return forms.Select(
        choices=[("", _("Please choose")), *((code.code_id, f"{code.title} ({code.code_id})") for code in codes)]
    )


def _code_of(structure: StructureView, dimension: str, text: str) -> str:
    if text not in structure.dimension[dimension].codes:
        raise forms.ValidationError(_("“%(text)s” is not a code of this list.") % {"text": text})
    return text


class CorrectForm(forms.Form):
    """One value as it should be."""

    value = forms.CharField(
        label=_("Right value"),
        max_length=400,
        required=False,
        help_text=_(
            "With a decimal point and the decimals it should be shown with, as 12.50; or <5. Empty where there is none."
        ),
    )
    obs_status = forms.ChoiceField(label=_("Status"), initial="A")
    note = forms.CharField(
        label=_("Note on the value"),
        max_length=4_000,
        required=False,
        help_text=_("Readers see it with the value."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    delete = forms.BooleanField(
        label=_("Take the value out"),
        required=False,
        help_text=_("From the release on there is no value for this period; earlier dates still show it."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=4_000,
        help_text=_("For the reviewer and the history."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args: Any, structure: StructureView, has_note: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code_list = structure.code_lists.get("OBS_STATUS")
        codes = [(code.code_id, f"{code.title} ({code.code_id})") for code in code_list.items] if code_list else []
        status = self.fields["obs_status"]
        assert isinstance(status, forms.ChoiceField)  # noqa: S101
        status.choices = codes or [
            ("A", _("normal (A)")),
            ("E", _("estimated (E)")),
            ("P", _("provisional (P)")),
            ("O", _("missing (O)")),
        ]
        if not has_note:
            del self.fields["note"]
