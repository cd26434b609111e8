"""The table builder."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.lib import clock
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.portal import addresses, figures, queries, table_request
from adme.portal.asked import Asked
from adme.portal.freshness import public_page, wants_fragment
from adme.portal.pivot import AREA, INDICATOR, TIME, LaidOut
from adme.portal.sentences import listed
from adme.portal.several import Picked
from adme.portal.table_page import MOST_LAID_OUT, TablePlan
from adme.portal.table_request import TableRequest
from adme.portal.values import Value
from adme.releases import queries as published


@policy(PUBLIC)
@public_page
def table(request: HttpRequest) -> HttpResponse:
    """Indicators × countries × years × breakdowns, laid out as the reader wants; the address is the saved table."""
    asked = Asked(request.GET)
    wanted = table_request.read(asked)
    plan = wanted.plan
    page = laid_out = None
    if plan is not None:
        page = Paginator(plan.heads, plan.heads_on_a_page).get_page(wanted.page)
        laid_out = plan.laid_out(list(page.object_list))
    context = {
        "wanted": wanted,
        "area_choices": [(area, area.code in wanted.chosen_areas) for area in wanted.areas],
        "page_obj": page,
        "table": drawn(laid_out, plan) if plan is not None and laid_out is not None else None,
        "axes": _axes(wanted),
        "newest_first": plan.newest_first if plan is not None else False,
        "downloads": downloads(wanted),
        "row_files": row_files(wanted),
        "permalink": addresses.pinned(
            request.path, wanted.question, wanted.as_of if wanted.as_of is not None else published.clock_instant()
        ),
        "sources": _sources(plan),
        "notes": asked.notes,
        "as_of_moment": clock.from_instant(wanted.as_of) if wanted.as_of is not None else None,
        "present_url": wanted.address(request.path, as_of=""),
    }
    if not wants_fragment(request):
        return render(request, "portal/table.html", context)
    response = render(request, "portal/_table.html", context)
    response.headers["HX-Push-Url"] = wanted.address(request.path, find=wanted.find, page=_page_word(wanted))
    return response


def _page_word(wanted: TableRequest) -> str:
    return "" if wanted.page == 1 else str(wanted.page)


def drawn(laid_out: LaidOut, plan: TablePlan) -> Table:
    """One screen of the table; the first head stands above its rows, where rows have more than one."""
    grouped = len(laid_out.heads) > 1
    heads = [Column(axis.title) for axis in laid_out.heads[grouped:]]
    columns = [Column(laid_out.across.labels[n], kind="number") for n in laid_out.columns]
    decimals = _decimals(laid_out)
    rows = []
    above = ""
    for head, values in laid_out.rows:
        words = laid_out.head_words(head)
        group = words[0] if grouped and words[0] != above else ""
        above = words[0]
        cells = [Cell(text=word) for word in words[grouped:]]
        for n in laid_out.columns:
            value = values.get(n)
            place = laid_out.place(INDICATOR, head, n)
            url = _history(plan.picked[place], value) if value else ""
            cells.append(
                figures.value_cell(value, url=url, decimals=decimals[place]) if value else Cell(missing=_("no data"))
            )
        rows.append(Row(cells=tuple(cells), group=group))
    caption = "; ".join(axis.labels[place] for axis, place in laid_out.fixed) or _("Chosen figures")
    return Table(
        caption=caption,
        columns=(*heads, *columns),
        rows=tuple(rows),
        notes=tuple(_notes(plan)),
        dense=True,
        row_headers=len(heads) or 1,
    )


def _notes(plan: TablePlan) -> list[str]:
    return [
        _("“{indicator}” has no data for {areas}.").format(indicator=name, areas=listed(areas))
        for name, areas in plan.lacking()
    ]


def _decimals(laid_out: LaidOut) -> dict[int, int]:
    """Indicator → decimals that its values are shown with, so that they stand in line."""
    found: dict[int, int] = {}
    for head, values in laid_out.rows:
        for n, value in values.items():
            place = laid_out.place(INDICATOR, head, n)
            found[place] = max(found.get(place, 0), value.page_decimals)
    return found


def downloads(wanted: TableRequest) -> list[Link]:
    """The whole table as it is laid out, as files; none where it is too large for that."""
    if wanted.plan is None or wanted.plan.places > MOST_LAID_OUT:
        return []
    return [
        Link(label, wanted.address(reverse("portal:table-data", args=[ending])))
        for label, ending in {"CSV": "csv", "XLSX": "xlsx", "Parquet": "parquet"}.items()
    ]


def row_files(wanted: TableRequest) -> list[tuple[str, list[Link]]]:
    """The rows behind the table, a set of files for each dataflow: codes, statuses, notes and all."""
    if wanted.plan is None:
        return []
    flows = {one.flow.dataflow.artefact_id: one.flow.dataflow for one in wanted.plan.picked}
    endings = {"CSV": "csv", "XLSX": "xlsx", "SDMX-CSV": "sdmx.csv", "Parquet": "parquet"}
    return [
        (
            dataflow.title,
            [
                Link(label, wanted.address(reverse("portal:table-data", args=[ending]), rows=name, across="", order=""))
                for label, ending in endings.items()
            ],
        )
        for name, dataflow in flows.items()
    ]


def _history(one: Picked, value: Value) -> str:
    path = reverse("portal:history", args=[one.indicator.slug])
    return addresses.with_question(path, {"key": value.key, "period": value.code})


def _axes(wanted: TableRequest) -> list[tuple[str, str, bool]]:
    """What can run across: id, words, whether it does."""
    plan = wanted.plan
    names = {TIME: _("years"), AREA: _("countries"), INDICATOR: _("indicators")}
    if plan is not None:
        names |= {axis.id: axis.title.lower() for axis in plan.axes if axis.id in plan.broken_down}
    across = plan.across if plan is not None else TIME
    return [(name, words, name == across) for name, words in names.items()]


def _sources(plan: TablePlan | None) -> list[str]:
    if plan is None:
        return []
    return list(dict.fromkeys(queries.credit(one.indicator) for one in plan.picked))
