"""The tables of a framework as files, and the framework itself: CSV, XLSX, JSON, YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from adme.accounts.policy import PUBLIC, policy
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.queries import crosswalk_at, editions_standing
from adme.frameworks.scorecard import compared, scorecard, scorecard_and_others
from adme.frameworks.tables import REGION_WORD, Wanted, frame_of, head_of
from adme.frameworks.words import GROUPS
from adme.frameworks.workbook import write_workbook
from adme.frameworks.yaml_tables import write_yaml
from adme.lib.writers import csv, xlsx
from adme.portal.asked import Asked
from adme.portal.freshness import unless_unchanged

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "yaml": "application/yaml",
}
R = TypeVar("R", bound=HttpResponseBase)

OF_EDITIONS = ("changes", "editions")
"""Tables that need the editions, and an earlier scorecard where one is asked for."""


@policy(PUBLIC, formats=tuple(TYPES))
def framework_file(request: HttpRequest, slug: str, table: str, ending: str) -> HttpResponseBase:
    """A table of the framework as CSV, XLSX or JSON; the framework itself as XLSX, YAML or JSON."""
    if ending in {"framework": ("csv",)}.get(table, ("yaml",)):
        raise Http404
    asked = Asked(request.GET)
    as_of = asked.as_of()
    try:
        wanted = _wanted(slug, table, asked, as_of)
    except UnknownFramework:
        raise Http404 from None

    def make() -> HttpResponseBase:
        return _framework(wanted, ending, as_of) if table == "framework" else _table(wanted, table, ending, as_of)

    parts = (wanted.card.state, *(wanted.before.state if wanted.before else ()))
    others = (editions_standing(), [(link.pk, link.withdrawn_instant) for link in wanted.links]) if wanted.links else ()
    return unless_unchanged(request, (*parts, *others), make)


def _wanted(slug: str, table: str, asked: Asked, as_of: int | None) -> Wanted:
    """What was asked for; what cannot be used is left out, as on the pages."""
    made: dict[str, Any] = {}
    if table in OF_EDITIONS:
        card, before, editions = compared(slug, since=asked.as_of("since"), as_of=as_of)
        made = {"before": before, "editions": editions}
    elif table == "crosswalk":
        card, documents = scorecard_and_others(slug, as_of=as_of)
        made = {"links": tuple(crosswalk_at(card.current.framework, card.instant)), "documents": documents}
    else:
        card = scorecard(slug, as_of=as_of, broken_down=table in ("completeness", "incomplete"))
    if year := asked.one_of("year", [str(one) for one in card.years], ""):
        card = card.in_year(int(year))
    known = {member.area for member in card.members}
    group = asked.one_of("group", list(GROUPS), "")
    areas = asked.known("areas", known) or (list(GROUPS[group][1]) if group else [])
    return Wanted(
        card=card,
        part=next(iter(asked.known("part", card.document.by_uid, most=1)), ""),
        area=asked.one_of("area", [*known, REGION_WORD], ""),
        areas=tuple(areas),
        **made,
    )


def _framework(wanted: Wanted, ending: str, as_of: int | None) -> HttpResponse:
    content, stem = wanted.card.current.edition.content, f"{wanted.card.document.slug}-framework"
    if ending == "json":
        return _sent(_as_json({**head_of(wanted, as_of), "tables": content}), ending, stem)
    return _sent(write_yaml(content).encode() if ending == "yaml" else write_workbook(content), ending, stem)


def _table(wanted: Wanted, table: str, ending: str, as_of: int | None) -> HttpResponseBase:
    frame, head = frame_of(wanted, table), head_of(wanted, as_of)
    year = wanted.card.computed.until
    stem = f"{wanted.card.document.slug}-{table}" + (f"-{year}" if year else "")
    if ending == "json":
        return _sent(_as_json({**head, "rows": frame.to_dicts()}), ending, stem)
    return _streamed(csv.write([frame], bom=True) if ending == "csv" else _workbook(frame, head, table), ending, stem)


def _workbook(frame: pl.DataFrame, head: dict[str, Any], table: str) -> Iterator[bytes]:
    about = [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in head.items()
    ]
    return xlsx.write([frame], about=about, sheet_name=table[:31])


def _as_json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _sent(content: bytes, ending: str, stem: str) -> HttpResponse:
    return _named(HttpResponse(content, content_type=TYPES[ending]), ending, stem)


def _streamed(chunks: Iterator[bytes], ending: str, stem: str) -> StreamingHttpResponse:
    return _named(StreamingHttpResponse(chunks, content_type=TYPES[ending]), ending, stem)


def _named(response: R, ending: str, stem: str) -> R:
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{stem}.{ending}") or ""
    return response
