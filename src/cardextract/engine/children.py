"""Driving child processes: `run_chunk(jobs, setup, limits)`, the same function for local threads and for a
cluster.

Every thread that calls it keeps one warm child (`cardextract.engine.worker`) between calls. A child that dies, hangs
or breaks a limit takes one file with it, never more: jobs are handed over one at a time. That file is tried
once more alone in a fresh child, and if it happens again the file is to blame.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cardextract.engine.worker import Job, Limits, Result, Setup, decode_result
from cardextract.ledger import MESSAGES, RETRYABLE

START_SECONDS = 120
"""A child that is not ready after this long never will be: imports from a cold disk take some seconds."""


_COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "cardextract.engine.worker")
"""-P: the folder in which the run was started is no place for modules; -X utf8: names are bytes, whatever the
locale."""


class StartError(Exception):
    """A child could not be started at all: no fault of any input."""


class Stopped(Exception):  # noqa: N818 - the run is ending, nobody failed
    """`close_children(stop=True)` ended the children while they worked."""


class _Died(Exception):  # noqa: N818 - becomes a verdict
    """The child is gone, or had to be killed. code: a code of the ledger, label: the words for its
    message."""

    def __init__(self, code: str, label: object) -> None:
        super().__init__(f"{code} ({label})")
        self.code, self.label = code, label


class Child:
    """One child process with the setup it was given: an open resource, to be closed."""

    def __init__(self, setup: Setup, limits: Limits) -> None:
        self.setup, self.limits = setup, limits
        self._buffer = bytearray()
        mine, theirs = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*_COMMAND, str(theirs), str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs,),
                env=_environment(),
            )
        except OSError as e:
            os.close(mine)
            raise StartError(str(e)) from e
        finally:
            os.close(theirs)
        os.set_blocking(mine, False)
        self._answers = mine
        self._selector = selectors.DefaultSelector()
        self._selector.register(mine, selectors.EVENT_READ)
        _OPEN.add(self)
        if _STOP.is_set():  # it was too late to be ended with the others
            self.kill()
        try:
            self._send({"setup": asdict(setup), "limits": asdict(limits)})
            answer = json.loads(self._line(START_SECONDS))
        except (_Died, ValueError) as e:
            self.close()
            raise StartError(f"the worker process does not start: {e}") from e
        if answer != {"ready": True}:
            self.close()
            raise StartError(f"the worker process does not start: {answer.get('error')}")

    def extract(self, job: Job) -> Result:
        """Have one file read. Raises _Died; the child is closed then."""
        try:
            self._send(asdict(job))
            result = decode_result(self._line(self.limits.wall_seconds), self._bytes)
        except _Died:
            self.close()
            raise
        except ValueError as e:
            self.close()
            raise _Died("worker_died", "wrong answer") from e
        if result.code == "limit_memory":
            self.close()
            raise _Died("limit_memory", self.limits.memory_mib)
        if result.path != job.path:
            self.close()
            raise _Died("worker_died", "wrong answer")
        return result

    def alive(self) -> bool:
        """Whether it can take a job."""
        return self in _OPEN and self._process.poll() is None

    def kill(self) -> None:
        """End it at once, from any thread; whoever waits for its answer sees it die."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """End it and give back what it held. It ends by itself when its stdin closes; a second is enough."""
        if self not in _OPEN:
            return
        _OPEN.discard(self)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._selector.close()
        os.close(self._answers)

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as e:
            raise self._death() from e

    def _line(self, seconds: float) -> bytes:
        """The next line of the child. Raises _Died when it ends, or takes longer than this (it is killed
        then)."""
        deadline = time.monotonic() + seconds
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._receive(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _bytes(self, size: int) -> bytes:
        """So many bytes that the child has begun to send. Raises as `_line`."""
        deadline = time.monotonic() + self.limits.wall_seconds
        while len(self._buffer) < size:
            self._receive(deadline)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _receive(self, deadline: float) -> None:
        """Wait for more of the answer."""
        left = deadline - time.monotonic()
        if left <= 0 or not self._selector.select(left):
            if self._process.poll() is None:
                self._process.kill()
                raise _Died("limit_time", self.limits.wall_seconds)
            raise self._death()
        data = os.read(self._answers, 1 << 20)
        if not data:
            raise self._death()
        self._buffer += data

    def _death(self) -> _Died:
        """Why it ended."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it closed its descriptor and lives on
            self._process.kill()
            return _Died("worker_died", "no answer")
        if code == -signal.SIGXCPU:
            return _Died("limit_cpu", self.limits.cpu_seconds)
        if code < 0:
            return _Died("worker_died", signal.Signals(-code).name)
        return _Died("worker_died", f"exit {code}")


_OPEN: set[Child] = set()
_LOCAL = threading.local()
_STOP = threading.Event()


def run_chunk(jobs: Sequence[Job], setup: Setup, limits: Limits) -> list[Result]:
    """Read these files, one after the other, in this thread's child; a result for every job, in their order.

    Raises StartError when no child can be started (no input is to blame), Stopped after
    `close_children(stop=True)`.
    """
    return [_read(job, setup, limits) for job in jobs]


def close_children(*, stop: bool = False) -> None:
    """End all children. With stop, threads that wait for one raise Stopped, until `allow_children`."""
    if stop:
        _STOP.set()
        for child in list(_OPEN):
            child.kill()
        return
    for child in list(_OPEN):
        child.close()


def allow_children() -> None:
    """Children may be started (again)."""
    _STOP.clear()


def _read(job: Job, setup: Setup, limits: Limits) -> Result:
    try:
        result = _child(setup, limits).extract(job)
    except _Died:
        if _STOP.is_set():
            raise Stopped from None
        result = _alone(job, setup, limits)
    if result.rss_mib > limits.recycle_mib:
        _child(setup, limits).close()
    return result


def _alone(job: Job, setup: Setup, limits: Limits) -> Result:
    """The second try, in a fresh child; now the file is to blame."""
    if _STOP.is_set():
        raise Stopped
    try:
        return _child(setup, limits).extract(job)
    except _Died as died:
        if _STOP.is_set():
            raise Stopped from None
        message = MESSAGES[died.code].format(label=died.label)
        return Result(job.path, job.sha256, died.code, message, retryable=died.code in RETRYABLE)


def _child(setup: Setup, limits: Limits) -> Child:
    """This thread's child, started if there is none that fits."""
    child: Child | None = getattr(_LOCAL, "child", None)
    if child is not None and child.alive() and (child.setup, child.limits) == (setup, limits):
        return child
    if child is not None:
        child.close()
    if _STOP.is_set():
        raise Stopped
    fresh = Child(setup, limits)
    _LOCAL.child = fresh
    return fresh


def _environment() -> dict[str, str]:
    """One thread a child (numeric libraries would start one a core, each with its own memory)."""
    single = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(single, "1"), "MALLOC_ARENA_MAX": "2"}
