"""A run over Dask beside the local one: `python benchmarks/cluster.py [--cards N] [--rounds N]`.

Starts a scheduler and two workers on this machine, reads the same invented cards with two local children and over the
cluster, and compares every byte of the outputs. Prints one line of JSON for each run, as batch.py does, with the CPU of
scheduler and Dask workers (their children included) a card, and says whether the bytes are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import batch

import cards


def start(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of Dask."""
    module = "distributed.cli.dask_" + name.rstrip("0123456789")
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", module, *arguments], stdout=log, stderr=log, cwd=folder
        )


def told(file: Path, before: str) -> str:
    """The word behind these in a log, once it stands there."""
    for _ in range(1200):
        _, found, rest = file.read_text(encoding="utf-8").partition(before)
        if found and "\n" in rest:
            return rest.split()[0]
        time.sleep(0.05)
    raise SystemExit(file.read_text(encoding="utf-8"))


def spent(pid: int) -> float:
    """CPU seconds of a process and of all its children, those that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    ended = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return ended + sum(map(spent, batch.children(pid)))


def digest(output: Path) -> str:
    """A hash of all outputs."""
    found = hashlib.sha256()
    for path in sorted(p for p in output.rglob("*") if p.is_file() and ".state" not in p.parts):
        found.update(f"{path.relative_to(output)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cardextract-cluster-"))
    inbox, n = folder / "inbox", given.cards
    cards.write(inbox, n)
    time.sleep(2.5)
    processes = [start(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    try:
        address = "tcp://127.0.0.1:" + told(folder / "scheduler.log", "tcp://127.0.0.1:")
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        for name in ("worker1", "worker2"):
            processes.append(start(folder, name, address, *options, "--local-directory", str(folder / name)))
            told(folder / f"{name}.log", "Registered to:")
        seen = set()
        for _ in range(given.rounds):
            for name, more in (("local", ("--workers", "2")), ("dask", ("--dask", address))):
                output = folder / "output"
                shutil.rmtree(output, ignore_errors=True)
                before = sum(spent(p.pid) for p in processes)
                found = batch.measured(name, inbox, output, n, "--no-mentions", *more)
                if name == "dask":
                    busy = sum(spent(p.pid) for p in processes) - before
                    found["dask_cpu_ms_a_card"] = round(busy / n * 1000, 2)
                seen.add(digest(output))
                print(json.dumps(found), flush=True)
        print(json.dumps({"same_bytes": len(seen) == 1}))
    finally:
        for process in processes:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
