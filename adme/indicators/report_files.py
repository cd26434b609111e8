"""What files of reports have in common, whatever their format: what they are about, what they say, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.indicators.errors import RegisterError

MOST_TOLD = 50


@dataclass(frozen=True)
class About:
    """What a template is made for. `version` is the number of the newest version then, 0 for none."""

    slug: str
    area: str
    structure: str
    version: int


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: sheet, row and column, or line."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else self.words


@dataclass(frozen=True)
class ReadReport:
    """A report as a file says it. With `languages`, only those are said, and others stay as they are.

    `seen` is the version that the file was made from, None where it does not say. `places` tells where each attribute
    stands, for findings.
    """

    slug: str
    area: str
    texts: Mapping[str, Mapping[str, str]]
    languages: Sequence[str] | None = None
    seen: int | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


class ReportFileRefused(RegisterError):
    """Nothing of a file was taken in; `problems` say everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        told = " ".join(f"{problem}" for problem in problems[:MOST_TOLD])
        super().__init__(
            ngettext("One thing is wrong with the file.", "%(n)d things are wrong with the file.", len(problems))
            % {"n": len(problems)},
            told,
            _("Nothing was taken in. Correct the file and send it again."),
        )
        self.problems = list(problems)
