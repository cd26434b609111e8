"""What the frame around a page needs to know. Built by ``accounts.gate.shell``; drawn by ``page/base.html``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere. `current` marks the page or choice one is at; `note` is said quietly beside it."""

    label: str
    url: str = ""
    current: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Header, navigation and footer for one reader.

    `work`, `person`, `account` and `sign_out_url` are filled for signed-in people; only for them does a page carry a
    form token, so that public pages stay the same for everyone and can be cached.
    """

    site_name: str
    home_url: str = "/"
    site_line: str = ""
    nav: tuple[Link, ...] = ()
    search_url: str = ""
    work: Link | None = None
    person: str = ""
    account: Link | None = None
    sign_in: Link | None = None
    sign_out_url: str = ""
    footer: tuple[Link, ...] = ()
    notice: str = ""
    dense: bool = False
