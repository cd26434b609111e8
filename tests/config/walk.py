"""Every address of the system with arguments that fit, for tests that walk all of them."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from adme.collection.models import Submission
from adme.config.addresses import Address, every_address
from adme.frameworks.models import Edition
from adme.indicators.models import Indicator
from adme.quality.models import Acceptance
from adme.releases.models import Release

GENERIC = ("x", "1", str(uuid.UUID(int=1)))


@dataclass(frozen=True)
class Place:
    """A concrete address, and what is declared for it."""

    path: str
    address: Address

    @property
    def is_public(self) -> bool:
        return self.address.policy == "public"

    @property
    def is_page(self) -> bool:
        return "html" in self.address.formats


def every_place(samples: dict[str, list[str]]) -> list[Place]:
    """One place at least for each address; `samples` are values by the name of the argument."""
    return [
        Place(path, address)
        for address, names in zip(every_address(), _arguments(get_resolver()), strict=True)
        for path in _paths(address, names, samples)
    ]


def _arguments(resolver: URLResolver) -> Iterator[list[str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _arguments(entry)
        elif isinstance(entry, URLPattern):
            yield list(entry.pattern.regex.groupindex)


def _paths(address: Address, names: list[str], samples: dict[str, list[str]]) -> list[str]:
    found = {}
    for values in itertools.product(*(samples.get(name, GENERIC) for name in names)):
        try:
            found.setdefault(reverse(address.name, kwargs=dict(zip(names, values, strict=True))), None)
        except NoReverseMatch:
            continue
    assert found, f"no arguments found for {address.pattern}"
    return list(found)[:6]


def samples() -> dict[str, list[str]]:
    """Arguments that name things in the database of the test, and some that name nothing."""
    nothing = str(uuid.UUID(int=7))
    return {
        "slug": [*Indicator.objects.values_list("slug", flat=True)[:1], "ascc-blueprint-2025", "no-such-thing"],
        "edition_id": [*map(str, Edition.objects.values_list("pk", flat=True)[:1]), nothing],
        "judgement_id": ["1"],
        "uid": ["kpi-31c", "characteristic-b", "no-such-part"],
        "table": ["scorecard", "framework", "changes", "crosswalk", "group"],
        "submission_id": [*map(str, Submission.objects.values_list("pk", flat=True)[:3]), nothing],
        "release_id": [*map(str, Release.objects.order_by("instant").values_list("pk", flat=True)[:5]), nothing],
        "iso2": ["TH", "XX"],
        "ending": ["csv", "xlsx", "parquet", "svg", "sdmx.csv", "docx", "json", "yaml"],
        "username": ["officer", "no-such-person"],
        "context": ["dataflow"],
        "agency": ["ASEAN"],
        "flow": ["DF_WB_WDI", "NONE"],
        "version": ["1.0.0"],
        "key": ["*", "invented"],
        "component": ["REF_AREA"],
        "kind": ["dataflow", "csv", "parquet", "metadatastructure", "yaml", "override"],
        "artefact": ["DF_WB_WDI"],
        "item": ["x"],
        "name": ["changes", "refused"],
        "path": ["reader"],
        "rule_name": ["wb-revisions-are-small", "no-such-rule"],
        "acceptance_id": [*map(str, Acceptance.objects.values_list("pk", flat=True)[:1]), "999999"],
        "position": ["1", "99"],
        "indicator": [*Indicator.objects.values_list("slug", flat=True)[:1], "no-such-thing"],
        "country": ["TH", "XX"],
        "framework": ["ascc-blueprint-2025", "no-such-thing"],
        "release": [*map(str, Release.objects.order_by("-instant").values_list("pk", flat=True)[:1]), nothing],
        "rest": ["", "no/such/thing"],
    }


def fingerprint() -> dict[str, str]:
    """What every table holds, but for who is signed in."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label in ("sessions.Session", "config.WorkerBeat"):
            continue
        rows: Any = model._default_manager.order_by(*[field.name for field in model._meta.pk_fields]).values_list()
        found[model._meta.label] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found
