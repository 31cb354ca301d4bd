"""`run --watch`: the same run again whenever something arrives. No state of its own: a restart is simply the
next run.

The output's lock is held only while a run works. Changes are gathered until the inbox has been quiet for a
moment; a file that is still growing then is left by the run itself (`changed_while_reading`) and its next
change wakes us again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardextract import batch
from cardextract.console import Log
from cardextract.exits import INTERRUPTED, IO_ERROR, LOCKED, OK, OPEN_ERRORS, QUARANTINED, USAGE

QUIET_MS = 500
"""The inbox has to be quiet for so long before a run begins, ..."""
PATIENCE_MS = 60_000
"""... but a run is not put off longer than this."""
AGAIN_SECONDS = 600
"""A run without a change: for what could not be read before, and for network folders that tell nothing."""
LOCKED_SECONDS = 2
"""How long to wait when somebody else works on the output."""

GO_ON = (OK, QUARANTINED, OPEN_ERRORS, IO_ERROR)
"""After these the watch goes on: a full disk may be mended, files of a lost folder may come back."""


def watch(inbox: Path, output: Path, **options: Any) -> int:
    """Run, wait for changes, run again; ends with 0 on SIGTERM, 130 on Ctrl-C, or with the code of a run that
    cannot succeed later either (usage, rules, a bug). Options are those of `batch.run`."""
    log = Log(options.get("log", "text"))
    try:
        import watchfiles
    except ImportError:
        log.event("refused", "--watch needs the extra: pip install 'cardextract[watch]'", exit=USAGE)
        return USAGE
    if not inbox.is_dir():
        return batch.run(inbox, output, **options)
    stop, changed, ready = threading.Event(), threading.Event(), threading.Event()

    def listen() -> None:
        try:
            for changes in watchfiles.watch(
                inbox, stop_event=stop, debounce=PATIENCE_MS, step=QUIET_MS, rust_timeout=200,
                yield_on_timeout=True, watch_filter=None, ignore_permission_denied=True,
            ):  # fmt: skip
                ready.set()
                if changes:
                    changed.set()
        finally:
            ready.set()
            changed.set()

    listener = threading.Thread(target=listen, daemon=True)
    try:
        with _stopping(stop, changed):
            listener.start()
            ready.wait()  # from here on no change is missed, also not during the first run
            return _loop(stop, changed, inbox, output, options, log)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        stop.set()
        listener.join(timeout=5)
        log.event("stopped", "stopped")


def _loop(
    stop: threading.Event,
    changed: threading.Event,
    inbox: Path,
    output: Path,
    options: dict[str, Any],
    log: Log,
) -> int:
    while True:
        changed.clear()
        code = batch.run(inbox, output, **options)
        while code == LOCKED and not stop.wait(LOCKED_SECONDS):
            code = batch.run(inbox, output, **options)
        if not stop.is_set() and code in GO_ON:
            log.event("waiting", f"waiting for changes in {os.fspath(inbox)}")
            changed.wait(AGAIN_SECONDS)
        if stop.is_set():
            return OK
        if code not in GO_ON:
            return code


@contextlib.contextmanager
def _stopping(*events: threading.Event) -> Iterator[None]:
    """SIGTERM sets the events; a run that is going on ends itself and comes back here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        for event in events:
            event.set()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
