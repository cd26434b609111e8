from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.rich_text import clean, first_paragraph, from_markdown, opening, plain, to_markdown

TAGS = [
    "p", "b", "em", "i", "ul", "ol", "li", "h2", "h3", "table", "tr", "td", "th", "sub", "div", "blockquote", "a", "br",
    "span",
]  # fmt: skip
WORDS = st.text(alphabet="ab 1.)*_#+-<>&|`\\[]~\n\u0e01é\x00=", max_size=12)


@st.composite
def markup(draw: st.DrawFn, depth: int = 3) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        if depth == 0 or draw(st.booleans()):
            parts.append(draw(WORDS))
        else:
            tag = draw(st.sampled_from(TAGS))
            parts.append(f'<{tag} href="https://example.org/?a=1&amp;b=2">{draw(markup(depth - 1))}</{tag}>')
    return "".join(parts)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain words\nand more", "<p>plain words and more</p>"),
        ("<p>Hello <b>there</b> &amp; <i>you</i></p>", "<p>Hello <strong>there</strong> &amp; <em>you</em></p>"),
        ("<script>alert(1)</script><p onclick='x()'>a</p><style>p{}</style>", "<p>a</p>"),
        ("<a href='javascript:x()'>a</a> <a href='https://b.example/?c=1&d=2'>b</a>",
         '<p>a <a href="https://b.example/?c=1&amp;d=2">b</a></p>'),
        ("<h1>Title</h1>CO<sub>2</sub><br>next", "<h4>Title</h4><p>CO<sub>2</sub><br/>next</p>"),
        ("<ul><li><p>one</p><ul><li>two</li></ul></li><li></li></ul>", "<ul><li>one<ul><li>two</li></ul></li></ul>"),
        ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>",
         "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"),
        ("<p> </p><p><br></p>", ""),
        ("<img src=x onerror=alert(1)>", ""),
        ("<iframe src='//evil.example'>x</iframe>words", "<p>words</p>"),
    ],
)  # fmt: skip
def test_one_form_is_kept_and_it_is_safe(given, kept):
    assert clean(given) == kept


@given(markup())
def test_what_is_kept_is_well_formed_stable_and_comes_back_from_markdown(html):
    kept = clean(html)
    assert clean(kept) == kept
    ElementTree.fromstring(f"<x>{kept}</x>")  # noqa: S314 - our own text
    assert from_markdown(to_markdown(kept)) == kept


@given(st.text(max_size=80))
def test_any_text_can_be_typed_and_shown(text):
    kept = from_markdown(text)
    assert clean(kept) == kept
    ElementTree.fromstring(f"<x>{kept}</x>")  # noqa: S314 - our own text


def test_markdown_is_what_a_person_would_write():
    html = clean(
        "<h2>How</h2><p>The <b>share</b> of <a href='https://a.example'>x</a>.</p><ul><li>a</li><li>b</li></ul>"
    )
    assert to_markdown(html) == "#### How\n\nThe **share** of [x](<https://a.example>).\n\n- a\n- b"


def test_words_alone_have_a_line_for_each_paragraph_item_and_row():
    html = "<p>One.<br>Two.</p><ul><li>a<ul><li>b</li></ul></li></ul><table><tr><td>c</td><td>d</td></tr></table>"
    assert plain(html).split("\n") == ["One.", "Two.", "a", "b", "c | d"]
    assert first_paragraph(html) == "One."
    assert first_paragraph("") == ""


@pytest.mark.parametrize(
    ("html", "most", "begins"),
    [
        ("<p>One <b>two</b>.</p><ul><li>three</li></ul><p>four five six</p>", 14,
         "<p>One <strong>two</strong>.</p><ul><li>three</li></ul>"),
        ("<p>One two three four</p>", 10, "<p>One two …</p>"),
        ("<p>a &lt; b and more of it</p>", 9, "<p>a &lt; b …</p>"),
        ("", 10, ""),
    ],
)  # fmt: skip
def test_the_opening_keeps_whole_blocks_or_whole_words(html, most, begins):
    assert opening(html, most) == begins
