from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import periods

READ = [
    # text, integer, canonical label, first day, last day, year
    ("2015", 201501011, "2015", "2015-01-01", "2015-12-31", 2015),
    ("2015-A1", 201501011, "2015", "2015-01-01", "2015-12-31", 2015),
    ("2015-S1", 201501012, "2015-S1", "2015-01-01", "2015-06-30", 2015),
    ("2015-S2", 201507012, "2015-S2", "2015-07-01", "2015-12-31", 2015),
    ("2015-T2", 201505013, "2015-T2", "2015-05-01", "2015-08-31", 2015),
    ("2015-T3", 201509013, "2015-T3", "2015-09-01", "2015-12-31", 2015),
    ("2015-Q2", 201504014, "2015-Q2", "2015-04-01", "2015-06-30", 2015),
    ("2015-Q4", 201510014, "2015-Q4", "2015-10-01", "2015-12-31", 2015),
    ("2015-03", 201503015, "2015-03", "2015-03-01", "2015-03-31", 2015),
    ("2015-M03", 201503015, "2015-03", "2015-03-01", "2015-03-31", 2015),
    ("2016-02", 201602015, "2016-02", "2016-02-01", "2016-02-29", 2016),
    ("2015-W05", 201501266, "2015-W05", "2015-01-26", "2015-02-01", 2015),
    ("2015-W01", 201412296, "2015-W01", "2014-12-29", "2015-01-04", 2015),
    ("2015-W53", 201512286, "2015-W53", "2015-12-28", "2016-01-03", 2015),
    ("2015-01-31", 201501317, "2015-01-31", "2015-01-31", "2015-01-31", 2015),
    ("2015-D031", 201501317, "2015-01-31", "2015-01-31", "2015-01-31", 2015),
    ("2016-D366", 201612317, "2016-12-31", "2016-12-31", "2016-12-31", 2016),
    ("1000", 100001011, "1000", "1000-01-01", "1000-12-31", 1000),
    ("1000-W01", 99912306, "1000-W01", "0999-12-30", "1000-01-05", 1000),
    ("9999-12-31", 999912317, "9999-12-31", "9999-12-31", "9999-12-31", 9999),
]

NOT_READ = [
    # text, reason
    ("", "not_a_period"),
    (" 2015", "not_a_period"),
    ("2015\n", "not_a_period"),
    ("0999", "not_a_period"),
    ("15", "not_a_period"),
    ("20155", "not_a_period"),
    ("2015Q1", "not_a_period"),
    ("Q1 2015", "not_a_period"),
    ("2015/16", "not_a_period"),
    ("2015-2016", "not_a_period"),
    ("31/01/2015", "not_a_period"),
    ("Jan 2015", "not_a_period"),
    ("2015-q1", "not_a_period"),
    ("2015.0", "not_a_period"),
    ("2015-01-31T00:00:00", "not_a_period"),
    ("๒๕๖๗", "undeclared_digits"),
    ("２０１５", "undeclared_digits"),
    ("2015-00", "no_such_period"),
    ("2015-13", "no_such_period"),
    ("2015-A2", "no_such_period"),
    ("2015-S3", "no_such_period"),
    ("2015-T4", "no_such_period"),
    ("2015-Q0", "no_such_period"),
    ("2015-Q5", "no_such_period"),
    ("2015-M3", "no_such_period"),
    ("2015-Q01", "no_such_period"),
    ("2014-W53", "no_such_period"),
    ("2015-W00", "no_such_period"),
    ("9999-W52", "no_such_period"),
    ("2015-02-29", "no_such_period"),
    ("2015-D366", "no_such_period"),
    ("2015-D000", "no_such_period"),
]

KNOWN = st.one_of(
    st.integers(1000, 9999).map(str),
    st.builds("{:04d}-{}{}".format, st.integers(1000, 9999), st.just("S"), st.integers(1, 2)),
    st.builds("{:04d}-{}{}".format, st.integers(1000, 9999), st.just("T"), st.integers(1, 3)),
    st.builds("{:04d}-{}{}".format, st.integers(1000, 9999), st.just("Q"), st.integers(1, 4)),
    st.builds("{:04d}-{:02d}".format, st.integers(1000, 9999), st.integers(1, 12)),
    st.builds("{:04d}-W{:02d}".format, st.integers(1000, 9998), st.integers(1, 52)),
    st.dates(dt.date(1000, 1, 1)).map(dt.date.isoformat),
)
ANY = KNOWN | st.from_regex(r"[0-9]{4}(-([ASTQMWD]?[0-9]{1,3}|[0-9]{2}-[0-9]{2}))?", fullmatch=True) | st.text()


def scalar(text: str, **dialect: str) -> int | None:
    try:
        return periods.parse(text, **dialect)
    except periods.PeriodNotRead:
        return None


@pytest.mark.parametrize(("text", "integer", "label", "first", "last", "year"), READ)
def test_a_text_becomes_one_integer_that_says_what_it_is(text, integer, label, first, last, year):
    assert periods.parse(text) == integer
    assert periods.label(integer) == label
    assert periods.first_day(integer) == dt.date.fromisoformat(first)
    assert periods.last_day(integer) == dt.date.fromisoformat(last)
    assert periods.year(integer) == year


@pytest.mark.parametrize(("text", "reason"), NOT_READ)
def test_what_is_no_period_is_named_and_never_bent_into_one(text, reason):
    with pytest.raises(periods.PeriodNotRead) as refused:
        periods.parse(text)
    assert refused.value.reason == reason
    assert refused.value.text == text


@pytest.mark.parametrize("integer", [0, -1, 2015, 201501010, 201501018, 201502014, 201501021, 201413011, 201501256])
def test_an_integer_that_was_not_made_here_is_refused(integer):
    with pytest.raises(periods.PeriodUnknown):
        periods.label(integer)


@pytest.mark.parametrize(
    ("text", "dialect", "label"),
    [
        ("2567", {"calendar": "buddhist"}, "2024"),
        ("๒๕๖๗", {"calendar": "buddhist", "digits": "thai"}, "2024"),
        ("๒๕๖๗-๐๒-๒๙", {"calendar": "buddhist", "digits": "thai"}, "2024-02-29"),
        ("២០១៥-Q១", {"digits": "khmer"}, "2015-Q1"),
        ("໒໐໑໕-໐໓", {"digits": "lao"}, "2015-03"),
        ("၂၀၁၅", {"digits": "burmese"}, "2015"),
        ("２０１５", {"digits": "fullwidth"}, "2015"),
        ("2015", {"digits": "thai"}, "2015"),
    ],
)
def test_a_declared_dialect_is_followed(text, dialect, label):
    assert periods.label(periods.parse(text, **dialect)) == label


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("๒5๖๗", {"calendar": "buddhist", "digits": "thai"}),  # scripts mixed in one text
        ("៛២០១៥", {"digits": "khmer"}),
        ("២០១៥", {"digits": "thai"}),  # another script than declared
        ("1500", {"calendar": "buddhist"}),  # before the year 1000
    ],
)
def test_a_declared_dialect_is_followed_to_the_letter(text, dialect):
    with pytest.raises(periods.PeriodNotRead):
        periods.parse(text, **dialect)


def test_a_calendar_nobody_knows_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="calendar"):
        periods.parse("2015", calendar="lunar")


@pytest.mark.parametrize(
    ("text", "calendar", "doubt"),
    [
        ("2567", "gregorian", "year_looks_buddhist"),
        ("2567-03", "gregorian", "year_looks_buddhist"),
        ("2443", "gregorian", "year_looks_buddhist"),
        ("2442", "gregorian", ""),
        ("2100", "gregorian", ""),
        ("2567", "buddhist", ""),
        ("2024", "buddhist", "year_looks_gregorian"),
    ],
)
def test_a_year_of_the_other_calendar_is_questioned(text, calendar, doubt):
    period = periods.parse(text, calendar=calendar)
    assert periods.question(period, calendar=calendar) == doubt
    frame = pl.DataFrame({"period": [period, None]}, schema={"period": pl.Int64})
    asked = frame.select(periods.question_expr(pl.col("period"), calendar=calendar))["period"].to_list()
    assert asked == [doubt or None, None]


def test_periods_sort_by_first_day_then_longest_first():
    texts = [
        "2014-12-31",
        "2015",
        "2015-S1",
        "2015-T1",
        "2015-Q1",
        "2015-01",
        "2015-01-01",
        "2015-01-02",
        "2015-02",
        "2016",
    ]
    assert sorted(texts, key=periods.parse) == texts


@given(KNOWN)
def test_label_and_parse_undo_each_other(text):
    period = periods.parse(text)
    assert periods.label(period) == text
    assert periods.LOWEST <= period < periods.HIGHEST


@given(KNOWN)
def test_a_period_is_as_long_as_its_frequency_says(text):
    period = periods.parse(text)
    days = (periods.last_day(period) - periods.first_day(period)).days + 1
    allowed = {"A": {365, 366}, "S": {181, 182, 184}, "T": {120, 121, 123, 122}, "Q": {90, 91, 92}}
    allowed |= {"M": {28, 29, 30, 31}, "W": {7}, "D": {1}}
    assert days in allowed[periods.frequency(period)]


@given(st.lists(st.none() | ANY))
def test_the_column_reads_as_the_single_text_does(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    column = frame.select(periods.parse_expr(pl.col("text")).alias("period"))["period"]
    assert column.dtype == pl.Int64
    assert column.to_list() == [None if text is None else scalar(text) for text in texts]


@given(st.lists(st.none() | KNOWN.map(periods.parse) | st.integers(-10, 10**10)))
def test_the_column_writes_as_the_single_label_does(integers):
    def single(integer: int | None) -> str | None:
        try:
            return None if integer is None else periods.label(integer)
        except periods.PeriodUnknown:
            return None

    frame = pl.DataFrame({"period": integers}, schema={"period": pl.Int64})
    column = frame.select(periods.label_expr(pl.col("period")).alias("label"))["label"]
    assert column.dtype == pl.String
    assert column.to_list() == [single(integer) for integer in integers]


def test_a_column_may_be_of_a_declared_dialect():
    frame = pl.DataFrame({"text": ["๒๕๖๗", "2567", None, "x"]})
    expression = periods.parse_expr(pl.col("text"), calendar="buddhist", digits="thai")
    assert frame.select(expression)["text"].to_list() == [202401011, 202401011, None, None]


SAMPLE = [
    "2019",
    "2019-Q4",
    "2019-12-31",
    "2020",
    "2020-Q1",
    "2020-01",
    "2020-01-01",
    "2020-06",
    "2020-Q4",
    "2020-12-31",
]
SAMPLE += ["2021", "2020-W53", "2022", "2022-12"]


@pytest.mark.parametrize(
    ("filter_text", "kept"),
    [
        ("2020", ["2020"]),
        ("eq:2020-Q1", ["2020-Q1"]),
        ("ge:2021", ["2021", "2022", "2022-12"]),
        ("gt:2020", ["2021", "2022", "2022-12"]),
        ("lt:2020", ["2019", "2019-Q4", "2019-12-31"]),
        ("le:2019", ["2019", "2019-Q4", "2019-12-31"]),
        (
            "ge:2020+le:2020",
            ["2020", "2020-Q1", "2020-01", "2020-01-01", "2020-06", "2020-Q4", "2020-12-31", "2020-W53"],
        ),
        ("ge:2020-06+lt:2021", ["2020-06", "2020-Q4", "2020-12-31", "2020-W53"]),
        ("ge:2022-01-01T00:00:00", ["2022", "2022-12"]),
        ("ge:2022-01-01T00:00:00Z", ["2022", "2022-12"]),
        ("ge:2022-01-01T00:00:01", ["2022-12"]),
        ("gt:2022-01-01T00:00:00", ["2022-12"]),
        ("ge:2020-01-01T00:00:00+le:2020-01-01T00:00:00", ["2020", "2020-Q1", "2020-01", "2020-01-01"]),
        ("lt:2019-01-01T12:00:00", ["2019"]),
        ("lt:2019-01-01T00:00", []),
        ("eq:2022-01-01T00:00:00", ["2022"]),
        ("eq:2022-01-01T00:00:00.0", ["2022"]),
        ("ge:2022-01-01T00:00:00.5", ["2022-12"]),
        ("eq:2022-01-01T10:00:00", []),
        ("ge:2022+le:2019", []),
    ],
)
def test_a_filter_on_time_is_one_range_of_integers(filter_text, kept):
    low, high = periods.bounds(filter_text)
    assert [text for text in SAMPLE if low <= periods.parse(text) < high] == kept


@pytest.mark.parametrize(
    "text", ["", "ge:", "ge:2020-13", "ne:2020", "ge:2020+", "2020+2021", "ge:2020-01-01T25:00:00", "co:2020"]
)
def test_a_filter_that_cannot_be_read_is_refused_by_name(text):
    with pytest.raises(periods.PeriodFilterNotRead):
        periods.bounds(text)


@given(KNOWN, KNOWN)
def test_ge_and_lt_share_out_every_period_and_so_do_gt_and_le(text, filter_text):
    period = periods.parse(text)

    def holds(operator: str) -> bool:
        low, high = periods.bounds(f"{operator}:{filter_text}")
        return low <= period < high

    assert holds("ge") != holds("lt")
    assert holds("gt") != holds("le")
    if text == filter_text:
        assert holds("ge")
        assert holds("le")
        assert holds("eq")
