"""Strangers' files through the page: refused in plain words, never a fault of ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.urls import reverse

from adme.collection.models import SourceFile, Submission
from tests.collection.browsing import fields_of, latest, signed_in, text_of, upload
from tests.collection.education import LONG, workbook

pytestmark = pytest.mark.django_db


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    return out.getvalue()


HOSTILE: dict[str, bytes | Callable[[], bytes]] = {
    "empty": b"",
    "pdf": b"%PDF-1.7\n1 0 obj",
    "zip bomb": bomb,
    "cut workbook": lambda: workbook({"Data": [["a", "b"], [1, 2]]})[:900],
    "binary": bytes(range(256)) * 50,
    "entities": lambda: _book_with(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'),
    "html": b"<!doctype html><script>alert(1)</script>",
    "mislabelled": lambda: workbook({"Data": [["a"], [1]]}),
}


def _book_with(part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", part)
    return out.getvalue()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_on_the_page_in_plain_words(flow, kind):
    content = HOSTILE[kind]
    data = content() if callable(content) else content
    response = upload(signed_in("dewi"), flow, data, name="table.csv" if kind != "cut workbook" else "table.xlsx")
    assert response.status_code in (413, 422)
    page = text_of(response)
    assert "Traceback" not in page
    assert "adme-" not in page
    assert "Bring in a file" in page
    assert not Submission.objects.exists()
    assert not SourceFile.objects.exists()


def test_a_quote_that_is_never_closed_is_a_finding_that_names_its_row(flow):
    dewi = signed_in("dewi")
    address = upload(dewi, flow, LONG + '"VN,LITERACY,F,2020,94,A\n' + "VN,LITERACY,F,2021,94,A\n" * 50).url
    done = dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    page = text_of(dewi.get(done.url))
    assert "A quotation mark is never closed." in page
    assert "row 8" in page
    assert latest().rows_kept == 0


def test_a_file_past_the_limit_is_refused(flow, settings):
    settings.MAX_UPLOAD_BYTES = 1_000_000
    response = upload(signed_in("dewi"), flow, LONG * 10_000)
    assert response.status_code == 413
    assert "Files of up to 1 MB can be received." in text_of(response)


def test_an_upload_without_file_or_dataflow_is_told_what_is_missing(flow):
    dewi = signed_in("dewi")
    response = dewi.post(reverse("collection:import"), {"dataflow": "999999"})
    assert response.status_code == 422
    assert "needs your attention" in text_of(response) or "need your attention" in text_of(response)
