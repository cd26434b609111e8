"""Files hold what the page shows, exactly."""

from __future__ import annotations

import io

import openpyxl
import polars as pl
import pytest

from tests.factories import world as worlds


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


def csv(client, address: str) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(body(client.get(address))), infer_schema=False)


def test_rows_of_an_indicator_are_those_shown(client, world):
    rows = csv(client, "/indicators/neet/data.csv?SEX=F&areas=TH,VN&from=2015&to=2016")
    assert set(rows["REF_AREA"].str.slice(0, 2)) == {"TH", "VN"}
    assert sorted(rows["TIME_PERIOD"].unique()) == ["2015", "2016"]
    assert rows.height == 4
    assert {code.split(":")[0] for code in rows["SEX"]} == {"F"}


def test_every_format_holds_the_same_number_of_rows(client, world):
    question = "?areas=TH,VN"
    rows = csv(client, f"/indicators/neet/data.csv{question}").height
    assert csv(client, f"/indicators/neet/data.sdmx.csv{question}").height == rows
    assert pl.read_parquet(io.BytesIO(body(client.get(f"/indicators/neet/data.parquet{question}")))).height == rows
    book = openpyxl.load_workbook(io.BytesIO(body(client.get(f"/indicators/neet/data.xlsx{question}"))))
    assert book.worksheets[0].max_row == rows + 1
    assert "CC-BY-4.0" in str([[cell.value for cell in row] for row in book.worksheets[-1].rows])


def test_a_file_says_its_name_and_kind(client, world):
    response = client.get("/indicators/neet/data.xlsx")
    assert 'filename="neet.xlsx"' in response.headers["Content-Disposition"]
    assert "spreadsheetml" in response.headers["Content-Type"]
    body(response)


@pytest.mark.parametrize("view", ["", "?view=map"])
def test_the_drawing_stands_alone(client, world, view):
    response = client.get(f"/indicators/neet/data.svg{view}")
    text = body(response).decode()
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert text.startswith("<svg")
    assert "Goals" in text


def test_a_table_comes_as_it_is_laid_out(client, world):
    table = csv(client, "/table/data.csv?i=neet&i=safe-water&a=SG,KH&from=2015&to=2018")
    assert table.columns == ["Indicator", "Country", "2015", "2016", "2017", "2018"]
    by_row = {(row[0].split(",")[0].split(" (")[0], row[1]): row[2:] for row in table.rows()}
    assert by_row["Safely managed drinking water", "Singapore"] == (None, None, ">95", None)
    assert by_row["Young people neither in work nor in school", "Singapore"][0] == "4.1"


def test_columns_can_be_countries_or_a_breakdown(client, world):
    by_area = csv(client, "/table/data.csv?i=neet&a=TH,VN&from=2017&to=2018&across=area")
    assert by_area.columns == ["Year", "Thailand", "Viet Nam"]
    assert by_area["Year"].to_list() == ["2017", "2018"]
    by_sex = csv(client, "/table/data.csv?i=neet&a=TH&from=2017&to=2018&SEX=F,_T&across=SEX")
    assert by_sex.columns == ["Year", "Total", "Women"]


def test_newest_first_turns_the_years_round(client, world):
    table = csv(client, "/table/data.csv?i=neet&a=TH,VN&from=2016&to=2018&order=newest")
    assert table.columns == ["Country", "2018", "2017", "2016"]


def test_a_table_of_two_sources_gives_the_rows_of_each(client, world):
    question = "i=neet&i=internet-users&a=TH&from=2015&to=2018&SEX=F,_T"
    goals = csv(client, f"/table/data.csv?{question}&rows=DF_GOALS")
    bank = csv(client, f"/table/data.sdmx.csv?{question}&rows=DF_BANK")
    assert goals.height == 8
    assert bank.height == 1
    assert client.get(f"/table/data.csv?{question}&rows=DF_OTHER").status_code == 404


def test_rows_of_several_indicators_keep_each_ones_own_breakdown(client, world):
    """Women of one indicator must not bring women of another, whose total is shown."""
    worlds.revise(world, [(f"{worlds.SAFE_WATER}.KH.F._T", "2017", 27.0)])
    rows = csv(client, "/table/data.csv?i=neet&i=safe-water&rows=DF_GOALS&a=KH&from=2017&to=2017")
    assert sorted(zip(rows["SERIES"], rows["SEX"], rows["AGE"], strict=True)) == [
        ("NEET", "_T", "Y15T24"),
        ("WATER", "_T", "_T"),
    ]


def test_a_table_too_large_to_lay_out_says_so_and_still_gives_its_rows(client, world, monkeypatch):
    from adme.portal.views import downloads

    monkeypatch.setattr(downloads, "MOST_LAID_OUT", 10)
    refused = client.get("/table/data.csv?i=neet")
    assert refused.status_code == 413
    assert "rows=DATAFLOW" in refused.json()["detail"]
    assert csv(client, "/table/data.csv?i=neet&rows=DF_GOALS").height > 10


def test_numbers_of_a_laid_out_parquet_are_numbers(client, world):
    table = pl.read_parquet(io.BytesIO(body(client.get("/table/data.parquet?i=safe-water&a=SG,KH"))))
    assert table.schema["2017"] == pl.Float64
    assert table["2017"].to_list() == [26.0, None]


def test_no_file_without_figures(client, world):
    assert client.get("/table/data.csv").status_code == 404
    assert client.get("/table/data.csv?i=never-released").status_code == 404
    assert client.get("/indicators/neet/data.svg?from=1900&to=1901").status_code == 404
