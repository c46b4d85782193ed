"""Event classes: OCSF 1.8.0's that are filled here, and those of our ``ecommerce`` extension.

Source: OCSF 1.8.0, https://schema.ocsf.io/1.8.0/classes. An extension's class number is the
extension's uid times 100,000, plus the category times 1,000, plus the class: 920 × 100,000 +
6 × 1,000 + 1 = 92,006,001.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

OCSF_VERSION = "1.8.0"
EXTENSION = "ecommerce"
EXTENSION_UID = 920


@dataclass(frozen=True, slots=True)
class EventClass:
    """A kind of event: its number, names, and what its ``activity_id`` counts."""

    uid: int
    name: str
    caption: str
    activities: Mapping[int, str] = field(default_factory=dict)

    @property
    def category_uid(self) -> int:
        """OCSF category: the thousands digit, 6 being application activity."""
        return self.uid // 1000 % 100

    @property
    def ours(self) -> bool:
        """Whether it belongs to the ``ecommerce`` extension."""
        return self.uid // 100_000 == EXTENSION_UID


def _activities(*names: str) -> Mapping[int, str]:
    return MappingProxyType({0: "Unknown", **dict(enumerate(names, 1)), 99: "Other"})


_HTTP = _activities("Connect", "Delete", "Get", "Head", "Options", "Post", "Put", "Trace")

_CLASSES = (
    EventClass(0, "base_event", "Base Event", _activities()),
    EventClass(
        1007, "process_activity", "Process Activity", _activities("Launch", "Terminate", "Open")
    ),
    EventClass(
        2002, "vulnerability_finding", "Vulnerability Finding", _activities("Create", "Update")
    ),
    EventClass(
        2004, "detection_finding", "Detection Finding", _activities("Create", "Update", "Close")
    ),
    EventClass(
        3001,
        "account_change",
        "Account Change",
        _activities(
            "Create",
            "Enable",
            "Password Change",
            "Password Reset",
            "Disable",
            "Delete",
            "Attach Policy",
            "Detach Policy",
            "Lock",
            "MFA Factor Enable",
            "MFA Factor Disable",
            "Unlock",
        ),
    ),
    EventClass(
        3002,
        "authentication",
        "Authentication",
        _activities("Logon", "Logoff", "Authentication Ticket", "Service Ticket Request"),
    ),
    EventClass(
        4001,
        "network_activity",
        "Network Activity",
        _activities("Open", "Close", "Reset", "Fail", "Refuse", "Traffic", "Listen"),
    ),
    EventClass(4002, "http_activity", "HTTP Activity", _HTTP),
    EventClass(4003, "dns_activity", "DNS Activity", _activities("Query", "Response", "Traffic")),
    EventClass(
        6003, "api_activity", "API Activity", _activities("Create", "Read", "Update", "Delete")
    ),
    EventClass(
        92006001,
        "order_activity",
        "Order Activity",
        _activities("Place", "Reserve", "Cancel", "View"),
    ),
    EventClass(
        92006002,
        "payment_activity",
        "Payment Activity",
        _activities("Authorise", "Capture", "Refund to Card"),
    ),
    EventClass(92006003, "coupon_activity", "Coupon Activity", _activities("Try", "Redeem")),
    EventClass(
        92006004, "refund_activity", "Refund Activity", _activities("Request", "Approve", "Pay")
    ),
    EventClass(
        92006005,
        "profile_activity",
        "Profile Activity",
        _activities("Address Change", "Phone Change", "E-mail Change"),
    ),
    EventClass(92006006, "data_export_activity", "Data Export Activity", _activities("Export")),
    EventClass(
        92006007, "verification_activity", "Verification Activity", _activities("Send", "Check")
    ),
    EventClass(92006008, "challenge_activity", "Challenge Activity", _activities("Answer")),
    EventClass(92006009, "content_activity", "Content Activity", _activities("Post", "Edit")),
)

CLASSES: Mapping[int, EventClass] = MappingProxyType({one.uid: one for one in _CLASSES})
"""Every class by its ``class_uid``."""

HTTP_METHODS: Mapping[str, int] = MappingProxyType(
    {name.upper(): number for number, name in _HTTP.items() if 0 < number < 99}
)
"""``activity_id`` of class 4002 by request method; any other method is 99."""
