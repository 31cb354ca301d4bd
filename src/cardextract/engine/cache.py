"""The state of an output folder: what each input gave, so that a run does only what is new. One SQLite file,
private.

A run may be killed at any moment: what was committed is used by the next run, the rest is done again, and the
outputs are always made from here. A damaged file is thrown away: it holds nothing that cannot be made again.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cardextract.engine.inputs import Signature
from cardextract.engine.worker import Result

FORMAT = "5"
"""Version of the tables; another one is thrown away."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    relative BLOB PRIMARY KEY, sha256 TEXT NOT NULL, size INT, mtime_ns INT, ctime_ns INT, inode INT,
    key TEXT, code TEXT, message TEXT, retryable INT, format TEXT, findings TEXT, seconds REAL
) WITHOUT ROWID;
CREATE TABLE cards (
    relative BLOB NOT NULL, card_index INT NOT NULL, card_id TEXT NOT NULL, digest TEXT NOT NULL, cut INT NOT
    NULL, findings TEXT NOT NULL, facts TEXT NOT NULL,
    rules_sha256 TEXT NOT NULL, rows BLOB NOT NULL, blob BLOB NOT NULL,
    PRIMARY KEY (relative, card_index)
);
CREATE TABLE written (
    name TEXT PRIMARY KEY, digest TEXT NOT NULL, size INT, mtime_ns INT, ctime_ns INT, inode INT
) WITHOUT ROWID;
CREATE TABLE across (card_id TEXT PRIMARY KEY, findings TEXT NOT NULL, pledge TEXT, reason TEXT) WITHOUT
ROWID; CREATE TABLE known (relative BLOB PRIMARY KEY, sha256 TEXT, status TEXT NOT NULL) WITHOUT ROWID;
"""


SMALL, LARGE = 100, 8
"""For how many inputs one statement asks, where it brings facts, and where it brings whole records."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an input. key: under which conditions it was read; None: it is to be read again."""

    sha256: str
    signature: Signature | None
    key: str | None


class Slim(NamedTuple):
    """A card without its record: see `CardPart`."""

    card_id: str
    digest: str
    findings: str
    facts: str
    rules_sha256: str


class Record(NamedTuple):
    """A card's record: see `CardPart`."""

    card_id: str
    blob: bytes
    cut: int


class Across(NamedTuple):
    """What only all cards together give. link: (pledge id, why the card belongs to it)."""

    findings: tuple[dict[str, Any], ...] = ()
    link: tuple[str, str] | None = None


class Cache:
    """The open state; closing it commits. Raises sqlite3.OperationalError when the disk is full or
    read-only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._base = self._open()
        self._changes = threading.Lock()
        """One change at a time: two threads must not both begin the transaction."""

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._base.commit()
        self._base.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # not a database, or a damaged one
            for end in ("", "-wal", "-journal", "-shm"):
                self._file.with_name(self._file.name + end).unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        # threads may share it: Python's SQLite is built serialized
        base = sqlite3.connect(self._file, isolation_level="DEFERRED", check_same_thread=False)
        try:
            base.execute(
                "PRAGMA locking_mode=EXCLUSIVE"
            )  # we hold the lock; and no shared memory is needed then
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=NORMAL")
            tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if tables and _format(base, tables) != FORMAT:
                for name in tables:
                    base.execute(f'DROP TABLE "{name}"')
                tables = set()
            if not tables:
                base.executescript(
                    f"BEGIN; {_TABLES} INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;"
                )
        except BaseException:
            base.close()
            raise
        return base

    def commit(self) -> None:
        """Make what was put last."""
        with self._changes:
            self._base.commit()

    def _change(self, statement: str, values: Sequence[Any] = ()) -> None:
        with self._changes:
            self._base.execute(statement, values)

    def _change_all(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._changes:
            self._base.executemany(statement, rows)

    # --- meta ---

    def get(self, key: str) -> str | None:
        """A remembered value."""
        row = self._base.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        """Remember a value."""
        self._change("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- inputs ---

    def files(self) -> dict[bytes, Known]:
        """All inputs that were ever read and are not forgotten."""
        rows = self._base.execute("SELECT relative, sha256, size, mtime_ns, ctime_ns, inode, key FROM files")
        return {
            relative: Known(sha256, None if size is None else Signature(size, mtime, ctime, inode), key)
            for relative, sha256, size, mtime, ctime, inode, key in rows
        }

    def put_signature(self, relative: bytes, signature: Signature | None) -> None:
        """The file's bytes are still the same; only its signature is new."""
        values = (None,) * 4 if signature is None else _columns(signature)
        self._change(
            "UPDATE files SET size=?, mtime_ns=?, ctime_ns=?, inode=? WHERE relative=?", (*values, relative)
        )

    def put_result(
        self, relative: bytes, result: Result, signature: Signature | None, key: str | None
    ) -> None:
        """What an input gave, in place of what it gave before."""
        self._change("DELETE FROM cards WHERE relative=?", (relative,))
        values = (None,) * 4 if signature is None else _columns(signature)
        self._change(
            "INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                relative, result.sha256, *values, key, result.code, result.message, result.retryable,
                result.format, json.dumps(result.findings, ensure_ascii=False), result.seconds,
            ),
        )  # fmt: skip
        self._change_all(
            "INSERT INTO cards VALUES (?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    relative,
                    c.card_index,
                    c.card_id,
                    c.digest,
                    c.cut,
                    c.findings,
                    c.facts,
                    c.rules_sha256,
                    c.rows,
                    c.blob,
                )
                for c in result.cards
            ],
        )

    def results(self, relatives: Iterable[bytes]) -> Iterator[Result]:
        """What each input gave, in this order, without its cards. Raises KeyError."""
        columns = "sha256, code, message, retryable, format, findings, seconds"
        for relative, found in self._of_each("files", columns, "relative", relatives, SMALL):
            if not found:
                raise KeyError(relative)
            sha256, code, message, retryable, format, findings, seconds = found[0]
            yield Result(
                relative.decode("latin-1"),
                sha256,
                code,
                message,
                bool(retryable),
                format,
                (),
                tuple(json.loads(findings)),
                seconds,
            )

    def records(self, relatives: Iterable[bytes]) -> Iterator[list[Record]]:
        """The records of each input's cards, in their order."""
        for _, rows in self._of_each("cards", "card_id, blob, cut", "card_index", relatives, LARGE):
            yield [Record(*row) for row in rows]

    def rows(self, relatives: Iterable[bytes]) -> Iterator[dict[str, bytes]]:
        """card_id -> its lines of CSV, of each input's cards."""
        found = self._of_each("cards", "card_id, rows", "card_index", relatives, LARGE)
        return (dict(rows) for _, rows in found)

    def slims(self, relatives: Iterable[bytes]) -> Iterator[list[Slim]]:
        """Each input's cards, in their order, without the record and the rows."""
        columns = "card_id, digest, findings, facts, rules_sha256"
        for _, rows in self._of_each("cards", columns, "card_index", relatives, SMALL):
            yield [Slim(*row) for row in rows]

    def _of_each(
        self, table: str, columns: str, order: str, relatives: Iterable[bytes], together: int
    ) -> Iterator[tuple[bytes, list[tuple[Any, ...]]]]:
        """The rows of each input, in the order of these; a statement asks for several inputs, which is much faster."""
        waiting = iter(relatives)
        while group := list(itertools.islice(waiting, together)):
            found: dict[bytes, list[tuple[Any, ...]]] = {relative: [] for relative in group}
            marks = ",".join("?" * len(group))
            for relative, *row in self._base.execute(
                f"SELECT relative, {columns} FROM {table} WHERE relative IN ({marks}) ORDER BY {order}", group
            ):
                found[relative].append(tuple(row))
            yield from found.items()

    def forget(self, relatives: Iterable[bytes]) -> None:
        """Drop inputs that are gone."""
        gone = [(r,) for r in relatives]
        self._change_all("DELETE FROM files WHERE relative=?", gone)
        self._change_all("DELETE FROM cards WHERE relative=?", gone)

    # --- what the last finished run said ---

    def known(self) -> dict[bytes, tuple[str | None, str]]:
        """(sha256, status) of every input of the last run that finished."""
        return {r: (sha256, status) for r, sha256, status in self._base.execute("SELECT * FROM known")}

    def put_known(self, rows: Iterable[tuple[bytes, str | None, str]]) -> None:
        """Remember the inputs of this run."""
        self._change("DELETE FROM known")
        self._change_all("INSERT INTO known VALUES (?,?,?)", rows)

    # --- findings across cards ---

    def across(self) -> dict[str, Across]:
        """card_id -> what the checks that need several cards gave."""
        rows = self._base.execute("SELECT card_id, findings, pledge, reason FROM across")
        return {i: Across(tuple(json.loads(f)), None if p is None else (p, why)) for i, f, p, why in rows}

    def put_across(self, found: dict[str, Across]) -> None:
        """Replace them all."""
        self._change("DELETE FROM across")
        self._change_all(
            "INSERT INTO across VALUES (?,?,?,?)",
            [
                (i, json.dumps(a.findings, ensure_ascii=False), *(a.link or (None, None)))
                for i, a in found.items()
            ],
        )

    # --- outputs ---

    def written(self) -> dict[str, tuple[str, Signature]]:
        """Output files as they were left: name -> (what they were made from, signature)."""
        rows = self._base.execute("SELECT * FROM written")
        return {name: (digest, Signature(*rest)) for name, digest, *rest in rows}

    def put_written(self, name: str, digest: str, signature: Signature) -> None:
        """An output file was written."""
        self._change(
            "INSERT OR REPLACE INTO written VALUES (?,?,?,?,?,?)", (name, digest, *_columns(signature))
        )

    def drop_written(self, names: Iterable[str]) -> None:
        """Output files were removed."""
        self._change_all("DELETE FROM written WHERE name=?", [(n,) for n in names])


def _format(base: sqlite3.Connection, tables: set[str]) -> str | None:
    if "meta" not in tables:
        return None
    row = base.execute("SELECT value FROM meta WHERE key='format'").fetchone()
    return None if row is None else str(row[0])


def _columns(s: Signature) -> tuple[int, int, int, int]:
    return s.size, s.mtime_ns, s.ctime_ns, s.inode
