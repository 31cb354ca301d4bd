"""The output folder as the station keeps it in memory: a row a card, and the findings."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from cardextract.findings import Finding

FINDING = TypeAdapter(Finding)
ROW_FIELDS = {"card_id", "source", "number", "title", "lead_department", "as_of", "profile"}
HEAD_BYTES = 4096
DECODE = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Row:
    """A card in the queue."""

    card_id: str
    path: str
    sha256: str
    format: str
    index: int
    number: str
    title: str
    department: str
    as_of: str
    profile: str

    @property
    def words(self) -> str:
        """What the search looks in."""
        return f"{self.number} {self.title} {self.department} {self.path}".casefold()


@dataclass(frozen=True)
class Index:
    """The output folder as it was read: cards in its order, and the findings of each as the files have them."""

    rows: dict[str, Row] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    of_files: tuple[Finding, ...] = ()
    stamp: tuple[int, ...] = ()


def read_index(output: Path) -> Index:
    """The line of the queue of every card, and all findings; of a record no more than its head is read."""
    stamp = stamp_of(output)
    rows: dict[str, Row] = {}
    findings: dict[str | None, list[Finding]] = {None: []}
    with contextlib.suppress(FileNotFoundError), (output / "cards.jsonl").open("rb") as stream:
        for line in stream:
            row = row_of(head_of(line))
            rows[row.card_id] = row
    with contextlib.suppress(FileNotFoundError), (output / "findings.jsonl").open("rb") as stream:
        for f in map(FINDING.validate_json, stream):
            findings.setdefault(f.card_id, []).append(f)
    of_files = tuple(findings.pop(None))
    return Index(rows, {i: tuple(reopened(of)) for i, of in findings.items() if i}, of_files, stamp)


def head_of(line: bytes) -> dict[str, Any]:
    """At least the fields that a row is made of. A record has tens of kilobytes, its first fields some hundred.

    >>> head_of(b'{"card_id":"a-1","source":{"path":"x"},"number":null,"title":"t","lead_department":"d",'
    ...     b'"as_of":"2024","profile":"base","sections":[')["source"]
    {'path': 'x'}
    """
    head: dict[str, Any] = {}
    text, at = line[:HEAD_BYTES].decode("utf-8", "ignore"), 1
    try:
        while not head.keys() >= ROW_FIELDS:
            name, at = DECODE(text, at)
            head[name], at = DECODE(text, at + 1)
            at += 1
    except (ValueError, IndexError):  # a longer head, or written by another program
        head = json.loads(line)
    return head


def reopened(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without the states of the last run: the decisions say them anew."""
    return [replace(f, state="open") for f in findings]


def row_of(card: Mapping[str, Any]) -> Row:
    """The line of the queue of a record."""
    source = card["source"]
    return Row(
        card["card_id"], source["path"], source["sha256"], source["format"], source["card_index"],
        card["number"] or "", card["title"] or "", card["lead_department"] or "", card["as_of"] or "",
        card["profile"],
    )  # fmt: skip


def stamp_of(output: Path) -> tuple[int, ...]:
    """Changes whenever a run has written the folder."""
    out = []
    for name in ("cards.jsonl", "findings.jsonl"):
        try:
            stat = (output / name).stat()
        except OSError:
            continue
        out += [stat.st_mtime_ns, stat.st_size]
    return tuple(out)
