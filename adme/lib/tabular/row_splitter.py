"""Text into rows, exactly, at the speed of columns. Runs in the limited child.

Lines are cut and checked by Polars: a line is regular when each cell is free of quotes or wholly quoted, quotes
inside doubled. What is not, a cell over several lines or a quote inside an unquoted cell (``5" pipe``), is read by hand
and written again in the regular form; what careful readers could not agree on is refused with its row. So the
splitting into cells later on meets regular rows only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import polars as pl

from adme.lib.tabular.refusals import TableRefused


class RowSplitter:
    """Keeps the count of rows and an unfinished row between pieces of text."""

    def __init__(self, separator: str, quote: str, limits: Mapping[str, int]) -> None:
        self._separator = separator
        self._quote = quote
        self._limits = limits
        self._rows_before = 0
        self._unfinished = ""
        mark, cut = quote, {"\t": r"\t", "|": r"\|"}.get(separator, separator)
        quoted = f"{mark}[^{mark}]*(?:{mark}{mark}[^{mark}]*)*{mark}" if quote else "(?!)"
        unquoted = f"[^{mark}{cut}]*"
        self._regular = f"^(?:{quoted}|{unquoted})(?:{cut}(?:{quoted}|{unquoted}))*$"
        self._cut = cut
        # By hand, an unquoted cell may hold quotes further on.
        by_hand = f"(?!{mark})[^{cut}]*" if quote else f"[^{cut}]*"
        self._cell = re.compile(f"(?:(?P<quoted>{quoted})|(?P<unquoted>{by_hand}))(?P<cut>{cut}|\\Z)")

    def split(self, texts: Iterator[str]) -> Iterator[pl.DataFrame]:
        """For each piece of text a frame of row (from 1), text and cells (their number); empty lines are rows too."""
        for text in texts:
            whole = self._unfinished + text
            self._unfinished = ""
            frame = self._rows_of(whole)
            self._rows_before += frame.height
            yield frame
        if self._unfinished:
            raise TableRefused("open_quote", row=self._rows_before + 1)

    def cells(self, text: str) -> list[str]:
        """The cells of one row. A row that cannot be cut raises ValueError, one without end TableRefused."""
        found: list[str] = []
        at = 0
        while True:
            cell = self._cell.match(text, at)
            if cell is None:
                raise ValueError(text)
            quoted = cell["quoted"]
            found.append(cell["unquoted"] if quoted is None else quoted[1:-1].replace(self._quote * 2, self._quote))
            if not cell["cut"]:
                return found
            if len(found) > self._limits["columns"]:
                raise TableRefused("many_columns", count=len(found), limit=self._limits["columns"])
            at = cell.end()

    def _rows_of(self, text: str) -> pl.DataFrame:
        lines = pl.Series("text", [text.removesuffix("\n")]).str.split("\n").explode()
        frame = lines.to_frame().with_columns(line=pl.int_range(pl.len()))
        self._check_lengths(frame)
        tidy = pl.col("text").str.strip_suffix("\r")
        if not self._quote or self._quote not in text:
            return self._counted(frame.with_columns(tidy), quoted=False)
        regular = frame.select(tidy.str.contains(self._regular))["text"]
        if not regular.all():
            return self._with_irregular(frame, regular)
        return self._counted(frame.with_columns(tidy))

    def _counted(self, frame: pl.DataFrame, *, quoted: bool = True) -> pl.DataFrame:
        text = pl.col("text")
        cells = text.str.count_matches(self._cut, literal=len(self._cut) == 1)
        if quoted:
            # Every quote of a regular row opens or closes, so what is between two is a cell or part of one.
            outside = text.str.count_matches(f"{self._quote}[^{self._quote}]*{self._quote}|{self._cut}")
            quotes = text.str.count_matches(self._quote, literal=True)
            cells = pl.when(quotes > 0).then(outside - quotes // 2).otherwise(cells)
        return frame.select(
            row=pl.int_range(pl.len(), dtype=pl.Int64) + self._rows_before + 1,
            text="text",
            cells=cells.cast(pl.Int64) + 1,
        )

    def _with_irregular(self, frame: pl.DataFrame, regular: pl.Series) -> pl.DataFrame:
        """Replace each irregular line, and the lines that belong to it, by one regular row."""
        lines = frame["text"].to_list()
        swallowed_to = -1
        numbers: list[int] = []
        texts: list[str] = []
        swallowed: list[tuple[int, int]] = []
        gone = 0
        for line in (~regular).arg_true():
            if line <= swallowed_to:
                continue
            row = self._rows_before + line - gone + 1
            last = self._end_of(lines, line, row)
            if last is None:
                self._unfinished = "\n".join(lines[line:]) + "\n"
                frame, regular = frame.head(line), regular.head(line)
                break
            numbers.append(line)
            texts.append(self._regular_text("\n".join(lines[line : last + 1]), row))
            swallowed.append((line + 1, last + 1))
            gone += last - line
            swallowed_to = last
        known = pl.DataFrame({"line": numbers, "new": texts}, schema={"line": pl.Int64, "new": pl.String})
        tidy = pl.col("text").str.strip_suffix("\r")
        joined = frame.join(known, on="line", how="left", maintain_order="left")
        kept = joined.filter(self._kept(joined.height, swallowed))
        return self._counted(kept.select(text=pl.coalesce("new", tidy)))

    def _kept(self, height: int, swallowed: list[tuple[int, int]]) -> pl.Series:
        """Which lines begin a row of their own: all but those between the bounds."""
        steps = pl.DataFrame({"line": [at for at, _ in swallowed] + [to for _, to in swallowed]})
        steps = steps.with_columns(step=pl.Series([1] * len(swallowed) + [-1] * len(swallowed), dtype=pl.Int64))
        totals = steps.cast({"line": pl.Int64}).group_by("line").agg(pl.col("step").sum())
        every = pl.DataFrame({"line": pl.int_range(height, eager=True)})
        inside = every.join(totals, on="line", how="left", maintain_order="left")["step"].fill_null(0).cum_sum()
        return inside == 0

    def _end_of(self, lines: list[str], first: int, row: int) -> int | None:
        """The line at which the row that begins at ``first`` ends; None where that lies beyond this piece."""
        if self._is_whole(lines[first].removesuffix("\r")):
            return first
        quotes = length = 0
        for line in range(first, len(lines)):
            quotes += lines[line].count(self._quote)
            length += len(lines[line]) + 1
            if length > self._limits["row_bytes"]:
                raise TableRefused("open_quote", row=row)
            if quotes % 2 == 0:
                return line
        return None

    def _is_whole(self, text: str) -> bool:
        try:
            self.cells(text)
        except ValueError:
            return False
        return True

    def _regular_text(self, text: str, row: int) -> str:
        try:
            cells = self.cells(text.removesuffix("\r"))
        except ValueError:
            raise TableRefused("stray_quote", row=row) from None
        mark = self._quote
        return self._separator.join(f"{mark}{cell.replace(mark, mark * 2)}{mark}" for cell in cells)

    def _check_lengths(self, frame: pl.DataFrame) -> None:
        longest = frame["text"].str.len_bytes()
        if longest.max() > self._limits["row_bytes"]:  # type: ignore[operator]
            line = (longest > self._limits["row_bytes"]).arg_true()[0]
            raise TableRefused("long_row", row=self._rows_before + line + 1, limit=self._limits["row_bytes"])
