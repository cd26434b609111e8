"""Which dataflow an address names, among those that have ever shown anything: others are as if they were not there."""

from __future__ import annotations

from adme.releases import queries
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.versions import NotAVersion, matching, numbers_of
from adme.structures.models import Dataflow

EVERY = ("*", "all")
NEWEST = ("*", "~", "+", "latest", "")


def named_dataflows(context: str, agency: str, name: str, version: str) -> list[Dataflow]:
    """The public dataflows of a path of SDMX-REST 2 by agency and id, one at least; the newest version for `*`, `~`,
    `+` and `latest`.

    A data structure stands for its dataflows. NoResults where there is none.
    """
    if context == "provisionagreement":
        raise NotImplementedYet("The context “provisionagreement” is not offered; dataflow and datastructure are.")
    if context not in ("*", "dataflow", "datastructure"):
        raise SyntaxFault(f"There is no context “{context}”; dataflow and datastructure are offered.")
    named = "data_structure__" if context == "datastructure" else ""
    asked = {f"{named}agency": agency, f"{named}artefact_id": name}
    wanted = {f"{path}__in": text.split(",") for path, text in asked.items() if text not in EVERY}
    if "\x00" in agency + name:  # which PostgreSQL takes in no text
        raise NoResults("Nothing public matches.")
    flows = Dataflow.objects.filter(**wanted).select_related("data_structure", "provider")
    # What is public comes first: a newer version under embargo must not hide the one that everybody knows.
    found = _of_version(queries.ever_public(flows), context, version)
    if not found:
        raise NoResults("Nothing public matches.")
    return sorted(found, key=lambda flow: (flow.agency, flow.artefact_id, numbers_of(flow.version)))


def dataflow_of_reference(reference: str) -> Dataflow:
    """The one public dataflow of a flow reference of SDMX-REST 1: AGENCY,ID,VERSION; AGENCY,ID; or ID.

    NoResults where there is none, NotImplementedYet where there are several: version 1 names one in one address.
    """
    flows = named_dataflows("dataflow", *parts_of_reference(reference))
    if len(flows) > 1:
        names = ", ".join(f"{flow.agency}:{flow.artefact_id}({flow.version})" for flow in flows)
        raise NotImplementedYet(f"One dataflow in one request, please. These match: {names}.")
    return flows[0]


def parts_of_reference(reference: str) -> tuple[str, str, str]:
    """Agency, id and version of a flow reference of SDMX-REST 1."""
    parts = reference.split(",")
    if len(parts) > 3 or not all(parts):
        raise SyntaxFault(f"“{reference}” is no dataflow; AGENCY,ID,VERSION names one.")
    if any("+" in part for part in parts[:2]):
        raise NotImplementedYet("One dataflow in one request, please.")
    agency, name, version = {1: ["all", *parts, "latest"], 2: [*parts, "latest"], 3: parts}[len(parts)]
    return agency, name, version


def is_provided_by(dataflow: Dataflow, provider: str) -> bool:
    """Whether one of the providers of SDMX-REST 1 (AGENCY,ID or ID, joined by `+`; `all`) delivers to the dataflow."""
    own = dataflow.provider
    for one in provider.split("+"):
        agency, _, name = one.rpartition(",")
        if one in ("", *EVERY) or (name in (own.provider_id, *EVERY) and agency in (own.agency, "", *EVERY)):
            return True
    return False


def _of_version(flows: list[Dataflow], context: str, asked: str) -> list[Dataflow]:
    """The dataflows of the versions asked for; of each the newest where any would do."""

    if asked not in NEWEST:
        known = _known_versions(flows, context)
        try:
            wanted = matching(asked, [one for versions in known.values() for one in versions])
        except NotAVersion:
            raise SyntaxFault(f"“{asked}” is not a version, as 1.0.0, +, ~, * or 1.0+.0 are.") from None
        return [flow for flow in flows if known[flow.pk] & wanted]
    groups: dict[tuple[str, str], list[Dataflow]] = {}
    for flow in flows:
        groups.setdefault((flow.agency, flow.artefact_id), []).append(flow)
    return [max(group, key=lambda flow: numbers_of(flow.version)) for group in groups.values()]


def _known_versions(flows: list[Dataflow], context: str) -> dict[int, set[str]]:
    """The numbers of each dataflow, or of its data structure: an earlier one means what went on from it."""
    rows = {flow.pk: flow.data_structure if context == "datastructure" else flow for flow in flows}
    return {pk: {row.version, *row.earlier} for pk, row in rows.items()}
