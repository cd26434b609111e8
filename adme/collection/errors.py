"""What can go wrong between a file and a release: one family, each with its own name and plain words.

`title` says what happened, `detail` where and why, `remedy` what to do. `status` is the answer of a page.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from adme.lib.tabular.refusals import TableRefused

__all__ = [
    "AlreadyApproved",
    "BaseMoved",
    "CollectionError",
    "DraftAltered",
    "ErrorsStand",
    "FileEmpty",
    "FileRefused",
    "FileTooLarge",
    "IllegalMove",
    "InTheWay",
    "MappingRefused",
    "NotYours",
    "NothingToSend",
    "Overtaken",
    "OwnWork",
    "ReasonMissing",
    "ReleaseRefused",
    "StaysWhole",
    "ValueRefused",
]


class CollectionError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class FileTooLarge(CollectionError):
    """More bytes than MAX_UPLOAD_BYTES."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("The file is too large."),
            _("Files of up to %(limit)d MB can be received.") % {"limit": limit // 1_000_000},
            _("Split it by year or by indicator, or ask the operator to raise the limit."),
        )


class FileEmpty(CollectionError):
    """No bytes at all."""

    def __init__(self) -> None:
        super().__init__(_("The file is empty."), "", _("Open it to see whether it was saved, and send it again."))


class FileRefused(CollectionError):
    """The file cannot be read safely as a table. `place` says where in it, in words, or is empty."""

    place = ""

    @classmethod
    def of(cls, refusal: TableRefused) -> FileRefused:
        """The same refusal, in this family."""
        made = cls(refusal.title, refusal.detail, refusal.remedy)
        made.place = refusal.place
        return made


class MappingRefused(CollectionError):
    """The mapping cannot be understood, or does not fit the file or the structure."""


class ValueRefused(CollectionError):
    """A correction by form names a value that does not exist, or gives one that the checks refuse."""


class IllegalMove(CollectionError):
    """The state does not allow this step."""

    status = 409

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(
            _("This step is not possible now."),
            _("“%(verb)s” cannot follow the state “%(state)s”.") % {"verb": verb, "state": state},
            _("Reload the page to see where the submission stands."),
        )
        self.verb = verb
        self.state = state


class Overtaken(CollectionError):
    """Somebody else changed it in the meantime."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this in the meantime."),
            _("Nothing of what you asked for was done."),
            _("Reload the page, look at what is there now, and decide again."),
        )


class OwnWork(CollectionError):
    """Nobody approves what he brought in himself."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("You brought these numbers in yourself."),
            _("Approval is for a second pair of eyes."),
            _("Ask another reviewer to look at them."),
        )


class NotYours(CollectionError):
    """Only whoever brought it in may do this."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only the person who brought these numbers in can do this."))


class ReasonMissing(CollectionError):
    """The step needs a reason."""

    def __init__(self) -> None:
        super().__init__(_("A reason is missing."), "", _("Write in a sentence or two why; it is kept in the history."))


class NothingToSend(CollectionError):
    """No row is good."""

    def __init__(self) -> None:
        super().__init__(
            _("There are no rows to send."),
            _("Not one row of the file could be taken in."),
            _("Look at the findings, correct the file or the mapping, and check again."),
        )


class ErrorsStand(CollectionError):
    """Rows with errors, and nobody said that the good ones may go on without them."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("Some rows have errors."),
            _("%(count)d errors were found.") % {"count": count},
            _("Correct the file and send it again, or choose to keep the good rows and send the others back."),
        )


class StaysWhole(CollectionError):
    """A message about several dataflows is one transaction."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("This message is taken whole or not at all."),
            _("It changes several dataflows in one transaction, so that no row of it can stay behind."),
            _("Have it corrected and sent again."),
        )


class DraftAltered(CollectionError):
    """The kept draft rows are missing or are not the ones that were approved."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("The draft rows do not match what was approved."),
            _("The file that holds them is missing or was altered on disk."),
            _("Nothing was released. Send the submission back and have the file checked again; tell the operator."),
        )


class BaseMoved(CollectionError):
    """What a message was merged with, or a correction was entered beside, is no longer what is public."""

    status = 409

    def __init__(self, label: str, *, by_form: bool = False) -> None:
        super().__init__(
            _("The figures that this delivery builds on have changed."),
            _("“%(label)s” leaves some figures or attributes as they were, and these have been released anew since.")
            % {"label": label},
            _("Send it back and enter the correction again.")
            if by_form
            else _("Send it back and have it checked again; it is then worked out anew."),
        )


class InTheWay(CollectionError):
    """It would change figures that a waiting release builds on, before that goes live."""

    status = 409

    def __init__(self, label: str) -> None:
        super().__init__(
            _("A release of this dataflow that is to come builds on the figures that are public now."),
            _("“%(label)s” leaves some of them as they are; this would change them before it goes live.")
            % {"label": label},
            _("Let “%(label)s” go live first, or cancel it and have it checked again after this.") % {"label": label},
        )


class AlreadyApproved(IllegalMove):
    """Somebody else approved it first."""


class ReleaseRefused(CollectionError):
    """The release cannot be made, moved, cancelled or withdrawn so."""

    status = 409
