"""SDMX-JSON structure messages 2.0 and 2.1, read. See `structure_reading` for what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from adme.lib.sdmx_messages import json_document_reading as documents
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    Artefacts,
    ComponentUse,
    Extension,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.lib.sdmx_messages.structure_reading import (
    CONCEPT,
    NotReadable,
    Reading,
    attached,
    extension,
    marks_of,
    reference,
    texts,
    version_of,
    with_lists_of_concepts,
    word,
)

_LEFT_OUT = frozenset({"agencySchemes", "categorySchemes", "categorisations", "availabilityConstraints"})


def read(content: bytes) -> Reading:
    """The artefacts of a message. Raises NotReadable."""
    try:
        message = json.loads(content)
        data = _object(message, "data")
        return _Message(message.get("meta") or {}).reading(data)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise NotReadable(f"The file is not JSON: {fault}") from None
    except (KeyError, TypeError, AttributeError) as fault:
        raise NotReadable(f"A part of the message is missing or of another form: {fault}") from None


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    found = parent[name]
    if not isinstance(found, dict):
        raise NotReadable(f"“{name}” is no object.")
    return found


class _Message:
    """Reads one message; `language` is that of names that are said in one language only."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.language = str((meta.get("contentLanguages") or ["en"])[0]).partition("-")[0].lower()
        self.lists: dict[str, str] = {}

    def reading(self, data: dict[str, Any]) -> Reading:
        readers: dict[str, Callable[[dict[str, Any]], Artefact]] = {
            "codelists": self._code_list,
            "conceptSchemes": self._concept_scheme,
            "dataProviderSchemes": self._providers,
            "dataStructures": self._structure,
            "dataflows": self._flow,
            "provisionAgreements": self._agreement,
            "valueLists": self._value_list,
            **{name: partial(self._document, read) for name, read in documents.READERS.items()},
        }
        present = {name for name, things in data.items() if things and not name.startswith("x-")}
        unknown = sorted(present - readers.keys() - _LEFT_OUT)
        if unknown:
            raise NotReadable(f"The message holds what cannot be kept here: {', '.join(unknown)}.")
        given = {name: list(data.get(name) or ()) for name in readers}
        actual = [one for one in given["dataConstraints"] if documents.is_actual(one)]
        given["dataConstraints"] = [one for one in given["dataConstraints"] if not documents.is_actual(one)]
        found = Artefacts.of(read(one) for name, read in readers.items() for one in given[name])
        structures = with_lists_of_concepts(found.structures, self.lists)
        left_out = present & _LEFT_OUT | ({"dataConstraints"} if actual else set())
        return Reading(replace(found, structures=structures), tuple(sorted(left_out)))

    def _document(self, read: Callable[..., Artefact], thing: dict[str, Any]) -> Artefact:
        return read(self._named(thing), thing)

    def _value_list(self, thing: dict[str, Any]) -> ItemScheme:
        return ItemScheme(*self._named(thing), "valuelist", tuple(self._items(thing, "valueItems")))

    # --- names ----------------------------------------------------------------------------------------

    def _texts(self, thing: dict[str, Any], member: str) -> dict[str, str]:
        said = thing.get(f"{member}s")
        if not said:
            said = {self.language: thing[member]} if thing.get(member) else {}
        return texts({str(tongue): str(words) for tongue, words in said.items()}, thing["id"])

    def _named(self, thing: dict[str, Any]) -> tuple[str, str, str, dict[str, str], dict[str, str]]:
        """Agency, id, version, name, description; a stub is refused."""
        if thing.get("isExternalReference"):
            raise NotReadable(f"{thing['agencyID']}:{thing['id']} is only a stub: ask for it with detail=full.")
        version = version_of(str(thing.get("version") or "1.0"))
        return (
            word(thing["agencyID"]),
            word(thing["id"]),
            version,
            self._texts(thing, "name"),
            self._texts(thing, "description"),
        )

    # --- item schemes ---------------------------------------------------------------------------------

    def _items(self, thing: dict[str, Any], member: str) -> Iterator[Item]:
        for one in thing.get(member) or ():
            name, description = self._texts(one, "name"), self._texts(one, "description")
            told = {str(mark.get("type")): str(mark.get("title")) for mark in one.get("annotations") or ()}
            yield Item(word(one["id"]), name, description, parent=word(one.get("parent") or ""), **marks_of(told))

    def _code_list(self, thing: dict[str, Any]) -> ItemScheme:
        items = tuple(self._items(thing, "codes"))
        extensions = tuple(_extension(one) for one in thing.get("codelistExtensions") or ())
        return ItemScheme(*self._named(thing), "codelist", items, bool(thing.get("isPartial")), extensions)

    def _concept_scheme(self, thing: dict[str, Any]) -> ItemScheme:
        items = tuple(self._items(thing, "concepts"))
        scheme = ItemScheme(*self._named(thing), "conceptscheme", items, bool(thing.get("isPartial")))
        for one, item in zip(thing.get("concepts") or (), items, strict=True):
            enumeration = (one.get("coreRepresentation") or {}).get("enumeration")
            if enumeration:
                self.lists[scheme.item_urn(item)] = reference(enumeration)
        return scheme

    def _providers(self, thing: dict[str, Any]) -> ItemScheme:
        agency, own_id, _version, name, description = self._named(thing)
        items = tuple(self._items(thing, "dataProviders"))
        return ItemScheme(agency, own_id, "1.0", name, description, "dataproviderscheme", items)

    # --- structures and flows -------------------------------------------------------------------------

    def _structure(self, thing: dict[str, Any]) -> Structure:
        names = self._named(thing)
        lists = thing["dataStructureComponents"]
        listed = lists["dimensionList"]["dimensions"]
        placed = sorted(listed, key=lambda one: one.get("position") or 0) if _placed(listed) else listed
        ids = [one["id"] for one in placed]
        time = lists["dimensionList"].get("timeDimension")
        components = [_use(one, "dimension") for one in placed]
        components += [_use(time | {"id": time.get("id") or "TIME_PERIOD"}, "time")] if time else []
        components += [_use(one, "measure") for one in (lists.get("measureList") or {}).get("measures") or ()]
        attributes = lists.get("attributeList") or {}
        if attributes.get("metadataAttributeUsages"):
            raise NotReadable(f"{names[0]}:{names[1]} takes metadata attributes, which cannot be kept here.")
        components += [_attribute(one, ids) for one in attributes.get("attributes") or ()]
        return Structure(*names, components=tuple(components))

    def _flow(self, thing: dict[str, Any]) -> Flow:
        return Flow(*self._named(thing), structure=reference(thing["structure"]))

    def _agreement(self, thing: dict[str, Any]) -> Agreement:
        links = {"dataflow": reference(thing["dataflow"]), "provider": reference(thing["dataProvider"])}
        return Agreement(*self._named(thing), **links)  # type: ignore[arg-type]


def _extension(thing: dict[str, Any]) -> Extension:
    included, excluded = thing.get("inclusiveCodeSelection"), thing.get("exclusiveCodeSelection")
    selection = (included if included is not None else excluded) or {}
    members = [_member(one) for one in selection.get("memberValues") or ()]
    members += [(word(one), "") for one in selection.get("wildcardedMemberValues") or ()]
    code_list, prefix = reference(thing["codelist"]), word(thing.get("prefix") or "")
    return extension(code_list, prefix, members, include=excluded is None)


def _member(told: Any) -> tuple[str, str]:
    if not isinstance(told, dict):
        return word(told), ""
    cascade = told.get("cascadeValues", "")
    return word(told["value"]), str(cascade).lower() if isinstance(cascade, bool) else word(cascade)


def _placed(listed: list[dict[str, Any]]) -> bool:
    return all(isinstance(one.get("position"), int) for one in listed)


def _use(thing: dict[str, Any], role: Any, *, of_series: bool = False) -> ComponentUse:
    represented = thing.get("localRepresentation")
    code_list = CONCEPT if represented is None else represented.get("enumeration") or ""
    return ComponentUse(
        id=thing["id"],
        role=role,
        concept=reference(thing["conceptIdentity"]),
        code_list=reference(code_list) if code_list not in ("", CONCEPT) else code_list,
        required=role == "dimension" or thing.get("usage") == "mandatory",
        of_series=of_series,
    )


def _attribute(thing: dict[str, Any], dimensions: list[str]) -> ComponentUse:
    ((where, what),) = ((name, told) for name, told in thing["attributeRelationship"].items() if _tells(name))
    of_series = attached(thing["id"], where, what if where == "dimensions" else (), dimensions)
    return _use(thing, "attribute", of_series=of_series)


def _tells(name: str) -> bool:
    return name != "areDimensionsOptional" and not name.startswith("x-")
