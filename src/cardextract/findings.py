"""Findings: what is wrong, where, and how to mend it. Their codes stand in `catalogue.py`.

A rule, reader or check makes a finding with `finding(code, ...)`; `stamp` gives it the file and the card.
Expected trouble is a Finding (data). A file that cannot be read at all raises `Unreadable`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from cardextract.catalogue import CATALOGUE, Code, Severity
from cardextract.document import Place
from cardextract.plain import plain

FindingState = Literal["open", "accepted", "ignored"]

__all__ = [
    "CATALOGUE",
    "Code",
    "Finding",
    "FindingState",
    "Severity",
    "Suggestion",
    "Unreadable",
    "finding",
    "stamp",
    "with_particles",
]

PARTICLE = re.compile(r"(?P<last>[가-힣0-9])(?P<close>[’”]?)(?P<pair>이\(가\)|은\(는\)|을\(를\)|과\(와\))")
OPEN_DIGITS = "2459"
"""Digits whose names end in a vowel: 이, 사, 오, 구."""


@plain(frozen=True, slots=True)
class Suggestion:
    """What would mend the finding: the value at `path`, normalized, and as it would be printed."""

    path: str
    value: int | float | str | None
    text: str


@plain(frozen=True, slots=True)
class Finding:
    """One thing a person should look at. `id` is stable over runs and lapses when the values change."""

    id: str
    code: str
    kind: str | None
    severity: Severity
    message: str
    card_id: str | None
    source_path: str
    paths: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    expected: int | float | str | None = None
    actual: int | float | str | None = None
    suggestion: Suggestion | None = None
    caused_by: str | None = None
    state: FindingState = "open"


class Unreadable(Exception):  # noqa: N818 - it is a verdict on the input, not an error of ours
    """A file that gives no document. `code` is the ledger code (`encrypted`, `corrupt`), `message` Korean."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retryable = code, message, retryable


def finding(
    code: str,
    *,
    kind: str | None = None,
    paths: Sequence[str] = (),
    places: Sequence[Place] = (),
    expected: int | float | str | None = None,
    actual: int | float | str | None = None,
    suggestion: Suggestion | None = None,
    caused_by: str | None = None,
    severity: Severity | None = None,
    **words: Any,
) -> Finding:
    """A finding of the catalogue, not yet stamped with its file and card (`stamp` does that).

    words: what the message template names; expected and actual may be named there too.
    Raises KeyError for a code that is not in the catalogue or a word the template lacks.
    """
    entry = CATALOGUE[code]
    message = with_particles(entry.message.format(expected=expected, actual=actual, kind=kind, **words))
    return Finding(
        id="",
        code=code,
        kind=kind,
        severity=severity or entry.severity,
        message=message,
        card_id=None,
        source_path="",
        paths=tuple(paths),
        places=tuple(dict.fromkeys(places)),
        expected=expected,
        actual=actual,
        suggestion=suggestion,
        caused_by=caused_by,
    )


def with_particles(message: str) -> str:
    """A message whose `이(가)`, `은(는)`, `을(를)` and `과(와)` are chosen by the sound before them.

    Both stay where nobody can tell how the word before is read (a file name, a sign).

    >>> with_particles("계획 국비 계이(가) 5이(가) 아니라 ‘2024년’을(를) a.txt와 x.pdf은(는)")
    '계획 국비 계가 5가 아니라 ‘2024년’을 a.txt와 x.pdf은(는)'
    """

    def chosen(match: re.Match[str]) -> str:
        last, pair = match["last"], match["pair"]
        ends_open = last in OPEN_DIGITS if last.isdigit() else (ord(last) - ord("가")) % 28 == 0
        return f"{last}{match['close']}{pair[2] if ends_open else pair[0]}"

    return PARTICLE.sub(chosen, message)


def stamp(f: Finding, source_path: str, card_id: str | None = None, card_index: int | None = None) -> Finding:
    """The finding with file, card and id: hash(source_path, card_index, code, kind, paths, actual).

    What was expected counts too: where a part of a sum changes, the sum's printed total does not.
    """
    values = [source_path, card_index, f.code, f.kind, f.paths, f.actual, f.expected]
    key = json.dumps(values, ensure_ascii=False)
    return replace(
        f,
        id=hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:12],
        card_id=card_id,
        source_path=source_path,
    )
