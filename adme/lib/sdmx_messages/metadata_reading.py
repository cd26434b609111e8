"""Reading reference metadata out of SDMX-JSON 2.0 and SDMX-ML 3.0 messages of anybody. No models.

A report of a few pages is small, so a message is read at once, up to a bound. XML is read by expat with no document
type and a bounded depth; formatted text in it (`StructuredText`) becomes HTML, to be cleaned by whoever keeps it.
A file from outside is read by `read_file`, in a child process with limits (`adme.lib.sandbox`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from xml.parsers import expat

from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adme.lib.sandbox import SandboxFailed, run_limited

LONGEST = 50_000_000
"""Bytes of a message."""
SECONDS, MEMORY_MB = 60, 1024
"""What its reading may take."""
DEEPEST = 60
MOST_SETS = 20_000


class MetadataUnreadable(ValueError):
    """The message is none of the two, or broken; `place` says where, in words."""

    def __init__(self, words: str, place: str = "") -> None:
        super().__init__(f"{place}: {words}" if place else words)
        self.words = words
        self.place = place


@dataclass(frozen=True)
class ReadSet:
    """One report as it stands in a message. `texts` maps attribute ids to languages to HTML or plain words."""

    id: str
    agency: str
    metadataflow: str
    targets: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    place: str


def read(content: bytes) -> list[ReadSet]:
    """Every report of a message. MetadataUnreadable."""
    if len(content) > LONGEST:
        raise _too_long()
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begins == b"{":
        return _read_json(content)
    if begins == b"<":
        return _read_xml(content)
    raise MetadataUnreadable(_("This is neither SDMX-JSON nor SDMX-ML."))


def read_file(path: Path) -> list[ReadSet]:
    """The same of a stranger's file. MetadataUnreadable, also where it goes past the limits of the child."""
    if path.stat().st_size > LONGEST:
        raise _too_long()
    said: dict[str, Any] = {"file": str(path.resolve()), "language": get_language() or "en"}
    said["words"] = [str(one) for one in settings.LOCALE_PATHS]
    try:
        limits = {"seconds": SECONDS, "memory_mb": MEMORY_MB, "output_mb": 256}
        with run_limited(f"{__name__}:in_child", said, **limits) as outcome:
            answer: dict[str, Any] = outcome.answer
    except SandboxFailed as failed:
        words = {"time": _("Reading it takes too long."), "memory": _("It takes too much memory to be read.")}
        raise MetadataUnreadable(words.get(failed.kind, _("It cannot be read."))) from None
    if "refused" in answer:
        raise MetadataUnreadable(*answer["refused"])
    return [ReadSet(**{**one, "targets": tuple(one["targets"])}) for one in answer["sets"]]


def in_child(arguments: Mapping[str, Any], _folder: Path) -> dict[str, Any]:
    """What `read` says of a file, as JSON; called by the limited process, which knows nothing of our settings."""
    settings.configure(USE_I18N=True, LANGUAGE_CODE=arguments["language"], LOCALE_PATHS=arguments["words"])
    apps.populate(())  # there are none, and no word is translated before that is known
    try:
        return {"sets": [dataclasses.asdict(one) for one in read(Path(arguments["file"]).read_bytes())]}
    except MetadataUnreadable as error:
        return {"refused": [error.words, error.place]}


def _too_long() -> MetadataUnreadable:
    return MetadataUnreadable(_("The message is longer than {n} MB.").format(n=LONGEST // 1_000_000))


# --- SDMX-JSON --------------------------------------------------------------------------------------


def _read_json(content: bytes) -> list[ReadSet]:
    try:
        message = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MetadataUnreadable(_("This is no well-formed JSON.")) from error
    if _holds_no_text(message):
        raise MetadataUnreadable(_("It holds characters that stand for nothing (NUL, or half a character)."))
    sets = _of(_of(message, "data", dict, "message"), "metadataSets", list, "data")
    if len(sets) > MOST_SETS:
        raise MetadataUnreadable(_("There are more than {n} reports.").format(n=MOST_SETS))
    return [_json_set(one, _("metadata set {n}").format(n=number)) for number, one in enumerate(sets, 1)]


def _holds_no_text(message: Any) -> bool:
    """Whether an escape made what no text can hold: NUL, or a surrogate without its other half."""
    written = json.dumps(message, ensure_ascii=False)
    return bool(_NUL.search(written)) or not written.isascii() and _SURROGATE.search(written) is not None


_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _json_set(one: Any, place: str) -> ReadSet:
    if not isinstance(one, dict):
        raise MetadataUnreadable(_("A report is an object."), place)
    texts: dict[str, Mapping[str, str]] = {}
    for attribute in _of(one, "attributes", list, place):
        _json_attribute(attribute, texts, place, 0)
    targets = tuple(str(target) for target in _of(one, "targets", list, place))
    known = {name: str(one.get(name, "")) for name in ("id", "agencyID", "metadataflow")}
    return ReadSet(known["id"], known["agencyID"], known["metadataflow"], targets, texts, place)


def _json_attribute(one: Any, texts: dict[str, Mapping[str, str]], place: str, depth: int) -> None:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str) or depth > DEEPEST:
        raise MetadataUnreadable(_("An attribute is an object with an id."), place)
    name, value = one["id"], one.get("value")
    if value is not None:
        if name in texts:
            raise MetadataUnreadable(_("“{name}” stands there twice.").format(name=name), place)
        texts[name] = _json_texts(value, _("{place}, attribute {name}").format(place=place, name=name))
    parts = one.get("attributes")
    if not isinstance(parts, list | None):
        raise MetadataUnreadable(_("The attributes of an attribute are a list."), place)
    for part in parts or ():
        _json_attribute(part, texts, place, depth + 1)


def _json_texts(value: Any, place: str) -> Mapping[str, str]:
    if isinstance(value, dict):
        if not all(isinstance(words, str) for words in value.values()):
            raise MetadataUnreadable(_("Texts by language are words."), place)
        return {str(language): words for language, words in value.items()}
    if isinstance(value, str | int | float | bool):
        return {"en": str(value)}
    raise MetadataUnreadable(_("A value is a text, a number, or texts by language."), place)


def _of(one: Any, name: str, kind: type, place: str) -> Any:
    found = one.get(name) if isinstance(one, dict) else None
    if not isinstance(found, kind):
        raise MetadataUnreadable(_("“{name}” is missing, or not what it should be.").format(name=name), place)
    return found


# --- SDMX-ML ----------------------------------------------------------------------------------------


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    children: list[_Element | str] = field(default_factory=list)
    line: int = 0

    def named(self, *tags: str) -> Iterator[_Element]:
        for child in self.children:
            if isinstance(child, _Element) and child.tag in tags:
                yield child

    @property
    def words(self) -> str:
        return "".join(child if isinstance(child, str) else child.words for child in self.children)


def _read_xml(content: bytes) -> list[ReadSet]:
    root = _tree(content)
    if root.tag != "GenericMetadata":
        raise MetadataUnreadable(_("This is no message of reference metadata (GenericMetadata of SDMX-ML 3.0)."))
    sets = list(root.named("MetadataSet"))
    if len(sets) > MOST_SETS:
        raise MetadataUnreadable(_("There are more than {n} reports.").format(n=MOST_SETS))
    return [_xml_set(one) for one in sets]


def _xml_set(one: _Element) -> ReadSet:
    place = _("line {n}").format(n=one.line)
    texts: dict[str, Mapping[str, str]] = {}
    for attribute in one.named("Attribute"):
        _xml_attribute(attribute, texts)
    flow = next(one.named("Metadataflow"), None)
    return ReadSet(
        id=one.attributes.get("id", ""),
        agency=one.attributes.get("agencyID", ""),
        metadataflow=flow.words.strip() if flow is not None else "",
        targets=tuple(target.words.strip() for target in one.named("Target")),
        texts=texts,
        place=place,
    )


def _xml_attribute(one: _Element, texts: dict[str, Mapping[str, str]]) -> None:
    name, place = one.attributes.get("id", ""), _("line {n}").format(n=one.line)
    if not name:
        raise MetadataUnreadable(_("An attribute has no id."), place)
    said: dict[str, str] = {}
    for value in one.named("Value", "Text", "StructuredText"):
        language = value.attributes.get("lang", "en")
        if language in said:
            raise MetadataUnreadable(
                _("“{name}” has two texts in {language}.").format(name=name, language=language), place
            )
        said[language] = "".join(map(_html, value.children)) if value.tag == "StructuredText" else value.words
    if said:
        if name in texts:
            raise MetadataUnreadable(_("“{name}” stands there twice.").format(name=name), place)
        texts[name] = said
    for part in one.named("Attribute"):
        _xml_attribute(part, texts)


def _html(piece: _Element | str) -> str:
    if isinstance(piece, str):
        return escape(piece, quote=False)
    href = f' href="{escape(piece.attributes["href"])}"' if piece.attributes.get("href") else ""
    return f"<{piece.tag}{href}>{''.join(map(_html, piece.children))}</{piece.tag}>"


def _tree(content: bytes) -> _Element:
    """The elements by their local names."""
    root = _Element("", {})
    path = [root]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(path) > DEEPEST:
            raise MetadataUnreadable(_("It is nested too deeply."), _("line {n}").format(n=parser.CurrentLineNumber))
        own = {_local(name): value for name, value in attributes.items()}
        element = _Element(_local(tag), own, line=parser.CurrentLineNumber)
        path[-1].children.append(element)
        path.append(element)

    def end(_tag: str) -> None:
        path.pop()

    def text(words: str) -> None:
        path[-1].children.append(words)

    def refuse(*_given: object) -> None:
        raise MetadataUnreadable(_("It declares a document type, which messages do not have."))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    handler: Callable[..., None] = refuse
    parser.StartDoctypeDeclHandler = handler
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise MetadataUnreadable(_("This is no well-formed XML."), _("line {n}").format(n=error.lineno)) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, MetadataUnreadable):
            raise
        raise MetadataUnreadable(_("It is in an encoding that nobody knows.")) from error
    return next(root.named(*(child.tag for child in root.children if isinstance(child, _Element))), root)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
