"""Rows and columns with an unknown name among those of sources: `국비 | 도비 | 달빛나눔 | 계`.

Such a one is a source like its siblings where the sums say so (most totals need its figures; one or two may miss,
for there a figure is wrong), or where no total is printed that could deny it. Its figures are `other`, inferred.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cardextract.budget.entries import Budget, Entry
from cardextract.labels import ASIDE
from cardextract.values import squeeze

Column = tuple[str, str | None]
"""Ledger and period: the sources of one of them add up to its total."""
Verdict = Literal["proved", "likely", ""]
MOST_NAMES = 4
"""Unknown names of which every choice is tried; more of them say that the axis was not understood."""
_MEASURE = re.compile(
    r"(?:량|[가-힣]수|율|률|명|건|일|월|개소|인원|면적|연장|규모|목표|지표|번호|기간|단위|횟수|비중|잔액|차액|이월액?|불용액?|부족액?)$"
    r"|[%％㎡]"
)
"""Names of what is counted or left over: `사업량`, `이용자수`, `집행잔액`."""


@dataclass(frozen=True)
class Proof:
    """Totals that an unknown name's figures make close, that close without them, and that close with neither."""

    gained: int
    lost: int
    missed: int

    @property
    def verdict(self) -> Verdict:
        if self.gained <= self.lost:
            return ""
        return "proved" if self.gained >= 2 and self.gained > self.missed <= 2 and not self.lost else "likely"


def judge(
    unknown: Mapping[str, Sequence[Entry]], out: Budget, kin: Collection[str] = ()
) -> dict[str, Verdict]:
    """Which of the unknown names are sources; kin: those that stand among sources, so that nothing needs to prove it
    where no total is printed."""
    able = {n: entries for n, entries in unknown.items() if all(e.source == "total" for e in entries)}
    columns = _columns(out.entries)
    step = min((e.amount.step for e in out.entries if e.amount.step), default=0)
    asked = {n: e for n, e in able.items() if any(_at(x) in columns and x.amount.won for x in e)}
    best: tuple[str, ...] = ()
    proof = Proof(0, 0, 0)
    names = sorted(asked) if len(asked) <= MOST_NAMES else []
    for size in range(1, len(names) + 1):
        for chosen in itertools.combinations(names, size):
            found = _prove([e for n in chosen for e in asked[n]], columns, step)
            if found.verdict and found.gained - found.lost > proof.gained - proof.lost:
                best, proof = chosen, found
    verdicts: dict[str, Verdict] = {n: proof.verdict if n in best else "" for n in unknown}
    for name in able.keys() & set(kin) - asked.keys():
        if _like_money(name, able[name], out):
            verdicts[name] = "likely"
    return verdicts


def _at(e: Entry) -> Column:
    return (e.ledger, e.period)


def _columns(entries: Iterable[Entry]) -> dict[Column, tuple[int, int]]:
    """For each column with a printed total of its sources: what the known ones leave of it, and how many they are."""
    totals: dict[Column, int] = {}
    parts: dict[Column, list[int]] = {}
    for e in entries:
        if e.amount.won is None:
            continue
        if e.source == "total":
            totals.setdefault(_at(e), e.amount.won)
        else:
            parts.setdefault(_at(e), []).append(e.amount.won)
    named = {ledger for ledger, _ in parts}
    return {
        c: (total - sum(parts.get(c, ())), len(parts.get(c, ())))
        for c, total in totals.items()
        if c[0] in named
    }


def _prove(new: Sequence[Entry], columns: Mapping[Column, tuple[int, int]], step: int) -> Proof:
    sums: dict[Column, int] = {}
    for e in new:
        sums[_at(e)] = sums.get(_at(e), 0) + (e.amount.won or 0)
    gained = lost = missed = 0
    for column, amount in sums.items():
        if column not in columns or not amount:
            continue
        left, known = columns[column]
        slack = step * (known + 2) // 2
        within, without = abs(left - amount), abs(left)
        gained += within <= slack and within < without
        lost += without <= slack and without <= within
        missed += within > slack and without > slack
    return Proof(gained, lost, missed)


def _like_money(name: str, entries: Sequence[Entry], out: Budget) -> bool:
    """Where no total can tell: a name that is no measure, beside two sources, with figures of their form."""
    figures = [e.span.text for e in entries if e.amount.won]
    if len(out.sources - {"total"}) < 2 or _MEASURE.search(squeeze(name)) or not figures:
        return False
    known = [e.span.text for e in out.entries if e.amount.won]
    decimals = sum("." in t for t in known) > len(known) / 2
    years = all(re.fullmatch(r"(?:19|20)\d\d", t.strip()) for t in figures)
    return not years and not (decimals and not any("." in t for t in figures))


def stands_alone(new: Iterable[Entry], out: Budget) -> bool:
    """Is `other` free for these figures? Where 기타 states its own, two printed figures would have one key."""
    taken = {_at(e) for e in out.entries if e.source == "other" and e.amount.won}
    return not any(_at(e) in taken and e.amount.won for e in new)


def take_in(name: str, new: Iterable[Entry], verdict: Verdict, out: Budget) -> None:
    """Put the figures of an unknown source into the record, as `other`."""
    why = "합계가 맞음" if verdict == "proved" else "재원들과 함께 있음"
    told = f"이름 ‘{name}’은(는) 모르지만 {why}"
    known = {_at(e): i for i, e in enumerate(out.entries) if e.source == "other"}
    for e in new:
        entry = replace(
            e,
            source="other",
            source_word=squeeze(name),
            certainty="inferred",
            reason=f"{told} (단위: {e.unit})" if e.unit else told,
        )
        at = known.get(_at(e))
        if at is None:
            out.entries.append(entry)
        elif not out.entries[at].amount.won:
            out.entries[at] = entry


def set_aside(name: str, new: Iterable[Entry], out: Budget) -> None:
    """Keep the figures of a source that the record has no key for, so that the sums which hold them can be checked."""
    out.aside.extend(replace(e, source=f"{ASIDE}{name}", source_word=squeeze(name)) for e in new)
