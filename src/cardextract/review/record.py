"""The record side of the card page: fields, budget grids, the sums behind them, and findings with their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardextract.card import Card, Evidence, Item
from cardextract.catalogue import CATALOGUE
from cardextract.checks.context import Context
from cardextract.checks.header import header_figures, header_sums
from cardextract.checks.ledger import Key, printed_unit
from cardextract.corrections import Correction
from cardextract.document import Place
from cardextract.findings import Finding
from cardextract.labels import LEDGERS, SOURCES, UNITS, period_label
from cardextract.rules import Rules

LABELS = {
    "report_title": "보고 제목", "as_of": "기준일", "number": "관리번호", "title": "공약명",
    "lead_department": "주관부서", "related_departments": "관련부서", "staff": "담당자", "period": "사업기간",
    "budget_total": "소요예산", "budget_by_source": "재원", "status": "추진상태", "progress": "진도율", "rates": "비율",
    "goals": "목표", "tasks": "과제", "captions": "사진 설명", "issuer": "기관",
}  # fmt: skip
PARTS = {
    "start": "시작", "end": "끝", "role": "직책", "rank": "직급", "name": "이름", "phone": "전화", "percent": "",
    "amount": "금액", "until": "기한", "text": "",
}  # fmt: skip
STATUS = {
    "planned": "미착수", "in_progress": "정상추진", "partial": "일부추진", "completed": "완료",
    "completed_ongoing": "완료 후 계속", "delayed": "지연", "on_hold": "보류", "dropped": "폐기",
}  # fmt: skip
SEVERITY_RANK = {"error": 0, "warning": 1, "info": 2}
SURE = (
    "DECIMAL_SEPARATOR", "UNIT_SLIP", "SHIFTED_CELL", "DATE_INVALID", "PERIOD_REVERSED", "PROGRESS_RANGE",
    "HEADER_BREAKDOWN", "ROW_SUM", "COLUMN_SUM", "SUBTOTAL", "HEADER_TABLE",
)  # fmt: skip
"""Codes whose findings are hardly ever false, surest first."""
LINES = ("SHIFTED_CELL", "UNIT_SLIP")
"""Codes that may suggest the figures of a whole line."""


def sureness(f: Finding) -> tuple[int, int, int, int]:
    """Sorts the surest mistakes first: errors, with a suggested value, by code; consequences last."""
    told = f.suggestion is not None and f.suggestion.value is not None
    code = SURE.index(f.code) if f.code in SURE else len(SURE)
    return (1 if f.caused_by else 0, SEVERITY_RANK[f.severity], 0 if told else 1, code)


@dataclass(frozen=True, slots=True)
class Value:
    """A value to show. now: the text that holds, printed: the text in the document (they differ where corrected)."""

    path: str
    label: str
    shown: str
    now: str | None
    printed: str | None
    certainty: str = ""
    reason: str = ""
    placed: bool = False


@dataclass(frozen=True, slots=True)
class GridCellView:
    """A cell of the budget grid. amount in won; unit: what one of its printed figures is worth in won."""

    path: str
    now: str
    printed: str
    amount: int | None
    unit: int
    state: str
    certainty: str
    reason: str
    label: str
    editable: bool


@dataclass(frozen=True, slots=True)
class GridView:
    """One ledger: sources down, periods across."""

    ledger: str
    title: str
    unit: str
    periods: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, tuple[GridCellView | None, ...]], ...]
    row_checks: tuple[int | None, ...] = ()
    """The number of the sum that proves each row, if there is one; likewise of each column."""
    col_checks: tuple[int | None, ...] = ()


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
        return {self.whole.path, *(p.path for p in self.parts)}

    @property
    def gap(self) -> int:
        miss = self.whole.amount - sum(p.amount for p in self.parts)
        return 0 if abs(miss) <= self.slack else miss


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cell or line that a suggestion changes."""

    cell: Value
    text: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what the page needs to explain it and to act on it."""

    f: Finding
    title: str
    why: str
    mend: str
    culprit: str | None
    related: tuple[str, ...]
    sums: tuple[SumView, ...]
    children: tuple[Finding, ...]
    fix: Value | None
    fillable: str | None
    proposal: tuple[Proposal, ...] = ()
    """The cells that the suggestion changes, with what it writes there; empty where it cannot be taken by a key."""
    assignable: tuple[tuple[str, str], ...] = ()
    later: bool = False
    decision: Correction | None = None
    stale: Correction | None = None
    pseudo: str = ""


@dataclass(frozen=True)
class Record:
    """Everything the card page shows of the record."""

    fields: tuple[Value, ...]
    grids: tuple[GridView, ...]
    sums: tuple[SumView, ...]
    findings: tuple[FindingView, ...]
    sections: tuple[tuple[str, str, tuple[Line, ...]], ...]
    unplaced: tuple[Value, ...] = ()
    proofs: tuple[tuple[str, str, Place], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a section."""

    path: str
    depth: int
    marker: str
    text: str


def proof_of(card: Card, path: str) -> tuple[str, Evidence] | None:
    """The evidence of a path, which may be named with or without `.amount`; and its own key."""
    for key in (path, f"{path}.amount", path.removesuffix(".amount")):
        if key in card.evidence:
            return key, card.evidence[key]
    return None


def budget_label(path: str) -> str:
    """A budget path in words.

    >>> budget_label("budget[plan/national/2022].amount")
    '계획 국비 2022년'
    """
    inner = path.removeprefix("budget[").split("]")[0].split("/")
    if len(inner) != 3:
        return path
    ledger, source, period = inner
    when = period_label(period) if period not in ("None", "*") else "(열 모름)"
    return f"{LEDGERS.get(ledger, ledger)} {SOURCES.get(source, source)} {when}"


def label_of(path: str) -> str:
    """A path in words, for people.

    >>> label_of("staff[0].name"), label_of("budget_by_source.national"), label_of("budget_total")
    ('담당자 1 이름', '재원 국비', '소요예산')
    """
    if path.startswith("budget["):
        return budget_label(path)
    head, _, rest = path.partition(".")
    name, _, index = head.partition("[")
    words = [LABELS.get(name, name)]
    if index:
        words.append(str(int(index.rstrip("]")) + 1) if index.rstrip("]").isdigit() else index.rstrip("]"))
    if rest:
        words.append(SOURCES.get(rest, PARTS.get(rest, rest)))
    return " ".join(filter(None, words))


def build(card: Card, rules: Rules, decisions: Sequence[Correction]) -> Record:
    """The record of a card as the page shows it. decisions: those that hold about this card's file."""
    held = {
        (c.place, c.was or ""): c
        for c in decisions
        if c.action == "fix" and c.source_sha256 == card.source.sha256
    }
    context = Context(card, rules)
    sums = tuple(_sums(context))
    proofs = [(path, e.text, e.place) for path, e in card.evidence.items()]
    findings = _findings(card, sums, decisions, held)
    proofs += [(v.pseudo, "", place) for v in findings for place in v.f.places if v.pseudo]
    return Record(
        tuple(_fields(card, held)), tuple(_grids(card, context, held, sums)), sums, findings, tuple(_sections(card)),
        tuple(_unplaced(card, held)), tuple(proofs),
    )  # fmt: skip


def value(card: Card, path: str, shown: str, held: Mapping[tuple[Place | None, str], Correction]) -> Value:
    """A value with its proof."""
    found = proof_of(card, path)
    if found is None:
        return Value(path, label_of(path), shown, None, None)
    key, proof = found
    change = held.get((proof.place, proof.text))
    now = change.now if change is not None else proof.text
    placed = proof.place != Place()
    return Value(key, label_of(path), shown, now, proof.text, proof.certainty, proof.reason or "", placed)


def _fields(card: Card, held: Mapping[tuple[Place | None, str], Correction]) -> Iterator[Value]:
    for path, shown in _flat(card):
        yield value(card, path, shown, held)


def _flat(card: Card) -> Iterator[tuple[str, str]]:
    for name in ("title", "number", "report_title", "issuer", "as_of", "lead_department"):
        if name != "issuer" or card.issuer:
            yield name, getattr(card, name) or ""
    for i, department in enumerate(card.related_departments):
        yield f"related_departments[{i}]", department
    for i, person in enumerate(card.staff):
        for name in ("role", "rank", "name", "phone"):
            if text := getattr(person, name):
                yield f"staff[{i}].{name}", text
    yield "period.start", card.period.start or ""
    yield "period.end", card.period.end or ("(임기 후 계속)" if card.period.beyond_term else "")
    yield "budget_total", _won(card.budget_total)
    for source, amount in card.budget_by_source.items():
        yield f"budget_by_source.{source}", _won(amount)
    yield "status", STATUS.get(card.status or "", "")
    yield "progress", "" if card.progress is None else f"{card.progress:g}%"
    for i, rate in enumerate(card.rates):
        yield f"rates[{i}].percent", f"{rate.label} {'' if rate.percent is None else f'{rate.percent:g}%'}"
    for i, goal in enumerate(card.goals):
        yield f"goals[{i}]", goal
    for i, task in enumerate(card.tasks):
        yield f"tasks[{i}].text", task.text
        if task.amount is not None:
            yield f"tasks[{i}].amount", _won(task.amount)
    for name, text in card.other_fields.items():
        yield f"other_fields.{name}", text


def _won(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}원"


def _grids(
    card: Card,
    context: Context,
    held: Mapping[tuple[Place | None, str], Correction],
    sums: Sequence[SumView],
) -> Iterator[GridView]:
    wholes = {(s.code, s.whole.path): s.number for s in sums}
    for name, title in LEDGERS.items():
        cells = [
            c for c in card.budget if c.ledger == name and c.period is not None and c.state != "unplaced"
        ]
        if not cells:
            continue
        ledger = context.ledgers.get(name)
        unit = ledger.unit if ledger is not None else _unit_of(card, name)
        periods = list(dict.fromkeys(str(c.period) for c in cells))
        sources = list(dict.fromkeys(c.source for c in cells))
        by_key = {(c.source, str(c.period)): c for c in cells}
        rows = []
        for source in sources:
            row: list[GridCellView | None] = []
            for period in periods:
                cell = by_key.get((source, period))
                row.append(
                    None if cell is None else _grid_cell(card, Key(name, source, period), cell, unit, held)
                )
            rows.append((source, SOURCES[source], tuple(row)))
        shown = next((n for n, u in UNITS.items() if u == unit), "원")
        row_checks = tuple(wholes.get(("ROW_SUM", Key(name, s, "total").path)) for s in sources)
        col_checks = tuple(wholes.get(("COLUMN_SUM", Key(name, "total", p).path)) for p in periods)
        axis = tuple((p, period_label(p)) for p in periods)
        yield GridView(name, title, shown, axis, tuple(rows), row_checks, col_checks)


def _unit_of(card: Card, ledger: str) -> int:
    """The printed unit of a table that holds no figure yet."""
    proofs = (e for path, e in card.evidence.items() if path.startswith(f"budget[{ledger}/"))
    return next((unit for e in proofs if (unit := printed_unit(e.reason))), 1)


def _grid_cell(
    card: Card, key: Key, cell: Any, unit: int, held: Mapping[tuple[Place | None, str], Correction]
) -> GridCellView:
    v = value(card, key.path, "", held)
    found = proof_of(card, key.path)
    own = printed_unit(found[1].reason) if found else None
    text = v.now if v.now is not None else ("" if cell.amount is None else f"{cell.amount / unit:,.15g}")
    return GridCellView(
        v.path, text, v.printed if v.printed is not None else text, cell.amount, own or unit, cell.state,
        v.certainty, v.reason, budget_label(key.path), v.placed,
    )  # fmt: skip


def _unplaced(card: Card, held: Mapping[tuple[Place | None, str], Correction]) -> Iterator[Value]:
    for path, proof in card.evidence.items():
        if path.startswith("budget[") and "/None]" in path:
            yield value(card, path, proof.text, held)


def _sums(context: Context) -> Iterator[SumView]:
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


def _findings(
    card: Card,
    sums: Sequence[SumView],
    decisions: Sequence[Correction],
    held: Mapping[tuple[Place | None, str], Correction],
) -> tuple[FindingView, ...]:
    by_finding = {c.finding: c for c in decisions if c.action in ("accept", "ignore", "later") and c.finding}
    ids = {f.id for f in card.findings}
    tops = [f for f in card.findings if f.caused_by not in ids]
    children: dict[str, list[Finding]] = {}
    for f in card.findings:
        if f.caused_by in ids and f.caused_by is not None:
            children.setdefault(_root(f, card.findings), []).append(f)
    views = [
        _finding(card, f, sums, children.get(f.id, []), by_finding.get(f.id), decisions, held) for f in tops
    ]
    views.sort(key=lambda v: (v.f.state != "open", v.later, sureness(v.f), v.f.id))
    return tuple(views)


def _root(f: Finding, findings: Sequence[Finding]) -> str:
    """The finding at the end of the chain of causes."""
    by_id = {g.id: g for g in findings}
    seen = {f.id}
    while f.caused_by in by_id and f.caused_by is not None and f.caused_by not in seen:
        seen.add(f.caused_by)
        f = by_id[f.caused_by]
    return f.id


def _finding(
    card: Card,
    f: Finding,
    sums: Sequence[SumView],
    children: Sequence[Finding],
    decision: Correction | None,
    decisions: Sequence[Correction],
    held: Mapping[tuple[Place | None, str], Correction],
) -> FindingView:
    entry = CATALOGUE.get(f.code)
    told = f.suggestion.path if f.suggestion is not None and f.suggestion.value is not None else None
    proposal = _proposal(card, f, held)
    culprit = told or (proposal[0].cell.path if proposal else f.paths[0] if f.paths else None)
    if f.code == "UNPLACED" and culprit is not None:
        culprit = next((k for k in card.evidence if k.startswith(f"{culprit}None")), culprit)
    paths = tuple(dict.fromkeys(key for p in f.paths for key in _keys(card, p)))
    found = proof_of(card, culprit) if culprit else None
    culprit = found[0] if found else culprit
    of = [s for s in sums if s.gap and culprit in s.paths] or [
        s for s in sums if s.gap and s.paths & set(paths)
    ]
    if f.code not in ("ROW_SUM", "COLUMN_SUM", "SUBTOTAL", "HEADER_TABLE", "HEADER_BREAKDOWN", *SURE[:3]):
        of = []
    of.sort(key=lambda s: (s.code != f.code, s.whole.path != (f.paths[0] if f.paths else None)))
    stale = _stale_of(f, decisions) if f.code == "STALE_CORRECTION" else None
    fix = value(card, culprit, "", held) if culprit and found and found[1].place != Place() else None
    missing = f.code == "MISSING_FIELD" and culprit is not None
    places = [] if found else list(f.places)
    return FindingView(
        f, entry.title if entry else f.code, entry.why if entry else "", entry.mend if entry else "", culprit,
        tuple(p for p in paths if p != culprit), tuple(of[:3]), tuple(children), fix,
        culprit if missing else None, proposal, _targets(card, f), decision is not None and decision.action == "later",
        decision, stale, f"@{f.id}" if places else "",
    )  # fmt: skip


def _proposal(
    card: Card, f: Finding, held: Mapping[tuple[Place | None, str], Correction]
) -> tuple[Proposal, ...]:
    """What taking the suggestion would write: one value, or the figures of a line that moved, cell by cell.

    A line is proposed whole or not at all: half of it in place would break more sums than it mends.
    """
    if f.suggestion is None:
        return ()
    if f.suggestion.value is not None:
        wanted = {f.suggestion.path: f.suggestion.text}
    elif f.code in LINES:  # the cells of the line stand first among the paths
        figures = f.suggestion.text.split()
        wanted = dict(zip(f.paths, figures, strict=False)) if len(figures) <= len(f.paths) else {}
    else:
        return ()
    made = [Proposal(value(card, path, "", held), text) for path, text in wanted.items()]
    if not all(p.cell.placed for p in made):
        return ()
    return tuple(p for p in made if not _same_figure(p.cell.now or "", p.text))


def _same_figure(printed: str, proposed: str) -> bool:
    """Nothing to write: the same text, or a blank or a dash where a zero is proposed."""
    return printed.strip() == proposed or (proposed == "0" and printed.strip(" -–―−") == "")


def _keys(card: Card, path: str) -> Iterator[str]:
    found = proof_of(card, path)
    if found is not None:
        yield found[0]


def _targets(card: Card, f: Finding) -> tuple[tuple[str, str], ...]:
    """Where an unplaced figure can go: the blank or missing cells of its row."""
    if f.code != "UNPLACED" or not f.paths or not f.paths[0].startswith("budget["):
        return ()
    inner = f.paths[0].removeprefix("budget[").split("]")[0].split("/")
    if len(inner) < 2:
        return ()
    ledger, source = inner[:2]
    periods = dict.fromkeys(str(c.period) for c in card.budget if c.ledger == ledger and c.period is not None)
    taken = {
        str(c.period)
        for c in card.budget
        if c.ledger == ledger and c.source == source and c.amount is not None
    }
    return tuple(
        (f"budget[{ledger}/{source}/{p}].amount", period_label(p)) for p in periods if p not in taken
    )


def _stale_of(f: Finding, decisions: Sequence[Correction]) -> Correction | None:
    for c in decisions:
        same_path = f.paths == ((c.path,) if c.path else ())
        if c.action in ("fix", "fill", "assign") and same_path and (c.was or "") == f.expected:
            return c
    return None


def _sections(card: Card) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
    for s, section in enumerate(card.sections):
        lines = tuple(
            line
            for i, item in enumerate(section.items)
            for line in _lines(item, f"sections[{s}].items[{i}]", 0)
        )
        yield section.number or "", section.title, lines


def _lines(item: Item, path: str, depth: int) -> Iterator[Line]:
    yield Line(f"{path}.text", min(depth, 6), item.marker, item.text)
    for i, child in enumerate(item.children):
        yield from _lines(child, f"{path}.children[{i}]", depth + 1)
