"""Runs of the batch after decisions, so that the output files follow."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardextract.review.store import Store

LOCKED = 75
"""Exit code of a run that found another one at work."""
TRIES = 3
SETTLE_SECONDS = 0.4
RETRY_SECONDS = 3.0

log = logging.getLogger(__name__)


class Refresher:
    """Runs the batch after decisions, so that the output files follow: one run at a time, in its own process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._change = threading.Condition()
        self.wanted = self._ended = False
        self._process: subprocess.Popen[bytes] | None = None
        self.state = "current"
        """current | waiting | running | failed"""
        self._thread = threading.Thread(target=self._work, name="refresher", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """The output files are being written, or will be."""
        return self.state in ("waiting", "running")

    def wake(self) -> None:
        """The output files are to follow."""
        with self._change:
            self.wanted, self.state = True, "waiting"
            self._change.notify_all()

    def close(self) -> None:
        """Finish what was asked for, then end."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        self._thread.join(timeout=60)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _work(self) -> None:
        tries = 0
        while True:
            with self._change:
                self._change.wait_for(lambda: self.wanted or self._ended)
                if not self.wanted:
                    return
                # several decisions in a row make one run
                self._change.wait_for(lambda: self._ended, timeout=RETRY_SECONDS if tries else SETTLE_SECONDS)
                self.wanted, self.state = False, "running"
            code = self._run()
            done = code in (0, 3, 4)
            tries = 0 if done else tries + 1
            if done:
                try:
                    self._store.follow()
                except Exception:
                    log.exception("the output folder could not be read again")
                    done = False
            with self._change:
                if self.wanted:
                    continue
                # 75: another run holds the folder; ours comes after it
                self.wanted = not done and not self._ended and (code == LOCKED or tries < TRIES)
                self.state = "current" if done else "waiting" if self.wanted else "failed"

    def _run(self) -> int:
        store = self._store
        run = store.run
        options: dict[str, Any] = {
            **run.options, "workers": 1,
            "inbox": str(run.inbox), "output": str(store.output), "rules": str(store.rules.folder),
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cardextract.review.rerun", json.dumps(options)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, errors = self._process.communicate()
        code = self._process.returncode
        if code not in (0, 3, 4, LOCKED):
            log.warning("the run ended with %s: %s", code, errors.decode("utf-8", "replace")[-2000:])
        return code
