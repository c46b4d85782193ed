"""The plan's groups, with the names people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.groups import Group


class PlanGroup(models.TextChoices):
    """As ``respond.groups.Group``, for choices of records."""

    LEADERSHIP = Group.LEADERSHIP.value, _("Leadership group")
    TECHNICAL_SUPPORT = Group.TECHNICAL_SUPPORT.value, _("Technical support")
    CUSTOMER_SERVICE = Group.CUSTOMER_SERVICE.value, _("Customer service")
    LEGAL = Group.LEGAL.value, _("Legal")
    LOGISTICS = Group.LOGISTICS.value, _("Logistics")
