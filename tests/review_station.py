"""What the tests of the review station share: an inbox that was run, a server in a process of its own, and HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cardextract import batch

T = TypeVar("T")
SERVE = (
    "import sys; from pathlib import Path; from cardextract.review.app import main; "
    "sys.exit(main(Path(sys.argv[1]), None, Path(sys.argv[2]), author='나가온'))"
)


def wait_for(what: Callable[[], T], seconds: float = 60) -> T:
    """The first true answer; AssertionError when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, "nothing came in time"
        time.sleep(0.02)


def run(inbox: Path, output: Path) -> None:
    """A run of the batch, in this process."""
    assert batch.run(inbox, output, workers=2, mentions=False) == 0


@dataclass
class Station:
    """A running server."""

    output: Path
    inbox: Path
    address: str
    token: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    @property
    def entrance(self) -> str:
        return f"{self.address}/?token={self.token}"

    def request(
        self,
        path: str,
        body: Any = None,
        *,
        method: str | None = None,
        token: str | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text. Headers are given with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        sent.setdefault("Cookie", f"cardextract_{self.port}={self.token if token is None else token}")
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
            sent.setdefault("Origin", self.address)
        connection.putrequest(
            method or ("POST" if data is not None else "GET"), path, skip_host="Host" in sent
        )
        for name, value in sent.items():
            connection.putheader(name, value)
        if data is not None:
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text

    def version(self, card_id: str) -> str:
        """The version that the card's page shows."""
        _, _, page = self.request(f"/card/{card_id}")
        return page.split('data-version="')[1].split('"')[0]

    def decide(self, card_id: str, **body: Any) -> tuple[int, Any]:
        """Send a decision; status and answer."""
        body = {"card": card_id, "version": self.version(card_id), **body}
        status, _, text = self.request("/decide", body)
        return status, json.loads(text)

    def settled(self) -> None:
        """Wait until the output files have followed."""
        wait_for(lambda: json.loads(self.request("/status")[2])["output"] == "current")


@contextlib.contextmanager
def serving(output: Path, inbox: Path) -> Iterator[Station]:
    """A server for an output folder, ended at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(output), str(inbox)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().strip()
        address, _, token = line.partition("/?token=")
        assert token, f"no address: {line!r}"
        yield Station(output, inbox, address, token, process)
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()


def record(output: Path, path: str) -> dict[str, Any]:
    """The record of the (first) card of a file."""
    for line in (output / "cards.jsonl").read_text("utf-8").splitlines():
        card: dict[str, Any] = json.loads(line)
        if card["source"]["path"] == path:
            return card
    raise AssertionError(f"no card of {path}")


def budget(card: dict[str, Any], ledger: str, source: str, period: str) -> dict[str, Any]:
    """An entry of a record's budget."""
    found: list[dict[str, Any]] = [
        c for c in card["budget"] if (c["ledger"], c["source"], c["period"]) == (ledger, source, period)
    ]
    assert len(found) == 1
    return found[0]


def decisions(output: Path) -> list[dict[str, Any]]:
    """The lines of the corrections file."""
    file = output.with_name(output.name + ".corrections.jsonl")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
