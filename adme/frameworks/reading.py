"""Tables of texts → a document, or findings that name sheet, row and column. Pure; whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from adme.frameworks import document as d
from adme.frameworks import formulas, words
from adme.frameworks.cells import NUMBER, Row
from adme.frameworks.errors import FileRefused, Finding
from adme.frameworks.sections import BY_ID, LONGEST, MOST_ROWS, SECTIONS, Section, Tables

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
CONDITION: Final = re.compile(r"(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)")
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
DEEPEST: Final = 12

Rows = Mapping[str, Sequence[int]]
"""Section → the row (or line) of each of its records."""


def read(tables: Tables, rows: Rows | None = None) -> d.Document:
    """The document that the tables hold. FileRefused with every finding where they hold none."""
    reader = _Reader(tables, rows or {})
    made = reader.document()
    if reader.findings or made is None:
        raise FileRefused(reader.findings)
    return made


@dataclass
class _Reader:
    tables: Tables
    numbers: Rows
    findings: list[Finding] = field(default_factory=list)

    def document(self) -> d.Document | None:
        for section in SECTIONS:
            self._check_cells(section)
        heads = self.rows("framework")
        if len(heads) != 1:
            self._whole("framework", "one_framework", _("This table needs exactly one row."))
            return None
        levels = self._levels()
        parts = self._parts({level.id: level for level in levels})
        head = heads[0]
        if not SLUG.fullmatch(head.text("slug")):
            head.fault("not_an_id", "slug", _("This is no id."), _("Use small letters, digits and hyphens."))
        return d.Document(
            slug=head.text("slug"),
            title=head.words("title"),
            description=head.words("description"),
            label=head.text("edition"),
            from_date=head.date("from"),
            to_date=head.date("to"),
            region=head.words("region"),
            is_fixture=head.text("fixture") == "yes",
            state_classes=head.text("state_classes") or "agreed",
            source=head.text("source"),
            certainty=head.text("certainty"),
            levels=tuple(levels),
            stated=tuple(self._stated({level.id for level in levels})),
            parts=parts,
        )

    def rows(self, section: str) -> list[Row]:
        """The records of a section, ready to be read."""
        numbers = self.numbers.get(section, ())
        return [
            Row(BY_ID[section], record, numbers[n] if n < len(numbers) else n + 2, self.findings)
            for n, record in enumerate(self.tables.get(section, []))
        ]

    def _whole(self, section: str, code: str, message: str, remedy: str = "") -> None:
        self.findings.append(Finding(code, BY_ID[section].sheet, 0, "", "", message, remedy))

    def _check_cells(self, section: Section) -> None:
        rows = self.rows(section.id)
        if len(rows) > MOST_ROWS:
            self._whole(section.id, "too_long", _("More than %(most)d rows.") % {"most": MOST_ROWS})
            return
        for row in rows:
            for name, value in row.record.items():
                self._check_cell(row, name, value)
            for column in section.columns:
                there = any(name.startswith(f"{column.stem}:") for name in row.record)
                if column.needed and not (there if column.in_languages else row.text(column.name)):
                    row.fault(
                        "missing", column.name.replace(":*", ":en"), _("This cell must not be empty."), column.about
                    )

    def _check_cell(self, row: Row, name: str, value: str) -> None:
        column = row.section.column(name)
        if column is None:
            known = ", ".join(one.name.replace(":*", ":en") for one in row.section.columns)
            row.fault("unknown_column", name, _("There is no such column."), _("It has %(known)s.") % {"known": known})
            return
        if column.in_languages and not LANGUAGE.fullmatch(name.partition(":")[2]):
            row.fault("not_a_language", name, _("This heading names no language."), _("Write it as title:en."))
        if len(value) > LONGEST or _NO_TEXT.search(value):
            row.fault("not_text", name, _("This cell is too long, or holds characters that are no text."))
        if column.choices and value not in column.choices:
            allowed = ", ".join(choice for choice in column.choices if choice)
            row.fault(
                "not_a_choice", name, _("This is none of the words allowed."), _("Use %(words)s.") % {"words": allowed}
            )

    # --- the tree ---------------------------------------------------------------------------------

    def _levels(self) -> list[d.Level]:
        made: dict[str, d.Level] = {}
        for depth, row in enumerate(self.rows("levels")):
            name = row.text("level")
            if name in made:
                row.fault("twice", "level", _("This level stands twice."))
            made[name] = d.Level(name, row.words("name"), row.words("plural"), row.text("role"), depth)
        if not made:
            self._whole("levels", "no_levels", _("At least one level is needed."))
        return list(made.values())

    def _stated(self, levels: set[str]) -> list[d.Stated]:
        made = []
        for row in self.rows("counts"):
            if row.text("level") and row.text("level") not in levels:
                row.fault("unknown_level", "level", _("There is no such level."))
            count = row.whole("count", 0)
            what = row.words("what")
            made.append(d.Stated(what, row.text("level"), count, row.text("source"), row.text("certainty")))
        return made

    def _parts(self, levels: Mapping[str, d.Level]) -> tuple[d.Part, ...]:
        kpis = self._kpis()
        there: dict[str, tuple[d.Part, int]] = {}
        measured = set()
        for row in self.rows("parts"):
            level = levels.get(row.text("level"))
            if level is None:
                row.fault(
                    "unknown_level", "level", _("There is no such level."), _("The levels are on their own sheet.")
                )
                continue
            part = self._part(row, level, kpis)
            self._check_place(row, part, there)
            measured |= {part.uid} if part.kpi is not None else set()
            there[part.uid] = (part, there[part.under][1] + 1 if part.under in there else 0)
        for section in ("kpis", "aims", "series", "breaks", "stages", "comparability"):
            for row in self.rows(section):
                if row.text("part") and row.text("part") not in measured:
                    row.fault("unknown_part", "part", _("No KPI has this id."), _("Parts are on their own sheet."))
        return _in_reading_order([part for part, _depth in there.values()])

    def _part(self, row: Row, level: d.Level, kpis: Mapping[str, d.Kpi]) -> d.Part:
        uid = row.text("part")
        has_kpi = level.role == "measured"
        return d.Part(
            uid=uid,
            level=level,
            under=row.text("under"),
            code=row.text("code"),
            title=d.Wording(row.words("title"), row.text("title_certainty"), row.text("title_source")),
            text=d.Wording(row.words("text"), row.text("text_certainty"), row.text("text_source")),
            note=row.words("note"),
            came_from=tuple(self._lineage(row)),
            kpi=kpis.get(uid, d.Kpi()) if has_kpi else None,
        )

    def _lineage(self, row: Row) -> list[tuple[str, str]]:
        found = []
        for word in row.list("came_from"):
            how, _colon, uid = word.partition(":")
            if how not in words.LINEAGE or not uid:
                row.fault("not_lineage", "came_from", _("Write it as split:ID, moved:ID or merged:ID."))
            found.append((how, uid))
        return found

    def _check_place(self, row: Row, part: d.Part, there: Mapping[str, tuple[d.Part, int]]) -> None:
        if not SLUG.fullmatch(part.uid) or len(part.uid) > 80:
            row.fault("not_an_id", "part", _("This is no id."), _("Use small letters, digits and hyphens, at most 80."))
        if part.uid in there:
            row.fault("twice", "part", _("This id stands twice."), _("Every part has an id of its own."))
        if not part.under:
            return
        parent = there.get(part.under)
        if parent is None:
            row.fault(
                "unknown_part", "under", _("No part above this row has this id."), _("Put parents before children.")
            )
        elif parent[0].level.role != "unplaced" and parent[0].level.depth > part.level.depth:
            row.fault("wrong_level", "under", _("It hangs under a part of a lower level."))
        elif parent[1] >= DEEPEST:
            row.fault("too_deep", "under", _("The tree is deeper than %(most)d levels.") % {"most": DEEPEST})

    # --- KPIs -------------------------------------------------------------------------------------

    def _kpis(self) -> dict[str, d.Kpi]:
        belongings = _Belongings(self)
        found: dict[str, d.Kpi] = {}
        named = {row.text("part"): row for row in self.rows("kpis")}
        for row in self.rows("kpis"):
            if named[row.text("part")].number != row.number:
                row.fault("twice", "part", _("This KPI stands twice."))
        uids = dict.fromkeys([*named, *belongings.uids])
        for uid in uids:
            row = named.get(uid) or Row(BY_ID["kpis"], {"part": uid}, 0, self.findings)
            found[uid] = self._kpi(row, belongings)
        return found

    def _kpi(self, row: Row, belongings: _Belongings) -> d.Kpi:
        uid = row.text("part")
        kpi = d.Kpi(
            kind=row.text("kind"),
            direction=row.text("direction"),
            low=row.number_or_none("low"),
            high=row.number_or_none("high"),
            unit=row.words("unit"),
            responsible=row.list("responsible"),
            category=row.text("category"),
            frequency=row.text("frequency") or "A",
            breakdowns=row.list("breakdowns"),
            why_incomplete=row.words("why_incomplete"),
            proxy_for=row.words("proxy_for"),
            proxy_by=row.words("proxy_by"),
            formula=row.text("formula"),
            expected_since=row.period("expected_since"),
            aggregation=_aggregation(row),
            assessment=_assessment(row),
            aims=tuple(belongings.aims.get(uid, ())),
            bindings=tuple(belongings.bindings.get(uid, ())),
            breaks=tuple(belongings.breaks.get(uid, ())),
            stages=tuple(belongings.stages.get(uid, ())),
            comparability=tuple(belongings.comparability.get(uid, ())),
        )
        _check_kpi(row, kpi)
        return kpi


def _check_kpi(row: Row, kpi: d.Kpi) -> None:
    if kpi.direction == "keep_within" and (kpi.low is None or kpi.high is None or kpi.low > kpi.high):
        row.fault("limits_missing", "low", _("keep_within needs a lower and an upper limit."))
    if (kpi.kind == "proxy" or kpi.proxy_for) and not kpi.proxy_by:
        row.fault("proxy_by_missing", "proxy_by:en", _("A proxy says who decided on it."))
    if not kpi.formula:
        return
    try:
        names = formulas.names_of(kpi.formula)
    except formulas.FormulaRefused as refused:
        row.fault("not_a_formula", "formula", str(refused), _("Use numbers, names of series, + - * / and brackets."))
        return
    unbound = sorted(names - {binding.name for binding in kpi.bindings})
    if unbound:
        row.fault("unbound_name", "formula", _("No series is called %(name)s.") % {"name": unbound[0]})


def _aggregation(row: Row) -> d.Aggregation:
    rule = row.text("aggregate") or "none"
    condition = row.text("condition")
    if (rule == "count") != bool(condition) or (condition and not CONDITION.fullmatch(condition)):
        row.fault("not_a_condition", "condition", _("count, and only count, needs a condition."), _("Write >= 50."))
    return d.Aggregation(
        rule=rule,
        condition=condition,
        least_count_share=row.share("least_count_share"),
        least_weight_share=row.share("least_weight_share"),
        near=row.share("near", 0.1) or 0.0,
        carry_forward=row.whole("carry_forward", 0),
        interpolate=row.whole("interpolate", 0),
    )


def _assessment(row: Row) -> d.Assessment:
    thresholds = []
    for word in row.list("thresholds"):
        if not NUMBER.fullmatch(word):
            row.fault("not_a_number", "thresholds", _("This is no list of numbers."), _("Write 0.95; 0.6; 0."))
            break
        thresholds.append(float(word))
    if thresholds and (len(thresholds) != 3 or sorted(thresholds, reverse=True) != thresholds):
        row.fault("not_thresholds", "thresholds", _("Three numbers are needed, from the best class down."))
    return d.Assessment(row.text("method"), tuple(thresholds), row.whole("oldest", 5), row.text("error_attribute"))


class _Belongings:
    """What hangs on KPIs, by uid."""

    def __init__(self, reader: _Reader) -> None:
        self.aims: dict[str, list[d.Aim]] = {}
        self.bindings: dict[str, list[d.Binding]] = {}
        self.breaks: dict[str, list[d.Break]] = {}
        self.stages: dict[str, list[d.Stage]] = {}
        self.comparability: dict[str, list[d.Comparability]] = {}
        for row in reader.rows("aims"):
            self._aim(row)
        for row in reader.rows("series"):
            self.bindings.setdefault(row.text("part"), []).append(_binding(row))
        for row in reader.rows("breaks"):
            made = d.Break(row.period("period") or 0, row.text("kind"), row.words("note"), row.text("source"))
            self.breaks.setdefault(row.text("part"), []).append(made)
        for row in reader.rows("stages"):
            stage = d.Stage(row.number_or_none("value") or 0.0, row.words("name"))
            self.stages.setdefault(row.text("part"), []).append(stage)
        for row in reader.rows("comparability"):
            said = d.Comparability(
                row.text("body"), row.text("state"), row.date("date"), row.words("reservation"), row.text("source")
            )
            self.comparability.setdefault(row.text("part"), []).append(said)

    def _aim(self, row: Row) -> None:
        period, value = row.period("period"), row.number_or_none("value")
        if period is None or value is None:
            return
        there = self.aims.setdefault(row.text("part"), [])
        aim = d.Aim(
            kind=row.text("kind"),
            area=row.text("area"),
            period=period,
            value=value,
            text=row.words("text"),
            certainty=row.text("certainty"),
            source=row.text("source"),
        )
        single = [one for one in there if (one.kind, one.area) == (aim.kind, aim.area) and aim.kind != "milestone"]
        if single or any((one.kind, one.area, one.period) == (aim.kind, aim.area, aim.period) for one in there):
            row.fault("twice", "kind", _("This area has such a line already."), _("One baseline and one target each."))
        there.append(aim)

    @property
    def uids(self) -> list[str]:
        """Every uid that something hangs on."""
        return [uid for one in (self.aims, self.bindings, self.breaks, self.stages, self.comparability) for uid in one]


def _binding(row: Row) -> d.Binding:
    pairs = []
    for word in row.list("key"):
        dimension, equals, code = (piece.strip() for piece in word.partition("="))
        if not (dimension and equals and code):
            row.fault("not_a_key", "key", _("This is no key."), _("Write DIMENSION=CODE, several with semicolons."))
        pairs.append((dimension, code))
    name = row.text("name") or d.VALUE
    if not formulas.NAME.fullmatch(name):
        row.fault("not_a_name", "name", _("This is no name."), _("Use small letters, as in a, value or weight."))
    return d.Binding(
        name=name,
        order=row.whole("order", 1),
        dataflow=row.text("dataflow"),
        key=tuple(pairs),
        areas=row.list("areas"),
        first_period=row.period("from"),
        last_period=row.period("to"),
        breakdown=row.text("breakdown"),
        chosen_by=row.words("chosen_by"),
        note=row.words("note"),
    )


def _in_reading_order(parts: Sequence[d.Part]) -> tuple[d.Part, ...]:
    """Each part before what hangs under it, siblings in the order of the file."""
    children: dict[str, list[d.Part]] = {}
    for part in parts:
        children.setdefault(part.under, []).append(part)
    ordered: list[d.Part] = []
    waiting = list(reversed(children.get("", [])))
    while waiting:
        part = waiting.pop()
        ordered.append(part)
        waiting += reversed(children.get(part.uid, []))
    return tuple(ordered)
