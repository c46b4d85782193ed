"""nginx's part of the edge: TLS, headers, limits, the way to the shop.

Limits hang on keys which are empty where a class does not apply, so that one server block holds for
all routes and no header or limit is lost in a forgotten ``location`` (``add_header`` and
``limit_req`` are inherited only where a level has none of its own).
"""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.protect.edge.routes import routes_pattern
from shangdun.protect.edge.settings import EdgeConfig, RouteClass

OTHER = "other"
_INTERMEDIATE = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)
"""Mozilla's server-side TLS guidelines 5.7, intermediate, without finite-field Diffie-Hellman."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"
_LEFTOVERS = "bak|old|orig|save|swp|sql|sqlite3?|dump|tar|tgz|env|ini|log|pem|key"


def http_part(edge: EdgeConfig) -> str:
    """What belongs into ``http { … }``: maps, zones, log format, the shop's own servers."""
    return "\n".join(
        [
            *_real_address(edge),
            *_log_format(),
            *_classes(edge),
            *_zones(edge),
            *_shape(),
            *_upstream(edge),
            *([f"include {edge.decisions_folder}/http.conf;"] if edge.decisions else []),
            "",
        ]
    )


def server_part(edge: EdgeConfig, rules_file: str) -> str:
    """The servers: the one that turns strangers away, the way to HTTPS, and the shop."""
    return "\n".join([*_strangers(edge), *_redirect(edge), *_shop(edge, rules_file), ""])


def _real_address(edge: EdgeConfig) -> Iterator[str]:
    if edge.trusted_proxies:
        yield "# The customer's address, from those proxies alone."
        yield from (f"set_real_ip_from {network};" for network in edge.trusted_proxies)
        yield "real_ip_header X-Forwarded-For;"
        yield "real_ip_recursive on;"


def _log_format() -> Iterator[str]:
    yield "log_format shangdun '$remote_addr - $remote_user [$time_local] \"$request\" $status '"
    yield (
        '                    \'$body_bytes_sent "$http_referer" "$http_user_agent" $request_time\';'
    )


def _classes(edge: EdgeConfig) -> Iterator[str]:
    yield "map $uri $shangdun_class {"
    yield f"    default {OTHER};"
    for one in edge.classes:
        yield f'    "~*{routes_pattern(one.routes)}" {one.name};'
    yield "}"


def _zones(edge: EdgeConfig) -> Iterator[str]:
    yield "# A zone of 10 MB holds some 80,000 IPv6 addresses and forgets the oldest: bounded."
    for name, rate in _rates(edge):
        key = f"$shangdun_key_{name}"
        yield f'map $shangdun_class {key} {{ default ""; {name} $binary_remote_addr; }}'
        yield f"limit_req_zone {key} zone=shangdun_{name}:10m rate={rate}r/m;"
    yield "limit_conn_zone $binary_remote_addr zone=shangdun_connections:10m;"


def _rates(edge: EdgeConfig) -> list[tuple[str, int]]:
    return [(one.name, one.per_minute) for one in edge.classes] + [(OTHER, edge.per_minute)]


def _shape() -> Iterator[str]:
    yield "map $uri $shangdun_hidden {"
    yield "    default 0;"
    yield '    "~^/\\.well-known/" 0;'
    yield '    "~/\\." 1;'
    yield f'    "~*\\.(?:{_LEFTOVERS})$" 1;'
    yield "}"
    yield f'map $request_method $shangdun_odd_method {{ default 1; "~^(?:{_METHODS})$" 0; }}'


def _upstream(edge: EdgeConfig) -> Iterator[str]:
    yield "upstream shangdun_shop {"
    yield from (f"    server {server};" for server in edge.upstream)
    yield "    keepalive 32;"
    yield "}"


def _strangers(edge: EdgeConfig) -> Iterator[str]:
    """A request for a host that is not ours reaches no shop: no cache is poisoned by it."""
    if not edge.hosts:
        return
    yield "server {"
    if edge.tls == "off":
        yield f"    listen {edge.listen} default_server;"
        yield "    return 444;"
    else:
        yield f"    listen {edge.listen} ssl default_server;"
        yield "    ssl_reject_handshake on;"
        yield "    # Of a shared address the first server's word counts for all."
        yield from _indent(_tls_versions(edge))
    yield "}"


def _redirect(edge: EdgeConfig) -> Iterator[str]:
    if edge.tls == "off" or not edge.redirect_from:
        return
    yield "server {"
    yield f"    listen {edge.redirect_from};"
    yield f"    server_name {_names(edge)};"
    host = "$server_name" if len(edge.hosts) == 1 else "$host"
    yield f"    return 308 https://{host}$request_uri;"
    yield "}"


def _names(edge: EdgeConfig) -> str:
    return " ".join(edge.hosts) or "_"


def _shop(edge: EdgeConfig, rules_file: str) -> Iterator[str]:
    yield "server {"
    yield f"    listen {edge.listen}{'' if edge.tls == 'off' else ' ssl http2'};"
    yield f"    server_name {_names(edge)};"
    yield from _indent(_tls(edge))
    yield from _indent(_limits(edge))
    yield from _indent(_headers(edge))
    yield f"    access_log {edge.log_folder}/shop-access.log shangdun;"
    yield f"    error_log {edge.log_folder}/shop-error.log warn;"
    if edge.inspect != "off":
        yield "    modsecurity on;"
        yield f"    modsecurity_rules_file {rules_file};"
    if edge.decisions:
        yield f"    include {edge.decisions_folder}/server.conf;"
    yield "    if ($shangdun_odd_method) { return 405; }"
    yield "    if ($shangdun_hidden) { return 404; }"
    for one in edge.classes:
        if one.most_body:
            yield from _indent(_location(one))
    yield "    location / { proxy_pass http://shangdun_shop; }"
    yield "}"


def _indent(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _tls(edge: EdgeConfig) -> Iterator[str]:
    if edge.tls == "off":
        return
    yield f"ssl_certificate {edge.certificate};"
    yield f"ssl_certificate_key {edge.certificate_key};"
    yield from _tls_versions(edge)
    yield "ssl_session_cache shared:shangdun_tls:10m;"
    yield "ssl_session_timeout 1d;"
    yield "ssl_session_tickets off;"


def _tls_versions(edge: EdgeConfig) -> Iterator[str]:
    yield f"ssl_protocols {'' if edge.tls == 'modern' else 'TLSv1.2 '}TLSv1.3;"
    if edge.tls == "intermediate":
        yield f"ssl_ciphers {_INTERMEDIATE};"
    yield "ssl_prefer_server_ciphers off;"


def _limits(edge: EdgeConfig) -> Iterator[str]:
    bursts = [(one.name, one.burst) for one in edge.classes] + [(OTHER, edge.burst)]
    for name, burst in bursts:
        yield f"limit_req zone=shangdun_{name}{f' burst={burst} nodelay' if burst else ''};"
    yield "limit_req_status 429;"
    yield f"limit_conn shangdun_connections {edge.connections};"
    yield "limit_conn_status 429;"
    yield f"client_max_body_size {edge.most_body};"
    yield "# Who sends a byte a second holds a connection no longer than this."
    yield "client_header_timeout 10s;"
    yield "client_body_timeout 15s;"
    yield "send_timeout 15s;"
    yield "keepalive_timeout 65s;"
    yield "reset_timedout_connection on;"
    yield "client_header_buffer_size 2k;"
    yield "large_client_header_buffers 4 16k;"


def _headers(edge: EdgeConfig) -> Iterator[str]:
    yield "server_tokens off;"
    if edge.tls != "off" and edge.hsts_days:
        seconds = edge.hsts_days * 86_400
        yield f'add_header Strict-Transport-Security "max-age={seconds}" always;'
    yield from (f'add_header {name} "{value}" always;' for name, value in HEADERS.items())
    yield "proxy_hide_header X-Powered-By;"
    yield "proxy_http_version 1.1;"
    yield 'proxy_set_header Connection "";'
    yield "proxy_set_header Host $host;"
    yield "# Written, not added to: what a customer claims about his address ends here."
    yield "proxy_set_header X-Forwarded-For $remote_addr;"
    yield "proxy_set_header X-Real-IP $remote_addr;"
    yield f"proxy_set_header X-Forwarded-Proto {'$scheme' if edge.tls != 'off' else 'https'};"
    yield "proxy_set_header X-Request-ID $request_id;"
    yield "proxy_connect_timeout 5s;"
    yield "proxy_read_timeout 60s;"


def _location(one: RouteClass) -> Iterator[str]:
    """Only a size cannot be a variable; nothing else stands here, so all else is inherited."""
    yield f'location ~* "{routes_pattern(one.routes)}" {{'
    yield f"    client_max_body_size {one.most_body};"
    yield "    proxy_pass http://shangdun_shop;"
    yield "}"
