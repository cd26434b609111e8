"""What a draft would change, with everything that hangs on what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.registry.usage import CodeUse, uses_of
from adme.structures import contents, drafting
from adme.structures.actions import succession
from adme.structures.actions.drafts import newest_of
from adme.structures.contents import Drafted
from adme.structures.drafting import Change
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure, Draft
from adme.structures.version_numbers import Level


@dataclass(frozen=True)
class Touched:
    """One change with what hangs on the code."""

    change: Change
    fields: str
    use: CodeUse


@dataclass(frozen=True)
class Effect:
    """Everything that a draft touches. `flows` are the dataflows that use the artefact; `structures` those data
    structures of the same agency that have a new version with it. `lost` is taken out, which makes a major version: it
    stands beside, and nothing goes on with it. `components` says what differs in a data structure."""

    touched: tuple[Touched, ...]
    texts_differ: bool
    order_differs: bool
    total: CodeUse
    flows: tuple[str, ...]
    structures: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    level: Level = "minor"

    @property
    def is_nothing(self) -> bool:
        """Whether the draft says what is there already."""
        return not (self.touched or self.texts_differ or self.order_differs or self.lost or self.components)

    @property
    def is_major(self) -> bool:
        """Whether something is taken out."""
        return self.level == "major"

    @property
    def words_of_level(self) -> str:
        """How far it goes, in words."""
        return _LEVELS[self.level]()

    @property
    def added(self) -> int:
        """New codes."""
        return sum(one.change.is_new for one in self.touched)


def effect_of(draft: Draft) -> Effect:
    """What approving a draft would touch, against what is newest now."""
    now = newest_of(draft)
    before, after = contents.of(now), draft.content
    used = uses_of(now) if isinstance(now, CodeList) else {}
    touched = [
        Touched(one, ", ".join(_WORDS[name]() for name in one.fields), used.get(one.item, CodeUse()))
        for one in drafting.changes(before, after)
    ]
    total = CodeUse()
    for one in touched:
        if not one.change.is_new:
            total.add(one.use)
    lost = drafting.lost(before, after)
    for gone in lost:
        total.add(used.get(gone, CodeUse()))
    known, gone_ids = {one["id"] for one in before["items"]}, set(lost)
    kept = [one["id"] for one in after["items"] if one["id"] in known]
    there = [one["id"] for one in before["items"] if one["id"] not in gone_ids]
    texts = ("name", "description")
    return Effect(
        touched=tuple(touched),
        texts_differ=any(before[name] != after[name] for name in texts),
        order_differs=kept != there,
        total=total,
        flows=_flows_of(now),
        structures=_structures_of(now),
        lost=tuple(lost),
        components=tuple(_components(before, after)),
        level=drafting.level_of(before, after),
    )


def _components(before: drafting.Content, after: drafting.Content) -> Iterator[str]:
    """What differs in a data structure, line by line."""
    there = {one["id"]: one for one in before.get("components", ())}
    for one in after.get("components", ()):
        old = there.get(one["id"])
        if old is None:
            yield _("%(id)s: new attribute") % {"id": one["id"]}
        elif old != one:
            named = [one[name].partition("=")[2] for name in ("code_list", "concept") if old[name] != one[name]]
            yield _("%(id)s: %(now)s") % {"id": one["id"], "now": ", ".join(named)}


def _structures_of(now: Drafted) -> tuple[str, ...]:
    """Those that follow a list or scheme to its new version, as `succession.follow` does."""
    if not isinstance(now, CodeList | ConceptScheme):
        return ()
    using = succession.using(now)
    return tuple(one.reference for one in using if succession.follows(one, now.agency))


def _flows_of(now: Drafted) -> tuple[str, ...]:
    if isinstance(now, Dataflow):
        return ()
    if isinstance(now, DataStructure):
        using = Dataflow.objects.filter(data_structure=now)
    elif isinstance(now, CodeList):
        using = Dataflow.objects.filter(data_structure__components__code_list=now)
    else:
        using = Dataflow.objects.filter(data_structure__components__concept__scheme=now)
    return tuple(str(flow) for flow in using.distinct())


_WORDS = {
    "name": lambda: _("name"),
    "description": lambda: _("description"),
    "parent": lambda: _("what it hangs under"),
    "kind": lambda: _("kind of area"),
    "aliases": lambda: _("what other schemes call it"),
    "valid_to": lambda: _("last day"),
    "replaced_by": lambda: _("what replaces it"),
}
_LEVELS: dict[Level, Callable[[], str]] = {
    "major": lambda: _("a major version: something is taken out"),
    "minor": lambda: _("a minor version: something is new or stands elsewhere"),
    "patch": lambda: _("a patch: nothing but words differ"),
}
