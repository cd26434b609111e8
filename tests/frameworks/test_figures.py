"""Where a KPI's figures come from: which source wins and why, formulas, and where comparing stops."""

from __future__ import annotations

import pytest

from adme.frameworks import working_out
from adme.frameworks.assessing import Figure, judge
from adme.frameworks.document import Aim, Assessment, Break, Kpi
from adme.frameworks.models import Edition
from adme.frameworks.scorecard import forget, scorecard
from adme.lib import clock, periods
from adme.releases import queries as published
from tests.factories import world as worlds
from tests.factories.frameworks import BANK, GOALS, approved, small_tables

NEET = "SERIES=NEET; SEX=_T; AGE=Y15T24"
WATER = "SERIES=WATER; SEX=_T; AGE=_T"


def card_with(series: list[dict[str, str]], **kpi: str):
    """The small framework with other series (and words) for its first KPI."""
    tables = small_tables()
    tables["series"] = [{"part": "kpi-1", **one} for one in series]
    tables["kpis"][0] |= kpi
    approved(tables)
    return scorecard("trial-plan")


def released(world, *rows) -> None:
    worlds.revise(world, [(key, period, value, *more) for key, period, value, *more in rows])
    forget()


def told(card, area: str = "TH") -> list[tuple[str, float | None, int, bool, int]]:
    return [
        (periods.label(one.period), one.value, one.segment, one.preferred, one.offered)
        for one in card.series("kpi-1", area)
    ]


def test_the_preferred_source_wins_and_another_stands_in_where_it_has_none(world):
    rows = [("WATER.TH._T._T", "2030", 1.0), ("NEET.TH._T.Y15T24", "2030", 2.0), ("WATER.TH._T._T", "2031", 3.0)]
    released(world, *rows)
    both = [{"dataflow": GOALS, "key": NEET, "order": "1"}, {"dataflow": GOALS, "key": WATER, "order": "2"}]
    card = card_with(both)
    found = {period: (value, preferred, offered) for period, value, _segment, preferred, offered in told(card)}
    assert found["2030"] == (2.0, True, 2)
    assert found["2031"] == (3.0, False, 1)
    offers = card.computed.figures.offers
    assert sorted(offers.filter((offers["period"] == periods.parse("2030")) & (offers["area"] == "TH"))["value"]) == [
        1,
        2,
    ]


def test_a_change_of_source_is_a_break(world):
    released(world, *[("NEET.TH._T.Y15T24", str(year), 1.0) for year in range(2021, 2024)])
    released(world, *[("WATER.TH._T._T", str(year), 5.0) for year in range(2021, 2027)])
    series = [{"dataflow": GOALS, "key": NEET, "order": "1"}, {"dataflow": GOALS, "key": WATER, "order": "2"}]
    segments = {period: segment for period, _value, segment, *_rest in told(card_with(series))}
    assert segments["2023"] != segments["2024"]
    assert segments["2024"] == segments["2026"]


def test_a_source_serves_the_states_and_years_that_it_is_bound_for(world):
    released(world, *[(f"NEET.{area}._T.Y15T24", "2025", 7.0) for area in ("TH", "VN")])
    released(world, ("NEET.TH._T.Y15T24", "2026", 8.0))
    card = card_with([{"dataflow": GOALS, "key": NEET, "areas": "TH", "from": "2025", "to": "2025"}])
    assert told(card) == [("2025", 7.0, 0, True, 1)]
    assert told(card, "VN") == []


def test_a_scorecard_of_a_year_rests_on_no_later_figure(world):
    """No line is drawn to it either; and the rating year by year is that of the scorecard of each year."""
    released(world, ("NEET.TH._T.Y15T24", "2012", None), ("NEET.TH._T.Y15T24", "2013", None))
    card = card_with([{"dataflow": GOALS, "key": NEET}], interpolate="4", oldest="9")
    whole = {periods.label(one.period): one for one in card.series("kpi-1", "")}
    then = {periods.label(one.period): one for one in card.in_year(2013).series("kpi-1", "")}
    assert "interpolated" in whole["2012"].flags
    assert list(then) == ["2010", "2011", "2012", "2013"]
    assert [year for year, one in then.items() if "interpolated" in one.flags] == []
    assert then["2011"].value == whole["2011"].value
    assert then["2013"].value != whole["2013"].value
    for rating in card.ratings("kpi-1"):
        of_year = card.in_year(rating.year)
        assert rating.judged == of_year.shown("kpi-1", "").judged
        assert rating.latest == of_year.latest("kpi-1", "")
    group = card.in_year(2013).group("kpi-1", ["TH", "VN"])
    assert group is not None
    assert group.figures["step"].max() == 2013


def test_moments_of_one_public_state_are_worked_out_once(world, monkeypatch):
    approved()
    Edition.objects.update(approved_instant=1)
    first = published.clock_instant()
    released(world, ("NEET.TH._T.Y15T24", "2010", 10.5))
    real, times = working_out.compute, []
    monkeypatch.setattr(working_out, "compute", lambda documents, **k: times.append(1) or real(documents, **k))
    cards = [scorecard("trial-plan", as_of=first + n) for n in range(4)]
    assert len(times) == 1
    assert {card.figures_at for card in cards} == {first}
    assert scorecard("trial-plan", as_of=first - 1).figures_at < first
    assert scorecard("trial-plan", as_of=clock.now_instant()).figures_at == published.clock_instant() > first


def test_a_formula_needs_every_series_that_it_names(world):
    released(world, ("NEET.TH._T.Y15T24", "2030", 10.0), ("WATER.TH._T._T", "2030", 40.0))
    released(
        world, ("NEET.TH._T.Y15T24", "2031", 10.0), ("WATER.TH._T._T", "2032", 0.0), ("NEET.TH._T.Y15T24", "2032", 1.0)
    )
    series = [
        {"name": "a", "dataflow": GOALS, "key": NEET, "from": "2030"},
        {"name": "b", "dataflow": GOALS, "key": WATER},
    ]
    card = card_with(series, formula="a / b * 100")
    assert told(card) == [("2030", 25.0, 0, True, 1)]


def test_series_of_different_dataflows_serve_one_kpi(world):
    series = [
        {"dataflow": GOALS, "key": NEET, "order": "2"},
        {"dataflow": BANK, "key": "SERIES=INTERNET", "order": "1"},
    ]
    card = card_with(series)
    flows = {bound.dataflow.reference for bound in card.computed.figures.bindings}
    assert flows == {GOALS, BANK}
    assert {one.binding for one in card.series("kpi-1", "TH")} <= {0, 1}


def test_breakdowns_are_no_totals_and_fill_the_map_of_what_there_is(world):
    released(world, ("NEET.TH.F.Y15T24", "2020", 11.0))
    series = [
        {"dataflow": GOALS, "key": NEET},
        {"dataflow": GOALS, "key": "SERIES=NEET; SEX=F; AGE=Y15T24", "breakdown": "women"},
    ]
    card = card_with(series, breakdowns="women; men")
    assert 11.0 not in [value for _period, value, *_rest in told(card)]
    assert 2020 in card.computed.broken_down["kpi-1", "TH"]["women"]


def test_what_its_source_marks_as_a_break_and_what_the_framework_declares_begin_new_segments(world):
    rows = [("NEET.TH._T.Y15T24", str(year), 9.0) for year in range(2031, 2036)]
    rows[2] = ("NEET.TH._T.Y15T24", "2033", 9.0, {"obs_status": "B"})  # type: ignore[assignment]
    released(world, *rows)
    tables = small_tables()
    tables["breaks"] = [{"part": "kpi-1", "period": "2035", "kind": "break", "note:en": "another scale"}]
    approved(tables)
    found = {period: segment for period, _v, segment, *_ in told(scorecard("trial-plan")) if period > "2030"}
    assert found["2031"] == found["2032"] != found["2033"] == found["2034"] != found["2035"]


def test_a_declared_break_is_one_for_every_state_and_for_the_region(world):
    tables = small_tables()
    tables["breaks"] = [{"part": "kpi-1", "period": "2014", "kind": "break", "note:en": "another scale"}]
    approved(tables)
    card = scorecard("trial-plan")
    for area in ("ID", "TH", "VN", ""):
        begun = [periods.label(one.period) for one in card.series("kpi-1", area) if one.begins]
        assert "2014" in begun, area
        assert ("2015" in begun) == (area == ""), area  # where Singapore joins and is gone again


STATES_WITH_FIGURES = [area for area in worlds.STATES if area not in ("BN", "SG")]


def test_the_region_is_not_compared_across_a_break_that_a_state_s_source_marks(world):
    released(world, ("NEET.VN._T.Y15T24", "2012", 15.0, {"obs_status": "B"}))
    approved()
    region = scorecard("trial-plan").series("kpi-1", "")
    assert [periods.label(one.period) for one in region if one.begins] == ["2012", "2015", "2016"]


def test_the_region_is_not_compared_across_a_change_of_its_states_source(world):
    released(world, *[(f"WATER.{area}._T._T", "2019", 5.0) for area in STATES_WITH_FIGURES])
    series = [{"dataflow": GOALS, "key": NEET, "order": "1"}, {"dataflow": GOALS, "key": WATER, "order": "2"}]
    region = {periods.label(one.period): one for one in card_with(series).series("kpi-1", "")}
    assert region["2019"].segment != region["2018"].segment


RATIO = [{"name": "a", "dataflow": GOALS, "key": NEET, "from": "2030"}, {"name": "b", "dataflow": GOALS, "key": WATER}]


def ratio_of(world, first: list[str], second: list[str], series: list[dict[str, str]]):
    """a / b of Thailand from 2030 on, each year with the status of a and of b ("" for no value)."""
    for key, statuses in (("NEET.TH._T.Y15T24", first), ("WATER.TH._T._T", second)):
        rows = [(key, str(2030 + n), 10.0, {"obs_status": status}) for n, status in enumerate(statuses) if status]
        released(world, *rows)
    return card_with(series, formula="a / b").series("kpi-1", "TH")


@pytest.mark.parametrize("swapped", [False, True])
def test_a_formula_with_a_forecast_is_one(world, swapped):
    statuses = [["E", "A"], ["F", "F"]]
    found = ratio_of(world, statuses[swapped], statuses[not swapped], RATIO)
    assert [(one.usable, one.obs_status) for one in found] == [(False, "F"), (False, "F")]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_formula_is_not_compared_across_a_break_of_any_of_its_series(world, swapped):
    """Also where the figure that says so is of a year in which another series has none."""
    statuses = [["A", "E", "", "A", "A"], ["A", "B", "B", "A", "A"]]
    found = ratio_of(world, statuses[swapped], statuses[not swapped], RATIO)
    assert [(periods.label(one.period), one.segment, one.begins) for one in found] == [
        ("2030", 0, False), ("2031", 1, True), ("2033", 2, True), ("2034", 2, False),
    ]  # fmt: skip


def test_a_formula_is_not_compared_across_a_change_of_source_of_any_of_its_series(world):
    released(world, *[("NEET.TH.F.Y15T24", str(year), 5.0) for year in (2032, 2033)])
    other = {"name": "b", "order": "2", "dataflow": GOALS, "key": "SERIES=NEET; SEX=F; AGE=Y15T24"}
    found = ratio_of(world, ["A"] * 4, ["A"] * 2, [*RATIO, other])
    assert [(one.segment, one.preferred) for one in found] == [(0, True), (0, True), (1, False), (1, False)]


@pytest.mark.parametrize("period", ["2018-Q1", "2018-03", "2018-W10", "2018-03-05"])
def test_a_value_of_another_frequency_is_no_figure(world, period):
    approved()
    before = scorecard("trial-plan").computed
    released(world, *[(f"NEET.{area}._T.Y15T24", period, 50.0) for area in STATES_WITH_FIGURES])
    after = scorecard("trial-plan").computed
    assert after.series == before.series
    assert after.regional_rows == before.regional_rows


def test_the_second_source_is_never_preferred_where_the_first_has_nothing_at_all(world):
    first = {"dataflow": BANK, "key": "SERIES=UNUSED", "order": "1"}
    card = card_with([first, {"dataflow": GOALS, "key": NEET, "order": "2"}])
    assert {preferred for _period, _value, _segment, preferred, _offered in told(card)} == {False}


def test_censored_values_and_forecasts_are_shown_and_not_reckoned_with(world):
    released(
        world,
        ("NEET.TH._T.Y15T24", "2031", 5.0, {"qualifier": "<"}),
        ("NEET.TH._T.Y15T24", "2032", 5.0, {"obs_status": "F"}),
    )
    card = card_with([{"dataflow": GOALS, "key": NEET, "from": "2031"}])
    assert [one.usable for one in card.series("kpi-1", "TH")] == [False, False]
    assert card.computed.judged["kpi-1", "TH"].reason == "no_data"
    assert card.series("kpi-1", "") == ()


# --- what may be said, without a database ---------------------------------------------------------

PACE, NONE = Assessment("linear_pace"), Assessment("none")
KPI = Kpi(
    direction="increase",
    assessment=PACE,
    aims=(Aim("target", "TH", periods.parse("2030"), 100.0),),
)


def figures(*values: float | None, first: int = 2015, segments: tuple[int, ...] = ()) -> list[Figure]:
    return [
        Figure(
            periods.parse(str(first + n)), first + n, value, segments[n] if segments else 0, usable=value is not None
        )
        for n, value in enumerate(values)
    ]


def judged(kpi: Kpi, series: list[Figure], year: int = 2021, area: str = "TH"):
    found = judge(kpi, area, series, year=year, from_period=periods.parse("2015"))
    return found.progress_class, found.reason


@pytest.mark.parametrize(
    ("kpi", "series", "year", "wanted"),
    [
        (KPI, figures(10, 16, 22, 28, 34, 40), 2021, ("on_track", "")),
        (KPI, [], 2021, ("cannot_be_said", "no_data")),
        (KPI, figures(None, None), 2021, ("cannot_be_said", "no_data")),
        (KPI, figures(10), 2016, ("cannot_be_said", "too_few_points")),
        (KPI, figures(10, 20), 2030, ("cannot_be_said", "too_old")),
        (KPI, figures(10, 20, 90, segments=(0, 0, 1)), 2018, ("cannot_be_said", "break")),
        (KPI, figures(10, 20, 90, 100, segments=(0, 0, 1, 1)), 2018, ("achieved", "")),
        (Kpi(assessment=PACE, aims=KPI.aims), figures(1, 2), 2018, ("cannot_be_said", "no_direction")),
        (Kpi(direction="increase", assessment=PACE), figures(1, 2), 2018, ("cannot_be_said", "no_target")),
        (Kpi(direction="increase", assessment=NONE), figures(1, 2), 2018, ("cannot_be_said", "not_assessed")),
        (Kpi(direction="increase"), figures(1, 2), 2018, ("improving", "")),
        (Kpi(), figures(1, 2), 2018, ("cannot_be_said", "no_direction")),
        (Kpi(direction="keep_within", low=1, high=3), figures(1, 2), 2018, ("on_track", "")),
    ],
)  # fmt: skip
def test_a_class_is_told_only_where_points_age_and_breaks_allow_it(kpi, series, year, wanted):
    assert judged(kpi, series, year) == wanted


def test_a_baseline_before_a_break_is_not_compared_with_what_comes_after():
    """As the Global Competitiveness Index, which changed its scale in 2018."""
    baseline = Aim("baseline", "TH", periods.parse("2016"), 50.0)
    kpi = Kpi(
        direction="increase",
        assessment=Assessment("linear_pace"),
        aims=(baseline, *KPI.aims),
        breaks=(Break(periods.parse("2018"), "break", {}),),
    )
    after = figures(60, 62, 64, first=2018)
    assert judged(kpi, after) == ("cannot_be_said", "break")
    without = Kpi(direction="increase", assessment=Assessment("linear_pace"), aims=(baseline, *KPI.aims))
    assert judged(without, after)[0] == "needs_acceleration"


def test_a_change_inside_the_sampling_error_is_not_said():
    series = [one._replace(error=3.0) for one in figures(50, 52)]
    assert judged(KPI, series, 2018) == ("cannot_be_said", "within_error")


def test_a_withheld_regional_figure_says_nothing():
    series = [*figures(10, 20), Figure(periods.parse("2017"), 2017, None, usable=False, flags=("withheld", "partial"))]
    kpi = Kpi(direction="increase", aims=(Aim("target", "", periods.parse("2030"), 100.0),))
    assert judged(kpi, series, 2018, area="") == ("cannot_be_said", "withheld")
