"""Addresses of the public site. Those of docs/reference stay stable; whoever moves one leaves a redirect."""

from django.urls import URLPattern, path, re_path

from adme.frameworks.tables import TABLES
from adme.portal.views import (
    browse,
    countries,
    downloads,
    embeds,
    framework_files,
    framework_links,
    frameworks,
    home,
    indicator,
    listing,
    machines,
    metadata,
    provisional,
    release_calendar,
    table,
    words,
)

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("indicators/", browse.indicators, name="indicators"),
    path("indicators/<slug:slug>/", indicator.indicator, name="indicator"),
    path("indicators/<slug:slug>/kpis/", framework_links.kpis_of_indicator, name="kpis-of-indicator"),
    path("indicators/<slug:slug>/history/", indicator.history_of_value, name="history"),
    path("indicators/<slug:slug>/metadata/", metadata.metadata, name="metadata"),
    re_path(
        r"^indicators/(?P<slug>[-a-zA-Z0-9_]+)/metadata\.(?P<ending>xlsx|docx)$",
        metadata.metadata_file,
        name="metadata-file",
    ),
    path("indicators/<slug:slug>/metadata/history/", metadata.metadata_history, name="metadata-history"),
    path("list-of-indicators/", listing.list_of_indicators, name="list-of-indicators"),
    re_path(
        r"^list-of-indicators/indicators\.(?P<ending>csv|xlsx)$", listing.list_file, name="list-of-indicators-file"
    ),
    re_path(
        r"^indicators/(?P<slug>[-a-zA-Z0-9_]+)/data\.(?P<ending>csv|xlsx|parquet|sdmx\.csv|svg)$",
        downloads.indicator_data,
        name="indicator-data",
    ),
    path("topics/", browse.topics, name="topics"),
    path("search", browse.search, name="search"),
    path("countries/", countries.countries, name="countries"),
    re_path(r"^countries/(?P<iso2>[A-Za-z]{2})/$", countries.country, name="country"),
    re_path(
        r"^countries/(?P<iso2>[A-Z]{2})/frameworks/$",
        framework_links.frameworks_of_country,
        name="frameworks-of-country",
    ),
    path("frameworks/", frameworks.frameworks, name="frameworks"),
    path("frameworks/<slug:slug>/", frameworks.framework, name="framework"),
    path("frameworks/<slug:slug>/provisional/", provisional.provisional_scorecard, name="framework-provisional"),
    path("frameworks/<slug:slug>/scorecard/", frameworks.framework_scorecard, name="framework-scorecard"),
    path("frameworks/<slug:slug>/scorecard/embed/", embeds.whole, name="embed-scorecard"),
    path(
        "frameworks/<slug:slug>/parts/<slug:uid>/indicators/",
        framework_links.indicators_of_kpi,
        name="indicators-of-kpi",
    ),
    path("frameworks/<slug:slug>/parts/<slug:uid>/embed/", embeds.kpi, name="embed-kpi"),
    path("frameworks/<slug:slug>/parts/<slug:uid>/", frameworks.framework_part, name="framework-part"),
    re_path(
        r"^frameworks/(?P<slug>[-a-zA-Z0-9_]+)/countries/(?P<iso2>[A-Z]{2})/$",
        frameworks.framework_country,
        name="framework-country",
    ),
    path("frameworks/<slug:slug>/completeness/", frameworks.framework_completeness, name="framework-completeness"),
    path("frameworks/<slug:slug>/incomplete/", frameworks.framework_incomplete, name="framework-incomplete"),
    path("frameworks/<slug:slug>/changes/", frameworks.framework_changes_since, name="framework-changes"),
    path("frameworks/<slug:slug>/crosswalk/", frameworks.framework_crosswalk, name="framework-crosswalk"),
    re_path(
        rf"^frameworks/(?P<slug>[-a-zA-Z0-9_]+)/(?P<table>framework|{'|'.join(TABLES)})\.(?P<ending>csv|xlsx|json|yaml)$",
        framework_files.framework_file,
        name="framework-file",
    ),
    path("table/", table.table, name="table"),
    re_path(r"^table/data\.(?P<ending>csv|xlsx|parquet|sdmx\.csv)$", downloads.table_data, name="table-data"),
    path("releases/", release_calendar.releases, name="releases"),
    path("releases/feed.atom", release_calendar.feed, name="feed"),
    path("releases/<uuid:release_id>/", release_calendar.release, name="release"),
    path("about/", words.about, name="about"),
    path("licence/", words.licence, name="licence"),
    path("manual/", words.manual, name="manual"),
    path("manual/<path:path>/", words.manual_page, name="manual-page"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("favicon.ico", machines.favicon, name="favicon"),
]
