"""Cards of one pledge over several reports: slim facts of a card, and the links between cards.

Cards are linked by issuer, number and the likeness of their titles; every link has its reason. Only facts are
kept of a card, so that 50,000 of them fit in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Any

from cardextract.card import Card, Item
from cardextract.document import Place
from cardextract.labels import day_span
from cardextract.values import squeeze

SAME, CLOSE, ALIKE, RELATED = 0.9, 0.75, 0.5, 0.3
"""Likeness of two titles: a character or two differ; one pledge whatever its number; one pledge if the number
is the same; one pledge if number and department are."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What checks across cards need to know of one card; plain values only, JSON both ways.

    budget: `ledger/source/period` -> won, the total row by period and every source's total (zeros left out).
    table: digest of the whole budget. done: digests of the achievements, one for each bullet at the top.
    places: JSON of the places of the values that findings here point at.
    """

    card_id: str
    path: str
    index: int
    issuer: str | None
    report_title: str | None
    number: str | None
    title: str | None
    as_of: str | None
    department: str | None
    status: str | None
    progress: float | None
    start: str | None
    end: str | None
    budget: dict[str, int]
    table: str | None
    done: tuple[str, ...]
    places: str

    def dump(self) -> str:
        """As one line of JSON."""
        plain = {name: getattr(self, name) for name in _FACTS}
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


_FACTS = tuple(f.name for f in fields(Facts))
_PLACE = tuple(f.name for f in fields(Place))
_of_place = attrgetter(*_PLACE)
"""`asdict` copies deeply, which costs more than all else here."""
_json = json.JSONEncoder(separators=(",", ":")).encode


def load(line: str) -> Facts:
    """The facts that `Facts.dump` wrote."""
    data = json.loads(line)
    return Facts(**{**data, "done": tuple(data["done"])})


def facts(card: Card) -> Facts:
    """The slim facts of a card."""
    budget = {}
    cells = []
    for c in card.budget:
        amount, source, period = c.amount, c.source, c.period
        if amount and period is not None:
            key = f"{c.ledger}/{source}/{period}"
            cells.append(f"{key}={amount}")
            if source == "total" or period == "total":
                budget[key] = amount
    return Facts(
        card_id=card.card_id,
        path=card.source.path,
        index=card.source.card_index,
        issuer=card.issuer,
        report_title=card.report_title,
        number=card.number,
        title=card.title,
        as_of=card.as_of,
        department=card.lead_department,
        status=card.status,
        progress=card.progress,
        start=card.period.start,
        end=card.period.end,
        budget=budget,
        table=digest("\n".join(sorted(cells))) if len(cells) >= 6 else None,
        done=tuple(_achievements(card)),
        places=_json(_places(card)),
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def _achievements(card: Card) -> Iterator[str]:
    for section in card.sections:
        if section.kind == "achievements":
            for item in section.items:
                texts: list[str] = []
                _add_texts(texts, item)
                yield digest(squeeze(" ".join(texts)))


def _add_texts(out: list[str], item: Item) -> None:
    """The text of an item and of all below it."""
    out.append(item.text)
    for child in item.children:
        _add_texts(out, child)


def _places(card: Card) -> dict[str, dict[str, Any]]:
    paths = ["number", "title", "progress", "status", "lead_department", "period.start", "period.end"]
    proofs = card.evidence
    paths += [
        p for p in proofs if "/total/" in p and p.startswith(("budget[spent/total/", "budget[plan/total/"))
    ]
    return {
        p: {k: v for k, v in zip(_PLACE, _of_place(proofs[p].place), strict=True) if v is not None}
        for p in paths
        if p in proofs
    }


def last_day(as_of: str | None) -> str:
    """An as-of date to compare with: `2024-06` and `2024-06-30` are the same day. Empty if none is known."""
    span = day_span(as_of)
    return span[1].isoformat() if span else ""


def likeness(a: str | None, b: str | None) -> float:
    """How much two titles have in common: pairs of characters, spaces and punctuation aside; 0..1.

    >>> likeness("청년 일자리 이음터", "청년일자리 이음터"), likeness("공영주차장 건립", "도시숲 조성")
    (1.0, 0.0)
    """
    x, y = _pairs(a), _pairs(b)
    return 2 * len(x & y) / (len(x) + len(y)) if x and y else 0.0


@lru_cache(maxsize=4096)
def _pairs(text: str | None) -> frozenset[str]:
    plain = "".join(c for c in squeeze(text or "") if c.isalnum())
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def issuer_key(card: Facts) -> str:
    return f"issuer:{squeeze(card.issuer)}" if card.issuer else f"folder:{PurePosixPath(card.path).parent}"


def number_key(card: Facts) -> str:
    return squeeze(card.number or "")


def order_key(card: Facts) -> tuple[str, int]:
    return card.path, card.index


@dataclass(frozen=True, slots=True)
class Link:
    """A card's place in the history of its pledge: the pledge's id, the card before it, and why they are one.

    reason: first | number | number_title | renamed (same number, other title) | renumbered (same title, other
    number) | split (a second card that goes back to the same earlier one).
    """

    pledge_id: str
    reason: str
    before: str | None = None


def links(cards: Iterable[Facts]) -> dict[str, Link]:
    """card_id -> Link: cards of one pledge share a pledge id. The order of the input does not matter."""
    out: dict[str, Link] = {}
    groups: dict[str, list[Facts]] = defaultdict(list)
    for card in cards:
        groups[f"issuer:{squeeze(card.issuer)}" if card.issuer else ""].append(card)
    for group, members in sorted(groups.items()):
        latest: list[Facts] = []
        by_report: dict[str, list[Facts]] = defaultdict(list)
        for card in members:
            by_report[last_day(card.as_of)].append(card)
        for day in sorted(by_report):
            report = sorted(by_report[day], key=order_key)
            latest = _extend(out, latest, report, known_issuer=bool(group), dated=bool(day))
    return out


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The latest card of every pledge before a report, by number and title. taken: already continued."""

    cards: list[Facts]
    by_number: dict[str, list[Facts]]
    by_title: dict[str, list[Facts]]
    taken: dict[str, Facts]


def _earlier(cards: list[Facts]) -> _Earlier:
    by_number: dict[str, list[Facts]] = defaultdict(list)
    by_title: dict[str, list[Facts]] = defaultdict(list)
    for card in cards:
        if card.number:
            by_number[number_key(card)].append(card)
        if card.title:
            by_title[squeeze(card.title)].append(card)
    return _Earlier(cards, by_number, by_title, {})


def _extend(
    out: dict[str, Link], latest: list[Facts], report: list[Facts], *, known_issuer: bool, dated: bool
) -> list[Facts]:
    """Links a report's cards to the latest cards of the pledges so far; returns the latest ones now."""
    earlier = _earlier(latest if dated else [])
    new: list[Facts] = []
    for card in report:
        before, reason = _match(card, earlier, known_issuer=known_issuer)
        if before is not None:
            out[card.card_id] = Link(out[before.card_id].pledge_id, reason, before.card_id)
            earlier.taken.setdefault(before.card_id, card)
        else:
            name = f"{squeeze(card.issuer or '')}|{number_key(card)}|{squeeze(card.title or '')}"
            own = name if card.number or card.title else card.card_id
            out[card.card_id] = Link(f"p{digest(own)}", "first")
            new.append(card)
    return [earlier.taken.get(c.card_id, c) for c in latest] + (new if dated else [])


def _match(card: Facts, earlier: _Earlier, *, known_issuer: bool) -> tuple[Facts | None, str]:
    """The earlier card of the same pledge, and why it is the same."""
    same_title = earlier.by_title.get(squeeze(card.title), []) if card.title else []
    same_title = [c for c in same_title if c.card_id not in earlier.taken]
    for c in same_title:
        if card.number and number_key(c) == number_key(card):
            return c, "number_title"
    same_number = earlier.by_number.get(number_key(card), []) if card.number else []
    free = [c for c in same_number if c.card_id not in earlier.taken]
    best = max(free, key=lambda c: likeness(c.title, card.title), default=None)
    if best is not None:
        like = likeness(best.title, card.title)
        if like >= ALIKE:
            return best, "number_title" if like >= SAME else "renamed"
        if known_issuer and (card.title is None or best.title is None):
            return best, "number"
        if known_issuer and like >= RELATED and best.department == card.department:
            return best, "renamed"
    if same_title:
        return same_title[0], "renumbered"
    if known_issuer:  # without an issuer thousands of strangers would be compared
        for c in earlier.cards:
            if likeness(c.title, card.title) >= CLOSE:
                return c, "renumbered" if c.card_id not in earlier.taken else "split"
    return None, ""


def chains(cards: Sequence[Facts], linked: Mapping[str, Link]) -> dict[str, list[Facts]]:
    """Pledge id -> its cards in the order of their as-of dates; cards without one are left out."""
    out: dict[str, list[Facts]] = defaultdict(list)
    for card in sorted(cards, key=lambda c: (last_day(c.as_of), order_key(c))):
        if last_day(card.as_of):
            out[linked[card.card_id].pledge_id].append(card)
    return out
