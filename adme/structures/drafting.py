"""What the next version of an artefact is to say, as plain JSON, and every change that may be made.

Content is ``{"name": {…}, "description": {…}, "items": [{"id", "name", "description", "parent", "kind", "aliases",
"valid_to", "replaced_by"}]}``; `parent` and `replaced_by` are ids or "", `valid_to` is a date as text or "". A data
structure has no items but ``"components"``, each with the fields of `ComponentUse`; a dataflow has neither. A code list
that takes codes from others has its ``"extensions"``, and the items that come from there are marked ``"inherited"``
until they change. Every function gives new content and leaves the old as it was; StructureRefused or IdRefused for what
cannot be. What takes an item out makes a major version, which stands beside: numbers, files and links out in the world
name it.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from adme.lib.texts import Text
from adme.structures.errors import StructureRefused
from adme.structures.version_numbers import Level

Content = dict[str, Any]
ItemContent = dict[str, Any]

FIELDS: Mapping[str, Any] = {
    "name": {},
    "description": {},
    "parent": "",
    "kind": "",
    "aliases": {},
    "valid_to": "",
    "replaced_by": "",
}
"""Every field of an item besides its id, with what it is where nothing is said."""
TEXTS = frozenset({"name", "description"})


@dataclass(frozen=True)
class Change:
    """What a version does to one item: `fields` that differ, none for an item that is new."""

    item: str
    is_new: bool
    fields: tuple[str, ...] = ()

    @property
    def only_words(self) -> bool:
        """Whether nothing but names and descriptions differ."""
        return not self.is_new and set(self.fields) <= TEXTS


def item_of(item_id: str, **told: Any) -> ItemContent:
    """An item with every field."""
    return {"id": item_id, **copy.deepcopy(dict(FIELDS)), **told}


def find(content: Content, item_id: str) -> ItemContent:
    """The item; StructureRefused where there is none."""
    found = next((one for one in content["items"] if one["id"] == item_id), None)
    if found is None:
        raise StructureRefused(_("The list has no “%(code)s”.") % {"code": item_id})
    return dict(found)


def with_texts(content: Content, *, name: Text, description: Text) -> Content:
    """The same under another name."""
    return {**content, "name": name, "description": description}


def with_new(content: Content, item: ItemContent) -> Content:
    """With one item more, at the end."""
    if any(one["id"] == item["id"] for one in content["items"]):
        raise StructureRefused(_("A code stands twice in the list."), item["id"])
    return checked({**content, "items": [*content["items"], item]})


def without(content: Content, item_id: str) -> Content:
    """With one item less; what hangs under it or is replaced by it must have been given another place before."""
    if find(content, item_id).get("inherited"):
        raise StructureRefused(_("This code comes from another list."), item_id, _("Leave it out of what is taken."))
    below = sorted(one["id"] for one in content["items"] if item_id in (one["parent"], one["replaced_by"]))
    if below:
        raise StructureRefused(_("Others hang on this code."), ", ".join(below[:10]), _("Change them first."))
    return {**content, "items": [one for one in content["items"] if one["id"] != item_id]}


def with_attribute(content: Content, component: dict[str, Any]) -> Content:
    """With one attribute more, at the end; it may be left out of data, since data that are here have it not."""
    if any(one["id"] == component["id"] for one in content["components"]):
        raise StructureRefused(_("A component stands twice in the structure."), component["id"])
    return {**content, "components": [*content["components"], component]}


def with_changed(content: Content, item_id: str, **fields: Any) -> Content:
    """With other words, another parent or other marks on one item."""
    old = find(content, item_id)
    new = old | fields
    if new != old:
        new.pop("inherited", None)  # it is the list's own from here on
    return checked(_replaced(content, {item_id: new}))


def _replaced(content: Content, new: Mapping[str, ItemContent]) -> Content:
    return {**content, "items": [new.get(one["id"], one) for one in content["items"]]}


def moved(content: Content, item_id: str, step: int) -> Content:
    """With one item `step` places further down (up where negative) among those under the same parent."""
    item = find(content, item_id)
    items = list(content["items"])
    family = [place for place, one in enumerate(items) if one["parent"] == item["parent"]]
    here = next(at for at, place in enumerate(family) if items[place]["id"] == item_id)
    there = min(max(here + step, 0), len(family) - 1)
    items.insert(family[there], items.pop(family[here]))
    return {**content, "items": items}


def deprecated(content: Content, item_id: str, *, valid_to: dt.date, replaced_by: str = "") -> Content:
    """With a last day on one item, and the item to use from then on."""
    return with_changed(content, item_id, valid_to=valid_to.isoformat(), replaced_by=replaced_by)


def merged(content: Content, item_id: str, into: str, *, valid_to: dt.date) -> Content:
    """With one item given up for another: what hung under it hangs under the other, what other schemes call it now
    means the other, and it stays readable with its last day."""
    old, new = find(content, item_id), find(content, into)
    if item_id == into:
        raise StructureRefused(_("A code cannot be merged into itself."), item_id)
    if item_id in _above(content, into):
        raise StructureRefused(_("A code cannot be merged into one below it."), f"{into} → {item_id}")
    if new["valid_to"]:
        raise StructureRefused(_("A code that is no longer used cannot take another's place."), into)
    aliases = {scheme: list(texts) for scheme, texts in new["aliases"].items()}
    for scheme, texts in old["aliases"].items():
        there = aliases.setdefault(scheme, [])
        there += [text for text in texts if text not in there]
    changed = {one["id"]: one | {"parent": into} for one in content["items"] if one["parent"] == item_id}
    changed[into] = changed.get(into, new) | {"aliases": aliases}
    changed[item_id] = old | {"valid_to": valid_to.isoformat(), "replaced_by": into, "aliases": {}}
    before = {one["id"]: one for one in content["items"]}
    for one in changed.values():
        if one != before[one["id"]]:
            one.pop("inherited", None)  # it is the list's own from here on
    return checked(_replaced(content, changed))


def checked(content: Content) -> Content:
    """The content itself, where it holds together; StructureRefused."""
    items = {one["id"]: one for one in content["items"]}
    unknown = sorted({one["parent"] for one in items.values()} - items.keys() - {""})
    if unknown:
        raise StructureRefused(_("A parent is not a code of the list."), ", ".join(unknown))
    for one in items.values():
        _check_replacement(one, items)
    ring = _ring({item_id: one["parent"] for item_id, one in items.items()})
    if ring:
        raise StructureRefused(_("A code cannot be its own ancestor."), ring)
    return content


def _ring(parents: Mapping[str, str]) -> str:
    """An item that stands above itself; "" where none does. Each is looked at once."""
    safe = {""}
    for item_id in parents:
        way: set[str] = set()
        here = item_id
        while here not in safe and here not in way:
            way.add(here)
            here = parents[here]
        if here in way:
            return here
        safe |= way
    return ""


def _check_replacement(one: ItemContent, items: Mapping[str, ItemContent]) -> None:
    other = one["replaced_by"]
    if not other:
        return
    if other not in items or other == one["id"]:
        raise StructureRefused(_("What replaces a code is another code of the list."), one["id"])
    if not one["valid_to"]:
        raise StructureRefused(_("A code that is replaced has a last day."), one["id"])
    if items[other]["replaced_by"] == one["id"]:
        raise StructureRefused(_("Two codes cannot replace each other."), f"{one['id']}, {other}")


def _above(content: Content, item_id: str) -> set[str]:
    """The ids above an item; with its own among them where the tree is a ring."""
    parents = {one["id"]: one["parent"] for one in content["items"]}
    found: set[str] = set()
    here = parents.get(item_id, "")
    while here and here not in found:
        found.add(here)
        here = parents.get(here, "")
    return found


def changes(before: Content, after: Content) -> list[Change]:
    """What `after` does to each item, in its order; an item under "" where only the texts of the whole differ."""
    there = {one["id"]: one for one in before["items"]}
    found = []
    for one in after["items"]:
        old = there.get(one["id"])
        differing = tuple(name for name in FIELDS if old is not None and old[name] != one[name])
        if old is None or differing:
            found.append(Change(one["id"], old is None, differing))
    return found


def level_of(before: Content, after: Content) -> Level:
    """How far `after` goes: a major step where something is taken out, a patch where nothing but words differ."""
    if lost(before, after):
        return "major"
    same_order = [one["id"] for one in before["items"]] == [one["id"] for one in after["items"]]
    only_words = same_order and all(one.only_words for one in changes(before, after))
    same = all(before.get(part) == after.get(part) for part in ("components", "extensions"))
    return "patch" if only_words and same else "minor"


def lost(before: Content, after: Content) -> list[str]:
    """Ids that `after` no longer has."""
    kept = {one["id"] for one in after["items"]}
    return [one["id"] for one in before["items"] if one["id"] not in kept]


def digest_of(content: Content) -> str:
    """SHA-256 of content in its canonical form."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
