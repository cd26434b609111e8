"""What the store refuses: one family, each with its own name, plain words and a remedy."""

from __future__ import annotations

from django.utils.translation import gettext as _

__all__ = [
    "CellDeliveredTwice",
    "ClockWouldGoBack",
    "DeliveryAlreadyStored",
    "InstantHasPassed",
    "NotStored",
    "StoreRefused",
    "UnknownCode",
    "ValueNotFinite",
]


class StoreRefused(Exception):
    """The family. Never raised itself. `status` is the answer of a page."""

    status = 422

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, remedy) if part))
        self.title = title
        self.detail = detail
        self.remedy = remedy


class CellDeliveredTwice(StoreRefused):
    """Two rows for one series and period in one release: nobody can say which is meant."""

    def __init__(self, key: str, period: str) -> None:
        super().__init__(
            _("A value is delivered twice."),
            _("Series %(key)s, period %(period)s.") % {"key": key, "period": period},
            _("Keep one of the two rows."),
        )
        self.key = key
        self.period = period


class UnknownCode(StoreRefused):
    """A row names a code that is not in the code list of its dimension."""

    def __init__(self, dimension: str, code: int) -> None:
        super().__init__(
            _("A row names a code that does not exist."),
            _("Dimension %(dimension)s, code number %(code)s.") % {"dimension": dimension, "code": code},
            _("Check the file again: the code list may have changed since it was checked."),
        )


class ValueNotFinite(StoreRefused):
    """A number that is none: NaN or infinity."""

    def __init__(self) -> None:
        super().__init__(
            _("A value is not a finite number."), "", _("Deliver it as missing, with the status that says why.")
        )


class InstantHasPassed(StoreRefused):
    """A release cannot be put into the past of the public clock."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("This moment has passed."),
            _("What was public at a past moment cannot be changed by a new release."),
            _("Choose a later moment, or release now."),
        )


class ClockWouldGoBack(StoreRefused):
    """The public clock only moves forward."""

    status = 409

    def __init__(self, clock: int, instant: int) -> None:
        super().__init__(
            _("The public clock cannot go back."),
            _("It stands at %(clock)d, asked for was %(instant)d.") % {"clock": clock, "instant": instant},
        )


class DeliveryAlreadyStored(StoreRefused):
    """One delivery lies under one release instant."""

    status = 409

    def __init__(self, label: str) -> None:
        super().__init__(
            _("This delivery has been stored already."), label, _("Make a new delivery for a new set of rows.")
        )


class NotStored(StoreRefused):
    """There are no rows of this delivery that could be moved, taken out or withdrawn."""

    status = 409

    def __init__(self, label: str) -> None:
        super().__init__(_("This delivery has no rows in the store."), label)
