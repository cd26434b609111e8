"""Addresses of SDMX REST. Parts at the end of a path may be left out; a slash at the end changes nothing."""

from django.urls import URLPattern, re_path

from adme.sdmx import availability_views, metadata_urls, registration_views, schema_views, structure_views, views

app_name = "sdmx"

_PART = r"[^/]+"
_UNSTRAYED = r"[^/&]+"
_STRAY = r"(?:&(?P<stray>[^/]*))?"
urlpatterns: list[URLPattern] = [
    *metadata_urls.patterns,
    re_path(
        rf"^v2/data(?:/(?P<context>{_UNSTRAYED}))?(?:/(?P<agency>{_UNSTRAYED}))?(?:/(?P<flow>{_UNSTRAYED}))?"
        rf"(?:/(?P<version>{_UNSTRAYED}))?(?:/(?P<key>{_UNSTRAYED}))?{_STRAY}/?$",
        views.data,
        name="data",
    ),
    re_path(
        rf"^v2/availability(?:/(?P<context>{_UNSTRAYED}))?(?:/(?P<agency>{_UNSTRAYED}))?(?:/(?P<flow>{_UNSTRAYED}))?"
        rf"(?:/(?P<version>{_UNSTRAYED}))?(?:/(?P<key>{_UNSTRAYED}))?(?:/(?P<component>{_UNSTRAYED}))?{_STRAY}/?$",
        availability_views.availability,
        name="availability",
    ),
    re_path(
        rf"^v2/structure/(?P<kind>{_PART})(?:/(?P<agency>{_PART}))?(?:/(?P<artefact>{_PART}))?"
        rf"(?:/(?P<version>{_PART}))?(?:/(?P<item>{_PART}))?/?$",
        structure_views.structure,
        name="structure",
    ),
    re_path(
        rf"^v2/schema/(?P<context>{_PART})/(?P<agency>{_PART})/(?P<artefact>{_PART})(?:/(?P<version>{_PART}))?/?$",
        schema_views.schema,
        name="schema",
    ),
    re_path(rf"^v2/registration/id/(?P<name>{_PART})/?$", registration_views.registration, name="registration"),
    re_path(
        rf"^v2/registration/provider(?:/(?P<agency>{_PART}))?(?:/(?P<provider>{_PART}))?/?$",
        registration_views.registrations_by_provider,
        name="registrations-by-provider",
    ),
    re_path(
        rf"^v2/registration(?:/(?P<context>{_PART}))?(?:/(?P<agency>{_PART}))?(?:/(?P<artefact>{_PART}))?"
        rf"(?:/(?P<version>{_PART}))?/?$",
        registration_views.registrations_by_context,
        name="registrations-by-context",
    ),
    re_path(
        rf"^v1/data/(?P<flow>{_UNSTRAYED})(?:/(?P<key>{_UNSTRAYED}))?(?:/(?P<provider>{_UNSTRAYED}))?{_STRAY}/?$",
        views.data_v1,
        name="data-v1",
    ),
    re_path(
        rf"^v1/availableconstraint/(?P<flow>{_UNSTRAYED})(?:/(?P<key>{_UNSTRAYED}))?(?:/(?P<provider>{_UNSTRAYED}))?"
        rf"(?:/(?P<component>{_UNSTRAYED}))?{_STRAY}/?$",
        availability_views.availability_v1,
        name="availability-v1",
    ),
    re_path(
        rf"^v1/schema/(?P<context>{_PART})/(?P<agency>{_PART})/(?P<artefact>{_PART})(?:/(?P<version>{_PART}))?/?$",
        schema_views.schema_v1,
        name="schema-v1",
    ),
    re_path(
        rf"^v1/(?!(?:data|metadata|availableconstraint|schema)(?:/|$))(?P<kind>{_PART})(?:/(?P<agency>{_PART}))?"
        rf"(?:/(?P<artefact>{_PART}))?(?:/(?P<version>{_PART}))?(?:/(?P<item>{_PART}))?/?$",
        structure_views.structure_v1,
        name="structure-v1",
    ),
]
