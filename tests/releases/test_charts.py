"""Charts and maps: what is drawn, what is said, and what must never be drawn."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adme.releases import chart_frame as frame
from adme.releases import chart_labels, chart_lines, charts, maps
from adme.releases.chart_spec import ChartError, ChartSpec, Point, Reference, Series, kind_of
from adme.releases.map_scale import scale_for
from adme.releases.maps import AreaValue, MapSpec
from tests.lib.page import fixture

NS = "{http://www.w3.org/2000/svg}"


def series(id_="A", *values: tuple[str, float | None], **more) -> Series:
    return Series(
        id=id_, label=more.pop("label", f"State {id_}"), points=tuple(Point(*each) for each in values), **more
    )


def spec(*made: Series, **more) -> ChartSpec:
    return ChartSpec(title="Title", unit=more.pop("unit", "%"), series=made, **more)


def length(element: ET.Element | None, name: str) -> float:
    assert element is not None
    return float(element.get(name) or "nan")


def words(drawn: str) -> str:
    """All words of a drawing, as a reader sees them."""
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    return " ".join("".join(each.itertext()) for each in root.iter(f"{NS}text"))


FULL = fixture.spec()
SIGNS = fixture.with_every_sign()
AREAS = fixture.map_spec("SI.POV.NAHC")
DRAWINGS = {
    "line": lambda **o: charts.line(FULL, **o),
    "line with signs": lambda **o: charts.line(SIGNS, **o),
    "bar": lambda **o: charts.bar(SIGNS, **o),
    "two dates": lambda **o: charts.dots(FULL, **o),
    "panels": lambda **o: charts.small_multiples(FULL, **o),
    "map": lambda **o: maps.choropleth(AREAS, **o),
    "tiles": lambda **o: maps.tiles(AREAS, **o),
}


@pytest.mark.parametrize("width", [340, 560, 960])
@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_is_well_formed_named_and_described(draw, width):
    root = ET.fromstring(draw(width=width))  # noqa: S314

    assert root.get("role") == "img"
    named = {each.get("id"): (each.text or "") for each in root if each.tag in {f"{NS}title", f"{NS}desc"}}
    assert named[root.get("aria-labelledby")]
    assert named[root.get("aria-describedby")]
    assert root.get("viewBox").startswith(f"0 0 {width} ")


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_obeys_the_content_policy_and_loads_nothing(draw):
    drawn = draw(width=720)

    assert " style=" not in drawn
    assert "<style" not in drawn
    assert set(re.findall(r'https?://[^"]+', drawn)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_file_stands_alone_with_title_source_and_colours(draw):
    drawn = draw(width=720, standalone=True)

    assert "Source: World Bank" in words(drawn)
    assert "Released 23 November 2026." in words(drawn)
    assert 'fill="#FCFBF8"' in drawn
    assert "font-family" in drawn


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_ids_are_unique_and_the_same_each_time(draw):
    drawn = draw(width=720)
    ids = re.findall(r'\sid="([^"]+)"', drawn)

    assert len(ids) == len(set(ids))
    assert drawn == draw(width=720)
    assert not set(ids) & set(re.findall(r'\sid="([^"]+)"', draw(width=340)))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12))
@example("\N{NO-BREAK SPACE}")
def test_any_words_can_be_names(name):
    made = spec(series("A", ("2018", 1.0), ("2019", 2.0), label=name, role="chosen"), subtitle=name, source=name)

    for drawn in (charts.line(made, standalone=True), charts.bar(made), charts.small_multiples(made)):
        ET.fromstring(drawn)  # noqa: S314


# --- lines ----------------------------------------------------------------------------------------


def line_of(points) -> Series:
    return Series("A", "A", tuple(points))


def stretches(*points: Point, soft: bool = False) -> list[list[str]]:
    return [[point.period for point in run] for run in chart_lines.runs(line_of(points), soft=soft)]


def test_no_line_runs_through_a_missing_year():
    points = [Point(str(year), 1.0) for year in (2000, 2001, 2003, 2004)]

    assert stretches(*points) == [["2000", "2001"], ["2003", "2004"]]


def test_a_year_between_gaps_is_a_dot():
    points = [Point(str(year), 1.0) for year in (2000, 2005, 2006)]

    assert [point.period for point in chart_lines.lonely(line_of(points))] == ["2000"]


def test_quarters_are_neighbours_of_quarters():
    points = [Point(code, 1.0) for code in ("2018-Q3", "2018-Q4", "2019-Q1", "2019-Q3")]

    assert stretches(*points) == [["2018-Q3", "2018-Q4", "2019-Q1"]]


def test_a_line_stops_at_a_break():
    points = [Point("2000", 1.0), Point("2001", 1.0), Point("2002", 5.0, break_before=True), Point("2003", 5.0)]

    assert stretches(*points) == [["2000", "2001"], ["2002", "2003"]]
    assert "break in the series" in words(charts.line(spec(Series("A", "A", tuple(points)))))


@pytest.mark.parametrize("kind", ["estimated", "projected", "provisional"])
def test_what_is_no_reported_fact_is_dashed_and_said(kind):
    points = (Point("2000", 1.0), Point("2001", 1.0), Point("2002", 2.0, kind=kind))

    assert stretches(*points) == [["2000", "2001"]]
    assert stretches(*points, soft=True) == [["2001", "2002"]]
    drawn = charts.line(spec(Series("A", "A", points, role="chosen")))
    assert "stroke-dasharray" in drawn
    assert kind in words(drawn)


def test_a_point_without_a_value_is_not_drawn_as_zero():
    made = series("A", ("2000", 10.0), ("2001", None), ("2002", 12.0))

    assert [point.period for point in made.drawn] == ["2000", "2002"]
    assert charts.echarts_option(spec(made))["yAxis"]["min"] >= 0


def test_points_may_come_in_any_order():
    made = series("A", ("2002", 3.0), ("2000", 1.0), ("2001", 2.0))

    assert [point.period for point in made.drawn] == ["2000", "2001", "2002"]
    assert made.latest is not None
    assert made.latest.value == 3.0


def test_the_region_and_chosen_lines_are_named_with_their_value():
    said = words(charts.line(FULL))

    for name in ("Viet Nam 31.4", "Timor-Leste 35.4", "Mean of states 22.9"):
        assert name in said


def test_a_value_older_than_the_others_says_its_year():
    made = spec(
        series("A", *((str(year), 5.0) for year in range(2000, 2021)), role="chosen"),
        series("B", *((str(year), 9.0) for year in range(2000, 2020)), role="chosen"),
    )

    assert "State B 9\u202f% (2019)" in words(charts.line(made))


def test_a_target_is_drawn_and_named():
    made = spec(series("A", ("2000", 1.0), ("2001", 2.0)), references=(Reference(10, "Target 2030"),))

    assert "Target 2030: 10\u202f%" in words(charts.line(made))
    assert charts.echarts_option(made)["yAxis"]["max"] >= 10


def test_more_than_five_chosen_are_refused():
    with pytest.raises(ChartError, match="at most 5"):
        spec(*(series(str(index), role="chosen") for index in range(6)))


def test_two_series_of_one_id_are_refused():
    with pytest.raises(ChartError, match="share an id"):
        spec(series("A"), series("A"))


@pytest.mark.parametrize("draw", [charts.line, charts.dots, charts.small_multiples, charts.echarts_option])
def test_a_chart_of_nothing_is_refused_by_name(draw):
    with pytest.raises(ChartError, match="no series has a value"):
        draw(spec(series("A", ("2000", None))))


@pytest.mark.parametrize(
    ("obs", "conf", "missing", "kind"),
    [
        ("A", "", False, "value"),
        ("", "F", False, "value"),
        ("E", "", False, "estimated"),
        ("I", "", False, "estimated"),
        ("F", "", False, "projected"),
        ("P", "", False, "provisional"),
        ("B", "", False, "value"),
        ("M", "", True, "missing"),
        ("O", "F", True, "missing"),
        ("A", "C", True, "suppressed"),
        ("M", "", False, "value"),
    ],
)
def test_how_a_value_is_drawn_follows_its_status(obs, conf, missing, kind):
    assert kind_of(obs, conf, value_is_missing=missing) == kind


# --- axes and labels ------------------------------------------------------------------------------


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 10))
def test_ticks_are_even_reach_around_the_values_and_are_not_too_many(low, span, wanted):
    high = low + span
    ticks = frame.nice_ticks(low, high, wanted)
    steps = [after - before for before, after in zip(ticks, ticks[1:], strict=False)]

    slack = max(abs(low), abs(high), span) * 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 2 * wanted + 3
    assert max(steps) - min(steps) <= slack + 1e-12


@pytest.mark.parametrize(
    ("values", "from_zero", "ticks"),
    [
        ([12, 38], False, (0, 10, 20, 30, 40)),  # zero is near: take it in
        ([71, 78], False, (70, 72, 74, 76, 78)),
        ([71, 78], True, (0, 20, 40, 60, 80)),
        ([-5, 4], False, (-6, -4, -2, 0, 2, 4)),
        ([5, 5], False, (4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6)),
    ],
)
def test_a_value_axis_has_round_ticks(values, from_zero, ticks):
    assert frame.value_ticks(values, from_zero=from_zero) == pytest.approx(ticks)


def test_large_numbers_are_counted_in_millions():
    assert frame.tick_labels((0, 100e6, 200e6)) == (("0", "100", "200"), "million")
    assert frame.tick_labels((0, 0.5, 1)) == (("0.0", "0.5", "1.0"), "")


@given(st.integers(1950, 2020), st.integers(0, 80), st.floats(80, 900))
def test_years_on_an_axis_do_not_touch(first, span, room):
    years = frame.year_ticks(first, first + span, room)

    assert len(set(years)) == len(years)
    gaps = [after - before for before, after in zip(years, years[1:], strict=False)]
    assert all(gap / max(1, span) * room >= 33 for gap in gaps)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(12, 34)), max_size=12))
def test_labels_never_touch_and_keep_their_order(wishes):
    slots = [frame.Slot(wish, size) for wish, size in wishes]
    middles = frame.spread(slots, 0, 1000)
    placed = sorted(zip(middles, slots, strict=True), key=lambda each: each[0])

    for (above, upper), (below, lower) in zip(placed, placed[1:], strict=False):
        assert below - above >= (upper.size + lower.size) / 2 - 1e-6
        assert upper.wish <= lower.wish + 1e-9
    assert all(middle - slot.size / 2 >= -1e-6 for middle, slot in placed)


def test_labels_with_room_stay_where_they_wish():
    assert frame.spread([frame.Slot(300, 16), frame.Slot(100, 16)], 0, 400) == [300, 100]


@pytest.mark.parametrize("width", [340, 720, 960])
@pytest.mark.parametrize("made", [FULL, SIGNS], ids=["real", "signs"])
def test_no_name_runs_out_of_the_drawing(made, width):
    narrow = width < frame.NARROW
    column = chart_labels.column_width(made, narrow=narrow)

    assert column < width * 0.45


# --- rows -----------------------------------------------------------------------------------------


def test_bars_begin_at_zero_and_stand_in_order():
    drawn = charts.bar(spec(series("A", ("2018", 10.0)), series("B", ("2018", 30.0)), series("C", ("2018", -5.0))))
    root = ET.fromstring(drawn)  # noqa: S314
    bars = {
        group.get("data-area"): next(each for each in group if each.tag == f"{NS}rect")
        for group in root.iter(f"{NS}g")
        if group.get("data-area")
    }
    zero = length(next(line for line in root.iter(f"{NS}line") if line.get("class") == "zero"), "x1")

    assert list(bars) == ["B", "A", "C"]
    assert length(bars["A"], "x") == pytest.approx(zero, abs=0.11)
    assert length(bars["C"], "x") + length(bars["C"], "width") == pytest.approx(zero, abs=0.11)
    ratio = length(bars["B"], "width") / length(bars["A"], "width")
    assert ratio == pytest.approx(3, rel=0.01)


def test_a_row_without_a_value_stays_and_says_why():
    said = words(charts.bar(SIGNS))

    assert "withheld to protect confidentiality" in said
    assert "no data since 2020" in said
    assert "not applicable" in said


def test_only_a_year_that_differs_is_said_beside_its_bar():
    made = spec(series("A", ("2018", 1.0)), series("B", ("2018", 2.0)), series("C", ("2012", 3.0)))
    said = words(charts.bar(made))

    assert "%, 2018 unless a year is given" in said
    assert said.count("(2012)") == 1
    assert "(2018)" not in said


def test_a_bar_of_a_period_shows_that_period_alone():
    made = spec(series("A", ("2017", 1.0), ("2018", 9.0)), series("B", ("2018", 2.0)))
    said = words(charts.bar(made, period="2017"))

    assert "1\u202f%" in said
    assert "9\u202f%" not in said
    assert "no data" in said


def test_two_dates_show_both_values_and_their_years():
    made = spec(series("A", ("2010", 10.0), ("2018", 30.0)), series("B", ("2018", 20.0)))
    said = words(charts.dots(made, first="2010", second="2018"))

    assert "earlier: 2010" in said
    assert "later: 2018" in said
    assert all(f"{value}\u202f%" in said for value in (10, 20, 30))


def test_censored_values_keep_their_sign():
    made = spec(Series("A", "A", (Point("2018", 5.0, qualifier="<"),)))

    assert "<5\u202f%" in words(charts.bar(made))


def test_every_series_has_its_panel_even_without_a_value():
    made = spec(series("A", ("2010", 10.0), ("2011", 11.0)), series("B", ("2018", None)))
    drawn = charts.small_multiples(made)

    assert drawn.count('class="panel"') == 2
    assert "State B no data" in words(drawn)


# --- sparkline and option -------------------------------------------------------------------------


def test_a_sparkline_of_nothing_is_nothing():
    assert charts.sparkline([Point("2018", None)]) == ""


@pytest.mark.parametrize("points", [[("2018", 1.0)], [("2018", 1.0), ("2019", 1.0)], [("2010", 1.0), ("2019", 4.0)]])
def test_a_sparkline_is_drawn_from_any_value(points):
    ET.fromstring(charts.sparkline([Point(*each) for each in points], label="Trend"))  # noqa: S314


def test_the_interactive_option_is_plain_json_and_says_what_a_tip_repeats():
    option = json.loads(json.dumps(charts.echarts_option(SIGNS)))
    data = {
        (part["id"], datum["adme"]["period"]): datum
        for part in option["series"]
        if part["type"] == "scatter"
        for datum in part["data"]
    }

    assert data["VNM", "2010"]["adme"] == {
        "period": "2010",
        "shown": "25.8\u202f%",
        "status": "estimated",
        "note": "Set for the fixture",
    }
    assert data["VNM", "2010"]["soft"] is True
    assert len(option["breaks"]) == 1
    assert [reference["kind"] for reference in option["references"]] == ["target", "baseline"]


def test_the_interactive_option_keeps_gaps():
    option = charts.echarts_option(spec(series("A", *((year, 1.0) for year in ("2000", "2001", "2004", "2005")))))
    line = next(part for part in option["series"] if part["type"] == "line")

    assert [value for _, value in line["data"]] == [1.0, 1.0, None, 1.0, 1.0]


def test_a_description_names_years_and_latest_values():
    assert charts.describe(FULL).startswith("12 series, 1997–2025. Latest: ")
    assert "Viet Nam 31.4\u202f% (2025)" in charts.describe(FULL)
    assert charts.describe(replace(FULL, description="As the caller says.")) == "As the caller says."


# --- maps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["TH", "tha", "764"])
def test_an_area_is_known_by_any_of_its_codes(code):
    assert maps.alpha2(code) == "TH"


@pytest.mark.parametrize("code", ["096", "96", "BN", "BRN"])
def test_a_leading_zero_does_not_matter(code):
    assert maps.alpha2(code) == "BN"


def test_an_area_that_is_not_on_the_map_is_refused():
    with pytest.raises(ChartError, match="no area 'FR'"):
        maps.choropleth(MapSpec("T", "%", (AreaValue("FR", "France", 1.0),)))


@pytest.mark.parametrize("draw", [maps.choropleth, maps.tiles])
@pytest.mark.parametrize("width", [340, 720])
def test_all_eleven_states_are_on_the_map_and_say_their_value(draw, width):
    drawn = draw(AREAS, width=width)
    root = ET.fromstring(drawn)  # noqa: S314
    shown = {each.get("data-area"): each.get("data-shown") for each in root.iter() if each.get("data-area")}

    assert len(shown) == 11
    assert shown["TL"] == "41.8\u202f%"
    assert shown["SG"] == "no data"


@pytest.mark.parametrize("code", ["SG", "BN", "TL"])
def test_small_states_have_markers_for_a_thumb(code):
    root = ET.fromstring(maps.choropleth(AREAS, width=340))  # noqa: S314
    marker = next(each for each in root.iter(f"{NS}g") if each.get("data-area") == code)

    assert length(next(iter(marker)), "r") * 2 >= 44


def test_absent_values_are_told_apart():
    values = (
        AreaValue("TH", "Thailand", 5.0, period="2018"),
        AreaValue("VN", "Viet Nam", None, kind="missing"),
        AreaValue("LA", "Lao PDR", None, kind="suppressed"),
        AreaValue("SG", "Singapore", None, kind="not_applicable"),
        AreaValue("ID", "Indonesia", 7.0, kind="estimated", period="2018"),
    )
    drawn = maps.tiles(MapSpec("T", "%", values))
    said = words(drawn)

    for sign in ("no data", "withheld to protect confidentiality", "not applicable", "estimated", "×"):
        assert sign in said
    assert "url(#h" in drawn


def test_a_state_that_is_not_given_is_unknown_and_not_zero():
    drawn = maps.choropleth(MapSpec("T", "%", (AreaValue("TH", "Thailand", 5.0),)))

    assert drawn.count('data-shown="no data"') == 10 + 3  # three small states are shape and marker


def test_an_old_value_on_a_map_says_its_year():
    said = words(maps.choropleth(AREAS))

    assert "2024 unless a year is given" in said
    assert "41.8\u202f% 2014" in said


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([4.2, 41.8, 17.7, 9.0], (10, 20, 30, 40)),
        ([11.4, 35.4, 22.0], (15, 20, 25, 30, 35)),
        ([1, 2, 3, 4, 5000], (10, 100, 1000)),
        ([5, 5, 5], ()),
        ([], ()),
    ],
)
def test_boundaries_of_classes_are_round(values, breaks):
    assert scale_for(values).breaks == pytest.approx(breaks)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=11))
def test_every_value_has_a_class_and_there_are_at_most_six(values):
    scale = scale_for(values)

    assert len(scale.steps) <= 6
    assert len(scale.steps) == len(scale.breaks) + 1
    assert all(scale.step_of(value) in scale.steps for value in values)


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=11, unique=True), st.floats(0.01, 0.99))
def test_with_a_target_the_colours_part_at_the_target(values, share):
    low, high = min(values), max(values)
    target = low + share * (high - low)
    if not low < target < high or (high - low) < 1e-3:
        return
    scale = scale_for(values, target=target, higher_is_better=True)

    assert len(scale.steps) <= 7
    assert all(scale.step_of(value).name[0] == ("c" if value >= scale.target else "w") for value in values)


def test_darker_means_more():
    scale = scale_for([10, 20, 30, 40, 50, 60])
    names = [scale.step_of(value).name for value in (10, 25, 60)]

    assert names == sorted(names)


def test_the_map_says_what_its_boundaries_do_not_mean():
    assert "do not imply endorsement" in words(maps.choropleth(AREAS, standalone=True))


def test_the_map_is_small_enough_for_a_slow_line():
    assert len(maps.choropleth(AREAS).encode()) < 32_000
