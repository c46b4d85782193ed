"""Every address by every role, and by nobody: a new address without a row here fails."""

from __future__ import annotations

import pytest
from django.test import Client

from shangdun.actions.change_source import do_add_source
from shangdun.actions.comment_on_incident import do_comment_on_incident
from shangdun.kernel.config import SourceConfig
from shangdun.records.actor import SETUP
from shangdun.records.models import Incident, IncidentEntity, LedgerEntry

from .addresses import arguments, names, path_of
from .parts import for_anybody, merged
from .who import (
    ADMIN,
    ALL,
    AUDITOR,
    EMPLOYEE,
    GROUPS,
    HANDLES,
    LEADERSHIP,
    OVERSEES,
    SEARCHES,
    SEES_DECISIONS,
    SEES_EVENTS,
    STAFF,
    TECHNICAL,
)

EXPECTED = {
    # name: (method, who gets in)
    "overview": ("get", ALL),
    "overview_now": ("get", STAFF),
    "overview_findings": ("get", SEES_EVENTS),
    "overview_watching": ("get", SEES_EVENTS),
    "overview_rate": ("get", SEES_EVENTS),
    "overview_severity": ("get", SEES_EVENTS),
    "findings": ("get", SEES_EVENTS),
    "findings_rows": ("get", SEES_EVENTS),
    "finding": ("get", SEES_EVENTS),
    "finding_judge": ("post", HANDLES),
    "suppressions": ("get", SEES_EVENTS),
    "suppression_add": ("get", HANDLES | {ADMIN}),
    "suppression_end": ("post", HANDLES | {ADMIN}),
    "decisions": ("get", SEES_DECISIONS),
    "decision": ("get", SEES_DECISIONS),
    "decision_add": ("get", HANDLES),
    "decision_simulation": ("get", HANDLES),
    "decision_simulated": ("get", set()),  # nobody may see another person's simulation
    "decision_undo": ("post", HANDLES),
    "decision_confirm": ("post", HANDLES),
    "decision_refuse": ("post", HANDLES),
    "decisions_many": ("post", HANDLES),
    "never_block": ("get", SEES_DECISIONS),
    "never_block_add": ("post", HANDLES | {ADMIN}),
    "never_block_remove": ("post", HANDLES | {ADMIN}),
    "sale_events": ("get", SEES_EVENTS),
    "sale_event_announce": ("get", {LEADERSHIP, ADMIN}),
    "sale_event_cancel": ("post", {LEADERSHIP, ADMIN}),
    "entities": ("get", SEES_EVENTS),
    "entity": ("get", SEES_EVENTS),
    "entity_risk": ("get", SEES_EVENTS),
    "overview_reduction": ("get", SEES_EVENTS),
    "overview_risk": ("get", SEES_EVENTS),
    "incident_steps": ("get", SEES_EVENTS),
    "incident_merge": ("post", HANDLES),
    "rule_verdicts": ("get", SEES_EVENTS),
    "rule_filter": ("post", {ADMIN}),
    "rule_filter_undo": ("post", set()),  # there is none to undo
    "search": ("get", SEARCHES),
    "search_fields": ("get", SEARCHES),
    "search_results": ("get", set()),  # nobody may see another person's search
    "search_bars": ("get", set()),
    "search_cancel": ("post", set()),
    "search_save": ("post", {TECHNICAL}),
    "search_forget": ("post", {TECHNICAL}),  # whose own it is
    "search_export": ("post", SEARCHES),
    "search_exported": ("get", set()),
    "search_export_state": ("get", set()),
    "search_file": ("get", set()),
    "proofs": ("get", SEES_EVENTS),
    "proof": ("get", SEES_EVENTS),
    "proof_state": ("get", SEES_EVENTS),
    "enforcers": ("get", SEES_EVENTS),
    "enforcers_rows": ("get", SEES_EVENTS),
    "enforcer": ("get", SEES_EVENTS),
    "enforcer_live": ("get", SEES_EVENTS),
    "enforcer_add": ("get", {ADMIN}),
    "enforcer_key": ("post", {ADMIN}),
    "enforcer_remove": ("post", {ADMIN}),
    "hunts": ("get", SEARCHES),
    "hunt": ("get", SEARCHES),
    "hunt_state": ("get", SEARCHES),
    "hunt_cancel": ("post", {TECHNICAL}),
    "incidents": ("get", ALL),
    "incident": ("get", ALL),  # the employee's own report
    "incident_story": ("get", ALL),
    "incident_take": ("post", {TECHNICAL}),
    "incident_assign": ("post", HANDLES),
    "incident_comment": ("post", GROUPS),
    "incident_move": ("post", HANDLES),
    "incident_close": ("post", HANDLES),
    "report": ("get", ALL - {AUDITOR}),
    "sources": ("get", SEES_EVENTS),
    "sources_rows": ("get", SEES_EVENTS),
    "source": ("get", SEES_EVENTS),
    "source_live": ("get", SEES_EVENTS),
    "source_add": ("get", {ADMIN}),
    "source_token": ("post", {ADMIN}),
    "source_switch": ("post", {ADMIN}),
    "source_remove": ("post", {ADMIN}),
    "rules": ("get", SEES_EVENTS),
    "rule": ("get", SEES_EVENTS),
    "rule_switch": ("post", {ADMIN}),
    "rule_new": ("get", {ADMIN}),
    "rule_edit": ("get", {ADMIN}),
    "rule_history": ("get", SEES_EVENTS),
    "rule_revert": ("post", {ADMIN}),
    "rule_remove": ("post", {ADMIN}),
    "rule_trial": ("get", set()),  # it is its author's alone
    "rule_coverage": ("get", SEES_EVENTS),
    "rule_log_sources": ("get", SEES_EVENTS),
    "rule_lists": ("get", SEES_EVENTS),
    "rule_list_add": ("post", {ADMIN}),
    "rule_list_remove": ("post", {ADMIN}),
    "rule_imports": ("get", SEES_EVENTS),
    "rule_import": ("get", SEES_EVENTS),
    "rule_import_upload": ("post", {ADMIN}),
    "rule_import_decide": ("post", {ADMIN}),
    "health": ("get", SEES_EVENTS),
    "health_now": ("get", SEES_EVENTS),
    "health_routes": ("get", SEES_EVENTS),
    "health_route_chart": ("get", SEES_EVENTS),
    "health_hosts": ("get", SEES_EVENTS),
    "health_host_chart": ("get", SEES_EVENTS),
    "probe": ("get", SEES_EVENTS),
    "probe_live": ("get", SEES_EVENTS),
    "probe_chart": ("get", SEES_EVENTS),
    "probe_add": ("get", {ADMIN}),
    "probe_edit": ("get", {ADMIN}),
    "probe_switch": ("post", {ADMIN}),
    "probe_remove": ("post", {ADMIN}),
    "metrics": ("get", ALL),  # from this machine
    "ledger": ("get", OVERSEES),
    "ledger_check": ("post", OVERSEES),
    "settings": ("get", ALL),
    "system": ("get", OVERSEES),
    "people": ("get", OVERSEES),
    "person": ("get", OVERSEES),
    "person_switch": ("post", {ADMIN}),
    "person_reset": ("post", {ADMIN}),
    "set_language": ("post", ALL),
    "set_theme": ("post", ALL),
    "account_login": ("get", ALL),
    "account_logout": ("get", ALL),
    "account_inactive": ("get", ALL),
    "account_reauthenticate": ("get", ALL),
    "account_change_password": ("get", ALL),
    "mfa_index": ("get", ALL),
    "mfa_authenticate": ("get", ALL),
    "mfa_reauthenticate": ("get", ALL),
    "mfa_activate_totp": ("get", ALL),
    "mfa_deactivate_totp": ("get", set()),  # there is none to switch off
    "mfa_list_webauthn": ("get", ALL),
    "mfa_add_webauthn": ("get", ALL),
    "mfa_reauthenticate_webauthn": ("get", ALL),
    "mfa_remove_webauthn": ("get", ALL),  # asks for the password before it looks for the key
    "mfa_edit_webauthn": ("get", ALL),
    "mfa_login_webauthn": ("get", ALL),
    "mfa_view_recovery_codes": ("get", set()),  # there are none
    "mfa_generate_recovery_codes": ("get", ALL),
    "mfa_download_recovery_codes": ("get", set()),
    "api_docs": ("get", ALL),
    "api:openapi-json": ("get", ALL),
    "api:api-root": ("get", set()),
    "api:findings": ("get", SEES_EVENTS),
    "api:finding": ("get", SEES_EVENTS),
    "api:steps": ("get", SEES_EVENTS),
    "api:entities": ("get", SEES_EVENTS),
    "api:suppressions": ("get", SEES_EVENTS),
    "api:reduction": ("get", SEES_EVENTS),
    "api:incidents": ("get", ALL),
    "api:incident": ("get", ALL),
    "api:guard_feed": ("get", set()),  # a session opens no feed, a key does
    "bouncer_decisions": ("get", set()),  # as above
    "bouncer_stream": ("get", set()),  # as above
    "bouncer_metrics": ("post", set()),  # as above
    "bouncer_unknown": ("get", set()),  # nothing is there
    "api:ingest": ("post", set()),  # a session opens no source, a token does
    "api:otlp_logs": ("post", set()),
    "api:push_otlp_metrics": ("post", set()),
    "healthz": ("get", ALL),
} | merged("EXPECTED")
FOR_ANYBODY = {
    "account_login", "account_logout", "account_inactive", "healthz", "mfa_authenticate",
    "mfa_login_webauthn", "set_language", "set_theme", "api:openapi-json", "metrics",
} | for_anybody()  # fmt: skip
IN = {200, 204, 302, 400, 422}
"""400: an API was reached, and what was sent is not what it asks for."""
OUT = {401, 403, 404}


@pytest.fixture
def filled(shop):
    do_add_source(SETUP, SourceConfig(name="shop-push", format="shop", http=True))
    return arguments()


def test_every_address_has_an_expectation():
    assert names() == sorted(EXPECTED)


@pytest.mark.parametrize("role", sorted(ALL))
def test_by_role(role, filled, shop, client_of):
    client = client_of(shop[role])
    wrong = []
    for name, (method, who) in EXPECTED.items():
        if name == "account_logout":
            continue
        response = getattr(client, method)(path_of(name, filled))
        if response.streaming:  # its files stay open until it was read
            b"".join(response.streaming_content)
        if held := getattr(response, "file_to_stream", None):
            held.close()  # closing the response would close the test's database as well
        gate = "/accounts/login" in response.headers.get("Location", "") and name not in {
            "mfa_authenticate",
            "mfa_login_webauthn",
        }
        let_in = response.status_code in IN and not gate
        if let_in is not (role in who) or response.status_code not in IN | OUT:
            wrong.append((name, response.status_code))
    assert not wrong


def test_by_nobody(filled):
    wrong = []
    for name, (method, _) in EXPECTED.items():
        response = getattr(Client(), method)(path_of(name, filled))
        to_login = (
            response.status_code == 302 and "/accounts/login/" in response.headers["Location"]
        )
        kept_out = to_login or response.status_code in OUT
        if kept_out is (name in FOR_ANYBODY) and name not in {
            "account_logout",
            "mfa_authenticate",
            "mfa_login_webauthn",
        }:
            wrong.append((name, response.status_code))
    assert not wrong


def test_an_employee_sees_only_own_reports(shop, client_of):
    other = Incident.objects.filter(reporter=None).first()
    client = client_of(shop[EMPLOYEE])
    assert client.get(f"/incidents/{other.number}/").status_code == 404
    listed = client.get("/incidents/?show=all").content.decode()
    assert "顾客来电" in listed
    assert other.title not in listed


def test_who_only_reported_sees_nothing_of_the_response(shop, client_of):
    """An insider reports what he did himself, to read along."""
    own = Incident.objects.filter(reporter=shop[EMPLOYEE]).first()
    do_comment_on_incident(shop[TECHNICAL], incident_id=own.pk, text="we suspect a colleague")
    IncidentEntity.objects.create(
        incident=own,
        kind="address",
        value="203.0.113.99",
        first_time=own.occurred_at,
        last_time=own.occurred_at,
    )
    client = client_of(shop[EMPLOYEE])
    for path in (f"/incidents/{own.number}/", f"/incidents/{own.number}/story/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "suspect" not in page.content.decode()
        assert "203.0.113.99" not in page.content.decode()
        assert "suspect" in client_of(shop[TECHNICAL]).get(path).content.decode()


def test_nobody_gets_further_than_the_own_report_by_having_reported_it(shop, filled, client_of):
    own = Incident.objects.filter(reporter=shop[EMPLOYEE]).first()
    client = client_of(shop[EMPLOYEE])
    inner = [name for name in EXPECTED if name.startswith("incident_") and name != "incident_story"]
    assert len(inner) > 90
    let_in = {}
    for name in inner:
        address = {name: {**filled.get(name, {}), "number": own.number}}
        method = EXPECTED[name][0]
        status = getattr(client, method)(path_of(name, address)).status_code
        if status not in OUT:
            let_in[name] = status
    assert not let_in


def test_a_person_who_is_switched_off_is_out(shop, client_of):
    user = shop[TECHNICAL]
    client = client_of(user)
    assert client.get("/findings/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/findings/").status_code == 302


def test_reading_does_not_write(shop, client_of):
    """A page that is only read changes nothing that the ledger would know."""
    client = client_of(shop["everybody"])
    before = LedgerEntry.objects.count()
    filled = {"finding": 1}
    numbered = {
        "incident": {"number": 1},
        "decision": {"decision_id": 1},
        "decision_simulated": {"token": "0" * 32},
        "proof": {"proof_id": 1},
        "proof_state": {"proof_id": 1},
    }
    for name, (method, _) in EXPECTED.items():
        if (
            method == "get"
            and name not in {*filled, *merged("EXPECTED")}
            and not name.startswith(
                (
                    "account",
                    "mfa",
                    "api:",
                    "bouncer",
                    "enforcer",
                    "source",
                    "person",
                    "incident_",
                    "rule",
                    "finding",
                    "probe",
                    "search_",
                    "hunt_",
                    "hunt",
                )
            )
        ):
            client.get(path_of(name, numbered))
    assert LedgerEntry.objects.count() == before
