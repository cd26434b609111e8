"""The people and things that tests of this room know by name."""

from __future__ import annotations

import itertools
from typing import Any

import polars as pl

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.collection.files import DRAFTS
from adme.collection.models import SourceFile, Submission
from adme.lib import clock
from adme.observations.models import Delivery
from adme.releases.models import Release
from adme.structures.models import Dataflow, DataProvider, DataStructure

State = Submission.State

_instants = itertools.count(1)

CAST: dict[str, tuple[Role, ...]] = {
    "dewi": (Role.DATA_OFFICER,),  # brings the numbers in
    "anong": (Role.DATA_OFFICER,),  # another officer
    "rosa": (Role.REVIEWER,),  # reviews
    "minh": (Role.REVIEWER,),  # reviews too
    "dara": (Role.DATA_OFFICER, Role.REVIEWER),  # may do both, but not with the same numbers
    "paul": (Role.PUBLISHER,),  # releases
    "lina": (Role.LOADER,),  # loads what others have published
    "ayu": (Role.ADMINISTRATOR,),  # keeps accounts, and has no say in numbers
    "edith": (Role.METADATA_EDITOR,),  # keeps structures and rules
    "guest": (),  # can sign in, nothing else
}


def person(name: str) -> User:
    """One of the cast, with exactly the roles above."""
    user, made = User.objects.get_or_create(username=name, defaults={"full_name": name.title()})
    if made:
        Grant.objects.bulk_create(Grant(user=user, role=role) for role in CAST[name])
    return user


def bare_dataflow() -> Dataflow:
    """A dataflow without dimensions: enough for who-may-do-what."""
    structure, _ = DataStructure.objects.get_or_create(agency="TEST", artefact_id="DSD_BARE")
    provider, _ = DataProvider.objects.get_or_create(agency="TEST", provider_id="NSO")
    flow, _ = Dataflow.objects.get_or_create(
        agency="TEST",
        artefact_id="DF_BARE",
        defaults={"data_structure": structure, "provider": provider, "indicator_dimension": "INDICATOR"},
    )
    return flow


def source_file(name: str = "literacy.csv") -> SourceFile:
    return SourceFile.objects.create(
        digest="0" * 64, name=name, size=10, received_at=clock.now(), received_by="dewi", facts={}
    )


def submission_in(state: str, *, by: User, **fields: Any) -> Submission:
    """A submission that stands in `state`, prepared by `by`, with draft rows on disk."""
    digest = DRAFTS.keep_frames([pl.DataFrame({"row": [2], "value": [95.5]})])
    values: dict[str, Any] = {
        "dataflow": bare_dataflow(),
        "source_file": source_file(),
        "state": state,
        "state_since": clock.now(),
        "label": "literacy.csv",
        "prepared_by": by,
        "prepared_at": clock.now(),
        "draft_digest": digest,
        "rows_read": 1,
        "rows_kept": 1,
        "new": 1,
    }
    if state in (State.APPROVED, State.RELEASED, State.SENT_BACK):
        values |= {"reviewed_by": person("rosa"), "reviewed_at": clock.now()}
    if state in (State.APPROVED, State.RELEASED):
        values |= {"approved_digest": digest}
    if state == State.RELEASED:
        values |= {"delivery": delivery(), "release": release()}
    return Submission.objects.create(**(values | fields))


def delivery() -> Delivery:
    return Delivery.objects.create(
        dataflow=bare_dataflow(),
        label="literacy.csv",
        received_at=clock.now(),
        prepared_by="dewi",
        approved_by="rosa",
    )


def release(instant: int | None = None) -> Release:
    return Release.objects.create(
        title={"en": "Literacy"}, instant=instant or next(_instants), created_at=clock.now(), created_by="paul"
    )
