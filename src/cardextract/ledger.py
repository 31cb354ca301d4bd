"""The ledger: one line for every input, with what became of it and what a person can do.

A line's code is the lower-case code of the finding behind it (`catalogue.FILES`, or the first error of a file
without a card). Readers bring messages of their own (`Unreadable`), those of a plugin also codes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from cardextract.catalogue import CATALOGUE, FILES
from cardextract.findings import Finding, Severity, stamp

Status = Literal["ok", "ok_with_findings", "quarantined", "skipped", "duplicate"]


@dataclass(frozen=True, slots=True)
class Line:
    """One input. path: relative to the inbox (see `paths.portable`); cards: the ids of its records.

    sha256 is None for what was not read. retryable: the same file may well be read by a later run as it is.
    """

    path: str
    sha256: str | None
    status: Status
    code: str | None = None
    retryable: bool = False
    message: str = ""
    cards: tuple[str, ...] = ()

    def json(self) -> bytes:
        """The line of ledger.jsonl, without line end."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an input gives no record. Codes of one file are the same in every run that sees the same file."""

    status: Status
    code: str
    message: str
    retryable: bool = False


MESSAGES: dict[str, str] = {code.lower(): entry.message for code, entry in FILES.items()}
"""Sentences for people; those of the readers come with their `Unreadable`."""

RETRYABLE = frozenset(
    {"not_readable", "changed_while_reading", "limit_cpu", "limit_time", "limit_memory", "worker_died"}
)


def verdict(status: Status, code: str, label: object = "") -> Verdict:
    """A verdict of the batch itself.

    >>> verdict("skipped", "temporary_file").retryable
    False
    """
    return Verdict(status, code, MESSAGES[code].format(label=label), code in RETRYABLE)


def file_finding(line: Line) -> Finding | None:
    """The finding behind a line with a code: an error for what was quarantined, else an info."""
    if line.code is None:
        return None
    severity: Severity = "error" if line.status == "quarantined" else "info"
    code = line.code.upper()
    if code in CATALOGUE:
        severity = severity if severity == "info" else CATALOGUE[code].severity
    made = Finding("", code, None, severity, line.message, None, line.path)
    return stamp(made, line.path)


def check_complete(inputs: Iterable[str], lines: Iterable[Line]) -> None:
    """count(ledger) = count(inbox), name by name. Raises RuntimeError: this is a bug of ours, whatever was
    read."""
    wanted, found = Counter(inputs), Counter(line.path for line in lines)
    if wanted != found:
        missing, extra = list((wanted - found).elements()), list((found - wanted).elements())
        raise RuntimeError(
            f"the ledger is not complete: {len(missing)} inputs missing, {len(extra)} lines too many"
        )
