"""Addresses of metadata in SDMX REST 2. They come before the others: structure queries name their kind in the path."""

from django.urls import URLPattern, re_path

from adme.sdmx import metadata_views

_PART = r"[^/]+"
patterns: list[URLPattern] = [
    re_path(
        rf"^v2/metadata/metadataset(?:/(?P<provider>{_PART}))?(?:/(?P<artefact>{_PART}))?(?:/(?P<version>{_PART}))?/?$",
        metadata_views.metadata_sets_by_id,
        name="metadata-set",
    ),
    re_path(
        rf"^v2/metadata/metadataflow(?:/(?P<agency>{_PART}))?(?:/(?P<artefact>{_PART}))?"
        rf"(?:/(?P<version>{_PART}))?(?:/(?P<provider>{_PART}))?/?$",
        metadata_views.metadata_sets_by_flow,
        name="metadata-by-flow",
    ),
    re_path(
        rf"^v2/metadata/structure/(?P<kind>{_PART})(?:/(?P<agency>{_PART}))?(?:/(?P<artefact>{_PART}))?"
        rf"(?:/(?P<version>{_PART}))?/?$",
        metadata_views.metadata_sets_by_structure,
        name="metadata-by-structure",
    ),
    re_path(
        rf"^v2/structure/(?P<kind>metadatastructure|metadataflow)(?:/(?P<agency>{_PART}))?(?:/(?P<artefact>{_PART}))?"
        rf"(?:/(?P<version>{_PART}))?/?$",
        metadata_views.metadata_structure,
        name="metadata-structure",
    ),
]
