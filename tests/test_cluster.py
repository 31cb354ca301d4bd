"""A real scheduler and real workers over TCP on loopback: the same bytes as a local run, also when one is
killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import batches
from tests.batches import everything, fill, ledger, run_apart

from cardextract.engine.cluster import Order, Parcel, remote_chunk
from cardextract.engine.worker import Job, Limits, Setup

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


class Cluster:
    """A scheduler and its workers, each a process in a group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self.read("scheduler", rb"(tcp://127\.0\.0\.1:\d+)").decode()
        self.workers = [self.worker(f"worker{n}") for n in range(2)]

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "distributed.cli.dask_" + name.rstrip("0123456789"),
            *arguments,
        ]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        self.processes.append(process)
        return process

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        process = self.start(
            name, self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
            "--local-directory", str(self.folder / name),
        )  # fmt: skip
        self.read(name, rb"Registered to: +(tcp)")
        return process

    def read(self, name: str, pattern: bytes) -> bytes:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if found := re.search(pattern, (self.folder / f"{name}.log").read_bytes()):
                return found[1]
            threading.Event().wait(0.05)
        raise AssertionError((self.folder / f"{name}.log").read_text())

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("POISON_MARKS", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(batches.HERE), os.environ.get("PYTHONPATH", "")]))
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.close()


def test_the_same_bytes_as_alone_also_with_poison(tmp_path: Path, cluster: Cluster) -> None:
    inbox = fill(tmp_path / "in", 30)
    (inbox / "sub").mkdir()
    odd = os.fsencode(inbox) + b"/sub/\xb0\xa1.txt"
    os.close(os.open(odd, os.O_CREAT | os.O_WRONLY))
    for deed in ("crash", "leave", "refuse", "rubbish"):
        (inbox / f"{deed}.txt").write_text(f"POISON {deed}\n" + batches.card_text(900 + len(deed)), "utf-8")
    plugins = 'plugins=["poison_reader"]'
    alone = run_apart(inbox, tmp_path / "alone", plugins)
    there = run_apart(inbox, tmp_path / "there", plugins, f'dask="{cluster.address}"')
    assert (alone.returncode, there.returncode) == (3, 3), there.stderr.decode()
    assert everything(tmp_path / "there") == everything(tmp_path / "alone")
    lines = ledger(tmp_path / "there")
    assert lines["crash.txt"]["code"] == "worker_died"
    assert lines["sub/%B0%A1.txt"]["code"] == "no_text"


def start_and_wait(tmp_path: Path, cluster: Cluster) -> subprocess.Popen[bytes]:
    """A run on the cluster that has come to the middle of its inbox."""
    inbox = fill(tmp_path / "in", 150)
    (inbox / "card00060 middle.txt").write_text("POISON tell\n" + batches.card_text(900), "utf-8")
    plugins = 'plugins=["poison_reader"]'
    assert run_apart(inbox, tmp_path / "alone", plugins).returncode == 0
    told = tmp_path / "card00060 middle.txt.read"
    told.unlink()
    command = batches.command(inbox, tmp_path / "there", plugins, f'dask="{cluster.address}"')
    driver = subprocess.Popen(command, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not told.exists():
        assert time.monotonic() < end
        threading.Event().wait(0.01)
    return driver


def test_a_killed_worker_loses_nothing(tmp_path: Path, cluster: Cluster) -> None:
    driver = start_and_wait(tmp_path, cluster)
    os.killpg(cluster.workers[0].pid, signal.SIGKILL)
    _, err = driver.communicate(timeout=200)
    assert driver.returncode == 0, err.decode()
    assert everything(tmp_path / "there") == everything(tmp_path / "alone")


def test_a_killed_scheduler_ends_the_run_and_the_next_goes_on(tmp_path: Path, cluster: Cluster) -> None:
    driver = start_and_wait(tmp_path, cluster)
    os.killpg(cluster.scheduler.pid, signal.SIGKILL)
    _, err = driver.communicate(timeout=200)
    assert driver.returncode == 74, err.decode()
    assert b"Traceback" not in err
    assert b"is lost" in err
    assert run_apart(tmp_path / "in", tmp_path / "there", 'plugins=["poison_reader"]').returncode == 0
    assert everything(tmp_path / "there") == everything(tmp_path / "alone")


def test_no_cluster_is_said_in_one_line(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 1)
    done = run_apart(inbox, tmp_path / "out", 'dask="tcp://127.0.0.1:9"')
    assert done.returncode == 74
    assert b"no Dask scheduler" in done.stderr
    assert b"Traceback" not in done.stderr


def test_other_versions_are_refused(tmp_path: Path) -> None:
    from cardextract.engine.cluster import ClusterError

    setup = Setup(str(tmp_path), str(tmp_path), "")
    order = Order("run", setup, Limits(), {}, ("3.0", "0", "another code"))
    with pytest.raises(ClusterError, match="other versions"):
        remote_chunk([Parcel(Job("a", "0"), b"")], order)
