"""Artefacts that are made of what is public: constraints, agreements, agencies, topics and what stands under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adme.indicators.models import Topic
from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import (
    Artefact,
    Categorisation,
    Constraint,
    Flow,
    Item,
    ItemScheme,
)
from adme.releases.queries import Availability
from adme.structures.artefacts import flow_of
from adme.structures.models import Dataflow


def constraint_of(flow: Flow, available: Availability) -> Constraint:
    """What is public of a dataflow, as a constraint of the role "actual"."""
    first, last = available.first_period, available.last_period
    return Constraint(
        flow.agency,
        f"CR_{flow.id}",
        flow.version,
        {"en": f"Available data of {flow.id}"},
        dataflow=flow.urn,
        values={name: tuple(codes) for name, codes in available.codes.items()},
        first_period="" if first is None else periods.label(first),
        last_period="" if last is None else periods.label(last),
        series=available.series_count,
    )


def agencies_of(artefacts: Iterable[Artefact]) -> list[ItemScheme]:
    """The agencies that maintain anything; those of an agency's own (`A.B`) stand in a scheme of that agency."""
    inside: dict[str, set[str]] = {}
    for agency in {artefact.agency for artefact in artefacts}:
        path = agency.split(".")
        for depth, name in enumerate(path):
            inside.setdefault(".".join(path[:depth]) or "SDMX", set()).add(name)
    return [
        ItemScheme(
            owner,
            "AGENCIES",
            "1.0",
            {"en": "Agencies"},
            kind="agencyscheme",
            items=tuple(Item(name, {"en": name}) for name in sorted(names)),
        )
        for owner, names in sorted(inside.items())
    ]


def topics_of(agency: str, used: Iterable[Topic], topics: Mapping[int, Topic]) -> ItemScheme:
    """The topics that an agency's indicators are found under, with those above them.

    `topics` is every topic by its pk, in their order.
    """
    shown: set[int] = set()
    for topic in used:
        here: Topic | None = topic
        while here is not None and here.pk not in shown:
            shown.add(here.pk)
            here = topics.get(here.parent_id or 0)
    items = tuple(
        Item(one.slug, dict(one.name), parent=topics[one.parent_id].slug if one.parent_id else "")
        for pk, one in topics.items()
        if pk in shown
    )
    return ItemScheme(agency, "TOPICS", "1.0.0", {"en": "Topics"}, kind="categoryscheme", items=items, partial=True)


def categorisation_of(flow: Dataflow, scheme: ItemScheme, topic: Topic) -> Categorisation:
    """That a dataflow has indicators under a topic."""
    item = scheme.item[topic.slug]
    return Categorisation(
        flow.agency,
        f"{flow.artefact_id}_{topic.slug}",
        "1.0",
        dict(flow.name),
        source=flow_of(flow).urn,
        target=scheme.item_urn(item),
    )
