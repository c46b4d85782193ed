"""Every address of the console. A new one needs a row in tests/console/test_access.py."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from shangdun.console.api.site import api
from shangdun.console.views import (
    account as preferences,
)
from shangdun.console.views import (
    api_docs,
    findings,
    health,
    incident_steps,
    incidents,
    ledger,
    overview,
    people,
    report,
    rules,
    settings,
    sources,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("overview/now/", overview.now, name="overview_now"),
    path("overview/findings/", overview.findings, name="overview_findings"),
    path("overview/watching/", overview.watching, name="overview_watching"),
    path("overview/rate.json", overview.rate, name="overview_rate"),
    path("overview/severity.json", overview.severity, name="overview_severity"),
    path("findings/", findings.findings, name="findings"),
    path("findings/rows/", findings.rows, name="findings_rows"),
    path("findings/<int:finding_id>/", findings.finding, name="finding"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<int:number>/", incidents.incident, name="incident"),
    path("incidents/<int:number>/story/", incidents.story, name="incident_story"),
    path("incidents/<int:number>/take/", incident_steps.take, name="incident_take"),
    path("incidents/<int:number>/assign/", incident_steps.assign, name="incident_assign"),
    path("incidents/<int:number>/comment/", incident_steps.comment, name="incident_comment"),
    path("incidents/<int:number>/move/", incident_steps.move, name="incident_move"),
    path("incidents/<int:number>/close/", incident_steps.close, name="incident_close"),
    path("report/", report.report, name="report"),
    path("sources/", sources.sources, name="sources"),
    path("sources/rows/", sources.rows, name="sources_rows"),
    path("sources/add/", sources.add, name="source_add"),
    path("sources/<int:source_id>/token/", sources.issue_token, name="source_token"),
    path("sources/<int:source_id>/switch/", sources.switch, name="source_switch"),
    path("sources/<int:source_id>/remove/", sources.remove, name="source_remove"),
    path("sources/of/<str:name>/", sources.source, name="source"),
    path("sources/of/<str:name>/live/", sources.live, name="source_live"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:uid>/", rules.rule, name="rule"),
    path("rules/<str:uid>/switch/", rules.switch, name="rule_switch"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/check/", ledger.check, name="ledger_check"),
    path("settings/", settings.profile, name="settings"),
    path("settings/system/", settings.system, name="system"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/<int:user_id>/", people.person, name="person"),
    path("settings/people/<int:user_id>/switch/", people.switch, name="person_switch"),
    path("settings/people/<int:user_id>/password/", people.reset, name="person_reset"),
    path("preferences/language/", preferences.set_language, name="set_language"),
    path("preferences/theme/", preferences.set_theme, name="set_theme"),
    # Of allauth only what is used here: no sign-up, no mail.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/docs", api_docs.api_docs, name="api_docs"),
    path("api/", api.urls),
    path("healthz", health.healthz, name="healthz"),
]
