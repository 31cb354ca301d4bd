"""A run over several machines: Dask distributed carries the same `run_chunk` that local threads call.

The driver sends each file's bytes and the rules; a Dask worker keeps them in a folder of its own while the
file is read by a child process with the usual limits. Only the driver writes outputs. A Dask worker that dies
loses nothing: its chunks are done again by another one. When the scheduler dies the run ends, and the next
one goes on from the cache.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cardextract.engine.children import close_children, run_chunk
from cardextract.engine.plan import versions
from cardextract.engine.worker import Job, Limits, Result, Setup

CONNECT_SECONDS = 10


class ClusterError(Exception):
    """The cluster cannot be used, or is gone; the message is for people."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file on its way: None for bytes that could not be read."""

    job: Job
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all parcels of a run. rules: file name -> bytes; run: a name of its own for every
    run."""

    run: str
    setup: Setup
    limits: Limits
    rules: Mapping[str, bytes]
    versions: tuple[str, ...]


# --- on the workers ---

_HOME: list[Path] = []
_LOCK = threading.Lock()


def remote_chunk(parcels: Sequence[Parcel], order: Order) -> list[Result]:
    """Unpack the files, have them read by this thread's child, remove them.

    Raises ClusterError, StartError.
    """
    if order.versions != versions():
        raise ClusterError(f"a worker has other versions: {versions()} instead of {order.versions}")
    home = _home() / order.run
    inbox, rules = home / "inbox", home / "rules"
    with _LOCK:
        if not rules.is_dir():
            _unpack_rules(order.rules, rules)
    written = []
    try:
        for parcel in parcels:
            if parcel.data is not None:
                written.append(_unpack(inbox, parcel.job.path.encode("latin-1"), parcel.data))
        setup = replace(order.setup, root=str(inbox), rules=str(rules))
        return run_chunk([parcel.job for parcel in parcels], setup, order.limits)
    finally:
        for path in written:
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - a name of bytes


def _home() -> Path:
    """This process's folder for unpacked files; it goes with the process."""
    with _LOCK:
        if not _HOME:
            _HOME.append(Path(tempfile.mkdtemp(prefix="cardextract-")))
            atexit.register(_leave)
        return _HOME[0]


def _leave() -> None:
    close_children()
    shutil.rmtree(_HOME[0], ignore_errors=True)


def _unpack_rules(rules: Mapping[str, bytes], folder: Path) -> None:
    part = folder.with_name("rules.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, data in rules.items():
        (part / name).write_bytes(data)
    part.rename(folder)


def _unpack(inbox: Path, relative: bytes, data: bytes) -> bytes:
    """Put a file where its relative path says; names stay bytes."""
    if relative.startswith(b"/") or b".." in relative.split(b"/"):
        raise ClusterError(f"not a path below the inbox: {relative!r}")
    path = os.fsencode(inbox) + b"/" + relative
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - a name of bytes
    with open(path, "wb") as stream:  # noqa: PTH123 - a name of bytes
        stream.write(data)
    return path


def forget(run: str) -> None:
    """Remove what is left of a run on this worker, and end its children."""
    close_children()
    if _HOME:
        shutil.rmtree(_HOME[0] / run, ignore_errors=True)


# --- in the driver ---

Submit = Callable[[list[Job]], "Future[list[Result]]"]


@contextlib.contextmanager
def connected(address: str, inbox: Path, setup: Setup, limits: Limits) -> Iterator[tuple[Submit, int]]:
    """A function that sends chunks to the cluster at this address, and how many can be read at once.

    Raises ClusterError where there is no cluster, no worker or another version of this program, and when the
    cluster is lost on the way.
    """
    try:
        import distributed
    except ImportError as e:
        raise ClusterError("--dask needs the extra: pip install 'cardextract[dask]'") from e
    connect: Any = distributed.Client
    for name in [n for n in logging.root.manager.loggerDict if n.startswith(("distributed", "tornado"))]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a lost connection is told once, by us
    order = Order(
        os.urandom(8).hex(), replace(setup, root="", rules="", drafts=""), limits,
        {p.name: p.read_bytes() for p in Path(setup.rules).glob("*.toml")}, versions(),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a chunk of several MiB is meant to be sent
        try:
            client = connect(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as e:
            raise ClusterError(f"no Dask scheduler at {address}: {e}") from e
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            _check_versions(client.run(versions))
            shared = client.scatter(order, broadcast=True, hash=False)
            executor = client.get_executor(pure=False, retries=2)
            width = sum(client.nthreads().values())
            yield lambda jobs: executor.submit(remote_chunk, _pack(inbox, jobs), shared), width
            with contextlib.suppress(Exception):  # nothing depends on it: it goes with the worker, too
                client.run(forget, order.run)
        except (CancelledError, OSError, TimeoutError, distributed.KilledWorker) as e:
            why = str(e) or type(e).__name__
            raise ClusterError(f"the Dask cluster at {address} is lost ({why}); run again") from e
        finally:
            with contextlib.suppress(Exception):
                client.close(timeout=2)


def _check_versions(found: Mapping[str, tuple[str, ...]]) -> None:
    mine = versions()
    for worker, theirs in found.items():
        if theirs != mine:
            raise ClusterError(f"{worker} has other versions than the driver: {theirs} instead of {mine}")


def _pack(inbox: Path, jobs: Sequence[Job]) -> list[Parcel]:
    return [Parcel(job, _bytes(os.fsencode(inbox) + b"/" + job.path.encode("latin-1"))) for job in jobs]


def _bytes(path: bytes) -> bytes | None:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a name of bytes
            return stream.read()
    except OSError:
        return None
