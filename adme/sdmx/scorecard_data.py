"""Scorecards as data messages: the answers of the dataflows of `scorecard_structures`.

Rows come from `frameworks.told`, which shows what the pages show: released figures, and the class of a single state
only where it has agreed. They are some ten thousand at most, and are filtered in memory.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import override

from adme.frameworks.errors import UnknownFramework
from adme.frameworks.queries import slugs_standing
from adme.frameworks.scorecard import Scorecard, scorecard
from adme.frameworks.told import scorecard_flow, told
from adme.lib.sdmx_messages.shape import FLAT, FlowData, FlowShape, Part
from adme.releases import exports
from adme.releases.filters import Where
from adme.releases.question import Question
from adme.releases.validators import state_tag
from adme.sdmx.answers import public_headers, unchanged
from adme.sdmx.errors import NoResults, NotAcceptable, NotImplementedYet, SyntaxFault
from adme.sdmx.flows import EVERY, NEWEST
from adme.sdmx.framework_schemes import AGENCY
from adme.sdmx.query import Components
from adme.sdmx.scorecard_cut import cut, together
from adme.sdmx.scorecard_filter import filtered
from adme.sdmx.scorecard_structures import COMPONENTS, shape_of, version_of
from adme.sdmx.versions import NotAVersion, matching
from adme.sdmx.wishes import Wish


def scorecard_slug(context: str, agency: str, flow: str) -> str:
    """The framework whose scorecard a path names; "" where it names another dataflow. One query where it may."""
    if context not in ("*", "dataflow") or agency not in (AGENCY, *EVERY) or not flow.startswith("SCORECARD_"):
        return ""
    return next((slug for slug in slugs_standing() if scorecard_flow(slug) == flow), "")


def components() -> Components:
    """What may be asked of a scorecard."""
    ids = {role: [one.id for one in COMPONENTS if one.role == role] for role in ("dimension", "attribute")}
    attributes = {one.id: "series" if one.of_series else "observation" for one in COMPONENTS if one.role == "attribute"}
    return Components(ids["dimension"], "TIME_PERIOD", "OBS_VALUE", attributes)


def scorecard_told(slug: str, version: str, question: Question, wish: Wish) -> tuple[Scorecard, str]:
    """A scorecard and the language of the answer; NoResults where there was none then, or in another version."""
    try:
        card = scorecard(slug, as_of=question.as_of)
    except UnknownFramework:
        raise NoResults("Nothing public matches.") from None
    _check_version(card, version)
    return card, wish.language(card.document.title)


def scorecard_rows(card: Scorecard, where: Where, language: str) -> tuple[FlowShape, pl.DataFrame]:
    """Its shape, and the rows that are meant, series by series in order of time. SyntaxFault."""
    shape = shape_of(card.current, card.members, language)
    with override(language):
        rows = told(card).rename({one.column: one.id for one in COMPONENTS})
    return shape, filtered(rows, where, shape)


def scorecard_answer(request: HttpRequest, slug: str, version: str, question: Question, wish: Wish) -> HttpResponseBase:
    """A scorecard as data; NoResults where there was none at the instant, or in another version."""
    check_offered(question)
    card, language = scorecard_told(slug, version, question, wish)
    tag = state_tag("scorecard", slug, card.state, question, wish.look, language, as_of=question.as_of)
    headers = public_headers(tag, wish.offer.media_type, question.as_of, language)
    if unchanged(request, tag):
        return HttpResponse(
            status=304, headers={name: text for name, text in headers.items() if name != "Content-Type"}
        )
    shape, rows = scorecard_rows(card, question.where, language)
    rows = cut(rows, question, shape)
    if rows.is_empty():
        raise NoResults("Nothing public matches.")
    is_past = question.as_of is not None and question.as_of == card.instant
    instant = card.instant if is_past else card.figures_at
    shape = _shown(shape, question, wish)
    chunks = _written(together(rows, shape), shape, wish, language, instant)
    return StreamingHttpResponse(() if request.method == "HEAD" else chunks, headers=headers)


def check_offered(question: Question) -> None:
    """NotImplementedYet for what scorecards, which are worked out and have no history of their own, cannot say."""
    asked = {
        "updatedAfter": question.updated_after is not None,
        "includeHistory": question.with_history,
        "measures": not question.measure,
    }
    for name, given in asked.items():
        if given:
            raise NotImplementedYet(f"“{name}” is not offered for scorecards; asOf is.")


def _check_version(card: Scorecard, version: str) -> None:
    if version in NEWEST:
        return
    try:
        fits = matching(version, [version_of(card.current)])
    except NotAVersion:
        raise SyntaxFault(f"“{version}” is not a version, as 1.0.0, +, ~, * or 1.0+.0 are.") from None
    if not fits:
        raise NoResults("Another edition of the framework stands, or stood then. Leave the version out, or ask as of.")


def _shown(shape: FlowShape, question: Question, wish: Wish) -> FlowShape:
    wanted = question.attributes
    attributes = tuple(one for one in shape.attributes if wanted is None or one.id in wanted)
    flat = FLAT if wish.offer.export.startswith("sdmx-csv") else question.at_observation
    return dataclasses.replace(shape, attributes=attributes, at_observation=flat)


def _written(rows: pl.DataFrame, shape: FlowShape, wish: Wish, language: str, instant: int) -> Iterator[bytes]:
    flows = [FlowData(shape, [Part(iter([rows.select(shape.columns)]))])]
    manner = exports.Manner(wish.labels, language, wish.keys)
    try:
        return exports.message(flows, wish.offer.export, instant, manner)
    except exports.UnknownFormat:
        raise NotAcceptable(
            "Scorecards are offered in the formats of SDMX; their pages have CSV, XLSX and JSON files."
        ) from None
