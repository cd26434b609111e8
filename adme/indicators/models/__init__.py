"""The indicator register."""

from adme.indicators.models.indicator import Indicator, Topic

__all__ = ["Indicator", "Topic"]
