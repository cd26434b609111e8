"""Observations of the plain form that programs write, `<Obs A="1" B="2"/>`, taken before they reach expat.

Whoever writes a message writes its observations all alike, and most of the time goes into calling Python for each of
them. Here a run of them is cut at its tags, and its texts are looked at in columns. Whatever is not of the plain form
(an entity, another quotation mark, a line end in a value, an element inside) goes through expat as before, and both
ways end in the same rows. That nothing is taken out of a comment or of character data is certain because after the
first `<!` or `<?` of a document this way is closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol
from xml.parsers import expat

import polars as pl

__all__ = ["PlainObservations", "not_plain", "plain_columns"]

_TAG = b"<Obs "
_DECLARATION = re.compile(rb"\s*<\?xml\s[^<>?]{0,200}\?>")
_UTF_8 = re.compile(rb"""encoding\s*=\s*["']utf-8["']""", re.IGNORECASE)
PLAIN = r'^(?:[A-Za-z_][A-Za-z0-9_.\-]*="[^"<&\x00-\x1f\x7f\x{FFFE}\x{FFFF}]*"(?: |$))*$'
"""What stands between `<Obs ` and `/>`."""


def not_plain(texts: Sequence[str]) -> list[list[str]] | None:
    """What expat makes of observations that are not of the plain form; None where they are not well formed."""
    found: list[list[str]] = []
    odd: list[list[str]] = []

    def start(tag: str, attributes: list[str]) -> None:
        (found if tag == "Obs" else odd).append(attributes)

    parser = expat.ParserCreate("UTF-8")
    parser.ordered_attributes = True
    try:
        parser.Parse("<r>", False)
        parser.StartElementHandler = start
        parser.Parse("".join(f"<Obs {text}/>" for text in texts), False)
        parser.Parse("</r>", True)
    except expat.ExpatError:
        return None
    return found if len(found) == len(texts) and not odd else None


class Around(Protocol):
    """Who reads everything else."""

    def may_take(self) -> bool:
        """Whether an observation may stand here."""

    def parse(self, piece: bytes, *, last: bool) -> None:
        """Read a piece that ends with a whole tag."""


class PlainObservations:
    """Feeds a document: runs of observations to `take` as texts, the rest to `around`, in their order."""

    def __init__(self, around: Around, take: Callable[[list[bytes]], None], longest: int) -> None:
        self._around = around
        self._take = take
        self._longest = longest
        self._held = b""
        self._begun = False
        self._open = True
        self.lines = 0
        """Ends of lines that did not reach `around`."""

    def feed(self, piece: bytes) -> None:
        """Some more of the document."""
        if not self._open:
            self._around.parse(piece, last=False)
            return
        held = self._held + piece
        end = held.rfind(b">") + 1  # never a part of a tag: expat would wait for the rest of it
        whole, self._held = held[:end], held[end:]
        if len(self._held) > self._longest:
            self._close(whole + self._held)
        elif whole:
            self._whole(whole)

    def finish(self) -> None:
        """The document ends here."""
        self._around.parse(self._held, last=False)
        self._around.parse(b"", last=True)

    def _close(self, rest: bytes) -> None:
        """From here on nothing is taken out any more."""
        self._open, self._held = False, b""
        self._around.parse(rest, last=False)

    def _whole(self, data: bytes) -> None:
        if not self._begun:
            self._begun = True
            declared = _DECLARATION.match(data)
            if declared is None or not _UTF_8.search(declared[0]):
                self._close(data + self._held)
                return
            self._around.parse(declared[0], last=False)
            data = data[declared.end() :]
        if b"<!" in data or b"<?" in data:
            self._close(data + self._held)
            return
        first, *rest = data.split(_TAG)
        if rest and (b"'" in rest[-1] or rest[-1].count(b'"') % 2):
            self._held = _TAG + rest.pop() + self._held  # it may have been cut inside of a value
        if first:
            self._around.parse(first, last=False)
        if rest:
            self._runs(rest)

    def _runs(self, parts: Sequence[bytes]) -> None:
        """Each part begins behind `<Obs `, and ends before the next one."""
        run: list[bytes] = []
        for part in parts:
            if part.endswith(b"/>") and part.find(b">") == len(part) - 1:
                run.append(part[:-2])
                continue
            inside, mark, behind = part.partition(b"/>")
            # A value may hold "/>": then its quotation mark is still open here.
            if mark and b">" not in inside and b"'" not in inside and inside.count(b'"') % 2 == 0:
                run.append(inside)
                if behind.isspace():
                    self.lines += behind.count(b"\n")
                    continue
            else:
                behind = _TAG + part
            if run:
                self._give(run)
                run = []
            self._around.parse(behind, last=False)
        if run:
            self._give(run)

    def _give(self, run: list[bytes]) -> None:
        if self._around.may_take():
            self._take(run)
        else:
            self._around.parse(b"".join(b"<Obs " + one + b"/>" for one in run), last=False)


def plain_columns(texts: pl.Series) -> tuple[pl.Series, list[tuple[tuple[str, ...], pl.Series, list[pl.Series]]]]:
    """Texts of observations as columns.

    Returns which texts are not plain (Boolean), and for each set of names in use: the names, the places of its texts,
    and a column of values for each name.
    """
    plain = texts.str.contains(PLAIN)
    places = pl.arange(len(texts), eager=True, dtype=pl.UInt32)
    cut = texts.str.split('"')
    frame = pl.DataFrame({"place": places, "cut": cut, "size": cut.list.len()}).filter(plain)
    found: list[tuple[tuple[str, ...], pl.Series, list[pl.Series]]] = []
    strange = ~plain
    for (size,), some in frame.partition_by("size", as_dict=True).items():
        count = int(size) // 2
        fields = some.select("place", *(pl.col("cut").list.get(at).alias(str(at)) for at in range(2 * count)))
        names = [str(2 * at) for at in range(count)]
        for alike in fields.partition_by(names) if names else [fields]:
            told = tuple(alike[name][0].strip().removesuffix("=") for name in names)
            if len(set(told)) == len(told):
                found.append((told, alike["place"], [alike[str(2 * at + 1)] for at in range(count)]))
            else:  # the same name twice: expat says so
                strange = strange | places.is_in(alike["place"].implode())
    return strange, found
