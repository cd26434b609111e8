"""What a validation rule asks for, as sentences: the same on its page, beside its findings and in the report. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from adme.quality.declaration import RuleDeclaration
from adme.quality.kinds import Kind
from adme.structures.structure_view import CodeListView, StructureView

__all__ = ["explanation", "requirement", "scope_words"]

PER_CENT = frozenset({"PT", "PC", "PERCENT", "PERCENTAGE"})
"""Unit codes that say per cent; where a rule holds for one of them alone, its numbers are said with the unit."""
MOST_NAMED = 6
"""Codes named in a sentence; of more, only how many there are."""


def requirement(declaration: RuleDeclaration, structure: StructureView | None = None) -> str:
    """What must hold, in the active language; with `structure`, codes by their names."""
    return _SENTENCES[declaration.kind](_Words(declaration, structure))


def explanation(declaration: RuleDeclaration, structure: StructureView | None = None) -> str:
    """What must hold, and for which figures."""
    said, about = requirement(declaration, structure), scope_words(declaration, structure)
    return f"{said} {about}" if about else said


def scope_words(declaration: RuleDeclaration, structure: StructureView | None = None) -> str:
    """For which figures the rule holds; empty for all of the dataflow."""
    if not declaration.scope:
        return ""
    words = _Words(declaration, structure)
    parts = [f"{words.component(name)}: {words.codes(name, codes)}" for name, codes in declaration.scope.items()]
    return _("It holds for %s.") % "; ".join(parts)


class _Words:
    """A declaration with names for its codes."""

    def __init__(self, declaration: RuleDeclaration, structure: StructureView | None) -> None:
        self.given: Mapping[str, Any] = declaration.parameters
        self.structure = structure
        units = [code for codes in declaration.scope.values() for code in codes]
        self.unit = " " + _("per cent") if units and set(units) <= PER_CENT else ""

    def number(self, name: str) -> str:
        return f"{self.given[name]:.12g}"

    def component(self, name: str) -> str:
        if self.structure is None:
            return name
        named = self.structure.dimension.get(name) or self.structure.attribute.get(name)
        return named.title if named else name

    def codes(self, component: str, codes: Sequence[str]) -> str:
        if len(codes) > MOST_NAMED:
            return _("%d codes") % len(codes)
        return ", ".join(self.code(component, code) for code in codes)

    def code(self, component: str, code: str) -> str:
        known = self._list(component)
        title = known.title_of(code) if known else code
        return title if title == code else f"{title} ({code})"

    def _list(self, component: str) -> CodeListView | None:
        return self.structure.code_lists.get(component) if self.structure else None

    def selection(self, selection: Mapping[str, str]) -> str:
        return " · ".join(self.code(name, code) for name, code in selection.items())

    def sum_of(self, selections: Sequence[Mapping[str, str]]) -> str:
        return " + ".join(f"“{self.selection(one)}”" for one in selections)

    def bounds(self, between: str, least: str, most: str) -> str:
        low, high = self.given.get("min"), self.given.get("max")
        named = {
            "min": "" if low is None else self.number("min") + self.unit,
            "max": "" if high is None else self.number("max") + self.unit,
            "low": "" if low is None else self.number("min"),
        }
        if low is not None and high is not None:
            return between % named
        return (most if low is None else least) % named

    def tolerance(self) -> str:
        absolute, percent = self.given["tolerance"], self.given["tolerance_percent"]
        said = []
        if absolute:
            said.append(self.number("tolerance"))
        if percent:
            said.append(_("%s per cent") % self.number("tolerance_percent"))
        return " " + _("Differences of up to %s are allowed.") % _(" or ").join(said) if said else ""

    def ignored(self) -> str:
        if not self.given["ignore_below"]:
            return ""
        return " " + _("Changes of up to %s are passed over.") % self.number("ignore_below")


def _range(words: _Words) -> str:
    return words.bounds(
        _("The value must lie between %(low)s and %(max)s."),
        _("The value must be at least %(min)s."),
        _("The value must be at most %(max)s."),
    )


def _ratio(words: _Words) -> str:
    said = words.bounds(
        _("must lie between %(low)s and %(max)s."), _("must be at least %(min)s."), _("must be at most %(max)s.")
    )
    pair = (words.selection(words.given["of"]), words.selection(words.given["to"]))
    return _("“%s” divided by “%s”") % pair + f" {said}"


def _parts(words: _Words) -> str:
    return _broken_down(
        words,
        _("%(parts)s must add up to %(total)s."),
        _("By %(dimension)s, the codes below a total in the code list must add up to it."),
    )


def _within_parts(words: _Words) -> str:
    return _broken_down(
        words,
        _("%(total)s must lie between the lowest and the highest of %(parts)s."),
        _(
            "By %(dimension)s, a total must lie between the lowest and the highest of the codes "
            "below it in the code list."
        ),
    )


def _broken_down(words: _Words, named: str, by_list: str) -> str:
    dimension, given = words.given["dimension"], words.given
    title = words.component(dimension)
    if "total" not in given:
        return by_list % {"dimension": title} + words.tolerance()
    total = words.code(dimension, given["total"])
    parts = words.codes(dimension, given["parts"]) if "parts" in given else _("the codes below %s") % total
    return named % {"parts": f"{title}: {parts}", "total": f"“{total}”"} + words.tolerance()


def _growth(words: _Words) -> str:
    said = []
    if "rise" in words.given:
        said.append(_("rise by more than %s per cent") % words.number("rise"))
    if "fall" in words.given:
        said.append(_("fall by more than %s per cent") % words.number("fall"))
    return _("The value must not %s against the previous one of its series.") % _(" or ").join(said) + words.ignored()


def _outlier(words: _Words) -> str:
    named = {"threshold": words.number("threshold"), "least": words.given["least"]}
    if words.given["of"] == "level":
        said = _("The value must not be far from the others of its series (robust z-score of at most %(threshold)s).")
    else:
        said = _(
            "The change from the previous period must not be far from the other changes of its series "
            "(robust z-score of at most %(threshold)s)."
        )
    return said % named + " " + _("Looked at from %(least)s values on.") % named


def _revision(words: _Words) -> str:
    said = _("The value must not differ by more than %s per cent from the one published for the same period.")
    return said % words.number("percent") + words.ignored()


def _source(words: _Words) -> str:
    said = _("“%(own)s” must agree with “%(other)s” of %(dataflow)s for the same area and period.")
    named = {
        "own": words.selection(words.given["own"]),
        "other": " · ".join(words.given["other"].values()),
        "dataflow": words.given["other_dataflow"],
    }
    return said % named + words.tolerance()


def _between(words: _Words) -> str:
    signs = {"<=": _("must be at most"), "=": _("must be equal to"), ">=": _("must be at least")}
    left, right = words.sum_of(words.given["left"]), words.sum_of(words.given["right"])
    return f"{left} {signs[words.given['sign']]} {right}." + words.tolerance()


def _completeness(words: _Words) -> str:
    each = {"A": _("year"), "Q": _("quarter"), "M": _("month")}[words.given["frequency"]]
    areas = words.given.get("areas")
    who = _("Each of %d states") % len(areas) if areas else _("Every member state")
    said = _("%(who)s must have a figure for each %(each)s from %(first)s to %(latest)s.")
    named = {"who": who, "each": each, "first": words.given["first"], "latest": words.given["latest"]}
    share = words.given["share"]
    enough = " " + _("%s per cent of them are enough.") % words.number("share") if share < 100 else ""
    return said % named + enough


_SENTENCES: Mapping[Kind, Callable[[_Words], str]] = {
    Kind.RANGE: _range,
    Kind.RATIO: _ratio,
    Kind.PARTS: _parts,
    Kind.WITHIN_PARTS: _within_parts,
    Kind.GROWTH: _growth,
    Kind.OUTLIER: _outlier,
    Kind.REVISION: _revision,
    Kind.SOURCE: _source,
    Kind.BETWEEN: _between,
    Kind.COMPLETENESS: _completeness,
}
