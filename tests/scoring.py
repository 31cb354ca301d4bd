"""The corpus' own scorer as a module: figures of our tests are those of the measure."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cardextract.card import Card


def scorer(shared: Path) -> Any:
    """score.py of the corpus, imported from where it stands."""
    path = shared / "corpus" / "score.py"
    if not path.is_file():
        pytest.skip("the corpus' scorer is not in the shared material")
    spec = importlib.util.spec_from_file_location("corpus_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_truth(folder: Path, stem: str) -> list[dict[str, Any]]:
    """The truth of one document, card by card."""
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob(f"{stem}.[0-9][0-9].json"))]


def plain(cards: Iterable[Card], file: Path | None = None) -> list[dict[str, Any]]:
    """Records as the scorer reads them from cards.jsonl."""
    out = []
    for card in cards:
        record = json.loads(card.model_dump_json())
        if file is not None:
            record["_file"] = str(file)
        out.append(record)
    return out


def overall(
    module: Any,
    truth: Sequence[dict[str, Any]],
    records: Sequence[dict[str, Any]],
    *,
    spaces: bool = True,
) -> Counter[str]:
    """The counts of the measure; spaces=False compares without white space, as for PDF."""
    module.SPACES = " " if spaces else ""
    counts: Counter[str] = module.score(truth, [module.adapt(r) for r in records])["overall"]
    return counts
