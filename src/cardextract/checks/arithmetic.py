"""Sums of the budget tables and of the header: what does not add up, and which figure is to blame.

One defect gives one headline finding; every other sum that fails because of it carries `caused_by`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from cardextract.checks.context import Context, Found
from cardextract.checks.culprit import HEADER, Move, Slip, moves, slips, suspects
from cardextract.checks.dots import DOT, THOUSANDTH, dots, is_dot, lone_dots, shows_dot
from cardextract.checks.header import agreements, header_figures, header_sums, unit_slip
from cardextract.checks.ledger import Key, Ledger, Sum, residual
from cardextract.checks.timing import late_line, likeliest
from cardextract.findings import Finding, Severity, Suggestion
from cardextract.labels import LEDGERS, cell_label, figure, money, period_label, source_label


def check_sums(context: Context, _: Found) -> Iterator[Finding]:
    """UNIT_SLIP, DECIMAL_SEPARATOR, SHIFTED_CELL, ROW_SUM, COLUMN_SUM, SUBTOTAL, ROUNDING, HEADER_*."""
    header = header_figures(context)
    slipped = unit_slip(context, header)
    if slipped is not None:
        yield slipped
    for name in ("plan", "secured", "spent"):
        ledger = context.ledgers.get(name)
        if ledger is not None:
            yield from check_ledger(context, ledger, header if name == "plan" and slipped is None else {})
    if slipped is not None or "plan" not in context.ledgers:
        sums = [s for s in header_sums(context, header, None) if residual(s, header)]
        yield from _unexplained(context, sums, header, 1)


def check_ledger(context: Context, ledger: Ledger, header: dict[Key, int]) -> Iterator[Finding]:
    """All failing sums of one table, with the header's figures as further witnesses of the plan."""
    amounts = {**ledger.amounts, **header}
    agreed = [*ledger.sums, *(agreements(context, header, ledger) if header else ())]
    if not any(residual(s, amounts) for s in agreed):
        # all close to the won: to which digit the header is printed does not matter
        slip = next(lone_dots(ledger, agreed, amounts), None)
        if slip is not None:
            yield from _told_by_print(context, ledger, slip, agreed, amounts)
        else:
            yield from late_line(context, ledger)
        return
    of_header = header_sums(context, header, ledger) if header else []
    exact = [*ledger.sums, *(s for s in of_header if not s.slack)]
    rounded = [s for s in of_header if s.slack]
    loose = [s for s in rounded if residual(s, amounts)]
    failing = [s for s in exact if residual(s, amounts)]
    if not failing:
        # the header alone can tell and prints less digits; or nothing can but the print
        told = [*dots(context, rounded, amounts), *lone_dots(ledger, [*exact, *rounded], amounts)]
        if told:
            yield from _told_by_print(context, ledger, told[0], [*exact, *rounded], amounts)
            return
        yield from late_line(context, ledger)
        if len(loose) > 1:
            single = slips([*exact, *(replace(s, slack=0) for s in loose)], amounts)
            if len(single) == 1:
                yield from _slipped(context, ledger, single[0], amounts)
                return
        yield from _unexplained(context, loose, amounts, ledger.unit, context.lacking(loose, amounts))
        return
    found = list(_explain(context, ledger, exact, failing, rounded, amounts))
    yield from found
    mended = {**amounts, **_mended(found, amounts)}
    for s in loose:  # a rounded header amount that a mended table agrees with is a consequence
        cause = found[0].id if not residual(s, mended) else context.lacking([s], amounts).get(id(s))
        yield _broken(context, s, amounts, ledger.unit, cause)


def _mended(found: Sequence[Finding], amounts: dict[Key, int]) -> dict[Key, int]:
    right = {
        f.suggestion.path: f.suggestion.value
        for f in found
        if f.suggestion and isinstance(f.suggestion.value, int)
    }
    return {k: right[k.path] for k in amounts if k.path in right}


def _explain(
    context: Context,
    ledger: Ledger,
    sums: list[Sum],
    failing: list[Sum],
    rounded: list[Sum],
    amounts: dict[Key, int],
) -> Iterator[Finding]:
    dotted = list(dots(context, sums, amounts))
    lone = [] if dotted else list(lone_dots(ledger, sums, amounts))
    if lone:
        yield from _told_by_print(context, ledger, lone[0], sums, amounts)
        amounts = {**amounts, lone[0].key: lone[0].right}
    if dotted:
        heads = []
        for slip in dotted:
            first, *consequences = _slipped(context, ledger, slip, amounts)
            heads.append(first)
            yield from (first, *consequences)
            unread = [f for f in context.card.findings if f.code == "UNREADABLE_AMOUNT"]
            yield from (replace(f, caused_by=first.id) for f in unread if slip.key.path in f.paths)
        amounts = {**amounts, **{slip.key: slip.right for slip in dotted}}
        failing = [s for s in failing if not {slip.key for slip in dotted} & {*s.keys}]
        if not failing:
            yield from _proven(context, heads[0], amounts)
            return
    faults = {id(s): f for s in failing if (f := context.reading_fault(s))}
    if faults:
        yield from _misread(context, ledger, sums, failing, rounded, amounts, faults)
        return
    basis = _other_basis(ledger, failing, amounts)
    if basis is not None:
        top, words = basis
        head = _broken(
            context, top, amounts, ledger.unit, None, kind="basis", hint=f". {words}", severity="warning"
        )
        yield head
        yield from (_broken(context, s, amounts, ledger.unit, head.id) for s in failing if s is not top)
        return
    single = slips(sums, amounts)
    # a header that differs from the table weighs nothing against a source that went unread
    of_header = all(s.whole.ledger == HEADER for s in failing)
    lacking = {} if len(single) == 1 and not of_header else context.lacking(failing, amounts)
    if lacking:
        rest = [s for s in failing if id(s) not in lacking]
        # a consequence is not louder than its cause, unless something else is wrong besides
        level: Severity | None = None if rest or context.read_badly("UNKNOWN_UNIT") else "info"
        for s in failing:
            if id(s) in lacking:
                yield _broken(context, s, amounts, ledger.unit, lacking[id(s)], severity=level)
        if rest:
            complete = [s for s in sums if id(s) not in lacking]
            yield from _explain(context, ledger, complete, rest, rounded, amounts)
        return
    if len(single) != 1 and _is_rounding(ledger, sums, failing, amounts):
        for s in failing:
            yield context.note(
                "ROUNDING",
                kind=s.code,
                paths=[k.path for k in s.keys],
                expected=_sum(s, amounts),
                actual=amounts[s.whole],
                label=s.label,
                whole=money(amounts[s.whole], ledger.unit),
                sum=money(_sum(s, amounts), ledger.unit),
                gap=_gap(s, amounts, ledger.unit),
            )
        return
    if len(single) != 1:
        ways = likeliest(context, moves(ledger, sums, amounts))
        if len(ways) == 1:
            yield from _moved(context, ledger, ways[0], failing, amounts)
            return
    if not single:
        possible = suspects(sums, amounts)
        single = _told_by_header(possible, rounded, amounts)
    if single:
        for slip in single:
            yield from _slipped(context, ledger, slip, amounts)
        return
    late = list(late_line(context, ledger))
    if late:
        yield late[0]
        yield from (_broken(context, s, amounts, ledger.unit, late[0].id) for s in failing)
        return
    yield from _unexplained(context, failing, amounts, ledger.unit)


def _proven(context: Context, cause: Finding, amounts: Mapping[Key, int]) -> Iterator[Finding]:
    """Columns that no sum proved are proved after all where every sum closes but for what has a cause."""
    every = [s for ledger in context.ledgers.values() for s in ledger.sums]
    known = {**{k: v for ledger in context.ledgers.values() for k, v in ledger.amounts.items()}, **amounts}
    if not any(residual(s, known) for s in every):
        for f in context.card.findings:
            if f.code == "UNPROVEN_COLUMNS" and f.caused_by is None:
                yield replace(f, caused_by=cause.id)


def _misread(
    context: Context,
    ledger: Ledger,
    sums: list[Sum],
    failing: list[Sum],
    rounded: list[Sum],
    amounts: dict[Key, int],
    faults: dict[int, Finding],
) -> Iterator[Finding]:
    """Sums over figures that could not be read or placed are consequences of that; the others are not.

    Columns that no sum proved are proved after all where one moved line explains every sum.
    """
    doubt = next((f for f in faults.values() if f.code == "UNPROVEN_COLUMNS"), None)
    if doubt and len(ways := likeliest(context, moves(ledger, sums, amounts))) == 1:
        head, *rest = _moved(context, ledger, ways[0], failing, amounts)
        yield from (head, *rest)
        yield from _proven(context, head, {**amounts, **ways[0].right})
        return
    for s in failing:
        if id(s) in faults:
            yield _broken(context, s, amounts, ledger.unit, context.root(faults[id(s)]))
    if broken := [s for s in failing if id(s) not in faults]:
        sound = [s for s in sums if id(s) not in faults]
        yield from _explain(context, ledger, sound, broken, rounded, amounts)


def _other_basis(ledger: Ledger, failing: list[Sum], amounts: dict[Key, int]) -> tuple[Sum, str] | None:
    """The header counts something else than the table's total: without prior spending, or only the term."""
    tops = [s for s in failing if s.code == "HEADER_TABLE" and s.whole.source == "total"]
    if len(tops) != 1 or any(s.code != "HEADER_TABLE" for s in failing):
        return None
    row = ledger.rows.get("total", {})
    before, after = row.get("before", 0), row.get("after_term", 0)
    stated, total = amounts[tops[0].whole], _sum(tops[0], amounts)
    ways = {
        "기투자를 뺀 금액과는 같습니다": before,
        "임기후를 뺀 금액과는 같습니다": after,
        "기투자와 임기후를 뺀 금액과는 같습니다": before + after,
    }
    return next(((tops[0], words) for words, less in ways.items() if less and stated == total - less), None)


def _told_by_header(found: list[Slip], rounded: list[Sum], amounts: dict[Key, int]) -> list[Slip]:
    """Of several cells that could be wrong, the only one whose right value the rounded header amounts confirm."""
    if not any(residual(s, amounts) for s in rounded):
        return []
    fitting = [c for c in found if not any(residual(s, {**amounts, c.key: c.right}) for s in rounded)]
    return fitting if len(fitting) == 1 else []


def _is_rounding(ledger: Ledger, sums: list[Sum], failing: list[Sum], amounts: dict[Key, int]) -> bool:
    """Parts rounded, totals exact: misses within half a digit per addend, and no one cell explains all."""
    if suspects(sums, amounts):
        return False
    return all(
        s.whole.ledger != HEADER
        and abs(residual(s, amounts)) <= ledger.step / 2 * sum(bool(amounts.get(k)) for k in s.parts)
        for s in failing
    )


def _slipped(
    context: Context, ledger: Ledger, slip: Slip, amounts: dict[Key, int], summed: bool = True
) -> Iterator[Finding]:
    """One wrong cell: the headline at the cell, the sums it breaks as consequences. summed: it stands in some sum."""
    keys = [slip.key, *(k for s in slip.explains for k in s.keys)]
    suggestion = Suggestion(slip.key.path, slip.right, figure(slip.right, ledger.unit))
    cell = name_of(slip.key)
    rest = list(slip.explains)
    if is_dot(context, slip):
        head = context.note(
            "DECIMAL_SEPARATOR",
            paths=[k.path for k in keys],
            expected=slip.right,
            actual=slip.wrong,
            suggestion=suggestion,
            label=cell,
            kind=None if shows_dot(context, slip) else "thousandth",
            printed=context.text(slip.key.path) or figure(slip.wrong, ledger.unit),
            slip=DOT if shows_dot(context, slip) else THOUSANDTH,
            right=f"{money(slip.right, ledger.unit)}이면 합계가 맞습니다"
            if slip.explains
            else f"표의 다른 금액처럼 적으면 {money(slip.right, ledger.unit)}입니다",
            severity=None if slip.explains or summed else "warning",
        )
    else:
        top = _headline(slip)
        rest.remove(top)
        hint = f". {cell}이(가) {money(slip.right, ledger.unit)}이면 맞습니다"
        kind = misprint(slip.wrong, slip.right, ledger.unit)
        head = _broken(
            context, top, amounts, ledger.unit, None, keys=keys, suggestion=suggestion, kind=kind, hint=hint
        )
    yield head
    for s in rest:
        yield _broken(context, s, amounts, ledger.unit, head.id)


def _told_by_print(
    context: Context, ledger: Ledger, slip: Slip, sums: Sequence[Sum], amounts: dict[Key, int]
) -> Iterator[Finding]:
    summed = any(slip.key in s.keys for s in sums)
    yield from _slipped(context, ledger, slip, amounts, summed)


def _headline(slip: Slip) -> Sum:
    """The sum that names the defect: the one whose total the cell is, else one of the table."""
    if slip.key.ledger == HEADER and slip.key.source != "total":
        inside = [s for s in slip.explains if s.code == "HEADER_BREAKDOWN"]
        return (inside or list(slip.explains))[0]
    tops = [s for s in slip.explains if s.whole == slip.key]
    order = ("ROW_SUM", "COLUMN_SUM", "SUBTOTAL", "HEADER_TABLE", "HEADER_BREAKDOWN")
    return min(tops or list(slip.explains), key=lambda s: order.index(s.code))


def _moved(
    context: Context, ledger: Ledger, move: Move, failing: list[Sum], amounts: dict[Key, int]
) -> Iterator[Finding]:
    keys = [*move.right, *(k for s in failing for k in s.keys)]
    first = next(iter(move.right))
    same_source = len({k.source for k in move.right}) == 1
    row = (
        f"budget[{ledger.name}/{first.source}]" if same_source else f"budget[{ledger.name}/*/{first.period}]"
    )
    label = (
        f"{LEDGERS[ledger.name]} {source_label(first.source) if same_source else period_label(first.period)}"
    )
    order = " ".join(figure(v, ledger.unit) for v in move.right.values())
    paths = [k.path for k in keys]
    proposal = Suggestion(row, None, order)
    if move.kind == "unit":
        old, new = sum(amounts[k] for k in move.right), sum(move.right.values())
        head = context.note(
            "UNIT_SLIP",
            kind="line",
            paths=paths,
            actual=row,
            suggestion=proposal,
            label=label,
            header=f"합계로는 {money(new, ledger.unit)}",
            table=f"적힌 값은 {money(old, ledger.unit)}",
        )
    else:
        head = context.note(
            "SHIFTED_CELL",
            kind=move.kind,
            paths=paths,
            actual=row,
            suggestion=proposal,
            label=label,
            right=placed(move.right, ledger.unit),
        )
    yield head
    for s in failing:
        yield _broken(context, s, amounts, ledger.unit, head.id)


def _unexplained(
    context: Context,
    failing: list[Sum],
    amounts: dict[Key, int],
    unit: int,
    lacking: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Failing sums that no single figure explains: the largest miss is the headline of the rest."""
    ordered = sorted(
        failing, key=lambda s: (s.kind == "source", s.whole.ledger == HEADER, -abs(residual(s, amounts)))
    )
    cause: str | None = None
    for s in ordered:
        made = _broken(context, s, amounts, unit, cause or lacking.get(id(s)))
        cause = cause or made.id
        yield made


def _broken(
    context: Context,
    s: Sum,
    amounts: dict[Key, int],
    unit: int,
    cause: str | None,
    *,
    keys: Sequence[Key] = (),
    suggestion: Suggestion | None = None,
    kind: str | None = None,
    hint: str = "",
    severity: Severity | None = None,
) -> Finding:
    """The finding of one failing sum, with its arithmetic."""
    return context.note(
        s.code,
        kind=kind or s.kind,
        paths=[k.path for k in (keys or s.keys)],
        expected=_sum(s, amounts),
        actual=amounts.get(s.whole, 0),
        suggestion=suggestion,
        caused_by=cause,
        severity=severity,
        label=s.label,
        whole=money(amounts.get(s.whole, 0), unit),
        sum=money(_sum(s, amounts), unit),
        gap=_gap(s, amounts, unit),
        hint=hint,
    )


def _sum(s: Sum, amounts: dict[Key, int]) -> int:
    return sum(amounts.get(k, 0) for k in s.parts)


def _gap(s: Sum, amounts: dict[Key, int], unit: int) -> str:
    return money(abs(amounts.get(s.whole, 0) - _sum(s, amounts)), unit)


def placed(right: Mapping[Key, int], unit: int) -> str:
    """Figures with the places that they belong to, in words."""
    same = len({k.source for k in right}) == 1
    return ", ".join(
        f"{period_label(k.period) if same else source_label(k.source)} {figure(v, unit)}"
        for k, v in right.items()
    )


def name_of(key: Key) -> str:
    """A cell in words."""
    if key.ledger == HEADER:
        return "머리표 총액" if key.source == "total" else f"머리표 {source_label(key.source)}"
    return cell_label(*key)


def misprint(wrong: int, right: int, unit: int) -> str | None:
    """The name of a slip of the pen: digit_swap, lost_digit, extra_digit, one_digit, thousand, sign; or None.

    >>> misprint(278, 287, 1), misprint(17, 127, 1), misprint(1557, 1555, 1), misprint(40, 93, 1)
    ('digit_swap', 'lost_digit', 'one_digit', None)
    """
    if wrong == -right:
        return "sign"
    if wrong and right and (wrong == right * 1000 or right == wrong * 1000):
        return "thousand"
    a, b = (
        str(abs(wrong) // unit if wrong % unit == 0 else abs(wrong)),
        str(abs(right) // unit if right % unit == 0 else abs(right)),
    )
    differing = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    if len(a) == len(b):
        if (
            len(differing) == 2
            and differing[1] == differing[0] + 1
            and a[differing[0]] == b[differing[1]]
            and a[differing[1]] == b[differing[0]]
        ):
            return "digit_swap"
        return "one_digit" if len(differing) == 1 else None
    longer, shorter, kind = (b, a, "lost_digit") if len(b) > len(a) else (a, b, "extra_digit")
    if len(longer) == len(shorter) + 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    ):
        return kind
    return None
