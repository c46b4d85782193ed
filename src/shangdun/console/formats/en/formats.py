"""How dates are written in English here: unambiguous for every reader of English."""

from __future__ import annotations

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "Y-m-d H:i:s"
SHORT_DATETIME_FORMAT = "j M H:i"
TIME_FORMAT = "H:i:s"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
