"""Suricata's EVE log: alerts, HTTP, DNS, TLS and flows as JSON lines."""

from __future__ import annotations

from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse._moment import read_moment
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Scalar, Unreadable, flatten, load_object
from shangdun.lake.parse._web import target_columns

_CLASSES = {"alert": 2004, "http": 4002, "dns": 4003, "tls": 4001, "flow": 4001, "netflow": 4001}
_SEVERITIES = {1: 4, 2: 3, 3: 2, 4: 1}
"""OCSF severity by Suricata's priority, 1 being the gravest."""

_COLUMNS = {
    "src_ip": "src_endpoint.ip",
    "src_port": "src_endpoint.port",
    "dest_ip": "dst_endpoint.ip",
    "dest_port": "dst_endpoint.port",
    "app_proto": "app_name",
    "host": "device.hostname",
    "http.hostname": "http_request.url.hostname",
    "http.http_port": "http_request.url.port",
    "http.http_user_agent": "http_request.user_agent",
    "http.http_refer": "http_request.referrer",
    "http.protocol": "http_request.version",
    "http.xff": "http_request.x_forwarded_for",
    "http.status": "http_response.code",
    "http.length": "http_response.length",
    "http.http_content_type": "http_response.content_type",
    "dns.rrname": "query.hostname",
    "dns.rrtype": "query.type",
    "dns.rcode": "rcode",
    "dns.answers": "answers",
    "dns.queries.0.rrname": "query.hostname",
    "dns.queries.0.rrtype": "query.type",
    "tls.sni": "tls.sni",
    "tls.version": "tls.version",
    "tls.subject": "tls.certificate.subject",
    "tls.issuerdn": "tls.certificate.issuer",
    "tls.ja3.hash": "tls.ja3_hash.value",
    "alert.signature": "finding_info.title",
    "alert.category": "finding_info.analytic.category",
    "flow.bytes_toserver": "traffic.bytes_out",
    "flow.bytes_toclient": "traffic.bytes_in",
    "flow.pkts_toserver": "traffic.packets_out",
    "flow.pkts_toclient": "traffic.packets_in",
}
_AS_TEXT = {
    "flow_id": "connection_info.uid",
    "alert.signature_id": "finding_info.analytic.uid",
}
_USED = frozenset({"timestamp", "http.http_method", "http.url", "proto", "alert.severity"})


class EveReader(Reader):
    """Each event in the OCSF class of its ``event_type``; types without one keep their names."""

    name = "eve"
    title = "Suricata EVE log"
    precedence = 30

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        return read_records(block, fields, self._read, name=self.name)

    def _read(self, line: bytes) -> Flat:
        event = load_object(line)
        kind = event.get("event_type")
        if not isinstance(kind, str) or "timestamp" not in event:
            raise Unreadable("has no event_type and timestamp: not a Suricata event")
        _number_queries(event)
        flat = flatten(event)
        columns = _columns(kind, flat)
        moment = read_moment(flat.get("timestamp", ""), self.zone)
        if moment is None:
            columns["metadata.original_time"] = str(flat.get("timestamp"))
        else:
            columns["time"] = moment
        return columns


def _number_queries(event: dict[str, object]) -> None:
    """Suricata 8 lists the questions of a DNS message; the first one is the one that counts."""
    dns = event.get("dns")
    queries = dns.get("queries") if isinstance(dns, dict) else None
    if isinstance(dns, dict) and isinstance(queries, list):
        dns["queries"] = {str(number): query for number, query in enumerate(queries)}


def _columns(kind: str, flat: Flat) -> Flat:
    method, target = flat.get("http.http_method"), flat.get("http.url")
    columns: Flat = {}
    if method is not None or target is not None:
        columns = target_columns(_text(method), _text(target))
    columns["class_uid"] = _CLASSES.get(kind, 0)
    if kind != "http":
        columns["activity_id"] = _activity(kind, flat)
    for name, value in flat.items():
        if name in _AS_TEXT:
            columns[_AS_TEXT[name]] = str(value)
        elif name not in _USED:
            columns[_COLUMNS.get(name, name)] = value
    if (protocol := flat.get("proto")) is not None:
        columns["connection_info.protocol_name"] = str(protocol).lower()
    priority = flat.get("alert.severity")
    if isinstance(priority, int):
        columns["severity_id"] = _SEVERITIES.get(priority, 1)
    if kind == "alert":
        columns["action_id"] = 2 if flat.get("alert.action") == "blocked" else 1
    return columns


def _activity(kind: str, flat: Flat) -> int:
    if kind == "dns":
        return 1 if flat.get("dns.type") in {"query", "request"} else 2
    return {"alert": 1, "flow": 6, "netflow": 6, "tls": 1}.get(kind, 99)


def _text(value: Scalar | None) -> str | None:
    return None if value is None else str(value)


READER = EveReader
