"""What a run has to read: every input is looked at, hashed where its file system signature is new, and either
taken from the cache, found to be the copy of another one, or made a job."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cardextract
from cardextract.engine.cache import Cache, Known
from cardextract.engine.inputs import Changing, Entry, Signature, hash_file
from cardextract.engine.worker import Job, Limits, Result, Setup
from cardextract.ledger import Verdict, verdict

if TYPE_CHECKING:
    from cardextract.corrections import Correction

CHUNK_FILES = 8
CHUNK_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Planned:
    """The plan of one input, filled in while the run goes on."""

    entry: Entry
    sha256: str | None = None
    signature: Signature | None = None
    """The signature of the bytes with this hash; None where a later change might not show in it."""
    verdict: Verdict | None = None
    key: str = ""
    cached: bool = False


@dataclass(slots=True)
class Plan:
    """All inputs in the order of the records, planned as far as `jobs` has been run through."""

    inputs: list[Planned]
    bytes: int = 0
    read: int = 0
    by_path: dict[str, Planned] = field(default_factory=dict)


def conditions(setup: Setup, limits: Limits) -> tuple[str, str]:
    """Under which conditions a result holds: (what every result depends on, what a broken limit depends on
    besides)."""
    options = {k: v for k, v in asdict(setup).items() if k not in ("root", "rules", "drafts")}
    base = json.dumps([versions(), options], sort_keys=True)
    return base, json.dumps(asdict(limits), sort_keys=True)


def versions() -> tuple[str, ...]:
    """What has to be the same wherever cards of one run are read: Python, this program, and its very code."""
    return ".".join(map(str, sys.version_info[:2])), cardextract.__version__, _code()


@cache
def _code() -> str:
    """A hash of this package's own source: an edited reader reads everything anew, also between releases."""
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Corrections:
    """The decisions of people, by the file they are about (its path, or its content where it was moved)."""

    def __init__(self, decisions: Sequence[Correction]) -> None:
        self._of: dict[str, list[Correction]] = {}
        for c in decisions:
            for name in {"p" + c.source_path, "s" + c.source_sha256}:
                self._of.setdefault(name, []).append(c)

    def about(self, path: str, sha256: str) -> list[Correction]:
        """Those about one file, oldest first."""
        found = self._of.get("p" + path, [])
        moved = self._of.get("s" + sha256, [])
        if not moved or not found:
            return found or moved
        known = {id(c) for c in found}
        return found + [c for c in moved if id(c) not in known]


def jobs(
    inbox: Path, plan: Plan, cache: Cache, corrections: Corrections, base: tuple[str, str]
) -> Iterator[tuple[Planned, Job]]:
    """Look at every input, in order; yields what has to be read. Duplicates and cached inputs are settled
    here."""
    known = cache.files()
    first: dict[str, str] = {}
    ids: dict[str, str] = {}
    for planned in plan.inputs:
        entry = planned.entry
        if entry.verdict is not None:
            planned.verdict = entry.verdict
            continue
        before = known.get(entry.relative)
        if not _identify(inbox, planned, before, cache):
            continue
        sha256 = planned.sha256 or ""
        if sha256 in first:
            planned.verdict = verdict("duplicate", "duplicate", first[sha256])
            continue
        if ids.setdefault(sha256[:12], entry.path) != entry.path:
            planned.verdict = verdict("quarantined", "id_collision", ids[sha256[:12]])
            continue
        first[sha256] = entry.path
        about = [c.model_dump(mode="json") for c in corrections.about(entry.path, sha256)]
        planned.key = _digest(base[0], sha256, json.dumps(about, sort_keys=True))
        if (
            before is not None
            and before.sha256 == sha256
            and before.key in (planned.key, _digest(planned.key, base[1]))
        ):
            planned.cached = True
            continue
        yield planned, Job(entry.relative.decode("latin-1"), sha256, tuple(about))


def _identify(inbox: Path, planned: Planned, before: Known | None, cache: Cache) -> bool:
    """Find the content's hash: the remembered one where the signature is the same, else by reading the
    file."""
    entry = planned.entry
    assert entry.signature is not None
    if before is not None and before.signature == entry.signature:
        planned.sha256, planned.signature = before.sha256, before.signature
        return True
    now = time.time_ns()
    try:
        planned.sha256, signature = hash_file(inbox, entry)
    except Changing:
        planned.verdict = verdict("quarantined", "changed_while_reading")
        return False
    except OSError as e:
        planned.verdict = verdict("quarantined", "not_readable", e.strerror or "")
        return False
    planned.signature = signature if signature.settled(now) else None
    if before is not None and before.sha256 == planned.sha256 and planned.signature is not None:
        cache.put_signature(entry.relative, planned.signature)
    return True


def result_key(planned: Planned, result: Result, base: tuple[str, str]) -> str | None:
    """The conditions under which this result can be used again; None: the file is to be read again by the
    next run."""
    if result.code in ("limit_cpu", "limit_time", "limit_memory"):
        return _digest(planned.key, base[1])
    return None if result.retryable or result.code == "internal_error" else planned.key


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def chunks(work: Iterator[tuple[Planned, Job]]) -> Iterator[list[tuple[Planned, Job]]]:
    """Jobs in groups small enough to share evenly and large enough to be worth handing over."""
    group: list[tuple[Planned, Job]] = []
    size = 0
    for planned, job in work:
        group.append((planned, job))
        size += planned.entry.signature.size if planned.entry.signature else 0
        if len(group) >= CHUNK_FILES or size >= CHUNK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def gone(plan: Plan, known: Mapping[bytes, object]) -> list[bytes]:
    """Inputs of the last run that are no longer there."""
    present = {p.entry.relative for p in plan.inputs}
    return [r for r in known if r not in present]
