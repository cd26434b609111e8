from __future__ import annotations

import contextlib
import random
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.tabular import refusals
from adme.lib.tabular.limits import LIMITS, limits_with
from adme.lib.tabular.reading import read_table, sniff
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sniffing import sniff_file
from tests.lib import hostile
from tests.lib.tables import CSV, PLAIN, book, read_here, rows_of, saved, text_row
from tests.lib.test_message_xml import REFUSED as REFUSED_XML

MB = 1024 * 1024
# A refusal by name, and not by the limits on time and memory, shows that it came in time and within memory.
TIGHT = {"sniff_seconds": 30, "read_seconds": 30, "sniff_memory_mb": 256, "read_memory_mb": 256, "output_mb": 64}


def refusal(path, name, *, first_look: bool) -> TableRefused | None:
    try:
        if first_look:
            sniff(path, name, limits=TIGHT)
        else:
            read_table(path, CSV, name, limits=TIGHT)
    except TableRefused as refused:
        return refused
    return None


def assert_plain_words(refused: TableRefused) -> None:
    said = f"{refused.title} {refused.detail} {refused.remedy}"
    assert refused.title.endswith(".")
    assert refused.remedy.endswith(".")
    for unwanted in ("%(", "Traceback", "Error", "/", "expat", "zipfile", "polars", "None"):
        assert unwanted not in said


@pytest.mark.parametrize("what", hostile.HOSTILE)
def test_a_hostile_file_is_refused_by_name_within_time_and_memory(tmp_path, what):
    name, make, code = hostile.HOSTILE[what]
    path = saved(tmp_path, "stored", make())
    refused = refusal(path, name, first_look=False)
    assert refused is not None
    assert refused.code == code
    assert_plain_words(refused)
    with contextlib.suppress(TableRefused):  # a first look need not go so far; it must not fail otherwise
        sniff_file(path, name, LIMITS)


@pytest.mark.parametrize(("name", "content", "code", "found"), hostile.MISLABELLED)
def test_a_file_is_what_its_content_says(tmp_path, name, content, code, found):
    path = saved(tmp_path, name, content)
    with pytest.raises(TableRefused) as refused:
        read_here(path)
    assert refused.value.code == code
    assert found in refused.value.detail + refused.value.title
    assert_plain_words(refused.value)


@pytest.mark.parametrize("name", ["table.xlsx", "table.csv"])
def test_a_mislabelled_file_is_refused_at_the_first_look_too(tmp_path, name):
    path = saved(tmp_path, "stored", b"%PDF-1.7 ...")
    refused = refusal(path, name, first_look=True)
    assert refused is not None
    assert refused.code == "name_misleads"


@pytest.mark.parametrize("what", ["a billion laughs", "a huge attribute", "nested without end in an annotation"])
def test_a_hostile_message_is_refused_in_the_child_too(tmp_path, what):
    content, code = REFUSED_XML[what]
    refused = refusal(saved(tmp_path, "message.xml", content), "message.xml", first_look=False)
    assert refused is not None
    assert refused.code == code


TEXTS = [
    (b"a,b\n" + b"x" * 20 * MB + b",1\n", "long_row"),
    (b"a,b\n1," + b"x" * 500_000 + b"\n", "long_cell"),
    (b'a,b\n"' + b"x\n" * 5 * MB, "open_quote"),
    (b'a,b\n"' + b'""\n' * 3 * MB, "open_quote"),
    (b'a,b\n"x"' + b'"' * 500_000 + b"y,1\n", "stray_quote"),
    (b"a,b\n" + b"1,2\n" * 100 + bytes(10), "binary_in_text"),
    (b"," * 3 * MB + b"\n", "long_row"),
    (b"," * 500_000 + b"\n", "many_columns"),
    (b'5" x' + b"," * 500_000 + b"\n", "many_columns"),
    (b"a" + b",a" * 3000 + b"\n", "many_columns"),
    (b"a,b\n1,\xff\xfe\n", "not_in_encoding"),
    (b"a,b\n" + b"1,2\n" * 20_000 + random.Random(1).randbytes(MB).replace(b"\0", b"\1"), "not_in_encoding"),
]


@pytest.mark.parametrize(("content", "code"), TEXTS, ids=[f"{code}-{at}" for at, (_, code) in enumerate(TEXTS)])
def test_a_hostile_text_is_refused_by_name_within_time_and_memory(tmp_path, content, code):
    refused = refusal(saved(tmp_path, "table.csv", content), "table.csv", first_look=False)
    assert refused is not None
    assert refused.code == code
    assert_plain_words(refused)
    assert refused.code == "many_columns" or refused.row is not None


def test_a_declared_dimension_and_formatted_empty_cells_are_no_reason_to_refuse(tmp_path):
    rows = hostile.ROWS + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    data = book(rows, after="").replace(b"", b"")
    path = saved(tmp_path, "book.xlsx", data)
    assert rows_of(read_here(path, PLAIN)) == [(2, "1", "2")]


def test_an_honest_long_column_under_a_title_merged_over_the_page_is_read(tmp_path):
    rows = "".join(text_row(number, "x") for number in range(1, 3_000))
    path = saved(tmp_path, "book.xlsx", book(rows, after='<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>'))
    assert read_here(path, PLAIN).rows == 2_998


def test_nothing_is_asked_of_the_network(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.1)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        doctypes = [f'<!DOCTYPE x SYSTEM "{address}">', f'<!DOCTYPE x [<!ENTITY a SYSTEM "{address}">]>']
        for doctype in doctypes:
            path = saved(tmp_path, "book.xlsx", hostile.with_sheet(hostile.declared(doctype)))
            assert refusal(path, "book.xlsx", first_look=False) is not None
        link = f'<hyperlinks><hyperlink ref="A1" location="{address}"/></hyperlinks>'
        path = saved(tmp_path, "book.xlsx", book(hostile.ROWS, after=link))
        assert refusal(path, "book.xlsx", first_look=False) is None
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"read_memory_mb": 1}, "took_too_much_memory"),
        ({"output_mb": 1}, "gave_too_much"),
        ({"read_seconds": 0}, "took_too_long"),
    ],
)
def test_what_the_child_may_not_do_is_said_in_plain_words(tmp_path, limits, code):
    chance = random.Random(1)
    path = saved(tmp_path, "table.csv", "a\n" + "\n".join(chance.randbytes(40).hex() for _ in range(60_000)))
    with pytest.raises(TableRefused) as refused:
        read_table(path, CSV, limits=limits)
    assert refused.value.code == code
    assert_plain_words(refused.value)


def test_a_limit_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        limits_with({"colour": 1})


@pytest.mark.parametrize("code", refusals.REFUSALS)
def test_every_refusal_has_a_title_a_detail_and_a_remedy(code):
    names = (
        "size",
        "limit",
        "found",
        "suffix",
        "count",
        "ratio",
        "cell",
        "cells",
        "sheets",
        "encoding",
        "seconds",
        "line",
        "first",
        "second",
    )
    refused = TableRefused(code, sheet="S", row=1234567, column="C", **dict.fromkeys(names, "x"))
    assert_plain_words(refused)
    assert refused.place == "sheet “S”, row 1234567, column C"
    assert TableRefused.from_dict(refused.to_dict()).to_dict() == refused.to_dict()
    assert str(refused).startswith(refused.title)


def test_a_refusal_is_said_in_the_readers_language(monkeypatch):
    monkeypatch.setattr("django.utils.translation.gettext", lambda text: f"<{text}>")
    refused = TableRefused("name_misleads", suffix=".csv", found="kind:xlsx")
    assert refused.title == "<The file is not what its name says.>"
    assert refused.detail == "<Its name ends in .csv, but inside it is <an Excel workbook (.xlsx)>.>"


def test_a_refusal_without_a_name_is_an_error_of_ours():
    with pytest.raises(KeyError):
        TableRefused("because")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = saved(tmp_path_factory.mktemp("any"), "stored", data)
    with contextlib.suppress(TableRefused):
        assert read_here(path, CSV).rows >= 0
