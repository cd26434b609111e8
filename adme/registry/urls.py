"""Addresses of the desk of structures, under /work/structures/."""

from django.urls import path

from adme.registry.views import artefacts, drafts, items

app_name = "registry"
OF = "<slug:kind>/<str:agency>/<slug:artefact_id>/<str:version>/"
DRAFT = "drafts/<uuid:draft_id>/"
urlpatterns = [
    path("", artefacts.artefacts, name="artefacts"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}texts/", drafts.texts, name="draft-texts"),
    path(f"{DRAFT}new/", items.new_item, name="new-item"),
    path(f"{DRAFT}new-attribute/", items.new_attribute, name="new-attribute"),
    path(f"{DRAFT}items/<str:item_id>/", items.item, name="item"),
    path(f"{DRAFT}items/<str:item_id>/place/", items.place, name="place-item"),
    path(f"{DRAFT}items/<str:item_id>/deprecate/", items.deprecate, name="deprecate-item"),
    path(f"{DRAFT}items/<str:item_id>/take-out/", items.take_out, name="take-out-item"),
    path(f"{DRAFT}items/<str:item_id>/merge/", items.merge, name="merge-item"),
    path(f"{DRAFT}items/<str:item_id>/figures.csv", items.moving, name="move-figures"),
    path(f"{DRAFT}approve/", drafts.approve, name="approve-draft"),
    path(f"{DRAFT}discard/", drafts.discard, name="discard-draft"),
    path(OF, artefacts.artefact, name="artefact"),
    path(f"{OF}new-version/", drafts.new_version, name="new-version"),
    path(f"{OF}<slug:form>/", artefacts.file, name="file"),
]
