"""What a draft would change, with everything that hangs on what it changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.registry.usage import CodeUse, uses_of
from adme.structures import drafting
from adme.structures.actions.drafts import content_of, newest_of
from adme.structures.drafting import Change
from adme.structures.models import CodeList, Dataflow, Draft


@dataclass(frozen=True)
class Touched:
    """One change with what hangs on the code."""

    change: Change
    fields: str
    use: CodeUse


@dataclass(frozen=True)
class Effect:
    """Everything that a draft touches. `flows` are the dataflows whose structure uses the artefact."""

    touched: tuple[Touched, ...]
    texts_differ: bool
    order_differs: bool
    total: CodeUse
    flows: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether the draft says what is there already."""
        return not (self.touched or self.texts_differ or self.order_differs)

    @property
    def added(self) -> int:
        """New codes."""
        return sum(one.change.is_new for one in self.touched)


def effect_of(draft: Draft) -> Effect:
    """What approving a draft would touch, against what is newest now."""
    now = newest_of(draft)
    before, after = content_of(now), draft.content
    used = uses_of(now) if isinstance(now, CodeList) else {}
    touched = [
        Touched(one, ", ".join(_WORDS[name]() for name in one.fields), used.get(one.item, CodeUse()))
        for one in drafting.changes(before, after)
    ]
    total = CodeUse()
    for one in touched:
        if not one.change.is_new:
            total.add(one.use)
    kept = [one["id"] for one in after["items"] if one["id"] in {old["id"] for old in before["items"]}]
    texts = ("name", "description")
    return Effect(
        touched=tuple(touched),
        texts_differ=any(before[name] != after[name] for name in texts),
        order_differs=kept != [one["id"] for one in before["items"]],
        total=total,
        flows=_flows_of(draft, now.pk),
    )


def _flows_of(draft: Draft, pk: int) -> tuple[str, ...]:
    if draft.kind == Draft.Kind.CODE_LIST:
        using = Dataflow.objects.filter(data_structure__components__code_list=pk)
    else:
        using = Dataflow.objects.filter(data_structure__components__concept__scheme=pk)
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
