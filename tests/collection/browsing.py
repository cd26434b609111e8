"""What a browser does, without one: sign in, upload, press the buttons of a page, read its words."""

from __future__ import annotations

import datetime as dt
import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from adme.collection.actions import publishing, review
from adme.collection.models import Submission
from adme.lib import clock
from tests.collection.cast import person
from tests.collection.education import LONG, quick_draft


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def upload(client: Client, flow, content: str | bytes = LONG, name: str = "literacy.csv", **more):
    data = content.encode() if isinstance(content, str) else content
    fields = {"file": SimpleUploadedFile(name, data), "dataflow": str(flow.pk), "reason": "", **more}
    return client.post(reverse("collection:import"), fields)


def latest() -> Submission:
    return Submission.objects.latest("prepared_at")


def body_of(response) -> bytes:
    """All bytes of an answer, streamed or not; the client closes what it streams, and only then."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response) -> str:
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(words))


def fields_of(response) -> dict[str, str]:
    """What a browser would send of the mapping form, as it stands."""
    form = re.search(r'<form class="form mapping".*?</form>', response.content.decode(), re.DOTALL)
    assert form is not None
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if name and (kind not in ("radio", "checkbox") or " checked" in tag):
            found[name] = _attribute(tag, "value")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        shown = chosen or re.search(r'<option value="([^"]*)"', options)
        found[name] = html.unescape(shown[1]) if shown else ""
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def act(client: Client, name: str, submission: Submission, **fields):
    fields.setdefault("revision", str(Submission.objects.get(pk=submission.pk).revision))
    return client.post(reverse(f"collection:{name}", args=[submission.pk]), fields)


def approved(flow, **more) -> Submission:
    submission = review.submit(submission=quick_draft(flow, **more), by=person("dewi"))
    return review.approve(submission=submission, by=person("rosa"))


def released(flow) -> Submission:
    return publishing.release(submission=approved(flow), by=person("paul"))


def tomorrow() -> dt.datetime:
    return clock.now() + dt.timedelta(days=1)
