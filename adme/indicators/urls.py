"""Addresses of the workspace of metadata, under /work/metadata/."""

from django.urls import path, re_path

from adme.indicators.views import breaks, files, reports, structures, versions

app_name = "indicators"
urlpatterns = [
    path("", reports.reports, name="reports"),
    path("bring-in/", files.bring_in, name="bring-in"),
    path("required/", structures.structures, name="structures"),
    path("required/file/", structures.load_file, name="load-structure"),
    path("required/<int:structure_id>/", structures.require_attributes, name="require"),
    path("required/gate/<int:dataflow_id>/", structures.gate, name="gate"),
    path("of/<slug:slug>/", reports.report, name="report"),
    re_path(r"^of/(?P<slug>[-a-zA-Z0-9_]+)/report\.(?P<ending>xlsx|docx)$", files.template, name="template"),
    path("of/<slug:slug>/versions/<int:number>/", versions.version, name="version"),
    path("of/<slug:slug>/versions/<int:number>/approve/", versions.approve_version, name="approve"),
    path("of/<slug:slug>/versions/<int:number>/send-back/", versions.return_version, name="send-back"),
    path("of/<slug:slug>/breaks/", breaks.breaks, name="breaks"),
    path("of/<slug:slug>/breaks/<int:break_id>/approve/", breaks.approve_one, name="approve-break"),
    path("of/<slug:slug>/breaks/<int:break_id>/end/", breaks.end_one, name="end-break"),
]
