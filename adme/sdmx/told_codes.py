"""Which codes of a list may be told: of a list of indicators only those with public figures, whoever takes its codes.

Lists take codes from lists, so an indicator that waits for its release may stand in several: in a list of indicators,
in a list that takes codes from it, and in one that it takes codes from. Its code is told of none of them. What shows in
public figures is told wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from django.db.models import F, Q, QuerySet

from adme.lib.sdmx_messages.artefacts import Extension
from adme.structures import artefacts as kept
from adme.structures.models import CodeList, Component


class ToldCodes:
    """Of the code lists that public structures use, and of those that have to do with them.

    `occurring` gives the codes with public figures by the newest version of each list that is used.
    """

    def __init__(self, occurring: Mapping[int, Collection[str]]) -> None:
        self._occurring = occurring
        self._cuts: dict[str, frozenset[str] | None] = {}

    @cached_property
    def lists(self) -> list[CodeList]:
        """The lists that are used, in every version, with those that whole ones take codes from, if these are told
        whole too."""
        found = {urn: one for urn, one in self._read.items() if _newest(one) in self._occurring}
        new = list(found.values())
        while new:
            wanted = {part.code_list for one in new if self.cut(one) is None for part in kept.extensions_of(one)}
            known = [self._read[urn] for urn in sorted(wanted & self._read.keys() - found.keys())]
            new = [one for one in known if self.cut(one) is None]
            found |= {kept.code_list_urn(one): one for one in new}
        return list(found.values())

    def cut(self, code_list: CodeList) -> frozenset[str] | None:
        """The codes that are told of a list; None where that is all of them, and no indicator stands in it. An earlier
        version of a list of indicators is cut to the same codes as the newest."""
        urn = kept.code_list_urn(code_list)
        if urn not in self._cuts:
            self._cuts[urn] = self._cut(code_list)
        return self._cuts[urn]

    def _cut(self, code_list: CodeList) -> frozenset[str] | None:
        shown = frozenset(self._occurring.get(_newest(code_list), ()))
        if _newest(code_list) in self._of_indicators:
            return shown
        hidden = {*self._taken_from.get(kept.code_list_urn(code_list), ()), *self._behind(code_list)} - shown
        ids = _ids(code_list) if hidden else frozenset()
        return ids - hidden if ids & hidden else None

    def _behind(self, code_list: CodeList) -> Iterator[str]:
        """What is not told of the lists that one takes codes from, under the names that it has in this one: whether it
        is selected there, or said anew here in other words."""
        for part, source in self._sources(code_list):
            told = self.cut(source)
            if told is not None:
                yield from (part.prefix + one for one in _ids(source) - told)

    @cached_property
    def _taken_from(self) -> dict[str, set[str]]:
        """URN → the codes from which an indicator without public figures was made, near or far."""
        found: dict[str, set[str]] = {}
        waiting = [
            (one, _ids(one) - frozenset(self._occurring.get(_newest(one), ())))
            for one in self._read.values()
            if _newest(one) in self._of_indicators
        ]
        while waiting:
            taker, hidden = waiting.pop()
            for part, source in self._sources(taker):
                taken = {one for one in _ids(source) if part.prefix + one in hidden}
                found.setdefault(kept.code_list_urn(source), set()).update(taken)
                waiting.append((source, frozenset(taken)))
        return found

    def _sources(self, code_list: CodeList) -> Iterator[tuple[Extension, CodeList]]:
        for part in kept.extensions_of(code_list):
            if part.code_list in self._read:
                yield part, self._read[part.code_list]

    @cached_property
    def _read(self) -> dict[str, CodeList]:
        """URN → list: those in use, those of indicators that take codes from others, and all that any of these take
        codes from. A query more for each step from list to list."""
        lists = CodeList.objects.select_related("succeeded_by").prefetch_related("codes__parent", "codes__replaced_by")
        made = ~Q(extensions=[]) & (Q(pk__in=self._of_indicators) | Q(succeeded_by__in=self._of_indicators))
        new = list(lists.filter(Q(pk__in=self._occurring) | Q(succeeded_by__in=self._occurring) | made))
        found: dict[str, CodeList] = {}
        while new:
            found |= {kept.code_list_urn(one): one for one in new}
            wanted = {part.code_list for one in new for part in kept.extensions_of(one)} - found.keys()
            new = _of_urns(lists, wanted) if wanted else []
        return found

    @cached_property
    def _of_indicators(self) -> set[int]:
        """The lists whose codes are indicators of any dataflow, public or not. One query."""
        measured = Component.objects.filter(component_id=F("data_structure__dataflows__indicator_dimension"))
        return set(measured.filter(code_list__isnull=False).values_list("code_list", flat=True))


def _newest(code_list: CodeList) -> int:
    return code_list.succeeded_by_id or code_list.pk


def _ids(code_list: CodeList) -> frozenset[str]:
    return frozenset(code.code_id for code in code_list.codes.all())


def _of_urns(lists: QuerySet[CodeList], urns: Collection[str]) -> list[CodeList]:
    ids = {one.partition("=")[2].partition(":")[2].partition("(")[0] for one in urns}
    return [one for one in lists.filter(artefact_id__in=ids) if kept.code_list_urn(one) in urns]
