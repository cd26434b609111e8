"""What can go wrong in the register and in what is said of its indicators: one family, as in the other rooms."""

from __future__ import annotations

from django.utils.translation import gettext as _

__all__ = [
    "AlreadyDecided",
    "BreakRefused",
    "IndicatorRefused",
    "MetadataIncomplete",
    "MetadataRefused",
    "Overtaken",
    "OwnWork",
    "ReasonMissing",
    "RegisterError",
    "UnknownIndicator",
    "UnknownMetadataStructure",
    "UnknownTopic",
]


class RegisterError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class IndicatorRefused(RegisterError):
    """A text, slug or code is not of the form that the register needs."""


class UnknownIndicator(RegisterError):
    """No indicator has this slug."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no indicator “%(slug)s”.") % {"slug": slug})


class UnknownTopic(RegisterError):
    """No topic has this slug."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no topic “%(slug)s”.") % {"slug": slug})


class UnknownMetadataStructure(RegisterError):
    """No metadata structure has this name, or a dataflow has none."""

    status = 404

    def __init__(self, reference: str) -> None:
        super().__init__(_("There is no metadata structure for “%(reference)s”.") % {"reference": reference})


class MetadataRefused(RegisterError):
    """A report or a metadata structure is not of the form that it needs; `detail` says where."""


class BreakRefused(RegisterError):
    """A break in series names a period or an area that there is not, or says nothing."""


class ReasonMissing(RegisterError):
    """The step needs a reason."""

    def __init__(self) -> None:
        super().__init__(_("A reason is missing."), "", _("Write in a sentence what changed and why; it is kept."))


class Overtaken(RegisterError):
    """Somebody else wrote or decided in the meantime."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this in the meantime."),
            _("Nothing of what you asked for was done."),
            _("Reload the page, look at what is there now, and decide again."),
        )


class AlreadyDecided(RegisterError):
    """It is no draft any more."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This has been decided already."), "", _("Reload the page to see how it stands."))


class OwnWork(RegisterError):
    """Nobody approves what he wrote himself."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("You wrote this yourself."),
            _("Approval is for a second pair of eyes."),
            _("Ask another reviewer to look at it."),
        )


class MetadataIncomplete(RegisterError):
    """The gate: figures of an indicator whose required attributes are empty, or a version that would empty one.

    `missing` maps the slug of each indicator to the ids of its empty attributes.
    """

    status = 409

    def __init__(self, sentences: list[str], missing: dict[str, tuple[str, ...]]) -> None:
        super().__init__(
            _("Required metadata are missing."),
            " ".join(sentences),
            _("Have the report filled in and approved, or let the gate of this dataflow be opened."),
        )
        self.missing = missing
