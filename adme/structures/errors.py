"""What can go wrong with words: one family, each with its own name, a remedy, and the answer of a page in `status`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

__all__ = [
    "AlreadyExists",
    "DiffersFromFinal",
    "DraftMovedOn",
    "DraftOpen",
    "IdRefused",
    "MappingUnreadable",
    "NotADraft",
    "OwnDraft",
    "ReasonMissing",
    "StructureError",
    "StructureRefused",
    "UnknownArtefact",
]


class StructureError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class UnknownArtefact(StructureError):
    """No dataflow, code list or data structure has this name."""

    status = 404

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("There is no “%(reference)s”.") % {"reference": reference},
            "",
            _("Write agency, id and version, as in ASEAN:DF_UN_SDG(1.0.0)."),
        )


class AlreadyExists(StructureError):
    """Agency, id and version name one artefact for ever."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("“%(reference)s” exists already.") % {"reference": reference},
            "",
            _("Change what there is, or give the new one a higher version."),
        )


class DiffersFromFinal(StructureError):
    """A file brings another artefact under the name of one that is here, which is final."""

    status = 409

    def __init__(self, named: str, differing: Sequence[str], count: int) -> None:
        told = ", ".join(differing) + (" …" if count > len(differing) else "")
        super().__init__(
            _("“%(named)s” is here already, is final, and is not the same as in the file.") % {"named": named},
            _("Different: %(told)s.") % {"told": told},
            _("Give the one in the file a higher version."),
        )


class IdRefused(StructureError):
    """An id is not one that the standard allows."""


class StructureRefused(StructureError):
    """A data structure or code list contradicts itself or its rules."""


class MappingUnreadable(StructureError):
    """The text of a mapping cannot be understood; `line` is 1-based, 0 where no line is to blame."""

    def __init__(self, title: str, *, line: int = 0, remedy: str = "") -> None:
        where = _("Line %(line)d of the mapping.") % {"line": line} if line else ""
        super().__init__(title, where, remedy)
        self.line = line


class DraftOpen(StructureError):
    """Of one artefact one draft waits at a time."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("There is a draft of “%(reference)s” already.") % {"reference": reference},
            "",
            _("Go on with that one, or discard it."),
        )


class NotADraft(StructureError):
    """What was approved or discarded does not change any more."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This is no draft any more and cannot be changed."))


class DraftMovedOn(StructureError):
    """Somebody else changed the draft in the meantime."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this draft in the meantime."), "", _("Look at the draft as it is now, then try again.")
        )


class OwnDraft(StructureError):
    """Who prepared a version cannot approve it."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("You prepared this draft."), "", _("Ask a reviewer who did not to approve it."))


class ReasonMissing(StructureError):
    """The step needs a reason."""

    def __init__(self) -> None:
        super().__init__(_("A reason is missing."), "", _("Write in a sentence what changes and why; it is kept."))
