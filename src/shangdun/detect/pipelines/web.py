"""Web server and proxy rules: the names of the W3C extended log format → OCSF columns.

SigmaHQ writes what a request asked for as ``cs-uri-query`` and means path and query together
(``cs-uri-query|endswith: '/mgmt/tm/util/bash'``), so it stands for the whole request target.
Source: Sigma taxonomy appendix 2.1, web server and proxy; OCSF 1.8.0 http_activity.
"""

from __future__ import annotations

from types import MappingProxyType

from shangdun.detect.pipelines.pipeline import Pipeline

REQUEST_TARGET = "http_request.url.url_string"

PIPELINE = Pipeline(
    categories=frozenset({"webserver", "proxy"}),
    services=frozenset({"apache", "nginx", "iis"}),
    columns=MappingProxyType(
        {
            "c-ip": "src_endpoint.ip",
            "src_ip": "src_endpoint.ip",
            "dst_ip": "dst_endpoint.ip",
            "cs-username": "user.name",
            "cs-method": "http_request.http_method",
            "c-uri": REQUEST_TARGET,
            "cs-uri": REQUEST_TARGET,
            "cs-uri-query": REQUEST_TARGET,
            "cs-uri-stem": "http_request.url.path",
            "c-uri-stem": "http_request.url.path",
            "c-uri-query": "http_request.url.query_string",
            "cs-host": "http_request.url.hostname",
            "cs-version": "http_request.version",
            "cs-bytes": "http_request.length",
            "cs-cookie": "http_request.cookies",
            "cs-user-agent": "http_request.user_agent",
            "c-useragent": "http_request.user_agent",
            "cs-referer": "http_request.referrer",
            "cs-referrer": "http_request.referrer",
            "sc-status": "http_response.code",
            "sc-bytes": "http_response.length",
            "time-taken": "http_response.latency",
        }
    ),
    dashed=frozenset({"http_request.referrer", "http_request.user_agent", "user.name"}),
    # path and query are parts of the target, so they need no search of their own
    keywords=frozenset(
        {
            REQUEST_TARGET,
            "http_request.referrer",
            "http_request.user_agent",
            "http_request.http_method",
            "http_request.version",
            "http_request.url.hostname",
            "http_request.cookies",
            "http_request.headers",
            "http_request.body",
            "user.name",
        }
    ),
)
