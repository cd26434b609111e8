"""Joining the number and the policy: which KPIs take their figures from an indicator, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.frameworks.document import Part
from adme.frameworks.queries import frameworks_at, moment_of
from adme.frameworks.scorecard import scorecards
from adme.indicators.models import Indicator
from adme.lib.page.shell import Link
from adme.portal.framework_pages import Place
from adme.releases import queries as published
from adme.structures.queries import dataflows_by_reference, references_of


@dataclass(frozen=True)
class Group:
    """Links under a heading; `note` says something of all of them."""

    heading: Link
    links: tuple[Link, ...]
    note: str = ""


def kpis_of(indicator: Indicator) -> list[Group]:
    """The KPIs that are bound to an indicator's series, framework by framework. One query, once documents are read."""
    flow = indicator.dataflow
    wanted, references = (flow.indicator_dimension, indicator.code_id), references_of(flow)
    groups = []
    for current in frameworks_at(moment_of(None)):
        place = Place(current.document.slug)
        links = tuple(
            Link(f"{part.code} {part.name}".strip(), place.part(part.uid), note=_as_what(part))
            for part in current.document.kpis
            if part.kpi and any(one.dataflow in references and wanted in one.key for one in part.kpi.bindings)
        )
        if links:
            fixture = _("fixture") if current.document.is_fixture else ""
            groups.append(Group(Link(current.document.name, place.page("framework")), links, fixture))
    return groups


def _as_what(part: Part) -> str:
    return _("as a proxy") if part.kpi and part.kpi.kind == "proxy" else ""


def indicators_of(part: Part) -> list[Link]:
    """The public indicators whose series a KPI is bound to, in the order of its bindings.

    A constant number of queries."""
    bindings = part.kpi.bindings if part.kpi else ()
    public = {
        (one.indicator.dataflow_id, one.indicator.dataflow.indicator_dimension, one.indicator.code_id): one.indicator
        for one in published.published_indicators()
    }
    flows = dataflows_by_reference()
    found = {}
    for binding in bindings:
        for dimension, code in binding.key:
            flow = flows.get(binding.dataflow)
            indicator = public.get((flow.pk, dimension, code)) if flow else None
            if indicator is not None:
                found[indicator.slug] = Link(indicator.name, reverse("portal:indicator", args=[indicator.slug]))
    return list(found.values())


def profiles_of(area: str) -> list[Link]:
    """A state's profile against each framework, with how many KPIs have a figure for it."""
    links = []
    for card in scorecards():
        if all(member.area != area for member in card.states):
            continue
        kpis = card.document.kpis
        have = sum(card.latest(part.uid, area) is not None for part in kpis)
        note = _("{have} of {all} KPIs have a figure").format(have=have, all=len(kpis))
        note = f"{note}, {_('fixture')}" if card.document.is_fixture else note
        url = Place(card.document.slug).page("framework-country", area)
        links.append(Link(card.document.name, url, note=note))
    return links
