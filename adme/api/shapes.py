"""What answers hold. Every text is in the reader's language; every moment is in UTC; addresses are absolute."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Address = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]


class Shape(BaseModel):
    """Nothing but what is declared."""

    model_config = ConfigDict(extra="forbid")


class Problem(Shape):
    """What every refusal looks like (RFC 9457), whatever its status."""

    status: int = Field(description="The HTTP status.")
    title: str = Field(description="What kind of refusal it is.")
    detail: str = Field(description="What was wrong, and what could be asked for instead.")


class Answer(Shape):
    """`as_of` is the moment whose public state the whole answer is made from."""

    as_of: Moment


class Listed(Answer):
    """One page of a list. `next` and `previous` are addresses, null where there is no such page."""

    page: int
    page_size: int
    total: int = Field(description="Items of the whole list.")
    next: Address | None
    previous: Address | None


class Start(Shape):
    """Where everything is."""

    title: str
    openapi: Address
    manual: Address
    limits: Address
    catalogue: Address
    lists: dict[str, Address] = Field(description="Name of each list → its address.")


class Named(Shape):
    """A thing by its id and its name."""

    id: str
    title: str


class Licence(Shape):
    """Under which terms figures may be passed on. `credit` is whom the licence asks to be named."""

    id: str
    url: str
    credit: str


# --- indicators -------------------------------------------------------------------------------------


class IndicatorLine(Shape):
    """An indicator as lists show it."""

    id: str
    title: str
    unit: str
    source: Named
    topics: list[str]
    countries: list[str] = Field(description="Codes of the member states that have a value.")
    first_year: int
    last_year: int
    updated: Moment = Field(description="When its figures last changed.")
    page: Address
    series: Address


class IndicatorList(Listed):
    """Indicators with public figures."""

    items: list[IndicatorLine]


class Span(Shape):
    """From when to when an area has values."""

    area: str
    title: str
    first_period: str
    last_period: str


class Breakdown(Shape):
    """A dimension by which the indicator is broken down, with the codes that have public figures."""

    id: str
    title: str
    codes: list[Named]
    shown: list[str] = Field(description="The codes that are shown where nothing is asked for.")


class IndicatorAnswer(Answer):
    """Everything that is known about an indicator itself."""

    id: str
    title: str
    definition: str
    unit: str
    frequency: str
    code: str = Field(description="Its code in the dataflow.")
    dataflow: Named
    provider: Named
    licence: Licence
    topics: list[Named]
    references: dict[str, str] = Field(description="Its place elsewhere, as the number of its SDG indicator.")
    updated: Moment
    first_period: str
    last_period: str
    areas: list[Span]
    breakdowns: list[Breakdown]
    page: Address
    series: Address
    metadata: Address | None
    sdmx: Address = Field(description="The same figures in the SDMX interface.")


# --- figures ----------------------------------------------------------------------------------------


class ValueShape(Shape):
    """One published value."""

    area: str
    area_title: str
    breakdown: dict[str, str]
    period: str
    value: float | None = Field(description="The number, null where the source gives none.")
    text: str = Field(description="As delivered: with its decimals and its sign (<, >), or the words in its place.")
    decimals: int | None = Field(description="Decimals as delivered, null where nobody said.")
    qualifier: str = Field(description="< or > where the true value lies beyond, else empty.")
    status: str = Field(description="Observation status, as in SDMX CL_OBS_STATUS.")
    confidentiality: str = Field(description="Confidentiality status, as in SDMX CL_CONF_STATUS.")
    attributes: dict[str, str] = Field(description="Everything else that the source says of this value.")
    released: Moment = Field(description="When this value became public.")
    key: str = Field(description="Key of its series in the dataflow.")


class About(Shape):
    """What values belong to: whose they are, and where they stand for ever."""

    id: str
    title: str
    unit: str
    source: str
    licence: Licence
    page: Address = Field(description="The page that always shows these figures as they stood at `as_of`.")
    sdmx: Address = Field(description="The same figures in the SDMX interface.")


class Series(Answer):
    """Values of one indicator in the order of series and period. `next` is null on the last page."""

    indicator: About
    page: int
    page_size: int
    next: Address | None
    previous: Address | None
    values: list[ValueShape]


class LatestValue(ValueShape):
    """The latest value of an indicator in an area, with all that it needs to stand alone."""

    indicator: About


class Latest(Answer):
    """Latest values: of each indicator asked for, in each area that has a number."""

    values: list[LatestValue]


# --- countries --------------------------------------------------------------------------------------


class Membership(Shape):
    """From when (to when) a state is a member."""

    from_date: Day
    to_date: Day | None


class CountryLine(Shape):
    """A state that is or was a member."""

    id: str
    title: str
    iso3: str
    m49: str
    memberships: list[Membership]
    indicators: int = Field(description="How many indicators have public figures of it.")
    page: Address
    detail: Address


class CountryList(Listed):
    """The member states."""

    items: list[CountryLine]


class CountryIndicator(Shape):
    """One indicator of a country, with its latest value: null where it has no number there."""

    id: str
    title: str
    unit: str
    latest: ValueShape | None
    page: Address
    series: Address


class CountryAnswer(Listed):
    """One state with every public indicator."""

    country: CountryLine
    items: list[CountryIndicator]


# --- metadata, releases, search ---------------------------------------------------------------------


class Said(Shape):
    """One question of the report. `html` and `text` are empty where nothing is said."""

    id: str
    title: str
    heading: bool
    parent: str
    required: bool
    language: str
    html: str
    text: str
    general: bool = Field(description="Said of all countries, in the report of one that has no words of its own.")


class Report(Answer):
    """The approved reference metadata report of an indicator, for all countries or one."""

    indicator: Named
    country: str
    languages: list[str]
    countries: list[str] = Field(description="Areas that have a report of their own.")
    version: int | None = Field(description="Of the report; null where none has been approved.")
    approved: Moment | None
    filled: int
    asked: int
    page: Address
    sdmx: Address | None
    attributes: list[Said]


class ReleaseLine(Shape):
    """A release. One still to come has a title and a time and nothing else; a withdrawn one only its tombstone."""

    id: str | None
    title: str
    note: str
    at: Moment
    withdrawn: Moment | None
    dataflows: list[Named]
    page: Address


class ReleaseList(Listed):
    """`upcoming`: announced, soonest first. `items`: published, newest first."""

    upcoming: list[ReleaseLine]
    items: list[ReleaseLine]


class Part(Shape):
    """What a release changed in a dataflow: values new, changed and deleted."""

    dataflow: Named
    new: int
    changed: int
    deleted: int


class ReleaseAnswer(Answer):
    """One published release with what it changed."""

    release: ReleaseLine
    parts: list[Part]


class Hit(Shape):
    """Something found."""

    kind: str
    id: str
    title: str
    page: Address


class Hits(Listed):
    """What words were found in, the best first."""

    items: list[Hit]


# --- frameworks -------------------------------------------------------------------------------------


class FrameworkLine(Shape):
    """A results framework. `is_fixture` marks one made for demonstration."""

    id: str
    title: str
    description: str
    from_date: Day | None
    to_date: Day | None
    is_fixture: bool
    edition: int
    kpis: int = Field(description="KPIs that are listed.")
    page: Address


class FrameworkList(Listed):
    """Every framework with an approved edition."""

    items: list[FrameworkLine]


class KpiLine(Shape):
    """One KPI as listed. `code` and `certainty` are empty where nothing is known."""

    id: str
    code: str
    title: str
    certainty: str
    unit: str
    under: list[str] = Field(description="Ids of the parts it hangs under, from the top.")
    page: Address


class FrameworkAnswer(Listed):
    """One framework with its KPIs."""

    framework: FrameworkLine
    items: list[KpiLine]


class ScoreLine(Shape):
    """One KPI for one area. The class is null where the framework's rule does not show it."""

    kpi: str
    code: str
    title: str
    area: str = Field(description="Code of the state, empty for the region.")
    period: str | None
    value: float | None
    qualifier: str
    flags: list[str]
    target_period: str | None
    target: float | None
    progress_class: str | None
    reason: str | None
    overridden: bool


class Scores(Listed):
    """The scorecard: each KPI for the region and each state."""

    framework: FrameworkLine
    items: list[ScoreLine]
