"""What is not the same between an artefact that is kept and one of a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from adme.lib.sdmx_messages.artefacts import ItemScheme, Structure


def differing_items(there: ItemScheme, new: ItemScheme) -> list[str]:
    """Ids of items that are not the same; a part of a list is the same as the whole where its items are."""
    known: Mapping[str, Any] = there.item
    shown = set(new.item)
    found = []
    for one in new.items:
        same = known.get(one.id)
        if same is not None and new.partial and same.parent not in shown:
            same = replace(same, parent="")
        if same != one:
            found.append(one.id)
    missing = [] if new.partial else [one.id for one in there.items if one.id not in shown]
    moved = [] if new.partial or [one.id for one in there.items] == [one.id for one in new.items] else [_("order")]
    return found + missing or moved


def differing_components(there: Structure, new: Structure) -> list[str]:
    pairs = dict.fromkeys([one.id for one in (*there.components, *new.components)])
    known, shown = ({one.id: one for one in structure.components} for structure in (there, new))
    found = [name for name in pairs if known.get(name) != shown.get(name)]
    return found or ([] if there.components == new.components else [_("order")])
