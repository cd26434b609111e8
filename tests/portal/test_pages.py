"""Every page of the public site answers, and says what it should."""

from __future__ import annotations

import pytest

PAGES = [
    "/", "/indicators/", "/topics/", "/search", "/search?q=water", "/countries/", "/countries/SG/", "/table/",
    "/table/?i=neet&i=internet-users&SEX=F,_T", "/releases/", "/about/", "/licence/", "/manual/",
    "/indicators/neet/", "/indicators/neet/?view=map", "/indicators/neet/?view=table", "/indicators/safe-water/",
    "/indicators/limits-only/", "/indicators/forest-area/?view=table",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_answers(client, world, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
