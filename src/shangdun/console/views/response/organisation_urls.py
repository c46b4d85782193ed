"""Addresses of the organisation: chart, posts, people, rotas, calendars."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.response import organisation, people, rotas

ROTA = "organisation/rota/<str:group>/"

urlpatterns: list[URLPattern] = [
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/asking/", organisation.asking, name="organisation_asking"),
    path("organisation/posts/add/", organisation.post_add, name="organisation_post_add"),
    path("organisation/posts/<int:post_id>/", organisation.post, name="organisation_post"),
    path(
        "organisation/posts/<int:post_id>/remove/",
        organisation.post_remove,
        name="organisation_post_remove",
    ),
    path("organisation/people/<int:person_id>/", people.member, name="organisation_member"),
    path(
        "organisation/people/<int:person_id>/contacts/",
        people.contacts_keep,
        name="organisation_contacts",
    ),
    path(
        "organisation/people/<int:person_id>/absences/",
        people.absence_add,
        name="organisation_absence_add",
    ),
    path(
        "organisation/people/<int:person_id>/absences/<int:absence_id>/remove/",
        people.absence_remove,
        name="organisation_absence_remove",
    ),
    path(f"{ROTA}", rotas.rota, name="organisation_rota"),
    path(f"{ROTA}set/", rotas.rota_set, name="organisation_rota_set"),
    path(f"{ROTA}remove/", rotas.rota_remove, name="organisation_rota_remove"),
    path(f"{ROTA}covers/", rotas.cover_add, name="organisation_cover_add"),
    path(
        f"{ROTA}covers/<int:cover_id>/remove/",
        rotas.cover_remove,
        name="organisation_cover_remove",
    ),
    path(f"{ROTA}calendar/", rotas.calendar_file, name="organisation_calendar"),
    path(f"{ROTA}calendar/add/", rotas.calendar_issue, name="organisation_calendar_issue"),
    path(
        f"{ROTA}calendar/<int:key_id>/revoke/",
        rotas.calendar_revoke,
        name="organisation_calendar_revoke",
    ),
    path("calendar/<str:token>.ics", rotas.calendar_by_token, name="calendar_by_token"),
]
