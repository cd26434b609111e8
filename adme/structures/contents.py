"""Code lists and concept schemes as the content of a draft (`drafting`)."""

from __future__ import annotations

from adme.structures.drafting import Content, item_of
from adme.structures.models import CodeList, ConceptScheme


def of_code_list(code_list: CodeList) -> Content:
    """What a code list says. One query."""
    fields = ("pk", "code_id", "name", "description", "parent", "kind", "aliases", "valid_to", "replaced_by")
    rows = list(code_list.codes.order_by("position", "code_id").values_list(*fields))
    ids = {row[0]: row[1] for row in rows}
    return {
        "name": code_list.name,
        "description": code_list.description,
        "items": [
            item_of(
                code_id,
                name=name,
                description=description,
                parent=ids.get(parent, ""),
                kind=kind,
                aliases=aliases,
                valid_to=valid_to.isoformat() if valid_to else "",
                replaced_by=ids.get(replaced, ""),
            )
            for _pk, code_id, name, description, parent, kind, aliases, valid_to, replaced in rows
        ],
    }


def of_concept_scheme(scheme: ConceptScheme) -> Content:
    """What a concept scheme says. One query."""
    concepts = scheme.concepts.order_by("concept_id")
    return {
        "name": scheme.name,
        "description": scheme.description,
        "items": [item_of(one.concept_id, name=one.name, description=one.description) for one in concepts],
    }
