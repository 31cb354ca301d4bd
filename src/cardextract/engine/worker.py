"""The child process that reads files: `python -m cardextract.engine.worker FD`. Whatever a document does, it does
here.

Lines of JSON come in on stdin (first the setup, then one job each) and one line of JSON per file goes out on
the private descriptor FD, so that whatever a reader prints harms nobody; never pickle. The process limits its
own memory and, for each file anew, its CPU time, and dies with its parent: stdin then ends, which a thread
watches also while a reader hangs, and Linux sends a signal besides.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
import queue
import resource
import signal
import sys
import threading
import time
import traceback
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from cardextract.card import Card
    from cardextract.corrections import Correction
    from cardextract.profiles import RuleSet

MiB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Wall-clock time is the looser limit, for what waits without computing."""

    cpu_seconds: int = 60
    wall_seconds: int = 300
    memory_mib: int = 2048
    """Address space of a child, libraries included."""
    recycle_mib: int = 320
    """A child that has grown beyond this between two files is replaced."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is the same for all files of a run; a child takes it once. Plain data, so that it can be sent
    away."""

    root: str
    rules: str
    """A folder of rules; the run's own copy, so that a rule edited meanwhile changes nothing."""
    rules_sha256: str
    profile: str | None = None
    issuer: str | None = None
    mentions: bool = True
    mask_staff: bool = False
    keep_personal: bool = False
    excel: bool = False
    drafts: str = ""
    """The folder of card files on this machine, where records are laid ready; empty: the driver writes them."""
    plugins: tuple[str, ...] = ()
    """Modules to import first; they may add to `cardextract.readers.READERS`."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file. path: relative to the root, its bytes as Latin-1 text (JSON holds no bytes)."""

    path: str
    sha256: str
    corrections: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CardPart:
    """One card as it comes back: ready to be written, never parsed again.

    blob: the record's JSON, compressed; digest: its SHA-256. cut: where in that JSON further findings can
    be put in (the end of its own). findings: these, one line of JSON each. facts: what checks across cards
    need (`pledges.Facts`). rows: the card's lines of CSV, compressed (`sinks.csv.Fragment.dump`).
    """

    card_id: str
    card_index: int
    blob: bytes
    digest: str
    cut: int
    findings: str
    facts: str
    rules_sha256: str
    rows: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file. code is None where it was read; then findings are those of the file itself."""

    path: str
    sha256: str
    code: str | None = None
    message: str = ""
    retryable: bool = False
    format: str | None = None
    cards: tuple[CardPart, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0
    rss_mib: int = 0
    trace: str | None = field(default=None, compare=False)


_RESULT = tuple(f.name for f in fields(Result))
_PART = tuple(f.name for f in fields(CardPart))
_BYTES = ("blob", "rows")
"""What of a card does not travel as JSON."""


def encode_result(result: Result) -> bytes:
    """A result as one line of JSON; behind it the bytes of its cards, whose sizes stand in the line."""
    data = {name: getattr(result, name) for name in _RESULT}
    data["cards"] = [{name: getattr(part, name) for name in _PART} for part in result.cards]
    behind = []
    for part in data["cards"]:
        for name in _BYTES:
            behind.append(part[name])
            part[name] = len(part[name])
    return b"".join((json.dumps(data, separators=(",", ":")).encode(), b"\n", *behind))


def decode_result(line: bytes, read: Callable[[int], bytes]) -> Result:
    """The inverse of `encode_result`. read: gives so many bytes of what stands behind the line.

    Raises ValueError for anything else.
    """
    try:
        data = json.loads(line)
        cards = tuple(
            CardPart(**{**part, **{name: read(part[name]) for name in _BYTES}}) for part in data["cards"]
        )
        return Result(**{**data, "cards": cards, "findings": tuple(data["findings"])})
    except (KeyError, TypeError) as e:
        raise ValueError("not a result") from e


# --- one file ---


def extract(job: Job, setup: Setup, rules: RuleSet) -> Result:
    """Read one file and say what became of it. Raises MemoryError (the process is not to be trusted then)."""
    from cardextract.findings import Unreadable
    from cardextract.ledger import MESSAGES, RETRYABLE
    from cardextract.pipeline import extract_file

    root = Path(setup.root)
    path = root / os.fsdecode(job.path.encode("latin-1"))

    def refused(code: str, label: object = "", message: str | None = None, **more: Any) -> Result:
        text = MESSAGES[code].format(label=label) if message is None else message
        return Result(job.path, job.sha256, code, text, retryable=code in RETRYABLE, **more)

    try:
        read = extract_file(
            path, root=root, rules=rules, profile=setup.profile, issuer=setup.issuer,
            corrections=_corrections(job), mentions=setup.mentions,
        )  # fmt: skip
        parts = tuple(card_part(card, setup) for card in read.cards)
    except Unreadable as e:
        result = Result(job.path, job.sha256, e.code, e.message, retryable=e.retryable)
    except MemoryError:
        raise
    except RecursionError:
        result = refused("too_deep")
    except OSError as e:
        result = refused("not_readable", e.strerror or type(e).__name__)
    except Exception as e:
        result = refused("internal_error", type(e).__name__, trace=traceback.format_exc())
    else:
        findings = tuple(_finding_json(f, setup) for f in read.findings)
        result = Result(job.path, job.sha256, format=read.format, cards=parts, findings=findings)
        if not parts:
            code, message = _why_no_card(read.findings)
            result = refused(code, message=message, format=read.format, findings=findings)
    if result.code != "not_readable" and _sha256(path) != job.sha256:
        return refused("changed_while_reading")
    return result


def _why_no_card(findings: Sequence[Any]) -> tuple[str, str | None]:
    """The code of a file without a card: that of its first error (a scan needs OCR), else `no_card`."""
    for f in findings:
        if f.severity == "error":
            return f.code.lower(), f.message
    return "no_card", None


def _corrections(job: Job) -> list[Correction]:
    if not job.corrections:
        return []
    from cardextract.corrections import Correction

    return [Correction.model_validate(c) for c in job.corrections]


def card_part(card: Card, setup: Setup) -> CardPart:
    """The card as it travels: masked, and as every output needs it."""
    from pydantic_core import to_json

    from cardextract import storage
    from cardextract.pledges import facts
    from cardextract.sinks import csv, mask

    dialect = csv.Dialect(excel=setup.excel)
    data = card.model_dump(mode="json", exclude={"evidence"})  # most of a record
    if setup.mask_staff or (not setup.keep_personal and mask.holds_numbers(data, card.evidence)):
        privacy = mask.Privacy(setup.mask_staff, setup.keep_personal)
        data = mask.mask_card(card.model_dump(mode="json"), privacy)
        raw, rows = to_json(data), csv.fragment(data, dialect)
    else:
        raw, rows = card.model_dump_json().encode(), csv.fragment(data, dialect, card.evidence)
    digest = hashlib.sha256(raw).hexdigest()
    if setup.drafts:
        storage.write_draft(storage.draft(Path(setup.drafts) / f"{card.card_id}.json", digest), raw)
    return CardPart(
        card_id=card.card_id, card_index=card.source.card_index, blob=zlib.compress(raw, 1),
        digest=digest, cut=cut_of(raw), findings="\n".join(map(dump,
        data["findings"])), facts=facts(card).dump(), rules_sha256=card.rules_sha256,
        rows=zlib.compress(rows.dump(), 1),
    )  # fmt: skip


def dump(value: Any) -> str:
    """JSON as in the records: compact, Hangul as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def cut_of(raw: bytes) -> int:
    """Where the findings of a card's JSON end.

    `],"evidence":{` outside of a string can only be that place: a quote within a string is escaped.

    >>> raw = b'{"findings":[{"id":"a"}],"evidence":{}}'
    >>> raw[cut_of(raw):]
    b'],"evidence":{}}'
    """
    return raw.rindex(b'],"evidence":{')


def _finding_json(f: Any, setup: Setup) -> dict[str, Any]:
    from cardextract.sinks import mask

    return mask.mask_finding(asdict(f), mask.Privacy(setup.mask_staff, setup.keep_personal))


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


# --- the process ---


def main(arguments: Sequence[str]) -> int:
    """Serve jobs until stdin ends."""
    answers = int(arguments[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    die_with_parent(int(arguments[1]))
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    busy = threading.Event()
    stdin = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # a reader that asks for input gets none, and no job
    first = json.loads(stdin.readline())
    limits = Limits(**first["limits"])
    setup = Setup(**{**first["setup"], "plugins": tuple(first["setup"]["plugins"])})
    threading.Thread(target=_listen, args=(stdin, requests, busy), daemon=True).start()
    limit_memory(limits)
    try:
        rules = _start(setup)
    except Exception as e:
        _send(answers, json.dumps({"error": f"{type(e).__name__}: {e}"}).encode() + b"\n")
        return 1
    _send(answers, b'{"ready":true}\n')
    while line := requests.get():
        data = json.loads(line)
        job = Job(data["path"], data["sha256"], tuple(data["corrections"]))
        busy.set()
        limit_cpu(limits)
        begun = time.perf_counter()
        try:
            result = extract(job, setup, rules)
        except MemoryError:
            _out_of_memory(answers, job, limits)
        seconds = round(time.perf_counter() - begun, 4)
        _send(answers, encode_result(replace(result, seconds=seconds, rss_mib=resident_mib())))
        busy.clear()
    return 0


def _start(setup: Setup) -> RuleSet:
    for name in setup.plugins:
        importlib.import_module(name)
    from cardextract.profiles import load_rules
    from cardextract.rules import RulesError

    importlib.import_module("cardextract.pipeline")  # now, so that what fails here is no document's fault
    rules = load_rules(Path(setup.rules))
    if setup.rules_sha256 != rules.sha256:
        raise RulesError(f"{setup.rules}: the rules differ from those of the run")
    gc.freeze()  # what stays is not looked through again and again, and a card makes next to no garbage in circles
    gc.set_threshold(50_000, 20, 20)
    return rules


def _listen(stdin: Any, requests: queue.SimpleQueue[bytes], busy: threading.Event) -> None:
    """Pass jobs on; when the parent is gone, end at once if a file is being read, else after the queue."""
    for line in stdin:
        requests.put(line)
    if busy.is_set():
        os._exit(1)
    requests.put(b"")


def _out_of_memory(answers: int, job: Job, limits: Limits) -> NoReturn:
    """Say so with as little memory as possible, and end: what else failed in this process, nobody knows."""
    limit_memory(None)
    line = Result(job.path, job.sha256, "limit_memory", str(limits.memory_mib), retryable=True)
    _send(answers, encode_result(line))
    os._exit(0)


def _send(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def die_with_parent(parent: int) -> None:
    """Ask Linux for a SIGKILL when the parent ends; elsewhere the end of stdin has to do."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(limits: Limits | None) -> None:
    """Bound the address space; None takes the bound away. macOS refuses: there the CPU limit has to do."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard if limits is None else limits.memory_mib * MiB
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard) if soft != resource.RLIM_INFINITY else hard
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (ValueError, OSError):
        return


def limit_cpu(limits: Limits) -> None:
    """Allow so many further seconds of CPU time; then the system ends the process with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds, hard)
    )


def resident_mib() -> int:
    """Memory in use now (Linux), or the most ever used (elsewhere)."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
        return pages * resource.getpagesize() // MiB
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MiB


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))  # nothing is left to write: skip the slow end of the interpreter
