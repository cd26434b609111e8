"""What can go wrong in the register: one family, as in the other rooms."""

from __future__ import annotations

from django.utils.translation import gettext as _

__all__ = ["IndicatorRefused", "RegisterError", "UnknownIndicator", "UnknownTopic"]


class RegisterError(Exception):
    """The family. Never raised itself."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class IndicatorRefused(RegisterError):
    """A text, slug or code is not of the form that the register needs."""


class UnknownIndicator(RegisterError):
    """No indicator has this slug."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no indicator “%(slug)s”.") % {"slug": slug})


class UnknownTopic(RegisterError):
    """No topic has this slug."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no topic “%(slug)s”.") % {"slug": slug})
