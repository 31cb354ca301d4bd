"""Decisions of people, kept beside the output folder in an append-only file, and which of them hold.

replay.py puts them into a document. The pipeline calls, in this order (all do nothing without corrections):

    mine = of_source(effective(read_log(file)[0]), path, sha256)
    source, stale = correct(document, mine, sha256)    # raw text, before anything is understood
    card = amend(card, mine, rules, sha256)            # fields the document lacks, places of unplaced figures
    evidence, findings = certify(evidence, findings, document, mine, card_index)   # document: as read
    findings = decide(findings, mine)                  # accepted, ignored; after the findings are stamped
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from cardextract.document import Place
from cardextract.findings import Finding

Action = Literal["fix", "fill", "assign", "accept", "ignore", "later", "undo"]
DECISIONS = ("accept", "ignore", "later")
"""Actions about a finding; the others are about the text."""


class Correction(BaseModel):
    """One decision: a line of the corrections file."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: str
    author: str
    time: str
    """ISO 8601, UTC, to the second."""
    action: Action
    source_path: str
    """As in the card's source.path."""
    source_sha256: str
    card_index: int
    place: Place | None = None
    """fix, assign: where the text stands that was printed."""
    path: str | None = None
    """The record's path, for people; for fill and assign the path that gets the value."""
    code: str | None = None
    finding: str | None = None
    """Id of the finding decided on."""
    was: str | None = None
    """fix, assign: the printed text. accept, ignore: the finding's values (`values_of`)."""
    now: str | None = None
    """fix, fill: the text that should have been printed."""
    reason: str | None = None
    undoes: str | None = None
    """Id of the decision that this one takes back (undo) or takes the place of (any other action)."""


class Conflict(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """Somebody else appended since the caller read the file; `etag` is the file's present one."""

    def __init__(self, etag: str) -> None:
        super().__init__(f"the corrections file has changed (now {etag})")
        self.etag = etag


def new_id() -> str:
    """A fresh id of a decision."""
    return secrets.token_hex(6)


def now_utc() -> str:
    """The time of a decision."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def corrections_file(output: Path) -> Path:
    """The file that belongs to an output folder.

    >>> corrections_file(Path("work/output")).as_posix()
    'work/output.corrections.jsonl'
    """
    return output.with_name(output.name + ".corrections.jsonl")


# ---------------------------------------------------------------- the file


def read_log(file: Path) -> tuple[list[Correction], list[str]]:
    """All decisions, oldest first ([] if there is no file), and a description of every line that is none: a torn end."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return [], []
    decisions: list[Correction] = []
    problems: list[str] = []
    lines = raw.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            decisions.append(Correction.model_validate_json(line))
        except ValidationError as error:
            torn = " (torn: the write was cut off)" if number == len(lines) else ""
            what = error.errors(include_url=False, include_input=False)[0]["msg"]
            problems.append(f"line {number} is no decision{torn}: {what}")
    return decisions, problems


def etag(file: Path) -> str:
    """What the file is now: its size and a hash of its end. Differs after every append."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 4096))
            return f"{size}-{hashlib.sha256(stream.read()).hexdigest()[:12]}"
    except FileNotFoundError:
        return "0-"


def append(file: Path, decisions: Sequence[Correction], expected: str | None = None) -> str:
    """Write decisions at the end, on disk before it returns (fsync), one writer at a time; the new etag.

    Raises Conflict, and writes nothing, where `expected` is given and the file has moved on since.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(file) + ".lock", timeout=30):
        current = etag(file)
        if expected is not None and expected != current:
            raise Conflict(current)
        new = not file.exists()
        with file.open("ab+") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                torn = stream.read(1) != b"\n"
            else:
                torn = False
            lines = b"".join(c.model_dump_json(exclude_none=True).encode() + b"\n" for c in decisions)
            stream.write(b"\n" + lines if torn else lines)
            stream.flush()
            os.fsync(stream.fileno())
        if new:
            _sync_folder(file.parent)
        return etag(file)


def _sync_folder(folder: Path) -> None:
    """The new name is on disk too; where folders cannot be synced (Windows) the file's own sync must do."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------- which decisions hold


def effective(decisions: Sequence[Correction]) -> list[Correction]:
    """The decisions that hold: what was taken back is gone, the last one about the same thing wins.

    Taking back an undo brings the decision back; taking back a fix brings back the fix before it.
    """
    gone: set[str] = set()
    kept: list[Correction] = []
    for c in reversed(decisions):
        if c.id in gone:
            continue
        if c.undoes is not None:
            gone.add(c.undoes)
        if c.action != "undo":
            kept.append(c)
    last: dict[tuple[object, ...], Correction] = {}
    for c in reversed(kept):
        last.pop(_about(c), None)
        last[_about(c)] = c
    return list(last.values())


def _about(c: Correction) -> tuple[object, ...]:
    if c.action in ("fix", "assign"):
        # the unplaced figure `-` may stand twice in one place of a PDF: the printed text belongs to the key
        return (c.action, c.source_sha256, c.card_index, c.place, c.was)
    if c.action == "fill":
        return ("fill", c.source_sha256, c.card_index, c.path)
    return ("finding", c.finding)


def of_source(decisions: Iterable[Correction], path: str, sha256: str) -> list[Correction]:
    """Those about one input file: by path, or by content where the file was moved."""
    return [c for c in decisions if c.source_path == path or c.source_sha256 == sha256]


def of_card(decisions: Iterable[Correction], card_index: int) -> list[Correction]:
    """Those about one card of the file."""
    return [c for c in decisions if c.card_index == card_index]


def fills(decisions: Iterable[Correction], card_index: int, sha256: str | None = None) -> dict[str, str]:
    """Header fields that the document lacks: path -> raw text, to be read by the field's own grammar."""
    return {
        c.path: c.now
        for c in of_card(decisions, card_index)
        if c.action == "fill"
        and c.path is not None
        and c.now is not None
        and sha256 in (None, c.source_sha256)
    }


def assigns(
    decisions: Iterable[Correction], card_index: int, sha256: str | None = None
) -> dict[tuple[Place, str], str]:
    """Where unplaced figures belong: (place, printed text) -> path of the budget entry."""
    return {
        (c.place, c.was or ""): c.path
        for c in of_card(decisions, card_index)
        if c.action == "assign"
        and c.place is not None
        and c.path is not None
        and sha256 in (None, c.source_sha256)
    }


def values_of(f: Finding) -> str:
    """What a finding says about the values; an accept holds only while it stays the same."""
    return f"{f.actual} | {f.expected}"


def decide(findings: Iterable[Finding], decisions: Iterable[Correction]) -> list[Finding]:
    """The (stamped) findings with the state people gave them; it lapses when the finding's values change."""
    states = {c.finding: c for c in decisions if c.action in ("accept", "ignore") and c.finding}
    out: list[Finding] = []
    for f in findings:
        c = states.get(f.id)
        if c is not None and (c.was is None or c.was == values_of(f)):
            f = replace(f, state="accepted" if c.action == "accept" else "ignored")
        out.append(f)
    return out


def why(c: Correction) -> str:
    """Who changed what and when: the reason of a corrected value's evidence.

    >>> why(Correction(id="1", author="김하나", time="2024-07-01T01:00:00Z", action="fix", source_path="a",
    ...     source_sha256="", card_index=1, was="1.764", now="1,764", reason="원문 대조"))
    '‘1.764’ → ‘1,764’ (김하나, 2024-07-01: 원문 대조)'
    """
    note = f": {c.reason}" if c.reason else ""
    return f"‘{c.was or ''}’ → ‘{c.now or ''}’ ({c.author}, {c.time[:10]}{note})"
