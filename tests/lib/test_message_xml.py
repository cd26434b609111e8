"""SDMX-ML as it comes: what is read, what is refused and by which name."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal
from xml.sax.saxutils import quoteattr

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.lib.tabular.limits import LIMITS
from adme.lib.tabular.message_table import message_facts
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sniffing import sniff_file
from tests.lib.messages import EXPECTED, read_message_here, told
from tests.lib.tables import saved

MB = 1024 * 1024
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><m:StructureSpecificData xmlns:m="m" xmlns:s="s" xmlns:c="c" xmlns:xsi="x">'
    '<m:Header><m:ID>1</m:ID><m:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"><c:StructureUsage>'
    "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=T:F(1.0)</c:StructureUsage></m:Structure></m:Header>"
)
FOOT = "</m:StructureSpecificData>"


def message(*datasets, head=HEAD):
    return head + "".join(datasets) + FOOT


def dataset(content, action="Replace"):
    return f'<m:DataSet s:structureRef="S" xsi:type="n:T" s:action="{action}">{content}</m:DataSet>'


SERIES = '<Series FREQ="A" REF_AREA="TH"><Obs TIME_PERIOD="2020" OBS_VALUE="1.50"/></Series>'


def test_the_sample_of_the_time_series_kind_is_read_whole():
    """After the structure-specific time series sample of the SDMX 2.1 package: exchange rates with a group."""
    sample = """<?xml version="1.0" encoding="UTF-8"?>
<message:StructureSpecificTimeSeriesData xmlns:message="m" xmlns:common="c" xmlns:ss="s" xmlns:ns1="n" xmlns:xsi="x">
<message:Header><message:ID>TS</message:ID><message:Test>false</message:Test><message:Prepared>2010-11-13T08:00:33+08:00
</message:Prepared><message:Sender id="ECB"/><message:Structure structureID="ECB_EXR_NG_TS" namespace="urn:x"
 dimensionAtObservation="TIME_PERIOD"><common:Structure><URN>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ECB:ECB_EXR_NG(1.0)</URN>
</common:Structure></message:Structure></message:Header>
<message:DataSet ss:dataScope="DataStructure" xsi:type="ns1:DataSetType" ss:structureRef="ECB_EXR_NG_TS">
<Group xsi:type="ns1:Sibling" CURRENCY="CHF" CURRENCY_DENOM="EUR" EXR_TYPE="SP00" EXR_VAR="E"
 TITLE="ECB reference rate"/>
<Series FREQ="M" CURRENCY="CHF" CURRENCY_DENOM="EUR" EXR_TYPE="SP00" EXR_VAR="E" DECIMALS="4" UNIT_MEASURE="CHF">
<Obs TIME_PERIOD="2010-08" OBS_VALUE="1.3413" OBS_STATUS="A"/>
<Obs TIME_PERIOD="2010-09" OBS_VALUE="1.3089" OBS_STATUS="A"/>
</Series></message:DataSet></message:StructureSpecificTimeSeriesData>"""
    key = {"CURRENCY": "CHF", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_VAR": "E"}
    series = {**key, "FREQ": "M", "DECIMALS": "4", "UNIT_MEASURE": "CHF", "OBS_STATUS": "A", "ACTION": "M"}
    rows, places = read_message_here(sample, expected=None)

    assert set(rows["STRUCTURE_ID"]) == {"ECB:ECB_EXR_NG(1.0.0)"}
    assert set(rows["STRUCTURE"]) == {"datastructure"}
    assert told(sample, expected=None) == [
        {**key, "TITLE": "ECB reference rate", "ACTION": "M", "TIME_PERIOD": "~"},
        {**series, "TIME_PERIOD": "2010-08", "OBS_VALUE": "1.3413"},
        {**series, "TIME_PERIOD": "2010-09", "OBS_VALUE": "1.3089"},
    ]
    assert places.rows() == [(1, 1, 0), (2, 1, 1), (4, 1, 0)]


def test_series_observations_and_data_sets_are_numbered():
    content = message(dataset(SERIES + SERIES), dataset('<Obs FREQ="A" REF_AREA="X" TIME_PERIOD="1"/>' * 2, "Delete"))
    rows, places = read_message_here(content)

    assert rows["row"].to_list() == [1, 2, 3, 4]
    assert rows["ACTION"].to_list() == ["R", "R", "D", "D"]
    assert places.rows() == [(1, 1, 1), (2, 1, 2), (3, 2, 0)]


def test_series_and_single_observations_may_follow_each_other():
    content = message(dataset(SERIES + '<Obs FREQ="Q" TIME_PERIOD="2021-Q1" OBS_VALUE="2"/>' + SERIES))
    assert [row.get("REF_AREA") for row in told(content)] == ["TH", None, "TH"]


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_pieces_of_any_size_give_the_same_rows(chunk_rows):
    odd = '<Obs TIME_PERIOD="2021" OBS_STATUS="E"/><Obs OBS_VALUE="7" TIME_PERIOD="2022" NOTE="n"/>'
    content = message(dataset(SERIES.replace("</Series>", odd + "</Series>") + '<Series FREQ="A" REF_AREA="VN"/>'))

    assert told(content, chunk_rows=chunk_rows) == [
        {"ACTION": "R", "FREQ": "A", "REF_AREA": "TH", "TIME_PERIOD": "2020", "OBS_VALUE": "1.50"},
        {"ACTION": "R", "FREQ": "A", "REF_AREA": "TH", "TIME_PERIOD": "2021", "OBS_STATUS": "E"},
        {"ACTION": "R", "FREQ": "A", "REF_AREA": "TH", "TIME_PERIOD": "2022", "OBS_VALUE": "7", "NOTE": "n"},
        {"ACTION": "R", "FREQ": "A", "REF_AREA": "VN", "TIME_PERIOD": "~"},
    ]


def test_annotations_metadata_and_footers_are_passed_over():
    annotations = "<c:Annotations><c:Annotation><c:AnnotationText>x</c:AnnotationText></c:Annotation></c:Annotations>"
    inside = SERIES.replace("/></Series>", f">{annotations}</Obs></Series>")
    content = message(dataset(f"{annotations}<DataProvider>p</DataProvider>{inside}"))
    content = content.replace(FOOT, "<m:Footer><m:Message code='1'/></m:Footer>" + FOOT)
    assert [row["OBS_VALUE"] for row in told(content)] == ["1.50"]


def test_atts_of_3_0_are_attributes_of_what_they_name():
    content = message(dataset(SERIES + '<Atts REF_AREA="TH"><Comp id="TITLE"><Value>A &amp; B</Value></Comp></Atts>'))
    assert told(content)[1] == {
        "ACTION": "R", "FREQ": "~", "REF_AREA": "TH", "TIME_PERIOD": "~", "TITLE": "A & B",
    }  # fmt: skip


values = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.sampled_from(["NaN", "", "<5", ">95", "1e3", "-0", "00.10"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
)


@settings(max_examples=30)
@given(st.lists(st.tuples(values, values), max_size=5))
def test_every_text_comes_through_unchanged(pairs):
    obs = "".join(
        f"<Obs TIME_PERIOD='{n}' OBS_VALUE={quoteattr(v)} TITLE={quoteattr(t)}/>" for n, (v, t) in enumerate(pairs)
    )
    found = told(message(dataset(f'<Series FREQ="A" REF_AREA="TH">{obs}</Series>')))
    assert [(row.get("OBS_VALUE", ""), row.get("TITLE", "")) for row in found if row["TIME_PERIOD"] != "~"] == pairs


def test_decimals_are_kept_as_delivered():
    assert Decimal(told(message(dataset(SERIES)))[0]["OBS_VALUE"]).as_tuple().exponent == -2


# --- refused --------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
REFUSED = {
    "a billion laughs": (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><m:StructureSpecificData>&l11;',
        "message_entities",
    ),
    "an outer entity": (
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://localhost/x.dtd"><m:GenericData/>',
        "message_entities",
    ),
    "nested without end in the header": (HEAD.replace("<m:ID>", "<m:ID>" + "<a>" * 100_000), "message_deep"),
    "nested without end in an annotation": (
        message(dataset("<c:Annotations>" + "<a>" * 100_000)),
        "message_deep",
    ),
    "a huge attribute": (message(dataset(f'<Series TITLE="{"x" * 20 * MB}"/>')), "message_long"),
    "a huge text": (
        message(dataset(f'<Series><Comp id="TITLE"><Value>{"x" * MB}</Value></Comp></Series>')),
        "long_cell",
    ),
    "a long attribute": (message(dataset(f'<Series TITLE="{"x" * 200_000}"/>')), "long_cell"),
    "a tag that never ends": (HEAD + "<" + "x" * 20 * MB, "message_long"),
    "attributes without end": (
        message(dataset("<Series " + " ".join(f'a{n}="1"' for n in range(3_000)) + "/>")),
        "many_columns",
    ),
    "cut off": (message(dataset(SERIES * 10))[:-90], "message_broken"),
    "cut off in the header": (HEAD[:300], "message_broken"),
    "another encoding than it says": (
        message(dataset(SERIES.replace("TH", "Thaïl"))).encode("latin-1"),
        "message_broken",
    ),
    **{
        f"the encoding {one}": (message(dataset(SERIES)).replace("UTF-8", one), "message_broken")
        for one in ("klingon", "rot13", "shift_jis", "idna", "undefined")
    },
    "the same attribute twice": (message(dataset('<Series FREQ="A" FREQ="Q"/>')), "message_broken"),
    "a structure message": ('<?xml version="1.0"?><m:Structure xmlns:m="m"/>', "message_other_xml"),
    "some other XML": ("<rss><channel/></rss>", "message_other_xml"),
    "an element of its own": (message(dataset("<Row/>")), "message_element"),
    "an element of its own beside data sets": (message("<m:Data/>"), "message_element"),
    "an action of its own": (message(dataset(SERIES, "Upsert")), "message_action"),
    "a data set of nothing": (
        HEAD.replace("T:F(1.0)", "nothing") + dataset(SERIES) + FOOT,
        "message_no_structure",
    ),
    "several values at once": (
        message(dataset('<Series><Comp id="TITLE"><Value>a</Value><Value>b</Value></Comp></Series>')),
        "message_many_values",
    ),
    "several languages": (
        message(dataset('<Series><Comp id="TITLE"><Value><c:Text xml:lang="en">a</c:Text></Value></Comp></Series>')),
        "message_languages",
    ),
    "a component called as our own column": (message(dataset('<Series row="1"/>')), "message_column"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_by_name_in_plain_words(what):
    content, code = REFUSED[what]
    with pytest.raises(TableRefused) as refused:
        read_message_here(content)
    assert refused.value.code == code
    said = f"{refused.value.title} {refused.value.detail} {refused.value.remedy}"
    assert refused.value.title.endswith(".")
    assert refused.value.remedy.endswith(".")
    for unwanted in ("%(", "Traceback", "expat", "None", "polars"):
        assert unwanted not in said


@pytest.mark.parametrize("what", REFUSED)
def test_a_first_look_at_it_ends_in_facts_or_in_the_same_family(what, tmp_path):
    content, _code = REFUSED[what]
    path = saved(tmp_path, "message.xml", content)
    with contextlib.suppress(TableRefused):
        assert sniff_file(path, "message.xml", LIMITS).kind == "sdmx-ml"


def test_data_of_other_dataflows_is_passed_over_and_told():
    two = HEAD.replace("</m:Header>", "").replace('structureID="S"', 'structureID="S"') + (
        '<m:Structure structureID="S2"><c:StructureUsage>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=T:G(2.0)'
        "</c:StructureUsage></m:Structure></m:Header>"
    )
    content = message(dataset(SERIES), dataset(SERIES).replace('"S"', '"S2"'), head=two)
    rows, places = read_message_here(content)
    assert rows["STRUCTURE_ID"].unique().sort().to_list() == ["T:F(1.0.0)", "T:G(2.0.0)"]
    kept, same = read_message_here(content, expected=replace(EXPECTED, wanted=("T:G(2.0.0)",)))
    assert kept.to_dicts() == rows.filter(pl.col("STRUCTURE_ID") == "T:G(2.0.0)").select(kept.columns).to_dicts()
    assert same.equals(places)


def test_a_first_look_takes_the_beginning_of_a_large_message(tmp_path):
    path = saved(tmp_path, "m.xml", message(dataset(SERIES * 3_000)))
    facts = message_facts(path, "xml", path.stat().st_size, LIMITS)

    assert facts.is_message
    assert facts.sheet().rows == 1_000
    assert len(facts.sheet().preview) == LIMITS["preview_rows"]
    assert facts.sheet().columns[:3] == ("STRUCTURE", "STRUCTURE_ID", "ACTION")


@given(st.binary(max_size=60), st.integers(0, 700), st.integers(0, 40))
def test_a_damaged_message_is_read_or_refused(noise, at, cut):
    whole = message(dataset(SERIES * 2)).encode()
    with contextlib.suppress(TableRefused):
        rows, _places = read_message_here(whole[:at] + noise + whole[at + cut :])
        assert isinstance(rows, pl.DataFrame)


# --- two ways of reading, one result --------------------------------------------------------------

WRITTEN = [
    '<Obs TIME_PERIOD="2020" OBS_VALUE="1.50"/>',
    '<Obs TIME_PERIOD="2021"  OBS_VALUE="2" />',
    "<Obs TIME_PERIOD='2022' OBS_VALUE=\"3\"/>",
    '<Obs TIME_PERIOD="2023" TITLE="a &amp; &#98; &lt;c"/>',
    '<Obs TIME_PERIOD="2024" TITLE="a/>b"/>',
    '<Obs TIME_PERIOD="2025" TITLE="two\nlines"/>',
    '<Obs xsi:type="n:ObsType" TIME_PERIOD="2026" TITLE="ไทย"/>',
    '<Obs TIME_PERIOD="2027"></Obs>',
    '<Obs TIME_PERIOD="2028"><Comp id="TITLE"><Value>x</Value></Comp></Obs>',
    "<Obs/>",
    '<Obs TITLE="TIME_PERIOD="/>'.replace('="TIME_PERIOD="', '="TIME_PERIOD=&quot;"'),
    '<Obs TIME_PERIOD="2029"\n OBS_STATUS="A"/>\n\n',
    "</Series><Series FREQ='Q' REF_AREA='VN'>",
    '</Series><Obs TIME_PERIOD="2030" REF_AREA="X"/><Series FREQ="A" REF_AREA="Y">',
]


def test_both_ways_of_reading_give_the_same_rows(volume):
    @settings(max_examples=volume(20, long=3_000))
    @given(st.lists(st.sampled_from(WRITTEN), max_size=12), st.sampled_from([1, 3, 50]))
    def holds(written, chunk_rows):
        content = message(dataset(f'<Series FREQ="A" REF_AREA="TH">{"".join(written)}</Series>'))
        by_expat = content.replace("<m:Header>", "<!-- by expat alone --><m:Header>", 1)
        rows, places = read_message_here(content, chunk_rows=chunk_rows)
        others, other_places = read_message_here(by_expat, chunk_rows=chunk_rows)
        names = sorted(rows.columns)
        assert sorted(others.columns) == names
        assert rows.select(names).equals(others.select(names))
        assert places.equals(other_places)

    holds()


@pytest.mark.parametrize("piece", [1, 7, 64, 100_000])
def test_pieces_of_the_file_may_end_anywhere(piece, monkeypatch):
    content = message(dataset(f'<Series FREQ="A" REF_AREA="TH">{"".join(WRITTEN)}</Series>'))
    whole, _places = read_message_here(content)
    monkeypatch.setattr("adme.lib.sdmx_messages.xml_reading.PIECE", piece)
    assert read_message_here(content)[0].equals(whole)


NOT_DATA = [
    '<!-- <Obs TIME_PERIOD="1"/> -->',
    '<c:Annotations><c:Annotation><Obs TIME_PERIOD="1"/></c:Annotation></c:Annotations>',
    '<c:Annotations><Text><![CDATA[<Obs TIME_PERIOD="1"/>]]></Text></c:Annotations>',
    '<?note <Obs TIME_PERIOD="1"/> ?>',
]


@pytest.mark.parametrize("what", NOT_DATA)
def test_what_only_looks_like_an_observation_is_none(what):
    for inside in (what, SERIES + what, what + SERIES, SERIES.replace("</Series>", f"{what}</Series>")):
        content = message(dataset(inside))
        assert [row["TIME_PERIOD"] for row in told(content)] == ["2020"] * inside.count('"2020"')


WRONG = [
    '<Obs A="1"B="2"/>',
    '<Obs A="1" A="2"/>',
    '<Obs A="1" b/>',
    '<Obs A="1/>',
    '<Obs A="&nothing;"/>',
    '<Obs A="<"/>',
    '<Obs A="1" <Obs B="2"/>',
    '<Obs 1A="1"/>',
    "<Obs A=1/>",
    '<Obs A="\x01"/>',
]


@pytest.mark.parametrize("what", WRONG)
def test_an_observation_that_is_not_well_formed_is_refused_both_ways(what):
    series = SERIES.replace("</Series>", f"{what}</Series>") * 2
    for content in (message(dataset(series)), message("<!-- -->", dataset(series))):
        with pytest.raises(TableRefused) as refused:
            read_message_here(content)
        assert refused.value.code in ("message_broken", "message_observation")
