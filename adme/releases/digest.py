"""Fingerprints of everything published, and the check that the store is what it claims to be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl
from django.conf import settings

from adme.observations import columns, soundness
from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.releases import frozen_store, queries
from adme.releases.models import FrozenFile, ReleasePart
from adme.structures.models import Dataflow
from adme.structures.queries import first_references

__all__ = ["digest", "verify_store"]

CONTENT = ("key", "period", "value", "decimals", "qualifier", "obs_status", "conf_status", "content")


def digest(as_of: queries.AsOf = None) -> str:
    """SHA-256 over all public cells at an instant, in order of dataflow, key and period; needs memory for one piece.

    The same for the same public content on every database, whatever ids it happens to have. When it became public,
    and through which release, is not part of it; a new version of a dataflow
    changes no figure, so each goes by its first.
    """
    fingerprint = hashlib.sha256()
    instant = queries.instant_of(as_of)
    flows = Dataflow.objects.select_related("data_structure")
    named = first_references()
    for dataflow in sorted(flows, key=lambda flow: named[flow.pk]):
        fingerprint.update(f"{named[dataflow.pk]}\n".encode())
        for frame in queries.select(dataflow, as_of=instant).stored_frames():
            texts = _with_content(frame).select(CONTENT)
            fingerprint.update(texts.write_csv(include_header=False).encode())
    return fingerprint.hexdigest()


def _with_content(frame: pl.DataFrame) -> pl.DataFrame:
    ids = frame["attributes_id"].unique()
    where, parameters = columns.among("id", ids.filter(ids != 0).to_list())
    schema: columns.Schema = {"attributes_id": pl.Int64, "content": pl.String}
    contents = columns.read(f"SELECT id, content FROM {ATTRIBUTE_SET} WHERE {where}", parameters, schema)
    return frame.join(contents, on="attributes_id", how="left", maintain_order="left")


def verify_store() -> Iterator[str]:
    """Every fault of store, releases and frozen files, in plain words, one by one. Nothing when all is sound."""
    yield from soundness.faults()
    yield from _releases_without_deliveries()
    yield from _files()


def _releases_without_deliveries() -> Iterator[str]:
    """A release and its deliveries must say the same of when they are public."""
    parts = ReleasePart.objects.select_related("release", "delivery")
    for part in parts:
        release, delivery = part.release, part.delivery
        gone = release.cancelled_at is not None or release.concealed
        if gone:
            continue
        if delivery.instant != release.instant:
            yield f"Release {release.pk} says {release.instant}, its delivery {delivery.pk} {delivery.instant}."
        ended = release.withdrawn_instant
        if ended is not None and delivery.withdrawn_instant != ended:
            yield f"Release {release.pk} was withdrawn at {ended}, its delivery {delivery.pk} was not."


def _files() -> Iterator[str]:
    for row in FrozenFile.objects.all():
        try:
            digest = frozen_store.digest_of(settings.FROZEN_DIR / row.file)
        except FileNotFoundError:
            if FrozenFile.objects.filter(pk=row.pk, file=row.file).exists():  # else withdrawn since we asked
                yield f"Frozen file {row.file} is missing; `adme release-due` makes it anew."
            continue
        if digest != row.digest:
            yield f"Frozen file {row.file} is not what was written."
