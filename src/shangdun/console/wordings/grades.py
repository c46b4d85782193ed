"""Grades of incidents in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GRADE_WORDS: dict[int, Promise] = {
    0: _("not graded"),
    1: _("Ordinary"),
    2: _("Significant"),
    3: _("Serious"),
    4: _("Extremely serious"),
}
"""0 to 4: 一般 (blue), 较大 (yellow), 重大 (orange), 特别重大 (red) of the national plan."""
