"""Reports for tests: the SDG template described for a dataflow, and short made-up texts that say that they are."""

from __future__ import annotations

from typing import Any

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.indicators.actions.metadata import describe, load_structure
from adme.indicators.actions.reports import approve, write
from adme.indicators.metadata_yaml import SDG, from_yaml, shipped
from adme.indicators.models import Indicator, Metadataflow, MetadataStructure, ReportVersion
from adme.structures.models import Dataflow

WHO: dict[str, Any] = {"by": "test", "reason": "a test"}
SAID = {
    "STAT_CONC_DEF": {"en": "<p>A definition made up for a test.</p>", "th": "<p>คำนิยามสำหรับการทดสอบ</p>"},
    "UNIT_MEASURE": {"en": "<p>per cent</p>"},
    "DATA_SOURCE": {"en": "<p>A survey made up for a test.</p>"},
}
"""Every required attribute, and nothing else."""


def sdg_structure() -> MetadataStructure:
    """The template of the SDG indicators."""
    return load_structure(structure=from_yaml(shipped(SDG)), **WHO)


def described(*flows: Dataflow, gated: bool = False) -> list[Metadataflow]:
    """The flows with the SDG template as their metadata structure."""
    structure = sdg_structure()
    return [describe(dataflow=flow, structure=structure, gated=gated, **WHO) for flow in flows]


def person(username: str, role: Role) -> User:
    """Somebody with one role."""
    made = User.objects.create(username=username)
    Grant.objects.create(user=made, role=role)
    return made


def published_report(slug: str, texts: dict[str, dict[str, str]] | None = None, area: str = "") -> ReportVersion:
    """A report that readers see."""
    indicator = Indicator.objects.get(slug=slug)
    draft = write(indicator=indicator, texts=SAID if texts is None else texts, area=area, by="test", reason="a test")
    return approve(versions=[draft], by="another")[0]
