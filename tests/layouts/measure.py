"""measure.py [--seeds 0:150] [--formats txt,html,docx,nested,stops,struck] [-v]:
score the extraction on drawn layouts, differences like a diff.

Uses the corpus' own scorer (../shared/corpus/score.py beside the checkout). Run from the project's folder:
    python -m tests.layouts.measure --seeds 0:150 -v
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from cardextract.pipeline import extract_file
from cardextract.profiles import load_rules

from . import grammar
from .generate import write
from .named import NAMED

ROOT = Path(__file__).resolve().parents[2]
SCORER = ROOT.parent / "shared" / "corpus" / "score.py"
Card = dict[str, Any]


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", SCORER)
    if not spec or not spec.loader or not SCORER.is_file():
        raise FileNotFoundError(SCORER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extract(root: Path, profile: str | None = "base") -> list[Card]:
    rules = load_rules(ROOT / "rules")
    found = []
    for path in sorted((root / "inbox").glob("*/*/*/*")):
        for card in extract_file(path, root=path.parent, rules=rules, profile=profile, mentions=False).cards:
            found.append({**card.model_dump(mode="json"), "_file": str(path)})
    return found


def differences(score: ModuleType, truth: Card, found: Card) -> list[str]:
    out = []
    for name in score.HEADER:
        want, got = score.field(truth, name), score.field(found, name)
        if want != got:
            out.append(f"{name}: want {want!r} got {got!r}")
    want, got = score.cells(truth), score.cells(found)
    wrong = [k for k in sorted(set(want) | set(got)) if want.get(k) != got.get(k)]
    if wrong:
        silent = [k for k in wrong if not score.flagged(found, score.cell_path(k))]
        out.append(
            f"cells {len(wrong)} of {len(want)} silent {len(silent)}: {[(k, want.get(k), got.get(k)) for k in wrong[:4]]}"
        )
    (items, full), (items2, full2) = score.bullets(truth), score.bullets(found)
    if items != items2:
        out.append(
            f"items missing {list((items - items2).items())[:4]} extra {list((items2 - items).items())[:4]}"
        )
    elif full != full2:
        out.append(f"tree missing {list(full - full2)[:3]} extra {list(full2 - full)[:3]}")
    for d in truth["injected"]:
        if d["code"] not in {f["code"] for f in found["findings"]}:
            out.append(f"MISSED {d['code']} at {d['where']}")
    for f in found["findings"]:
        if not f.get("caused_by") and f["code"] not in {d["code"] for d in truth["injected"]}:
            out.append(f"{f['severity']} {f['code']}: {f['message'][:110]}")
    text = score.decode(found["_file"]) if found["_file"].endswith(".txt") else None
    good, values = score.evidence(found, text)
    if good != values:
        out.append(f"evidence {good} of {values}")
    return out


def compare(score: ModuleType, truth: list[Card], found: list[Card]) -> dict[str, list[str]]:
    by: dict[str, tuple[list[Card], list[Card]]] = collections.defaultdict(lambda: ([], []))
    for t in truth:
        by[t["doc"]][0].append(t)
    for f in found:
        by[f["source"]][1].append(f)
    out = {}
    for doc, (ts, fs) in sorted(by.items()):
        pairs = score.match(sorted(ts, key=lambda t: t["card_index"]), fs)
        lines = (
            []
            if len(pairs) == len(ts) == len(fs)
            else [f"cards: want {len(ts)} got {len(fs)}, {len(pairs)} matched"]
        )
        for t, f in pairs:
            lines += [f"[{t['card_index']}] {d}" for d in differences(score, t, f)]
        if lines:
            out[doc] = lines
    return out


def run(root: Path, seeds: range, formats: tuple[str, ...], several: bool = False, layout: grammar.Layout | None = None,
        cards: int = 2, strange: bool = False, defects: bool = False) -> tuple[Any, dict[str, list[str]]]:  # fmt: skip
    score = scorer()
    write(root, seeds, formats, cards, several, layout, strange, defects)
    truth = score.load_truth(root / "truth")
    found = [score.adapt(c) for c in extract(root)]
    return score.score(truth, found), compare(score, truth, found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:150")
    parser.add_argument("--formats", default="txt")
    parser.add_argument("--several", action="store_true", help="both cards of a layout in one file")
    parser.add_argument("--strange", action="store_true", help="with a source that no rule knows")
    parser.add_argument("--defects", action="store_true", help="with a wrong figure in each budget")
    parser.add_argument(
        "--named", choices=sorted(NAMED), help="one of the project's three own layouts, 6 cards"
    )
    parser.add_argument("--keep", type=Path, help="write the documents and their truth here")
    parser.add_argument("-v", action="store_true")
    a = parser.parse_args()
    first, last = map(int, a.seeds.split(":"))
    with tempfile.TemporaryDirectory() as folder:
        target, formats = a.keep or Path(folder), tuple(a.formats.split(","))
        if a.named:
            result, diffs = run(target, range(9000, 9001), formats, layout=NAMED[a.named](), cards=6)
        else:
            result, diffs = run(
                target, range(first, last), formats, a.several, strange=a.strange, defects=a.defects
            )
    score = scorer()
    n = result["overall"]
    print(" ".join(f"{name}={show(n).strip()}" for name, show in score.COLUMNS))
    for name, x in result["header"].items():
        if x["right"] != x["stated"] or x["invented"]:
            print(f"  {name}: {x['right']} of {x['stated']}, {x['invented']} invented")
    print("  false codes:", {c: x["false"] for c, x in result["codes"].items() if x["false"]})
    missed = {c: f"{x['hit']} of {x['n']}" for c, x in result["codes"].items() if x["n"]}
    if missed:
        print("  defects found:", missed)
    print(
        "  documents with differences:",
        len(diffs),
        "of",
        (last - first) * (1 if a.several else 2) * len(a.formats.split(",")),
    )
    if a.v:
        for doc, lines in diffs.items():
            print("##", doc, grammar.describe(grammar.draw(int(doc[2:6]))))
            for line in lines:
                print("   ", line[:460])


if __name__ == "__main__":
    sys.exit(main())
