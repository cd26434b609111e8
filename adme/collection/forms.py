"""Forms of this room; the mapping has its own in `mapping_form`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adme.collection.models import Submission
from adme.lib import clock
from adme.structures.models import Dataflow


class ImportForm(forms.Form):
    """Step 1: the file, and which dataflow its figures belong to."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV, XLSX or SDMX-CSV; any column layout. It is kept exactly as you send it."),
        max_length=1_000,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
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
