"""Why a probe failed or a process was started again, in the page's language.

The prober and the supervisor write English, for logs and events; what they write is read back here.
"""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"no answer within (?P<n>[\d.]+) s", _("no answer within %(n)s s")),
        (
            r"answered (?P<n>\d{3}), expected (?P<wanted>.+)",
            _("answered %(n)s, expected %(wanted)s"),
        ),
        (
            r"the text that should be on the page is not there",
            _("the text that should be on the page is not there"),
        ),
        (r"took (?P<n>\d+) ms, at most (?P<most>\d+) are good", _("took %(n)s ms of %(most)s")),
        (r"the certificate is not good: (?P<why>.+)", _("the certificate is not good: %(why)s")),
        (r"the name does not exist", _("the name does not exist")),
        (r"answered (?P<what>.+), which was not expected", _("answered %(what)s, not expected")),
        (r"Connection refused", _("the connection was refused")),
        (
            r"it gave no sign of life for (?P<n>\d+) s",
            _("it gave no sign of life for %(n)s s"),
        ),
        (r"it ended with (?P<how>.+)", _("it ended with %(how)s")),
    )
)


def reason(text: str) -> str:
    """A reason for people; one that is not known stays as it is."""
    for pattern, translated in REASONS:
        if found := pattern.fullmatch(text):
            return str(translated) % found.groupdict()
    return text
