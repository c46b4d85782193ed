"""Cloud audit logs keep their native names; a few that rules know by another name stand here.

SigmaHQ writes Google's audit rules with the names that an exporter gives them, and Azure's with
those of a portal. Source: SigmaHQ rules for ``gcp`` and ``azure``; Google Cloud AuditLog; Azure
Monitor activity log schema.
"""

from __future__ import annotations

from types import MappingProxyType

from shangdun.detect.pipelines.pipeline import Pipeline

GOOGLE = Pipeline(
    products=frozenset({"gcp"}),
    columns=MappingProxyType(
        {
            "gcp.audit.method_name": "protoPayload.methodName",
            "eventService": "protoPayload.serviceName",
            "eventName": "protoPayload.methodName",
            "data.protoPayload.serviceName": "protoPayload.serviceName",
            "data.protoPayload.methodName": "protoPayload.methodName",
            "data.protoPayload.logName": "logName",
            "data.protoPayload.resource.type": "resource.type",
            "protoPayload.Servicename": "protoPayload.serviceName",
        }
    ),
)

AZURE = Pipeline(
    products=frozenset({"azure"}),
    columns=MappingProxyType(
        {
            "properties.message": "operationName",
            "OperationName": "operationName",
            "operationName": "OperationName",
            "Category": "category",
            "ResultType": "resultType",
            "ResultDescription": "resultDescription",
        }
    ),
)
