"""Which dataflow an address names, among those that have ever shown anything: others are as if they were not there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adme.releases import queries
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.structures.models import Dataflow

EVERY = ("*", "all")
NEWEST = ("*", "~", "+", "latest", "")
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,2}")


def named_dataflow(context: str, agency: str, name: str, version: str) -> Dataflow:
    """The one public dataflow of a path of SDMX-REST 2; the newest version for `*`, `~`, `+` and `latest`.

    A data structure stands for its dataflow. NoResults where there is none, NotImplementedYet where there are several.
    """
    if context == "provisionagreement":
        raise NotImplementedYet("The context “provisionagreement” is not offered; dataflow and datastructure are.")
    if context not in ("*", "dataflow", "datastructure"):
        raise SyntaxFault(f"There is no context “{context}”; dataflow and datastructure are offered.")
    flows = Dataflow.objects.select_related("data_structure", "provider")
    found = [flow for flow in flows if _is_named(flow, context, agency, name)]
    return _the_one([flow for flow in _of_version(found, context, version) if queries.has_been_public(flow)])


def dataflow_of_reference(reference: str) -> Dataflow:
    """The one public dataflow of a flow reference of SDMX-REST 1: AGENCY,ID,VERSION; AGENCY,ID; or ID."""
    parts = reference.split(",")
    if len(parts) > 3 or not all(parts):
        raise SyntaxFault(f"“{reference}” is no dataflow; AGENCY,ID,VERSION names one.")
    if any("+" in part for part in parts[:2]):
        raise NotImplementedYet("One dataflow in one request, please.")
    agency, name, version = {1: ["all", *parts, "latest"], 2: [*parts, "latest"], 3: parts}[len(parts)]
    return named_dataflow("dataflow", agency, name, version)


def is_provided_by(dataflow: Dataflow, provider: str) -> bool:
    """Whether one of the providers of SDMX-REST 1 (AGENCY,ID or ID, joined by `+`; `all`) delivers to the dataflow."""
    own = dataflow.provider
    for one in provider.split("+"):
        agency, _, name = one.rpartition(",")
        if one in ("", *EVERY) or (name in (own.provider_id, *EVERY) and agency in (own.agency, "", *EVERY)):
            return True
    return False


def _is_named(flow: Dataflow, context: str, agency: str, name: str) -> bool:
    named = flow.data_structure if context == "datastructure" else flow
    return _among(named.agency, agency) and _among(named.artefact_id, name)


def _among(value: str, asked: str) -> bool:
    return asked in EVERY or value in asked.split(",")


def _of_version(flows: Iterable[Dataflow], context: str, asked: str) -> list[Dataflow]:
    """The dataflows of the versions asked for; of each the newest where any would do."""

    def version(flow: Dataflow) -> str:
        return flow.data_structure.version if context == "datastructure" else flow.version

    if asked not in NEWEST:
        wanted = [_numbers(one) for one in asked.split(",")]
        return [flow for flow in flows if _numbers(version(flow)) in wanted]
    groups: dict[tuple[str, str], list[Dataflow]] = {}
    for flow in flows:
        groups.setdefault((flow.agency, flow.artefact_id), []).append(flow)
    return [max(group, key=lambda flow: _numbers(flow.version)) for group in groups.values()]


def _numbers(version: str) -> tuple[int, ...]:
    if not _VERSION.fullmatch(version):
        raise SyntaxFault(f"“{version}” is not a version such as 1.0.0.")
    found = tuple(int(part) for part in version.split("."))
    return found + (0,) * (3 - len(found))


def _the_one(flows: list[Dataflow]) -> Dataflow:
    if not flows:
        raise NoResults("Nothing public matches.")
    if len(flows) > 1:
        names = ", ".join(sorted(f"{flow.agency}:{flow.artefact_id}({flow.version})" for flow in flows))
        raise NotImplementedYet(f"One dataflow in one request, please. These match: {names}.")
    return flows[0]
