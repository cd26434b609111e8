"""The indicator register, what is said of its indicators, and what can be found in it by words."""

from adme.indicators.models.indicator import Indicator, Topic
from adme.indicators.models.metadata import MetadataAttribute, Metadataflow, MetadataStructure
from adme.indicators.models.report import Report, ReportVersion, Texts
from adme.indicators.models.search import SearchDocument
from adme.indicators.models.series_break import SeriesBreak

__all__ = [
    "Indicator",
    "MetadataAttribute",
    "MetadataStructure",
    "Metadataflow",
    "Report",
    "ReportVersion",
    "SearchDocument",
    "SeriesBreak",
    "Texts",
    "Topic",
]
