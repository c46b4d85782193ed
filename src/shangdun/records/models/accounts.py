"""People. Their roles are Django groups, seeded by a migration and explained in ``roles.py``."""

from __future__ import annotations

import re
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.roles import Capability, Role, capabilities_of

_CHINESE = re.compile("[\u4e00-\u9fff]")


class User(AbstractUser):
    """A person who signs in."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese (simplified)")
        ENGLISH = "en", _("English")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    language = models.CharField(max_length=10, choices=Language, default=Language.CHINESE)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    must_change_password = models.BooleanField(default=False)
    """Set with a one-time password; the console lets such a person do nothing else first."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def get_full_name(self) -> str:
        """As it is said: a Chinese name begins with the family's and has no space."""
        if _CHINESE.match(self.last_name):
            return f"{self.last_name}{self.first_name}".strip()
        return super().get_full_name()

    @cached_property
    def roles(self) -> frozenset[Role]:
        names = [group.name for group in self.groups.all()] if self.pk else []
        known = set(Role)
        return frozenset(Role(name) for name in names if name in known)

    @cached_property
    def capabilities(self) -> frozenset[Capability]:
        """What the roles allow; nobody who is switched off may do anything."""
        return capabilities_of(self.roles) if self.is_active else frozenset()

    def can(self, *capabilities: Capability) -> bool:
        """Whether at least one of the capabilities is held."""
        return not self.capabilities.isdisjoint(capabilities)
