"""The gate of metadata: no figures of an indicator are released while what must be said of it is not said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.indicators.errors import MetadataIncomplete
from adme.indicators.metadata_queries import Gap, gaps
from adme.structures.models import Dataflow

MOST_TOLD = 5
"""So many indicators are named with what they lack; the rest are counted."""


def require_metadata(dataflow: Dataflow, codes: Iterable[str]) -> None:
    """MetadataIncomplete where the gate is on and an indicator with one of these codes lacks a required attribute."""
    found = gaps(dataflow, codes)
    if found:
        missing = {gap.indicator.slug: tuple(one.attribute_id for one in gap.missing) for gap in found}
        raise MetadataIncomplete(sentences(found), missing)


def sentences(found: Sequence[Gap]) -> list[str]:
    """What is missing, indicator by indicator."""
    told = [_sentence(gap) for gap in found[:MOST_TOLD]]
    rest = len(found) - len(told)
    if rest > 0:
        told.append(ngettext("And %(n)d more indicator.", "And %(n)d more indicators.", rest) % {"n": rest})
    return told


def _sentence(gap: Gap) -> str:
    if not gap.registered:
        words = _("“%(code)s” is not in the register of indicators, so that nothing is said of it.")
        return words % {"code": gap.indicator.code_id}
    return _("“%(indicator)s” (%(code)s) says nothing on: %(attributes)s.") % {
        "indicator": gap.indicator.name,
        "code": gap.indicator.code_id,
        "attributes": ", ".join(f"{one.title} ({one.attribute_id})" for one in gap.missing),
    }
