"""Versions as queries write them."""

from __future__ import annotations

import pytest

from adme.sdmx.versions import NotAVersion, matching

THERE = ("1.0.0", "1.1.0", "1.1.4", "2.0.0", "2.3.1", "10.0.0")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("1.0.0", {"1.0.0"}),
        ("1.1", {"1.1.0"}),
        ("2", {"2.0.0"}),
        ("3.0.0", set()),
        ("+", {"10.0.0"}),
        ("~", {"10.0.0"}),
        ("latest", {"10.0.0"}),
        ("*", set(THERE)),
        ("all", set(THERE)),
        ("1+.0.0", {"10.0.0"}),
        ("+.0.0", {"10.0.0"}),
        ("1.0+.0", {"1.1.4"}),
        ("1.+.0", {"1.1.4"}),
        ("1.1.0+", {"1.1.4"}),
        ("1.1.+", {"1.1.4"}),
        ("1.2+.0", set()),
        ("2.1+.0", {"2.3.1"}),
        ("2.1~.0", {"2.3.1"}),
        ("1.1*.0", {"1.1.0", "1.1.4"}),
        ("1.1.*", {"1.1.0", "1.1.4"}),
        ("1.0.0,2.0.0", {"1.0.0", "2.0.0"}),
        ("+,1.1.0*", {"10.0.0", "1.1.0", "1.1.4"}),
    ],
)
def test_versions(asked: str, found: set[str]) -> None:
    assert matching(asked, THERE) == found


@pytest.mark.parametrize(
    "asked", ["newest", "1.0.0-draft", "1..2", "..", "1+.1+.0", "++", "1.0.0.0", "9" * 30, "1.0.+0"]
)
def test_what_is_no_version(asked: str) -> None:
    with pytest.raises(NotAVersion):
        matching(asked, THERE)
