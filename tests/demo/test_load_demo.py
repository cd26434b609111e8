"""The demonstration: real files through the real pipeline, every row accounted for, safe to run again."""

from __future__ import annotations

import csv
from collections import Counter

import polars as pl
import pytest
from django.core.management import call_command

from adme.accounts import audit
from adme.accounts.models import MembershipPeriod, Organisation
from adme.collection.models import Finding, Submission
from adme.config import demo
from adme.config.demo.files import SOURCES, UN_SDG
from adme.config.demo.register import HEADLINES, slug_of, unit_in
from adme.indicators.models import Indicator, Topic
from adme.indicators.queries import headlines, search
from adme.quality.models import ValidationRule
from adme.quality.queries import other_structures
from adme.quality.running import run_rules
from adme.releases.queries import published_indicators, select
from adme.structures.coding import code_rows
from adme.structures.models import Code, CodeList
from adme.structures.queries import dataflow_by_reference, structure_of

EXPECTED = {"un_sdg": 60_138, "world_bank": 18_380, "gapminder": 5_052}


def text_frame(source):
    frame = pl.read_csv(source.path, infer_schema=False)
    return frame.with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.Int64))


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demonstration, loaded once for this module and taken away again."""
    told = []
    with django_db_blocker.unblock():
        done = demo.load_demo(lambda *step: told.append(step))
        yield done, told
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _database(loaded, db):
    """Each test sees what was loaded, inside a transaction of its own."""


def test_every_row_of_every_file_is_taken_in(loaded):
    done, _told = loaded

    assert (done.words, done.rows, done.refused) == (True, EXPECTED, dict.fromkeys(EXPECTED, 0))
    assert sum(done.rows.values()) == 83_570
    assert not Finding.objects.filter(severity="error").exists()


def test_the_rules_find_what_the_published_figures_hold():
    found = Finding.objects.filter(submission__state="released").exclude(rule__contains=".")
    assert dict(found.values_list("rule", "count")) == {
        "un-percentages-within-bounds": 133,
        "un-women-and-men-make-the-total": 5,
        "un-total-between-women-and-men": 4,
        "wb-population-without-jumps": 5,
    }
    jumps = found.get(rule="wb-population-without-jumps")
    assert {(one["key"], one["period"]) for one in jumps.examples} == {
        ("A.SP_POP_TOTL.KH", "1976"), ("A.SP_POP_TOTL.KH", "1977"), ("A.SP_POP_TOTL.KH", "1978"),
        ("A.SP_POP_TOTL.TL", "1999"), ("A.SP_POP_TOTL.TL", "2000"),
    }  # fmt: skip


def test_no_rule_of_the_demonstration_that_calls_an_error_is_broken_by_what_is_published():
    rules = ValidationRule.objects.filter(severity="error")
    assert rules.count() == 3
    for rule in rules:
        run = run_rules([rule.declaration], structure_of(rule.dataflow), batch=None)
        assert run.looked[rule.name] > 100
        assert run.broken[rule.name] == 0


def test_the_other_source_is_told_of_as_information():
    rule = ValidationRule.objects.get(name="un-under-five-mortality-as-the-world-bank-has-it").declaration
    run = run_rules(
        [rule], structure_of(dataflow_by_reference(rule.dataflow)), batch=None, others=other_structures([rule])
    )
    assert (run.looked[rule.name], run.broken[rule.name]) == (220, 36)


def test_progress_goes_forward_to_the_end_and_names_each_file(loaded):
    _done, told = loaded
    done = [step[0] for step in told]

    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert len({label for *_numbers, label in told}) == 4


def test_a_second_run_does_nothing(django_assert_max_num_queries):
    before = (Submission.objects.count(), audit.checkpoint())

    with django_assert_max_num_queries(20):
        again = demo.load_demo()

    assert again == demo.DemoLoaded(False, {}, {})
    assert (Submission.objects.count(), audit.checkpoint()) == before


def test_words_that_changed_are_refreshed_without_touching_data(monkeypatch):
    monkeypatch.setattr(demo, "digest_of_words", lambda: "another")
    codes = Code.objects.count()

    again = demo.load_demo()

    assert (again.words, again.rows) == (True, {})
    assert Code.objects.count() == codes


def test_what_is_public_is_what_was_in_the_files():
    for source in SOURCES:
        flow = dataflow_by_reference(source.dataflow)
        assert sum(frame.height for frame in select(flow).frames()) == EXPECTED[source.name]


def test_keys_that_differ_in_the_files_differ_when_coded():
    """Translating codes (BOTHSEX to _T, 15+ to Y_GE15) must not make one series of two."""
    for source in SOURCES:
        structure = structure_of(dataflow_by_reference(source.dataflow))
        coded = code_rows(text_frame(source), source.mapping, structure)
        assert coded.problems.is_empty()
        assert coded.frame.select(*structure.columns, "period").is_duplicated().sum() == 0


def test_no_two_codes_of_the_source_become_one():
    for column in UN_SDG.mapping.columns:
        for one in (column, *column.parts):
            targets = [code for _text, code in one.translation.table]
            assert len(targets) == len(set(targets)), one.name


def test_censored_values_and_words_are_kept_as_delivered():
    structure = structure_of(dataflow_by_reference(UN_SDG.dataflow))
    coded = code_rows(text_frame(UN_SDG), UN_SDG.mapping, structure).frame

    assert coded["qualifier"].is_in(["<", ">"]).sum() == 109
    words = coded.filter(pl.col("value").is_null())
    assert words.height == 47
    assert words["obs_status"].unique().to_list() == ["O"]
    delivered = Counter(words["attributes"].str.json_path_match("$.DELIVERED"))
    assert delivered == {"N": 46, "NV": 1}


def test_the_register_holds_every_indicator_of_the_files():
    counts = dict(Counter(Indicator.objects.values_list("dataflow__artefact_id", flat=True)))

    assert counts == {"DF_UN_SDG": 472, "DF_WB_WDI": 55, "DF_GAPMINDER": 20}
    assert len(published_indicators()) == 422 + 55 + 20
    assert not Indicator.objects.filter(topics__isnull=True).exists()
    assert not Topic.objects.filter(indicators__isnull=True).exists()
    assert not Indicator.objects.filter(title={}).exists()
    assert not Indicator.objects.exclude(licence="CC-BY-4.0").exists()


def test_headlines_stand_in_their_order_and_are_public():
    public = {one.indicator.slug for one in published_indicators()}

    assert tuple(one.slug for one in headlines()) == HEADLINES
    assert set(HEADLINES) <= public


def test_units_are_the_ones_of_the_files():
    with UN_SDG.path.open(encoding="utf-8", newline="") as lines:
        units = {(row["series"], row["unit_measure"]) for row in csv.DictReader(lines)}

    assert len(units) == len({series for series, _unit in units}) == 422
    register = Indicator.objects.filter(dataflow__artefact_id="DF_UN_SDG").exclude(unit_code="")
    assert set(register.values_list("code_id", "unit_code")) == units


def test_states_have_their_dates_and_the_aggregate_is_no_state():
    import datetime as dt

    members = Organisation.objects.members_on(dt.date(2025, 10, 25)).count()
    assert (members, Organisation.objects.members_on(dt.date(2025, 10, 26)).count()) == (10, 11)
    assert MembershipPeriod.objects.count() == 11
    areas = CodeList.objects.get(agency="ASEAN", artefact_id="CL_AREA")
    kinds = Counter(areas.codes.values_list("kind", flat=True))
    assert kinds == {"state": 11, "aggregate": 1}
    assert areas.codes.get(code_id="TH").parent.code_id == "35"
    assert set(areas.codes.filter(kind="state").values_list("code_id", flat=True)) == set(
        Organisation.objects.member_states().values_list("area_code", flat=True)
    )


def test_sectoral_bodies_have_a_full_name_only_where_it_was_seen():
    names = {one.code: one.name["en"] for one in Organisation.objects.filter(kind="sectoral_body")}

    assert len(names) == 15
    assert names["SLOM"] == "ASEAN Senior Labour Officials Meeting"
    assert names["SOMY"] == "SOMY"


def test_codes_have_names_only_where_the_standard_or_the_source_gives_them():
    names = {
        (one.code_list.artefact_id, one.code_id): one.name
        for one in Code.objects.filter(
            code_list__artefact_id__in=["CL_SEX", "CL_UN_SDG_AGE", "CL_UN_SDG_TYPE_OF_PRODUCT"]
        ).select_related("code_list")
    }

    assert names["CL_SEX", "F"] == {"en": "Female"}
    assert names["CL_SEX", "NOTSPEC"] == {}
    assert names["CL_UN_SDG_AGE", "Y_GE15"] == {"en": "15+"}
    assert names["CL_UN_SDG_AGE", "Y_LT5"] == {"en": "<5Y"}
    assert names["CL_UN_SDG_TYPE_OF_PRODUCT", "RIC"] == {}
    assert names["CL_UN_SDG_TYPE_OF_PRODUCT", "_Z"] == {"en": "Not applicable"}


def test_indicators_topics_and_countries_are_found():
    assert [hit.slug for hit in search("maternal mortality") if hit.kind == "indicator"][:2] == [
        "un-sdg-sh-sta-mmr",
        "wb-wdi-sh-sta-mmrt",
    ]
    assert [(hit.kind, hit.slug) for hit in search("viet nam")] == [("country", "VN")]
    assert ("topic", "water") in [(hit.kind, hit.slug) for hit in search("water sanitation")]


def test_each_step_was_done_by_somebody_for_a_reason():
    audit.verify()
    for submission in Submission.objects.all():
        assert submission.prepared_by.username == submission.reviewed_by.username == demo.LOADER
        assert submission.reason


@pytest.mark.parametrize(
    ("prefix", "code", "slug"),
    [
        ("un-sdg", "SI_COV_BENFTS", "un-sdg-si-cov-benfts"),
        ("wb-wdi", "SH.STA.STNT.ZS", "wb-wdi-sh-sta-stnt-zs"),
        ("gapminder", "internet_users", "gapminder-internet-users"),
    ],
)
def test_public_ids_are_made_of_source_and_code(prefix, code, slug):
    assert slug_of(prefix, code) == slug


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("Unemployment, total (% of total labor force) (modeled ILO estimate)", "% of total labor force"),
        ("Maternal mortality ratio (modeled estimate, per 100,000 live births)", "per 100,000 live births"),
        ("Poverty headcount ratio at $3.00 a day (2021 PPP) (% of population)", "% of population"),
        ("Human Development Index (HDI)", ""),
        ("Forest land, total area (ha)", "ha"),
        ("Net migration", ""),
    ],
)
def test_units_are_read_out_of_titles_and_never_made_up(title, unit):
    assert unit_in(title) == unit
