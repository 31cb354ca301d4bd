"""What the parent of a batch costs by the number of cards: `python benchmarks/parent.py [--cards 1000,10000,50000]`.

Children are replaced by the results of a few hundred real cards, told apart by path, number and title, so that only the
parent works: looking at files, the cache, the checks across cards, all outputs. For each number of cards a first run, the
same again, and one card more; CPU milliseconds a card (seconds for the last two) and memory, a process for each number.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import cards
from cardextract import batch
from cardextract.engine import reading, worker
from cardextract.profiles import find_rules_dir, load_rules

REAL = 200


def real(folder: Path) -> list[worker.Result]:
    """Results of real cards."""
    rules = load_rules(find_rules_dir(None))
    setup = worker.Setup(str(folder), str(rules.folder), rules.sha256, mentions=False)
    cards.write(folder, REAL)
    jobs = [
        worker.Job(str(p.relative_to(folder)), hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(folder.rglob("*.txt"))
    ]
    return [worker.extract(job, setup, rules) for job in jobs]


def told_apart(result: worker.Result, job: worker.Job, n: int) -> worker.Result:
    """The result of another card."""
    facts = json.loads(result.cards[0].facts)
    facts |= {
        "card_id": f"{job.sha256[:12]}-1",
        "path": job.path,
        "number": f"{n}-1",
        "table": job.sha256[:12],
    }
    facts |= {"title": f"{facts['title']} {job.sha256[:8]}"}
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    part = replace(result.cards[0], card_id=facts["card_id"], facts=text, digest=job.sha256)
    return replace(result, path=job.path, sha256=job.sha256, cards=(part,))


def measure(count: int) -> None:
    """All runs for one number of cards."""
    with tempfile.TemporaryDirectory(prefix="cardextract-parent-") as name:
        folder = Path(name)
        results = real(folder / "real")
        helped = 0.0
        lock = threading.Lock()

        def chunk(jobs: Sequence[worker.Job], *_: object) -> list[worker.Result]:
            nonlocal helped
            start = time.thread_time()
            lines = [
                worker.encode_result(told_apart(results[n % REAL], job, n))
                for job in jobs
                for n in [int(job.path[-11:-4])]
            ]
            spent = time.thread_time() - start
            with lock:
                helped += spent
            streams = map(io.BytesIO, lines)
            return [worker.decode_result(stream.readline(), stream.read) for stream in streams]

        reading.run_chunk = chunk
        inbox, output = folder / "inbox", folder / "output"
        cards.write(inbox, count)
        time.sleep(2.5)
        begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found: dict[str, float] = {"cards": count}
        for what in ("first", "nothing_new", "one_more"):
            if what == "one_more":
                cards.write(inbox, 1, start=count)
            helped, start = 0.0, time.process_time()
            assert batch.run(inbox, output, mentions=False) == batch.OK
            cpu = time.process_time() - start - helped
            if what == "first":
                found |= {"first_ms_a_card": round(cpu / count * 1000, 3)}
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                found |= {"growth_mib": round((peak - begun) / 1024, 1)}
            else:
                found |= {f"{what}_s": round(cpu, 2)}
        print(json.dumps(found), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", default="1000,10000,50000")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        measure(given.alone)
        return
    for count in given.cards.split(","):
        subprocess.run([sys.executable, __file__, "--alone", count], check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
