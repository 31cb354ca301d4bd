"""What a run tells people and machines while it works: lines on stderr, as text or JSON, and a progress bar
on a terminal.

Stdout carries data only. Whatever comes from a document or a file name is stripped of control characters.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from cardextract.paths import printable

LogFormat = Literal["text", "json"]


class Progress(Protocol):
    """Counts files that are done."""

    def __call__(self, done: int, total: int) -> None: ...


class Log:
    """Writes events to stderr. A closed or full stderr is no reason to stop."""

    def __init__(self, form: LogFormat) -> None:
        self.form = form

    def event(self, name: str, message: str, **values: Any) -> None:
        """One event: `message` for people, name and values for machines."""
        if self.form == "json":
            data = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "event": name,
                "message": message,
            }
            self._line(json.dumps({**data, **values}, ensure_ascii=True))
        elif message:
            for line in message.split("\n"):
                self._line(printable(line))

    def _line(self, text: str) -> None:
        try:
            sys.stderr.buffer.write(text.encode("utf-8", "replace") + b"\n")
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError):
            return

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A bar on a terminal, an event every five seconds in JSON, else nothing."""
        if self.form == "text" and sys.stderr.isatty():
            with _bar() as show:
                yield show
        else:
            yield self._ticks() if self.form == "json" else lambda done, total: None  # noqa: ARG005

    def _ticks(self) -> Progress:
        last = time.monotonic()

        def show(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= 5:
                last = time.monotonic()
                self.event("progress", f"{done}/{total}", done=done, total=total)

        return show


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Rich

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Rich(*columns, console=Console(stderr=True), transient=True) as rich:
        task = rich.add_task("reading", total=None)
        yield lambda done, total: rich.update(task, completed=done, total=total)


class Stages:
    """Seconds spent in each stage of a run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time spent inside counts for this stage."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
