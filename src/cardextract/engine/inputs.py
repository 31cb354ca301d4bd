"""What lies in the inbox: every entry that is no folder, in the order of the records. Nothing is opened here
but folders.

Symbolic links are never followed, so nothing outside of the inbox is ever read and no folder is walked twice.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardextract.ledger import Verdict, verdict
from cardextract.paths import portable

SYSTEM_FILES = frozenset({b".ds_store", b"thumbs.db", b"desktop.ini", b".directory", b".localized"})
TEMPORARY_ENDS = (b".part", b".crdownload", b".partial", b".download", b".filepart", b".tmp", b".swp")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file system tells of a file without reading it. Equal signatures mean equal bytes, with one
    exception: a change within the clock's tick of the one before (see `settled`)."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        """The signature in a stat result."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def settled(self, now_ns: int) -> bool:
        """Whether a later change must show: the last one is older than any file system's clock tick (2 s)."""
        return max(self.mtime_ns, self.ctime_ns) < now_ns - 2_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One input. relative: its path below the inbox, as bytes; path: the same for records.

    verdict: why it is not read at all, else None and signature is given.
    """

    relative: bytes
    path: str
    signature: Signature | None
    verdict: Verdict | None


def scan(inbox: Path) -> list[Entry]:
    """All entries below the inbox, sorted by path.

    Raises OSError when the inbox itself cannot be listed; a sub-folder that cannot be becomes an entry.
    """
    root = os.fsencode(inbox)
    entries: list[Entry] = []
    folders = [b""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(_below(root, folder)) as listing:
                found = list(listing)
        except OSError as e:
            if not folder:
                raise
            entries.append(_refused(folder, verdict("quarantined", "not_readable", e.strerror or "")))
            continue
        for item in found:
            relative = _below(folder, item.name)
            if item.is_dir(follow_symlinks=False):
                folders.append(relative)
            else:
                entries.append(_entry(item, relative))
    entries.sort(key=lambda e: (e.path, e.relative))
    return entries


def _below(folder: bytes, name: bytes) -> bytes:
    """Names stay bytes: not every one of them is text."""
    return folder + b"/" + name if folder and name else folder or name


def _refused(relative: bytes, why: Verdict) -> Entry:
    return Entry(relative, portable(relative), None, why)


def _entry(item: os.DirEntry[bytes], relative: bytes) -> Entry:
    try:
        status = item.stat(follow_symlinks=False)
    except OSError as e:  # gone since it was listed, or a name the system cannot handle
        return _refused(relative, verdict("quarantined", "not_readable", e.strerror or ""))
    if not stat.S_ISREG(status.st_mode):
        return _refused(relative, verdict("skipped", "not_a_regular_file", _kind(status.st_mode)))
    name = item.name.lower()
    if name in SYSTEM_FILES or name.startswith(b"._"):
        return _refused(relative, verdict("skipped", "system_file"))
    if name.startswith((b"~$", b".~lock.")) or name.endswith(TEMPORARY_ENDS):
        return _refused(relative, verdict("skipped", "temporary_file"))
    return Entry(relative, portable(relative), Signature.of(status), None)


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISLNK, "심볼릭 링크"), (stat.S_ISFIFO, "파이프"), (stat.S_ISSOCK, "소켓"),
        (stat.S_ISBLK, "블록 장치"), (stat.S_ISCHR, "문자 장치"),
    )  # fmt: skip
    return next((name for test, name in kinds if test(mode)), "특수 파일")


def hash_file(inbox: Path, entry: Entry) -> tuple[str, Signature]:
    """The SHA-256 of an entry's bytes and the signature it had while it was read. Raises OSError.

    A link or pipe put in its place meanwhile is not opened.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(_below(os.fsencode(inbox), entry.relative), flags)
    with os.fdopen(handle, "rb") as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError(0, "not a regular file")
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        after = os.fstat(stream.fileno())
    if Signature.of(before) != Signature.of(after):
        raise Changing(entry.path)
    return digest, Signature.of(after)


class Changing(Exception):  # noqa: N818 - a verdict, not an error of ours
    """The file changed while its bytes were hashed: somebody is still writing it."""


def unchanged(inbox: Path, entries: list[Entry]) -> Iterator[bool]:
    """For each entry, whether it still is the file that was listed."""
    for entry in entries:
        try:
            status = os.lstat(_below(os.fsencode(inbox), entry.relative))
        except OSError:
            yield False
        else:
            yield Signature.of(status) == entry.signature
