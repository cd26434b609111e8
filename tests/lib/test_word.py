"""Word documents: what is written is read back, and what is broken is refused and never more."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from adme.lib import rich_text, word, word_child, word_reading
from adme.lib.tabular.limits import limits_with
from adme.lib.tabular.refusals import TableRefused

HTML = (
    "<p>Sum <em>of</em> CO<sub>2</sub> m<sup>2</sup> <strong>x</strong>:</p>"
    "<ul><li>a<ol><li>b</li><li>c</li></ol><ul><li>d</li></ul></li><li>e<br/>f</li></ul><ul><li>another list</li></ul>"
    "<h4>More</h4><h5>Less</h5><blockquote><p>one</p><p>two</p></blockquote>"
    "<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1 | 2</td><td>b</td></tr></tbody></table>"
    '<p>See <a href="https://a.example/?b=1&amp;c=2">here <strong>now</strong></a> &lt; ภาษาไทย</p>'
)
ROWS = [
    word.Row("A", "Title", "help", HTML),
    word.Row("B", "empty"),
    word.Row("#c", "t", html="<p>x</p>", heading=True),
]


@pytest.fixture
def path(tmp_path) -> Path:
    made = tmp_path / "a.docx"
    made.write_bytes(word.write("Title & more", "lead", ROWS, language="th"))
    return made


def test_what_is_written_is_read_back_and_the_same_rows_give_the_same_bytes(path):
    assert rich_text.clean(HTML) == HTML
    found = [(key, rich_text.clean(html)) for key, html in word_reading.read_rows(path)]
    assert found == [("A", HTML), ("B", ""), ("#c", "<p>x</p>")]
    assert word.write("Title & more", "lead", ROWS, language="th") == path.read_bytes()


def test_a_document_changed_at_random_is_read_or_refused_and_never_more(path, volume, tmp_path):
    """In this process, so that a fault of ours would show; in life it runs in the limited child."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random("mutants")
    arguments = {"path": str(tmp_path / "m.docx"), "limits": limits_with(word_reading.LIMITS)}
    for _ in range(volume(150, long=5_000)):
        name = chance.choice(["word/document.xml", "word/numbering.xml", "word/_rels/document.xml.rels"])
        content = bytearray(parts[name])
        for _change in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            content[at : at + chance.randint(0, 9)] = chance.choice([b"", b"<", b">", b"9", b"w:tr", b"</w:p>", b"\0"])
        with zipfile.ZipFile(tmp_path / "m.docx", "w") as archive:
            for part, whole in parts.items():
                archive.writestr(part, bytes(content) if part == name else whole)
        answer = word_child.read(arguments, tmp_path)
        assert set(answer) in ({"rows"}, {"refused"})


@pytest.mark.parametrize("left_out", ["word/document.xml", "word/numbering.xml", "word/_rels/document.xml.rels"])
def test_only_the_document_itself_is_needed(path, tmp_path, left_out):
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.docx", "w") as less:
        for name in whole.namelist():
            if name != left_out:
                less.writestr(name, whole.read(name))
    if left_out == "word/document.xml":
        with pytest.raises(TableRefused):
            word_reading.read_rows(tmp_path / "b.docx")
    else:
        assert [key for key, _html in word_reading.read_rows(tmp_path / "b.docx")] == ["A", "B", "#c"]
