"""`cardextract eval TRUTH OUTPUT`: accuracy against gold records, per field, format and layout.

A gold record is a JSON file with the keys of the record that a person has checked; what it leaves out is not scored.
`source.path` (or `doc`: the file's stem) and `card_index` say which card it is; `layout` groups the figures.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from cardextract.values import clean

SCORED = (
    "report_title", "as_of", "number", "title", "lead_department", "related_departments", "staff", "budget_total", "budget_by_source",
    "status", "progress", "goals", "tasks", "captions",
)  # fmt: skip


@dataclass
class Tally:
    """Counts of one group. wrong: given but not as the gold says; missing: in the gold only; invented: in the record only."""

    fields: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, name: str, wanted: Any, got: Any) -> None:
        """Count one value."""
        if wanted in (None, [], {}, ""):
            outcome = "invented" if got not in (None, [], {}, "") else ""
        else:
            outcome = "right" if got == wanted else "missing" if got in (None, [], {}, "") else "wrong"
        if outcome:
            self.fields[name][outcome] += 1


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v not in (None, "")}
    return value


def _items(sections: list[dict[str, Any]]) -> Counter[str]:
    out: Counter[str] = Counter()

    def walk(items: list[dict[str, Any]]) -> None:
        for item in items:
            out[clean(item["text"])] += 1
            walk(item.get("children") or [])

    for section in sections:
        walk(section.get("items") or [])
    return out


def compare(gold: dict[str, Any], card: dict[str, Any] | None, tally: Tally) -> None:
    """Count every value of a gold record against the card (None: the card was not found)."""
    tally.add("card", True, card is not None or None)
    card = card or {}
    for name in SCORED:
        if name in gold:
            tally.add(name, _plain(gold[name]), _plain(card.get(name)))
    for part in ("start", "end", "beyond_term"):
        if part in (gold.get("period") or {}):
            tally.add(
                f"period.{part}", gold["period"][part] or None, (card.get("period") or {}).get(part) or None
            )
    if "budget" in gold:
        wanted, got = _cells(gold["budget"]), _cells(card.get("budget") or [])
        for key in wanted.keys() | got.keys():
            tally.add("budget", wanted.get(key), got.get(key))
    if "sections" in gold:
        a, b = _items(gold["sections"]), _items(card.get("sections") or [])
        tally.fields["items"]["right"] += (a & b).total()
        tally.fields["items"]["missing"] += (a - b).total()
        tally.fields["items"]["invented"] += (b - a).total()


def _cells(budget: list[dict[str, Any]]) -> dict[tuple[str, str, str], int]:
    return {(b["ledger"], b["source"], str(b["period"])): b["amount"] for b in budget if b.get("amount")}


def load_gold(folder: Path) -> Iterator[dict[str, Any]]:
    """The gold records of a folder. Raises ValueError naming the file that is no JSON object."""
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise ValueError(f"{folder}: no gold records (*.json) here")
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: not valid JSON: {error}") from error
        if not isinstance(record, dict) or not ("doc" in record or "source" in record):
            raise ValueError(
                f"{path}: a gold record needs `source.path` or `doc`, and the values you checked"
            )
        yield record


def main(truth: Path, output: Path, *, as_json: bool = False) -> int:
    """Print the scores. Returns 0. Raises ValueError, OSError."""
    cards: dict[tuple[str, int], dict[str, Any]] = {}
    with (output / "cards.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            card = json.loads(line)
            path = PurePosixPath(card["source"]["path"])
            for name in (str(path), path.stem):
                cards.setdefault((name, card["source"]["card_index"]), card)
    groups: dict[str, Tally] = defaultdict(Tally)
    for gold in load_gold(truth):
        source = gold.get("source")
        name = source["path"] if isinstance(source, dict) else gold.get("doc") or str(source)
        index = (
            gold.get("card_index") or (source.get("card_index") if isinstance(source, dict) else None) or 1
        )
        card = cards.get((name, index))
        kind = card["source"]["format"] if card else "not found"
        for group in ("all", f"format {kind}", *([f"layout {gold['layout']}"] if gold.get("layout") else [])):
            compare(gold, card, groups[group])
    if as_json:
        print(
            json.dumps(
                {g: {n: dict(c) for n, c in t.fields.items()} for g, t in groups.items()},
                ensure_ascii=False,
                indent=1,
            )
        )
        return 0
    for group in sorted(groups, key=lambda g: (g != "all", g)):
        print(
            f"{group}\n  {'field':22s} {'right':>7s} {'wrong':>7s} {'missing':>7s} {'invented':>8s} {'%':>7s}"
        )
        for name, c in groups[group].fields.items():
            stated = c["right"] + c["wrong"] + c["missing"]
            rate = f"{100 * c['right'] / stated:7.1f}" if stated else "      -"
            print(f"  {name:22s} {c['right']:7d} {c['wrong']:7d} {c['missing']:7d} {c['invented']:8d} {rate}")
    return 0
