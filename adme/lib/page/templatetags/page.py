"""Template tags of the page: ``{% load page %}``. Each draws one component from plain data; none knows a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, Form
from django.forms.widgets import CheckboxSelectMultiple, FileInput, RadioSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from adme.lib import manual_pages, rich_text
from adme.lib.page import marks, reading
from adme.lib.page.figures import Figure
from adme.lib.page.icons import ICONS
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table, cell_text

register = template.Library()

Context = dict[str, Any]


def trusted(svg: str) -> SafeString:
    """Markup made by our own drawing code, which escapes every word that goes in."""
    return mark_safe(svg)  # noqa: S308


@register.filter
def rich(html: str) -> SafeString:
    """Formatted text that people wrote: cleaned again here, whatever it went through before."""
    return mark_safe(rich_text.clean(html))  # noqa: S308


# --- numbers and times ----------------------------------------------------------------------------


@register.simple_tag
def figure_number(
    value: Decimal | float | None,
    decimals: int | None = None,
    unit: str = "",
    qualifier: str = "",
    text: str = "",
    missing: str = "",
) -> SafeString:
    """A number for reading: rounded, grouped, with its unit; what is missing is said in words."""
    if text:
        return format_html('<span class="num">{}</span>', text)
    if value is None:
        return format_html('<span class="no-data">{}</span>', missing or _("no data"))
    return format_html('<span class="num">{}{}</span>', qualifier, reading.number(value, decimals, unit))


@register.filter(name="reading")
def reading_filter(value: Decimal | float | None) -> str:
    """A number for reading, without markup; None says so."""
    return _("no data") if value is None else reading.number(value)


@register.simple_tag
def period(code: str) -> SafeString:
    """A period in words, with its code for machines where HTML knows the form."""
    if len(code) in {4, 7, 10} and code.replace("-", "").isdigit():
        return format_html('<time datetime="{}">{}</time>', code, reading.period(code))
    return format_html('<span class="num">{}</span>', reading.period(code))


@register.filter
def period_label(code: str) -> str:
    """A period in words, without markup."""
    return reading.period(code)


@register.simple_tag
def day(date: dt.date | None) -> SafeString | str:
    """26 October 2025; nothing without a date."""
    if date is None:
        return ""
    if isinstance(date, dt.datetime):
        date = timezone.localtime(date).date() if timezone.is_aware(date) else date.date()
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), reading.day(date))


@register.simple_tag
def instant(moment: dt.datetime | None) -> SafeString | str:
    """26 October 2025, 14:05 WIB in the site's zone; nothing without a moment."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), reading.instant(local))


# --- marks ----------------------------------------------------------------------------------------


@register.inclusion_tag("page/mark.html")
def status_mark(code: str) -> Context:
    """A progress class: shape, word, colour."""
    return _mark(marks.PROGRESS[code])


@register.inclusion_tag("page/mark.html")
def trend_mark(code: str) -> Context:
    """Where a figure without a target goes."""
    return _mark(marks.TRENDS[code])


@register.inclusion_tag("page/mark.html")
def state_mark(code: str, label: str = "") -> Context:
    """The state of work on something; `label` replaces the word."""
    return _mark(marks.STATES[code], label)


@register.inclusion_tag("page/mark.html")
def severity_mark(code: str, label: str = "") -> Context:
    """How serious a finding is."""
    return _mark(marks.SEVERITIES[code], label)


def _mark(mark: marks.Mark, label: str = "") -> Context:
    return {"tone": mark.tone, "word": label or mark.word, "drawing": trusted(marks.DRAWN[mark.shape])}


@register.simple_tag
def flag(obs_status: str, conf: str = "", note: str = "") -> SafeString | str:
    """The small sign of an observation's status; nothing for a plain value without a note."""
    mark = marks.flag_mark(obs_status, conf)
    if mark is None and not note:
        return ""
    sign = mark.shape if mark else "*"
    words = ". ".join(str(part) for part in (mark.word if mark else "", note) if part)
    return format_html(
        '<span class="flag" title="{words}"><span aria-hidden="true">{sign}</span>'
        '<span class="visually-hidden"> ({words})</span></span>',
        words=words,
        sign=sign,
    )


@register.simple_tag
def note_sign(kind: str = "info") -> SafeString:
    """The shape in front of a message; Django's level tags are understood."""
    sign = {"success": "✓", "warning": "◆", "error": "▲"}.get(kind, "●")
    return format_html(
        '<svg class="note-sign" viewBox="0 0 12 12" width="14" height="14" aria-hidden="true">{}</svg>',
        trusted(marks.DRAWN[sign]),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside a word; never alone without hidden words."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">{}</svg>',
        trusted(ICONS[name]),
    )


@register.inclusion_tag("page/progress.html")
def progress(value: int | None, max: int, label: str = "", id: str = "progress") -> Context:  # noqa: A002
    """How far a long work has come; without a value the bar says only that something is going on."""
    said = f"{reading.number(value)} / {reading.number(max)}" if value is not None else ""
    return {"value": value, "max": max, "label": label or _("Progress"), "said": said, "id": id}


@register.simple_tag
def coverage(have: int, total: int, label: str = "") -> SafeString:
    """How many of the states have a value, as squares and in words."""
    size, gap = 7, 2
    squares = "".join(
        f'<rect x="{index * (size + gap) + 0.5}" y="0.5" width="{size}" height="{size}" '
        f'class="{"have" if index < have else "lack"}"/>'
        for index in range(total)
    )
    words = label or _("%(have)s of %(total)s states") % {"have": have, "total": total}
    return format_html(
        '<span class="coverage"><svg width="{}" height="8" viewBox="0 0 {} 8" aria-hidden="true">{}</svg> {}</span>',
        total * (size + gap),
        total * (size + gap),
        trusted(squares),
        words,
    )


# --- ways about -----------------------------------------------------------------------------------


@register.inclusion_tag("page/crumbs.html")
def crumbs(links: Sequence[Link]) -> Context:
    """Where this page stands; the last entry is the page itself."""
    return {"links": links}


@register.inclusion_tag("page/tabs.html")
def tabs(links: Sequence[Link], label: str = "") -> Context:
    """A choice of views as links; each keeps its address."""
    return {"links": links, "label": label or _("Show as")}


@register.inclusion_tag("page/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], param: str = "page") -> Context:
    """Pages of a list; the rest of the query stays as it is. Nothing for a single page."""
    paginator = page.paginator
    if paginator.num_pages < 2:
        return {"steps": ()}
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query[param] = str(number)
        return f"?{query.urlencode()}"

    steps = [
        Link(str(number), address(number), current=number == page.number) if isinstance(number, int) else Link("…")
        for number in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    counted = {"first": page.start_index(), "final": page.end_index(), "total": reading.number(paginator.count)}
    return {
        "steps": steps,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "position": _("%(first)s to %(final)s of %(total)s") % counted,
    }


# --- tables and figures ---------------------------------------------------------------------------


@register.simple_tag
def sort_sign(ordering: str) -> SafeString | str:
    """The arrow of a sorted column."""
    if not ordering:
        return ""
    d = "M6 2v8M3 7l3 3 3-3" if ordering == "descending" else "M6 10V2M3 5l3-3 3 3"
    return format_html(
        ' <svg class="icon" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
        '<path d="{}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>',
        d,
    )


@register.inclusion_tag("page/data_table.html")
def data_table(table: Table) -> Context:
    """A table with a caption, a held first column and numbers that line up; its flags are explained below it."""
    rows = [_row(table, row) for row in table.rows]
    found = {(cell.flag, cell.conf) for row in table.rows for cell in row.cells if cell.flag or cell.conf}
    signs = {mark.shape: mark for mark in (marks.flag_mark(*pair) for pair in sorted(found)) if mark is not None}
    return {"table": table, "rows": rows, "signs": list(signs.values())}


def _row(table: Table, row: Row) -> Context:
    cells: list[Context] = []
    for index, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        gap = _is_gap(cell, column) and index >= table.row_headers
        if gap and cells and cells[-1]["gap"] == cell.missing:
            cells[-1]["span"] += 1  # years without a value side by side are said once
            continue
        classes = " ".join(part for part in (column.kind, cell.classes, "gap" if gap else "") if part)
        cells.append(
            {
                "tag": "th" if index < table.row_headers else "td",
                "classes": classes,
                "content": _content(cell, column),
                "gap": cell.missing if gap else None,
                "span": 1,
            }
        )
    drawn = trusted("".join(map(_cell_html, cells)))
    return {"cells": drawn, "group": row.group, "emphasis": row.emphasis, "id": row.id}


def _cell_html(cell: Context) -> str:
    """One cell as markup. Not in the template, which takes ten times as long, and tables have thousands."""
    tag = cell["tag"]
    scope = ' scope="row"' if tag == "th" else ""
    span = f' colspan="{cell["span"]}"' if cell["span"] > 1 else ""
    return f'<{tag} class="{escape(cell["classes"])}"{scope}{span}>{cell["content"]}</{tag}>'


def _is_gap(cell: Cell, column: Column) -> bool:
    """Whether a number is simply absent: nothing but the reason to show."""
    nothing = cell.value is None and not (cell.text or cell.html or cell.url or cell.flag or cell.conf or cell.note)
    return column.kind == "number" and nothing and bool(cell.missing)


def _content(cell: Cell, column: Column) -> SafeString:
    if cell.html:
        return trusted(cell.html)
    shown = cell_text(cell, column)
    empty = cell.value is None and not cell.text and shown
    words = format_html('<span class="no-data">{}</span>', shown) if empty else escape(shown)
    if cell.url:
        words = format_html('<a href="{}">{}</a>', cell.url, words)
    if cell.flag or cell.conf or cell.note:
        return words + conditional_escape(flag(cell.flag, cell.conf, cell.note))
    return words


@register.inclusion_tag("page/figure.html")
def chart_figure(figure: Figure) -> Context:
    """A chart or map with title, switch of views, drawing, notes, source and downloads."""
    return {
        "figure": figure,
        "level": figure.heading_level,
        "wide": trusted(figure.svg),
        "narrow": trusted(figure.svg_narrow) if figure.svg_narrow else "",
        "interactive": bool(figure.option or figure.option_url),
        "option_id": f"{figure.id}-option",
        "hint": _("%(title)s. Use the arrow keys to move from value to value.") % {"title": figure.title.rstrip(".")},
        "views_label": _("Show as"),
    }


@register.inclusion_tag("page/guideline.html")
def guideline(step: str) -> Context:
    """What the data management guideline says of this step, folded. `step` is the anchor of its section."""
    section = manual_pages.guideline_section(step)
    html = mark_safe(section.html)  # noqa: S308  (our own file, cleaned where it is read)
    return {"section": section, "html": html, "page": manual_pages.GUIDELINE}


@register.inclusion_tag("page/source_line.html")
def source_line(
    source: str = "",
    url: str = "",
    licence: str = "",
    licence_url: str = "",
    released: dt.date | str = "",
    note: str = "",
) -> Context:
    """Whose number this is, since when, under which licence."""
    when = reading.day(released) if isinstance(released, dt.date) else released
    return {
        "source": source.rstrip("."),
        "url": url,
        "licence": licence.rstrip("."),
        "licence_url": licence_url,
        "released": when,
        "note": note,
    }


# --- forms ----------------------------------------------------------------------------------------


@register.inclusion_tag("page/field.html")
def field(bound: BoundField, width: str = "medium") -> Context:
    """A form field: label, help, errors, control; help and errors are tied to the control for screen readers."""
    widget = bound.field.widget
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    described = [f"{bound.auto_id}-help"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    extra: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described and not group else {}
    if isinstance(widget, FileInput):
        extra["class"] = "file"
    return {
        "control": bound.as_widget(attrs=extra),
        "id": bound.auto_id,
        "label": bound.label,
        "help": bound.help_text,
        "errors": bound.errors,
        "hidden": bound.is_hidden,
        "optional": not bound.field.required and not isinstance(widget, CheckboxInput),
        "is_group": group,
        "is_check": isinstance(widget, CheckboxInput),
        "described": " ".join(described),
        "width": width,
    }


@register.inclusion_tag("page/form_errors.html")
def form_errors(form: Form) -> Context:
    """All problems of a form on top, each leading to its field; nothing while the form is fine."""
    problems = [{"id": "", "label": "", "text": text} for text in form.non_field_errors()]
    for name, texts in form.errors.items():
        if name in form.fields:
            bound = form[name]
            problems += [{"id": bound.id_for_label or bound.auto_id, "label": bound.label, "text": t} for t in texts]
    return {"problems": problems}
