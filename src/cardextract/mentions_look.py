"""The quick look at the mentions of a finished run: top organisations, money by section, counts by unit."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TOP = 20


def main(folder: Path, type_: str | None) -> int:
    """Print the mentions of `folder/cards.jsonl` to stdout, all of one type as tab-separated lines if given.

    Returns the exit code: 0; 2 without records or mentions of this type; 74 where they cannot be read.
    """
    records = folder / "cards.jsonl"
    if not records.is_file():
        print(f"{folder}: no cards.jsonl; run `cardextract run` first", file=sys.stderr)
        return 2
    try:
        found = list(_mentions(records))
    except (OSError, ValueError) as error:
        print(f"{records}: cannot be read: {error}", file=sys.stderr)
        return 74
    types = sorted({m["type"] for _, _, m in found})
    if type_ is not None and type_ not in types:
        print(f"no mention of type {type_}; there are: {', '.join(types) or 'none'}", file=sys.stderr)
        return 2
    lines = _of_type(found, type_) if type_ else _overview(found)
    for line in lines:
        print(line)
    return 0


def _mentions(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(card id, section title, mention)."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            card = json.loads(line)
            for section in card["sections"]:
                for item in _items(section["items"]):
                    for mention in item["mentions"]:
                        yield card["card_id"], section["title"], mention


def _items(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from _items(item["children"])


def _of_type(found: list[tuple[str, str, dict[str, Any]]], type_: str) -> Iterator[str]:
    """How often each value stands, the most frequent first."""
    seen = Counter(
        (_value(m), m["unit"] or "", m["of"] or "") for _, _, m in found if m["type"] == type_
    )  # fmt: skip
    for (value, unit, of), times in sorted(seen.items(), key=lambda x: (-x[1], x[0])):
        yield "\t".join((str(times), value, unit, of))


def _value(mention: dict[str, Any]) -> str:
    value = mention["value"]
    return ",".join(value) if isinstance(value, list) else str(mention["text"] if value is None else value)


def _overview(found: list[tuple[str, str, dict[str, Any]]]) -> Iterator[str]:
    kinds = Counter(m["type"] for _, _, m in found)
    yield "언급: " + ", ".join(f"{kind} {n:,}" for kind, n in kinds.most_common())
    yield from _table(
        "기관", Counter(str(m["value"]) for _, _, m in found if m["type"] == "org").most_common(TOP)
    )
    money: Counter[str] = Counter()
    for _, title, m in found:
        if m["type"] == "money" and isinstance(m["value"], int):
            money[title] += m["value"]
    yield from _table("부문별 금액(원)", money.most_common(TOP))
    counts: Counter[str] = Counter(m["unit"] or "" for _, _, m in found if m["type"] == "count")
    yield from _table("단위별 건수", counts.most_common(TOP))


def _table(title: str, rows: Iterable[tuple[str, int]]) -> Iterator[str]:
    yield ""
    yield title
    for name, number in rows:
        yield f"{number:>20,}  {name}"
