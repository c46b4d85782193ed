"""Figures as text for Prometheus: its own format 0.0.4, or OpenMetrics 1.0 where that is asked for.

https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
LONGEST_LABEL = 100


class Kind(StrEnum):
    """What a figure is: one that goes up and down, or one that only grows."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass
class Family:
    """Figures of one name; a counter's name is given without ``_total``."""

    name: str
    kind: Kind
    help: str
    samples: list[tuple[Mapping[str, str], float]] = field(default_factory=list)

    def add(self, value: float | None, **labels: str) -> Family:
        """Add a figure; one that is not known is left out."""
        if value is not None:
            self.samples.append((labels, value))
        return self


def accepts_open_metrics(accept: str) -> bool:
    """Whether a scraper's ``Accept`` header asks for OpenMetrics."""
    return any(part.partition(";")[0].strip() == "application/openmetrics-text"
               for part in accept.split(","))  # fmt: skip


def render(families: Iterable[Family], *, open_metrics: bool = False) -> str:
    """The document."""
    lines = []
    for family in families:
        if not family.samples:
            continue
        total = f"{family.name}_total" if family.kind is Kind.COUNTER else family.name
        head = family.name if open_metrics else total
        lines.append(f"# HELP {head} {_escaped(family.help, quotes=open_metrics)}")
        lines.append(f"# TYPE {head} {family.kind}")
        lines += [f"{total}{_labels(labels)} {_number(value)}" for labels, value in family.samples]
    if open_metrics:
        lines.append("# EOF")
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (
        f'{name}="{_escaped(value[:LONGEST_LABEL], quotes=True)}"' for name, value in labels.items()
    )
    return "{" + ",".join(pairs) + "}"


def _escaped(text: str, *, quotes: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
