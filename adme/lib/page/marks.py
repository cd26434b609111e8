"""Signs with their words: progress classes, states of work, severities, flags of an observation.

Each has a shape and a word besides its colour: nothing is told by red and green alone, and grey print loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape, a word (translated late) and the CSS class of its tone."""

    shape: str
    word: str | Promise
    tone: str


PROGRESS = {
    "achieved": Mark("●", _("achieved"), "good"),
    "on_track": Mark("▲", _("on track"), "good"),
    "needs_acceleration": Mark("◐", _("needs acceleration"), "caution"),
    "off_track": Mark("▽", _("off track"), "poor"),
    "regressing": Mark("▼", _("regressing"), "poor"),
    "cannot_be_said": Mark("○", _("cannot be said"), "quiet"),
}
TRENDS = {
    "improving": Mark("↑", _("improving"), "good"),
    "slightly_improving": Mark("↗", _("slightly improving"), "good"),
    "slightly_worsening": Mark("↘", _("slightly worsening"), "caution"),
    "worsening": Mark("↓", _("worsening"), "poor"),
}
"""Where a figure goes that has no target: an arrow, so that no trend is taken for progress towards something."""

STATES = {
    "received": Mark("◇", _("received"), "quiet"),
    "draft": Mark("○", _("draft"), "quiet"),
    "submitted": Mark("◐", _("submitted"), "caution"),
    "sent_back": Mark("↩", _("sent back"), "poor"),
    "approved": Mark("✓", _("approved"), "good"),
    "scheduled": Mark("◷", _("scheduled"), "caution"),
    "released": Mark("●", _("released"), "good"),
    "cancelled": Mark("✕", _("cancelled"), "quiet"),
    "discarded": Mark("✕", _("discarded"), "quiet"),
    "withdrawn": Mark("⊘", _("withdrawn"), "poor"),
    "failed": Mark("▼", _("failed"), "poor"),
    "checking": Mark("◔", _("being checked"), "caution"),
    "running": Mark("◔", _("running"), "caution"),
    "waiting": Mark("○", _("waiting"), "quiet"),
}
SEVERITIES = {
    "error": Mark("▲", _("error"), "poor"),
    "warning": Mark("◆", _("warning"), "caution"),
    "info": Mark("●", _("note"), "quiet"),
    "information": Mark("●", _("note"), "quiet"),
}
FLAGS = {
    "B": Mark("b", _("break in the series"), "quiet"),
    "D": Mark("d", _("definition differs"), "quiet"),
    "E": Mark("e", _("estimated"), "quiet"),
    "F": Mark("f", _("forecast"), "quiet"),
    "G": Mark("x", _("experimental"), "quiet"),
    "H": Mark("h", _("missing: holiday or closed"), "quiet"),
    "I": Mark("i", _("imputed"), "quiet"),
    "K": Mark("k", _("included in another category"), "quiet"),
    "L": Mark("l", _("missing: collected, not available"), "quiet"),
    "M": Mark("m", _("missing: cannot exist"), "quiet"),
    "N": Mark("n", _("not significant"), "quiet"),
    "O": Mark("o", _("missing"), "quiet"),
    "P": Mark("p", _("provisional"), "quiet"),
    "Q": Mark("q", _("missing: suppressed"), "quiet"),
    "S": Mark("s", _("affected by a strike"), "quiet"),
    "U": Mark("u", _("low reliability"), "quiet"),
    "V": Mark("v", _("not validated"), "quiet"),
    "W": Mark("w", _("includes another category"), "quiet"),
}
"""SDMX observation status (CL_OBS_STATUS 2.2); A (normal) carries no sign."""

CONFIDENTIAL = Mark("c", _("confidential"), "quiet")


def flag_mark(obs_status: str, conf_status: str = "") -> Mark | None:
    """The sign of an observation, or None for a plain one; an unknown code is shown as it came."""
    if conf_status not in {"", "F"}:
        return CONFIDENTIAL
    if obs_status in {"", "A"}:
        return None
    return FLAGS.get(obs_status) or Mark(obs_status.lower(), obs_status, "quiet")


DRAWN = {
    "●": '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
    "○": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "◐": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M6 2a4 4 0 0 0 0 8z" fill="currentColor"/>',
    "◔": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M6 6V2a4 4 0 0 1 4 4z" fill="currentColor"/>',
    "◷": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M6 3.5V6l2 1.4" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "▲": '<path d="M6 1.5 11 10.5H1z" fill="currentColor"/>',
    "▼": '<path d="M6 10.5 1 1.5h10z" fill="currentColor"/>',
    "▽": '<path d="M6 9.6 1.8 2.2h8.4z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "◆": '<path d="M6 .8 11.2 6 6 11.2.8 6z" fill="currentColor"/>',
    "◇": '<path d="M6 1.6 10.4 6 6 10.4 1.6 6z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "↑": '<path d="M6 11V1.5M2.5 5 6 1.5 9.5 5" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "↗": '<path d="M2 10 10 2M4.5 2H10v5.5" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "↘": '<path d="M2 2l8 8M4.5 10H10V4.5" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "↓": '<path d="M6 1v9.5M2.5 7 6 10.5 9.5 7" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "✓": '<path d="M1.5 6.5 4.7 9.8 10.5 2.5" fill="none" stroke="currentColor" stroke-width="2"/>',
    "✕": '<path d="M2 2l8 8m0-8-8 8" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "↩": '<path d="M4.5 2 1.5 5l3 3M1.5 5h6a3 3 0 0 1 0 5.5H6" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "⊘": '<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M3 9l6-6" stroke="currentColor" stroke-width="1.4"/>',
}
"""The shapes as drawings of 12 × 12: the same on every machine, whatever fonts it has."""
