"""Rules that hold several series against each other: ratios, sums of parts, figures among themselves.

Which series belong together is worked out on the series, of which there are few; the cells are only grouped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl
from django.utils.translation import gettext as _

from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating.pieces import FOUND, PLACE, SLACK, Around, Looked, Piece, number, text_of, told
from adme.structures.structure_view import DimensionView, StructureView

__all__ = ["between", "parts", "ratio", "within_parts"]

Selection = Mapping[str, str]


def ratio(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """One figure divided by another. Division by zero says nothing."""
    given = rule.parameters
    terms = _terms(piece, [given["of"], given["to"]], around)
    looked = (
        terms.sums({"of": [0], "to": [1]}).filter(pl.col("to") != 0).with_columns(ratio=pl.col("of") / pl.col("to"))
    )
    outside = pl.lit(value=False)
    if (low := given.get("min")) is not None:
        outside = outside | (pl.col("ratio") < low)
    if (high := given.get("max")) is not None:
        outside = outside | (pl.col("ratio") > high)
    words = pl.format(
        _("{} ÷ {} = {}"), *(text_of(pl.col(name)) for name in ("of", "to")), text_of(pl.col("ratio").round_sig_figs(6))
    )
    return terms.looked(looked, outside, words, ("of", "to"))


def between(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """A figure, or a sum, at most, equal to, or at least another."""
    given = rule.parameters
    left, right = given["left"], given["right"]
    terms = _terms(piece, [*left, *right], around)
    sides = {"left": list(range(len(left))), "right": list(range(len(left), len(left) + len(right)))}
    looked = terms.sums(sides)
    allowed = _allowed(rule, pl.col("right"), pl.col("left"))
    difference = pl.col("left") - pl.col("right")
    broken = {"<=": difference > allowed, ">=": difference < -allowed, "=": difference.abs() > allowed}[given["sign"]]
    words = pl.format(_("{} against {}"), *(text_of(pl.col(name)) for name in ("left", "right")))
    return terms.looked(looked, broken, words, ("left", "right"))


def parts(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Parts that do not add up to their total."""
    terms = _breakdown(rule, piece, around)
    looked = terms.totals()
    broken = (pl.col("total") - pl.col("sum")).abs() > _allowed(rule, pl.col("total"), pl.col("sum"))
    words = pl.format(_("total {}, parts add up to {}"), *(text_of(pl.col(name)) for name in ("total", "sum")))
    return terms.looked(looked, broken, words, ("total", "sum"))


def within_parts(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Totals below the lowest or above the highest of their parts."""
    terms = _breakdown(rule, piece, around)
    looked = terms.totals()
    allowed = _allowed(rule, pl.col("total"), pl.col("total"))
    broken = (pl.col("total") < pl.col("lowest") - allowed) | (pl.col("total") > pl.col("highest") + allowed)
    words = pl.format(
        _("total {}, parts from {} to {}"), *(text_of(pl.col(name)) for name in ("total", "lowest", "highest"))
    )
    return terms.looked(looked, broken, words, ("total", "lowest", "highest"))


def _allowed(rule: RuleDeclaration, against: pl.Expr, also: pl.Expr) -> pl.Expr:
    """The difference that is allowed: the larger of the two tolerances, and what counting in binary takes."""
    percent = against.abs() * (rule.parameters["tolerance_percent"] / 100)
    slack = pl.max_horizontal(against.abs(), also.abs()) * SLACK
    return pl.max_horizontal(percent, pl.lit(rule.parameters["tolerance"])) + slack


# --- which series belong together -----------------------------------------------------------------


class _Terms:
    """Cells by `group`, `period` and `term`: what each figure of a comparison is. Term 0 is the one that is named."""

    def __init__(self, piece: Piece, roles: pl.DataFrame) -> None:
        """`roles`: series, group, term, and `wanted`, how many terms make the group whole."""
        touched = piece.cells.filter(pl.col("touched"))["series"].unique()
        concerned = roles.filter(pl.col("series").is_in(touched.implode())).select("group").unique()
        self.roles = roles.join(concerned, on="group", how="semi")
        plain = piece.cells.filter(number().is_not_null() | pl.col("touched"))
        # A delivered cell that holds no number now still concerns its group, but takes no part in sums.
        self.cells = plain.with_columns(value=number()).join(self.roles, on="series")

    def sums(self, sides: Mapping[str, Sequence[int]]) -> pl.DataFrame:
        """A row for each group and period in which every term is there: the sum of each side."""
        of_side = [
            pl.col("value").filter(pl.col("term").is_in(list(terms))).sum().alias(side) for side, terms in sides.items()
        ]
        return self._grouped(of_side)

    def totals(self) -> pl.DataFrame:
        """A row for each group and period with its total and all its parts: `total`, `sum`, `lowest`, `highest`."""
        part = pl.col("value").filter(pl.col("term") > 0)
        total = pl.col("value").filter(pl.col("term") == 0).sum()
        return self._grouped(
            [total.alias("total"), part.sum().alias("sum"), part.min().alias("lowest"), part.max().alias("highest")]
        )

    def _grouped(self, aggregates: Iterable[pl.Expr]) -> pl.DataFrame:
        grouped = self.cells.group_by("group", "period").agg(
            *aggregates, there=pl.col("value").count(), wanted=pl.col("wanted").first(), touched=pl.col("touched").any()
        )
        return grouped.filter((pl.col("there") == pl.col("wanted")) & pl.col("touched"))

    def looked(self, looked: pl.DataFrame, broken: pl.Expr, said: pl.Expr, numbers: Sequence[str]) -> Looked:
        """Where the rule is broken: named by the cell of term 0, placed in the file where it or a part came from."""
        hits = looked.filter(broken)
        if hits.is_empty():
            return Looked(len(looked))
        evidence = pl.concat_str([pl.col(name).round_sig_figs(12).cast(pl.String) for name in numbers], separator="|")
        said_of = told(hits, said=said, evidence=evidence).select("group", "period", "said", "evidence")
        cells = self.cells.join(said_of, on=["group", "period"])
        named = cells.filter(pl.col("term") == 0).drop(PLACE)
        placed = cells.sort("term", "row", nulls_last=True).filter(pl.col("row").is_not_null())
        places = placed.unique(["group", "period"], keep="first", maintain_order=True).select("group", "period", *PLACE)
        found = named.join(places, on=["group", "period"], how="left")
        return Looked(len(looked), found.select(pl.col(name).cast(kind) for name, kind in FOUND.items()))


def _terms(piece: Piece, selections: Sequence[Selection], around: Around) -> _Terms:
    """Series by the selections that they meet; a group has one series for each, and the same codes in all else."""
    structure = around.structure
    chosen = [structure.dimension[name] for name in selections[0]]
    rest = _rest(structure, chosen)
    met = []
    for term, selection in enumerate(selections):
        fits = [pl.col(one.column) == one.codes[selection[one.id]] for one in chosen]
        met.append(piece.series.filter(fits).select("series", *rest, term=pl.lit(term, pl.Int32)))
    roles = _numbered(pl.concat(met), rest)
    return _Terms(piece, roles.with_columns(wanted=pl.lit(len(selections), pl.UInt32)))


def _breakdown(rule: RuleDeclaration, piece: Piece, around: Around) -> _Terms:
    """Series of a total (term 0) and of its parts (1, 2, …), by code list or as named."""
    structure = around.structure
    dimension = structure.dimension[rule.parameters["dimension"]]
    made = [
        (dimension.codes[code], dimension.codes[total], term, len(codes) + 1)
        for total, codes in _totals(rule, dimension).items()
        if codes
        for term, code in enumerate((total, *codes))
    ]
    schema = {dimension.column: pl.Int32, "whole": pl.Int32, "term": pl.Int32, "wanted": pl.UInt32}
    table = pl.DataFrame(made, schema=schema, orient="row")
    rest = [*_rest(structure, [dimension]), "whole"]
    roles = piece.series.join(table, on=dimension.column).select("series", *rest, "term", "wanted")
    return _Terms(piece, _numbered(roles, rest))


def _totals(rule: RuleDeclaration, dimension: DimensionView) -> dict[str, list[str]]:
    """Total → its parts."""
    given = rule.parameters
    below: dict[str, list[str]] = {}
    for code in dimension.code_list.items:
        if code.parent_id:
            below.setdefault(code.parent_id, []).append(code.code_id)
    if "total" not in given:
        return below
    return {given["total"]: given.get("parts") or below.get(given["total"], [])}


def _rest(structure: StructureView, chosen: Iterable[DimensionView]) -> list[str]:
    taken = {one.column for one in chosen}
    return [column for column in structure.columns if column not in taken]


def _numbered(roles: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """With a number for each different combination of `by`, instead of these columns."""
    if not by:
        return roles.with_columns(group=pl.lit(0, pl.UInt32))
    groups = roles.select(by).unique().with_row_index("group")
    return roles.join(groups, on=list(by)).drop(by)
