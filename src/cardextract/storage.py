"""Writing that is never seen half done: temporary file in the same folder, fsync, rename, fsync of the
folder.

Also the lock of an output folder. A temporary name begins with `.tmp-`; whoever holds the lock may remove
what a killed run left under such names (`remove_temporaries`).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO, Protocol

from filelock import FileLock, Timeout

TEMPORARY = ".tmp-"
STATE = ".state"
"""The folder inside the output that is ours alone: lock and cache."""

FOLDERS = ("cards", "csv", "schema")
"""The folders inside the output that hold results."""

CARD_NAME = re.compile(r"[0-9a-f]{12}-[0-9]+\.json")
"""The names of `cards/`; anything else there is not ours and is left alone."""


class Locked(Exception):  # noqa: N818 - the other run is no error
    """Another run holds the output folder."""


@contextlib.contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold the output folder's lock; it ends with the process, however that ends. Raises Locked, OSError."""
    state = output / STATE
    state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(state / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as e:
        raise Locked(str(output)) from e
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def replacing(path: Path, *, sync_folder: bool = True) -> Iterator[BinaryIO]:
    """A binary stream that becomes `path` at once when the block ends well, and leaves nothing otherwise.

    With sync_folder=False the caller syncs the folder itself after a batch of files (`sync`).
    """
    temporary = path.with_name(TEMPORARY + path.name)
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - one spelling for the instant when a final name changes
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if sync_folder:
        sync(path.parent)


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Append bytes."""


def copy_range(source: BufferedIOBase, target: Writable, first: int, last: int) -> None:
    """Append these bytes of one file to another."""
    source.seek(first)
    left = last - first
    buffer = memoryview(bytearray(min(left, 1 << 18)))  # one for all: fresh ones cost more than copying does
    while left > 0:
        size = source.readinto(buffer[: min(left, len(buffer))])
        if not size:
            raise OSError(errno.EIO, "a file became shorter while it was copied")
        target.write(buffer[:size])
        left -= size


def write(path: Path, data: bytes, *, sync_folder: bool = True) -> None:
    """Replace the file by these bytes."""
    with replacing(path, sync_folder=sync_folder) as stream:
        stream.write(data)


def draft(path: Path, key: str) -> Path:
    """Where bytes for this path can be laid ready under a temporary name. key: tells them from others for the path.

    >>> draft(Path("cards/a-1.json"), "07f3").name
    '.tmp-a-1.json-07f3'
    """
    return path.with_name(f"{TEMPORARY}{path.name}-{key}")


def write_draft(path: Path, data: bytes) -> None:
    """Lay bytes ready for `write_all`, which syncs and renames them. Where that fails nothing is left: whoever finds
    none writes the file itself, and then hears why."""
    try:
        path.write_bytes(data)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()


AT_ONCE = 500
"""How many files are made to last together, and at most wait for that under their temporary names."""


def write_all(files: Iterable[tuple[Path, bytes | Path]]) -> Iterator[tuple[Path, os.stat_result]]:
    """Replace many files of a folder by bytes, or by drafts that lie in it, with the same promise as `replacing`; each is
    told as soon as it is in its place.

    The caller syncs the folder. Raises OSError; what was not told yet is then as it was, or replaced as a whole.
    """
    ready: list[tuple[Path, Path]] = []

    def placed() -> Iterator[tuple[Path, os.stat_result]]:
        _sync_files([temporary for _, temporary in ready])
        while ready:
            path, temporary = ready[-1]
            os.replace(temporary, path)  # noqa: PTH105 - as above
            ready.pop()
            yield path, path.stat()

    try:
        for path, data in files:
            temporary = data if isinstance(data, Path) else path.with_name(TEMPORARY + path.name)
            ready.append((path, temporary))
            if isinstance(data, bytes):
                temporary.write_bytes(data)
            if len(ready) >= AT_ONCE:
                yield from placed()
        if ready:
            yield from placed()
    finally:
        for _, temporary in ready:
            with contextlib.suppress(OSError):
                temporary.unlink()


FEW = 16
"""So many files are made to last one by one: that waits for nothing that others write."""


def _sync_files(paths: Sequence[Path]) -> None:
    """Make the bytes of files of one folder last: many files on Linux by one call for its file system, which costs a
    fraction of one call a file."""
    if len(paths) > FEW and sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        handle = os.open(paths[0].parent, os.O_RDONLY)
        try:
            if libc.syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(paths[0].parent))
        finally:
            os.close(handle)
        return
    for path in paths:
        with path.open("ab") as stream:
            os.fsync(stream.fileno())


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Replace the file by these lines; each gets its line end here. Lines are not kept in memory."""
    with replacing(path) as stream:
        for line in lines:
            stream.write(line)
            stream.write(b"\n")


def sync(folder: Path) -> None:
    """Make renames and removals in the folder last over a power cut (where the system can)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_temporaries(output: Path) -> None:
    """Remove what a killed run left half written. Only under the lock, and only where runs write."""
    for folder in (output, *(output / name for name in FOLDERS)):
        for path in folder.glob(TEMPORARY + "*"):
            path.unlink()
