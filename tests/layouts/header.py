"""The header block of a card: its facts in a grid of cells, values below labels, or label : value lines."""

from __future__ import annotations

import random
from typing import Any

from .budget import Cell, Table, digits, money, won
from .content import Content, Person
from .grammar import Layout

Fact = tuple[str, str, bool]  # label, value, needs the whole width


def progress_text(layout: Layout, card: Content) -> str:
    return layout.progress_style.format(p=card.progress)


def phone_of(layout: Layout, p: Person, rng: random.Random) -> str:
    if not p.phone:
        return ""
    return rng.choice([f"(☎{p.phone})", f"({p.phone})", f" {p.phone}", f" ☎{p.phone}"]) if layout.phone == "short" else \
        rng.choice([f"({p.phone})", f" {p.phone}", f"(☎ {p.phone})"])  # fmt: skip


def one_person(layout: Layout, p: Person, style: random.Random) -> str:
    return f"{p.rank} {p.name}".strip() + phone_of(layout, p, style)


def status_text(layout: Layout, card: Content) -> str:
    word = layout.status_words[card.status]
    if layout.status_shape == "boxes":
        on, off = [("■", "□"), ("☑", "☐"), ("●", "○")][layout.seed % 3]
        return "  ".join(f"{on if k == card.status else off}{w}" for k, w in layout.status_words.items())
    if layout.status_shape == "with_progress":
        return f"{word}({'진도 ' if layout.seed % 2 else ''}{card.progress}%)"
    return word


def tasks_text(layout: Layout, card: Content) -> str:
    bullet = ["○", "•", "①", "-"][layout.seed % 4]
    lines = []
    for i, t in enumerate(card.tasks):
        mark = "①②③④⑤"[i] if bullet == "①" else bullet
        until = f", ~{t['until']}" if t["until"] else ""
        unit = layout.unit
        lines.append(
            f"{mark} {t['text']}" + (f"({digits(layout, t['amount'])}{unit}{until})" if t["amount"] else "")
        )
    return "\n".join(lines)


def goals_text(layout: Layout, card: Content) -> str:
    return (
        card.goals[0]
        if len(card.goals) == 1 and layout.seed % 3
        else "\n".join(f"{['○', '•', '-'][layout.seed % 3]} {g}" for g in card.goals)
    )


def titled(layout: Layout, card: Content) -> str:
    if layout.number_place in ("prefix", "line"):
        return layout.title_shape.format(n=card.number, t=card.title)
    return card.title


def facts(layout: Layout, card: Content) -> tuple[list[Fact], dict[str, Any]]:
    """The header's facts in the layout's own order, and what of the truth only the header states."""
    style = random.Random(f"header-{layout.seed}")
    lab = layout.labels
    stated: dict[str, Any] = {
        "budget_total": won(layout, card.misstated.get("total", card.amounts["plan", "total", "total"]))
        if card.budgeted
        else 0,
        "budget_by_source": {},
    }
    out: list[Fact] = []
    if layout.number_place == "label":
        out.append((lab["number"] if lab["number"] != "연번" else "관리번호", card.number, False))
    elif layout.number_place == "seq":
        out.append(("연번", str(layout.seed % 40 + 1), False))
        out.append(("공약번호", card.number, False))
    out.append((lab["dept"], card.dept, False))
    if layout.has_related:
        out.append((lab["related"], ", ".join(card.related) or ["-", "없음", ""][layout.seed % 3], False))
    out.append((lab["period"], card.period_text, False))
    if card.budgeted:
        text, by = money(layout, card)
        stated["budget_by_source"] = by
        out.append((lab["budget"], text, len(text) > 24))
    else:
        out.append((lab["budget"], "비예산", False))
    if layout.status_shape == "label_both":
        out.append(
            (
                f"{lab['status']}({lab['progress'].replace(' ', '')})",
                f"{layout.status_words[card.status]} ({card.progress}%)",
                False,
            )
        )
    else:
        if layout.status_shape not in ("column", "marked"):
            out.append((lab["status"], status_text(layout, card), layout.status_shape == "boxes"))
        if layout.status_shape != "with_progress":
            out.append((lab["progress"], progress_text(layout, card), False))
    if layout.as_of_style == "field":
        y, m, d = layout.as_of.split("-")
        out.append((style.choice(["기준일", "작성기준일", "기준일자"]), f"{y}. {int(m)}. {int(d)}.", False))
    out += [(label, value, False) for label, value in layout.unknown]
    if layout.staff_shape == "cells":
        out += [(p.role, one_person(layout, p, random.Random(f"{layout.seed}")), False) for p in card.staff]
    elif layout.staff_shape == "one":
        role = style.choice(["담당자", "담당", "추진담당", "업무담당자"])
        out.append(
            (
                role,
                "\n".join(
                    f"{p.role} {one_person(layout, p, random.Random(f'{layout.seed}'))}" for p in card.staff
                ),
                True,
            )
        )
    elif layout.staff_shape == "slash":
        out.append(
            (
                "/".join(p.role for p in card.staff),
                " / ".join(one_person(layout, p, random.Random(f"{layout.seed}")) for p in card.staff),
                True,
            )
        )
    elif layout.staff_shape == "phone_cells":
        out += [
            x
            for p in card.staff
            for x in (
                (p.role, f"{p.rank} {p.name}".strip(), False),
                (["전화", "연락처", "전화번호"][layout.seed % 3], p.phone, False),
            )
        ]
        style.shuffle(out[:0])
        return [(lab["title"], titled(layout, card), True), *out], stated  # a phone stays beside its person
    style.shuffle(out)
    return [(lab["title"], titled(layout, card), True), *out], stated


def tail(layout: Layout, card: Content) -> list[Fact]:
    long = [(layout.labels["goal"], goals_text(layout, card), True)]
    if layout.seed % 5:
        long.append((layout.labels["tasks"], tasks_text(layout, card), True))
    return long


def grid(layout: Layout, rows: list[Fact], width: int) -> Table:
    """`pairs` facts a row, wide ones alone; the last value of a row takes what is left of the width."""
    out: Table = []
    line: list[Fact] = []

    def close() -> None:
        if line:
            cells = [c for label, value, _ in line for c in (Cell(label, 1, 1, True), Cell(value))]
            cells[-1] = Cell(cells[-1].text, 1, width - len(cells) + 1)
            out.append(cells)
            line.clear()

    for label, value, wide in rows:
        if wide:
            close()
        line.append((label, value, wide))
        if wide or len(line) == layout.pairs:
            close()
    close()
    return out


def below(layout: Layout, rows: list[Fact]) -> Table:
    """Groups of labels in one row with their values in the next; wide facts keep label and value side by side."""
    k = max(2, layout.pairs)
    out: Table = []
    line: list[Fact] = []

    def close() -> None:
        if line:
            rest = k - len(line)
            for i, head in ((0, True), (1, False)):
                cells = [Cell(f[i], 1, 1, head) for f in line]  # type: ignore[arg-type]
                cells[-1] = Cell(cells[-1].text, 1, 1 + rest, head)
                out.append(cells)
            line.clear()

    for fact in rows:
        if fact[2]:
            close()
            out.append([Cell(fact[0], 1, 1, True), Cell(fact[1], 1, k - 1)])
        else:
            line.append(fact)
            if len(line) == k:
                close()
    close()
    return out


def mini_staff(layout: Layout, card: Content, width: int) -> Table:
    """담당자 | 직위 성명 연락처 over one row a person, in the header's own grid."""
    columns = [
        ("구분", "role"),
        *([("직급", "rank")] if layout.ranks else []),
        ("성명", "name"),
        ("연락처", "phone"),
    ]
    if layout.seed % 2:
        columns[0] = ("직위", "role")
    rest = width - 1 - len(columns)

    def line(texts: list[str], head: bool) -> list[Cell]:
        cells = [Cell(t, 1, 1, head) for t in texts]
        cells[-1] = Cell(cells[-1].text, 1, 1 + max(0, rest), head)
        return cells

    label = Cell(["담당자", "담당", "사업담당"][layout.seed % 3], 1 + len(card.staff), 1, True)
    return [
        [label, *line([c for c, _ in columns], True)],
        *(line([getattr(p, a) for _, a in columns], False) for p in card.staff),
    ]


def header(layout: Layout, card: Content) -> tuple[Table | list[str], dict[str, Any]]:
    rows, stated = facts(layout, card)
    if layout.number_place == "line":
        rows = rows[1:]
    if layout.grid == "lines":
        mark = ["○ ", "□ ", "", "ㅇ ", "- "][layout.seed % 5]
        if mark.strip() and mark.strip() == layout.heading.strip():
            mark = ""
        colon = [" : ", ": ", ":"][layout.seed % 3]
        return [
            f"{mark}{label}{colon}{value.replace(chr(10), ' ')}" for label, value, _ in rows if value
        ], stated
    rows += tail(layout, card)
    width = 2 * layout.pairs
    mini = layout.staff_shape == "mini"
    need = 4 + layout.ranks
    if mini:
        width = max(width, need)
    if layout.grid == "below":
        k = max(2, layout.pairs)
        out = below(layout, rows)
        if mini:
            out = [
                *[[*r[:-1], Cell(r[-1].text, 1, r[-1].cs + max(0, need - k), r[-1].head)] for r in out],
                *mini_staff(layout, card, max(k, need)),
            ]
        return out, stated
    body = grid(layout, rows, width)
    if mini:
        body[2:2] = mini_staff(layout, card, width)
    if layout.grid == "group":  # a vertical label in front of the facts
        word = ["사\n업\n개\n요", "기본\n현황", "공약\n개요"][layout.seed % 3]
        body = [[Cell(word, len(body), 1, True), *body[0]], *body[1:]]
    return body, stated
