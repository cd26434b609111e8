"""What a list that takes codes from a list of indicators tells of them: nothing of those that wait for a release."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.models import Code, CodeList, Component, Dataflow, DataStructure
from tests.factories.world import CANARY, add_secret, revise
from tests.portal.test_two_worlds import ADDRESSES

pytestmark = [pytest.mark.django_db]
WHO: dict[str, Any] = {"by": "a test", "reason": "a fixture"}
HIDDEN = f"{CANARY}_CODE"
STRUCTURE, XML_21 = (f"application/vnd.sdmx.structure+{one}" for one in ("json;version=2.1.0", "xml;version=2.1"))
STRUCTURES = [
    ("/sdmx/v2/structure/*/*/*/*?references=all", STRUCTURE),
    ("/sdmx/v2/structure/*/*/*/*?references=all&detail=raw", STRUCTURE),
    *((f"/sdmx/v2/structure/codelist/ASEAN/{one}/*?detail=raw", STRUCTURE) for one in ("CL_SEX", "CL_MIDDLE")),
    ("/sdmx/v2/structure/dataflow/ASEAN/DF_BANK?references=descendants&detail=referencepartial", STRUCTURE),
    ("/sdmx/v1/codelist/all/all/all", XML_21),
]
SCHEMA, DATA = "application/vnd.sdmx.schema+xml;version=3.0.0", "application/vnd.sdmx.data+json;version=2.0.0"
OTHERS = [
    *((address, "*/*") for address in ADDRESSES),
    ("/sdmx/v1/dataflow/all/all/all?references=all", XML_21),
    ("/sdmx/v2/structure/*/*/*/*?references=all", "application/vnd.sdmx.structure+xml;version=3.0.0"),
    *(
        (f"/sdmx/v2/{what}/dataflow/ASEAN/{flow}{more}", accept)
        for flow in ("DF_GOALS", "DF_BANK")
        for what, more, accept in (
            ("schema", "", SCHEMA), ("schema", "", "application/vnd.sdmx.schema+json;version=2.0.0"),
            ("availability", "/*/*?references=all", STRUCTURE), ("data", "", DATA),
            ("data", "", "application/vnd.sdmx.data+csv;version=2.0.0;labels=both"),
            ("data", "", "application/vnd.sdmx.data+xml;version=3.0.0"),
        )
    ),
    ("/sdmx/v2/metadata/metadataset/*/*", "*/*"), ("/api/indicators/neet/series?breakdown=*", "*/*"),
    ("/indicators/internet-users/", "*/*"), ("/indicators/internet-users/data.xlsx", "*/*"),
]  # fmt: skip


def silent(addresses: list[tuple[str, str]] = STRUCTURES) -> None:
    client = Client()
    for address, accept in addresses:
        response = client.get(address, headers={"Accept": accept})
        assert response.status_code < 500, address
        body = b"".join(response) if response.streaming else response.content
        assert CANARY.encode() not in body, (address, accept)


def hide(world: Any) -> CodeList:
    """A code of an indicator to come, in the list of indicators."""
    add_secret(world)
    goals = CodeList.objects.get(artefact_id="CL_GOALS")
    Code.objects.create(code_list=goals, code_id=HIDDEN, name={"en": f"{CANARY} name"}, position=99)
    return goals


def takes(taker: str, source: str, prefix: str = "") -> None:
    """One list takes all codes of another, as if it had been brought in so."""
    made, of = (CodeList.objects.get(artefact_id=one) for one in (taker, source))
    made.extensions = [{"code_list": urn(source), "prefix": prefix, "members": [], "include": True}]
    made.save()
    for code in of.codes.all():
        made.codes.create(code_id=prefix + code.code_id, name=code.name, position=50, inherited=True)


def urn(artefact_id: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ASEAN:{artefact_id}(1.0.0)"


def made(artefact_id: str, *codes: str) -> None:
    new = [NewCode(one, {"en": f"{one} name"}) for one in codes]
    create_code_list(agency="ASEAN", artefact_id=artefact_id, name={"en": artefact_id}, codes=new, **WHO)


def as_attribute(structure: str, artefact_id: str) -> None:
    """NATURE of a data structure takes its codes from a list."""
    owner = DataStructure.objects.get(artefact_id=structure)
    wanted = Component.objects.filter(data_structure=owner, component_id="NATURE")
    assert wanted.update(code_list=CodeList.objects.get(artefact_id=artefact_id)) == 1


def codes_of(artefact_id: str) -> set[str]:
    address = f"/sdmx/v2/structure/codelist/ASEAN/{artefact_id}"
    (found,) = Client().get(address, headers={"Accept": STRUCTURE}).json()["data"]["codelists"]
    return {one["id"] for one in found["codes"]}


@pytest.mark.one_engine
def test_everything_that_is_public(world):
    """The list of indicators itself; one that takes codes from it; and it in another place."""
    hide(world)
    takes("CL_SEX", "CL_GOALS", "G_")
    as_attribute("DSD_BANK", "CL_GOALS")
    silent(OTHERS)


@pytest.mark.parametrize("prefix", ["", "G_"])
def test_a_list_that_takes_codes_from_it(world, prefix):
    hide(world)
    takes("CL_SEX", "CL_GOALS", prefix)
    silent()
    assert {f"{prefix}NEET", f"{prefix}WATER", "F"} <= codes_of("CL_SEX")
    assert f"{prefix}HIDDEN" not in codes_of("CL_SEX")


def test_a_list_that_takes_codes_from_one_that_takes_codes_from_it(world):
    hide(world)
    made("CL_MIDDLE", "OWN")
    takes("CL_MIDDLE", "CL_GOALS", "M_")
    takes("CL_SEX", "CL_MIDDLE", "S_")
    silent()
    assert {"S_M_NEET", "S_OWN", "F"} <= codes_of("CL_SEX")


def test_codes_that_were_taken_and_said_anew(world):
    hide(world)
    takes("CL_SEX", "CL_GOALS")
    Code.objects.filter(code_list__artefact_id="CL_SEX", code_id=HIDDEN).update(inherited=False)
    silent()


def test_a_list_that_it_takes_codes_from(world):
    """The list behind it, and another that takes codes from the same."""
    add_secret(world)
    made("CL_BASE", "OPEN", HIDDEN)
    takes("CL_GOALS", "CL_BASE")
    takes("CL_SEX", "CL_BASE", "B_")
    as_attribute("DSD_BANK", "CL_BASE")
    silent()
    assert {"F", "M"} <= codes_of("CL_SEX")


def test_a_list_of_the_indicators_of_a_dataflow_to_come(world):
    """Which a public dataflow uses for something else."""
    CodeList.objects.get(artefact_id="CL_SEX").codes.create(code_id=HIDDEN, name={"en": CANARY}, position=99)
    Dataflow.objects.create(
        agency="ASEAN", artefact_id="DF_TO_COME", name={"en": CANARY}, data_structure=world.goals.data_structure,
        provider=world.goals.provider, indicator_dimension="SEX",
    )  # fmt: skip
    silent()
    assert codes_of("CL_SEX") == {"_T", "F"}


def test_an_earlier_version_that_took_codes_from_it(world):
    hide(world)
    takes("CL_SEX", "CL_GOALS")
    newest = CodeList.objects.get(artefact_id="CL_SEX")
    CodeList.objects.filter(pk=newest.pk).update(version="1.1.0", extensions=[])
    earlier = CodeList.objects.create(
        agency="ASEAN", artefact_id="CL_SEX", version="1.0.0", succeeded_by=newest, extensions=newest.extensions,
        name=newest.name,
    )  # fmt: skip
    earlier.codes.bulk_create(
        Code(code_id=one.code_id, name=one.name, code_list=earlier, inherited=one.inherited)
        for one in newest.codes.all()
    )
    newest.codes.filter(inherited=True).delete()
    silent()


def test_what_figures_show_is_told_wherever_it_stands(world):
    hide(world)
    takes("CL_SEX", "CL_GOALS")
    DataStructure.objects.filter(artefact_id="DSD_GOALS").update(stamp=uuid.uuid4())
    revise(world, [(f"NEET.TH.{HIDDEN}.Y15T24", "2018", 9.0)])
    assert HIDDEN in codes_of("CL_SEX")
    assert HIDDEN not in codes_of("CL_GOALS")
