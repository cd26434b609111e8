"""The SVG writer: short, escaped, measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import svg


@pytest.mark.parametrize(
    ("value", "shown"), [(12.0, "12"), (12.54, "12.5"), (-0.04, "0"), (-3.25, "-3.2"), (0.5, "0.5")]
)
def test_a_coordinate_is_short(value, shown):
    assert svg.coordinate(value) == shown


def test_attributes_are_named_as_svg_names_them_and_empty_ones_left_out():
    assert svg.attributes(class_="a", stroke_width=2, fill=None, id="") == ' class="a" stroke-width="2"'


def test_an_element_without_content_closes_itself():
    assert svg.element("path", d="M0 0") == '<path d="M0 0"/>'


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_any_words_stay_words(content):
    drawn = svg.text(0, 0, content, data_note=content or "x")

    read = ET.fromstring(drawn)  # noqa: S314 - our own text
    assert (read.text or "") == content
    assert read.get("data-note") == (content or "x")


def test_marks_above_and_below_take_no_room():
    assert svg.text_width("ក្", 10) == pytest.approx(svg.text_width("ក", 10))
    assert svg.text_width("é", 10) == pytest.approx(svg.text_width("e", 10))


def test_longer_words_are_wider():
    assert svg.text_width("Indonesia", 14) < svg.text_width("Indonesia 21.7 %", 14)


@given(st.text("abc def ghi", max_size=60), st.floats(20, 300))
def test_wrapping_loses_no_word_and_keeps_to_the_width(content, width):
    rows = svg.wrapped(content, 12, width)

    assert " ".join(rows).split() == content.split()
    assert all(svg.text_width(row, 12) <= width or " " not in row for row in rows)
