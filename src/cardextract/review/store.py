"""What the station knows: an index of the output folder in memory, the decisions, and how a decision is taken.

The index keeps a line a card and the findings; whole records are read one at a time. After a decision about text
the card's file is read anew in the batch's guarded child, in the same process setup as in a run, and the output
files follow in a run of their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from cardextract import storage
from cardextract.card import Card
from cardextract.catalogue import ACROSS
from cardextract.corrections import (
    DECISIONS,
    Correction,
    corrections_file,
    decide,
    effective,
    etag,
    read_log,
)
from cardextract.findings import Finding
from cardextract.profiles import RuleSet, find_rules_dir, load_rules
from cardextract.review.index import ROW_FIELDS, Index, Row, read_index, reopened, row_of, stamp_of
from cardextract.review.refresher import Refresher
from cardextract.rules import Rules, RulesError


class Refusal(Exception):  # noqa: N818 - an answer for the page
    """The decision cannot be taken; the message is for the person. conflict: somebody else was first."""

    def __init__(self, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.conflict = conflict


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run that made an output folder. options: those of batch.Options that change what comes out."""

    inbox: Path
    rules: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def last_run(output: Path, inbox: Path | None = None, rules: Path | None = None) -> LastRun:
    """The options of the last run, from the output's private folder; given ones win."""
    try:
        kept = json.loads((output / storage.STATE / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    own = {"inbox", "rules"}
    return LastRun(
        inbox or Path(kept.get("inbox") or "inbox"),
        rules or (Path(kept["rules"]) if kept.get("rules") else None),
        {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items() if name not in own},
    )


def source_file(inbox: Path, path: str) -> Path:
    """The file on disk behind a record's source.path. Raises Refusal for one outside of the inbox."""
    root = inbox.resolve()
    for candidate in (os.fsencode(path), unquote_to_bytes(path)):
        file = root / os.fsdecode(candidate)
        if file.is_file():
            if root in file.resolve().parents:
                return file
            break
    raise Refusal(f"원본 파일이 없습니다: {path}")


def file_sha256(file: Path) -> str:
    """The hash of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Store:
    """The open output folder: an index, the decisions and a thread that keeps the output files up to date."""

    def __init__(self, output: Path, run: LastRun) -> None:
        self.output, self.run = output, run
        own = run.options.get("corrections")
        self.file = Path(own) if own else corrections_file(output.resolve())
        self.rules: RuleSet = load_rules(find_rules_dir(run.rules))
        self.lock = threading.RLock()
        self.index = read_index(output)
        self._fresh: dict[str, Card] = {}
        self._gone: dict[str, Row] = {}
        """Cards that were here since the start; a file that is saved anew gives its cards new ids."""
        self._etag = ""
        self.decisions: list[Correction] = []
        self.held: list[Correction] = []
        self._about: dict[str, Correction] = {}
        """What holds about a finding, by its id."""
        self.problems: list[str] = []
        self._states: dict[str, tuple[Finding, ...]] = {}
        self.reload_decisions()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self.refresher = Refresher(self)

    def start(self) -> None:
        """Let the output files follow what was decided without them, and warm the reading child up."""
        if self._behind():
            self.refresher.wake()
        first = next(iter(self.index.rows.values()), None)
        if first is not None:
            self._reader.submit(self._warm, first)

    def _behind(self) -> bool:
        try:
            return self.file.stat().st_mtime_ns > (self.output / "cards.jsonl").stat().st_mtime_ns
        except OSError:
            return False

    def _warm(self, row: Row) -> None:
        with contextlib.suppress(Exception):
            file = source_file(self.run.inbox, row.path)
            self._read(os.fsencode(file.relative_to(self.run.inbox.resolve())), row, [])

    # --- reading ---

    def reload(self) -> None:
        """Take in what a run or another station has written since."""
        with self.lock:
            if self.index.stamp != stamp_of(self.output) and not self.refresher.busy:
                self._replace(read_index(self.output))
            self.reload_decisions()

    def follow(self) -> None:
        """Take in what our own run has written, unless decisions have been taken since it began."""
        index = read_index(self.output)
        with self.lock:
            if not self.refresher.wanted:
                self._replace(index)

    def _replace(self, index: Index) -> None:
        gone = self.index.rows.keys() - index.rows.keys()
        self._gone.update((card_id, self.index.rows[card_id]) for card_id in gone)
        self.index = index
        self._fresh.clear()
        self._states.clear()

    def reload_decisions(self) -> None:
        """Read the decisions again if the file has changed."""
        now = etag(self.file)
        if now != self._etag:
            self.decisions, self.problems = read_log(self.file)
            self.held = effective(self.decisions)
            self._about = {c.finding: c for c in self.held if c.finding and c.action in DECISIONS}
            self._etag = now
            self._states.clear()

    @property
    def etag(self) -> str:
        """The decisions file as it was last read."""
        return self._etag

    def findings(self, card_id: str) -> tuple[Finding, ...]:
        """The card's findings with the states that people gave them."""
        known = self._states.get(card_id)
        if known is None:
            found = self.index.findings.get(card_id, ())
            known = tuple(decide(found, [self._about[f.id] for f in found if f.id in self._about]))
            self._states[card_id] = known
        return known

    def card(self, card_id: str) -> Card:
        """The record, with its present findings. Raises KeyError for an id that the output does not have."""
        row = self.index.rows[card_id]
        card = self._fresh.get(card_id)
        if card is None:
            raw = (self.output / "cards" / f"{row.card_id}.json").read_bytes()
            card = Card.model_validate_json(raw)
        return card.model_copy(update={"findings": list(self.findings(card_id))})

    def of_file(self, row: Row) -> list[Correction]:
        """The decisions that hold about a card's file."""
        return [c for c in self.held if c.source_path == row.path or c.source_sha256 == row.sha256]

    def of_card(self, row: Row) -> list[Correction]:
        """All decisions about a card, oldest first, those taken back included."""
        return [
            c for c in self.decisions
            if c.card_index == row.index and (c.source_path == row.path or c.source_sha256 == row.sha256)
        ]  # fmt: skip

    def version(self, row: Row) -> str:
        """Changes with every decision about the card: what a page was made from."""
        key = json.dumps([row.sha256, row.index, [c.id for c in self.of_card(row)]])
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    def later(self) -> set[str]:
        """Ids of findings put off."""
        return {finding for finding, c in self._about.items() if c.action == "later"}

    def states_of(self, decisions: Iterable[Correction]) -> list[str]:
        """Whether each decision holds (held), was taken back (undone) or has given way to a later one (replaced)."""
        held = {c.id for c in self.held}
        undone: set[str] = set()
        for c in reversed(self.decisions):
            if c.action == "undo" and c.undoes and c.id not in undone:
                undone.add(c.undoes)

        def state(c: Correction) -> str:
            if c.id in undone:
                return "undone"
            return "held" if c.id in held or c.action == "undo" else "replaced"

        return [state(c) for c in decisions]

    def rules_of(self, row: Row) -> Rules:
        """The rules that the card was read with."""
        return self.rules.profiles.get(row.profile, self.rules.base)

    def siblings(self, row: Row) -> list[Row]:
        """The cards of the same file, in order."""
        return sorted((r for r in self.index.rows.values() if r.path == row.path), key=lambda r: r.index)

    def successor(self, card_id: str) -> Row | None:
        """The card that stands where one stood before its file was saved anew."""
        old = self._gone.get(card_id)
        if old is None:
            return None
        return next(
            (row for row in self.index.rows.values() if (row.path, row.index) == (old.path, old.index)), None
        )

    def open_counts(self, card_id: str) -> Counter[str]:
        """Open findings by severity."""
        return Counter(f.severity for f in self.findings(card_id) if f.state == "open")

    # --- reading a file anew ---

    def extract(self, row: Row, decisions: Sequence[Correction]) -> list[Card]:
        """Read the card's file in the guarded child, with these decisions. Raises Refusal."""
        from cardextract.engine.children import StartError

        file = source_file(self.run.inbox, row.path)
        if file_sha256(file) != row.sha256:
            self.refresher.wake()
            raise Refusal(
                "원본 파일이 그 뒤에 다시 저장되었습니다. 새로 읽고 있으니 잠시 뒤 다시 여십시오.",
                conflict=True,
            )
        relative = os.fsencode(file.relative_to(self.run.inbox.resolve()))
        for last in (False, True):
            try:
                return self._reader.submit(self._read, relative, row, list(decisions)).result()
            except StartError as e:
                if last:
                    raise Refusal(f"판독 프로세스를 시작하지 못했습니다: {e}") from e
                self._reload_rules()
        raise AssertionError("unreachable")

    def _reload_rules(self) -> None:
        """A child refuses rules that were edited since we read them: from now on the new ones hold."""
        try:
            self.rules = load_rules(find_rules_dir(self.run.rules))
        except RulesError as e:
            raise Refusal(f"규칙 파일을 읽을 수 없습니다: {e}") from e

    def _read(self, relative: bytes, row: Row, decisions: list[Correction]) -> list[Card]:
        from cardextract.engine.children import run_chunk
        from cardextract.engine.worker import Job, Limits, Setup

        names = {f.name for f in fields(Setup)}
        setup = Setup(
            root=str(self.run.inbox.resolve()), rules=str(self.rules.folder), rules_sha256=self.rules.sha256,
            **{name: v for name, v in self.run.options.items() if name in names},
        )  # fmt: skip
        job = Job(relative.decode("latin-1"), row.sha256, tuple(c.model_dump(mode="json") for c in decisions))
        result = run_chunk([job], setup, Limits())[0]
        if result.code is not None:
            raise Refusal(result.message)
        return [Card.model_validate_json(zlib.decompress(part.blob)) for part in result.cards]

    def take(self, cards: Sequence[Card]) -> None:
        """Freshly read cards take the place of those on disk until the output files have followed."""
        rows, findings = dict(self.index.rows), dict(self.index.findings)
        for card in cards:
            across = [f for f in findings.get(card.card_id, ()) if f.code in ACROSS]
            rows[card.card_id] = row_of(card.model_dump(mode="json", include=ROW_FIELDS))
            findings[card.card_id] = (*reopened(card.findings), *across)
            self._fresh[card.card_id] = card
        self.index = replace(self.index, rows=rows, findings=findings)
        self._states.clear()

    def close(self) -> None:
        """End threads and children."""
        from cardextract.engine.children import close_children

        self.refresher.close()
        self._reader.shutdown(wait=True, cancel_futures=True)
        close_children()
