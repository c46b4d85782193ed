"""The emergency plan's groups (section 三): who acts in a response."""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    """Named as the roles of the same people, so that a task's group is a permission too."""

    LEADERSHIP = "leadership"
    TECHNICAL_SUPPORT = "technical_support"
    CUSTOMER_SERVICE = "customer_service"
    LEGAL = "legal"
    LOGISTICS = "logistics"
