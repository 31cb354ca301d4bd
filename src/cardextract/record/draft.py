"""The record under construction: values and, under the same paths, their proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cardextract.card import Aside, Evidence
from cardextract.document import Certainty, Span
from cardextract.findings import Finding, finding
from cardextract.values import clean


@dataclass
class Draft:
    """The record under construction: values and their evidence under the same paths."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)

    def prove(self, path: str, span: Span, certainty: Certainty = "exact", reason: str | None = None) -> None:
        """Put evidence under a path."""
        self.evidence[path] = Evidence(span.text, span.place, certainty, reason)

    def state(self, path: str, value: Any, span: Span, reason: str | None = None) -> None:
        """A top-level value with its evidence; the first one stays."""
        if self.values.get(path) is None:
            self.values[path] = value
            self.prove(path, span, reason=reason)

    def unreadable(self, path: str, label: str, span: Span) -> None:
        """A finding for a value that stands there and cannot be typed."""
        self.findings.append(
            finding(
                "UNREADABLE_VALUE",
                label=clean(label),
                actual=clean(span.text)[:80],
                paths=[path],
                places=[span.place],
            )
        )
