"""Asking for what is public: keys, periods, dates, what a page needs, in a number of queries that does not grow."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import connection

from adme.indicators.models import Indicator
from adme.lib import periods
from adme.releases import actions, queries
from adme.releases.one_instant import one_instant
from adme.structures.queries import structure_of
from tests.factories.flows import coded, make_delivery, make_flow

pytestmark = pytest.mark.django_db

ROWS = [
    ("A.KH.POOR.F", "2018", 1.0),
    ("A.KH.POOR.F", "2019", 2.0),
    ("A.KH.POOR.F", "2020", None, {"obs_status": "M"}),
    ("A.KH.POOR.M", "2019", 3.0),
    ("A.TH.POOR.F", "2017", 4.0),
    ("A.TH.READ.F", "2019", 5.0),
    ("A.VN.READ.M", "2019", 6.0),
    ("M.VN.READ.M", "2019-03", 7.0),
]


@pytest.fixture
def data(press):
    press.release(*ROWS)
    return press


def found(flow, *arguments, **more) -> list[str]:
    cells = queries.select(flow, *arguments, **more).cells()
    return [f"{cell.key} {periods.label(cell.period)}" for cell in cells]


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        (None, {"A.KH.POOR.F", "A.KH.POOR.M", "A.TH.POOR.F", "A.TH.READ.F", "A.VN.READ.M", "M.VN.READ.M"}),
        ("*", {"A.KH.POOR.F", "A.KH.POOR.M", "A.TH.POOR.F", "A.TH.READ.F", "A.VN.READ.M", "M.VN.READ.M"}),
        ("...", {"A.KH.POOR.F", "A.KH.POOR.M", "A.TH.POOR.F", "A.TH.READ.F", "A.VN.READ.M", "M.VN.READ.M"}),
        ("A.KH.POOR.F", {"A.KH.POOR.F"}),
        ("A.KH+TH.POOR.F", {"A.KH.POOR.F", "A.TH.POOR.F"}),
        (".KH..", {"A.KH.POOR.F", "A.KH.POOR.M"}),
        ("*.*.READ.*", {"A.TH.READ.F", "A.VN.READ.M", "M.VN.READ.M"}),
        ({"REF_AREA": ["TH", "VN"], "FREQ": ["A"]}, {"A.TH.POOR.F", "A.TH.READ.F", "A.VN.READ.M"}),
        ({"REF_AREA": ["TH", "XX"]}, {"A.TH.POOR.F", "A.TH.READ.F"}),
        ({"REF_AREA": ["XX"]}, set()),
        ({"REF_AREA": []}, set()),
        ("A.XX.POOR.F", set()),
        ({}, {"A.KH.POOR.F", "A.KH.POOR.M", "A.TH.POOR.F", "A.TH.READ.F", "A.VN.READ.M", "M.VN.READ.M"}),
    ],
)
def test_a_key_means_its_series(data, key, keys):
    selection = queries.select(data.flow, key)

    assert {cell.key for cell in selection.cells()} == keys
    assert selection.exists() == bool(keys)
    assert {".".join(row[:4]) for frame in selection.frames() for row in frame.iter_rows()} == keys
    available = queries.availability(data.flow, key)
    assert available.series_count == len(keys)
    assert {cell.key for cell in queries.latest(data.flow, key)} == keys


@pytest.mark.parametrize("key", ["A.KH", "A.KH.POOR.F.X", "A..KH..POOR"])
def test_a_key_of_another_length_is_refused(data, key):
    with pytest.raises(queries.KeyTooLongOrShort, match=r"4 dimensions: FREQ\.REF_AREA\.INDICATOR\.SEX"):
        queries.select(data.flow, key)


def test_a_dimension_that_does_not_exist_is_refused(data):
    with pytest.raises(queries.UnknownDimension, match="AGE"):
        queries.select(data.flow, {"AGE": ["Y"]})


@pytest.mark.parametrize(
    ("asked", "cells"),
    [
        ({"period_from": 201901011}, ["2019", "2020"]),
        ({"period_to": 201901011}, ["2018", "2019"]),
        ({"period_from": 201901011, "period_to": 201901011}, ["2019"]),
        ({"first_n": 1}, ["2018"]),
        ({"last_n": 2}, ["2019", "2020"]),
        ({"first_n": 1, "last_n": 1}, ["2018", "2020"]),
        ({"first_n": 5, "last_n": 5}, ["2018", "2019", "2020"]),
        ({"last_n": 5}, ["2018", "2019", "2020"]),
        ({"last_n": 1, "period_to": 201901011}, ["2019"]),
        ({"first_n": 0}, []),
    ],
)
def test_periods_and_ends_of_a_series(data, asked, cells):
    assert found(data.flow, "A.KH.POOR.F", **asked) == [f"A.KH.POOR.F {period}" for period in cells]
    frames = [frame["TIME_PERIOD"].to_list() for frame in queries.select(data.flow, "A.KH.POOR.F", **asked).frames()]
    assert sum(frames, []) == cells


def test_cells_come_in_order_of_key_and_period(data):
    shown = found(data.flow)
    assert shown == sorted(shown)


def test_cells_are_used_as_a_list(data):
    cells = queries.select(data.flow, "A.KH.POOR.F").cells()

    assert len(cells) == 3
    assert cells[0].value == 1.0
    assert cells[-1].obs_status == "M"
    assert [cell.value for cell in cells[:2]] == [1.0, 2.0]
    assert cells == list(cells)
    assert list(reversed(cells))[0] == cells[2]
    with pytest.raises(TypeError):
        hash(cells)


def test_the_latest_is_the_latest_with_a_number(data):
    latest = queries.latest(data.flow, {"REF_AREA": ["KH"]})

    assert [(cell.key, periods.label(cell.period), cell.value) for cell in latest] == [
        ("A.KH.POOR.F", "2019", 2.0),
        ("A.KH.POOR.M", "2019", 3.0),
    ]


def test_availability_says_what_there_is_in_the_order_of_the_lists(data):
    available = queries.availability(data.flow, {"INDICATOR": ["READ"]})

    assert available.codes == {"FREQ": ["A", "M"], "REF_AREA": ["TH", "VN"], "INDICATOR": ["READ"], "SEX": ["F", "M"]}
    assert (available.first_period, available.last_period) == (periods.parse("2019"), periods.parse("2019-03"))
    assert available.series_count == 3


def test_an_as_of_date_is_a_moment_or_an_instant_and_never_ahead_of_the_clock(press, hands):
    press.release(("A.KH.POOR.F", "2019", 1.0))
    hands.set(10)
    press.release(("A.KH.POOR.F", "2019", 2.0))
    press.release(("A.KH.POOR.F", "2019", 3.0), at=20)

    asked = {hands.at(-1): [], hands.at(5): [1.0], hands.instant(5): [1.0], hands.at(10): [2.0], hands.at(99): [2.0]}
    for moment, values in asked.items():
        selection = queries.select(press.flow, as_of=moment)
        assert [cell.value for cell in selection.cells()] == values
        assert selection.as_of <= queries.clock_instant()


EXTRAS = [
    ("1.50", 1.5, {"decimals": 2}),
    ("<5", 5.0, {"decimals": 0, "qualifier": "<"}),
    (">95.0", 95.0, {"decimals": 1, "qualifier": ">"}),
    ("-0.4", -0.4, {"decimals": 1}),
    ("1e3", 1000.0, {"attributes": {"DELIVERED": "1e3"}}),
    ("NV", None, {"obs_status": "M", "attributes": {"DELIVERED": "NV"}}),
    (None, None, {"obs_status": "M"}),
    ("78.3681314212521", 78.3681314212521, {"decimals": 13}),
]


@pytest.mark.parametrize(("text", "value", "extras"), EXTRAS)
def test_frames_give_the_value_as_delivered(press, text, value, extras):
    press.release(("A.KH.POOR.F", "2019", value, extras))

    (frame,) = queries.select(press.flow).frames()
    assert frame["OBS_VALUE"].to_list() == [text]


def test_frames_have_a_text_column_for_each_component(press):
    press.release(
        ("A.KH.POOR.F", "2019", 1.0, {"decimals": 1, "attributes": {"UNIT_MEASURE": "PT", "NOTE": 'a, "b"'}}),
        ("M.KH.POOR.F", "2019-03", 2.0, {"decimals": 0, "obs_status": "E", "conf_status": "C"}),
    )

    (frame,) = queries.select(press.flow).frames()
    assert frame.to_dicts() == [
        {
            "FREQ": "A", "REF_AREA": "KH", "INDICATOR": "POOR", "SEX": "F", "TIME_PERIOD": "2019", "OBS_VALUE": "1.0",
            "OBS_STATUS": "A", "CONF_STATUS": "F", "UNIT_MEASURE": "PT", "NOTE": 'a, "b"',
        },
        {
            "FREQ": "M", "REF_AREA": "KH", "INDICATOR": "POOR", "SEX": "F", "TIME_PERIOD": "2019-03", "OBS_VALUE": "2",
            "OBS_STATUS": "E", "CONF_STATUS": "C", "UNIT_MEASURE": None, "NOTE": None,
        },
    ]  # fmt: skip
    assert set(frame.dtypes) == {pl.String}


@pytest.mark.parametrize("chunk_rows", [1, 3, 1000])
def test_frames_in_any_pieces_are_the_same(data, chunk_rows):
    data.release(("A.LA.POOR.F", "2019", 8.0), ("A.KH.READ.F", "2019", 9.0))
    whole = pl.concat(queries.select(data.flow).frames())
    pieces = list(queries.select(data.flow).frames(chunk_rows))

    assert pl.concat(pieces).equals(whole)
    keys = [".".join(row[:4]) for row in whole.iter_rows()]
    assert keys == sorted(keys)
    assert [(cell.key, periods.label(cell.period)) for cell in queries.select(data.flow).cells()] == [
        (".".join(row[:4]), row[4]) for row in whole.iter_rows()
    ]


def test_a_code_that_is_long_used_sorts_and_splits_well(press):
    flow = make_flow("DF_ODD", {"REF_AREA": ["_T", "a-b", "Z@1", "$x"], "INDICATOR": ["I_1"]})
    press.release(*[(f"{area}.I_1", "2019", 1.0) for area in ("_T", "a-b", "Z@1", "$x")], flow=flow)

    (frame,) = queries.select(flow).frames()
    assert frame["REF_AREA"].to_list() == sorted(["_T", "a-b", "Z@1", "$x"])


def test_history_names_the_release_of_each_version_and_what_came_back(press, hands):
    one = press.release(("A.KH.POOR.F", "2019", 1.0), title="First")
    hands.set(10)
    two = press.release(("A.KH.POOR.F", "2019", 2.0), title="Second")
    hands.set(20)
    actions.withdraw(release=two, by=press.by, reason="wrong")
    hands.set(30)
    three = press.release(("A.KH.POOR.F", "2019", "D"), title="Third")
    press.release(("A.KH.POOR.F", "2019", 4.0), title="Secret", at=40)

    versions = queries.history(press.flow, "A.KH.POOR.F", "2019")
    assert [(v.value, v.release_title.get("en"), v.came_back, v.deleted) for v in versions] == [
        (1.0, "First", False, False),
        (2.0, "Second", False, False),
        (1.0, "First", True, False),
        (None, "Third", False, True),
    ]
    assert [v.release_id for v in versions] == [one.pk, two.pk, one.pk, three.pk]
    ends = [v.public_to for v in versions]
    assert ends == [v.public_from for v in versions[1:]] + [None], "the end of the present one tells of what is to come"
    assert queries.history(press.flow, "A.KH.POOR.F", 201901011, as_of=hands.at(15)) == [
        versions[0], versions[1]._replace(public_to=None),
    ]  # fmt: skip


def register(flow, *codes: str) -> list[Indicator]:
    return [
        Indicator.objects.create(slug=f"{flow.artefact_id}-{code}".lower(), dataflow=flow, code_id=code)
        for code in codes
    ]


def test_published_indicators_are_those_with_public_figures(data, hands):
    poor, _read = register(data.flow, "POOR", "READ")
    other = make_flow("DF_OTHER")
    register(other, "POOR", "READ")
    data.release(("A.LA.READ.F", "2030", 1.0), at=20)
    hands.set(10)
    correction = data.release(("A.TH.POOR.F", "2017", 4.5))
    data.release(("A.TH.POOR.F", "2017", 1.0), flow=other, at=20)

    first, second = queries.published_indicators()
    assert (first.indicator, first.areas, first.series, first.updated) == (poor, ("KH", "TH"), 3, correction.instant)
    assert (periods.label(first.first_period), periods.label(first.last_period)) == ("2017", "2020")
    assert (second.indicator.code_id, second.areas) == ("READ", ("TH", "VN"))
    earlier = queries.published_indicators(as_of=hands.at(5))
    assert earlier[0].updated < correction.instant

    hands.set(21)
    actions.release_due()
    assert [one.indicator.slug for one in queries.published_indicators()] == [
        "df_other-poor", "df_test-poor", "df_test-read",
    ]  # fmt: skip


def test_questions_take_a_number_of_queries_that_does_not_grow(press, django_assert_num_queries):
    flows = [press.flow, *(make_flow(f"DF_{n}") for n in range(3))]
    areas, years = ["KH", "TH", "VN", "LA"], range(2000, 2030)

    def counted() -> dict[str, int]:
        counts = {}
        asked = {
            "select": lambda: queries.select(press.flow).cells(),
            "exists": lambda: queries.select(press.flow).exists(),
            "latest": lambda: queries.latest(press.flow),
            "availability": lambda: queries.availability(press.flow),
            "history": lambda: queries.history(press.flow, "A.KH.POOR.F", "2019"),
            "indicators": lambda: [list(one.indicator.topics.all()) for one in queries.published_indicators()],
            "calendar": lambda: [entry.dataflows for entry in queries.calendar().published],
            "frames": lambda: list(queries.select(press.flow).frames()),
        }
        for name, question in asked.items():
            with connection.execute_wrapper(counter := Counter()):
                question()
            counts[name] = counter.count
        return counts

    press.release(("A.KH.POOR.F", "2019", 1.0, {"attributes": {"NOTE": "x"}}))
    register(press.flow, "POOR")
    before = counted()
    for number, flow in enumerate(flows):
        rows = [(f"A.{area}.READ.F", str(year), 1.0) for area in areas for year in years]
        press.release(*rows, flow=flow, title=str(number))
        register(flow, "READ")

    assert counted() == before
    before.pop("frames")  # COPY out of PostgreSQL is not counted
    assert before == {
        "select": 3, "exists": 3, "latest": 3, "availability": 3, "history": 3,
        "indicators": 5, "calendar": 5,
    }  # fmt: skip


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, parameters, many, context):
        self.count += 1
        return execute(sql, parameters, many, context)


def test_inside_one_instant_nothing_moves(press, hands):
    press.release(("A.KH.POOR.F", "2019", 1.0))
    made = press.release(("A.KH.POOR.F", "2019", 2.0), at=10)
    hands.set(10)
    with one_instant():
        assert press.values() == {"A.KH.POOR.F 2019": 1.0}
        from adme.observations.actions.clock import advance

        advance(made.instant)  # as another process would
        assert press.values() == {"A.KH.POOR.F 2019": 1.0}
        assert queries.published_indicators() == []
    assert press.values() == {"A.KH.POOR.F 2019": 2.0}


def test_whoever_releases_inside_one_instant_sees_it(press):
    with one_instant():
        assert press.values() == {}
        press.release(("A.KH.POOR.F", "2019", 1.0))
        assert press.values() == {"A.KH.POOR.F 2019": 1.0}


def test_attribute_contents_are_given_by_id(press):
    press.release(("A.KH.POOR.F", "2019", 1.0, {"attributes": {"NOTE": "ก", "UNIT_MEASURE": "PT"}}))
    (cell,) = queries.select(press.flow).cells()

    assert queries.attribute_contents([cell.attributes or 0]) == {cell.attributes: {"NOTE": "ก", "UNIT_MEASURE": "PT"}}
    assert queries.attribute_contents([]) == {}
    assert queries.attribute_contents([1, 2, 3]) == {}


def test_the_calendar_tells_of_announced_ones_their_title_and_time_and_of_others_nothing(press, hands):
    press.release(("A.KH.POOR.F", "2019", 1.0), title="Old")
    hands.set(5)
    press.release(("A.KH.POOR.F", "2019", 2.0), title="Recent")
    press.release(("A.KH.POOR.F", "2019", 3.0), title="Later", at=30, announced=True, note={"en": "secret note"})
    press.release(("A.KH.POOR.F", "2019", 4.0), title="Soon", at=20, announced=True)
    hidden = press.release(("A.KH.POOR.F", "2019", 5.0), title="Hidden", at=10)

    calendar = queries.calendar()
    assert [(entry.title["en"], entry.at, entry.note, entry.dataflows) for entry in calendar.upcoming] == [
        ("Soon", hands.at(20), {}, ()),
        ("Later", hands.at(30), {}, ()),
    ]
    assert [(entry.title["en"], entry.withdrawn, entry.dataflows) for entry in calendar.published] == [
        ("Recent", False, (press.flow,)),
        ("Old", False, (press.flow,)),
    ]
    assert queries.published_release(hidden.pk) is None
    assert [entry.title["en"] for entry in queries.calendar(published=1).published] == ["Recent"]


def test_a_second_delivery_for_a_flow_without_area_is_covered_too(press):
    flow = make_flow("DF_PLAIN", {"INDICATOR": ["X"]}, area_dimension="REF_AREA")
    register(flow, "X")
    press.release(("X", "2019", 1.0), flow=flow)

    (one,) = queries.published_indicators()
    assert (one.areas, one.series) == ((), 1)


def test_deliveries_of_one_release_share_its_page(press, publisher):
    deliveries = [
        (make_delivery(press.flow, label), coded(press.flow, [(key, "2019", 1.0)]))
        for label, key in (("a", "A.KH.POOR.F"), ("b", "A.TH.POOR.F"))
    ]
    made = actions.release(deliveries=deliveries, title="Two", by=publisher, reason="so")

    page = queries.published_release(made.pk)
    assert [(part.dataflow, part.new) for part in page.parts] == [(press.flow, 1), (press.flow, 1)]
    assert page.entry.dataflows == (press.flow,)


def test_few_rows_read_as_many_do(press, monkeypatch):
    from adme.releases import published_frames

    flow = make_flow("DF_ALL", attributes=("OBS_STATUS", "CONF_STATUS", "NOTE", "DELIVERED"))
    for number, (_, value, extras) in enumerate(EXTRAS):
        for which in (press.flow, flow):
            press.release(("A.KH.POOR.F", str(2000 + number), value, extras), flow=which, title=str(number))
    for which in (press.flow, flow):
        few = pl.concat(queries.select(which).numeric_frames())
        with monkeypatch.context() as patch:
            patch.setattr(published_frames, "FEW", 0)
            many = pl.concat(queries.select(which).numeric_frames())
        assert few.equals(many)
        assert few.schema == many.schema
        assert len(few) == len(EXTRAS)


@pytest.mark.parametrize("counts", [{}, {"last_n": 1}])
@pytest.mark.parametrize(("offset", "limit"), [(0, 3), (2, 3), (4, None), (6, 5), (99, 1), (0, 99)])
def test_a_part_of_the_answer_is_the_same_as_cells_and_as_frames(data, counts, offset, limit):
    whole = found(data.flow, **counts)
    end = None if limit is None else offset + limit
    assert found(data.flow, offset=offset, limit=limit, **counts) == whole[offset:end]
    selection = queries.select(data.flow, offset=offset, limit=limit, **counts)
    assert sum(len(frame) for frame in selection.frames()) == len(whole[offset:end])
    assert selection.frozen_file() is None, "a part is not the whole"


def test_several_moments_at_once_read_as_each_alone(press):
    instants = []
    for value, sex in [(1.0, "F"), (3.0, "F"), (3.0, "M")]:
        press.hands.forward(10)
        press.release((f"A.KH.POOR.{sex}", "2019", value))
        instants.append(press.hands.instant(press.hands.seconds))
    press.hands.forward(10)
    asked = [(structure_of(press.flow), None)]

    together = dict(queries.stored_frames_at(asked, instants))

    assert list(together) == instants
    assert [frame["value"].sum() for frame in together.values()] == [1.0, 3.0, 6.0]
    for instant in instants:
        assert together[instant].equals(pl.concat(queries.stored_frames(asked, as_of=instant)))
