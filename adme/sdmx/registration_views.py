"""SDMX REST 2: registration queries. Every public dataflow is registered, under its agreement, as data of this site.

Thin: parse, find, write. Only the agreement that stands is told, as the standard has no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from adme.accounts.policy import PUBLIC, policy
from adme.lib.clock import from_instant
from adme.lib.sdmx_messages import registrations
from adme.lib.sdmx_messages.artefacts import Agreement
from adme.lib.sdmx_messages.registrations import Registration
from adme.lib.sdmx_messages.xml_data import Envelope
from adme.releases import queries
from adme.releases.validators import public_instant
from adme.sdmx.answers import made_answer, sdmx_errors
from adme.sdmx.errors import NoResults, SyntaxFault
from adme.sdmx.flows import EVERY, NEWEST, named_dataflows
from adme.sdmx.negotiation import REGISTRATIONS, XML
from adme.sdmx.raw_query import instant_of
from adme.sdmx.structure_views import SENDER, parameters_of
from adme.sdmx.versions import NotAVersion, matching
from adme.sdmx.wishes import Wish, wish_of
from adme.structures.artefacts import agreement_of
from adme.structures.models import Dataflow

_FORMATS = tuple(offer.export for offer in REGISTRATIONS.offers)


@policy(PUBLIC, formats=_FORMATS)
@sdmx_errors
def registration(request: HttpRequest, name: str) -> HttpResponseBase:
    """`/registration/id/{id}`: one."""
    wish = wish_of(request, REGISTRATIONS)
    period = _period(wish)
    return _answer(request, [one for one in _registered(_every()) if one.id == name], period, wish)


@policy(PUBLIC, formats=_FORMATS)
@sdmx_errors
def registrations_by_provider(request: HttpRequest, agency: str = "*", provider: str = "*") -> HttpResponseBase:
    """`/registration/provider/{agency}/{id}`: those of data providers, several by comma."""
    wish = wish_of(request, REGISTRATIONS)
    period = _period(wish)
    found = [
        one for one in _every() if _among(one.provider.agency, agency) and _among(one.provider.provider_id, provider)
    ]
    return _answer(request, _registered(found), period, wish)


@policy(PUBLIC, formats=_FORMATS)
@sdmx_errors
def registrations_by_context(
    request: HttpRequest, context: str = "*", agency: str = "*", artefact: str = "*", version: str = "*"
) -> HttpResponseBase:
    """`/registration/{context}/{agency}/{id}/{version}`: those of dataflows, data structures or agreements."""
    wish = wish_of(request, REGISTRATIONS)
    period = _period(wish)
    contexts = set(context.split(","))
    if contexts - {"*", "dataflow", "datastructure", "provisionagreement"}:
        raise SyntaxFault(
            f"There is no context “{context}”; dataflow, datastructure and provisionagreement are offered."
        )
    found: dict[int, Dataflow] = {}
    if "provisionagreement" in contexts:
        found |= {one.pk: one for one in _every() if _is_named(agreement_of(one), agency, artefact, version)}
    for kind in contexts - {"provisionagreement"}:
        found |= {one.pk: one for one in _named(kind, agency, artefact, version)}
    return _answer(request, _registered(found.values()), period, wish)


def _named(kind: str, agency: str, artefact: str, version: str) -> list[Dataflow]:
    try:
        return named_dataflows(kind, agency, artefact, version)
    except NoResults:
        return []


def _every() -> list[Dataflow]:
    return queries.ever_public(Dataflow.objects.select_related("data_structure", "provider"))


def _among(name: str, asked: str) -> bool:
    return asked in EVERY or name in asked.split(",")


def _is_named(agreement: Agreement, agency: str, name: str, version: str) -> bool:
    if not (_among(agreement.agency, agency) and _among(agreement.id, name)):
        return False
    try:
        return version in NEWEST or bool(matching(version, {agreement.version}))
    except NotAVersion:
        raise SyntaxFault(f"“{version}” is not a version, as 1.0.0, +, ~, * or 1.0+.0 are.") from None


@dataclass(frozen=True)
class _Period:
    """Instants between which a registration was updated, both exclusive."""

    after: int | None
    before: int | None

    def __contains__(self, instant: int) -> bool:
        return (self.after is None or instant > self.after) and (self.before is None or instant < self.before)


def _period(wish: Wish) -> _Period:
    given = parameters_of(wish.rest, ("updatedAfter", "updatedBefore"))
    moments = {name: instant_of(value, local=True) for name, value in given.items()}
    return _Period(moments.get("updatedAfter"), moments.get("updatedBefore"))


@dataclass(frozen=True)
class _Registered:
    id: str
    dataflow: Dataflow
    updated: int


def _registered(dataflows: Iterable[Dataflow]) -> list[_Registered]:
    """One query, however many."""
    flows = list(dataflows)
    updated = queries.updated_at(flows)
    rows = [_Registered(_id(flow), flow, updated[flow.pk]) for flow in flows if flow.pk in updated]
    return sorted(rows, key=lambda one: one.id)


def _id(flow: Dataflow) -> str:
    """The same through all minor versions of a dataflow; one that begins a major version has its own."""
    major = flow.version.partition(".")[0]
    return f"{flow.agency.replace('.', '-')}@{agreement_of(flow).id}@{major}"


def _answer(request: HttpRequest, rows: Iterable[_Registered], period: _Period, wish: Wish) -> HttpResponse:
    kept = [one for one in rows if one.updated in period]
    if not kept:
        raise NoResults("Nothing public matches.")
    instant = public_instant()
    envelope = Envelope(f"{SENDER}-{instant}", _moment(instant), SENDER)
    body = registrations.write_registrations(
        [_told(one) for one in kept], envelope, version=_VERSIONS[wish.offer.export]
    )
    return made_answer(request, body, wish.offer.media_type)


def _told(one: _Registered) -> Registration:
    flow = one.dataflow
    parts = {"context": "dataflow", "agency": flow.agency, "flow": flow.artefact_id, "version": flow.version}
    path = reverse("sdmx:data", kwargs=parts)
    service = reverse("sdmx:data").removesuffix("/data")
    return Registration(
        id=one.id,
        agreement=agreement_of(flow).urn,
        file=f"{settings.SITE_ADDRESS}{path}?format=structurespecificdata&formatVersion={XML.version}",
        service=f"{settings.SITE_ADDRESS}{service}",
        updated=_moment(one.updated),
    )


def _moment(instant: int) -> str:
    return from_instant(instant).isoformat().replace("+00:00", "Z")


_VERSIONS: dict[str, registrations.Version] = {
    "registry-xml": "3.0",
    "registry-xml-3.1": "3.1",
    "registry-xml-2.1": "2.1",
}
