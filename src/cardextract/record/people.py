"""Staff: from one cell, from several, or from a small table of their own."""

from __future__ import annotations

import re

from cardextract.document import Cell, Span
from cardextract.fields import Picked
from cardextract.head.words import Pick, roles_in
from cardextract.record.draft import Draft
from cardextract.rules import Rules
from cardextract.values import clean, parse_staff, squeeze

TITLES = frozenset({"주무관", "사무관", "서기관", "실무관", "행정관", "장학사", "장학관", "연구사", "연구관"})
"""What someone is called by rank: under a label that names the role, the rank."""


def add_person(
    d: Draft, role: str | None, rank: str | None, name: str | None, phone: str | None, span: Span
) -> None:
    staff = d.values.setdefault("staff", [])
    path = f"staff[{len(staff)}]"
    staff.append({"role": role, "rank": rank, "name": name, "phone": phone})
    for part, value in (("role", role), ("rank", rank), ("name", name), ("phone", phone)):
        if value:
            at = span.text.find(value)
            d.prove(f"{path}.{part}", span.part(at, at + len(value)) if at >= 0 else span)


def _whose(phone: Pick, owners: list[Cell | None], staff: list[dict[str, str | None]]) -> int | None:
    """Whose telephone is it: of the person above it in its column, else of the last person; None where both have one."""
    free = [n for n, person in enumerate(staff) if not person["phone"]]
    column = [n for n in free if (cell := owners[n]) and phone.cell and cell.col == phone.cell.col]
    if column:
        return column[-1]
    return len(staff) - 1 if len(staff) - 1 in free else None


def add_people(picked: Picked, rules: Rules, d: Draft) -> None:
    """The staff of a card, from all picks that name people."""
    row: dict[str, Pick] = {}
    owners: list[Cell | None] = []  # the cell of each person, where one filled it
    for p in picked.picks:
        if p.field.startswith("staff_"):
            if p.field == "staff_end":
                _person_row(row, d)
                owners.append(None)
                row = {}
            else:
                row[p.field[6:]] = p
        elif p.field in ("person", "staff") and p.span.text:
            role = squeeze(re.sub(r"[(\[].*", "", p.label)).strip(":○□■◦-") if p.field == "person" else None
            people = parse_staff(
                re.sub(r"\n(?=\s*[(（])", " ", p.span.text), rules.roles
            )  # `이름\n(직급, 전화)`
            roles = _roles_of(p, len(people), rules)
            named = len(roles) == len(people) and not any(person.role for person in people)
            owners.extend([p.cell] * len(people))
            titled = all(person.role in TITLES for person in people if person.role)
            for n, person in enumerate(people):
                own = person.role or (roles[n] if named else role)  # `팀장/담당자`: one each, in order
                rank = person.rank
                if titled and role is not None and rank is None and own in TITLES and own != role:
                    own, rank = role, own  # `담당자 | 주무관 한가람`
                if rank is not None and (own == rank or (own is None and rank in rules.role_set)):
                    own, rank = rank, None  # `한가람 팀장`
                add_person(d, own, rank, person.name, person.phone, p.span.part(person.start, person.end))
            if not people and squeeze(p.span.text) not in rules.empty_words:
                d.values.setdefault("other_fields", {})[clean(p.label)] = clean(p.span.text)
        elif p.field == "phone" and p.span.text:
            if _phones(p, d.values.get("staff") or [], d):
                continue
            owner = _whose(p, owners, d.values.get("staff") or [])
            if owner is not None:
                d.values["staff"][owner]["phone"] = re.sub(r"^[☎☏\s:]+", "", p.span.text).strip()
                d.prove(f"staff[{owner}].phone", p.span)
        elif p.field == "staff_rank" and p.span.text:
            staff = d.values.get("staff") or []
            if staff and not staff[-1]["rank"]:
                staff[-1]["rank"] = clean(p.span.text)


def _roles_of(p: Pick, people: int, rules: Rules) -> list[str]:
    """The roles that a label such as `팀장/담당자` names, in order; 담당팀 is a team where fewer people follow."""
    if p.field != "staff":
        return []
    label = squeeze(re.sub(r"[(\[].*", "", p.label)).strip(":○□■◦-")
    roles = [squeeze(r) for r in re.split(r"[/·,\n]", p.label)]
    if len(roles) == 1:
        roles = roles_in(label, rules) or roles
    return [r for r in roles if not r.endswith("팀")] if len(roles) > people else roles


def _phones(p: Pick, staff: list[dict[str, str | None]], d: Draft) -> bool:
    """`2340 / 2351` under `과장/팀장`: one number for each of the last people. False where they do not match."""
    pieces = [m.span() for m in re.finditer(r"[^/,\n]+", p.span.text) if m.group().strip()]
    last = staff[len(staff) - len(pieces) :]
    if len(pieces) < 2 or len(last) != len(pieces) or any(x["phone"] for x in last):
        return False
    for n, (person, (i, j)) in enumerate(zip(last, pieces, strict=True), len(staff) - len(last)):
        piece = p.span.part(i, j).strip("☎☏:")
        person["phone"] = piece.text
        d.prove(f"staff[{n}].phone", piece)
    return True


def _person_row(row: dict[str, Pick], d: Draft) -> None:
    staff = d.values.setdefault("staff", [])
    path = f"staff[{len(staff)}]"
    person: dict[str, str | None] = {"role": None, "rank": None, "name": None, "phone": None}
    for part, p in row.items():
        value = squeeze(p.span.text) if part == "role" else clean(p.span.text).lstrip("☎ ")
        person[part] = value or None
        d.prove(f"{path}.{part}", p.span)
    staff.append(person)
