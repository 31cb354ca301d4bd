"""A run in a process of its own, as the kill tests need it: `runner.py INBOX OUTPUT [option=JSON ...]`.

`die_at=N` ends the process with SIGKILL at the N-th change of a final name (before it when N is odd, after it
when it is even): os.replace itself is instrumented, none of our code. `tell=FILE` counts those changes into a
file instead.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from cardextract import batch, watch
from cardextract.worker import Limits

_replace = os.replace


def main(arguments: list[str]) -> int:
    inbox, output = map(Path, arguments[:2])
    options: dict[str, Any] = {k: json.loads(v) for k, _, v in (a.partition("=") for a in arguments[2:])}
    if "limits" in options:
        options["limits"] = Limits(**options["limits"])
    if "plugins" in options:
        options["plugins"] = tuple(options["plugins"])
    die_at, tell = options.pop("die_at", None), options.pop("tell", None)
    calls = 0

    def replace(*names: Any) -> None:
        nonlocal calls
        calls += 1
        if die_at is not None and calls == (die_at + 1) // 2 and die_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        _replace(*names)
        if die_at is not None and calls == die_at // 2 and not die_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace
    start = watch.watch if options.pop("watch", False) else batch.run
    code = start(inbox, output, **{"workers": 2, "mentions": False, **options})
    if tell is not None:
        Path(tell).write_text(str(calls))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
