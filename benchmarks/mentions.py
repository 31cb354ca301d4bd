"""How fast mentions are: seconds to load, lines a second on one core.

    python benchmarks/mentions.py [LINES_FILE]

Without a file the gold bullets of the tests are taken, their mark-up removed. Times are of the processor:
other work on the machine counts less. Loading is given in wall-clock seconds too.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lines(path: Path | None) -> list[str]:
    if path:
        return path.read_text(encoding="utf-8").splitlines()
    files = sorted((ROOT / "tests/mentions_gold").glob("*.txt"))
    marked = [line for f in files for line in f.read_text(encoding="utf-8").splitlines()]
    return [re.sub(r"\{[^|}]*\|([^}]*)\}", r"\1", line) for line in marked if line and line[0] != "#"]


def main() -> None:
    texts = lines(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    texts = (texts * (4000 // len(texts) + 1))[:4000]
    wall, cpu = time.perf_counter(), time.process_time()
    from cardextract.mentions import load
    from cardextract.profiles import find_rules_dir

    base_wall, base_cpu = time.perf_counter(), time.process_time()
    annotate = load(find_rules_dir(None))
    annotate(texts[:1], 2024)
    now_wall, now_cpu = time.perf_counter(), time.process_time()
    print(f"modules of ours  {base_wall - wall:6.2f} s ({base_cpu - cpu:.2f} s processor)")
    print(f"loading spaCy    {now_wall - base_wall:6.2f} s ({now_cpu - base_cpu:.2f} s processor)")
    for name in ("first pass", "second pass"):
        cpu = time.process_time()
        found = annotate(texts, 2024)
        spent = time.process_time() - cpu
        total = sum(map(len, found))
        print(f"{name:15} {len(texts) / spent:8,.0f} lines/s, {total:,} mentions in {len(texts):,} lines")


if __name__ == "__main__":
    main()
