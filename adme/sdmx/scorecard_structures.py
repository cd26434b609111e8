"""The dataflow of each framework's scorecard: its structure, concepts and lists (decision 0606).

Ids of components are those of the wide structure of the KPIs, where it has them. KPIs and areas are listed for each
framework; the version of all that belongs to an edition is its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from adme.frameworks import told
from adme.frameworks.queries import Current
from adme.frameworks.region import Member
from adme.frameworks.rows import REGION_WORD
from adme.frameworks.words import AIMS, CLASSES, TRENDS
from adme.lib.page import marks
from adme.lib.sdmx_messages.artefacts import Artefact, ComponentUse, Flow, Item, ItemScheme, Structure
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape
from adme.lib.texts import text_in
from adme.sdmx.framework_schemes import AGENCY, id_of

CONCEPTS = "CS_SCORECARD"
COMMON_VERSION: Final = "1.0.0"
"""The version of what is the same for every framework."""

Role = Literal["dimension", "time", "measure", "attribute"]
Words = str | Promise


class Told(NamedTuple):
    """A component: its id, its column in `frameworks.told`, what it is, its role, its list ("" for a text)."""

    id: str
    column: str
    name: Words
    role: Role
    codes: str = ""
    of_series: bool = False


COMPONENTS: Final = (
    Told("FREQ", "freq", _("Frequency"), "dimension", "FREQ"),
    Told("REF_AREA", "area", _("Region or state"), "dimension", "AREA"),
    Told("INDICATOR", "part", _("KPI"), "dimension", "KPI"),
    Told("VALUE_TYPE", "kind", _("Kind of value"), "dimension", "VALUE_TYPE"),
    Told("TIME_PERIOD", "period", _("Period"), "time"),
    Told("OBS_VALUE", "value", _("Value"), "measure"),
    Told("UNIT_MEASURE", "unit", _("Unit"), "attribute"),
    Told("AGG_METHOD", "rule", _("How the region's figure is made"), "attribute"),
    Told("OBS_STATUS", "obs_status", _("Observation status"), "attribute"),
    Told("DATA_SOURCE", "source", _("Dataflow that the figure is from"), "attribute"),
    Told("SOURCE_DETAIL", "source_key", _("Its series in that dataflow"), "attribute"),
    Told("SEGMENT", "segment", _("Compare only inside one segment"), "attribute"),
    Told("STATES", "members", _("Members in the period"), "attribute"),
    Told("STATES_COVERED", "have", _("Members with a value"), "attribute"),
    Told("COUNT_SHARE", "count_share", _("Share of members covered"), "attribute"),
    Told("WEIGHT_SHARE", "weight_share", _("Share of weight covered"), "attribute"),
    Told("IMPUTED_SHARE", "imputed_share", _("Imputed share"), "attribute"),
    Told("FLAGS", "flags", _("Flags of a regional figure"), "attribute"),
    Told("STATES_MISSING", "missing", _("Members without a value"), "attribute"),
    Told("PROGRESS_CLASS", "class", _("Class of progress"), "attribute", "CLASS"),
    Told("CLASS_REASON", "reason", _("Why the class cannot be said"), "attribute"),
    Told("CLASS_COMPUTED", "computed_class", _("Class as computed"), "attribute", "CLASS"),
    Told("METHOD", "method", _("Method of the class"), "attribute"),
    Told("OVERRIDE_REASON", "override_reason", _("Why a person set the class"), "attribute"),
    Told("OVERRIDE_BY", "override_by", _("Who set the class"), "attribute"),
    Told("OVERRIDE_ENDS", "override_ends", _("Until when it is set"), "attribute"),
    Told("CERTAINTY", "certainty", _("How sure a baseline or target is"), "attribute"),
    Told("COMMENT_OBS", "note", _("Where a baseline or target was seen"), "attribute"),
)

VALUE_TYPES: Final[Mapping[str, Words]] = {
    told.ACTUAL: _("actual value"),
    **{code: AIMS[name] for name, code in told.AIMS.items()},
    told.CLASS: _("class of progress, which has no number"),
}
FREQUENCIES: Final[Mapping[str, Words]] = {
    "A": _("yearly"), "S": _("half-yearly"), "T": _("every four months"), "Q": _("quarterly"), "M": _("monthly"),
    "W": _("weekly"), "D": _("daily"),
}  # fmt: skip


def version_of(current: Current) -> str:
    """The version of an edition's structures."""
    return f"{current.edition.number}.0.0"


def structures_of(current: Current, members: tuple[Member, ...]) -> list[Artefact]:
    """Dataflow, structure and the two lists of a framework."""
    flow, structure, kpis, areas = _own(current, members)
    return [flow, structure, kpis, areas]


def _own(current: Current, members: tuple[Member, ...]) -> tuple[Flow, Structure, ItemScheme, ItemScheme]:
    document, name, version = current.document, id_of(current.document.slug), version_of(current)
    title = dict(document.title)
    region = Item(REGION_WORD, dict(document.region) or {"en": "Region"})
    kpis = ItemScheme(
        AGENCY, f"CL_KPI_{name}", version, title,
        items=tuple(Item(part.uid, dict(part.title.text) or {"en": part.name}) for part in document.kpis),
    )  # fmt: skip
    areas = ItemScheme(
        AGENCY, f"CL_AREA_{name}", version, title,
        items=(region, *(Item(member.area, {"en": member.name}) for member in members)),
    )  # fmt: skip
    structure = Structure(
        AGENCY, f"DSD_SCORECARD_{name}", version, title,
        components=tuple(_use(one, {"KPI": kpis.urn, "AREA": areas.urn}) for one in COMPONENTS),
    )  # fmt: skip
    return (
        Flow(AGENCY, told.scorecard_flow(document.slug), version, title, structure=structure.urn),
        structure,
        kpis,
        areas,
    )


def _use(one: Told, own: Mapping[str, str]) -> ComponentUse:
    concept = _concepts().item_urn(Item(one.id, {}))
    listed = own.get(one.codes) or (_list(one.codes, {}).urn if one.codes else "")
    return ComponentUse(one.id, one.role, concept, listed, one.role in ("dimension", "time"), one.of_series)


def common_structures() -> list[Artefact]:
    """What every scorecard refers to: concepts, and the lists of kinds, frequencies and classes."""
    return [_concepts(), *(_list(name, codes) for name, codes in _common_lists().items())]


def _common_lists() -> dict[str, Mapping[str, Words]]:
    classes = {name: marks.PROGRESS[name].word for name in CLASSES} | {name: TRENDS[name] for name in TRENDS}
    return {"VALUE_TYPE": VALUE_TYPES, "FREQ": FREQUENCIES, "CLASS": classes}


def _list(name: str, codes: Mapping[str, Words]) -> ItemScheme:
    with override("en"):
        items = tuple(Item(code, {"en": str(words)}) for code, words in codes.items())
    return ItemScheme(AGENCY, f"CL_SCORECARD_{name}", COMMON_VERSION, {"en": f"Scorecards: {name}"}, items=items)


def _concepts() -> ItemScheme:
    with override("en"):
        items = tuple(Item(one.id, {"en": str(one.name)}) for one in COMPONENTS)
    return ItemScheme(
        AGENCY, CONCEPTS, COMMON_VERSION, {"en": "Scorecards"}, kind="conceptscheme", items=items
    )  # fmt: skip


def shape_of(current: Current, members: tuple[Member, ...], language: str) -> FlowShape:
    """The dataflow as message writers see it."""
    flow, _structure, kpis, areas = _own(current, members)
    with override(language):
        names = {name: {code: str(words) for code, words in codes.items()} for name, codes in _common_lists().items()}
        for name, scheme in (("KPI", kpis), ("AREA", areas)):
            names[name] = {item.id: text_in(dict(item.name), language) or item.id for item in scheme.items}
        parts = {
            one.id: ComponentShape(one.id, str(one.name), names.get(one.codes, {}), one.of_series)
            for one in COMPONENTS
        }  # fmt: skip

    def having(role: Role) -> tuple[ComponentShape, ...]:
        return tuple(parts[one.id] for one in COMPONENTS if one.role == role)

    (time,), (measure,) = having("time"), having("measure")
    title = text_in(dict(flow.name), language) or flow.id
    return FlowShape(
        flow.agency, flow.id, flow.version, title, having("dimension"), time, measure, having("attribute")
    )  # fmt: skip
