"""Findings out as CSV, decisions back in, for people who work in Excel; with the same guards as in the station."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from cardextract.corrections import effective
from cardextract.review.decide import Edit, Request, take
from cardextract.review.index import Row
from cardextract.review.record import build
from cardextract.review.shown import label_of, proof_of
from cardextract.review.store import Refusal, Store
from cardextract.sinks.csv import is_dangerous

COLUMNS = (
    "finding", "card_id", "number", "title", "source_path", "severity", "code", "message", "state", "path", "label",
    "printed", "suggestion", "action", "now", "reason",
)  # fmt: skip
"""A person fills in the last three; `path` may be changed to fix another value of the card."""

ACTIONS = ("fix", "fill", "accept", "ignore", "later")


def write_findings(store: Store) -> str:
    """All findings of cards, open and decided, one a line."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in store.index.rows.values():
        if not store.findings(row.card_id):
            continue
        card = store.card(row.card_id)
        for v in build(card, store.rules_of(row), store.of_file(row)).findings:
            path = v.culprit or ""
            suggestion = v.f.suggestion.text if v.f.suggestion and v.f.suggestion.value is not None else ""
            decided = v.decision if v.f.state != "open" else None
            writer.writerow(
                _shielded(text) for text in (
                    v.f.id, row.card_id, row.number, row.title, row.path, v.f.severity, v.f.code, v.f.message,
                    v.f.state, path, label_of(path) if path else "", (v.fix.printed if v.fix else "") or "",
                    suggestion, "", "", (decided.reason if decided else "") or "",
                )
            )  # fmt: skip
    return stream.getvalue()


def _shielded(text: str) -> str:
    """With an apostrophe in front where a spreadsheet would make a formula, a date or a number of it.

    >>> [_shielded(text) for text in ("=1+1", "1-1-1", "123456e78901", "'골목", "1,764")]
    ["'=1+1", "'1-1-1", "'123456e78901", "''골목", '1,764']
    """
    return "'" + text if _is_changed(text) else text


def _bare(text: str) -> str:
    """The text that `_shielded` was given."""
    return text[1:] if text.startswith("'") and _is_changed(text[1:]) else text


def _is_changed(text: str) -> bool:
    return is_dangerous(text) or text.startswith("'")


def read_table(raw: bytes) -> list[dict[str, str]]:
    """The lines of a CSV as a spreadsheet saves it: UTF-8 with or without mark, or CP949; comma, semicolon or tab.

    Raises ValueError with a message for the person.
    """
    for codec in ("utf-8-sig", "cp949"):
        try:
            text = raw.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("neither UTF-8 nor CP949")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = {"card_id", "action", "now", "reason"} - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"columns missing: {', '.join(sorted(missing))}")
    return [{k: _bare(v or "") for k, v in line.items() if isinstance(k, str)} for line in reader]


def apply_file(store: Store, file: Path, author: str) -> int:
    """Take the decisions of a filled-in CSV. Exit code 0; 3 where lines were refused; 2 for a file that is none."""
    try:
        lines = read_table(file.read_bytes())
    except (OSError, ValueError, csv.Error) as e:
        print(f"{file}: {e}", file=sys.stderr)
        return 2
    taken = refused = same = 0
    for number, line in enumerate(lines, 2):
        if not line["action"].strip():
            continue
        try:
            done = apply_line(store, line, author)
        except (Refusal, ValueError) as e:
            refused += 1
            print(f"{file.name}, line {number}: {e}", file=sys.stderr)
            continue
        taken += done
        same += not done
    print(f"{taken} decisions taken, {same} taken before, {refused} refused", file=sys.stderr)
    return 3 if refused else 0


def apply_line(store: Store, line: dict[str, str], author: str) -> bool:
    """Take the decision of one line; False if it holds already. Raises Refusal, ValueError."""
    action = line["action"].strip().lower()
    if action not in ACTIONS:
        raise ValueError(f"action {action!r} is none of {', '.join(ACTIONS)}")
    row = store.index.rows.get(line["card_id"].strip())
    if row is None:
        raise ValueError(f"no card {line['card_id']!r} in this output")
    path, now, reason = line.get("path", ""), line["now"].strip(), line["reason"].strip()
    finding = line.get("finding", "") or None
    if _holds(store, row, action, path, now, finding):
        return False
    edits = []
    if action in ("fix", "fill"):
        if not path:
            raise ValueError("no path")
        printed = line.get("printed", "")
        edits = [Edit(path=path, was=printed, now=now)]
    request = Request.model_validate(
        {
            "card": row.card_id, "version": store.version(row), "action": action, "finding": finding,
            "reason": reason, "edits": edits, "author": author,
        }
    )  # fmt: skip
    return bool(take(store, request, author).ids)


def _holds(store: Store, row: Row, action: str, path: str, now: str, finding: str | None) -> bool:
    """The same decision is in force: applying a file twice changes nothing."""
    held = effective(store.of_card(row))
    if action in ("accept", "ignore", "later"):
        return any(c.action == action and c.finding == finding for c in held)
    found = proof_of(store.card(row.card_id), path)
    return any(
        c.action == action and c.now == now and (c.path == path or (found is not None and c.path == found[0]))
        for c in held
    )
