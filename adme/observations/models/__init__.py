"""Series and their extents, observations, attribute sets, deliveries, the public clock."""

from adme.observations.models.clock import PublicClock
from adme.observations.models.delivery import Delivery
from adme.observations.models.observation import AttributeSet, Observation
from adme.observations.models.series import DIMENSION_COLUMNS, Series, SeriesExtent

__all__ = ["DIMENSION_COLUMNS", "AttributeSet", "Delivery", "Observation", "PublicClock", "Series", "SeriesExtent"]
