"""What the reader asked for in the address. Reading never fails: what cannot be used is left out, and said so.

Pure but for the request's own parameters. Lists may be repeated (?areas=TH&areas=VN) or joined (?areas=TH,VN).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from adme.lib import clock

LONGEST = 300
"""A longer single parameter is no word that this site could have written into an address."""

MOST_WORDS = 200
"""More words than this in one list are left out, with a note."""

_YEAR = re.compile(r"\d{4}")
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass
class Asked:
    """Reads one request's parameters and collects a note for each that is left out."""

    params: QueryDict
    notes: list[str] = field(default_factory=list)

    def leave_out(self, note: str) -> None:
        """Remember, once, why something asked for is not shown."""
        if note not in self.notes:
            self.notes.append(note)

    def text(self, name: str) -> str:
        """The parameter as clean text; "" when it is missing, too long or no text."""
        return self._clean(name, self.params.get(name, ""))

    def texts(self, name: str) -> list[str]:
        """Every word of a list, in order, each once."""
        words: dict[str, None] = {}
        for value in self.params.getlist(name):
            words.update(dict.fromkeys(word for part in value.split(",") if (word := self._clean(name, part))))
        if len(words) > MOST_WORDS:
            self.leave_out(
                _("“{name}” lists more than {most} values; only the first {most} are read.").format(
                    name=name, most=MOST_WORDS
                )
            )
        return list(words)[:MOST_WORDS]

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        """One of a closed list of words."""
        asked = self.text(name)
        if not asked or asked in allowed:
            return asked or default
        self.leave_out(
            _("“{name}” can be {allowed}; “{asked}” is not one of them.").format(
                name=name, allowed=", ".join(allowed), asked=asked
            )
        )
        return default

    def known(self, name: str, known: Iterable[str], *, most: int = MOST_WORDS) -> list[str]:
        """The words of a list that are `known`, at most `most` of them."""
        asked, known = self.texts(name), set(known)
        kept = [word for word in asked if word in known]
        for word in asked:
            if word not in known:
                self.leave_out(_("“{word}” is not known here as “{name}”.").format(word=word, name=name))
        if len(kept) > most:
            self.leave_out(
                _("At most {most} can be chosen as “{name}”; only the first {most} are used.").format(
                    most=most, name=name
                )
            )
        return kept[:most]

    def year(self, name: str) -> int | None:
        """A year of four digits."""
        asked = self.text(name)
        if not asked:
            return None
        if _YEAR.fullmatch(asked) and asked.isascii() and asked > "0000":
            return int(asked)
        self.leave_out(_("“{asked}” is no year; write four digits, as in 2015.").format(asked=asked))
        return None

    def years(self, first: str = "from", last: str = "to") -> tuple[int | None, int | None]:
        """The first and the last year asked for; turned round when they stand the wrong way."""
        start, end = self.year(first), self.year(last)
        if start is not None and end is not None and start > end:
            return end, start
        return start, end

    def page(self) -> int:
        """The page of a long list, from 1."""
        asked = self.text("page")
        if not asked:
            return 1
        if asked.isascii() and asked.isdigit() and len(asked) < 7 and int(asked) > 0:
            return int(asked)
        self.leave_out(_("“{asked}” is no page number.").format(asked=asked))
        return 1

    def as_of(self, name: str = "as_of") -> int | None:
        """The instant to read at, or None for the present.

        A date alone means the end of that day in the time zone of this installation.
        """
        asked = self.text(name)
        if not asked:
            return None
        instant = instant_of_text(asked)
        if instant is None:
            self.leave_out(
                _("“{asked}” is no date or time that can be read; write 2026-11-23 or 2026-11-23T10:00:00Z.").format(
                    asked=asked
                )
            )
        elif instant >= clock.now_instant():
            self.leave_out(_("The time asked for has not come yet, so this page shows the present."))
            return None
        return instant

    def _clean(self, name: str, value: str) -> str:
        value = value.strip()
        if len(value) > LONGEST or _NO_TEXT.search(value):
            self.leave_out(_("“{name}” holds something that is no readable word.").format(name=name[:40]))
            return ""
        return value


def instant_of_text(text: str) -> int | None:
    """An instant (microseconds) from ISO 8601 text with a zone, or from a date; None when it is neither."""
    text = text.replace(" ", "+")  # a plus sign in an address arrives as a space
    try:
        if len(text) == len("2026-11-23"):
            day = dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max)
            return clock.to_instant(timezone.make_aware(day, timezone.get_default_timezone()))
        moment = dt.datetime.fromisoformat(text)
        return clock.to_instant(moment) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def written(instant: int) -> str:
    """An instant as an address has it: 2026-11-23T10:00:00Z, with microseconds only where there are any."""
    text = clock.from_instant(instant).isoformat()
    return text.replace("+00:00", "Z")
