"""Words are cut and folded the same way for what is kept and what is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.indicators.words import LONGEST_WORD, folded, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" — … ", []),
        ("Maternal mortality ratio", ["maternal", "mortality", "ratio"]),
        ("Tỷ lệ biết chữ", ["ty", "le", "biet", "chu"]),
        ("Đà Nẵng", ["da", "nang"]),
        ("under-5's (%)", ["under", "5", "s"]),
        ("SI_COV_BENFTS SH.STA.MMRT", ["si", "cov", "benfts", "sh", "sta", "mmrt"]),
        ("CO₂", ["co2"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("อัตราการรู้หนังสือ", ["อัตรา", "การ", "รู้", "หนังสือ"]),
        ("អត្រានៃការចេះអាន", ["អត្រា", "នៃ", "ការ", "ចេះ", "អាន"]),
        ("စာတတ်မြောက်မှုနှုန်း", ["စာတတ်", "မြောက်", "မှု", "နှုန်း"]),
    ],
)
def test_words_are_cut_and_folded(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(("text", "count"), [("16.b.1", 1), ("3.1.1, 3.2.1", 2), ("3.1.", 1), ("1.5.1 deaths", 2)])
def test_a_numbered_code_is_one_word(text, count):
    assert len(words_of(text)) == count


def test_a_longer_code_begins_with_a_shorter_one():
    assert words_of("3.1.1")[0].startswith(words_of("3.1")[0])


@given(st.text(max_size=200))
def test_words_hold_nothing_that_could_end_a_query(text):
    for word in words_of(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert not set(word) & set("\"'*:&|!() \\\0")


@given(st.text(max_size=50))
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=80))
def test_capitals_and_composition_do_not_matter(text):
    import unicodedata

    assert words_of(unicodedata.normalize("NFD", text)) == words_of(unicodedata.normalize("NFC", text))
