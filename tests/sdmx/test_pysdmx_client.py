"""Somebody else's client asks a running server for structures: pysdmx' RegistryClient."""

from __future__ import annotations

from typing import Any

import pytest
from pysdmx.api.fmr import RegistryClient
from pysdmx.errors import NotFound

from adme.indicators.models import Indicator, Topic
from adme.structures.models import Dataflow


@pytest.fixture
def client(flow: Dataflow, live_server: Any) -> RegistryClient:
    topic = Topic.objects.create(slug="poverty", name={"en": "Poverty"})
    Indicator.objects.create(slug="poor", dataflow=flow, code_id="POOR").topics.add(topic)
    return RegistryClient(f"{live_server.url}/sdmx/v2")


@pytest.mark.django_db(transaction=True)
def test_a_registry_client_gets_everything_it_asks_for(client: RegistryClient) -> None:
    assert [code.id for code in client.get_codes("TEST", "CL_SEX", "1.0.0")] == ["F", "M"]
    assert "REF_AREA" in {concept.id for concept in client.get_concepts("TEST", "CS", "+")}
    assert {agency.id for agency in client.get_agencies("SDMX")} == {"TEST"}
    assert [provider.id for provider in client.get_providers("TEST")] == ["TESTER"]
    (category,) = client.get_categories("TEST", "TOPICS", "+")
    assert (category.id, [flow.id for flow in category.dataflows]) == ("poverty", ["DF_TEST"])
    details = client.get_dataflow_details("TEST", "DF_TEST", "1.0.0")
    assert [one.id for one in details.components][:2] == ["FREQ", "REF_AREA"]
    (structure,) = client.get_data_structures("TEST", "DSD_DF_TEST", "1.0.0")
    assert structure.id == "DSD_DF_TEST"
    schema = client.get_schema("dataflow", "TEST", "DF_TEST", "1.0.0")
    assert [code.id for code in schema.components["REF_AREA"].enumeration] == ["KH", "TH", "VN"]
    with pytest.raises(NotFound):
        client.get_codes("TEST", "CL_NEVER", "1.0.0")
