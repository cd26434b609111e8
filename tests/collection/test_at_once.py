"""Two at once on PostgreSQL: one after the other, whoever began first, and nobody is thrown out."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import AuditEntry
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.receiving import receive_file
from adme.collection.models import Submission
from adme.quality.actions.acceptances import accept
from adme.quality.actions.rules import create_rule
from adme.quality.declaration import declared
from adme.quality.errors import RuleExists
from adme.quality.models import Acceptance
from adme.releases import actions as releases
from adme.releases import queries
from adme.structures.actions import drafts
from adme.structures.actions.mappings import remember_mapping
from adme.structures.models import CodeList, Mapping
from adme.structures.problems import WARNING
from tests.collection.cast import person
from tests.collection.education import LONG, MAPPING, education, mapping, public
from tests.factories.flows import coded, make_delivery, make_flow
from tests.factories.waiting import Beside

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_file_is_brought_in_and_released_beside_other_releases() -> None:
    """Whoever does all steps at once takes locks in the order of everybody else: the audit trail comes last."""
    flow, camps = education(), make_flow("DF_CAMPS", {"FREQ": ["A"], "CAMP": ["C1"]})
    lina, paul = person("lina"), person("paul")
    received = receive_file(file=LONG.encode(), name="literacy.csv", by=lina)
    imported = Beside(
        lambda: import_and_release(source_file=received, dataflow=flow, declaration=mapping(), by=lina).submission
    )

    def rows() -> Iterator[pl.DataFrame]:
        imported.start_and_wait_until_it_waits()
        yield coded(camps, [("A.C1", "2020", 1.0)])

    releases.release(deliveries=[(make_delivery(camps), rows())], title="Camps", by=paul, reason="x")
    made = imported.join()
    assert isinstance(made, Submission), made
    assert made.state == "released"
    assert [len(public(flow)), len(queries.select(camps).cells())] == [6, 1]
    audit.verify()
    acts = AuditEntry.objects.filter(object_id=str(made.pk)).order_by("sequence").values_list("action", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["opened", "checked", "submitted", "approved", "released"]


def at_once(deed, other=None) -> object:
    """What comes of a deed that is asked for before the first has ended."""
    beside = Beside(other or deed)
    with transaction.atomic():
        deed()
        beside.start_and_wait_until_it_waits()
    return beside.join()


def test_two_checks_remember_the_first_mapping_of_a_name() -> None:
    flow = education()
    dewi, anong = person("dewi"), person("anong")

    def remembered(by) -> Mapping:
        return remember_mapping(
            dataflow=flow, name="literacy", declaration=MAPPING, header=["area", "year"], by=by, reason="literacy.csv"
        )

    later = at_once(lambda: remembered(dewi), lambda: remembered(anong))
    assert isinstance(later, Mapping), later
    assert (Mapping.objects.get(), later.updated_by) == (later, "anong")


def test_two_vouch_for_the_same_cell() -> None:
    flow = education()
    dewi, rosa = person("dewi"), person("rosa")
    cell = pl.DataFrame(
        {
            "rule": ["a-rule"],
            "severity": [WARNING],
            "key": ["LITERACY.TH.F"],
            "period": [2020],
            "evidence": ["93.2"],
        }
    )
    vouch = [lambda by=by: accept(dataflow=flow, problems=cell, by=by, reason="I have asked.") for by in (dewi, rosa)]
    assert at_once(*vouch) == 0
    assert Acceptance.objects.get().accepted_by == "dewi"


def test_two_make_a_rule_of_one_name() -> None:
    education()
    edith = person("edith")
    rule = declared("percent", {"kind": "range", "dataflow": "TEST:DF_EDU(1.0.0)", "max": 100.0})
    refused = at_once(lambda: create_rule(declaration=rule, by=edith, reason="Shares."))
    assert isinstance(refused, RuleExists), refused
    assert AuditEntry.objects.filter(action="quality.rule.created").count() == 1
    audit.verify()


def test_structures_are_brought_in_while_their_dataflow_is_released() -> None:
    """The draft of a code list that a dataflow uses is approved; the dataflow goes on with it, under its lock."""
    flow = education()
    rosa, edith, paul = person("rosa"), person("edith"), person("paul")
    sexes = CodeList.objects.get(artefact_id="CL_SEX")
    draft = drafts.open_draft(artefact=sexes, by=edith, reason="A code more.")
    content = drafts.contents.of(sexes)
    content["items"].append({**content["items"][0], "id": "X"})
    draft = drafts.change_draft(draft=draft, content=content, by=edith, reason="It is needed.", revision=draft.revision)
    approved = Beside(lambda: drafts.approve_draft(draft=draft, by=rosa, revision=draft.revision))

    def rows() -> Iterator[pl.DataFrame]:
        approved.start_and_wait_until_it_waits()
        yield coded(flow, [("LITERACY.TH.F", "2020", 93.2)])

    releases.release(deliveries=[(make_delivery(flow), rows())], title="Edu", by=paul, reason="x")
    outcome = approved.join()
    assert isinstance(outcome, CodeList), outcome
    assert outcome.codes.filter(code_id="X").exists()
