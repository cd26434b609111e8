"""Figures change their code by a delivery: made at the desk of structures, brought in, released; then codes merge."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from adme.accounts.models import Grant
from adme.accounts.roles import Role
from adme.lib import clock
from adme.releases.queries import clock_instant, select
from adme.structures.actions.drafts import open_draft
from adme.structures.models import CodeList
from tests.collection.cast import person
from tests.collection.education import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]
ROWS = "area,indicator,sex,year,value,status\n" + "\n".join(
    (
        "TH,LITERACY,F,2020,93.20,E",
        "TH,LITERACY,F,2021,93.5,A",
        "TH,LITERACY,_Z,2021,94.0,A",
        "VN,LITERACY,M,2020,95.1,A",
    )
)


def figures(flow, **more) -> dict[str, str]:
    frames = select(flow, **more).frames()
    return {
        f"{row['REF_AREA']} {row['SEX']} {row['TIME_PERIOD']}": f"{row['OBS_VALUE']} {row['OBS_STATUS']}"
        for frame in frames
        for row in frame.iter_rows(named=True)
    }


def test_figures_move_by_a_delivery_and_history_stays(flow):
    publish(flow, ROWS)
    before, then = figures(flow), clock_instant()
    editor = person("dewi")
    Grant.objects.create(user=editor, role=Role.METADATA_EDITOR)
    sexes = CodeList.objects.get(artefact_id="CL_SEX")
    draft = open_draft(artefact=sexes, by="alice", reason="two codes for the same")
    client = Client()
    client.force_login(editor)
    page = client.get(reverse("registry:item", args=[draft.pk, "F"])).content.decode()
    assert "TEST:DF_EDU(1.0.0) SEX" in page
    address = reverse("registry:move-figures", args=[draft.pk, "F"])
    assert client.get(address, {"into": "NONE", "place": "0"}).status_code == 404
    assert client.get(address, {"into": "_Z", "place": "7"}).status_code == 404
    message = b"".join(client.get(address, {"into": "_Z", "place": "0"}).streaming_content)
    merge = {"revision": draft.revision, "into": "_Z", "reason": "the same"}
    assert client.post(reverse("registry:merge-item", args=[draft.pk, "F"]), merge).status_code == 422

    publish(flow, message, declaration="suggested")

    # The other code keeps the figure of its own.
    assert figures(flow) == {"TH _Z 2020": "93.20 E", "TH _Z 2021": "94.0 A", "VN M 2020": "95.1 A"}
    assert figures(flow, as_of=clock.from_instant(then)) == before
    assert client.post(reverse("registry:merge-item", args=[draft.pk, "F"]), merge).status_code == 302
    draft.refresh_from_db()
    assert draft.content["items"][1]["replaced_by"] == "_Z"
    assert (
        "Figures hang on this code" not in client.get(reverse("registry:item", args=[draft.pk, "F"])).content.decode()
    )
