"""A report in one language as a Word document: a table with a row for each attribute, its text beside its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from adme.indicators.languages import LANGUAGES, name_of_language
from adme.indicators.models import MetadataAttribute, Texts
from adme.indicators.report_files import About, Problem, ReadReport, ReportFileRefused
from adme.lib import rich_text, word, word_reading
from adme.lib.tabular.refusals import TableRefused
from adme.lib.texts import text_in

CONTENT_TYPE = word.CONTENT_TYPE


def write(about: About, title: str, attributes: Sequence[MetadataAttribute], texts: Texts, language: str) -> bytes:
    """The document, with what is said in `language`."""
    lead = _("Metadata, in %(language)s. Fill in the right column; leave the left one as it is.") % {
        "language": name_of_language(language)
    }
    known = {
        "#indicator": (about.slug, _("Indicator. Leave this as it is.")),
        "#area": (about.area, _("Country; nothing means all countries.")),
        "#language": (language, _("Language of the texts. Leave this as it is.")),
        "#structure": (about.structure, _("Metadata structure. Leave this as it is.")),
        "#version": (str(about.version), _("Version this was made from. Leave this as it is.")),
    }
    rows = [word.Row(key, words, html=f"<p>{value}</p>" if value else "") for key, (value, words) in known.items()]
    rows += [
        word.Row(
            attribute.attribute_id,
            _("%(title)s (required)") % {"title": attribute.title} if attribute.required else attribute.title,
            text_in(attribute.help),
            texts.get(attribute.attribute_id, {}).get(language, ""),
            attribute.heading,
        )
        for attribute in attributes
    ]
    return word.write(title, lead, rows, language=language)


def read(path: Path) -> ReadReport:
    """The report that a filled-in document says. ReportFileRefused with every problem and its row."""
    try:
        rows = word_reading.read_rows(path)
    except TableRefused as refused:
        raise ReportFileRefused([Problem(refused.place, refused.title)]) from refused
    problems: list[Problem] = []
    about: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    language = next((rich_text.plain(html).strip() for key, html in rows if key == "#language"), "")
    for number, (key, html) in enumerate(rows, 1):
        place = _("Row %(row)d of the table") % {"row": number}
        text = rich_text.clean(html)
        if key.startswith("#"):
            about[key] = rich_text.plain(html).strip()
        elif not key:
            problems += [Problem(place, _("This text has no id in its row."))] if text else []
        elif key in places:
            problems.append(Problem(place, _("“%(id)s” stands there twice.") % {"id": key[:100]}))
        else:
            places[key] = place
            texts[key] = {language: text} if text else {}
    problems += _wrong_about(about)
    if problems:
        raise ReportFileRefused(problems)
    return ReadReport(
        slug=about["#indicator"],
        area=about.get("#area", ""),
        texts=texts,
        languages=(language,),
        seen=int(about["#version"]),
        places=places,
    )


def _wrong_about(about: Mapping[str, str]) -> Iterator[Problem]:
    if not about.get("#indicator"):
        yield Problem("", _("The row “#indicator” with the id of the indicator is missing."))
    if about.get("#language") not in LANGUAGES:
        yield Problem("", _("The row “#language” with a language that texts are kept in is missing."))
    version = about.get("#version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        yield Problem("", _("The row “#version” with the number of the version is missing."))
