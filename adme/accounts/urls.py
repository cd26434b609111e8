"""Addresses of this room, under /account/."""

from django.urls import path

from adme.accounts.views import people, session, trail

app_name = "accounts"
urlpatterns = [
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("forgotten/", session.forgotten, name="forgotten"),
    path("choose-password/<str:key>/", session.choose_password, name="choose-password"),
    path("me/", session.me, name="me"),
    path("me/password/", session.change_password, name="change-password"),
    path("me/language/", session.choose_language, name="choose-language"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new-person"),
    path("people/of/<str:username>/", people.person, name="person"),
    path("people/of/<str:username>/roles/", people.grant_role, name="grant-role"),
    path("people/of/<str:username>/roles/<int:grant>/revoke/", people.revoke_role, name="revoke-role"),
    path("people/of/<str:username>/disable/", people.disable, name="disable-person"),
    path("people/of/<str:username>/enable/", people.enable, name="enable-person"),
    path("people/of/<str:username>/invite/", people.invite, name="invite-person"),
    path("organisations/", people.organisations, name="organisations"),
    path("audit/", trail.audit, name="audit"),
    path("audit/entries.csv", trail.audit_csv, name="audit-csv"),
]
