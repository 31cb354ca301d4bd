"""Having files read: chunks of jobs go to threads with a child each (or to a cluster), results come into the
cache."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from cardextract.console import Progress
from cardextract.engine import inputs, plan
from cardextract.engine.cache import Cache
from cardextract.engine.children import allow_children, close_children, run_chunk
from cardextract.engine.worker import Job, Limits, Result, Setup
from cardextract.ledger import verdict

SETTLE_SECONDS = 0.25
"""A file that was touched a moment ago has to stay as it is for so long: it may still be being copied."""

COMMIT_SECONDS = 1.0
"""How much work a killed run may lose."""

Work = Iterator[tuple[plan.Planned, Job]]
Submit = Callable[[list[Job]], "Future[list[Result]]"]


@dataclass(slots=True)
class Tally:
    """What was read: how many files, the slowest of them, and what went wrong inside this program."""

    read: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    traces: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Taker:
    """Takes results into the cache, and commits now and then."""

    cache: Cache
    base: tuple[str, str]
    total: int
    show: Progress
    tally: Tally = field(default_factory=Tally)
    committed: float = field(default_factory=time.monotonic)

    def take(self, planned: plan.Planned, result: Result) -> None:
        """One result."""
        key = plan.result_key(planned, result, self.base)
        self.cache.put_result(planned.entry.relative, result, planned.signature, key)
        tally = self.tally
        tally.read += 1
        tally.slowest = sorted([*tally.slowest, (result.seconds, planned.entry.path)], reverse=True)[:5]
        if result.trace is not None:
            tally.traces.append((planned.entry.path, result.trace))
        self.show(tally.read, self.total)
        if time.monotonic() - self.committed > COMMIT_SECONDS:
            self.cache.commit()
            self.committed = time.monotonic()


def read_all(
    work: Work, taker: Taker, inbox: Path, setup: Setup, limits: Limits, workers: int, dask: str | None
) -> None:
    """Have all jobs done. Where there is nothing to do, nothing is started.

    Raises StartError, Stopped (interrupted), cluster.ClusterError.
    """
    first = next(work, None)
    if first is None:
        return
    rest = itertools.chain([first], work)
    if dask is None:
        with _threads(setup, limits, workers) as submit:
            drive(submit, workers, rest, taker)
        return
    from cardextract.engine.cluster import connected

    with connected(dask, inbox, setup, limits) as (submit, width):
        drive(submit, width, rest, taker)


@contextlib.contextmanager
def _threads(setup: Setup, limits: Limits, workers: int) -> Iterator[Submit]:
    """Threads, each of which drives one child."""
    with ThreadPoolExecutor(workers, thread_name_prefix="driver") as pool:
        try:
            yield lambda jobs: pool.submit(run_chunk, jobs, setup, limits)
        except BaseException:
            close_children(stop=True)
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            close_children()
            allow_children()


def drive(submit: Submit, width: int, work: Work, taker: Taker) -> None:
    """Keep everybody busy without running far ahead of them."""
    pending: dict[Future[list[Result]], list[plan.Planned]] = {}

    def collect(futures: set[Future[list[Result]]]) -> None:
        for future in futures:
            for planned, result in zip(pending.pop(future), future.result(), strict=True):
                taker.take(planned, result)

    for group in plan.chunks(work):
        pending[submit([job for _, job in group])] = [planned for planned, _ in group]
        if taker.tally.read == 0:
            _import_for_later()
        collect({f for f in pending if f.done()})
        while len(pending) >= 2 * width:
            collect(wait(pending, return_when=FIRST_COMPLETED).done)
    while pending:
        collect(wait(pending, return_when=FIRST_COMPLETED).done)


def _import_for_later() -> None:
    """Import what the end of the run needs while the first child starts, on another core."""
    import cardextract.history
    import cardextract.sinks.csv
    import cardextract.sinks.mask  # noqa: F401


def settle(inbox: Path, work: plan.Plan, cache: Cache, scanned: float) -> None:
    """Files that were touched just before the run (scanned: by the monotonic clock) must still be what they
    were."""
    fresh = [p for p in work.inputs if p.verdict is None and p.signature is None]
    if not fresh:
        return
    time.sleep(max(0.0, scanned + SETTLE_SECONDS - time.monotonic()))
    for planned, same in zip(fresh, inputs.unchanged(inbox, [p.entry for p in fresh]), strict=True):
        if not same:
            planned.verdict = verdict("quarantined", "changed_while_reading")
            cache.forget([planned.entry.relative])
