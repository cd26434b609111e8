"""SDMX-ML registry messages: which data are registered, and where they can be had.

Method: SDMXRegistry.xsd of 2.1, 3.0 and 3.1, QueryRegistrationResponse. SDMX-JSON has no words for registrations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages.xml_data import Envelope

Version = Literal["2.1", "3.0", "3.1"]

MEDIA_TYPES: dict[Version, str] = {
    "2.1": "application/vnd.sdmx.registry+xml;version=2.1",
    "3.0": "application/vnd.sdmx.registry+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.registry+xml;version=3.1.0",
}
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas"
_PATH = {"2.1": "v2_1", "3.0": "v3_0", "3.1": "v3_1"}


@dataclass(frozen=True)
class Registration:
    """Data under a provision agreement, by its URN: the address of a file with all of it, and that of the service that
    answers questions. `updated` is an ISO date-time with zone."""

    id: str
    agreement: str
    file: str
    service: str
    updated: str


def write_registrations(registrations: Iterable[Registration], envelope: Envelope, *, version: Version) -> bytes:
    """The whole message."""
    base = f"{_BASE}/{_PATH[version]}"
    spaces = f'xmlns:mes="{base}/message" xmlns:reg="{base}/registry" xmlns:com="{base}/common"'
    results = "".join(_result(one, version) for one in registrations)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:RegistryInterface {spaces}>'
        f"<mes:Header><mes:ID>{escape(envelope.message_id)}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{envelope.prepared}</mes:Prepared><mes:Sender id={quoteattr(envelope.sender)}/>"
        # Registry messages must name who they are for, and we do not know.
        f'<mes:Receiver id="not_supplied"/></mes:Header>'
        f'<mes:QueryRegistrationResponse><reg:StatusMessage status="Success"/>{results}'
        f"</mes:QueryRegistrationResponse></mes:RegistryInterface>"
    ).encode()


def _result(one: Registration, version: Version) -> str:
    agreement = f"<URN>{escape(one.agreement)}</URN>" if version == "2.1" else escape(one.agreement)
    return (
        f'<reg:QueryResult timeSeriesMatch="false"><reg:DataResult>'
        f"<reg:Registration id={quoteattr(one.id)} lastUpdated={quoteattr(one.updated)}>"
        f"<reg:ProvisionAgreement>{agreement}</reg:ProvisionAgreement><reg:Datasource>"
        f"<reg:SimpleDataSource>{escape(one.file)}</reg:SimpleDataSource>"
        f'<reg:QueryableDataSource isRESTDatasource="true" isWebServiceDatasource="false">'
        f"<com:DataURL>{escape(one.service)}</com:DataURL></reg:QueryableDataSource>"
        f"</reg:Datasource></reg:Registration></reg:DataResult></reg:QueryResult>"
    )
