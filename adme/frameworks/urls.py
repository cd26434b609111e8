"""Addresses of the editors' pages, under /work/frameworks/. Public pages are the portal's."""

from django.urls import path

from adme.frameworks.views import desk, draft, judging

app_name = "frameworks"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("template.xlsx", desk.template, name="template"),
    path("drafts/<uuid:edition_id>/", draft.draft, name="draft"),
    path("drafts/<uuid:edition_id>/framework.<slug:kind>", draft.draft_file, name="draft-file"),
    path("drafts/<uuid:edition_id>/parts/new/", draft.new_part, name="new-part"),
    path("drafts/<uuid:edition_id>/parts/<slug:uid>/", draft.part, name="draft-part"),
    path("drafts/<uuid:edition_id>/parts/<slug:uid>/place/", draft.place, name="place-part"),
    path("drafts/<uuid:edition_id>/approve/", draft.approve, name="approve"),
    path("drafts/<uuid:edition_id>/discard/", draft.discard, name="discard"),
    path("<slug:slug>/open-draft/", desk.open_draft, name="open-draft"),
    path("<slug:slug>/judgements/", judging.judgements, name="judgements"),
    path("<slug:slug>/judgements/override/", judging.override, name="override"),
    path("<slug:slug>/judgements/consent/", judging.consent, name="consent"),
    path("<slug:slug>/judgements/link/", judging.link, name="link"),
    path("<slug:slug>/judgements/<slug:kind>/<int:judgement_id>/withdraw/", judging.withdraw, name="withdraw"),
]
