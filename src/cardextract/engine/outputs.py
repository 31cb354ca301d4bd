"""The outputs of a run, made from the cache alone: card files, JSON lines, CSV with schemas and data package.

What would come out as it already is on disk is not written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import cardextract
from cardextract import storage
from cardextract.engine import fragments
from cardextract.engine.cache import Across, Slim
from cardextract.engine.inputs import Signature
from cardextract.engine.made import NOTHING, Json, Made, finding_lines, record, remember, sinks_digest, slims
from cardextract.engine.plan import Plan, Planned
from cardextract.engine.worker import Result, dump
from cardextract.findings import Finding
from cardextract.ledger import Line, Verdict, file_finding
from cardextract.plain import uncollected

if TYPE_CHECKING:
    from cardextract.corrections import Correction
    from cardextract.pledges import Facts
    from cardextract.profiles import RuleSet


@dataclass(slots=True)
class Counts:
    """Cards and findings of the whole output."""

    cards: int = 0
    errors: int = 0
    warnings: int = 0
    open_errors: int = 0


CARDS = "cards"
_AS_OF = re.compile(r',"as_of":"([0-9-]+)"')


def gather(
    made: Made,
    work: Plan,
    outcomes: Iterable[Verdict | Result],
    rules: RuleSet,
    decisions: Sequence[Correction],
) -> list[Line]:
    """The ledger, in the order of the inputs, and with it everything but the bytes of the records.

    outcomes: what became of each input: a verdict of the plan, or what reading it gave.
    """
    results = list(zip(work.inputs, outcomes, strict=True))
    made.emitted = [p for p, result in results if isinstance(result, Result) and result.code is None]
    made.across = _across(made, rules, decisions)
    cards_of_each = made.cache.slims(p.entry.relative for p in made.emitted)
    return [_line(made, planned, result, cards_of_each, decisions) for planned, result in results]


def _line(
    made: Made,
    planned: Planned,
    result: Verdict | Result,
    cards_of_each: Iterator[list[Slim]],
    decisions: Sequence[Correction],
) -> Line:
    path, sha256 = planned.entry.path, planned.sha256
    if isinstance(result, Verdict):
        line = Line(path, sha256, result.status, result.code, result.retryable, result.message)
    elif result.code is not None:
        line = Line(path, sha256, "quarantined", result.code, result.retryable, result.message)
    else:
        cards = next(cards_of_each)
        made.ids[planned.entry.relative] = tuple(card.card_id for card in cards)
        any_findings = bool(result.findings)
        for card in cards:
            made.rules.add(card.rules_sha256)
            made.as_of.update(_AS_OF.findall(card.facts))
            more = made.across.get(card.card_id, NOTHING)
            made.digests[card.card_id] = _digest(card.digest, more)
            any_findings = any_findings or bool(card.findings or more.findings)
        line = Line(
            path,
            sha256,
            "ok_with_findings" if any_findings else "ok",
            cards=made.ids[planned.entry.relative],
        )
    found = [dict(f) for f in result.findings] if isinstance(result, Result) else []
    own = file_finding(line)
    if own is not None and not any(f["code"] == own.code for f in found):
        found.insert(0, plain(own))
    if found:
        made.of_file[planned.entry.relative] = [_decided(f, decisions) for f in found]
    return line


def _digest(digest: str, more: Across) -> str:
    return hashlib.sha256(f"{digest} {dump(more.findings)}".encode()).hexdigest() if more.findings else digest


def plain(f: Finding) -> Json:
    """A finding as JSON values."""
    data: Json = json.loads(dump(asdict(f)))
    return data


def _decided(f: Json, decisions: Sequence[Correction]) -> Json:
    """The finding of a file with the state that people gave it."""
    about = [c for c in decisions if c.finding == f["id"]]
    if not about:
        return f
    from cardextract.corrections import decide

    whole = Finding(**{**f, "places": (), "paths": tuple(f["paths"]), "suggestion": None})
    return {**f, "state": decide([whole], about)[0].state}


# --- checks across cards ---


def _across(made: Made, rules: RuleSet, decisions: Sequence[Correction]) -> dict[str, Across]:
    """What only all cards together give; remembered until a card, a severity or a decision changes."""
    about = [c for c in decisions if c.finding]
    decided = [c.model_dump(mode="json") for c in about]
    conditions = [cardextract.__version__, rules.base.severity, decided, asdict(made.shape)]
    digest = hashlib.sha256(json.dumps(conditions, sort_keys=True).encode())
    digest.update(_source_of("history.py", "pledges.py", "catalogue.py"))
    for card in slims(made):
        digest.update(f"{card.card_id} {card.facts}\n".encode())
    if made.cache.get("across") == digest.hexdigest():
        return made.cache.across()
    found = _check_across(made, rules, about)
    made.cache.put_across(found)
    made.cache.put("across", digest.hexdigest())
    return found


def _shared(facts: Facts) -> Facts:
    """The facts with the keys of its budget, which are the same on thousands of cards, kept once."""
    return replace(facts, budget={sys.intern(key): amount for key, amount in facts.budget.items()})


def _source_of(*names: str) -> bytes:
    return b"".join((Path(__file__).parents[1] / name).read_bytes() for name in names)


def _check_across(made: Made, rules: RuleSet, decisions: Sequence[Correction]) -> dict[str, Across]:
    from cardextract.corrections import decide
    from cardextract.history import check_across, links, load
    from cardextract.sinks import mask

    privacy = mask.Privacy(made.shape.mask_staff, made.shape.keep_personal)
    with uncollected():
        facts = [_shared(load(card.facts)) for card in slims(made)]
        findings = check_across(facts, rules.base.severity)
        linked = links(facts)
    out = {}
    for card in facts:
        mine = decide(findings.get(card.card_id, ()), decisions)
        link = linked.get(card.card_id)
        shown = tuple(mask.mask_finding(plain(f), privacy) for f in mine)
        out[card.card_id] = Across(shown, None if link is None else (link.pledge_id, link.reason))
    return out


# --- writing ---


def write(made: Made, work: Plan, lines: list[Line]) -> tuple[Counts, set[str]]:
    """Write what is not yet on disk as it should be; the counts, and the ids of new and changed records.

    Raises OSError, sinks.csv.Unencodable (then CSV files stay as they were).
    """
    written = _intact(made)
    state = _state(made, work, lines)
    stop = threading.Event()
    with ThreadPoolExecutor(
        2, thread_name_prefix="write"
    ) as pool:  # one waits for the disk while the other computes
        new = pool.submit(write_cards, made, written, stop)
        records = pool.submit(_write_records, made, state, written)
        try:
            _write_rest(made, work, lines, state, written)
            records.result()
        except BaseException:
            stop.set()
            raise
    return count(made, work, state), new.result()


def _write_rest(made: Made, work: Plan, lines: list[Line], state: str, written: dict[str, str]) -> None:
    """Write all files but those of the cards and cards.jsonl."""
    if written.get("findings.jsonl") != state:
        _write_lines(made, "findings.jsonl", state, map(str.encode, finding_lines(made, work)))
    if written.get("ledger.jsonl") != state:
        _write_lines(made, "ledger.jsonl", state, (line.json() for line in lines))
    tables = {name for name, digest in written.items() if digest == state and name.startswith(TABLES)}
    if not tables or tables != {n for n in made.cache.written() if n.startswith(TABLES)}:
        left = {written.get(name) for name in made.cache.written() if name.startswith("csv/")}
        _write_tables(made, work, state, old=len(left) == 1 and None not in left)


TABLES = ("csv/", "schema/", "datapackage.json")


def _write_lines(made: Made, name: str, state: str, lines: Iterator[bytes]) -> None:
    storage.write_lines(made.output / name, lines)
    remember(made, name, state)


def _write_records(made: Made, state: str, written: dict[str, str]) -> None:
    """Write cards.jsonl; lines that stand in the old file (if that is as we left it) are copied from
    there."""
    if written.get("cards.jsonl") == state:
        return
    path = made.output / "cards.jsonl"
    index: dict[str, tuple[int, int]] = {}
    start = 0
    for word in (made.cache.get("cards.jsonl") or "").split() if "cards.jsonl" in written else ():
        key, _, size = word.partition(":")
        index[key] = (start, int(size))
        start += int(size)
    kept: list[str] = []
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(path.open("rb")) if index else io.BytesIO()
        stream = stack.enter_context(storage.replacing(path))
        first = last = 0  # the range of the old file that is to be copied next
        keys_of = {r: [f"{i}-{made.digests[i][:16]}" for i in ids] for r, ids in made.ids.items()}
        new = made.cache.records(r for r, keys in keys_of.items() if not all(key in index for key in keys))
        for keys in keys_of.values():
            if all(key in index for key in keys):
                for key in keys:
                    begin, length = index[key]
                    if begin != last:
                        storage.copy_range(source, stream, first, last)
                        first = begin
                    last = begin + length
                    kept.append(f"{key}:{length}")
                continue
            storage.copy_range(source, stream, first, last)
            first = last
            for key, part in zip(keys, next(new), strict=True):
                line = record(made, part) + b"\n"
                stream.write(line)
                kept.append(f"{key}:{len(line)}")
        storage.copy_range(source, stream, first, last)
    made.cache.put("cards.jsonl", " ".join(kept))
    remember(made, "cards.jsonl", state)


def _write_tables(made: Made, work: Plan, state: str, *, old: bool) -> None:
    """Write the tables; what stands in the old files (if those are as we left them) is copied from there."""
    from cardextract.sinks import csv, write_tables

    before = [n for n in made.cache.written() if n.startswith(TABLES)]
    dialect = csv.Dialect(made.shape.csv_encoding, made.shape.excel)
    parts, index = fragments.parts(made, work, old=old)
    index = write_tables(made.output, parts, dialect, rules=made.rules, as_of=made.as_of, old=index)
    fragments.remember(made, work, index)
    made.cache.drop_written(before)
    for folder in ("csv", "schema"):
        for path in (made.output / folder).iterdir():
            remember(made, f"{folder}/{path.name}", state)
    remember(made, "datapackage.json", state)


def _state(made: Made, work: Plan, lines: list[Line]) -> str:
    """A hash of everything that the outputs are made from."""
    digest = sinks_digest(made)
    for line in lines:
        digest.update(line.json())
    for planned in work.inputs:
        digest.update(dump(made.of_file.get(planned.entry.relative, ())).encode())
    for card_id, made_from in made.digests.items():
        digest.update(f"{card_id} {made_from} {made.across.get(card_id, NOTHING).link}\n".encode())
    return str(digest.hexdigest())


def write_cards(made: Made, written: dict[str, str], stop: threading.Event) -> set[str]:
    """Write the card files that are new or changed, remove those that are no more; the ids written. Files that are not
    begun when `stop` is set are left for the next run."""
    folder = made.output / CARDS
    folder.mkdir(exist_ok=True)
    wanted = {f"{CARDS}/{card_id}.json": digest for card_id, digest in made.digests.items()}
    stale = {name[len(CARDS) + 1 : -5] for name, digest in wanted.items() if written.get(name) != digest}
    for path, status in storage.write_all(_card_files(made, folder, stale, stop)):
        name = f"{CARDS}/{path.name}"
        made.cache.put_written(name, wanted[name], Signature.of(status))
    names = [p.name for p in folder.iterdir()]
    gone = [n for n in names if storage.CARD_NAME.fullmatch(n) and f"{CARDS}/{n}" not in wanted]
    for name in gone + [n for n in names if n.startswith(storage.TEMPORARY) and not stop.is_set()]:
        (folder / name).unlink()
    made.cache.drop_written(f"{CARDS}/{n}" for n in gone)
    if stale or gone:
        storage.sync(folder)
    return stale


def _card_files(
    made: Made, folder: Path, stale: set[str], stop: threading.Event
) -> Iterator[tuple[Path, bytes | Path]]:
    """The files of these cards: as a child has laid them ready just now, else made from the cache."""
    drafts = {path for path in folder.iterdir() if path.name.startswith(storage.TEMPORARY)} if stale else ()
    for relative, ids in made.ids.items() if stale else ():
        if stop.is_set():
            return
        left = set()
        for card_id in (i for i in ids if i in stale):
            path = folder / f"{card_id}.json"
            draft = storage.draft(path, made.digests[card_id])
            if draft in drafts:
                yield path, draft
            else:
                left.add(card_id)
        for part in chain.from_iterable(made.cache.records([relative])) if left else ():
            if part.card_id in left:
                yield folder / f"{part.card_id}.json", record(made, part)


def _intact(made: Made) -> dict[str, str]:
    """Output files that are as we left them: name -> what they were made from."""
    out: dict[str, str] = {}
    for name, (digest, signature) in made.cache.written().items():
        try:
            if Signature.of((made.output / name).stat()) == signature:
                out[name] = digest
        except OSError:
            continue
    return out


def count(made: Made, work: Plan, state: str) -> Counts:
    """Cards and findings of the whole output."""
    remembered = json.loads(made.cache.get("counts") or "{}")
    if remembered.get("state") == state:
        return Counts(**remembered["counts"])
    counts = Counts(cards=len(made.digests))
    for line in finding_lines(made, work):  # not parsed: quotes within a text are escaped, so a key is a key
        error = '"severity":"error"' in line
        counts.errors += error
        counts.warnings += '"severity":"warning"' in line
        counts.open_errors += error and '"state":"open"' in line
    made.cache.put("counts", json.dumps({"state": state, "counts": asdict(counts)}))
    return counts


def emit(made: Made, new: set[str]) -> None:
    """New and changed records on stdout, one line each, in the order of the records."""
    wanted = (relative for relative, ids in made.ids.items() if not new.isdisjoint(ids))
    for part in chain.from_iterable(made.cache.records(wanted)):
        if part.card_id in new:
            sys.stdout.buffer.write(record(made, part) + b"\n")
    sys.stdout.buffer.flush()
