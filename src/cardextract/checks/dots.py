"""A dot printed for a thousands comma (`1.234` for 1,234): the print betrays it, and one sum that then closes proves it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from cardextract.checks.context import Context
from cardextract.checks.culprit import Slip
from cardextract.checks.ledger import Key, Ledger, Sum, residual

DOTTED = re.compile(r"\d[.·]\d{1,3}(?!\d)")
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
    if not suspicious:
        return
    together = {**amounts, **suspicious}  # several dots in one row: only all of them together make it close
    for key, right in suspicious.items():
        holding = [s for s in sums if key in s.keys]
        failing = [s for s in holding if residual(s, amounts)]
        for trial in ({**amounts, key: right}, together):
            mended = [s for s in failing if not residual(s, trial)]
            if mended and not any(residual(s, trial) for s in holding if s not in failing):
                yield Slip(key, amounts[key], right, tuple(failing))
                break


_LONE = re.compile(r"[^\d.·,]*\d{1,3}[.·]\d{3}[^\d.·,]*")


def lone_dots(
    context: Context, ledger: Ledger, sums: Sequence[Sum], amounts: Mapping[Key, int], told: Collection[Key]
) -> Iterator[Slip]:
    """Dots that no sum proves, because another figure of their row is wrong too: the only figure of a table that is
    printed so, in no sum that closes, and nearer to every one a thousand times as large. told: those that are proved."""
    printed = {k: context.text(k.path) for k, v in ledger.amounts.items() if v}
    dotted = [k for k, text in printed.items() if DOTTED.search(text) and k not in told]
    if len(dotted) != 1 or not _LONE.fullmatch(printed[dotted[0]]):
        return
    [key] = dotted
    right = amounts[key] * 1000
    holding = [s for s in sums if key in s.keys]
    nearer = [abs(residual(s, {**amounts, key: right})) < abs(residual(s, amounts)) for s in holding]
    if holding and all(nearer):
        yield Slip(key, amounts[key], right, ())


def is_dot(context: Context, slip: Slip) -> bool:
    """Is a wrong cell one of these? Where no printed text is known, a thousandth of the amount is taken for one."""
    text = context.text(slip.key.path)
    return slip.wrong != 0 and slip.right == slip.wrong * 1000 and (not text or bool(DOTTED.search(text)))
