"""The technical log: one line an event, nothing secret in it."""

from __future__ import annotations

import logging
import sys

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from adme.accounts.policy import PUBLIC, policy
from adme.config.logs import KeyValues, RequestId


def line(message: str, *arguments: object, exc_info=None) -> str:
    record = logging.LogRecord("adme.x", logging.WARNING, "f", 1, message, arguments, exc_info)
    return KeyValues().format(record)


def test_an_event_is_one_line_of_pairs():
    said = line("Refused file=%s", "a.csv")
    assert said.startswith("at=20")
    assert said.endswith('level=WARNING logger=adme.x request=- event="Refused file=a.csv"')


@pytest.mark.parametrize("nasty", ['a\nat=2026 level=INFO event="forged"', 'a"b', "a\rb", "a\\"])
def test_nothing_in_a_message_begins_another_event(nasty):
    said = line("name=%s", nasty)
    assert len(said.splitlines()) == 1
    assert said.count(' event="') == 1 or '\\"' in said


def test_a_fault_has_its_trace_below():
    try:
        raise ZeroDivisionError("x")
    except ZeroDivisionError:
        said = line("broke", exc_info=sys.exc_info())
    assert "ZeroDivisionError" in said.splitlines()[-1]


def test_the_part_of_a_link_that_opens_a_door_is_left_out():
    said = line("Internal Server Error: %s", "/account/choose-password/WzEsImFiYyJd:1abc:xyz/")
    assert "WzEsImFiYyJd" not in said
    assert "/choose-password/…/" in said


def test_every_request_has_a_name_of_its_own():
    names = []

    def view(request):
        names.append(line("x").partition("request=")[2].partition(" ")[0])
        return HttpResponse()

    for _ in range(3):
        RequestId(view)(RequestFactory().get("/"))
    assert len(set(names)) == 3
    assert "-" not in names
    assert "request=- " in line("x")


@policy(PUBLIC)
def refuses(request, key):
    return HttpResponse(status=422)


urlpatterns = [path("account/choose-password/<str:key>/", refuses)]
handler404 = "adme.accounts.refusals.not_found"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/account/choose-password/secret/", "/budget-draft-2026/"])
def test_what_was_asked_for_in_vain_is_not_written_down(address, caplog, settings):
    Client().get(address)
    assert "secret" not in caplog.text
    assert "budget" not in caplog.text
