"""Findings as the page lists them: what, where, how often, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.collection.models import Finding, Submission
from adme.lib.page import reading

MARKS = {"error": "error", "warning": "warning", "information": "info"}


@dataclass(frozen=True)
class FindingRow:
    """One finding on the page."""

    mark: str
    message: str
    where: str
    remedy: str
    count: int
    count_text: str
    places: list[str]
    more: str
    url: str = ""
    accepted: str = ""
    may_accept: bool = False
    rule: str = ""
    rule_url: str = ""


def finding_rows(findings: Iterable[Finding], submission: Submission, *, may_accept: bool = False) -> list[FindingRow]:
    """The findings in words; `may_accept` says that it is the reader's turn to accept warnings."""
    return [_row(finding, submission, may_accept) for finding in findings]


def _row(finding: Finding, submission: Submission, may_accept: bool) -> FindingRow:
    examples = [one for one in finding.examples if one.get("row") is not None or one.get("key")]
    left = finding.count - len(examples) if examples else 0
    more = ngettext("and %s more", "and %s more", left) % reading.number(left) if left > 0 else ""
    return FindingRow(
        mark=MARKS[finding.severity],
        message=finding.message,
        where=_where(finding, examples, submission),
        remedy=finding.remedy,
        count=finding.count,
        count_text=reading.number(finding.count),
        places=[_place(one, finding) for one in examples] if finding.count > 1 else [],
        more=more,
        url=_address(finding, submission),
        accepted=_accepted_words(finding),
        may_accept=may_accept and finding.acceptable and finding.open > 0,
        rule=finding.rule,
        # Built-in checks have a point in their name, and no page.
        rule_url="" if "." in finding.rule else reverse("collection:rule", args=[finding.rule]),
    )


def _address(finding: Finding, submission: Submission) -> str:
    """The page of a finding whose cells are known."""
    known = finding.group is not None and any(one.get("key") for one in finding.examples)
    return reverse("collection:finding", args=[submission.pk, finding.position]) if known else ""


def _accepted_words(finding: Finding) -> str:
    if not finding.accepted:
        return ""
    if not finding.open:
        return _("all accepted")
    counts = {"accepted": reading.number(finding.accepted), "all": reading.number(finding.count)}
    return _("%(accepted)s of %(all)s accepted") % counts


def _where(finding: Finding, examples: list[dict[str, object]], submission: Submission) -> str:
    """File, sheet, row, column, value: as far as they are known and the same for all."""
    first = examples[0] if examples else {}
    sheets = {str(one.get("sheet") or "") for one in examples}
    parts = [submission.label]
    if len(sheets) == 1 and (sheet := sheets.pop()):
        parts.append(_("sheet “%s”") % sheet)
    about_cells = bool(first.get("key"))
    if finding.count == 1 and first:
        parts.append(_place_words(first))
    elif finding.count > 1 and about_cells:
        parts.append(ngettext("%s figure", "%s figures", finding.count) % reading.number(finding.count))
    elif finding.count > 1 and "dataset" in first:
        words = ngettext("%s observation", "%s observations", finding.count)
        parts.append(words % reading.number(finding.count))
    elif finding.count > 1:
        parts.append(ngettext("%s row", "%s rows", finding.count) % reading.number(finding.count))
    if column := finding.column or str(first.get("column") or ""):
        parts.append(_("column “%s”") % column)
    if value := finding.value or (str(first.get("value") or "") if finding.count == 1 else ""):
        parts.append(_("value “%s”") % value)
    return " · ".join(parts)


def _place_words(example: dict[str, object]) -> str:
    """The row of a table; of a message, the place in its own terms; key and period of a figure that is not in it."""
    if example.get("row") is None:
        return f"{example.get('key', '')} {example.get('period', '')}"
    if "dataset" not in example:
        return _("row %s") % example["row"]
    if not example["series"]:
        return _("data set %(dataset)s, observation %(observation)s") % example
    return _("data set %(dataset)s, series %(series)s, observation %(observation)s") % example


def _place(example: dict[str, object], finding: Finding) -> str:
    parts = [_place_words(example)]
    if example.get("sheet"):
        parts.insert(0, _("sheet “%s”") % example["sheet"])
    if example.get("column") and example["column"] != finding.column:
        parts.append(_("column “%s”") % example["column"])
    if example.get("value") and example["value"] != finding.value:
        parts.append(f"“{example['value']}”")
    if example.get("key") and example.get("detail"):
        parts.append(str(example["detail"]))
    return ", ".join(parts)
