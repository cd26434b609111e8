"""What a validation rule says, as one frozen value: read from a form or a file, held against a structure. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from adme.lib.texts import Text
from adme.quality.errors import Fault, RuleRefused
from adme.quality.kinds import KINDS, Kind, Parameter, Shape
from adme.structures.problems import ERROR, INFORMATION, WARNING
from adme.structures.structure_view import StructureView

__all__ = ["NAME", "RuleDeclaration", "content_of", "declared", "misfits", "scope_in"]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""Never with a point, so that no validation rule is called like a built-in check."""
LONGEST_NAME = 80
NOT_APPLICABLE = "_Z"
"""The code that SDMX has for a dimension that says nothing of a figure."""
LONGEST_TEXT = 1_000
SEVERITIES = (ERROR, WARNING, INFORMATION)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_MOST_CODES = 2_000


@dataclass(frozen=True)
class RuleDeclaration:
    """`scope` limits a rule to codes of dimensions or attributes; `parameters` are those of its kind, as in KINDS.

    `dataflow` is a reference such as ASEAN:DF_UN_SDG(1.0.0). `text` is what the author says to whoever meets a finding.
    """

    name: str
    kind: Kind
    dataflow: str
    severity: str = WARNING
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    text: Text = field(default_factory=dict)


def content_of(declaration: RuleDeclaration) -> dict[str, Any]:
    """All but the name, as plain JSON: what versions keep and `declared` reads back."""
    return {
        "kind": declaration.kind.value,
        "dataflow": declaration.dataflow,
        "severity": declaration.severity,
        "scope": {name: list(codes) for name, codes in declaration.scope.items()},
        **declaration.parameters,
        "text": dict(declaration.text),
    }


def declared(name: str, content: Mapping[str, Any]) -> RuleDeclaration:
    """The rule that a form, a file or a stored version tells of. RuleRefused with every fault that can be seen.

    Values may be of their own type or texts as people write them ("SEX: F, AGE: _T"); parameters that are left empty
    take their defaults.
    """
    faults: list[Fault] = []
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        faults.append(Fault("name", _("Small letters, digits and hyphens, as in percentages-within-bounds.")))
    kind = str(content.get("kind", ""))
    if kind not in set(Kind):
        raise RuleRefused([*faults, Fault("kind", _("Choose a kind: %s.") % ", ".join(Kind))], name=name)
    severity = str(content.get("severity") or WARNING)
    if severity not in SEVERITIES:
        faults.append(Fault("severity", _("Write error, warning or information.")))
    dataflow = str(content.get("dataflow") or "")
    if not dataflow:
        faults.append(Fault("dataflow", _("Name the dataflow.")))
    scope = _careful("scope", lambda: scope_in(content.get("scope") or {}), {}, faults)
    text = _careful("text", lambda: _text_in(content.get("text") or {}), {}, faults)
    parameters = _parameters(Kind(kind), content, faults)
    if faults:
        raise RuleRefused(faults, name=name)
    return RuleDeclaration(name, Kind(kind), dataflow, severity, scope, parameters, text)


def _careful(name: str, read: Callable[[], Any], otherwise: Any, faults: list[Fault]) -> Any:
    try:
        return read()
    except ValueError as fault:
        faults.append(Fault(name, str(fault)))
        return otherwise


def _parameters(kind: Kind, content: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    known = {"kind", "dataflow", "severity", "scope", "text", "state"} | {one.name for one in KINDS[kind].parameters}
    faults += [Fault(name, _("A rule of this kind has no such part.")) for name in content if name not in known]
    found: dict[str, Any] = {}
    before = len(faults)
    for parameter in KINDS[kind].parameters:
        key = parameter.name
        given = content.get(key)
        if given is None or given == "" or given == [] or given == {}:
            if parameter.required:
                faults.append(Fault(key, _("This is needed.")))
            elif parameter.default is not None:
                found[key] = parameter.default
            continue
        value = _careful(key, lambda one=parameter, text=given: _read(one, text), None, faults)  # type: ignore[misc]
        if value is not None:
            found[key] = value
    if len(faults) == before and (words := KINDS[kind].refused(found)):
        faults.append(Fault("", str(words)))
    return found


# --- one value ------------------------------------------------------------------------------------


def _read(parameter: Parameter, given: Any) -> Any:
    if parameter.shape in (Shape.NUMBER, Shape.WHOLE):
        return _number_in(parameter, given)
    if parameter.shape is Shape.CODES:
        return _codes_in(given)
    if parameter.shape is Shape.SELECTION:
        return _selection_in(given)
    if parameter.shape is Shape.SELECTIONS:
        return _selections_in(given)
    text = str(given).strip()
    if parameter.shape is Shape.CHOICE and text not in dict(parameter.choices):
        raise ValueError(_("Write one of: %s.") % ", ".join(name for name, _label in parameter.choices))
    return text


def _number_in(parameter: Parameter, given: Any) -> float | int:
    text = repr(given) if isinstance(given, float) else str(given).strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(_("“%s” is not a number; write it as 12.5.") % text[:50])
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(_("This number is too large."))
    if parameter.least is not None and number < parameter.least:
        raise ValueError(_("At least %s is needed.") % f"{parameter.least:g}")
    if parameter.shape is not Shape.WHOLE:
        return number
    if number != int(number) or number > 9999:
        raise ValueError(_("A whole number is needed."))
    return int(number)


def _codes_in(given: Any) -> list[str]:
    words = [str(one) for one in given] if isinstance(given, Sequence) and not isinstance(given, str) else None
    found = words if words is not None else re.split(r"[,;\s]+", str(given))
    codes = list(dict.fromkeys(word.strip() for word in found if word.strip()))
    if len(codes) > _MOST_CODES:
        raise ValueError(_("At most %d codes can be named.") % _MOST_CODES)
    return codes


def _selection_in(given: Any) -> dict[str, str]:
    """`{SEX: F}`, or the text “SEX: F, AGE: _T”."""
    if isinstance(given, Mapping):
        pairs = [(str(name).strip(), str(code).strip()) for name, code in given.items()]
    else:
        pairs = [_pair_in(part) for part in re.split(r"[,;\n]+", str(given)) if part.strip()]
    if not pairs or not all(name and code for name, code in pairs):
        raise ValueError(_("Write dimension and code, as in SEX: F."))
    if len(dict(pairs)) < len(pairs):
        raise ValueError(_("A dimension is named twice."))
    return dict(pairs)


def _selections_in(given: Any) -> list[dict[str, str]]:
    if isinstance(given, Mapping):
        return [_selection_in(given)]
    lines = given if isinstance(given, Sequence) and not isinstance(given, str) else str(given).splitlines()
    found = [_selection_in(line) for line in lines if isinstance(line, Mapping) or str(line).strip()]
    if not found:
        raise ValueError(_("Write dimension and code, as in SEX: F."))
    return found


def _pair_in(part: str) -> tuple[str, str]:
    name, mark, code = part.partition(":" if ":" in part else "=")
    if not mark:
        raise ValueError(_("“%s” is not of the form SEX: F.") % part.strip()[:50])
    return name.strip(), code.strip()


def scope_in(given: Any) -> dict[str, tuple[str, ...]]:
    """`{SEX: [F, M]}`, or a text with a line for each dimension: “SEX: F, M”. ValueError."""
    if isinstance(given, Mapping):
        found = {str(name).strip(): tuple(_codes_in(codes)) for name, codes in given.items()}
    else:
        pairs = [_pair_in(line) for line in str(given).splitlines() if line.strip()]
        if len({name for name, _codes in pairs}) < len(pairs):
            raise ValueError(_("A dimension is named twice."))
        found = {name: tuple(_codes_in(codes)) for name, codes in pairs}
    if not all(found.values()):
        raise ValueError(_("Name at least one code for each dimension, as in SEX: F, M."))
    return found


def _text_in(given: Any) -> Text:
    if not isinstance(given, Mapping):
        return {"en": str(given).strip()[:LONGEST_TEXT]}
    found = {str(language): str(words).strip() for language, words in given.items() if str(words).strip()}
    if any(not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", language) for language in found):
        raise ValueError(_("Name the language by its code, as in en."))
    if any(len(words) > LONGEST_TEXT for words in found.values()):
        raise ValueError(_("The text is too long."))
    return found


# --- against a structure --------------------------------------------------------------------------


def misfits(declaration: RuleDeclaration, structure: StructureView, other: StructureView | None = None) -> list[Fault]:
    """Every dimension and code that the structures do not have. `other` is that of a second dataflow."""
    faults = [fault for name, codes in declaration.scope.items() for fault in _in_scope(name, codes, structure)]
    for parameter in KINDS[declaration.kind].parameters:
        given = declaration.parameters.get(parameter.name)
        if given is None:
            continue
        against = other if parameter.name == "other" and other is not None else structure
        faults += _of_parameter(parameter, given, against, declaration)
    if not faults and declaration.kind is Kind.SOURCE and other is not None:
        faults += _unmatched(declaration, structure, other)
    return faults


def _in_scope(name: str, codes: tuple[str, ...], structure: StructureView) -> list[Fault]:
    if name in structure.dimension:
        return _unknown_codes("scope", codes, name, structure)
    attribute = structure.attribute.get(name)
    if attribute is None:
        return [Fault("scope", _("“%s” is neither a dimension nor an attribute.") % name)]
    if attribute.code_list is None:
        return []
    return [_no_code("scope", code, name) for code in codes if code not in attribute.code_list.codes]


def _of_parameter(
    parameter: Parameter, given: Any, structure: StructureView, declaration: RuleDeclaration
) -> list[Fault]:
    if parameter.shape is Shape.SELECTION:
        return _of_selection(parameter.name, given, structure)
    if parameter.shape is Shape.SELECTIONS:
        return [fault for one in given for fault in _of_selection(parameter.name, one, structure)]
    if parameter.shape is Shape.DIMENSION:
        return [] if given in structure.dimension else [_no_dimension(parameter.name, given)]
    if parameter.shape in (Shape.CODE, Shape.CODES):
        dimension = declaration.parameters.get("dimension", structure.area_dimension)
        codes = [given] if isinstance(given, str) else given
        return _unknown_codes(parameter.name, codes, dimension, structure) if dimension in structure.dimension else []
    return []


def _of_selection(where: str, selection: Mapping[str, str], structure: StructureView) -> list[Fault]:
    faults = []
    for dimension, code in selection.items():
        if dimension not in structure.dimension:
            faults.append(_no_dimension(where, dimension))
        else:
            faults += _unknown_codes(where, [code], dimension, structure)
    return faults


def _unmatched(declaration: RuleDeclaration, structure: StructureView, other: StructureView) -> list[Fault]:
    """Dimensions that cannot be matched and have no code, given or “not applicable”."""
    fixed = {"own": set(declaration.parameters["own"]), "other": set(declaration.parameters["other"])}
    own, theirs = _left(structure, other) - fixed["own"], _left(other, structure) - fixed["other"]
    words = _("Give a code for %s: the other dataflow has nothing to match it by.")
    left = [("own", own - theirs), ("other", theirs - own)]
    return [Fault(where, words % ", ".join(sorted(names))) for where, names in left if names]


def _left(structure: StructureView, other: StructureView) -> set[str]:
    """The dimensions of a structure, but for those that the other has not and that may be not applicable."""
    return {one.id for one in structure.dimensions if one.id in other.dimension or NOT_APPLICABLE not in one.codes}


def _unknown_codes(where: str, codes: Sequence[str], dimension: str, structure: StructureView) -> list[Fault]:
    known = structure.dimension[dimension].codes
    return [_no_code(where, code, dimension) for code in codes if code not in known]


def _no_code(where: str, code: str, component: str) -> Fault:
    return Fault(where, _("“%(code)s” is not a code of %(name)s.") % {"code": code, "name": component})


def _no_dimension(where: str, name: str) -> Fault:
    return Fault(where, _("“%s” is not a dimension of the dataflow.") % name)
