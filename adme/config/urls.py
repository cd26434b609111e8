"""Every address of the system, by room. Each view declares its policy (``adme.accounts.policy``)."""

from django.urls import include, path

from adme.config import views

handler400 = "adme.accounts.refusals.bad_request"
handler403 = "adme.accounts.refusals.not_allowed"
handler404 = "adme.accounts.refusals.not_found"
handler500 = "adme.accounts.refusals.server_error"

urlpatterns = [
    path("", include("adme.portal.urls")),
    path("account/", include("adme.accounts.urls")),
    path("work/metadata/", include("adme.indicators.urls")),
    path("work/frameworks/", include("adme.frameworks.urls")),
    path("work/structures/", include("adme.registry.urls")),
    path("work/", include("adme.collection.urls")),
    path("api/", include("adme.api.urls")),
    path("", include("adme.api.site_urls")),
    path("sdmx/", include("adme.sdmx.urls")),
    path("", include("adme.releases.urls")),
    path("limits.json", views.limits, name="limits"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
]
