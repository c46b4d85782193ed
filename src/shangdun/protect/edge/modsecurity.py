"""ModSecurity's part of the edge: the engine, what shops need excluded, the Core Rule Set.

Each exclusion names its routes, its rules and the fields it is for: an exclusion for everything is
a hole for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.protect.edge.routes import routes_pattern
from shangdun.protect.edge.settings import EdgeConfig

DEBIAN_SETUP = "/etc/modsecurity/crs/crs-setup.conf"
DEBIAN_RULES = "/usr/share/modsecurity-crs/rules/*.conf"
UNICODE_MAP = "/etc/nginx/unicode.mapping"
_FIRST_ID = 9_400_000
"""Of our own rules; the Core Rule Set has 900,000 to 999,999."""
_SECRETS = ("password", "passwd", "password1", "password2", "old_password", "new_password",
            "new_password1", "new_password2", "pwd", "csrfmiddlewaretoken", "csrf_token",
            "_token", "authenticity_token")  # fmt: skip
"""May hold any signs, and are never put into a query, a page or a command as they are."""
_NAMES = ("name", "first_name", "last_name", "company", "address", "address1", "address2", "line1",
          "line2", "line3", "street", "city", "state", "notes", "order_note", "gift_message",
          "message")  # fmt: skip
"""O'Brien, "Unit 4; c/o Ann & Sons", 「谢谢--王」: what people write at the checkout."""
_RETURNS = ("return_url", "notify_url", "redirect_uri", "next", "success_url", "cancel_url",
            "failure_url", "callback", "callback_url")  # fmt: skip
_SIGNATURES = ("sign", "signature", "token", "PaRes", "MD", "cres", "state", "code", "SAMLResponse")
_BODY = ("ARGS", "REQUEST_BODY", "XML:/*")
_COOKIES = ("/^_ga/", "/^_gid/", "/^_fbp/", "/^_gcl/", "/^Hm_l/", "/^cookie_?consent/i",
            "/^optanonconsent/i", "/^mp_/", "/^ajs_/")  # fmt: skip
"""Of measuring and consent tools: they hold JSON and addresses, and the shop never reads them."""


def rules_part(edge: EdgeConfig, folder: str) -> str:
    """The file for ``modsecurity_rules_file``; ``folder`` is private to nginx."""
    return "\n".join(
        [
            *_engine(edge, folder),
            f"Include {DEBIAN_SETUP}",
            *_setup(edge),
            *_before(edge),
            *_own(),
            f"Include {DEBIAN_RULES}",
            *_after(),
            "",
        ]
    )


def _engine(edge: EdgeConfig, folder: str) -> Iterator[str]:
    yield f"SecRuleEngine {'On' if edge.inspect == 'block' else 'DetectionOnly'}"
    yield "SecRequestBodyAccess On"
    yield "SecRequestBodyLimit 13107200"
    yield "SecRequestBodyNoFilesLimit 1048576"
    yield "# A large honest upload is judged as far as it was read, not turned away; nginx's own"
    yield "# client_max_body_size says what is too large."
    yield "SecRequestBodyLimitAction ProcessPartial"
    yield "SecRequestBodyJsonDepthLimit 128"
    yield "SecArgumentsLimit 1000"
    yield "SecResponseBodyAccess Off"
    yield "SecPcreMatchLimit 100000"
    yield "SecPcreMatchLimitRecursion 100000"
    yield f"SecTmpDir {folder}"
    yield f"SecDataDir {folder}"
    yield f"SecUnicodeMapFile {UNICODE_MAP} 20127"
    yield "# It would tell somebody else which versions run here."
    yield "SecStatusEngine Off"
    yield "# Without bodies: they hold passwords and cards. What matched is named in any case."
    yield "SecAuditEngine RelevantOnly"
    yield 'SecAuditLogRelevantStatus "^$"'
    yield "SecAuditLogParts ABFHZ"
    yield "SecAuditLogType Serial"
    yield "SecAuditLogFormat JSON"
    yield f"SecAuditLog {edge.log_folder}/modsecurity.json"
    yield _rule(
        0,
        r'REQUEST_HEADERS:Content-Type "@rx ^application/(?:[a-z0-9.-]+\+)?json"',
        "phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON",
    )
    yield _rule(
        1,
        r'REQUEST_HEADERS:Content-Type "@rx ^(?:application/(?:[a-z0-9.-]+\+)?|text/)xml"',
        "phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML",
    )


def _setup(edge: EdgeConfig) -> Iterator[str]:
    values = {
        "paranoia_level": edge.paranoia,
        "inbound_anomaly_score_threshold": edge.anomaly_threshold,
        "allowed_methods": "GET HEAD POST OPTIONS PUT PATCH DELETE",
    }
    settings = ",".join(f"setvar:'tx.{name}={value}'" for name, value in values.items())
    yield f'SecAction "id:{_FIRST_ID + 10},phase:1,nolog,pass,t:none,{settings}"'


def _before(edge: EdgeConfig) -> Iterator[str]:
    yield "# What shops need excluded, each at its routes."
    number = 20
    for one in edge.classes:
        actions = []
        if one.rich_text:
            actions = ["ctl:ruleRemoveTargetByTag=attack-xss;ARGS"]
        if one.signed:
            actions = [
                *(f"ctl:ruleRemoveTargetByTag=OWASP_CRS;{place}" for place in _BODY),
                "ctl:ruleRemoveById=920420",  # providers send text/plain and types of their own
                "ctl:ruleRemoveByTag=attack-protocol",
            ]  # fmt: skip
        if actions:
            pattern = routes_pattern(one.routes)
            yield _rule(
                number,
                f'REQUEST_FILENAME "@rx (?i){pattern}"',
                f"phase:1,t:none,t:normalizePath,pass,nolog,{','.join(actions)}",
            )
        number += 1


_EVERYWHERE = "ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_HEADERS|REQUEST_BODY|XML:/*|XML://@*"
_OWN = {
    "JNDI look-up": (
        _EVERYWHERE,
        r"(?i)\$\{(?:[^{}]{0,40}\$\{[^{}]{0,40}\}){0,12}[^{}]{0,10}ndi\s*:",
    ),
    "Nested look-up": (
        _EVERYWHERE,
        r"(?i)\$\{\s*(?:lower|upper|env|sys|date|::-)[^{}]{0,40}\}.{0,60}:",
    ),
    "External XML entity": ("REQUEST_BODY", r"(?i)<!ENTITY\s[^>]{0,200}\b(?:SYSTEM|PUBLIC)\s"),
    "Class loader as a parameter": ("ARGS_NAMES", r"(?i)\bclass(?:\.module)?\.classLoader\b"),
    "Template that reaches out": (
        "ARGS|REQUEST_COOKIES",
        r"(?i)\{[{%][^{}]{0,300}(?:__(?:class|mro|subclasses|globals|init|import)__|\.constructor\b)",
    ),
}
"""What the Core Rule Set of Debian 12 lets pass at paranoia 1, and no shopper ever writes."""


def _own() -> Iterator[str]:
    """Bounded repetitions alone: PCRE may not be led into the dark by what it reads."""
    yield "# Beside the Core Rule Set."
    for number, (words, (where, pattern)) in enumerate(_OWN.items(), start=40):
        escaped = pattern.replace('"', '\\"')
        yield _rule(
            number,
            f'{where} "@rx {escaped}"',
            f"phase:2,t:none,t:urlDecodeUni,deny,status:403,log,auditlog,msg:'{words}',"
            "logdata:'Matched Data found within %{MATCHED_VAR_NAME}: %{MATCHED_VAR}',"
            "severity:CRITICAL,tag:'shangdun'",
        )


def _after() -> Iterator[str]:
    """``SecRuleUpdateTarget…`` changes rules that are loaded already."""
    for name in _SECRETS:
        yield f'SecRuleUpdateTargetByTag "OWASP_CRS" "!ARGS:{name}"'
    for name in _NAMES:
        yield f'SecRuleUpdateTargetById 942100 "!ARGS:{name}"'
        yield f'SecRuleUpdateTargetByTag "attack-rce" "!ARGS:{name}"'
    for name in _RETURNS:
        yield f'SecRuleUpdateTargetByTag "attack-rfi" "!ARGS:{name}"'
    for name in _SIGNATURES:
        yield f'SecRuleUpdateTargetByTag "attack-sqli" "!ARGS:{name}"'
    for pattern in _COOKIES:
        yield f'SecRuleUpdateTargetByTag "OWASP_CRS" "!REQUEST_COOKIES:{pattern}"'


def _rule(number: int, condition: str, actions: str) -> str:
    return f'SecRule {condition} "id:{_FIRST_ID + number},{actions}"'
