"""A publisher, a small dataflow, a clock that stands where the test puts it."""

from __future__ import annotations

import datetime as dt

import pytest

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib import clock

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Hands:
    """The clock of the test: `at(5)` is five seconds after START."""

    def __init__(self, settings) -> None:
        self.settings = settings
        self.set(0)

    def set(self, seconds: float) -> None:
        self.seconds = seconds
        self.settings.ADME_FIXED_CLOCK = self.at(seconds)

    def forward(self, seconds: float) -> None:
        self.set(self.seconds + seconds)

    def at(self, seconds: float) -> dt.datetime:
        return START + dt.timedelta(seconds=seconds)

    def instant(self, seconds: float) -> int:
        return clock.to_instant(self.at(seconds))


@pytest.fixture
def hands(settings) -> Hands:
    return Hands(settings)


@pytest.fixture(autouse=True)
def frozen_dir(settings, tmp_path):
    settings.FROZEN_DIR = tmp_path / "frozen"
    return settings.FROZEN_DIR


@pytest.fixture
def publisher(db) -> User:
    user = User.objects.create(username="paula")
    Grant.objects.create(user=user, role=Role.PUBLISHER)
    return user


@pytest.fixture
def flow(db):
    from tests.factories.flows import make_flow

    return make_flow()


class Press:
    """Releases rows of one dataflow in one line, and reads them back."""

    def __init__(self, flow, by, hands) -> None:
        self.flow, self.by, self.hands = flow, by, hands

    def release(self, *rows, at=None, flow=None, **more):
        from adme.releases import actions
        from tests.factories.flows import coded, make_delivery

        flow = flow or self.flow
        more = {"title": "A release", "reason": "it is time", **more}
        moment = None if at is None else self.hands.at(at)
        return actions.release(deliveries=[(make_delivery(flow), coded(flow, rows))], by=self.by, at=moment, **more)

    def values(self, *, as_of=None, flow=None) -> dict[str, float | None]:
        """Key and period → value, of what is public."""
        from adme.lib import periods
        from adme.releases import queries

        cells = queries.select(flow or self.flow, as_of=as_of).cells()
        return {f"{cell.key} {periods.label(cell.period)}": cell.value for cell in cells}


@pytest.fixture
def press(flow, publisher, hands) -> Press:
    return Press(flow, publisher, hands)
