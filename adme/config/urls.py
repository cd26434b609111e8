"""Every address of the system, by room. Each view declares its policy (``adme.accounts.policy``)."""

from django.urls import include, path

urlpatterns = [
    path("", include("adme.portal.urls")),
    path("account/", include("adme.accounts.urls")),
    path("work/", include("adme.collection.urls")),
    path("sdmx/", include("adme.sdmx.urls")),
    path("", include("adme.releases.urls")),
]
