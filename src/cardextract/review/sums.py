"""The sums behind a budget, as arithmetic that counts along while a person types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardextract.checks.context import Context
from cardextract.checks.header import header_figures, header_sums
from cardextract.checks.ledger import Key
from cardextract.labels import SOURCES, UNITS, period_label


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of a sum."""

    path: str
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class SumView:
    """`whole` should be the sum of `parts`, within `slack` won."""

    number: int
    code: str
    label: str
    whole: Term
    parts: tuple[Term, ...]
    slack: float
    unit: int
    unit_name: str

    @property
    def paths(self) -> set[str]:
        """The paths of all its figures."""
        return {self.whole.path, *(p.path for p in self.parts)}

    @property
    def gap(self) -> int:
        """What is missing to the whole, in won; 0 within the slack."""
        miss = self.whole.amount - sum(p.amount for p in self.parts)
        return 0 if abs(miss) <= self.slack else miss


def sums_of(context: Context) -> Iterator[SumView]:
    """Every sum of the budget tables, and those between header and table."""
    header = header_figures(context)
    found = []
    for ledger in context.ledgers.values():
        found += [(s, ledger.amounts, ledger.unit) for s in ledger.sums]
    plan = context.ledgers.get("plan")
    amounts = {**(plan.amounts if plan else {}), **header}
    if header:
        found += [(s, amounts, plan.unit if plan else 1) for s in header_sums(context, header, plan)]
    for number, (s, known, unit) in enumerate(found):
        whole, *parts = _terms(s.keys, known)
        yield SumView(
            number, s.code, s.label, whole, tuple(parts), s.slack, unit,
            next((n for n, u in UNITS.items() if u == unit), "원"),
        )  # fmt: skip


def _terms(keys: Sequence[Key], amounts: Mapping[Key, int]) -> list[Term]:
    """The figures of a sum, named by that in which they differ."""
    sources, periods = {k.source for k in keys}, {k.period for k in keys}
    headed = any(k.ledger == "header" for k in keys)
    mixed = len({k.ledger == "header" for k in keys}) > 1
    out = []
    for k in keys:
        source = "총액" if k.ledger == "header" and k.source == "total" else SOURCES[k.source]
        words = [source] if len(sources) > 1 or len(periods) == 1 else []
        if not headed and (len(periods) > 1 or not words):
            words.append(period_label(k.period))
        if mixed:
            words.insert(0, "머리표" if k.ledger == "header" else "예산표")
        out.append(Term(k.path, " ".join(words), amounts.get(k, 0)))
    return out
