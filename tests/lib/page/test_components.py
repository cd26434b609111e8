"""Template tags: what each draws, and what it says to who cannot see it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from adme.lib.page import marks
from adme.lib.page.shell import Link, Shell
from adme.lib.page.tables import Cell, Column, Row, Table
from tests.lib.page import style_page

THIN = "\u202f"


def draw(template: str, **context: object) -> str:
    found = Template("{% load page %}" + template).render(
        Context({"request": RequestFactory().get("/list/?q=a&page=2"), **context})
    )
    return re.sub(r"[ \n]+", " ", found).strip().replace("> <", "><")


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("{% figure_number 21.66 decimals=1 unit='%' %}", f'<span class="num">21.7{THIN}%</span>'),
        ("{% figure_number 5 qualifier=below %}", '<span class="num">&lt;5</span>'),
        ("{% figure_number None %}", '<span class="no-data">no data</span>'),
        ("{% figure_number None missing='no data since 2012' %}", '<span class="no-data">no data since 2012</span>'),
        ("{% figure_number None text='N' %}", '<span class="num">N</span>'),
        ("{% period '2018' %}", '<time datetime="2018">2018</time>'),
        ("{% period '2018-05' %}", '<time datetime="2018-05">May 2018</time>'),
        ("{% period '2018-Q3' %}", '<span class="num">Q3 2018</span>'),
        ("{% flag 'A' %}", ""),
        ("{% flag '' %}", ""),
        ("{{ 83570|reading }}", f"83{THIN}570"),
        ("{{ None|reading }}", "no data"),
        ("{{ '2018-Q3'|period_label }}", "Q3 2018"),
        ("{% day None %}", ""),
        ("{% instant None %}", ""),
    ],
)
def test_a_value_is_drawn(tag, shown):
    assert draw(tag, below="<") == shown


def test_a_day_and_a_moment_carry_their_machine_form():
    moment = dt.datetime(2025, 10, 25, 18, 30, tzinfo=dt.UTC)  # already the 26th in Jakarta

    assert draw("{% day when %}", when=moment) == '<time datetime="2025-10-26">26 October 2025</time>'
    assert draw("{% instant when %}", when=moment) == (
        '<time datetime="2025-10-26T01:30:00+07:00">26 October 2025, 01:30 WIB</time>'
    )


def test_a_flag_says_its_word_and_note_to_listeners():
    drawn = draw("{% flag 'E' note='Modelled by the agency' %}")

    assert '<span aria-hidden="true">e</span>' in drawn
    assert "(estimated. Modelled by the agency)" in drawn


@pytest.mark.parametrize("conf", ["C", "N", "S"])
def test_a_confidential_value_is_flagged_before_its_status(conf):
    assert "confidential" in draw("{% flag 'E' conf %}", conf=conf)


def test_an_unknown_status_code_is_shown_rather_than_hidden():
    assert ">zz<" in draw("{% flag 'ZZ' %}")


@pytest.mark.parametrize(
    ("tag", "codes"),
    [("status_mark", marks.PROGRESS), ("state_mark", marks.STATES), ("severity_mark", marks.SEVERITIES)],
)
def test_each_mark_has_a_shape_and_a_word(tag, codes):
    drawn = {code: draw("{% " + tag + " code %}", code=code) for code in codes}

    assert all("<svg" in each and str(codes[code].word) in each for code, each in drawn.items())


def test_progress_classes_differ_without_colour():
    shapes = [mark.shape for mark in marks.PROGRESS.values()]

    assert len(set(shapes)) == len(shapes)


def test_coverage_is_said_in_words_and_drawn_in_squares():
    drawn = draw("{% coverage 9 11 %}")

    assert drawn.endswith("9 of 11 states</span>")
    assert (drawn.count('class="have"'), drawn.count('class="lack"')) == (9, 2)


def test_progress_without_a_value_is_indeterminate():
    assert "value=" not in draw("{% progress None 10 label='Reading' %}")
    assert 'value="3"' in draw("{% progress 3 10 label='Reading' %}")


def test_the_pager_keeps_the_rest_of_the_query():
    drawn = draw("{% pager page %}", page=Paginator(range(200), 20).page(2))

    assert 'href="?q=a&amp;page=3"' in drawn
    assert '<span aria-current="page">2</span>' in drawn
    assert "21 to 40 of 200" in drawn


def test_a_single_page_has_no_pager():
    assert draw("{% pager page %}", page=Paginator(range(5), 20).page(1)) == ""


def test_the_last_crumb_is_the_page_itself():
    drawn = draw("{% crumbs links %}", links=(Link("Topics", "/t/"), Link("Health", "/t/health/")))

    assert '<a href="/t/">Topics</a>' in drawn
    assert '<span aria-current="page">Health</span>' in drawn


# --- tables ---------------------------------------------------------------------------------------


def table(*cells: Cell, kind: str = "number") -> str:
    columns = (Column("Country"), *(Column(str(2010 + index), kind) for index in range(len(cells))))  # type: ignore[arg-type]
    made = Table(caption="Values", columns=columns, rows=(Row((Cell(text="Thailand"), *cells)),))
    return draw("{% data_table table %}", table=made)


def test_a_table_shows_numbers_as_delivered():
    drawn = table(Cell(value=Decimal("7.20")), Cell(value=83570), Cell(value=5, qualifier="<"))

    assert '<td class="number">7.20</td>' in drawn
    assert f'<td class="number">83{THIN}570</td>' in drawn
    assert '<td class="number">&lt;5</td>' in drawn


def test_years_without_a_value_side_by_side_are_said_once():
    gap = Cell(missing="no data")
    drawn = table(Cell(value=1), gap, gap, Cell(value=2), gap)

    assert '<td class="number gap" colspan="2"><span class="no-data">no data</span></td>' in drawn
    assert drawn.count("no data") == 2


def test_gaps_for_different_reasons_are_kept_apart():
    drawn = table(Cell(missing="no data"), Cell(missing="withheld"))

    assert "colspan" not in drawn
    assert ">withheld<" in drawn


def test_a_zero_is_no_gap():
    assert '<td class="number">0</td>' in table(Cell(value=0), Cell(missing="no data"))


def test_flags_in_a_table_are_explained_under_it():
    drawn = table(Cell(value=1, flag="E"), Cell(value=2, flag="B"), Cell(value=3, flag="A"))

    assert drawn.count('class="table-signs"') == 1
    assert "break in the series" in drawn.split("table-signs")[1]
    assert "estimated" in drawn.split("table-signs")[1]


def test_words_in_a_table_are_escaped():
    assert "&lt;b&gt;" in table(Cell(text="<b>"))


def test_an_empty_table_says_so():
    drawn = draw("{% data_table table %}", table=Table(caption="Values", columns=(Column("Country"),)))

    assert "No rows." in drawn


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        draw(
            "{% data_table table %}",
            table=Table(caption="V", columns=(Column("A"), Column("B")), rows=(Row((Cell(),)),)),
        )


def test_a_sorted_column_says_so():
    column = Column("Value", "number", sorted="descending", sort_url="?sort=value")

    assert 'aria-sort="descending"' in draw("{% data_table table %}", table=Table(caption="V", columns=(column,)))


# --- forms ----------------------------------------------------------------------------------------


class Question(forms.Form):
    title = forms.CharField(help_text="As others will see it.")
    note = forms.CharField(required=False)
    mark = forms.ChoiceField(choices=[(".", "Point"), (",", "Comma")], widget=forms.RadioSelect)
    sure = forms.BooleanField()
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_help_and_error_of_a_field_are_tied_to_its_control():
    form = Question({})
    form.is_valid()
    drawn = draw("{% field form.title %}", form=form)

    assert 'aria-describedby="id_title-help id_title-error"' in drawn
    assert 'id="id_title-help"' in drawn
    assert 'id="id_title-error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_a_field_that_may_stay_empty_says_so():
    assert "(optional)" in draw("{% field form.note %}", form=Question())
    assert "(optional)" not in draw("{% field form.title %}", form=Question())


def test_choices_are_a_group_with_a_legend():
    drawn = draw("{% field form.mark %}", form=Question())

    assert "<fieldset" in drawn
    assert "<legend>Mark</legend>" in drawn


def test_a_tick_box_stands_before_its_words():
    drawn = draw("{% field form.sure %}", form=Question())

    assert drawn.index("<input") < drawn.index("<label")


def test_a_hidden_field_has_no_label():
    assert "<label" not in draw("{% field form.secret %}", form=Question())


def test_all_problems_of_a_form_lead_to_their_fields():
    form = Question({})
    form.is_valid()
    drawn = draw("{% form_errors form %}", form=form)

    assert "3 things need your attention" in drawn
    assert 'href="#id_title"' in drawn


def test_a_form_without_problems_has_no_summary():
    assert draw("{% form_errors form %}", form=Question()) == ""


# --- the page -------------------------------------------------------------------------------------


def page(shell: Shell | None = None, **context: object) -> str:
    template = (
        "{% extends 'page/base.html' %}{% block title %}T{% endblock %}{% block content %}<p>Body</p>{% endblock %}"
    )
    request = RequestFactory().get("/")
    given = {"messages": (), **context} if shell is None else {"messages": (), "shell": shell, **context}
    return Template(template).render(Context({"request": request, "csrf_token": "TOKEN", **given}))


def test_a_page_stands_without_a_shell():
    drawn = page()

    assert '<html lang="en' in drawn
    assert "<p>Body</p>" in drawn
    assert 'href="#content"' in drawn


def test_a_public_page_carries_no_form_token_so_that_it_can_be_cached():
    assert "TOKEN" not in page(Shell(site_name="ADME", sign_in=Link("Sign in", "/in/")))


def test_a_page_for_a_signed_in_person_carries_the_token_for_htmx():
    drawn = page(Shell(site_name="ADME", person="Alice", sign_out_url="/out/", work=Link("My work", "/work/")))

    assert """hx-headers='{"X-CSRFToken": "TOKEN"}'""" in drawn
    assert "My work" in drawn


def test_the_shell_draws_what_it_is_given_and_nothing_else():
    drawn = page(Shell(site_name="ADME", nav=(Link("Topics", "/t/", current=True),)))

    assert '<a href="/t/" aria-current="page">Topics</a>' in drawn
    assert "Frameworks" not in drawn
    assert 'type="search"' not in drawn


def test_the_style_page_shows_every_include_and_tag():
    """Nobody adds a component that nobody has looked at."""
    root = style_page.__file__.rsplit("/", 1)[0]
    with open(f"{root}/templates/style_page.html", encoding="utf-8") as file:
        used = file.read()
    from adme.lib.page.templatetags.page import register

    inner = {"note_sign", "sort_sign", "icon", "tabs", "source_line"}  # parts of other components
    assert [tag for tag in register.tags if tag not in inner and "{% " + tag + " " not in used] == []
