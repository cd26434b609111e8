"""What is said of an indicator, for readers: in plain words on its page, in full behind it, and how it came to be.

Only approved reports come in here. Where nothing is said, that is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.indicators import metadata_queries as metadata
from adme.indicators.completeness import Completeness, completeness
from adme.indicators.differences import Difference, differences
from adme.indicators.models import Indicator, MetadataAttribute, ReportVersion, Texts
from adme.lib import clock, periods, rich_text
from adme.lib.page import reading
from adme.lib.texts import Text, language_of, text_in
from adme.portal.addresses import with_question
from adme.portal.shown import Area, Break

_Tells = MetadataAttribute.Tells

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "what": (_Tells.DEFINITION,),
    "why": (_Tells.IMPORTANCE,),
    "how": (_Tells.SOURCE, _Tells.COLLECTION, _Tells.COMPILATION, _Tells.ESTIMATION, _Tells.FREQUENCY),
    "trust": (_Tells.LIMITS, _Tells.COMPARABILITY, _Tells.QUALITY, _Tells.COVERAGE),
}
"""A reader's questions → what answers them, in order."""


BRIEF = 600
"""Characters of an answer on the indicator's own page; the rest is in the report behind it."""


@dataclass(frozen=True)
class Said:
    """One attribute of a report as readers see it. `html` is "" where nothing is said.

    `general` marks a text that holds for all countries, shown in the report of one that has none of its own.
    """

    attribute: MetadataAttribute
    html: str = ""
    language: str = ""
    general: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with what is said below it, and the names of what is not."""

    anchor: str
    title: str
    said: tuple[Said, ...]
    unsaid: tuple[str, ...]


@dataclass(frozen=True)
class Description:
    """Everything approved about one indicator. `reports` holds area → version, "" for all countries."""

    indicator: Indicator
    attributes: tuple[MetadataAttribute, ...]
    reports: Mapping[str, ReportVersion]

    @property
    def is_there(self) -> bool:
        """Whether any report is public."""
        return bool(self.reports)

    @property
    def is_asked(self) -> bool:
        """Whether there is a metadata structure by which it is described at all."""
        return bool(self.attributes)

    @property
    def url(self) -> str:
        """Where the full report stands."""
        return reverse("portal:metadata", args=[self.indicator.slug])

    @cached_property
    def answers(self) -> dict[str, list[Said]]:
        """Question of `QUESTIONS` → the beginning of what answers it, for all countries; where no report does, the
        register."""
        by_tells: dict[str, list[Said]] = {}
        for said in self.all_said():
            by_tells.setdefault(said.attribute.tells, []).append(said)
        found = {}
        for question, kinds in QUESTIONS.items():
            said_here = [one for kind in kinds for one in by_tells.get(kind, ()) if one.html]
            answers = said_here or self._of_the_register(question)
            found[question] = [replace(one, html=rich_text.opening(one.html, BRIEF)) for one in answers]
        return found

    def _of_the_register(self, question: str) -> list[Said]:
        one = self.indicator
        known: Mapping[str, Sequence[tuple[str, Text]]] = {
            "what": [(_("Definition"), one.definition)],
            "how": [(_("Source"), one.source), (_("Method"), one.method)],
            "trust": [(_("Coverage"), one.coverage)],
        }
        return [
            Said(MetadataAttribute(name={"en": name}), _as_paragraph(text_in(text)), language_of(text))
            for name, text in known.get(question, ())
            if text_in(text)
        ]

    def all_said(self, area: str = "", language: str | None = None) -> list[Said]:
        """Every attribute in order, for one area where it has its own words, else for all countries."""
        own, general = self._texts(area), self._texts("")
        found = []
        for attribute in self.attributes:
            name = attribute.attribute_id
            is_general = bool(area) and not own.get(name)
            text = general.get(name, {}) if is_general else own.get(name, {})
            html = text_in(text, language)
            found.append(Said(attribute, html, language_of(text, language), general=is_general and bool(html)))
        return found

    def _texts(self, area: str) -> Texts:
        version = self.reports.get(area)
        found: Texts = version.texts if version is not None else {}
        return found

    def languages(self, area: str = "") -> list[str]:
        """Languages that anything is said in, English first."""
        texts = [*self._texts("").values(), *self._texts(area).values()]
        found = {language for by_language in texts for language in by_language}
        return sorted(found, key=lambda language: (language != "en", language))

    def score(self, area: str = "") -> Completeness:
        """How much of what is asked is said, counting what holds for all countries too."""
        filled = {*self._texts(""), *self._texts(area)}
        return completeness(self.attributes, filled)

    def sections(self, area: str = "", language: str | None = None) -> list[Section]:
        """The whole report under its headings; attributes without a heading are their own."""
        groups: list[tuple[MetadataAttribute, list[Said]]] = []
        for said in self.all_said(area, language):
            if said.attribute.parent_id and groups:
                groups[-1][1].append(said)
            else:
                groups.append((said.attribute, [said]))
        return [_section(head, said) for head, said in groups]


def description_of(indicator: Indicator) -> Description:
    """What is approved about an indicator. Two queries."""
    attributes = MetadataAttribute.objects.filter(structure__metadataflows__dataflow=indicator.dataflow_id)
    return Description(indicator, tuple(attributes.order_by("position")), metadata.public_reports(indicator))


def _section(head: MetadataAttribute, said: Sequence[Said]) -> Section:
    told = tuple(one for one in said if one.html)
    unsaid = tuple(one.attribute.title for one in said if not one.html and not one.attribute.heading)
    return Section(anchor=head.attribute_id.lower().replace("_", "-"), title=head.title, said=told, unsaid=unsaid)


def _as_paragraph(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def breaks_of(indicator: Indicator, *, as_of: int | None = None) -> tuple[Break, ...]:
    """The breaks that readers are told of; with `as_of`, those that were told of then and still are. One query."""
    return tuple(
        Break(one.area, one.period, reading.period(periods.label(one.period)), one.words)
        for one in metadata.public_breaks(indicator)
        if as_of is None or (one.approved_at is not None and clock.to_instant(one.approved_at) <= as_of)
    )


# --- history ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One approved version: when it came into force, what the writer said of it, where its changes are shown."""

    number: int
    since: dt.datetime
    reason: str
    url: str
    current: bool


@dataclass(frozen=True)
class Told:
    """The history of one report, newest first, and what one of its versions changed."""

    stages: tuple[Stage, ...]
    shown: int
    before: int | None
    changes: tuple[tuple[str, Difference], ...]
    """Title of the attribute, and the difference."""


def history_of(
    indicator: Indicator, attributes: Iterable[MetadataAttribute], area: str, number: int | None
) -> Told | None:
    """The approved versions, and the changes that version `number` (default: the newest) made; None without any.

    Drafts, and who wrote and approved, are for the workspace.
    """
    approved = [one for one in metadata.versions_of(indicator, area) if one.approved_at]
    if not approved:
        return None
    at = next((place for place, one in enumerate(approved) if one.number == number), 0)
    shown = approved[at]
    before = approved[at + 1] if at + 1 < len(approved) else None
    titles = {one.attribute_id: one.title for one in attributes}
    changes = differences(before.texts if before else {}, shown.texts, titles)
    path = reverse("portal:metadata-history", args=[indicator.slug])
    stages = [
        Stage(
            number=one.number,
            since=one.approved_at or one.written_at,
            reason=one.reason,
            url=with_question(path, {"area": area, "version": str(one.number)}),
            current=one is shown,
        )
        for one in approved
    ]
    return Told(
        tuple(stages),
        shown.number,
        before.number if before else None,
        tuple((titles[one.attribute], one) for one in changes),
    )


def areas_described(
    reports: Mapping[str, ReportVersion], states: Iterable[Area], titles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Code and name of each area that has a report of its own, states by name first."""
    known = {state.code: state.name for state in states}
    own = [code for code in reports if code]
    return sorted(
        ((code, known.get(code) or titles.get(code, code)) for code in own),
        key=lambda pair: (pair[0] not in known, pair[1]),
    )
