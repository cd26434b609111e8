"""Every rule by name: how severe it is, what it says about a cell, what to do. The manual lists them all (tested)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adme.structures.problems import ERROR, INFORMATION, SEVERITY, WARNING

__all__ = ["RULES", "Rule", "severity_of"]

Words = str | Promise


@dataclass(frozen=True)
class Rule:
    """`words` are said of one value, `words_for_many` (else the same) of many different ones in a column.

    Both may name %(column)s, %(value)s, %(about)s and %(detail)s. Where `by_value` is false, different values are one
    finding; where `by_column` is false, different columns are.
    """

    id: str
    severity: str
    words: Words
    remedy: Words
    words_for_many: Words = ""
    by_value: bool = True
    by_column: bool = True


def _coding(rule: str, words: Words, remedy: Words, *, many: Words = "", by_value: bool = True) -> Rule:
    return Rule(rule, SEVERITY[rule], words, remedy, many, by_value)


_MAPPING = [
    _coding(
        "mapping.component-unknown",
        _("The mapping fills “%(value)s”, which %(about)s does not have."),
        _("Choose a dimension or attribute of the structure."),
    ),
    _coding(
        "mapping.component-unfilled",
        _("Nothing fills the dimension %(value)s (%(about)s)."),
        _("Say which column holds it, or give one code for every row."),
    ),
    _coding(
        "mapping.component-filled-twice",
        _("“%(value)s” is filled more than once."),
        _("Keep one column or constant for it, and ignore the others with a reason."),
    ),
    _coding(
        "mapping.code-unknown",
        _("The mapping names “%(value)s”, which is not a code of %(about)s (%(detail)s)."),
        _("Choose a code of the list, or have the code added to it."),
    ),
    _coding(
        "mapping.scheme-unknown",
        _("No code of %(about)s says how it is written as “%(value)s”."),
        _("Choose another way of writing, or list the values with their codes."),
    ),
    _coding(
        "mapping.no-time",
        _("The mapping must say exactly once where the time (%(value)s) stands."),
        _("Name one column as time, or say that periods stand in the heading."),
    ),
    _coding(
        "mapping.no-value",
        _("The mapping must say where the value (%(value)s) stands."),
        _("Name one column as value, or several with the same dimensions, or say that periods stand in the heading."),
    ),
    _coding(
        "column.missing",
        _("The file has no column “%(column)s”, which the mapping reads as %(about)s."),
        _("Look whether the heading is spelt differently or stands in another row; then correct the mapping."),
    ),
    _coding(
        "column.unlisted",
        _("The mapping says nothing about the column “%(column)s”: it is not taken in."),
        _("Say what it is, or list it as ignored with the reason."),
    ),
]

_CELLS = [
    _coding(
        "structure.other",
        _("“%(value)s” is not the dataflow that this file is brought in for."),
        _("Choose the dataflow that the file names, or correct the column."),
    ),
    _coding(
        "action.unknown",
        _("“%(value)s” is not an action."),
        _("Write I, A, M or R for values that hold now, D for values to be deleted."),
    ),
    _coding(
        "message.overlaps",
        _("%(value)s rows that leave dimensions open may speak of one observation; up to %(detail)s are read."),
        _("Say what belongs together in one row, or send several messages."),
    ),
    _coding(
        "code.unknown",
        _("“%(value)s” is not a code of %(about)s."),
        _("Correct it in the file, say in the mapping which code it means, or have the code added to the list."),
        many=_("Many values of “%(column)s” are not codes of %(about)s."),
    ),
    _coding(
        "code.empty",
        _("The cell is empty, and nothing says which code of %(about)s that means."),
        _("Fill it in, or say in the mapping which code stands for an empty cell."),
    ),
    _coding(
        "packed.unreadable",
        _("“%(value)s” has no “%(about)s” between a name and a value."),
        _("Write name and value as in the other cells, or correct the marks in the mapping."),
    ),
    _coding(
        "packed.name-unknown",
        _("The mapping does not say what “%(about)s” is."),
        _("Add the name to the mapping of this column."),
    ),
    _coding("packed.name-twice", _("“%(about)s” stands twice in one cell."), _("Keep one of them in the file.")),
    _coding(
        "attribute.empty",
        _("%(about)s is required and is empty."),
        _("Fill it in, give one value for every row, or a unit for each indicator."),
    ),
    _coding(
        "attribute.several",
        _("“%(value)s” holds several values, or a text in several languages, for %(about)s."),
        _("One value of each attribute is kept: send one, or leave the others out."),
    ),
    _coding("period.empty", _("The period is empty."), _("Fill in the period.")),
    _coding(
        "period.unreadable",
        _("“%(value)s” is not a period."),
        _("Write 2024, 2024-Q1, 2024-03, 2024-W05 or 2024-03-31; declare the digits if they are not 0–9."),
        many=_("Many values of “%(column)s” are not periods."),
    ),
    _coding(
        "period.calendar",
        _("“%(value)s” looks like a year of another calendar than the one declared."),
        _("Declare in the mapping by which calendar years are counted: gregorian (2024) or buddhist (2567)."),
        by_value=False,
    ),
    _coding(
        "value.empty",
        _("The value is empty, and no status says why."),
        _("Fill it in, give a status for missing values, or say in the mapping what an empty value means."),
    ),
    _coding(
        "value.not-a-number",
        _("“%(value)s” is not a number."),
        _("Correct it, or say in the mapping which observation status this text means."),
        many=_("Many values of “%(column)s” are not numbers."),
    ),
    _coding(
        "value.ambiguous",
        _("“%(value)s” can be read as more than one number."),
        _("Declare in the mapping which mark is the decimal mark and which separates thousands."),
        by_value=False,
    ),
    _coding(
        "value.undeclared-mark",
        _("“%(value)s” uses a mark that the mapping does not declare."),
        _("Declare the decimal mark and the mark between thousands."),
        by_value=False,
    ),
    _coding(
        "value.undeclared-digits",
        _("“%(value)s” has digits of a script that the mapping does not declare."),
        _("Declare which script the digits are in."),
        by_value=False,
    ),
    _coding(
        "value.mixed-digits",
        _("“%(value)s” mixes digits of two scripts."),
        _("Look at the cell: this is more often a slip than a number."),
        by_value=False,
    ),
    _coding(
        "value.not-finite",
        _("“%(value)s” is not a finite number."),
        _("Leave the value empty and give a status, or correct it."),
    ),
    _coding(
        "value.out-of-range",
        _("“%(value)s” is too large or too small to be kept."),
        _("Give it in another unit, as millions."),
        by_value=False,
    ),
    _coding(
        "value.qualifier",
        _("“%(value)s” has a mark before the number that the mapping does not allow."),
        _("Allow the mark in the mapping if it belongs to the value, as in <5; else correct the cell."),
        by_value=False,
    ),
]

_CHECKS = [
    Rule(
        "file.empty",
        ERROR,
        _("The file holds no rows of data."),
        _("Look whether the right sheet and heading were chosen."),
    ),
    Rule(
        "duplicate.contradicts",
        ERROR,
        _("The same key and period stand more than once with different values (%(value)s)."),
        _("Keep the right one in the file. None of them is taken in."),
        by_value=False,
    ),
    Rule(
        "duplicate.same",
        WARNING,
        _("The same key, period and value stand more than once (%(value)s)."),
        _("Nothing is lost: one of them is taken in."),
        by_value=False,
    ),
    Rule(
        "value.missing-unexplained",
        ERROR,
        _("There is no value, and the status “%(value)s” does not say why."),
        _("Give a status for missing values (O, M, L, Q, H), or the value."),
    ),
    Rule(
        "status.says-missing",
        WARNING,
        _("The status “%(detail)s” says that there is no value, but there is one (%(value)s)."),
        _("Correct the status or the value."),
        by_value=False,
    ),
    Rule(
        "value.too-precise",
        INFORMATION,
        _("%(value)s has more digits than a measurement has."),
        _("Nothing needs to be done: it is kept as delivered."),
        by_value=False,
    ),
    Rule(
        "value.too-large",
        WARNING,
        _("%(value)s is so large that its last digits cannot be told apart."),
        _("Look whether the unit is right; large amounts are better given in millions."),
        by_value=False,
    ),
    Rule(
        "value.jump",
        WARNING,
        _("%(value)s is very far from what this series has had so far (about %(detail)s)."),
        _("Look whether the unit has changed, or a decimal mark was lost."),
        by_value=False,
    ),
    Rule(
        "period.implausible",
        WARNING,
        _("%(value)s is an unlikely year for a figure."),
        _("Look whether the year is right."),
        by_value=False,
    ),
    Rule(
        "code.no-longer-used",
        WARNING,
        _("“%(value)s” of %(about)s is no longer used."),
        _("Look in the code list for what takes its place; figures of the past may stay under it."),
    ),
    Rule(
        "constraint.outside",
        ERROR,
        _("%(value)s is not among what %(about)s allows."),
        _("Deliver only what the dataflow is for, or have the constraint changed by a new version."),
        _("%(value)s and others are not among what %(about)s allows."),
        by_value=False,
    ),
    Rule(
        "period.frequency",
        ERROR,
        _("%(value)s is not a period of frequency %(detail)s."),
        _("Correct the frequency or the period."),
        by_value=False,
    ),
    Rule(
        "unit.differs",
        WARNING,
        _("The unit is %(value)s, but the register says %(detail)s for %(about)s."),
        _("Look whether the figures are in another unit than before; if the register is wrong, correct it there."),
    ),
    Rule(
        "combination.mixed",
        INFORMATION,
        _("%(value)s has figures both with and without a code of %(about)s."),
        _("If those without are totals, the code for a total says so."),
        by_value=False,
    ),
    Rule(
        "series.new",
        INFORMATION,
        _("This combination of codes has no figures yet (%(value)s)."),
        _("Look whether the codes are right; if they are, a new series begins."),
        by_value=False,
    ),
    Rule(
        "rule.unfit",
        WARNING,
        _("The validation rule “%(value)s” was not held against the figures: %(detail)s"),
        _("A code or dataflow that it names is no longer there. Tell whoever maintains the rules."),
    ),
    Rule(
        "coverage.shrank",
        WARNING,
        _("%(value)s had figures for %(detail)s, and this file has none for them."),
        _("What is stored stays as it is. Look whether rows were left out by mistake."),
        _("Many indicators have fewer areas in this file than are stored."),
    ),
]

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in (*_MAPPING, *_CELLS, *_CHECKS)})


def severity_of(rule: str) -> str:
    """How severe a rule is."""
    return RULES[rule].severity
