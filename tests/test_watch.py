"""`--watch` as a process: files that arrive, grow and go; restarts; the lock in between; SIGTERM."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import batches
from tests.batches import everything, fill, ledger, run

from cardextract import storage

pytest.importorskip("watchfiles")


class Watching:
    """A watching process; its events as they come."""

    def __init__(self, inbox: Path, output: Path) -> None:
        command = batches.command(inbox, output, "watch=true", 'log="json"')
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE)
        self.events: list[dict[str, object]] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.events.append(json.loads(line))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.reader.join()
        return code


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[[], Watching]]:
    started: list[Watching] = []

    def start() -> Watching:
        started.append(Watching(tmp_path / "in", tmp_path / "out"))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        each.reader.join()
        assert each.process.stderr is not None
        each.process.stderr.close()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)


def cards(output: Path) -> int:
    try:
        return len((output / "cards.jsonl").read_bytes().splitlines())
    except FileNotFoundError:
        return -1


def test_arrivals_are_read_and_sigterm_ends_it(tmp_path: Path, watching: Callable[[], Watching]) -> None:
    inbox, output = fill(tmp_path / "in", 2), tmp_path / "out"
    process = watching()
    until(lambda: cards(output) == 2)
    fill(inbox, 2, start=2)
    until(lambda: cards(output) == 4)
    (inbox / "sub").mkdir()
    fill(inbox / "sub", 1, start=4)
    until(lambda: cards(output) == 5)
    (inbox / "card00000.txt").unlink()
    until(lambda: any(e.get("removed") == 1 for e in process.events))
    until(lambda: process.events[-1]["event"] == "waiting")
    assert process.stop() == 0
    assert process.events[-1]["event"] == "stopped"
    run(inbox, tmp_path / "fresh")
    assert everything(output) == everything(tmp_path / "fresh")


def test_a_slow_copy_ends_up_whole(tmp_path: Path, watching: Callable[[], Watching]) -> None:
    inbox, output = fill(tmp_path / "in", 1), tmp_path / "out"
    process = watching()
    until(lambda: cards(output) == 1)
    text = batches.card_text(5).encode()
    with (inbox / "slow.txt").open("wb") as stream:
        for byte in range(0, len(text), 60):
            stream.write(text[byte : byte + 60])
            stream.flush()
            threading.Event().wait(0.05)
    (tmp_path / "whole.txt").write_bytes(text)
    until(lambda: cards(output) == 2)
    until(lambda: "설계 용역 착수" in (output / "cards.jsonl").read_text("utf-8").splitlines()[-1])
    until(lambda: "slow.txt" in ledger(output))  # which is written after the records
    assert process.stop() == 0
    assert ledger(output)["slow.txt"]["status"] in ("ok", "ok_with_findings")


def test_it_needs_no_memory_and_shares_the_lock(tmp_path: Path, watching: Callable[[], Watching]) -> None:
    inbox, output = fill(tmp_path / "in", 1), tmp_path / "out"
    first = watching()
    until(lambda: any(e["event"] == "waiting" for e in first.events))
    with storage.locked(output):
        fill(inbox, 1, start=1)
        until(lambda: any(e["event"] == "locked" for e in first.events))
        assert cards(output) == 1
    until(lambda: cards(output) == 2)
    first.process.kill()
    first.process.wait()
    fill(inbox, 1, start=2)
    second = watching()
    until(lambda: cards(output) == 3)
    assert second.stop() == 0


def test_it_ends_where_waiting_does_not_help(watching: Callable[[], Watching]) -> None:
    process = watching()
    assert process.process.wait(timeout=30) == 2
