"""From upload to public by pages alone, with and without errors."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.collection.browsing import act, fields_of, latest, signed_in, text_of, upload
from tests.collection.education import LONG, MAPPING, draft, mapping, public

pytestmark = pytest.mark.django_db


def test_from_upload_to_public_by_pages_alone(flow):
    dewi = signed_in("dewi")
    response = upload(dewi, flow, reason="Census 2020")
    submission = latest()
    assert response.url == reverse("collection:mapping", args=[submission.pk])

    page = dewi.get(response.url)
    fields = fields_of(page)
    assert fields["column-0-use"] == "dimension:REF_AREA"
    assert fields["column-3-use"] == "time"
    assert fields["column-4-use"] == "value"
    assert "How this" not in text_of(page)
    checked = dewi.post(response.url, {**fields, "do": "check"})
    assert checked.url == reverse("collection:submission", args=[submission.pk])
    draft_page = text_of(dewi.get(checked.url))
    assert "6 rows were read. All of them can be taken in. 6 values would be new." in draft_page
    assert "95.75" in draft_page

    assert act(dewi, "submit", submission, reason="As in the bulletin.").status_code == 302
    rosa, paul = signed_in("rosa"), signed_in("paul")
    assert "literacy.csv" in text_of(rosa.get(reverse("collection:my-work")))
    review_page = text_of(rosa.get(checked.url))
    assert "As in the bulletin." in review_page
    assert act(rosa, "approve", submission).status_code == 302
    assert public(flow) == {}
    release_page = paul.get(checked.url)
    assert "Asia/Jakarta (WIB, UTC+07:00)" in text_of(release_page)
    assert act(paul, "release", submission, title="Literacy 2020", when="now").status_code == 302
    assert public(flow)["LITERACY.VN._T 2020"] == "95.75"
    assert "released" in text_of(dewi.get(checked.url))


def test_a_file_with_errors_is_explained_and_its_good_rows_can_go_on(flow):
    dewi = signed_in("dewi")
    broken = LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M").replace("87.1", "eighty")
    address = upload(dewi, flow, broken).url
    done = dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    page = text_of(dewi.get(done.url))
    assert "6 rows were read. 2 cannot be taken in, 4 can." in page
    assert "“SIAM” is not a code of REF_AREA." in page
    assert "literacy.csv · row 6 · column “area” · value “SIAM”" in page
    assert "Correct it in the file, say in the mapping which code it means" in page
    assert "Send for review" not in page
    submission = latest()
    assert act(dewi, "submit", submission).status_code == 422
    assert act(dewi, "keep-good-rows", submission, keep="yes").status_code == 302
    assert "Send for review" in text_of(dewi.get(done.url))
    assert act(dewi, "submit", submission).status_code == 302


def test_an_unknown_text_is_given_its_code_on_the_mapping_page_and_checked_again(flow):
    dewi = signed_in("dewi")
    address = upload(dewi, flow, LONG.replace("TH,", "SIAM,")).url
    dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    page = dewi.get(address)
    fields = fields_of(page)
    assert fields["column-0-text-0"] == "SIAM"
    assert "“SIAM” (2 rows)" in text_of(page)
    done = dewi.post(address, {**fields, "column-0-code-0": "TH", "do": "check"})
    assert "All of them can be taken in." in text_of(dewi.get(done.url))


def test_the_next_file_with_the_same_columns_finds_the_mapping(flow):
    draft(
        flow,
        LONG.replace("TH,", "SIAM,"),
        declaration=mapping(MAPPING.replace("REF_AREA}", "REF_AREA, codes: {SIAM: TH}}")),
    )
    dewi = signed_in("dewi")
    page = dewi.get(upload(dewi, flow, LONG.replace("TH,", "SIAM,")).url)
    assert "The columns are those of an earlier file" in text_of(page)
    assert fields_of(page)["column-0-code-0"] == "TH"
