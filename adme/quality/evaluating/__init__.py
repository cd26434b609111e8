"""Whether rules hold: pure functions over the series and cells of one piece of a dataflow, whole columns at a time.

`pieces` says what they are given and what they find. Each kind of rule has its function in CHECKS; a piece holds
everything that belongs together for the rule (`varied` says which dimensions a piece must not be cut by).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating.combined import between, parts, ratio, within_parts
from adme.quality.evaluating.expected import completeness
from adme.quality.evaluating.one_series import growth, out_of_range, outlier, revision
from adme.quality.evaluating.other_source import source
from adme.quality.evaluating.pieces import Around, Looked, Piece, in_scope
from adme.quality.kinds import Kind
from adme.structures.structure_view import StructureView

__all__ = ["CHECKS", "Around", "Looked", "Piece", "evaluate", "varied"]

Check = Callable[[RuleDeclaration, Piece, Around], Looked]

CHECKS: Mapping[Kind, Check] = {
    Kind.RANGE: out_of_range,
    Kind.GROWTH: growth,
    Kind.OUTLIER: outlier,
    Kind.REVISION: revision,
    Kind.RATIO: ratio,
    Kind.BETWEEN: between,
    Kind.PARTS: parts,
    Kind.WITHIN_PARTS: within_parts,
    Kind.SOURCE: source,
    Kind.COMPLETENESS: completeness,
}


def evaluate(declaration: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """What the rule finds in a piece, about cells that were delivered or that a delivered one is held against."""
    return CHECKS[declaration.kind](declaration, in_scope(piece, declaration, around.structure), around)


def varied(declaration: RuleDeclaration, structure: StructureView) -> frozenset[str]:
    """The dimensions whose codes the rule holds against each other; a piece keeps all codes of these together."""
    given = declaration.parameters
    if declaration.kind in (Kind.PARTS, Kind.WITHIN_PARTS):
        return frozenset({given["dimension"]})
    if declaration.kind is Kind.RATIO:
        return frozenset(given["of"])
    if declaration.kind is Kind.BETWEEN:
        return frozenset(given["left"][0])
    if declaration.kind is Kind.COMPLETENESS:
        return frozenset({structure.area_dimension})
    return frozenset()
