"""kill -9 at random moments and at the very instants when final names change; a watcher never sees a torn
file."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from tests import batches
from tests.batches import everything, fill, run, run_apart

from cardextract import storage
from cardextract.engine.inputs import Signature

pytestmark = pytest.mark.slow

CARDS = 40
KILLS = 20


class Watcher(threading.Thread):
    """Reads every final file whenever it has changed; remembers those that were torn."""

    def __init__(self, output: Path) -> None:
        super().__init__()
        self.output, self.done, self.torn = output, threading.Event(), list[str]()
        self.seen: dict[Path, Signature] = {}

    def run(self) -> None:
        while not self.done.wait(0.001):
            for path in [*self.output.glob("*.jsonl"), *self.output.glob("cards/*.json")]:
                if not path.name.startswith(storage.TEMPORARY):
                    self.look(path)

    def look(self, path: Path) -> None:
        try:
            signature = Signature.of(path.stat())
            if self.seen.get(path) == signature:
                return
            data = path.read_bytes()
        except FileNotFoundError:
            return
        self.seen[path] = signature
        if not whole(path, data):
            self.torn.append(f"{path.name}: {data[-60:]!r}")

    def __enter__(self) -> Watcher:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.join()


def whole(path: Path, data: bytes) -> bool:
    """A final file holds complete JSON."""
    try:
        if path.suffix == ".json":
            return str(json.loads(data)["card_id"]) == path.stem
        for line in data.splitlines():
            json.loads(line)
        return data == b"" or data.endswith(b"\n")
    except (ValueError, KeyError):
        return False


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An inbox, and what an uninterrupted run makes of it."""
    folder = tmp_path_factory.mktemp("kill")
    inbox = fill(folder / "in", CARDS)
    (inbox / "empty.txt").write_text("")
    (inbox / "twice.txt").write_bytes((inbox / "card00007.txt").read_bytes())
    assert run(inbox, folder / "out") == 3
    return inbox, everything(folder / "out")


def test_killed_at_random_moments(tmp_path: Path, wanted: tuple[Path, dict[str, bytes]]) -> None:
    inbox, files = wanted
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    begun = time.monotonic()
    assert run_apart(inbox, tmp_path / "whole").returncode == 3
    takes = time.monotonic() - begun
    kills = 0
    for n in itertools.count():
        output = tmp_path / str(n)
        with Watcher(output) as watcher:
            process = subprocess.Popen(batches.command(inbox, output), stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=takes * dice.uniform(0.1, 1))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += process.wait() == -signal.SIGKILL
            assert run_apart(inbox, output, "workers=1").returncode == 3, f"seed {seed}"
        assert watcher.torn == [], f"seed {seed}"
        assert len(watcher.seen) > CARDS, f"seed {seed}"
        assert everything(output) == files, f"seed {seed}, run {n}"
        if kills == KILLS:
            break
        assert n < 10 * KILLS, "runs are over before they can be killed"


def test_killed_when_final_names_change(tmp_path: Path, wanted: tuple[Path, dict[str, bytes]]) -> None:
    inbox, files = wanted
    assert run_apart(inbox, tmp_path / "count", f'tell="{tmp_path / "told"}"').returncode == 3
    instants = 2 * int((tmp_path / "told").read_text())
    assert instants >= KILLS
    chosen = {1 + (instants - 1) * i // (KILLS - 1) for i in range(KILLS)}
    assert len(chosen) == KILLS
    for instant in sorted(chosen):
        output = tmp_path / str(instant)
        with Watcher(output) as watcher:
            assert run_apart(inbox, output, f"die_at={instant}").returncode == -9
            assert run_apart(inbox, output, "workers=1").returncode == 3
        assert watcher.torn == []
        assert len(watcher.seen) > CARDS
        assert everything(output) == files, f"instant {instant}"


def test_killed_again_and_again_while_the_inbox_changes(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 10), tmp_path / "out"
    for round_ in range(10):
        fill(inbox, 3, start=10 + 3 * round_)
        (inbox / f"card{round_:05}.txt").write_text(batches.card_text(900 + round_), "utf-8")
        (inbox / f"card{10 + round_:05}.txt").unlink()
        assert run_apart(inbox, output, f"die_at={1 + 2 * round_}").returncode == -9
    assert run_apart(inbox, output).returncode == 0
    assert run_apart(inbox, tmp_path / "fresh").returncode == 0
    assert everything(output) == everything(tmp_path / "fresh")
    digest = hashlib.sha256((output / "cards.jsonl").read_bytes()).hexdigest()
    assert run_apart(inbox, output).returncode == 0
    assert hashlib.sha256((output / "cards.jsonl").read_bytes()).hexdigest() == digest
