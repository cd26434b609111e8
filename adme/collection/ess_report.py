"""The check of a submission as a validation report of the European Statistical System, in JSON, piece by piece.

The structure is “Design of a generic machine-readable validation report structure”, version 1.0.0 (M. van der Loo and
O. ten Bosch, ESSnet ValiDat Integration, August 2017): one list of objects of two types. Here

- each rule and each built-in check that was run is one *aggregation*: how many figures do not keep it;
- each figure that does not keep one is one *validation* with the value "0".

Figures that keep all rules have no entry of their own: there are as many of them as figures times rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from adme import __version__
from adme.collection.files import DRAFTS
from adme.collection.models import Finding, Submission
from adme.lib import periods

__all__ = ["BUILT_IN", "RULE", "report_of"]

RULE = "ADME validation rule (JSON)"
BUILT_IN = "ADME built-in check"
FAILED = "0"
PIECE = 5_000
"""Entries of one piece of the answer."""


def report_of(submission: Submission) -> Iterator[bytes]:
    """The report in pieces of whole entries, from what the latest check kept. DraftAltered at once."""
    findings = list(submission.findings.all())
    frames = DRAFTS.frames(submission.found_digest) if submission.found_digest else iter(())
    return _pieces(submission, findings, frames)


def _pieces(submission: Submission, findings: list[Finding], frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    event = {
        "time": submission.checked_at.isoformat(timespec="seconds") if submission.checked_at else "",
        "actor": submission.prepared_by.username,
        "agent": f"ADME {__version__}",
        "trigger": f"submission {submission.pk}",
    }
    data = [submission.dataflow.reference, submission.label]
    first = [
        _aggregation(number, told, event, data) for number, told in enumerate(_told(submission, findings), start=1)
    ]
    yield ("[" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in first)).encode()
    before = bool(first)
    rules = {told["name"]: told for told in submission.rules_run}
    number = 0
    # Findings without a file of cells (what is wrong with a row's texts) are told by their examples.
    for entry in _of_texts(findings, event, data):
        yield (",\n" if before else "").encode() + json.dumps(entry, ensure_ascii=False).encode()
        before = True
    for frame in frames:
        for piece in frame.iter_slices(PIECE):
            entries = _validations(piece, number, rules, findings, event, submission.dataflow.reference)
            yield (",\n" if before else "").encode() + ",\n".join(entries).encode()
            number, before = number + len(piece), True
    yield b"]\n"


def _told(submission: Submission, findings: list[Finding]) -> Iterator[dict[str, Any]]:
    """Rules as they were at the check, then the built-in checks that found something."""
    yield from ({**told, "language": RULE} for told in submission.rules_run)
    known = {told["name"] for told in submission.rules_run}
    for finding in findings:
        if finding.rule not in known:
            yield {
                "name": finding.rule,
                "language": BUILT_IN,
                "expression": finding.rule,
                "description": finding.message,
                "broken": finding.count,
            }


def _aggregation(number: int, told: dict[str, Any], event: dict[str, str], data: list[str]) -> dict[str, Any]:
    looked = f" of {told['looked']} that were looked at" if "looked" in told else ""
    return {
        "id": f"aggregation-{number}",
        "type": "aggregation",
        "event": event,
        "aggregate": {
            "language": told["language"],
            "expression": told["expression"],
            "description": f"{told['name']}: figures that do not keep it{looked}. {told['description']}",
        },
        "data": {"source": data, "target": data, "description": "dataflow and file"},
        "value": str(told["broken"]),
    }


def _of_texts(findings: list[Finding], event: dict[str, str], data: list[str]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if finding.group is not None and any(example.get("key") for example in finding.examples):
            continue
        for number, example in enumerate(finding.examples or [{}], start=1):
            place = [str(example[name]) for name in ("sheet", "row", "column") if example.get(name)]
            yield {
                "id": f"finding-{finding.position}-{number}",
                "type": "validation",
                "event": event,
                "rule": {
                    "language": BUILT_IN,
                    "expression": finding.rule,
                    "severity": finding.severity,
                    "description": finding.message,
                },
                "data": {
                    "source": [*data, *place],
                    "target": [*data, *place],
                    "description": "file, sheet, row, column",
                },
                "value": FAILED,
            }


def _validations(
    piece: pl.DataFrame,
    number: int,
    rules: dict[str, dict[str, Any]],
    findings: list[Finding],
    event: dict[str, str],
    reference: str,
) -> list[str]:
    """An entry for each cell, made column by column."""
    said = {finding.rule: finding.message for finding in findings}
    expressions = {name: rules[name]["expression"] if name in rules else name for name in piece["rule"].unique()}
    languages = {name: RULE if name in rules else BUILT_IN for name in expressions}
    descriptions = {name: rules[name]["description"] if name in rules else said.get(name, "") for name in expressions}
    cell = pl.concat_list(pl.lit(reference), pl.col("key"), periods.label_expr(pl.col("period")))
    detail = pl.concat_str(
        pl.col("value"),
        pl.when(pl.col("detail") != "").then(pl.col("detail")),
        pl.when(pl.col("row").is_not_null()).then(pl.concat_str(pl.lit("row "), pl.col("row"))),
        pl.when("accepted").then(pl.lit("accepted before")),
        separator="; ",
        ignore_nulls=True,
    )
    entry = pl.struct(
        pl.concat_str(pl.lit("validation-"), pl.int_range(number + 1, number + len(piece) + 1).cast(pl.String)).alias(
            "id"
        ),
        pl.lit("validation").alias("type"),
        pl.struct(*(pl.lit(text).alias(name) for name, text in event.items())).alias("event"),
        pl.struct(
            _looked_up("rule", languages).alias("language"),
            _looked_up("rule", expressions).alias("expression"),
            pl.col("severity"),
            _looked_up("rule", descriptions).alias("description"),
        ).alias("rule"),
        pl.struct(cell.alias("source"), cell.alias("target"), detail.alias("description")).alias("data"),
        pl.lit(FAILED).alias("value"),
    )
    return piece.rechunk().select(entry=entry.struct.json_encode())["entry"].to_list()


def _looked_up(column: str, texts: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(list(texts), list(texts.values()), return_dtype=pl.String)
