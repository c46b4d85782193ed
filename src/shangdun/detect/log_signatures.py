"""Audit logs of clouds and services, told by the fields that only they have.

Such logs come as JSON under their own names, and none of them says "I am CloudTrail". Each
signature names fields that must have values, and what one of them looks like. An event that no
signature fits is asked by every rule that does not contradict it.

Sources: AWS CloudTrail record contents; Azure Monitor resource and Entra log schemas; Google Cloud
AuditLog; Alibaba Cloud ActionTrail event structure; Okta System Log; Kubernetes audit.k8s.io;
GitHub and Bitbucket audit logs; Office 365 Management Activity schema; Zeek JSON logs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.lake.block import Logsource


class Signature(NamedTuple):
    """What tells events of one log source."""

    logsource: Logsource
    fields: tuple[str, ...]
    """Each has a value."""
    looks: str = ""
    """Expression that the first of them fits; empty: whatever it holds."""
    words: str = ""
    """What ``looks`` means, for people."""


def _zeek(path: str, service: str) -> Signature:
    source = Logsource("zeek", "", service)
    return Signature(source, ("_path", "ts"), f"^{path}$", f"is {path}")


_AZURE = (
    ("activitylogs", "Administrative|Security|Policy|Alert|ServiceHealth|Autoscale"),
    ("signinlogs", "[A-Za-z]*SignInLogs"),
    ("auditlogs", "AuditLogs"),
    ("riskdetection", "UserRiskEvents|RiskyUsers"),
)

SIGNATURES: tuple[Signature, ...] = (
    Signature(
        Logsource("aws", "", "cloudtrail"),
        ("eventSource", "eventName"),
        r"\.amazonaws\.com(\.cn)?$",
        "ends with .amazonaws.com",
    ),
    Signature(
        Logsource("alibaba", "", "actiontrail"),
        ("eventSource", "eventName"),
        r"\.aliyuncs\.com$",
        "ends with .aliyuncs.com",
    ),
    Signature(Logsource("alibaba", "", "actiontrail"), ("acsRegion", "eventName")),
    *(
        Signature(
            Logsource("gcp", "", f"google_workspace.{name}"),
            ("protoPayload.serviceName", "protoPayload.methodName"),
            rf"^{name}\.googleapis\.com$",
            f"is {name}.googleapis.com",
        )
        for name in ("admin", "login")
    ),
    Signature(
        Logsource("gcp", "", "gcp.audit"), ("protoPayload.methodName", "protoPayload.serviceName")
    ),
    *(
        Signature(
            Logsource("azure", "", service), (category, operation), f"^({names})$", f"is {names}"
        )
        for service, names in _AZURE
        for category, operation in (("category", "operationName"), ("Category", "OperationName"))
    ),
    Signature(Logsource("azure", "", "riskdetection"), ("riskEventType", "riskLevel")),
    Signature(
        Logsource("azure", "", "pim"), ("LoggedByService", "OperationName"), "^PIM$", "is PIM"
    ),
    Signature(Logsource("okta", "", "okta"), ("eventType", "published", "outcome.result")),
    Signature(
        Logsource("kubernetes", "application", "audit"),
        ("apiVersion", "auditID"),
        r"^audit\.k8s\.io/",
        "begins with audit.k8s.io/",
    ),
    Signature(Logsource("github", "", "audit"), ("_document_id", "action", "actor")),
    Signature(Logsource("bitbucket", "", "audit"), ("auditType.action", "auditType.category")),
    Signature(
        Logsource("m365", "", "exchange"),
        ("Workload", "Operation", "RecordType"),
        "^Exchange$",
        "is Exchange",
    ),
    Signature(Logsource("m365"), ("Workload", "Operation", "RecordType")),
    Signature(Logsource("opencanary", "application"), ("logtype", "node_id", "logdata.HOSTNAME")),
    Signature(Logsource("opencanary", "application"), ("logtype", "node_id", "dst_port")),
    _zeek("http", "http"),
    _zeek("dns", "dns"),
    _zeek("smb_files", "smb_files"),
    _zeek("dce_rpc", "dce_rpc"),
    _zeek("kerberos", "kerberos"),
    _zeek("rdp", "rdp"),
    _zeek("x509", "x509"),
)
"""The first that fits counts."""

SIGNATURE_FIELDS = frozenset(field for one in SIGNATURES for field in one.fields)

NONE = -1


def signatures_of(events: pl.DataFrame) -> NDArray[np.intp] | None:
    """For every row the number of its signature or ``NONE``; None where no row has any.

    Reads nothing unless the frame has all fields of some signature.
    """
    found: NDArray[np.intp] | None = None
    for number, signature in enumerate(SIGNATURES):
        if not all(field in events.columns for field in signature.fields):
            continue
        fits = events.select(_fits(signature).fill_null(value=False)).to_series().to_numpy()
        if fits.any():
            if found is None:
                found = np.full(len(events), NONE, np.intp)
            found[fits & (found == NONE)] = number
    return found


def _fits(signature: Signature) -> pl.Expr:
    fits = pl.all_horizontal(pl.col(field).is_not_null() for field in signature.fields)
    if signature.looks:
        first = pl.col(signature.fields[0]).cast(pl.String, strict=False)
        fits &= first.str.contains(signature.looks)
    return fits
