"""Connections and name lookups: Sigma's firewall, DNS and network names → OCSF columns.

Source: Sigma taxonomy appendix 2.1, network, firewall, DNS; OCSF 1.8.0 network_activity and
dns_activity. Windows events keep their own names, which events have and these columns have not.
"""

from __future__ import annotations

from types import MappingProxyType

from shangdun.detect.pipelines.pipeline import Pipeline

PIPELINE = Pipeline(
    categories=frozenset({"firewall", "network_connection", "dns", "dns_query", "network"}),
    columns=MappingProxyType(
        {
            "src_ip": "src_endpoint.ip",
            "src_port": "src_endpoint.port",
            "dst_ip": "dst_endpoint.ip",
            "dst_port": "dst_endpoint.port",
            "SourceIp": "src_endpoint.ip",
            "SourcePort": "src_endpoint.port",
            "DestinationIp": "dst_endpoint.ip",
            "DestinationPort": "dst_endpoint.port",
            "DestinationHostname": "dst_endpoint.hostname",
            "query": "query.hostname",
            "QueryName": "query.hostname",
            "record_type": "query.type",
            "Image": "actor.process.file.path",
            "User": "actor.user.name",
        }
    ),
)
