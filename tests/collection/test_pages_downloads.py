"""Every table of a submission as a file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.collection.browsing import body_of, signed_in
from tests.collection.cast import person
from tests.collection.education import LONG, draft, publish, quick_draft

pytestmark = pytest.mark.django_db


def test_every_table_can_be_taken_away_and_formulas_stay_text(flow):
    publish(flow)
    broken = LONG.replace("93.2", "93.5").replace("TH,LITERACY,M", "=1+1,LITERACY,M")
    submission, dewi = draft(flow, broken), signed_in("dewi")
    for name in ("findings", "refused-rows", "changes", "rows"):
        for kind in ("csv", "xlsx"):
            response = dewi.get(reverse("collection:table", args=[submission.pk, name, kind]))
            assert response.status_code == 200
            assert response["Content-Disposition"].startswith("attachment")
            content = body_of(response)
            assert content.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"PK")
            if (name, kind) == ("refused-rows", "csv"):
                assert "'=1+1,LITERACY" in content.decode("utf-8-sig")
                assert "is not a code" in content.decode("utf-8-sig")
    kept = dewi.get(reverse("collection:source-file", args=[submission.pk]))
    assert body_of(kept) == broken.encode()
    assert kept["Content-Type"] == "application/octet-stream"
    assert kept["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("name", "kind"), [("secrets", "csv"), ("rows", "exe"), ("refused-rows", "csv")])
def test_a_table_that_there_is_not_is_not_found(flow, name, kind):
    assert signed_in("dewi").get(f"/work/submissions/{quick_draft(flow).pk}/{name}.{kind}").status_code == 404


def test_the_list_of_submissions_can_be_taken_away_by_whoever_may_see_them(flow):
    quick_draft(flow, name="=danger.csv")
    quick_draft(flow, name="anongs.csv", by=person("anong"))
    address = reverse("collection:submissions-csv")
    dewi, rosa = (body_of(signed_in(who).get(address)).decode("utf-8-sig") for who in ("dewi", "rosa"))
    assert "'=danger.csv" in dewi
    assert "anongs.csv" not in dewi
    assert "anongs.csv" in rosa
    assert len(body_of(signed_in("rosa").get(address, {"state": "released"})).decode().splitlines()) == 1
