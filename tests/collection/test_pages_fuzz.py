"""Mutated files and mutated forms: whatever comes, an answer below 500, in plain words, and nothing half recorded."""

from __future__ import annotations

import random

import pytest
from django.urls import reverse

from adme.collection.models import Finding, Submission
from tests.collection.browsing import fields_of, latest, signed_in, text_of, upload
from tests.collection.education import LONG, quick_draft, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

State = Submission.State

NASTY = [
    "\x00", "\ufeff", "\u202e", "=1+1", "<script>alert(1)</script>", "'; DROP TABLE x;--", "9" * 400, "-0", "1e999",
    "NaN", "٣", "๙๓.๒", "2567",
    '"', "''", "{{7*7}}", "../../etc/passwd", "%s%n", "\ud7ff", "😀", "a" * 5_000, "\r", "\t", ";",
    "",
]  # fmt: skip

USES = ["packed", "value-of", "wide", "dimension:SEX", "time", "0"]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bytes flipped, cut, doubled, or a nasty text put in."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) or 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[place % len(data)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[place : place + chance.randint(1, 40)]
        elif kind == 2:
            data[place:place] = data[place : place + chance.randint(1, 60)]
        else:
            data[place:place] = chance.choice(NASTY).encode("utf-8", "replace")
    return bytes(data)


def seeds() -> list[tuple[str, bytes]]:
    rows = [line.split(",") for line in LONG.splitlines()]
    return [
        ("long.csv", LONG.encode()),
        ("long.csv", LONG.replace(",", ";").encode("utf-16")),
        ("wide.csv", b"area,indicator,2019,2020,2021\nTH,LITERACY,93.1,93.2,\nVN,LITERACY,95,95.75,96\n"),
        ("book.xlsx", workbook({"Data": rows})),
    ]


def test_mutated_files_are_taken_in_or_refused_but_never_break_a_page(flow, volume, random_chance):
    dewi = signed_in("dewi")
    for number in range(volume(12, long=2_000)):
        name, content = seeds()[number % len(seeds())]
        response = upload(dewi, flow, mutated(content, random_chance), name=name)
        assert response.status_code in (302, 413, 422), response.status_code
        if response.status_code != 302:
            assert "Traceback" not in text_of(response)
            continue
        page = dewi.get(response.url)
        assert page.status_code == 200
        checked = dewi.post(response.url, {**fields_of(page), "do": "check"})
        assert checked.status_code in (302, 422)
        if checked.status_code == 302:
            assert dewi.get(checked.url).status_code in (200, 302)
        standing = latest()
        assert standing.state in (State.RECEIVED, State.DRAFT)
        assert not standing.trouble, standing.trouble


def test_mutated_forms_of_the_mapping_are_accepted_or_refused_but_never_break_the_page(flow, volume, random_chance):
    dewi = signed_in("dewi")
    address = upload(dewi, flow, LONG.replace("TH,", "SIAM,")).url
    dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    for _ in range(volume(25, long=5_000)):
        fields = fields_of(dewi.get(address))
        for name in random_chance.sample(sorted(fields), k=random_chance.randint(1, 6)):
            kind = random_chance.randrange(4)
            if kind == 0:
                del fields[name]
            elif kind == 1:
                fields[name] = fields[random_chance.choice(sorted(fields))]
            else:
                fields[name] = random_chance.choice(
                    [*NASTY, "packed", "value-of", "wide", "dimension:SEX", "time", "0"]
                )
        response = dewi.post(address, {**fields, "do": "save"})
        assert response.status_code in (302, 409, 422)


@pytest.mark.parametrize("nasty", NASTY, ids=lambda text: ascii(text)[:20])
def test_nasty_words_in_every_field_come_back_as_they_were_and_run_nothing(flow, nasty):
    dewi = signed_in("dewi")
    submission = quick_draft(flow, name="x.csv")
    Finding.objects.create(
        submission=submission,
        position=1,
        rule="code.unknown",
        severity="error",
        column=nasty.replace("\0", "")[:300],
        value=nasty.replace("\0", "")[:300],
        message=f"{nasty} is not a code.".replace("\0", ""),
        count=1,
        examples=[{"sheet": nasty.replace("\0", ""), "row": 2, "column": "area", "value": nasty.replace("\0", "")}],
    )
    response = dewi.post(
        reverse("collection:submit", args=[submission.pk]), {"reason": nasty, "revision": submission.revision}
    )
    assert response.status_code in (302, 422)
    for name in ("submission", "history", "mapping"):
        page = dewi.get(reverse(f"collection:{name}", args=[submission.pk]))
        assert page.status_code in (200, 409)
        assert b"<script>alert(1)" not in page.content
        assert b"49 is not a code" not in page.content
    for query in ("state", "dataflow", "mine", "page"):
        assert dewi.get(reverse("collection:submissions"), {query: nasty}).status_code in (200, 422)


@pytest.fixture
def random_chance() -> random.Random:
    """Chance that pytest-randomly seeds before each test and prints, so that a failing run can be had again."""
    return random.Random(random.random())
