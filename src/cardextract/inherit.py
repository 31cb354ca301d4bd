"""How a profile changes the rules that it extends: deep merge, and what in it cannot be meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

EDITS = ("append", "off")
CLOSED = frozenset(
    {"labels", "status", "sections", "axes.ledger", "axes.source", "axes.source_ends", "axes.period"}
)
"""Tables whose names are those of the record: a profile adds words to them, never names."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a mistyped name, or nothing.

    >>> did_you_mean("titel", ["title", "number"])
    ' (did you mean title?)'
    """
    near = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Deep merge: tables merge, other values replace; `{append = [...]}` and `{off = [...]}` edit a list.

    >>> merge({"a": [1, 2], "b": {"c": 1}}, {"a": {"append": [3], "off": [1]}, "b": {"d": 2}})
    {'a': [2, 3], 'b': {'c': 1, 'd': 2}}
    """
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(value, dict) and isinstance(old, list) and set(value) <= set(EDITS):
            out[key] = [x for x in old if x not in value.get("off", [])] + value.get("append", [])
        elif isinstance(value, dict) and isinstance(old, dict):
            out[key] = merge(old, value)
        elif isinstance(value, dict) and old is None and set(value) <= set(EDITS) and value:
            out[key] = value.get("append", [])
        else:
            out[key] = value
    return out


def mistakes(own: dict[str, Any], parent: dict[str, Any], at: str = "") -> Iterator[str]:
    """`key: what is wrong` for everything in a profile that its parent's shape does not allow.

    >>> list(mistakes({"labels": {"titel": ["가"]}}, {"labels": {"title": []}}))
    ['labels: unknown name titel (did you mean title?)']
    >>> list(mistakes({"labels": {"title": {"apend": ["가"]}}}, {"labels": {"title": []}}))
    ['labels.title: apend is neither append nor off (did you mean append?)']
    """
    for key, value in own.items():
        here = f"{at}.{key}" if at else key
        old = parent.get(key)
        if at in CLOSED and key not in parent:
            yield f"{at}: unknown name {key}{did_you_mean(key, parent)}"
        elif isinstance(old, list) and isinstance(value, dict):
            yield from _edits(here, value)
        elif isinstance(old, list) and not isinstance(value, list):
            yield f"{here}: a list is expected, or {{ append = [...], off = [...] }}"
        elif isinstance(old, dict) and not isinstance(value, dict):
            yield f"{here}: a table is expected"
        elif isinstance(old, dict):
            yield from mistakes(value, old, here)


def _edits(here: str, value: dict[str, Any]) -> Iterator[str]:
    for edit, words in value.items():
        if edit not in EDITS:
            yield f"{here}: {edit} is neither append nor off{did_you_mean(edit, EDITS)}"
        elif not isinstance(words, list):
            yield f"{here}.{edit}: a list is expected, as in {edit} = [...]"


def idle(own: dict[str, Any], parent: dict[str, Any], at: str = "") -> Iterator[str]:
    """Edits that change nothing: a word taken off that is not there, or appended although it is."""
    for key, value in own.items():
        here = f"{at}.{key}" if at else key
        old = parent.get(key)
        if isinstance(old, list) and isinstance(value, dict):
            for word in value.get("off", []):
                if word not in old:
                    yield f"{here}: off: {word} is not in the list{did_you_mean(str(word), map(str, old))}"
            yield from (
                f"{here}: append: {w} is in the list already" for w in value.get("append", []) if w in old
            )
        elif isinstance(old, dict) and isinstance(value, dict):
            yield from idle(value, old, here)
