"""The kinds of validation rules, and what each has to be told. Pure; the form, the YAML file and the checks read this.

Which check belongs to a kind is said in `quality.evaluating`, its words in `quality.explaining`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

__all__ = ["KINDS", "Kind", "KindOfRule", "Parameter", "Shape"]

Words = str | Promise


class Kind(StrEnum):
    """The closed list of kinds."""

    RANGE = "range"
    RATIO = "ratio"
    PARTS = "parts"
    WITHIN_PARTS = "within-parts"
    GROWTH = "growth"
    OUTLIER = "outlier"
    REVISION = "revision"
    SOURCE = "source"
    BETWEEN = "between"
    COMPLETENESS = "completeness"


class Shape(Enum):
    """What kind of thing a parameter is."""

    NUMBER = "number"
    WHOLE = "whole number"
    CODE = "code"
    CODES = "codes"
    SELECTION = "selection"  # dimension → code
    SELECTIONS = "selections"
    CHOICE = "choice"
    DATAFLOW = "dataflow"
    DIMENSION = "dimension"


@dataclass(frozen=True)
class Parameter:
    """One thing that a kind is told. Where it is left out, `default` holds (None: nothing)."""

    name: str
    shape: Shape
    label: Words
    help: Words = ""
    required: bool = False
    default: Any = None
    choices: tuple[tuple[str, Words], ...] = ()
    least: float | None = None


@dataclass(frozen=True)
class KindOfRule:
    """A kind: its name, one sentence for whoever chooses it, and its parameters.

    `refused` looks at all parameters together and gives a fault in words, or an empty text. `reads_store` says whether
    the check needs what is stored beside what is delivered.
    """

    kind: Kind
    label: Words
    what: Words
    parameters: tuple[Parameter, ...]
    refused: Callable[[Mapping[str, Any]], Words] = lambda given: ""
    reads_store: bool = True


def _bounds(given: Mapping[str, Any]) -> Words:
    low, high = given.get("min"), given.get("max")
    if low is None and high is None:
        return _("Give a smallest or a largest value, or both.")
    crossed = low is not None and high is not None and low > high
    return _("The smallest value is larger than the largest.") if crossed else ""


def _rise_or_fall(given: Mapping[str, Any]) -> Words:
    return "" if {"rise", "fall"} & set(given) else _("Give the largest rise, the largest fall, or both.")


def _years(given: Mapping[str, Any]) -> Words:
    return _("The first year is later than the latest.") if given["first"] > given["latest"] else ""


def _breakdown(given: Mapping[str, Any]) -> Words:
    return _("Name the total that these are parts of.") if given.get("parts") and not given.get("total") else ""


def _same_dimensions(*names: str) -> Callable[[Mapping[str, Any]], Words]:
    def refused(given: Mapping[str, Any]) -> Words:
        chosen: list[Mapping[str, str]] = []
        for name in names:
            chosen += given[name] if isinstance(given[name], list) else [given[name]]
        if len({frozenset(one) for one in chosen}) > 1:
            return _("Name the same dimensions in each selection, so that it is clear what is held against what.")
        return ""

    return refused


def _ratio(given: Mapping[str, Any]) -> Words:
    return _same_dimensions("of", "to")(given) or _bounds(given)


_MIN = Parameter("min", Shape.NUMBER, _("Smallest"))
_MAX = Parameter("max", Shape.NUMBER, _("Largest"))
_TOLERANCE = (
    Parameter(
        "tolerance",
        Shape.NUMBER,
        _("Allowed difference"),
        _("In the unit of the figures, as 0.5."),
        default=0.0,
        least=0,
    ),
    Parameter(
        "tolerance_percent",
        Shape.NUMBER,
        _("Allowed difference in per cent"),
        _("Of the figure that is held against the others. The larger of the two allowances counts."),
        default=0.0,
        least=0,
    ),
)
_IGNORE = Parameter(
    "ignore_below",
    Shape.NUMBER,
    _("Pass over changes of up to"),
    _("In the unit of the figures: small numbers jump easily."),
    default=0.0,
    least=0,
)
_BREAKDOWN = (
    Parameter("dimension", Shape.DIMENSION, _("Broken down by"), _("The id of the dimension, as SEX."), required=True),
    Parameter(
        "total",
        Shape.CODE,
        _("Code of the total"),
        _("As _T. Left empty: every code that has codes below it in the code list is the total of these."),
    ),
    Parameter(
        "parts",
        Shape.CODES,
        _("Codes of the parts"),
        _("As F, M. Left empty: the codes below the total in the code list."),
    ),
)

_RULES = (
    KindOfRule(
        Kind.RANGE,
        _("Range"),
        _("A value lies between a smallest and a largest."),
        (_MIN, _MAX),
        _bounds,
        reads_store=False,
    ),
    KindOfRule(
        Kind.RATIO,
        _("Ratio"),
        _("One figure divided by another lies between a smallest and a largest."),
        (
            Parameter("of", Shape.SELECTION, _("Figure"), _("As SEX: F, or several: SEX: F, AGE: _T."), required=True),
            Parameter("to", Shape.SELECTION, _("Divided by"), _("The same dimensions, as SEX: M."), required=True),
            _MIN,
            _MAX,
        ),
        _ratio,
    ),
    KindOfRule(
        Kind.PARTS,
        _("Sum of parts"),
        _("The parts of a breakdown add up to its total. Checked where every part is there."),
        (*_BREAKDOWN, *_TOLERANCE),
        _breakdown,
    ),
    KindOfRule(
        Kind.WITHIN_PARTS,
        _("Total within its parts"),
        _(
            "For rates and averages: the total lies between its lowest and its highest part. "
            "Checked where every part is there."
        ),
        (*_BREAKDOWN, *_TOLERANCE),
        _breakdown,
    ),
    KindOfRule(
        Kind.GROWTH,
        _("Growth"),
        _("A value does not rise or fall too much against the previous one of its series."),
        (
            Parameter("rise", Shape.NUMBER, _("Largest rise, in per cent"), least=0),
            Parameter("fall", Shape.NUMBER, _("Largest fall, in per cent"), least=0),
            _IGNORE,
        ),
        _rise_or_fall,
    ),
    KindOfRule(
        Kind.OUTLIER,
        _("Outlier"),
        _("A value is not far from the others of its series, by its robust z-score (median and MAD)."),
        (
            Parameter(
                "of",
                Shape.CHOICE,
                _("Looked at"),
                _("Levels suit figures that hold steady, changes suit those that grow or fall over the years."),
                default="change",
                choices=(("change", _("changes from one period to the next")), ("level", _("the values themselves"))),
            ),
            Parameter(
                "threshold",
                Shape.NUMBER,
                _("Largest z-score"),
                _("3.5 is usual; a larger one finds less."),
                default=3.5,
                least=0,
            ),
            Parameter(
                "least",
                Shape.WHOLE,
                _("From so many values on"),
                _("A shorter series has no usual behaviour to compare with."),
                default=8,
                least=4,
            ),
        ),
    ),
    KindOfRule(
        Kind.REVISION,
        _("Size of a revision"),
        _("A value does not differ too much from the one that is published for the same period."),
        (Parameter("percent", Shape.NUMBER, _("Largest change, in per cent"), required=True, least=0), _IGNORE),
    ),
    KindOfRule(
        Kind.SOURCE,
        _("Another source"),
        _("A value agrees with that of another dataflow for the same area and period."),
        (
            Parameter("other_dataflow", Shape.DATAFLOW, _("The other dataflow"), required=True),
            Parameter(
                "own",
                Shape.SELECTION,
                _("Figure of this dataflow"),
                _(
                    "As SERIES: SH_DYN_MORT, SEX: _T. What the other has not and is not named is taken "
                    "as not applicable (_Z)."
                ),
                required=True,
            ),
            Parameter(
                "other",
                Shape.SELECTION,
                _("Figure of the other"),
                _("As SERIES: SH.DYN.MORT. All other dimensions are matched by their codes."),
                required=True,
            ),
            *_TOLERANCE,
        ),
    ),
    KindOfRule(
        Kind.BETWEEN,
        _("Between figures"),
        _("One figure, or the sum of several, is equal to another, at most as large, or at least as large."),
        (
            Parameter(
                "left",
                Shape.SELECTIONS,
                _("This figure"),
                _("As SERIES: BIRTHS. A line for each one; several are added up."),
                required=True,
            ),
            Parameter(
                "sign",
                Shape.CHOICE,
                _("Is"),
                default="<=",
                choices=(("<=", _("at most")), ("=", _("equal to")), (">=", _("at least"))),
            ),
            Parameter("right", Shape.SELECTIONS, _("That figure"), _("The same dimensions."), required=True),
            *_TOLERANCE,
        ),
        _same_dimensions("left", "right"),
    ),
    KindOfRule(
        Kind.COMPLETENESS,
        _("Completeness"),
        _("Every state has a figure for every period. A status that says why there is none counts as one."),
        (
            Parameter("areas", Shape.CODES, _("States"), _("Their codes. Left empty: the member states of today.")),
            Parameter("first", Shape.WHOLE, _("First year"), required=True, least=1000),
            Parameter("latest", Shape.WHOLE, _("Latest year"), required=True, least=1000),
            Parameter(
                "frequency",
                Shape.CHOICE,
                _("A figure for each"),
                default="A",
                choices=(("A", _("year")), ("Q", _("quarter")), ("M", _("month"))),
            ),
            Parameter(
                "share",
                Shape.NUMBER,
                _("Enough is, in per cent"),
                _("Where at least so much of what is expected is there, nothing is said."),
                default=100.0,
                least=0,
            ),
        ),
        _years,
    ),
)

KINDS: Mapping[Kind, KindOfRule] = MappingProxyType({rule.kind: rule for rule in _RULES})
