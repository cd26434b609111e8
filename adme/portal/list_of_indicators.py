"""The list of indicators: each with what it is, where from, how made, how often, and for which countries and years.

What a column holds is what an approved report says, in plain words; where it says nothing, the register; else that
nothing is given. A constant number of queries, however many indicators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from adme.indicators import metadata_queries as metadata
from adme.indicators.models import Indicator, MetadataAttribute, Texts
from adme.lib import periods, rich_text
from adme.lib.texts import Text, text_in
from adme.portal import units
from adme.portal.catalogue import Catalogue
from adme.portal.facets import Entry
from adme.portal.reference import frequency_words
from adme.releases.coverage import PublishedIndicator

_Tells = MetadataAttribute.Tells

COLUMNS: tuple[str, ...] = (
    _Tells.DEFINITION,
    _Tells.SOURCE,
    _Tells.COLLECTION,
    _Tells.COMPILATION,
    _Tells.ESTIMATION,
    _Tells.COVERAGE,
    _Tells.FREQUENCY,
)
"""What the list tells of each indicator, in order."""


def column_titles() -> dict[str, str]:
    """The columns in the reader's language."""
    return {
        _Tells.DEFINITION: _("Definition"),
        _Tells.SOURCE: _("Source"),
        _Tells.COLLECTION: _("Collection method"),
        _Tells.COMPILATION: _("Compilation method"),
        _Tells.ESTIMATION: _("Estimation method"),
        _Tells.COVERAGE: _("Coverage"),
        _Tells.FREQUENCY: _("Frequency"),
    }


@dataclass(frozen=True)
class Line:
    """One indicator of the list. `told` holds column → plain words, "" where nothing is given.

    `available` holds for each member state its name and the years it has values for, "" where it has none.
    """

    entry: Entry
    code: str
    unit: str
    told: Mapping[str, str]
    available: tuple[tuple[str, str], ...]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Title and words of what is told, but for the definition, which stands apart."""
        titles = column_titles()
        return [(titles[name], self.told[name]) for name in COLUMNS[1:] if self.told[name]]

    @property
    def unsaid(self) -> list[str]:
        """Titles of what is not."""
        titles = column_titles()
        return [titles[name] for name in COLUMNS if not self.told[name]]

    @property
    def definition(self) -> str:
        """What it is."""
        return self.told[_Tells.DEFINITION]

    @property
    def short_definition(self) -> str:
        """The beginning of it, for a folded line."""
        words = self.definition.replace("\n", " ")
        return words if len(words) <= 220 else f"{words[:200].rsplit(' ', 1)[0]} …"

    @property
    def with_data(self) -> int:
        """How many member states have a value."""
        return sum(bool(years) for _name, years in self.available)


def lines(everything: Catalogue, entries: Sequence[Entry]) -> list[Line]:
    """The list for these entries, in their order."""
    public = {one.indicator.slug: one for one in everything.public}
    chosen = [public[entry.slug] for entry in entries]
    attributes = _attributes({one.indicator.dataflow_id for one in chosen})
    wanted = sorted({name for by_column in attributes.values() for names in by_column.values() for name in names})
    texts = metadata.texts_by_indicator([one.indicator.pk for one in chosen], wanted) if wanted else {}
    names = [(state.code, state.name) for state in everything.states]
    return [
        _line(entry, one, attributes.get(one.indicator.dataflow_id, {}), texts.get(one.indicator.pk, {}), names)
        for entry, one in zip(entries, chosen, strict=True)
    ]


def frame(everything: Catalogue, found: Iterable[Line]) -> pl.DataFrame:
    """The list as a table of texts: a row for each indicator, a column for each member state at the end."""
    titles = column_titles()
    heads = [_("Id"), _("Code"), _("Indicator"), _("Unit"), *(titles[name] for name in COLUMNS)]
    heads += [_("First year"), _("Latest year"), _("Countries with data"), *(state.name for state in everything.states)]
    rows = [_row(line) for line in found]
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _row(line: Line) -> list[str]:
    nothing, no_data = _("not given by the source"), _("no data")
    return [
        line.entry.slug,
        line.code,
        line.entry.title,
        line.unit or nothing,
        *(line.told[name] or nothing for name in COLUMNS),
        str(line.entry.first_year),
        str(line.entry.last_year),
        str(line.with_data),
        *(years or no_data for _name, years in line.available),
    ]


def _attributes(dataflows: set[int]) -> dict[int, dict[str, list[str]]]:
    """Dataflow → column → the ids of the attributes that tell it."""
    found: dict[int, dict[str, list[str]]] = {}
    rows = MetadataAttribute.objects.filter(
        structure__metadataflows__dataflow__in=dataflows, tells__in=COLUMNS
    ).order_by("position")
    for flow, tells, name in rows.values_list("structure__metadataflows__dataflow", "tells", "attribute_id"):
        found.setdefault(flow, {}).setdefault(tells, []).append(name)
    return found


def _line(
    entry: Entry,
    one: PublishedIndicator,
    attributes: Mapping[str, Sequence[str]],
    texts: Texts,
    states: Sequence[tuple[str, str]],
) -> Line:
    told = {}
    for column in COLUMNS:
        said = [rich_text.plain(text_in(texts[name])) for name in attributes.get(column, ()) if name in texts]
        told[column] = "\n".join(said) or text_in(_registered(one.indicator, column))
    return Line(
        entry=entry,
        code=one.indicator.code_id,
        unit=units.shown_unit(text_in(one.indicator.unit)),
        told=told,
        available=tuple((name, _years(one.spans.get(code))) for code, name in states),
    )


def _registered(indicator: Indicator, column: str) -> Text:
    """What the register says, where no report does."""
    known: Mapping[str, Text] = {
        _Tells.DEFINITION: indicator.definition,
        _Tells.SOURCE: indicator.source,
        _Tells.COMPILATION: indicator.method,
        _Tells.COVERAGE: indicator.coverage,
        _Tells.FREQUENCY: {"": _("{often} figures").format(often=frequency_words(indicator.frequency))},
    }
    return known.get(column, {})


def _years(span: tuple[int, int] | None) -> str:
    if span is None:
        return ""
    first, last = periods.year(span[0]), periods.year(span[1])
    return str(last) if first == last else f"{first}–{last}"
