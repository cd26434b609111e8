"""Somebody else's reader of OpenAPI asks what the description promises, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from adme.api.openapi import described
from adme.config.wsgi import application
from tests.factories import world as worlds

load_all_checks()
NOT_OURS = {"ignored_auth", "object_level_authorization", "use_after_free", "ensure_resource_availability"}
"""There is nothing to sign in for, and nothing to make or delete."""
ASKED: list[Any] = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in NOT_OURS]
NO_DIMENSIONS: list[Any] = [check for check in ASKED if check.__name__ != "positive_data_acceptance"]
"""Which dimensions there are depends on the indicator, which no description can say."""
PATHS = list(described()["paths"])
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.fixture
def connected() -> Iterator[None]:
    """The test's own connection stays open after a request, as Django's test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_only_what_may_be_is_documented():
    kinds = {"200": {"application/json"}, "304": set()}
    for path in described()["paths"].values():
        responses = path["get"]["responses"]
        assert {"200", "304", "400", "404", "406", "503"} == set(responses)
        for status, told in responses.items():
            assert set(told.get("content", {})) == kinds.get(status, {"application/problem+json"})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.django_db
def test_it_answers_as_it_says(world: worlds.World, connected: None, path: str, volume: Callable[..., int]) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", application)[path]["GET"]
    seen = []
    takes_anything = described()["paths"][path]["get"]["parameters"]
    for mode in MODES if takes_anything else MODES[:1]:
        cases = operation.as_strategy(generation_mode=mode)

        @settings(max_examples=volume(5, long=2_000), suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(cases)
        def ask(case: schemathesis.Case) -> None:
            response = case.call(headers={"Accept-Encoding": "identity"})  # this caller cannot unpack
            seen.append(response.status_code)
            case.validate_response(response, checks=ASKED if "breakdown" not in (case.query or {}) else NO_DIMENSIONS)

        ask()
    assert seen
