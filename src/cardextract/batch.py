"""The batch: inbox -> children -> cache -> checks across cards -> outputs. Resumable, and the same bytes
every time.

The steps stand in `_work`. Reading happens in child processes only (children.py); what each file gave is kept
in the cache (cache.py), and all outputs are made from the cache alone, in the order of path and card index.
So a run that was killed, one that found everything done, and one with another number of workers leave the
same bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

from cardextract import storage
from cardextract.console import Log, LogFormat, Stages
from cardextract.engine import inputs, outputs, plan, reading
from cardextract.engine.cache import Cache
from cardextract.engine.children import StartError, Stopped
from cardextract.engine.made import Made, Shape
from cardextract.engine.worker import Limits, Result, Setup
from cardextract.exits import (
    INTERNAL,
    INTERRUPTED,
    IO_ERROR,
    LOCKED,
    OK,
    OPEN_ERRORS,
    QUARANTINED,
    USAGE,
)
from cardextract.ledger import Line, Verdict, check_complete

if TYPE_CHECKING:
    from cardextract.corrections import Correction
    from cardextract.profiles import RuleSet


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that `cardextract run` can be told."""

    inbox: Path
    output: Path
    rules: Path | None = None
    profile: str | None = None
    issuer: str | None = None
    corrections: Path | None = None
    workers: int = 2
    strict: bool = False
    prune: bool = False
    mask_staff: bool = False
    keep_personal: bool = False
    csv_encoding: Literal["utf-8", "cp949"] = "utf-8"
    excel: bool = False
    mentions: bool = True
    log: LogFormat = "text"
    dask: str | None = None
    emit: str | None = None
    limits: Limits = field(default_factory=Limits)
    plugins: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 - an answer to the user, with its exit code
    """The run cannot be done; the message is one line for people."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(BaseException):
    """SIGTERM: like KeyboardInterrupt, not to be caught by accident."""


def run(inbox: Path, output: Path, **options: Any) -> int:
    """Read every file below the inbox into records; the exit code. Keywords are those of `Options`.

    Nothing is written outside of the output folder, and nothing in the inbox is changed.
    """
    return run_options(Options(Path(inbox), Path(output), **options))


def run_options(options: Options) -> int:
    """`run` with its options as data."""
    log = Log(options.log)
    try:
        with _terminable():
            return _run(options, log)
    except Refused as e:
        log.event("refused", str(e), exit=e.code)
        return e.code
    except storage.Locked:
        log.event("locked", f"another run is working on {options.output}; try again when it has finished")
        return LOCKED
    except (KeyboardInterrupt, Interrupted, Stopped):
        log.event("interrupted", "interrupted; what was read is kept, the next run goes on from there")
        return INTERRUPTED
    except (OSError, sqlite3.OperationalError) as e:
        log.event("io_error", _io_message(e, options.output), exit=IO_ERROR)
        return IO_ERROR
    except Exception as e:
        text = (
            f"a bug in this program: {type(e).__name__}: {e}; please report it with the lines of --log json"
        )
        log.event("bug", text, exit=INTERNAL, trace=traceback.format_exc())
        return INTERNAL


def _io_message(error: Exception, output: Path) -> str:
    if not isinstance(error, OSError):  # SQLite's
        return f"cannot write the output: {error}: {output / storage.STATE}"
    where = Path(os.fsdecode(error.filename)) if error.filename else output
    ours = where.resolve().is_relative_to(output.resolve())
    return f"cannot {'write the output' if ours else 'read'}: {error.strerror or error}: {where}"


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM raises Interrupted here, so that children end and temporary files go."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if callable(before):  # whoever called us wants to know, too
            before(number, frame)
        raise Interrupted

    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(options: Options, log: Log) -> int:
    if not options.inbox.is_dir():
        what = "this is no folder" if options.inbox.exists() else "no such folder"
        raise Refused(USAGE, f"{what}: {options.inbox}; give the folder that holds the reports")
    inbox, output = options.inbox.resolve(), options.output.resolve()
    if output == inbox or inbox in output.parents:
        raise Refused(
            USAGE,
            f"the output folder must not lie inside the inbox: {options.output}; choose another with --output",
        )
    if options.corrections is not None and not options.corrections.is_file():
        raise Refused(USAGE, f"no such file of decisions: {options.corrections}")
    from cardextract.profiles import find_rules_dir, load_rules
    from cardextract.rules import RulesError

    try:
        folder = find_rules_dir(options.rules)
        rules = load_rules(folder)
        if options.profile is not None:
            rules.choose("", options.profile)
    except RulesError as e:
        raise Refused(USAGE, str(e)) from e
    from cardextract.engine.cluster import ClusterError
    from cardextract.sinks.csv import Unencodable

    stages = Stages()
    try:
        with storage.locked(output):
            with stages.stage("prepare"):
                storage.remove_temporaries(output)
                copy = _copy_rules(folder, output / storage.STATE / "rules")
                _remember(options, inbox, folder, output / storage.STATE / "run.json")
                drafts = output / outputs.CARDS
                drafts.mkdir(exist_ok=True)
            setup = Setup(
                str(inbox), str(copy), rules.sha256, options.profile, options.issuer, options.mentions,
                options.mask_staff, options.keep_personal, options.excel, str(drafts), options.plugins,
            )  # fmt: skip
            with Cache(output / storage.STATE / "cache.sqlite") as cache, _no_drafts_left(output):
                return _work(options, inbox, output, setup, rules, cache, log, stages)
    except StartError as e:
        raise Refused(INTERNAL, str(e)) from e
    except (ClusterError, Unencodable) as e:
        raise Refused(IO_ERROR, str(e)) from e


@contextlib.contextmanager
def _no_drafts_left(output: Path) -> Iterator[None]:
    """A run that ends before its time takes away what was laid ready for its end."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            storage.remove_temporaries(output)
        raise


def _remember(options: Options, inbox: Path, rules: Path, file: Path) -> None:
    """What the next run needs to be like this one: the review station repeats it after decisions."""
    kept = (
        "profile",
        "issuer",
        "mask_staff",
        "keep_personal",
        "csv_encoding",
        "excel",
        "mentions",
        "plugins",
    )
    known: dict[str, Any] = {"inbox": os.fsdecode(inbox), "rules": os.fsdecode(rules.resolve())}
    known |= {name: getattr(options, name) for name in kept} | {"limits": asdict(options.limits)}
    if options.corrections is not None:
        known["corrections"] = os.fsdecode(options.corrections.resolve())
    storage.write(file, json.dumps(known, sort_keys=True).encode())


def _copy_rules(folder: Path, copy: Path) -> Path:
    """The run's own copy of the rules: editing a rule while it works changes nothing half-way."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for path in sorted(folder.glob("*.toml")):
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


@dataclass(slots=True)
class Done:
    """What a run found out, for its summary."""

    lines: list[Line] = field(default_factory=list)
    tally: reading.Tally = field(default_factory=reading.Tally)
    new: int = 0
    changed: int = 0
    removed: int = 0


def _work(
    options: Options,
    inbox: Path,
    output: Path,
    setup: Setup,
    rules: RuleSet,
    cache: Cache,
    log: Log,
    stages: Stages,
) -> int:
    """The steps of a run, in their order."""
    done = Done()
    with stages.stage("scan"):
        begun = time.monotonic()
        found = inputs.scan(inbox)
        work = plan.Plan([plan.Planned(e) for e in found])
        known = cache.known()
        _guard_against_loss(options, work, known)
        cache.forget(plan.gone(work, cache.files()))
    with stages.stage("read"):
        decisions = _corrections(options, log)
        base = plan.conditions(setup, options.limits)
        jobs = plan.jobs(inbox, work, cache, plan.Corrections(decisions), base)
        with log.progress() as show:
            taker = reading.Taker(cache, base, len(found), show, done.tally)
            reading.read_all(jobs, taker, inbox, setup, options.limits, max(1, options.workers), options.dask)
        reading.settle(inbox, work, cache, begun)
        cache.commit()
    with stages.stage("across"):
        shape = Shape(options.csv_encoding, options.excel, options.mask_staff, options.keep_personal)
        made = Made(output, cache, shape)
        done.lines = outputs.gather(made, work, _outcomes(work, cache), rules, decisions)
        check_complete((e.path for e in found), done.lines)
    with stages.stage("write"):
        counts, new = outputs.write(made, work, done.lines)
    _compare(work, done, known)
    cache.put_known(
        (p.entry.relative, p.sha256, line.status) for p, line in zip(work.inputs, done.lines, strict=True)
    )
    cache.commit()
    if options.emit == "jsonl":
        _emit(made, new)
    return _report(options, log, stages, done, counts)


def _guard_against_loss(
    options: Options, work: plan.Plan, known: dict[bytes, tuple[str | None, str]]
) -> None:
    """An inbox that is suddenly half empty is more often a disk that is not mounted than a decision."""
    lost = plan.gone(work, known)
    if len(lost) * 2 > len(known) and not options.prune:
        raise Refused(
            IO_ERROR,
            f"{len(lost)} of {len(known)} inputs of the last run are gone from {options.inbox}; "
            "nothing was changed. If that is meant, run again with --prune",
        )


def _corrections(options: Options, log: Log) -> list[Correction]:
    from cardextract.corrections import corrections_file, effective, read_log

    file = options.corrections or corrections_file(options.output.resolve())
    decisions, problems = read_log(file)
    for problem in problems:
        log.event("corrections", f"{file}: {problem}; the line is left out", path=str(file))
    return effective(decisions)


def _emit(made: Made, new: set[str]) -> None:
    try:
        outputs.emit(made, new)
    except OSError as e:
        whole = made.output / "cards.jsonl"
        raise Refused(
            IO_ERROR, f"cannot write to standard output: {e.strerror}; all records are in {whole}"
        ) from e


def _outcomes(work: plan.Plan, cache: Cache) -> Iterator[Verdict | Result]:
    """What became of each input: a verdict of the plan, or what reading it gave."""
    results = cache.results(p.entry.relative for p in work.inputs if p.verdict is None)
    return (p.verdict or next(results) for p in work.inputs)


# --- the end ---


def _compare(work: plan.Plan, done: Done, known: dict[bytes, tuple[str | None, str]]) -> None:
    for planned in work.inputs:
        before = known.get(planned.entry.relative)
        if before is None:
            done.new += 1
        elif before[0] != planned.sha256:
            done.changed += 1
    done.removed = len(plan.gone(work, known))


def _report(options: Options, log: Log, stages: Stages, done: Done, counts: outputs.Counts) -> int:
    for line in done.lines:
        if line.status == "quarantined":
            text = f"quarantined: {line.path}: {line.code}: {line.message}"
            log.event("quarantined", text, path=line.path, code=line.code, retryable=line.retryable)
    for path, trace in done.tally.traces:
        log.event("internal_error", "", path=path, trace=trace)
    statuses: dict[str, int] = dict(sorted(Counter(line.status for line in done.lines).items()))
    code = OPEN_ERRORS if options.strict and counts.open_errors else OK
    if statuses.get("quarantined"):
        code = QUARANTINED
    seconds = {name: round(value, 3) for name, value in stages.seconds.items()}
    values = {
        "files": len(done.lines), "statuses": statuses, **asdict(counts), "new": done.new,
        "changed": done.changed, "removed": done.removed, "read": done.tally.read,
        "seconds": seconds, "exit": code,
        "slowest": [{"path": path, "seconds": s} for s, path in done.tally.slowest],
    }  # fmt: skip
    log.event("summary", _summary(done, counts, statuses, seconds), **values)
    return code


def _summary(done: Done, counts: outputs.Counts, statuses: dict[str, int], seconds: dict[str, float]) -> str:
    by_status = ", ".join(f"{n} {name}" for name, n in statuses.items()) or "none"
    found = f"{counts.cards} cards, {counts.errors} errors, {counts.warnings} warnings"
    since = f"{done.new} new, {done.changed} changed, {done.removed} removed"
    text = [
        f"{len(done.lines)} files ({by_status}), {found}",
        f"since the last run: {since}; {done.tally.read} read now",
        "seconds: " + ", ".join(f"{name} {value:.1f}" for name, value in seconds.items()),
    ]
    slow = [f"{path} ({s:.1f} s)" for s, path in done.tally.slowest if s >= 1]
    return "\n".join([*text, "slowest: " + ", ".join(slow)] if slow else text)


def main_workers(given: int | None) -> int:
    """The number of children: as told, else one for each core that this process may use."""
    if given:
        return given
    return len(os.sched_getaffinity(0)) if sys.platform.startswith("linux") else os.cpu_count() or 2
