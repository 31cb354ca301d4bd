"""The outputs of a run, made from the cache alone: card files, cards.jsonl, findings.jsonl, ledger.jsonl, and
the other sinks.

Cards pass one at a time as bytes, in the order of path and card index; only slim facts of all cards are ever
in memory. What would come out as it already is on disk is not written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cardextract import storage
from cardextract.cache import Cache
from cardextract.inputs import Signature
from cardextract.ledger import Line, Verdict, file_finding
from cardextract.plan import Plan, Planned
from cardextract.worker import CardPart, Result

Json = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """Findings and cards of the whole output."""

    cards: int = 0
    errors: int = 0
    warnings: int = 0
    open_errors: int = 0


@dataclass(slots=True)
class Made:
    """What the outputs are made of. emitted: inputs whose cards are written; across: card_id -> findings."""

    output: Path
    cache: Cache
    csv_encoding: str = "utf-8"
    excel: bool = False
    emitted: list[Planned] = field(default_factory=list)
    across: dict[str, list[Json]] = field(default_factory=dict)
    files: dict[bytes, list[Json]] = field(default_factory=dict)
    """Findings of files, by the file."""
    digests: dict[str, str] = field(default_factory=dict)
    """card_id -> what its record is made from."""


def lines_of(made: Made, work: Plan, outcome: Callable[[Planned], Verdict | Result]) -> list[Line]:
    """The ledger, in the order of the inputs; finds the findings across cards on its way."""
    results: list[tuple[Planned, Verdict | Result]] = []
    for planned in work.inputs:
        result = outcome(planned)
        results.append((planned, result))
        if isinstance(result, Result) and result.code is None:
            made.emitted.append(planned)
    made.across = check_across(made)
    return [_line(made, planned, result) for planned, result in results]


def _line(made: Made, planned: Planned, result: Verdict | Result) -> Line:
    path, sha256 = planned.entry.path, planned.sha256
    if isinstance(result, Verdict):
        line = Line(path, sha256, result.status, result.code, result.retryable, result.message)
    elif result.code is not None:
        line = Line(path, sha256, "quarantined", result.code, result.retryable, result.message)
    else:
        cards = made.cache.slim(planned.entry.relative)
        any_findings = bool(result.findings)
        for card_id, digest, findings, _ in cards:
            more = made.across.get(card_id, [])
            made.digests[card_id] = _digest(digest, more)
            any_findings = any_findings or bool(findings) or bool(more)
        line = Line(
            path, sha256, "ok_with_findings" if any_findings else "ok", cards=tuple(c[0] for c in cards)
        )
    of_file = [dict(f) for f in result.findings] if isinstance(result, Result) else []
    own = file_finding(line)
    if own is not None and not any(f["code"] == own.code for f in of_file):
        of_file.insert(0, json.loads(json.dumps(asdict(own))))
    if of_file:
        made.files[planned.entry.relative] = of_file
    return line


def _digest(digest: str, more: list[Json]) -> str:
    return (
        digest
        if not more
        else hashlib.sha256((digest + json.dumps(more, sort_keys=True)).encode()).hexdigest()
    )


def check_across(made: Made) -> dict[str, list[Json]]:
    """Findings that need several cards, by card."""
    return {}


# --- records ---


def record(made: Made, part: CardPart) -> bytes:
    """The record of a card as it is written: its own JSON with the findings across cards put in."""
    raw = zlib.decompress(part.blob)
    more = made.across.get(part.card_id)
    if not more:
        return raw
    text = ",".join(map(dump, more))
    between = "," if raw[part.cut - 1 : part.cut] != b"[" else ""
    return raw[: part.cut] + (between + text).encode() + raw[part.cut :]


def dump(value: Json) -> str:
    """JSON as in the records: compact, Hangul as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parts(made: Made) -> Iterator[CardPart]:
    """All cards in the order of the records."""
    for planned in made.emitted:
        yield from made.cache.cards(planned.entry.relative)


def finding_lines(made: Made, work: Plan) -> Iterator[str]:
    """All findings in the order of the records: of each file its own, then those of its cards."""
    emitted = {p.entry.relative for p in made.emitted}
    for planned in work.inputs:
        relative = planned.entry.relative
        yield from map(dump, made.files.get(relative, ()))
        if relative in emitted:
            for card_id, _, findings, _ in made.cache.slim(relative):
                if findings:
                    yield from findings.split("\n")
                yield from map(dump, made.across.get(card_id, ()))


# --- writing ---


def write(made: Made, work: Plan, lines: list[Line], emit: str | None) -> Counts:
    """Write what is not yet on disk as it should be. Raises OSError."""
    written = _intact(made)
    new = write_cards(made, written)
    counts = count(made, work)
    with_state = hashlib.sha256()
    for line in lines:
        with_state.update(line.json())
    for digest in made.digests.values():
        with_state.update(digest.encode())
    for finding in finding_lines(made, work):
        with_state.update(finding.encode())
    state = with_state.hexdigest()
    tables: dict[str, Callable[[], Iterator[bytes]]] = {
        "cards.jsonl": lambda: (record(made, part) for part in parts(made)),
        "findings.jsonl": lambda: (f.encode() for f in finding_lines(made, work)),
        "ledger.jsonl": lambda: (line.json() for line in lines),
    }
    for name, make in tables.items():
        if written.get(name) != state:
            storage.write_lines(made.output / name, make())
            _remember(made, name, state)
    if emit == "jsonl":
        _emit(made, new)
    return counts


def write_cards(made: Made, written: dict[str, str]) -> set[str]:
    """Write the card files that are new or changed, remove those that are no more; the ids written."""
    folder = made.output / "cards"
    folder.mkdir(exist_ok=True)
    wanted = {f"cards/{card_id}.json": digest for card_id, digest in made.digests.items()}
    stale = {name for name, digest in wanted.items() if written.get(name) != digest}
    for planned in made.emitted if stale else ():
        ids = [card_id for card_id, *_ in made.cache.slim(planned.entry.relative)]
        if any(f"cards/{i}.json" in stale for i in ids):
            for part in made.cache.cards(planned.entry.relative):
                name = f"cards/{part.card_id}.json"
                if name in stale:
                    storage.write(made.output / name, record(made, part), sync_folder=False)
                    _remember(made, name, wanted[name])
    names = [p.name for p in folder.iterdir()]
    gone = [n for n in names if storage.CARD_NAME.fullmatch(n) and f"cards/{n}" not in wanted]
    for name in gone:
        (folder / name).unlink()
    made.cache.drop_written(f"cards/{n}" for n in gone)
    if stale or gone:
        storage.sync(folder)
    return {name[6:-5] for name in stale}


def _remember(made: Made, name: str, digest: str) -> None:
    made.cache.put_written(name, digest, Signature.of((made.output / name).stat()))


def _intact(made: Made) -> dict[str, str]:
    """Output files that are as we left them: name -> what they were made from."""
    out: dict[str, str] = {}
    for name, (digest, signature) in made.cache.written().items():
        try:
            if Signature.of((made.output / name).stat()) == signature:
                out[name] = digest
        except OSError:
            continue
    return out


def count(made: Made, work: Plan) -> Counts:
    """Cards and findings of the whole output."""
    counts = Counts(cards=len(made.digests))
    for line in finding_lines(made, work):
        finding = json.loads(line)
        counts.errors += finding["severity"] == "error"
        counts.warnings += finding["severity"] == "warning"
        counts.open_errors += finding["severity"] == "error" and finding["state"] == "open"
    return counts


def _emit(made: Made, new: set[str]) -> None:
    """New and changed cards on stdout, one line each."""
    for part in parts(made):
        if part.card_id in new:
            sys.stdout.buffer.write(record(made, part) + b"\n")
    sys.stdout.buffer.flush()
