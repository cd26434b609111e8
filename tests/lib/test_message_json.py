"""SDMX-JSON and JSON-stat as they come: what is read, what is refused and by which name."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.lib.sdmx_messages.json_stream import JsonStream
from adme.lib.tabular.limits import LIMITS
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sniffing import sniff_file
from tests.collection.messages import JSON_STAT, sdmx_json
from tests.lib.messages import read_message_here, told
from tests.lib.tables import saved

MB = 1024 * 1024


def test_the_example_of_the_field_guide_is_read_right():
    """After the page on indexes of the field guide: dimensions of the data set, attributes by level, annotations."""

    def valued(name, *codes, **more):
        return {"id": name, "name": name, "values": [{"id": code, "name": code} for code in codes], **more}

    titles = [{"name": "New Zealand dollar (NZD)"}, {"name": "Russian rouble (RUB)"}]
    structure = {
        "links": [{"href": "https://example.org/dataflow/ECB/EXR/1.0", "rel": "dataflow"}],
        "dimensions": {
            "dataSet": [
                valued("FREQ", "D", keyPosition=0), valued("CURRENCY_DENOM", "EUR", keyPosition=2),
                valued("EXR_TYPE", "SP00", keyPosition=3), valued("EXR_SUFFIX", "A", keyPosition=4),
            ],
            "series": [valued("CURRENCY", "NZD", "RUB", keyPosition=1)],
            "observation": [valued("TIME_PERIOD", "2013-01-18", "2013-01-21")],
        },
        "attributes": {
            "dataSet": [], "series": [{"id": "TITLE", "values": titles}], "observation": [valued("OBS_STATUS", "A")],
        },
        "annotations": [{"id": "ABC123456"}, {"id": "XYZ98765"}],
        "dataSets": [0],
    }  # fmt: skip
    series = {
        "0": {"annotations": [0], "attributes": [0], "observations": {"0": [1.5931, 0], "1": [1.5925, 0]}},
        "1": {"attributes": [1], "observations": {"0": [40.3426, 0], "1": ["@", 0, 1]}},
    }
    message = {"data": {"structures": [structure], "dataSets": [{"action": "Information", "series": series}]}}
    rows = told(json.dumps(message).replace('"@"', "40.3000"), expected=None)

    common = {"ACTION": "I", "FREQ": "D", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_SUFFIX": "A"}
    expected = [
        ("NZD", "New Zealand dollar (NZD)", "2013-01-18", "1.5931"),
        ("NZD", "New Zealand dollar (NZD)", "2013-01-21", "1.5925"),
        ("RUB", "Russian rouble (RUB)", "2013-01-18", "40.3426"),
        ("RUB", "Russian rouble (RUB)", "2013-01-21", "40.3000"),
    ]
    assert rows == [
        {**common, "CURRENCY": a, "TITLE": b, "TIME_PERIOD": c, "OBS_VALUE": d, "OBS_STATUS": "A"}
        for a, b, c, d in expected
    ]


def test_attributes_of_data_sets_and_dimension_groups_are_rows_of_their_own():
    message = json.loads(sdmx_json())
    structure, dataset = message["data"]["structures"][0], message["data"]["dataSets"][0]
    structure["attributes"] |= {"dataSet": [{"id": "TITLE"}], "dimensionGroup": [{"id": "A"}, {"id": "B"}]}
    dataset |= {"attributes": ["all"], "dimensionGroupAttributes": {":1::": [None, "some"]}}
    rows = told(json.dumps(message), expected=None)

    assert {name: text for name, text in rows[0].items() if text != "~"} == {"ACTION": "R", "TITLE": "all"}
    assert {name: text for name, text in rows[1].items() if text != "~"} == {
        "ACTION": "R", "B": "some", "REF_AREA": "TH",
    }  # fmt: skip


def test_places_are_those_of_data_sets_and_series():
    _rows, places = read_message_here(sdmx_json())
    assert places.rows()[0] == (1, 1, 1)


@settings(max_examples=40)
@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=20,
), st.integers(0, 3))  # fmt: skip
def test_any_json_is_passed_over_or_taken_to_its_end(tmp_path_factory, value, levels):
    text = json.dumps([value, value], indent=levels or None)
    path = saved(tmp_path_factory.mktemp("json"), "x", text)
    with JsonStream(path, MB) as stream:
        taken = []
        for number in stream.items():
            if number:
                stream.skip(levels)
            else:
                taken.append(stream.value())
        stream.end()
    assert json.loads(json.dumps(taken[0]), parse_int=str, parse_float=str) == json.loads(
        json.dumps(value), parse_int=str, parse_float=str
    )


def test_values_across_the_edges_of_pieces_are_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("adme.lib.sdmx_messages.json_stream.PIECE", 7)
    monkeypatch.setattr("adme.lib.sdmx_messages.json_stream.AHEAD", 1)
    whole = told(sdmx_json(), expected=None)
    monkeypatch.undo()
    assert whole == told(sdmx_json(), expected=None)
    assert [row["OBS_VALUE"] for row in whole] == ["93.20", "93.5"]


def changed(**more):
    return json.dumps(JSON_STAT | more)


SERIES = '"0:1:0": {"attributes": [0], "observations": {"0": [93.20, 1], "1": [93.5]}}'
REFUSED = {
    "nested without end": ('{"a":' + "[" * 200_000, "message_deep"),
    "nested without end in the data": (sdmx_json().replace("93.20", "[" * 100_000 + "]" * 100_000), "message_deep"),
    "objects without end": ('{"data":' * 100_000, "message_deep"),
    "data in data": ('{"data": {"data": {"dataSets": []}}}', "message_other_json"),
    "cut off": (sdmx_json()[:-20], "message_broken"),
    "a number without end": (sdmx_json().replace("93.20", "9" * 200_000), "long_cell"),
    "a key without end": ('{"' + "x" * 3 * MB, "message_long"),
    "more behind its end": (sdmx_json() + "{}", "message_broken"),
    "another encoding": (sdmx_json().encode("utf-16"), "message_broken"),
    "letters of another encoding": (sdmx_json().replace("NSO", "Bücher").encode("latin-1"), "message_broken"),
    "half a letter": (sdmx_json().replace('"PT"', '"\\ud800"'), "message_text"),
    "an invisible character": (sdmx_json().replace('"PT"', '"P\\u0000T"'), "message_characters"),
    "an array": ('[{"a": 1}]', "message_other_json"),
    "some other JSON": ('{"type": "FeatureCollection", "features": []}', "message_other_json"),
    "an index that stands for nothing": (sdmx_json().replace("0:1:0", "0:2:0"), "message_index"),
    "an index of an attribute that stands for nothing": (sdmx_json().replace("93.20, 1", "93.20, 7"), "message_index"),
    "a negative index": (sdmx_json().replace("93.20, 1", "93.20, -1"), "message_index"),
    "too few indexes": (sdmx_json().replace("0:1:0", "0:1"), "message_index"),
    "an index that is none": (sdmx_json().replace("0:1:0", "0:x:0"), "message_index"),
    "a structure that is not there": (sdmx_json(structure=1), "message_index"),
    "an action of its own": (sdmx_json(action="Upsert"), "message_action"),
    "series that are none": (sdmx_json().replace(SERIES, '"0:1:0": 1'), "message_index"),
    "observations that are none": (sdmx_json().replace("[93.5]", "93.5"), "message_index"),
    "several values at once": (sdmx_json().replace("93.20", "[1, 2]"), "message_many_values"),
    "several languages": (sdmx_json().replace("93.20", '{"en": "a", "fr": "b"}'), "message_languages"),
    "a component without a name": (sdmx_json().replace('"id": "OBS_STATUS", ', ""), "message_column"),
    "JSON-stat, a collection": (changed(**{"class": "collection"}), "message_other_json"),
    "JSON-stat, too few values": (changed(value=[1]), "message_index"),
    "JSON-stat, a place that is none": (changed(value={"4": 1}), "message_index"),
    "JSON-stat, sizes that do not fit": (changed(size=[1, 2, 1, 3]), "message_index"),
    "JSON-stat, a dimension that is not there": (changed(id=["INDICATOR", "REF_AREA", "SEX", "x"]), "message_index"),
    "JSON-stat, no values": (changed(value=3), "message_index"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_by_name_in_plain_words(what):
    content, code = REFUSED[what]
    with pytest.raises(TableRefused) as refused:
        read_message_here(content, json_value_bytes=2 * MB)
    assert refused.value.code == code
    said = f"{refused.value.title} {refused.value.detail} {refused.value.remedy}"
    for unwanted in ("%(", "Traceback", "None", "polars", "JSONDecode"):
        assert unwanted not in said


def test_json_stat_that_is_too_large_is_refused():
    with pytest.raises(TableRefused) as refused:
        read_message_here(changed(note=["x" * 1000]), json_stat_bytes=500)
    assert refused.value.code == "file_too_large"


@settings(max_examples=40)
@given(st.binary(max_size=40), st.integers(0, 1_200), st.integers(0, 40))
def test_a_damaged_message_is_read_or_refused(noise, at, cut):
    for whole in (sdmx_json().encode(), changed().encode()):
        with contextlib.suppress(TableRefused):
            read_message_here(whole[:at] + noise + whole[at + cut :])


@pytest.mark.parametrize(("content", "kind"), [(sdmx_json(), "sdmx-json"), (changed(), "json-stat")])
def test_a_first_look_tells_the_two_apart(tmp_path, content, kind):
    facts = sniff_file(saved(tmp_path, "any", content), "any", LIMITS)
    assert facts.kind == kind
    assert facts.is_message


@settings(max_examples=30)
@given(st.lists(st.tuples(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.text(st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="@"), max_size=20)), max_size=5))  # fmt: skip
def test_every_text_comes_through_unchanged(pairs):
    message = json.loads(sdmx_json())
    structure, dataset = message["data"]["structures"][0], message["data"]["dataSets"][0]
    structure["attributes"]["observation"] = [{"id": "NOTE"}]
    structure["dimensions"]["observation"][0]["values"] = [{"id": str(number)} for number in range(5)]
    cells = {str(number): [f"@{value}@", text] for number, (value, text) in enumerate(pairs)}
    dataset["series"] = {"0:0:0": {"observations": cells}}
    found = told(json.dumps(message).replace('"@', "").replace('@"', ""), expected=None)
    expected = [(str(value), text) for value, text in pairs]
    assert [(row["OBS_VALUE"], row.get("NOTE", "")) for row in found if row["TIME_PERIOD"] != "~"] == expected
