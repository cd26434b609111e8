"""The indicator register, and what can be found in it by words."""

from adme.indicators.models.indicator import Indicator, Topic
from adme.indicators.models.search import SearchDocument

__all__ = ["Indicator", "SearchDocument", "Topic"]
