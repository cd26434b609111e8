"""What can go wrong with validation rules: one family, each with plain words and the answer of a page in `status`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

__all__ = [
    "Fault",
    "NotAcceptable",
    "QualityError",
    "RuleExists",
    "RuleOvertaken",
    "RuleReasonMissing",
    "RuleRefused",
    "RulesUnreadable",
]


class Fault(NamedTuple):
    """What is wrong with one field of a rule; `field` is empty where the rule as a whole is meant."""

    field: str
    words: str


class QualityError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class RuleRefused(QualityError):
    """A declaration contradicts itself or names what does not exist; `faults` say where."""

    def __init__(self, faults: Sequence[Fault], *, name: str = "") -> None:
        told = "; ".join(f"{fault.field}: {fault.words}" if fault.field else fault.words for fault in faults)
        title = _("The rule “%(name)s” cannot be kept.") % {"name": name} if name else _("The rule cannot be kept.")
        super().__init__(title, told)
        self.faults = tuple(faults)


class RulesUnreadable(QualityError):
    """A file of rules is not well-formed; `line` is 1-based, 0 where no line is to blame."""

    def __init__(self, title: str, *, line: int = 0, remedy: str = "") -> None:
        super().__init__(title, _("Line %(line)d of the file.") % {"line": line} if line else "", remedy)
        self.line = line


class RuleExists(QualityError):
    """Another rule has this name."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(_("There is a rule “%(name)s” already.") % {"name": name}, "", _("Choose another name."))


class RuleOvertaken(QualityError):
    """Somebody else changed the rule in the meantime."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this rule in the meantime."),
            _("Nothing of what you asked for was done."),
            _("Reload the page, look at what is there now, and decide again."),
        )


class RuleReasonMissing(QualityError):
    """Rules, and what is accepted against them, change with a reason only."""

    def __init__(self) -> None:
        super().__init__(_("A reason is missing."), "", _("Write in a sentence or two why; it is kept in the history."))


class NotAcceptable(QualityError):
    """Only warnings about cells can be accepted."""

    def __init__(self) -> None:
        super().__init__(
            _("This cannot be accepted."),
            _("An error stands until the figure or the rule is corrected; information asks for nothing."),
            _("Only warnings about single values can be accepted."),
        )
