"""The closed lists of this room, each with its words: certainty, kinds, directions, categories, methods, reasons."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

CERTAINTY: Final[dict[str, tuple[Words, str]]] = {
    "verbatim": (_("verbatim"), "good"),
    "verbatim_first_half": (_("verbatim, the first half"), "caution"),
    "verbatim_except_last_word": (_("verbatim but for the last word"), "caution"),
    "first_words_only": (_("only the first words are known"), "caution"),
    "named_in_source_title_not_found": (_("named in the source, title not found"), "caution"),
    "verbatim_of_national_rendering": (_("a member state's rendering, not ASEAN's wording"), "caution"),
    "paraphrase": (_("paraphrase"), "caution"),
    "read_from_a_scrambled_diagram": (_("read from a diagram that is hard to read"), "caution"),
    "recollection_unverified": (_("unverified: from memory, seen in no source"), "poor"),
    "not_found": (_("not public"), "quiet"),
    "chosen_here": (_("written by ADME"), "quiet"),
    "fixture": (_("invented"), "quiet"),
}
"""How sure a text is: words, and the tone of its mark."""

SURE: Final = "verbatim"

KINDS: Final[dict[str, Words]] = {
    "level": _("level"),
    "rate": _("rate or share"),
    "count": _("count"),
    "cumulative": _("cumulative count"),
    "index": _("index"),
    "policy_stage": _("policy stage"),
    "perception": _("perception"),
    "qualitative": _("qualitative, in worded stages"),
    "proxy": _("proxy"),
}

DIRECTIONS: Final[dict[str, Words]] = {
    "increase": _("should increase"),
    "decrease": _("should decrease"),
    "keep_within": _("should stay within limits"),
}

CATEGORIES: Final[dict[str, Words]] = {
    "sectoral_body": _("recorded by a sectoral body"),
    "national_policy": _("policy reported by a national focal point"),
    "survey": _("research or survey"),
    "official_statistics": _("official statistics"),
}
"""Where the data should come from; the first three are those of the mid-term review."""

TURNS: Final[dict[str, Words]] = {
    "sectoral_body": _("the sectoral body"),
    "national_policy": _("the national focal point"),
    "survey": _("whoever runs the survey"),
    "official_statistics": _("the national statistics office"),
    "": _("not decided: the framework names nobody"),
}
"""Whose turn it is where the KPI names no body."""

DECIDES: Final[Words] = _("whoever decides on the framework")
"""Whose turn it is where a target is missing."""

AIMS: Final[dict[str, Words]] = {
    "baseline": _("baseline"),
    "milestone": _("milestone"),
    "target": _("target"),
}

AGGREGATES: Final[dict[str, Words]] = {
    "none": _("no regional figure is computed"),
    "sum": _("sum of the states"),
    "weighted_mean": _("weighted mean of the states"),
    "mean": _("plain mean of the states"),
    "median": _("median of the states"),
    "count": _("number of states that meet the condition"),
}

METHODS: Final[dict[str, Words]] = {
    "compound_pace": _("pace to the target, compound growth"),
    "linear_pace": _("pace to the target, straight line"),
    "path": _("distance to the path through the milestones"),
    "trend": _("trend without a target"),
    "stage": _("stage reached against stage due"),
    "none": _("not assessed"),
}

STATE_CLASSES: Final[dict[str, Words]] = {
    "agreed": _("the class of a state only where that state has agreed"),
    "shown": _("the class of every state"),
    "hidden": _("the class of the region only"),
}
"""What the public sees of single states' classes."""

LINEAGE: Final[dict[str, Words]] = {
    "moved": _("moved from"),
    "split": _("split from"),
    "merged": _("merged from"),
}

COMPARABLE: Final[dict[str, Words]] = {
    "agreed": _("agreed to be comparable"),
    "reserved": _("agreed with a reservation"),
    "refused": _("not agreed"),
}

BREAKS: Final[dict[str, Words]] = {
    "break": _("the scale or definition changes"),
    "ended": _("the source ends"),
}

LEVEL_ROLES: Final = ("", "measured", "unplaced")
FREQUENCIES: Final = ("A", "S", "T", "Q", "M")

CLASSES: Final = ("achieved", "on_track", "needs_acceleration", "off_track", "regressing", "cannot_be_said")
"""Progress classes, from the best; `lib.page.marks.PROGRESS` has their shapes and words."""

TRENDS: Final[dict[str, Words]] = {
    "improving": _("improving"),
    "slightly_improving": _("slightly improving"),
    "slightly_worsening": _("slightly worsening"),
    "worsening": _("worsening"),
}
"""Classes of a trend without a target; `lib.page.marks.TRENDS` has their shapes."""

REASONS: Final[dict[str, Words]] = {
    "no_data": _("no value has been published"),
    "withheld": _("the regional figure is withheld: too few states are covered"),
    "too_old": _("the latest value is too old"),
    "no_direction": _("the framework does not say where it should go"),
    "no_target": _("there is no target"),
    "not_assessed": _("the framework wants no class here"),
    "break": _("what came before cannot be compared: other scale, source or states"),
    "too_few_points": _("there is only one value to judge by"),
    "target_before_start": _("the target's date lies before the start"),
    "not_positive": _("this method needs values above zero"),
    "path_stands_still": _("the path asks for no change by now, or for a change the other way"),
    "within_error": _("the change is smaller than the sampling error"),
}
"""Why a class cannot be said."""

FLAGS: Final[dict[str, Words]] = {
    "withheld": _("withheld: too few states are covered"),
    "partial": _("some states are not covered"),
    "near_threshold": _("coverage is near the limit"),
    "imputed": _("some values are imputed"),
    "carried": _("some values are carried on from earlier"),
    "interpolated": _("some values lie on a straight line between two years"),
    "weights_incomplete": _("some weights are not known"),
    "old_weights": _("some weights are from earlier"),
}
"""Flags of a regional figure."""

GAPS: Final[dict[str, Words]] = {
    "unbound": _("no series gives it figures"),
    "never": _("no value at all"),
    "old": _("no value since"),
    "provisional": _("the latest value is provisional"),
    "breakdown": _("breakdowns are missing"),
    "no_target": _("no target is set"),
}
"""What is missing, in the report of incomplete KPIs."""

GROUPS: Final[dict[str, tuple[Words, tuple[str, ...]]]] = {
    "asean-6": (_("ASEAN-6"), ("BN", "ID", "MY", "PH", "SG", "TH")),
    "clmv": (_("CLMV"), ("KH", "LA", "MM", "VN")),
    "ldc": (_("least developed countries"), ("KH", "LA", "MM", "TL")),
}
"""Groups of states by area code: the earlier six members, the four that joined from 1995 to 1999, and those that the
United Nations list as least developed (M49 table of the reference files)."""

CHANGES: Final[dict[str, Words]] = {
    "added": _("new"),
    "gone": _("gone"),
    "moved": _("moved"),
    "code": _("code"),
    "title": _("title"),
    "certainty": _("certainty"),
    "aim": _("baseline, milestone or target"),
    "latest": _("latest value"),
    "class": _("class"),
}
"""Kinds of `differences.Difference`."""
