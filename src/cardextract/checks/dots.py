"""A dot printed for a thousands comma (`1.234` for 1,234): the print betrays it, and one sum that then closes proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cardextract.checks.context import Context
from cardextract.checks.culprit import HEADER, Slip
from cardextract.checks.ledger import Key, Ledger, Sum, meant, printed_unit, residual

DOT = "쉼표를 점으로 잘못 적은"
THOUSANDTH = "천분의 일로 적은(쉼표 자리의 점, 또는 천 배 큰 단위의 숫자)"
DOTTED = re.compile(r"\d[.．·]\d{1,3}(?!\d)")
"""Fewer than three digits too: a spreadsheet shows 1.920 as 1.92."""


def dots(context: Context, sums: list[Sum], amounts: Mapping[Key, int]) -> Iterator[Slip]:
    """Cells printed with a dot that mend a failing sum a thousand times as large, and spoil none.

    One sum is proof enough, whatever else is wrong in the table: nothing else makes it close to the last digit.
    """
    suspicious: dict[Key, int] = {}
    for s in sums:
        if residual(s, amounts):
            for key in s.keys:
                if amounts.get(key) and DOTTED.search(context.text(key.path)):
                    suspicious.setdefault(key, amounts[key] * 1000)
                elif not amounts.get(key) and (won := _unread(context, key)):
                    suspicious.setdefault(key, won)
    if not suspicious:
        return
    together = {**amounts, **suspicious}  # several dots in one row: only all of them together make it close
    for key, right in suspicious.items():
        holding = [s for s in sums if key in s.keys]
        failing = [s for s in holding if residual(s, amounts)]
        for trial in ({**amounts, key: right}, together):
            mended = [s for s in failing if _closes(s, trial)]
            if mended and not any(residual(s, trial) for s in holding if s not in failing):
                yield Slip(key, amounts.get(key, 0), right, tuple(failing))
                break


def _closes(s: Sum, amounts: Mapping[Key, int]) -> bool:
    """Does a sum close, whatever its total leaves out? A row that is wrong cannot say that it holds no prior spending."""
    if not residual(s, amounts):
        return True
    outside = {k.period for k in s.parts} & {"before", "after_term"} if s.code == "ROW_SUM" else set()
    less = [{p} for p in outside] + ([outside] if len(outside) > 1 else [])
    return any(
        not residual(replace(s, parts=tuple(k for k in s.parts if k.period not in left)), amounts)
        for left in less
    )


def _unread(context: Context, key: Key) -> int | None:
    """What an unreadable figure was meant for: `1.234.567`."""
    proof = context.card.evidence.get(key.path)
    return meant(proof.text, printed_unit(proof.reason)) if proof else None


FEWEST_COMMAS = 2
"""Figures with commas that show how a table prints its thousands."""
_LONE = re.compile(r"[^\d.·,]*\d{1,3}(?:,\d{3})*[.．·]\d{3}[^\d.·,]*")


def lone_dots(ledger: Ledger, sums: Sequence[Sum], amounts: Mapping[Key, int]) -> Iterator[Slip]:
    """A dot that no sum proves, because there is none or another figure of its row is wrong too: the only figure of a
    table that is printed so among others with commas, and in no sum that closes."""
    printed = ledger.texts
    if not DOTTED.search("\n".join(printed.values())):
        return
    dotted = [k for k, text in printed.items() if DOTTED.search(text)]
    if len(dotted) != 1 or not _LONE.fullmatch(printed[dotted[0]]):
        return
    if sum("," in text for text in printed.values()) < FEWEST_COMMAS:
        return
    [key] = dotted
    if all(residual(s, amounts) for s in sums if key in s.keys):
        yield Slip(key, amounts[key], amounts[key] * 1000, ())


def is_dot(context: Context, slip: Slip) -> bool:
    """Is a wrong cell one of these? An exact thousandth in a table is one, too, where no dot shows: a spreadsheet that
    shows no decimals turns 185,904.000 into 185,904. In the header it is rather another unit."""
    if slip.key.ledger == HEADER and not shows_dot(context, slip):
        return False
    return slip.right == (slip.wrong * 1000 if slip.wrong else _unread(context, slip.key))


def shows_dot(context: Context, slip: Slip) -> bool:
    """Does the print itself betray the dot?"""
    text = context.text(slip.key.path)
    return not text or bool(DOTTED.search(text)) or not slip.wrong
