"""The words for kinds of artefacts, in both versions of SDMX-REST."""

from __future__ import annotations

from adme.sdmx.errors import NotImplementedYet, SyntaxFault
from adme.sdmx.registry import KINDS

EVERY = frozenset(KINDS)

NONE_HERE = frozenset(
    {
        "metadatastructure",
        "metadataflow",
        "metadataprovisionagreement",
        "hierarchicalcodelist",
        "transformationscheme",
        "rulesetscheme",
        "attachmentconstraint",
    }
)
"""Kinds that the standard asks a service to know, and of which there is nothing here."""

NOT_OFFERED = frozenset(
    {
        "process",
        "reportingtaxonomy",
        "hierarchyassociation",
        "metadataconstraint",
        "metadataproviderscheme",
        "dataconsumerscheme",
        "organisationunitscheme",
        "structureset",
        "conceptschememap",
        "categoryschememap",
        "organisationschememap",
        "reportingtaxonomymap",
        "userdefinedoperatorscheme",
        "customtypescheme",
        "namepersonalisationscheme",
        "vtlmappingscheme",
    }
)
"""Kinds that a service may do without: 501."""

_WORDS = {
    "*": EVERY,
    "all": EVERY,
    "structure": EVERY,
    "organisationscheme": frozenset({"agencyscheme", "dataproviderscheme"}),
    # SDMX 2.1 divides what 3.0 calls a data constraint into what there is and what may be.
    "contentconstraint": frozenset({"dataconstraint"}),
    "actualconstraint": frozenset({"actualconstraint"}),
    "allowedconstraint": frozenset({"allowedconstraint"}),
}


def resolved(kind: str) -> frozenset[str]:
    """The kinds that a word of the standard means, none where there is nothing of it here; several by comma.

    NotImplementedYet for a kind that is not offered, SyntaxFault for a word that is none.
    """
    found: frozenset[str] = frozenset()
    for one in kind.split(","):
        if one in NOT_OFFERED:
            raise NotImplementedYet(f"Artefacts of the type “{one}” are not offered.")
        if one not in EVERY and one not in _WORDS and one not in NONE_HERE:
            raise SyntaxFault(f"There is no artefact type “{one}”.")
        found |= _WORDS.get(one, frozenset({one}) & EVERY)
    return found
