"""Changing the tables of a draft: records of one part, its place in the tree, splitting and merging with history. Pure.

Every function returns new tables and leaves the given ones alone; whether they make a framework, `reading` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from adme.frameworks.errors import NotChangeable, UnknownFramework
from adme.frameworks.sections import Record, Tables

Records = dict[str, list[Record]]

OF_PART: Final = ("kpis", "aims", "series", "breaks", "stages", "comparability")
"""Sections whose rows belong to a part."""


def copied(tables: Tables) -> Tables:
    """The same tables, to be changed."""
    return {section: [dict(record) for record in records] for section, records in tables.items()}


def part_of(tables: Tables, uid: str) -> Record:
    """The row of a part. UnknownFramework where there is none."""
    found = next((record for record in tables.get("parts", []) if record.get("part") == uid), None)
    if found is None:
        raise UnknownFramework(uid)
    return found


def records_of(tables: Tables, uid: str) -> dict[str, list[Record]]:
    """The rows that belong to a part, by section."""
    found = {"parts": [part_of(tables, uid)]}
    for section in OF_PART:
        found[section] = [record for record in tables.get(section, []) if record.get("part") == uid]
    return found


def with_records(tables: Tables, uid: str, records: Mapping[str, Sequence[Record]]) -> Tables:
    """The tables with other rows for a part, each where the old ones stood. The part keeps its id."""
    made = copied(tables)
    for section, rows in records.items():
        wanted = [{**row, "part": uid} for row in rows]
        old = made.get(section, [])
        place = next((n for n, record in enumerate(old) if record.get("part") == uid), len(old))
        kept = [record for record in old if record.get("part") != uid]
        made[section] = [*kept[:place], *wanted, *kept[place:]]
    return made


def moved_under(tables: Tables, uid: str, under: str) -> Tables:
    """The part with all that hangs under it, at the end below another part (or at the top)."""
    made = copied(tables)
    family = _family(made, uid)
    if under in family:
        raise NotChangeable(_("A part cannot hang under itself."))
    if under:
        part_of(made, under)
    part_of(made, uid)["under"] = under
    moving = [record for record in made["parts"] if record["part"] in family]
    rest = [record for record in made["parts"] if record["part"] not in family]
    target = _family({"parts": rest}, under) if under else set()
    last = max((n for n, record in enumerate(rest) if record["part"] in target), default=len(rest) - 1)
    made["parts"] = [*rest[: last + 1], *moving, *rest[last + 1 :]]
    return made


def moved_by(tables: Tables, uid: str, places: int) -> Tables:
    """The part moved among its siblings: -1 is one up, 1 one down. At the end nothing happens."""
    made = copied(tables)
    under = part_of(made, uid).get("under", "")
    siblings = [record["part"] for record in made["parts"] if record.get("under", "") == under]
    here = siblings.index(uid)
    there = here + places
    if not 0 <= there < len(siblings):
        return made
    siblings[here], siblings[there] = siblings[there], siblings[here]
    blocks = {sibling: _family(made, sibling) for sibling in siblings}
    rows = {sibling: [r for r in made["parts"] if r["part"] in block] for sibling, block in blocks.items()}
    inside = {name for block in blocks.values() for name in block}
    first = next(n for n, record in enumerate(made["parts"]) if record["part"] in inside)
    rest = [record for record in made["parts"] if record["part"] not in inside]
    made["parts"] = [*rest[:first], *(row for sibling in siblings for row in rows[sibling]), *rest[first:]]
    return made


def split_off(tables: Tables, uid: str, new_uid: str) -> Tables:
    """A new part beside `uid`, with its words and what it measures but none of its aims; it says what it came from."""
    made = copied(tables)
    if any(record["part"] == new_uid for record in made["parts"]):
        raise NotChangeable(_("“%(uid)s” exists already.") % {"uid": new_uid})
    part = part_of(made, uid)
    twin = {**part, "part": new_uid, "came_from": f"split:{uid}"}
    family = _family(made, uid)
    last = max(n for n, record in enumerate(made["parts"]) if record["part"] in family)
    made["parts"].insert(last + 1, twin)
    for section in ("kpis", "series", "breaks", "stages"):
        made.setdefault(section, [])
        made[section] += [{**record, "part": new_uid} for record in made[section] if record.get("part") == uid]
    return made


def merged_into(tables: Tables, uid: str, into: str) -> Tables:
    """The part ends and `into` says that it came from it; what hung under it hangs under `into` now."""
    made = copied(tables)
    if uid == into or into in _family(made, uid):
        raise NotChangeable(_("A part cannot be merged into itself or into one of its own parts."))
    part_of(made, uid)
    target = part_of(made, into)
    before = [word for word in target.get("came_from", "").split(";") if word.strip()]
    target["came_from"] = "; ".join([*(word.strip() for word in before), f"merged:{uid}"])
    children = [record["part"] for record in made["parts"] if record.get("under") == uid]
    for record in made["parts"]:
        if record.get("under") == uid:
            record["under"] = into
    made["parts"] = [record for record in made["parts"] if record["part"] != uid]
    for section in OF_PART:
        made[section] = [record for record in made.get(section, []) if record.get("part") != uid]
    for child in children:
        made = moved_under(made, child, into)
    return made


def without(tables: Tables, uid: str) -> Tables:
    """The tables without a part and everything that hangs under or on it."""
    made = copied(tables)
    part_of(made, uid)
    family = _family(made, uid)
    for section in ("parts", *OF_PART):
        made[section] = [record for record in made.get(section, []) if record.get("part") not in family]
    return made


def with_new_part(tables: Tables, uid: str, level: str, under: str, title: str) -> Tables:
    """A new part at the end below another, with a title in English."""
    made = copied(tables)
    if any(record["part"] == uid for record in made.get("parts", [])):
        raise NotChangeable(_("“%(uid)s” exists already.") % {"uid": uid})
    made.setdefault("parts", []).append({"part": uid, "level": level, "under": "", "title:en": title})
    return moved_under(made, uid, under) if under else made


def _family(tables: Tables, uid: str) -> set[str]:
    """A part and everything below it."""
    family = {uid}
    for record in tables.get("parts", []):  # parents stand before children
        if record.get("under") in family:
            family.add(record["part"])
    return family
