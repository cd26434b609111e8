"""The style page: every component once, with fixture data plainly labelled as such. Rendered by tests only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path

from adme.lib.page.figures import Fact, Figure
from adme.lib.page.shell import Link, Shell
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.releases import charts, maps
from tests.lib.page import fixture

SHELL = Shell(
    site_name="ADME",
    site_line="Statistics and monitoring for the ASEAN Socio-Cultural Community",
    nav=(
        *(Link("Topics", "#t"), Link("Countries", "#c"), Link("Frameworks", "#f"), Link("Activities", "#a")),
        *(Link("Library", "#l"), Link("Data & API", "#d", current=True), Link("About", "#b")),
    ),
    search_url="/search/",
    sign_in=Link("Sign in", "#s"),
    footer=(Link("About", "#1"), Link("Data licence", "#2"), Link("Manual", "#3"), Link("Release calendar", "#4")),
    notice="Style page with fixture data: nothing here is a statistic.",
)
DOWNLOADS = (Link("CSV", "/x.csv"), Link("XLSX", "/x.xlsx"), Link("SVG", "/drawing.svg"))
VIEWS = (Link("Chart", "?view=chart", current=True), Link("Map", "?view=map"), Link("Table", "?view=table"))


class SampleForm(forms.Form):
    title = forms.CharField(label="Title of the delivery", help_text="As the focal point will see it.")
    file = forms.FileField(label="File", help_text="CSV, TSV or XLSX, up to 200 MB.")
    marker = forms.ChoiceField(
        label="Decimal mark",
        choices=[(".", "Point: 1,234.5"), (",", "Comma: 1.234,5")],
        widget=forms.RadioSelect,
        help_text="We ask, and never guess.",
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sure = forms.BooleanField(label="I have checked the figures against the source")


def figures() -> dict[str, Figure]:
    """One figure of each kind."""
    spec, signs, poverty = fixture.spec(), fixture.with_every_sign(), fixture.spec("SI.POV.NAHC", ("IDN", "VNM"))
    common: dict[str, Any] = {
        "source": fixture.SOURCE,
        "source_url": "#source",
        "licence": "CC BY 4.0",
        "licence_url": "#licence",
        "released": "23 November 2026",
        "downloads": DOWNLOADS,
    }
    area = fixture.map_spec()
    note = str(maps.BOUNDARY_NOTE)
    line = charts.line

    def figure(kind: str, title: str, draw: Any, *, wide: int = 720, **more: Any) -> Figure:
        return Figure(title, more.pop("heading", title), draw(width=wide), draw(width=340), kind=kind, **common, **more)  # type: ignore[arg-type]

    return {
        "line": figure(
            "chart",
            "line",
            lambda width: line(spec, width=width),
            heading=spec.title,
            subtitle=spec.subtitle,
            option=charts.echarts_option(spec),
            views=VIEWS,
        ),
        "signs": figure(
            "chart",
            "signs",
            lambda width: line(signs, width=width),
            heading=signs.title,
            option=charts.echarts_option(signs),
        ),
        "gaps": figure(
            "chart",
            "gaps",
            lambda width: line(poverty, width=width),
            heading="Poverty by national lines: years without a survey stay empty",
            option=charts.echarts_option(poverty),
        ),
        "bar": figure("chart", "bar", lambda width: charts.bar(signs, width=width), heading="Bars from zero", wide=560),
        "dots": figure("chart", "dots", lambda width: charts.dots(spec, width=width), heading="Two dates", wide=560),
        "panels": figure(
            "multiples",
            "panels",
            lambda width: charts.small_multiples(spec, width=960 if width > 400 else width),
            heading="All states on the same axes",
        ),
        "map": figure(
            "map", "map", lambda width: maps.choropleth(area, width=width), heading=area.title, note=note, views=VIEWS
        ),
        "gapmap": figure(
            "map",
            "gapmap",
            lambda width: maps.choropleth(fixture.map_spec("SI.POV.NAHC"), width=width),
            heading="Poverty by national lines, latest year",
            note=note,
            wide=600,
        ),
        "tiles": figure(
            "tiles", "tiles", lambda width: maps.tiles(area, width=width), heading="The same, as tiles", wide=600
        ),
    }


def table() -> Table:
    """A wide table with gaps, flags and a region."""
    found = fixture.values("SI.POV.NAHC")
    years = [str(year) for year in range(2010, 2025)]
    rows = []
    for code, values in found.items():
        cells = [Cell(text=fixture.NAMES[code], url="#country")]
        for year in years:
            if year in values:
                value = Decimal(str(values[year])).quantize(Decimal("0.1"))
                flag = "E" if code == "VNM" and year == "2016" else "B" if code == "THA" and year == "2015" else ""
                cells.append(Cell(value=value, flag=flag, note="Set for the fixture" if flag else ""))
            else:
                cells.append(Cell(missing="no data"))
        rows.append(Row(tuple(cells)))
    columns = (Column("Country"), *(Column(year, "number") for year in years))
    return Table(
        caption="Poverty headcount by national lines, per cent of the population (fixture)",
        columns=columns,
        rows=tuple(rows),
        notes=("Two flags are set by hand to show how they look.",),
    )


def context(*, signed_in: bool = False, plain: bool = False) -> dict[str, Any]:
    """All that the style page shows."""
    shell = SHELL
    if signed_in:
        from dataclasses import replace

        shell = replace(
            SHELL,
            work=Link("My work", "#w", current=True),
            person="Alice",
            sign_in=None,
            sign_out_url="/out/",
            dense=True,
        )
    series = fixture.spec().series
    form = SampleForm() if plain else SampleForm({"title": "", "marker": ""})
    form.is_valid()
    return {
        "shell": shell,
        "messages": (),
        "figures": figures(),
        "table": table(),
        "form": form,
        "facts": (
            Fact("Women in parliament", "31.4", "%", "Viet Nam, 2025", "#i", charts.sparkline(series[10].points)),
            Fact("Seats held in Timor-Leste", "35.4", "%", "highest of the eleven, 2025", "#i"),
            Fact("Observations", "83 570", "", "79 546 on the eleven states", "#i"),
            Fact("States with a value", "11 of 11", "", "ten since 2025, one of 2021"),
        ),
        "crumbs": (Link("Topics", "#"), Link("Equality", "#"), Link("Women in national parliaments")),
        "page_of": Paginator(range(400), 20).page(7),
        "today": dt.date(2025, 10, 26),
        "moment": dt.datetime(2025, 10, 26, 7, 5, tzinfo=dt.UTC),
        "actions": (Link("See all indicators of this topic", "#"),),
        "scripts": (
            ("km", "ភាគរយនៃស្ត្រីក្នុងរដ្ឋសភា", "កម្ពុជា ឆ្នាំ ២០២៥"),
            ("th", "ผู้หญิงในรัฐสภา", "ประเทศไทย พ.ศ. ๒๕๖๘"),
            ("lo", "ແມ່ຍິງໃນສະພາແຫ່ງຊາດ", "ສປປ ລາວ ປີ ໒໐໒໕"),
            ("my", "လွှတ်တော်ရှိ အမျိုးသမီးများ", "မြန်မာ ၂၀၂၁"),
            ("vi", "Phụ nữ trong Quốc hội", "Việt Nam, năm 2025"),
        ),
    }


def style_page(request: HttpRequest) -> HttpResponse:
    shown = context(signed_in="work" in request.GET, plain="plain" in request.GET)
    return HttpResponse(render_to_string("style_page.html", shown, request))


def drawing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(charts.line(fixture.spec(), width=960, standalone=True), content_type="image/svg+xml")


for view in (style_page, drawing):
    view.policy = "public"
    view.allowed_methods = ("GET", "HEAD")

urlpatterns = [path("", style_page), path("drawing.svg", drawing)]
