"""The limit that the web server itself sets."""

from __future__ import annotations

import http.client
from contextlib import closing
from urllib.parse import urlsplit

from adme.config.serving import LONGEST_ADDRESS
from tests.browser.installation import Site


def status_of(site: Site, length: int) -> int:
    """What an address of so many characters is answered."""
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=30)
    start = "/api/nothing?"
    with closing(connection):
        connection.request("GET", start + "x" * (length - len(start)))
        return connection.getresponse().status


def test_the_longest_address_is_the_published_one(site: Site):
    assert status_of(site, LONGEST_ADDRESS) == 404
    assert status_of(site, LONGEST_ADDRESS + 1) == 414
