"""Progress classes, trends and certainty as small marks for tables and trees: shape, word, colour."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adme.frameworks.assessing import Figure
from adme.frameworks.completeness import HAVE, MISSING, NO_MEMBER, OLD, PROVISIONAL
from adme.frameworks.scorecard import Shown
from adme.frameworks.words import CERTAINTY, FLAGS, REASONS
from adme.lib.page import marks, reading
from adme.lib.page.marks import DRAWN, Mark

HELD = {
    HAVE: Mark("●", _("have"), "good"),
    PROVISIONAL: Mark("◐", _("provisional"), "caution"),
    OLD: Mark("◔", _("old"), "caution"),
    MISSING: Mark("○", _("missing"), "poor"),
    NO_MEMBER: Mark("◇", _("no member then"), "quiet"),
}
"""What there is of a KPI for a state."""


def mark_of(shown: Shown) -> Mark:
    """The mark of a class or trend."""
    if shown.is_trend and shown.progress_class in marks.TRENDS:
        return marks.TRENDS[shown.progress_class]
    return marks.PROGRESS[shown.progress_class]


def class_html(shown: Shown, *, with_word: bool = True) -> SafeString | str:
    """The class with its word, or the shape alone with the word for those who cannot see it; "" where it is hidden."""
    if shown.hidden:
        return ""
    why = why_of(shown) if with_word else f"{mark_of(shown).word}. {why_of(shown)}".rstrip(". ")
    html = _drawn(mark_of(shown), with_word=with_word, tip=why)
    return html if not shown.override else format_html("{} <span class='tag'>{}</span>", html, _("set by hand"))


def why_of(shown: Shown) -> str:
    """Why a class cannot be said, or that a person set it."""
    if shown.override:
        return shown.override.reason
    return str(REASONS[shown.judged.reason]) if shown.judged.reason else ""


def held_html(state: str) -> SafeString:
    """What there is of a KPI for a state, without its word."""
    mark = HELD[state]
    return _drawn(mark, with_word=False, tip=str(_(str(mark.word))))


def _drawn(mark: Mark, *, with_word: bool, tip: str) -> SafeString:
    return _mark(mark.shape, mark.tone, str(mark.word), with_word, tip, get_language() or "")


@lru_cache(maxsize=512)
def _mark(shape: str, tone: str, word: str, with_word: bool, tip: str, _language: str) -> SafeString:
    drawing = mark_safe(DRAWN[shape])  # noqa: S308 - our own drawing
    template = '<span class="mark mark-{}"{}><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">{}</svg>{}</span>'  # noqa: E501
    title = format_html(' title="{}"', tip) if tip else ""
    words = format_html(" {}", word) if with_word else format_html('<span class="visually-hidden"> {}</span>', word)
    return format_html(template, tone, title, drawing, words)


def certainty(code: str) -> tuple[str, str]:
    """Words and tone of a certainty mark; ("", "") where a text has none."""
    if not code:
        return "", ""
    words, tone = CERTAINTY[code]
    return str(words), tone


def value_words(figure: Figure | None) -> str:
    """A figure for reading, without its unit."""
    if figure is None or figure.value is None:
        return ""
    return f"{figure.qualifier}{reading.number(figure.value)}"


def flag_words(flags: tuple[str, ...]) -> str:
    """The flags of a regional figure in words."""
    return "; ".join(str(FLAGS[flag]) for flag in flags)
