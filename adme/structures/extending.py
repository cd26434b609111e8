"""Code lists that take codes from others: which codes they have in the end.

Method: SDMX 3.0 information model, extended code lists. The codes of each extended list that are selected, with its
prefix, one list after the other; of two with the same id the later takes the earlier one's place, and a code of the
list's own every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from adme.lib.sdmx_messages.artefacts import Extension, Member
from adme.structures.drafting import ItemContent
from adme.structures.errors import StructureRefused

TOLD = 10
WILD = "%"


def resolved(
    own: Iterable[ItemContent], extensions: Iterable[Extension], items_of: Callable[[str], list[ItemContent]]
) -> list[ItemContent]:
    """Items as in a draft: those taken from others first and marked `inherited`, then the list's own.

    `items_of` gives the items of a list by its URN. StructureRefused for a selection of codes that do not exist.
    """
    found: dict[str, ItemContent] = {}
    for one in extensions:
        for item in _taken(items_of(one.code_list), one):
            found.pop(item["id"], None)
            found[item["id"]] = item
    mine = list(own)
    for item in mine:
        found.pop(item["id"], None)
    return [*found.values(), *mine]


def _taken(items: list[ItemContent], extension: Extension) -> list[ItemContent]:
    """The items that an extension selects, under their names here."""
    known = {one["id"]: one for one in items}
    named = _named(known, extension.members)
    kept = named if extension.include and extension.members else known.keys() - named
    here = {item_id: extension.prefix + item_id for item_id in kept}
    return [
        one
        | {
            "id": here[one["id"]],
            "parent": here.get(one["parent"], ""),
            "replaced_by": here.get(one["replaced_by"], ""),
            "inherited": True,
        }
        for one in items
        if one["id"] in kept
    ]


def _named(known: Mapping[str, ItemContent], members: Iterable[Member]) -> set[str]:
    """The ids that members name, with those below them where they say so."""
    below: dict[str, list[str]] = {}
    for one in known.values():
        below.setdefault(one["parent"], []).append(one["id"])
    found: set[str] = set()
    missing = []
    for member in members:
        if member.value.endswith(WILD):
            found |= {item_id for item_id in known if item_id.startswith(member.value.removesuffix(WILD))}
        elif member.value not in known:
            missing.append(member.value)
        else:
            found |= {member.value} if member.cascade != "excluderoot" else set()
            found |= set(_under(member.value, below)) if member.cascade else set()
    if missing:
        raise StructureRefused(_("An extension names codes that do not exist."), ", ".join(sorted(missing)[:TOLD]))
    return found


def _under(item_id: str, below: Mapping[str, list[str]]) -> Iterable[str]:
    waiting = list(below.get(item_id, ()))
    while waiting:
        here = waiting.pop()
        yield here
        waiting += below.get(here, ())
