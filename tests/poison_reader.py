"""A reader that does what no reader should: a plugin of the worker, for tests only.

A text that begins with `POISON word` runs the deed of that name; any other text is read as always. `twice`
looks at a folder named in the environment to do its deed in the first process only.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from cardextract import readers
from cardextract.document import Document
from cardextract.findings import Finding, Unreadable

_READ_TEXT = readers.READERS["text"]


def read(path: Path) -> tuple[Document, list[Finding]]:
    head = path.read_bytes()[:60].decode("utf-8", "replace").split()
    if head[:1] == ["POISON"]:
        DEEDS[head[1]](path)
    module, _, name = _READ_TEXT.partition(":")
    result: tuple[Document, list[Finding]] = getattr(__import__(module, fromlist=[name]), name)(path)
    return result


def spin(_: Path) -> NoReturn:
    while True:
        pass


def wait(_: Path) -> NoReturn:
    while True:
        time.sleep(3600)


def eat(_: Path) -> NoReturn:
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def crash(_: Path) -> None:
    ctypes.string_at(0)


def leave(_: Path) -> NoReturn:
    os._exit(0)


def leave_politely(_: Path) -> NoReturn:
    sys.exit("I quit")


def rubbish(_: Path) -> None:
    for descriptor in (1, 2):
        os.write(descriptor, b'{"ready":true}\n' + b"\x1b[31m rubbish \x00" * 50_000)
    print("and politely" * 10_000)


def rubbish_everywhere(_: Path) -> None:
    """Writes on every open descriptor, also on the private one."""
    for descriptor in range(256):
        try:
            os.write(descriptor, b"rubbish\n")
        except OSError:
            continue


def ask(_: Path) -> None:
    if os.read(0, 10):
        raise RuntimeError("stdin gave something")


def bug(_: Path) -> NoReturn:
    raise KeyError("\x1b[31msecret")


def dive(path: Path) -> None:
    dive(path)


def refuse(_: Path) -> NoReturn:
    raise Unreadable("encrypted", "암호가 걸린 문서입니다.")


def grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"one line more\n")


def once(path: Path) -> None:
    """Dies in the first process that reads it, and is fine in the next."""
    mark = Path(os.environ["POISON_MARKS"]) / path.name
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)


def linger(path: Path) -> None:
    """Tells its process id, then hangs."""
    (Path(os.environ["POISON_MARKS"]) / f"{path.name}.pid").write_text(str(os.getpid()))
    wait(path)


def tell(path: Path) -> None:
    """Tells that it is read, and goes on."""
    (Path(os.environ["POISON_MARKS"]) / f"{path.name}.read").touch()


DEEDS: dict[str, Callable[[Path], None]] = {
    f.__name__: f
    for f in (
        spin, wait, eat, crash, leave, leave_politely, rubbish, rubbish_everywhere, ask, bug, dive, refuse, grow, once,
        linger, tell,
    )
}  # fmt: skip

if (
    __name__ == "poison_reader"
):  # as the worker imports it; a test runner that only looks must not be poisoned
    readers.READERS["text"] = "poison_reader:read"
