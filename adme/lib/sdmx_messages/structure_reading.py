"""What the readers of structure messages have in common: what is kept, what is left out, what is refused.

Names are read in every language they have. What a message says and these artefacts cannot hold is refused by name, so
that nothing is kept under a name that means more elsewhere; what is only told in passing (annotations, formats of
texts, what is available) is left out, and the manual lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from adme.lib.sdmx_messages.artefacts import (
    REPLACED_BY,
    VALID_TO,
    Artefacts,
    ComponentUse,
    Extension,
    Member,
    Structure,
)

_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}")
_UNVERSIONED = ("AgencyScheme", "Agency", "DataProviderScheme", "DataProvider", "Categorisation")


class NotReadable(ValueError):
    """The file is no structure message, or one that says what cannot be kept; the text says what and where."""


@dataclass(frozen=True)
class Reading:
    """What a message holds, and the kinds in it that are not kept (their words in the standard)."""

    artefacts: Artefacts
    left_out: tuple[str, ...] = ()


def version_of(text: str) -> str:
    """A version in three parts: 2.1 is kept as 2.1.0. NotReadable for one that is a draft or a wildcard."""
    if not _VERSION.fullmatch(text):
        raise NotReadable(f"“{text}” is no version that can be kept: drafts and wildcards cannot.")
    return ".".join([*text.split("."), "0", "0"][:3])


def reference(urn: str) -> str:
    """A URN with its version in three parts, so that it names what is kept."""
    path, equals, name = urn.strip().rpartition("=")
    owner, bracket, rest = name.partition("(")
    version, end, item = rest.partition(")")
    if not (path.startswith("urn:sdmx:org.sdmx.infomodel.") and equals and bracket and end):
        raise NotReadable(f"“{urn}” is no URN of an artefact.")
    if path.rpartition(".")[2] in _UNVERSIONED:
        return f"{path}={owner}(1.0){item}"
    return f"{path}={owner}({version_of(version)}){item}"


def texts(found: Mapping[str, str], own_id: str) -> dict[str, str]:
    """Language → words; a name that only repeats the id is none."""
    said = {language: words for language, words in found.items() if words}
    return {} if set(said.values()) == {own_id} and len(said) == 1 else said


def marks_of(annotations: Mapping[str, str]) -> dict[str, str]:
    """What the annotations of an item say of its use, as fields of Item; other annotations are left out."""
    told = {"valid_to": annotations.get(VALID_TO, ""), "replaced_by": annotations.get(REPLACED_BY, "")}
    return {name: words for name, words in told.items() if words}


def extension(code_list: str, prefix: str, members: Iterable[tuple[str, str]], *, include: bool) -> Extension:
    """From where else a code list takes codes; members are a value with how far it goes down, as messages write it."""
    found = []
    for value, cascade in members:
        far = "" if cascade in ("", "false") else cascade
        if far not in ("", "true", "excluderoot"):
            raise NotReadable(f"“{cascade}” does not say how far {value} goes down.")
        if "%" in value.removesuffix("%") or (far and "%" in value):
            raise NotReadable(f"“{value}” cannot be kept here: % stands at the end, and without cascading values.")
        found.append(Member(value, far))  # type: ignore[arg-type]
    if len({one.value for one in found}) != len(found):
        raise NotReadable("An extension names a code twice.")
    # Not every format keeps the order between the two, and none gives it a meaning.
    found.sort(key=lambda one: one.value.endswith("%"))
    return Extension(code_list, prefix, tuple(found), include=include or not found)


def word(said: object) -> str:
    """A text; NotReadable for anything else that JSON can hold in its place."""
    if not isinstance(said, str):
        raise NotReadable(f"“{str(said)[:40]}” is no text.")
    return said


def refuse(own_id: str, strange: Mapping[str, bool]) -> None:
    """NotReadable where an artefact has any of what is named; True says that it has."""
    found = sorted(name for name, there in strange.items() if there)
    if found:
        raise NotReadable(f"{own_id} has {' and '.join(found)}, which cannot be kept here.")


def with_lists_of_concepts(structures: Iterable[Structure], lists: Mapping[str, str]) -> tuple[Structure, ...]:
    """The structures, whose components without a representation of their own take that of their concept.

    `lists` is URN of a concept → URN of its code list. A component that waits for it has the code list "?".
    """

    def settled(use: ComponentUse) -> ComponentUse:
        return replace(use, code_list=lists.get(use.concept, "")) if use.code_list == CONCEPT else use

    return tuple(
        replace(structure, components=tuple(settled(use) for use in structure.components)) for structure in structures
    )


CONCEPT = "?"
"""In place of a code list: the component says nothing, its concept does."""


def attached(name: str, where: str, dimensions: Iterable[str], all_dimensions: Iterable[str]) -> bool:
    """Whether an attribute is of the series (True) or of the observation. `where` is how the message says it, in small
    letters: observation, dimensions, or anything else, which is refused."""
    if where == "observation":
        return False
    if where == "dimensions" and set(dimensions) == set(all_dimensions):
        return True
    raise NotReadable(
        f"The attribute {name} is attached to {where if where != 'dimensions' else 'some of the dimensions'}. "
        "Here an attribute belongs to the series or to the observation."
    )
