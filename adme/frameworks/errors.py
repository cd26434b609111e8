"""What can go wrong with frameworks: one family, each with its own name, a remedy and the answer of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

__all__ = [
    "DraftMovedOn",
    "DraftOpen",
    "FileRefused",
    "Finding",
    "FrameworkError",
    "NotADraft",
    "NotChangeable",
    "OwnDraft",
    "ReasonMissing",
    "UnknownFramework",
]


@dataclass(frozen=True)
class Finding:
    """One fault of a file: where it is, what it is, what to do. `row` is that of the sheet, or the line of the text."""

    code: str
    sheet: str
    row: int
    column: str
    value: str
    message: str
    remedy: str = ""

    @property
    def place(self) -> str:
        """Sheet, row and column in words."""
        parts = [self.sheet, _("row %(row)d") % {"row": self.row} if self.row else "", self.column]
        return ", ".join(part for part in parts if part)


class FrameworkError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class UnknownFramework(FrameworkError):
    """There is no such framework, edition or part."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no framework or part “%(name)s”.") % {"name": name})


class FileRefused(FrameworkError):
    """A file has faults; nothing of it was taken. `findings` names each."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            _("The file was not taken: %(count)d faults.") % {"count": len(findings)},
            f"{first.place}: {first.message}",
            first.remedy,
        )
        self.findings = list(findings)


class DraftOpen(FrameworkError):
    """A framework has one draft at a time."""

    status = 409

    def __init__(self, slug: str) -> None:
        super().__init__(
            _("“%(slug)s” has a draft already.") % {"slug": slug},
            "",
            _("Approve or discard that draft first."),
        )


class NotADraft(FrameworkError):
    """What is approved or discarded does not change any more."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This edition is no draft any more."), "", _("Open a new draft and change that."))


class DraftMovedOn(FrameworkError):
    """Somebody changed the draft since this person looked at it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("The draft has changed since you opened this page."), "", _("Look at it again, then repeat what you did.")
        )


class OwnDraft(FrameworkError):
    """Nobody approves his own draft."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("You prepared this draft, so another person must approve it."))


class ReasonMissing(FrameworkError):
    """A step needs a reason or the decision that it rests on."""

    def __init__(self, what: str) -> None:
        super().__init__(_("%(what)s is missing.") % {"what": what}, "", _("Say it in a sentence; it stays on record."))


class NotChangeable(FrameworkError):
    """A change that the tree, or the calendar, does not allow."""
