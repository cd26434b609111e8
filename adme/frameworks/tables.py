"""The tables of a framework as files: by the name in their address, how their rows are made, and their columns.

The same question at the same instant gives the same bytes, also after later releases, editions and decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from adme.frameworks import kpi_rows, plan_rows, rows
from adme.frameworks.document import Document
from adme.frameworks.models import CrosswalkLink, Edition
from adme.frameworks.rows import REGION_WORD, Rows
from adme.frameworks.scorecard import Scorecard


@dataclass(frozen=True)
class Wanted:
    """What a table is made of, and what was asked for of it; empty means everything."""

    card: Scorecard
    before: Scorecard | None = None
    editions: tuple[Edition, ...] = ()
    links: tuple[CrosswalkLink, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)
    """Slug → framework as it stood: for links to others."""
    part: str = ""
    """A part: only what belongs to it and to what hangs under it."""
    area: str = ""
    """A state, or REGION."""
    areas: tuple[str, ...] = ()
    """A group of states."""

    @property
    def parts(self) -> set[str]:
        """The ids of the parts asked for."""
        document = self.card.document
        return {one.uid for one in (document.within(self.part) if self.part else document.parts)}


Schema = dict[str, pl.DataType]

_TEXT, _NUMBER, _WHOLE, _TRUTH = pl.String(), pl.Float64(), pl.Int64(), pl.Boolean()


def _columns(text: str) -> Schema:
    """`part area value:number year:whole`: names with their kinds, text where nothing is said."""
    kinds: dict[str, pl.DataType] = {"": _TEXT, "number": _NUMBER, "whole": _WHOLE, "truth": _TRUTH}
    pairs = (word.partition(":") for word in text.split())
    return {name: kinds[kind] for name, _mark, kind in pairs}


def _of_card(made: Callable[[Scorecard], Rows]) -> Callable[[Wanted], Rows]:
    return lambda wanted: made(wanted.card)


_COVERED = (
    "value:number members:whole have:whole count_share:number weight_share:number imputed_share:number carried:whole "
    "interpolated:whole oldest_weight:whole flags missing"
)

TABLES: Final[dict[str, tuple[Callable[[Wanted], Rows], Schema]]] = {
    "parts": (
        _of_card(plan_rows.part_rows),
        _columns("part level under code title title_certainty title_source text text_certainty class reason"),
    ),
    "scorecard": (
        _of_card(rows.scorecard_rows),
        _columns(
            "part code title area latest_period latest_value:number qualifier flags target_period target_value:number "
            "class reason computed_class override_reason override_by override_ends"
        ),
    ),
    "inputs": (
        _of_card(rows.input_rows),
        _columns(
            "part area method direction start_period start_value:number latest_period latest_value:number "
            "target_period target_value:number milestones thresholds points:whole actual:number required:number "
            "ratio:number class reason"
        ),
    ),
    "aims": (
        _of_card(kpi_rows.aim_rows),
        _columns("part area kind period value:number text certainty source"),
    ),
    "figures": (
        _of_card(rows.figure_rows),
        _columns(
            "part area period value:number qualifier obs_status dataflow key why sources_with_a_value:whole "
            "segment:whole"
        ),
    ),
    "regional": (_of_card(rows.regional_rows), _columns(f"part period {_COVERED}")),
    "regional-parts": (
        lambda wanted: kpi_rows.member_rows(wanted.card, wanted.parts),
        _columns("part period area value:number counts:truth how weight:number weight_of"),
    ),
    "group": (
        lambda wanted: kpi_rows.group_rows(wanted.card, wanted.parts, wanted.areas),
        _columns(f"part period {_COVERED}"),
    ),
    "own-regions": (
        _of_card(kpi_rows.own_region_rows),
        _columns("part area period value:number dataflow"),
    ),
    "sources": (
        _of_card(kpi_rows.source_rows),
        _columns("part figure breakdown order:whole dataflow key areas first_period last_period chosen_by note"),
    ),
    "offers": (
        _of_card(kpi_rows.offer_rows),
        _columns("part figure area period value:number qualifier obs_status dataflow key shown:truth"),
    ),
    "ratings": (
        _of_card(kpi_rows.rating_rows),
        _columns("part year:whole class reason latest_period latest_value:number"),
    ),
    "completeness": (
        _of_card(rows.completeness_rows),
        _columns("part code area breakdown year:whole state"),
    ),
    "incomplete": (
        _of_card(rows.gap_rows),
        _columns("part code title area what since:whole turn why detail"),
    ),
    "changes": (
        lambda wanted: plan_rows.change_rows(wanted.card, wanted.before),
        _columns("part code title area what before now"),
    ),
    "editions": (
        lambda wanted: plan_rows.edition_rows(wanted.editions),
        _columns("edition:whole since meeting document date reason digest"),
    ),
    "crosswalk": (
        lambda wanted: plan_rows.crosswalk_rows(wanted.links, wanted.documents),
        _columns(
            "old_plan old_part old_code old_title became new_plan new_part new_code new_title note certainty source"
        ),
    ),
}


def frame_of(wanted: Wanted, name: str) -> pl.DataFrame:
    """A table as a frame, cut to the part and area asked for. KeyError for a name that is none."""
    made, schema = TABLES[name]
    frame = pl.DataFrame(list(made(wanted)), schema=schema, orient="row")
    if wanted.part and "part" in schema:
        frame = frame.filter(pl.col("part").is_in(sorted(wanted.parts)))
    if wanted.area and "area" in schema:
        frame = frame.filter(pl.col("area") == wanted.area)
    return frame


def head_of(wanted: Wanted, as_of: int | None) -> dict[str, Any]:
    """What a file says of itself: framework, edition, its digest, the instant that was asked for, and what else was.

    Without an instant it is the newest release instant, so that the same address gives the same bytes until figures
    change.
    """
    card, edition = wanted.card, wanted.card.current.edition
    asked = {"part": wanted.part, "area": wanted.area, "areas": list(wanted.areas), "until": card.computed.until,
             "since": wanted.before.instant if wanted.before else None}  # fmt: skip
    return {
        "framework": card.document.slug,
        "title": card.document.title,
        "is_fixture": card.document.is_fixture,
        "edition": edition.number,
        "edition_digest": edition.digest,
        "decision": edition.decision_document or edition.decision_meeting,
        "as_of": card.figures_at if as_of is None else as_of,
        **{name: value for name, value in asked.items() if value},
    }


__all__ = ["REGION_WORD", "TABLES", "Wanted", "frame_of", "head_of"]
