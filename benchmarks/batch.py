"""How fast the batch is on this machine: `python benchmarks/batch.py [--cards N] [--workers N] [--rounds N] [--mentions]
[--folder DIR]`.

Makes invented cards (cards.py), then runs the command as people do: first run, the same again, one card more,
and an inbox of one card. Prints one line of JSON for each: seconds, cards a second, CPU seconds of the parent and of all children,
memory of the parent and of the largest child (MiB). With several rounds the medians follow.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parent))
import cards

MAIN = "import sys; from cardextract.cli import main; sys.argv[0] = 'cardextract'; main()"


def resident(pid: int) -> int:
    """Memory in use by a process, in MiB; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, IndexError):
        return 0


def spent(pid: int) -> float:
    """CPU seconds of a process without its children; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> Iterator[int]:
    """The ids of the direct children."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            yield from map(int, (thread / "children").read_text().split())
        except OSError:
            continue


def measured(name: str, inbox: Path, output: Path, count: int, *more: str) -> dict[str, object]:
    """One run of the command, watched."""
    command = [sys.executable, "-c", MAIN, "run", str(inbox), "--output", str(output), "--log", "json", *more]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    peaks = {"parent": 0, "child": 0, "first": 0}
    cpu = 0.0
    over = threading.Event()

    def look() -> None:
        nonlocal cpu
        while not over.wait(0.05):
            cpu = max(cpu, spent(process.pid))
            now = resident(process.pid)
            peaks["parent"] = max(peaks["parent"], now)
            for child in children(process.pid):
                peaks["first"] = peaks["first"] or now
                peaks["child"] = max(peaks["child"], resident(child))

    watcher = threading.Thread(target=look)
    watcher.start()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, err = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    both = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = time.perf_counter() - begun
    over.set()
    watcher.join()
    summary = json.loads(err.splitlines()[-1])
    return {
        "run": name, "exit": process.returncode, "cards": summary["cards"], "read": summary["read"],
        "seconds": round(seconds, 2), "read_per_second": round(summary["read"] / seconds, 1),
        "parent_cpu": round(cpu, 2), "children_cpu": round(both - cpu, 2), "parent_mib": peaks["parent"],
        "parent_growth_mib": peaks["parent"] - peaks["first"] if peaks["first"] else 0,
        "child_mib": peaks["child"], "stages": summary["seconds"], "inputs": count,
    }  # fmt: skip


def round_of(folder: Path, count: int, more: list[str]) -> Iterator[dict[str, object]]:
    """All runs, in their order, from nothing."""
    inbox, output = folder / "inbox", folder / "output"
    for old in (inbox, output, folder / "output of one"):
        shutil.rmtree(old, ignore_errors=True)
    cards.write(inbox, count)
    time.sleep(2.5)  # so that the first run may trust the times of the files
    for name in ("first run", "nothing new"):
        yield measured(name, inbox, output, count, *more)
    cards.write(inbox, 1, start=count)
    yield measured("one card more", inbox, output, count + 1, *more)
    cards.write(folder / "one", 1)
    yield measured("an inbox of one card", folder / "one", folder / "output of one", 1, *more)


def middle(lines: list[dict[str, object]]) -> dict[str, object]:
    """The medians of the same run in several rounds."""
    numbers = [name for name, value in lines[0].items() if isinstance(value, int | float)]
    medians = {
        name: round(statistics.median(cast("float", line[name]) for line in lines), 2) for name in numbers
    }
    return {"median of": len(lines), "run": lines[0]["run"], **medians}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--mentions", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep inbox and output here")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="cardextract-benchmark-"))
    more = ["--workers", str(given.workers), "--mentions" if given.mentions else "--no-mentions"]
    found: dict[object, list[dict[str, object]]] = {}
    for _ in range(given.rounds):
        for line in round_of(folder, given.cards, more):
            print(json.dumps(line), flush=True)
            found.setdefault(line["run"], []).append(line)
    for lines in found.values() if given.rounds > 1 else ():
        print(json.dumps(middle(lines)), flush=True)
    if given.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
