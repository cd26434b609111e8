"""What can be asked for: the kinds of parameters with their limits, and how their texts are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Final, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StringConstraints, WithJsonSchema

from adme.api.interface import Refused
from adme.lib import clock, periods
from adme.portal.asked import LONGEST, MOST_WORDS, instant_of_text
from adme.portal.table_request import MOST_INDICATORS

PAGE_SIZE: Final = 100
MOST_ON_A_PAGE: Final = 1_000
"""Items of a list in one answer."""
VALUES: Final = 1_000
MOST_VALUES: Final = 10_000
"""Values of an indicator in one answer; some 3 MB."""
MOST_PAGES: Final = 1_000_000

Word = Annotated[str, StringConstraints(max_length=LONGEST, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One readable word or several, as the pages take them."""
AsOf = Annotated[
    str,
    StringConstraints(max_length=40),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
Period = Annotated[
    str,
    StringConstraints(max_length=40),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]|S[12]|T[1-3]|W(0[1-9]|[1-4][0-9]|5[0-2])))?$",
                },
                {"type": "string", "format": "date"},
            ]
        }
    ),
]
AREAS = "Codes of areas, as TH; repeat it or join by commas. "


class AtMoment(Schema):
    """Asks for the present, or for an earlier state."""

    as_of: AsOf | None = Field(
        None,
        description=(
            "Answer as it stood then: a day (2026-11-23, its end in the time of this site) or a moment with its zone "
            "(2026-11-23T10:00:00Z). One that has not come yet means the present."
        ),
    )


class Paged(Schema):
    """Asks for one page of a list."""

    page: int = Field(1, ge=1, le=MOST_PAGES, description="Which page of the list.")
    page_size: int = Field(PAGE_SIZE, ge=1, le=MOST_ON_A_PAGE, description="Items on a page.")


class ListQuestion(AtMoment, Paged):
    """Asks for a list as it stood."""


class IndicatorsQuestion(ListQuestion):
    """Narrows the list of indicators."""

    q: Word = Field("", description="Words, or the beginnings of words.")
    topic: Word = Field("", description="Id of a topic.")
    source: Word = Field("", description="Id of a source.")
    country: Word = Field("", description="Code of a member state that has a value.")
    since: int | None = Field(None, ge=1000, le=9999, description="The latest value is of this year or later.")
    order: Literal["name", "coverage", "newest"] = Field("name", description="By name; most states; newest values.")


class _Figures(AtMoment):
    country: list[Word] = Field([], max_length=MOST_WORDS, description=f"{AREAS}Without: all of them.")
    breakdown: list[Word] = Field(
        [],
        max_length=MOST_WORDS,
        description=(
            "DIMENSION:CODE, as SEX:F; SEX:* for every code of one dimension, * for everything; repeat it or join by "
            "commas. Without: the breakdown that the page of the indicator shows first, the total where there is one."
        ),
    )


class SeriesQuestion(_Figures):
    """Narrows the values of one indicator."""

    start: Period | None = Field(None, description="First period, as 2015, 2015-Q2, 2015-03 or a day.")
    end: Period | None = Field(None, description="Last period, in the same way; both are inclusive.")
    page: int = Field(1, ge=1, le=MOST_PAGES, description="Which page of the values.")
    page_size: int = Field(VALUES, ge=1, le=MOST_VALUES, description="Values on a page.")


class LatestQuestion(_Figures):
    """Which indicators, where."""

    indicator: list[Word] = Field(
        min_length=1,
        max_length=MOST_INDICATORS,
        description=f"Ids of indicators; repeat it or join by commas, at most {MOST_INDICATORS}.",
    )
    country: list[Word] = Field([], max_length=MOST_WORDS, description=f"{AREAS}Without: the member states.")


class MetadataQuestion(Schema):
    """Which report, in which language."""

    country: Word = Field("", description="One of `countries` of the answer. Without: what holds for all.")
    lang: Word = Field("", description="One of `languages` of the answer; English where nothing is said in it.")


class SearchQuestion(Paged):
    """Words to be found."""

    q: Word = Field(min_length=1, description="Words, or the beginnings of words, in any language.")


ALL: Final = "*"
_IS_DAY = re.compile(r"0[0-9]{3}-[0-9]{2}-[0-9]{2}", re.ASCII)


def words_of(name: str, given: Iterable[str], *, most: int = MOST_WORDS) -> list[str]:
    """Every word of a list, in order, each once. Refused where there are more than `most`."""
    words = list(dict.fromkeys(word.strip() for text in given for word in text.split(",") if word.strip()))
    if len(words) > most:
        raise Refused(_("“{name}” takes at most {most} values.").format(name=name, most=most))
    return words


def instant_asked(text: str | None) -> int | None:
    """The instant of `as_of`, None for the present. Refused for what is no moment."""
    if text is None:
        return None
    instant = instant_of_text(text)
    if instant is None:
        raise Refused(
            _("“{asked}” is no date or time that can be read; write 2026-11-23 or 2026-11-23T10:00:00Z.").format(
                asked=text
            )
        )
    return None if instant >= clock.now_instant() else max(instant, 0)


def period_from(text: str | None) -> int | None:
    """The lowest period from this one on, None without one. Refused for what is no period."""
    return None if text is None else periods.bounds(f"ge:{_period(text)}").low


def period_to(text: str | None) -> int | None:
    """The highest period up to the end of this one, None without one. Refused for what is no period."""
    return None if text is None else periods.bounds(f"le:{_period(text)}").high - 1


def _period(text: str) -> str:
    try:
        return periods.label(periods.parse(text))
    except periods.PeriodNotRead:
        if _IS_DAY.fullmatch(text):  # of the first thousand years, from which there are no figures
            return "1000"
        raise Refused(_("“{text}” is no period; write 2015, 2015-Q2 or 2015-03.").format(text=text)) from None


def codes_by_dimension(given: Sequence[str], dimensions: Iterable[str]) -> dict[str, list[str]]:
    """Dimension → codes asked for (or ALL). Refused for a dimension that is none of `dimensions`."""
    known = list(dimensions)
    asked: dict[str, list[str]] = {}
    for word in words_of("breakdown", given):
        name, colon, code = word.partition(":")
        if word == ALL:
            asked |= {dimension: [ALL] for dimension in known if dimension not in asked}
        elif colon and code and name in known:
            asked.setdefault(name, []).append(code)
        else:
            names = ", ".join(known) or _("none")
            raise Refused(
                _("“{word}” is no breakdown here; write DIMENSION:CODE. Dimensions: {names}.").format(
                    word=word, names=names
                )
            )
    return asked
