"""Reports as files that people fill in: which formats there are, and how each is written."""

from __future__ import annotations

from collections.abc import Sequence

from adme.indicators import report_document, report_workbook
from adme.indicators.models import MetadataAttribute, Texts
from adme.indicators.report_files import About

CONTENT_TYPES = {"xlsx": report_workbook.CONTENT_TYPE, "docx": report_document.CONTENT_TYPE}
"""Ending → media type."""


def write(
    ending: str, about: About, title: str, attributes: Sequence[MetadataAttribute], texts: Texts, language: str
) -> bytes:
    """The template in one format. A workbook has a column for each language that says something, and for `language`;
    a document holds one language."""
    if ending == "docx":
        return report_document.write(about, title, attributes, texts, language)
    written = {one for by_language in texts.values() for one in by_language}
    languages = [language, *sorted(written - {language})]
    return report_workbook.write(about, attributes, texts, languages)
