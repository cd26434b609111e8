"""A metadata structure as a small file that people read: ids, order, plain names, which are required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import gettext as _

from adme.indicators.errors import MetadataRefused
from adme.indicators.models import MetadataAttribute
from adme.lib.texts import Text
from adme.structures import yaml_text
from adme.structures.errors import MappingUnreadable

__all__ = ["SDG", "NewAttribute", "NewStructure", "from_yaml", "shipped"]

SDG = "sdg_msd.yaml"
"""The template of the SDG indicators, which comes with the program."""

MOST_ATTRIBUTES = 500
_SAID = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class NewAttribute:
    """An attribute to be. `under` is the id of the heading it stands below."""

    id: str
    name: Text = field(default_factory=dict)
    help: Text = field(default_factory=dict)
    under: str = ""
    heading: bool = False
    required: bool = False
    tells: str = ""


@dataclass(frozen=True)
class NewStructure:
    """A metadata structure to be."""

    agency: str
    id: str
    version: str
    name: Text
    attributes: tuple[NewAttribute, ...]
    note: Text = field(default_factory=dict)


def shipped(name: str) -> str:
    """The text of a structure that comes with the program."""
    return (resources.files("adme.indicators") / "metadata_structures" / name).read_text(encoding="utf-8")


def from_yaml(text: str) -> NewStructure:
    """The structure that a file describes. MetadataRefused with the line of the first fault."""
    try:
        return _structure(yaml_text.read(text))
    except MappingUnreadable as error:
        where = _("Line %(line)d:") % {"line": error.line} if error.line else ""
        raise MetadataRefused(
            _("This is no file of a metadata structure."), f"{where} {error.title}".strip(), error.remedy
        ) from error


def _structure(node: yaml.Node) -> NewStructure:
    given = _fields(node, {"agency", "id", "version", "name", "note", "attributes"}, needed={"agency", "id", "name"})
    attributes = given.get("attributes")
    if not isinstance(attributes, yaml.SequenceNode) or not attributes.value:
        raise MappingUnreadable(_("A list of attributes is missing."), line=yaml_text.line_of(node))
    if len(attributes.value) > MOST_ATTRIBUTES:
        raise MappingUnreadable(_("There are too many attributes."), line=yaml_text.line_of(attributes))
    found: dict[str, NewAttribute] = {}
    for one in attributes.value:
        attribute = _attribute(one, found)
        if attribute.id in found:
            raise MappingUnreadable(
                _("“%(id)s” stands here twice.") % {"id": attribute.id}, line=yaml_text.line_of(one)
            )
        found[attribute.id] = attribute
    return NewStructure(
        agency=yaml_text.text_of(given["agency"]),
        id=yaml_text.text_of(given["id"]),
        version=yaml_text.text_of(given["version"]) if "version" in given else "1.0.0",
        name=_words(given["name"]),
        note=_words(given["note"]) if "note" in given else {},
        attributes=tuple(found.values()),
    )


def _attribute(node: yaml.Node, before: Mapping[str, NewAttribute]) -> NewAttribute:
    allowed = {"id", "name", "help", "under", "heading", "required", "tells"}
    given = _fields(node, allowed, needed={"id"})
    made = NewAttribute(
        id=yaml_text.text_of(given["id"]),
        name=_words(given["name"]) if "name" in given else {},
        help=_words(given["help"]) if "help" in given else {},
        under=yaml_text.text_of(given["under"]) if "under" in given else "",
        heading=_yes(given, "heading"),
        required=_yes(given, "required"),
        tells=yaml_text.text_of(given["tells"]) if "tells" in given else "",
    )
    line = yaml_text.line_of(node)
    if made.under and made.under not in before:
        raise MappingUnreadable(_("No attribute “%(id)s” stands above.") % {"id": made.under}, line=line)
    if made.heading and made.required:
        raise MappingUnreadable(_("A heading cannot be required."), line=line)
    if made.tells and made.tells not in MetadataAttribute.Tells.values:
        choices = ", ".join(value for value in MetadataAttribute.Tells.values if value)
        raise MappingUnreadable(
            _("“%(word)s” is nothing that an attribute can tell.") % {"word": made.tells}, line=line, remedy=choices
        )
    return made


def _fields(node: yaml.Node, allowed: set[str], *, needed: set[str]) -> dict[str, yaml.Node]:
    given = dict(yaml_text.pairs_of(node))
    for name in given:
        if name not in allowed:
            raise MappingUnreadable(
                _("“%(name)s” is not known here.") % {"name": name},
                line=yaml_text.line_of(node),
                remedy=", ".join(sorted(allowed)),
            )
    for name in sorted(needed - set(given)):
        raise MappingUnreadable(_("“%(name)s” is missing.") % {"name": name}, line=yaml_text.line_of(node))
    return given


def _words(node: yaml.Node) -> Text:
    """Language → words; words alone are English."""
    if isinstance(node, yaml.ScalarNode):
        return {"en": yaml_text.text_of(node)}
    return {language: yaml_text.text_of(words) for language, words in yaml_text.pairs_of(node)}


def _yes(given: Mapping[str, Any], name: str) -> bool:
    if name not in given:
        return False
    said = yaml_text.text_of(given[name]).lower()
    if said not in _SAID:
        raise MappingUnreadable(_("Write yes or no."), line=yaml_text.line_of(given[name]))
    return _SAID[said]
