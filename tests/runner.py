"""A run in a process of its own, as the kill tests need it: `runner.py INBOX OUTPUT [option=JSON ...]`.

`die_at=N` ends the process with SIGKILL at a change of a final name, of the (N+1)//2-th: before it when N is odd, after it
when it is even. os.replace and os.unlink themselves are instrumented, none of our code. `tell=FILE` counts the changes
into a file instead.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cardextract import batch, storage, watch
from cardextract.engine.worker import Limits

_replace, _unlink = os.replace, os.unlink


def main(arguments: list[str]) -> int:
    inbox, output = map(Path, arguments[:2])
    options: dict[str, Any] = {k: json.loads(v) for k, _, v in (a.partition("=") for a in arguments[2:])}
    if "limits" in options:
        options["limits"] = Limits(**options["limits"])
    if "plugins" in options:
        options["plugins"] = tuple(options["plugins"])
    die_at, tell = options.pop("die_at", None), options.pop("tell", None)
    numbers = itertools.count(1)  # one step of the interpreter: threads change names at the same time

    def change(how: Callable[..., None], *names: Any) -> None:
        mine = next(numbers)
        if die_at is not None and mine == (die_at + 1) // 2 and die_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        how(*names)
        if die_at is not None and mine == die_at // 2 and not die_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def unlink(name: Any, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None or Path(name).name.startswith(
            storage.TEMPORARY
        ):  # the copy of the rules, half a file
            _unlink(name, dir_fd=dir_fd)
        else:
            change(_unlink, name)

    os.replace, os.unlink = functools.partial(change, _replace), unlink
    start = watch.watch if options.pop("watch", False) else batch.run
    code = start(inbox, output, **{"workers": 2, "mentions": False, **options})
    if tell is not None:
        Path(tell).write_text(str(next(numbers) - 1))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
