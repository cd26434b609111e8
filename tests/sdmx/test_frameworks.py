"""A framework as a category scheme, read by our own words and by pysdmx."""

from __future__ import annotations

import json

import pytest
from pysdmx.io.reader import read_sdmx

from tests.factories import world as worlds
from tests.factories.frameworks import approved, small_tables

JSON = "application/vnd.sdmx.structure+json;version=2.0.0"
ADDRESS = "/sdmx/v2/structure/categoryscheme/ADME/TRIAL_PLAN"


@pytest.fixture
def plan(db):
    worlds.build()
    return approved()


def test_a_framework_is_a_category_scheme_with_its_tree_and_its_edition_as_version(client, plan):
    answer = client.get(ADDRESS, headers={"Accept": JSON})
    (scheme,) = json.loads(answer.content)["data"]["categorySchemes"]
    assert (scheme["agencyID"], scheme["version"], scheme["name"]) == ("ADME", "1.0.0", "Trial plan")
    assert [(one["id"], [below["id"] for below in one.get("categories", [])]) for one in scheme["categories"]] == [
        ("area-a", ["kpi-1", "kpi-2"]),
        ("hidden", ["kpi-9"]),
    ]
    nine = scheme["categories"][1]["categories"][0]
    assert nine["description"] == "code 19c; kpi; paraphrase"


def test_a_new_edition_is_a_new_version_and_a_draft_is_none(client, plan):
    tables = small_tables()
    tables["parts"][0]["title:en"] = "Work and more"
    approved(tables)
    (scheme,) = json.loads(client.get(ADDRESS, headers={"Accept": JSON}).content)["data"]["categorySchemes"]
    assert (scheme["version"], scheme["categories"][0]["name"]) == ("2.0.0", "Work and more")


def test_somebody_elses_reader_reads_it(client, plan):
    message = read_sdmx(client.get(ADDRESS, headers={"Accept": JSON}).content.decode())
    assert message.structures is not None
    (scheme,) = message.structures
    assert (scheme.id, [category.id for category in scheme.categories]) == ("TRIAL_PLAN", ["area-a", "hidden"])
