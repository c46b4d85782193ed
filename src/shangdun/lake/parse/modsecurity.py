"""ModSecurity 3 audit log in JSON, one transaction a line: the whole request and what matched.

The log holds bytes as they came from the client, so a line need not be UTF-8.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.kernel.clock import to_millis
from shangdun.lake.block import Block, Logsource, Parsed
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Unreadable, flatten, json_text, load_object
from shangdun.lake.parse._web import header_columns, target_columns

_TIME = "%a %b %d %H:%M:%S %Y"
_ALLOWED, _DENIED = 1, 2
_REFUSALS = {403, 406, 413, 429}
_SEVERITIES = {0: 6, 1: 6, 2: 5, 3: 4, 4: 3, 5: 2, 6: 1, 7: 1}
"""OCSF severity by syslog severity, which ModSecurity's rules use."""

_PLAIN = {
    "client_ip": "src_endpoint.ip",
    "client_port": "src_endpoint.port",
    "host_ip": "dst_endpoint.ip",
    "host_port": "dst_endpoint.port",
    "unique_id": "http_request.uid",
}


class ModsecurityReader(Reader):
    """Web requests, OCSF class 4002, with the rules that matched as ``firewall_rule``."""

    name = "modsecurity"
    title = "ModSecurity 3 audit log (JSON)"
    precedence = 30

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        logsource = Logsource(product="modsecurity", category="webserver")
        return read_records(block, fields, self._read, name=self.name, logsource=logsource)

    def _read(self, line: bytes) -> Flat:
        transaction = _mapping(load_object(line).get("transaction"))
        request = _mapping(transaction.get("request"))
        if "uri" not in request:
            raise Unreadable("has no transaction.request.uri: not a ModSecurity 3 audit event")
        columns = target_columns(_text(request.get("method")), _text(request.get("uri")))
        columns |= _request_columns(request)
        columns |= _response_columns(_mapping(transaction.get("response")))
        columns |= _match_columns(transaction.get("messages"))
        for name, column in _PLAIN.items():
            if (value := flatten({name: transaction.get(name)}).get(name)) is not None:
                columns[column] = value
        columns["action_id"] = _DENIED if _was_denied(transaction) else _ALLOWED
        return columns | self._time(transaction.get("time_stamp"))

    def _time(self, stamp: Any) -> Flat:  # noqa: ANN401  any JSON value
        try:
            moment = datetime.strptime(str(stamp), _TIME).replace(tzinfo=self.zone)
        except ValueError:
            return {"metadata.original_time": str(stamp)}
        return {"time": to_millis(moment)}


def _was_denied(transaction: dict[str, Any]) -> bool:
    """Told since 3.0.13; before, a refusal while the engine was on and something matched."""
    if (told := transaction.get("is_interrupted")) is not None:
        return bool(told)
    engine = _mapping(transaction.get("producer")).get("secrules_engine")
    code = _mapping(transaction.get("response")).get("http_code")
    refused = isinstance(code, int) and code in _REFUSALS
    return engine == "Enabled" and refused and bool(transaction.get("messages"))


def _request_columns(request: dict[str, Any]) -> Flat:
    columns = header_columns(_pairs(request.get("headers")))
    if (version := request.get("http_version")) is not None:
        columns["http_request.version"] = f"HTTP/{version}"
    body = request.get("body")
    if body:
        columns["http_request.body"] = body if isinstance(body, str) else json_text(body)
    return columns


def _response_columns(response: dict[str, Any]) -> Flat:
    columns: Flat = {}
    if isinstance(code := response.get("http_code"), int):
        columns["http_response.code"] = code
    if headers := _pairs(response.get("headers")):
        columns["http_response.headers"] = json_text(headers)
    for name, value in headers:
        if name.lower() == "content-type":
            columns["http_response.content_type"] = value
    if isinstance(body := response.get("body"), str) and body:
        columns["http_response.body"] = body
    return columns


def _match_columns(messages: Any) -> Flat:  # noqa: ANN401  any JSON value
    if not isinstance(messages, list) or not messages:
        return {}
    columns: Flat = {"firewall_rule.match_details": json_text(messages)}
    found = [message for message in messages if isinstance(message, dict)]
    details = [_mapping(message.get("details")) for message in found]
    if found:
        columns["firewall_rule.desc"] = _text(found[0].get("message")) or ""
        columns["firewall_rule.uid"] = _text(details[0].get("ruleId")) or ""
    grades = [str(detail.get("severity")) for detail in details]
    known = [_SEVERITIES[int(grade)] for grade in grades if grade in "01234567" and grade]
    if known:
        columns["severity_id"] = max(known)
    return columns


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}


def _pairs(headers: Any) -> list[tuple[str, str]]:  # noqa: ANN401  any JSON value
    pairs = []
    for name, value in _mapping(headers).items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, _text(one) or "") for one in values]
    return pairs


def _text(value: Any) -> str | None:  # noqa: ANN401  any JSON value
    if value is None or isinstance(value, str):
        return value
    return json_text(value)


READER = ModsecurityReader
