"""The queue: which cards are shown, in which order, and how much is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cardextract.findings import Finding
from cardextract.review.index import Row
from cardextract.review.reasons import sureness
from cardextract.review.store import Store

MOST_SOURCES = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What the person asked to see; empty: everything."""

    code: str = ""
    severity: str = ""
    department: str = ""
    as_of: str = ""
    source: str = ""
    q: str = ""
    all: bool = False
    """Also the cards on which nothing is left."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """From the query of an address."""
        names = ("code", "severity", "department", "as_of", "source", "q")
        return cls(**{n: query.get(n, "")[:400] for n in names}, all=query.get("all") == "1")

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        names = ("code", "severity", "department", "as_of", "source", "q")
        values = {n: getattr(self, n) for n in names if getattr(self, n)}
        return urlencode(values | ({"all": "1"} if self.all else {}))

    @property
    def by_finding(self) -> bool:
        """A kind of finding is asked for."""
        return bool(self.code or self.severity)

    def matches(self, f: Finding) -> bool:
        """The finding is of the kind asked for."""
        return self.code in ("", f.code) and self.severity in ("", f.severity)

    @property
    def narrow(self) -> bool:
        """Anything is filtered out beside what is done."""
        return any((self.code, self.severity, self.department, self.as_of, self.source, self.q))


@dataclass(frozen=True, slots=True)
class Entry:
    """A card of the queue with its open findings, surest first."""

    row: Row
    errors: int
    warnings: int
    infos: int
    best: Finding | None


def select(store: Store, chosen: Filter) -> list[Entry]:
    """The cards that match, those with the surest mistakes first."""
    later = store.later()
    out: list[tuple[tuple[Any, ...], Entry]] = []
    words = chosen.q.casefold().split()
    for number, (card_id, row) in enumerate(store.index.rows.items()):
        if (
            (chosen.department and row.department != chosen.department)
            or (chosen.as_of and row.as_of != chosen.as_of)
            or (chosen.source and row.path != chosen.source)
            or (words and not all(word in row.words for word in words))
        ):
            continue
        findings = store.findings(card_id)
        left = [f for f in findings if f.state == "open"]
        wanted = [f for f in (findings if chosen.all else left) if chosen.matches(f)]
        if chosen.by_finding:
            if not wanted:
                continue
        elif not chosen.all and all(f.severity == "info" for f in left):
            continue
        asked = [f for f in left if chosen.matches(f)]
        best = min(asked or left, key=lambda f: (f.id in later, *sureness(f)), default=None)
        counts = Counter(f.severity for f in left)
        entry = Entry(row, counts["error"], counts["warning"], counts["info"], best)
        rank = (1,) if best is None else (0, best.id in later, *sureness(best), -counts["error"])
        out.append(((*rank, *([9] * (7 - len(rank))), number), entry))
    out.sort(key=lambda pair: pair[0])
    return [entry for _, entry in out]


def around(store: Store, chosen: Filter, card_id: str) -> tuple[str | None, str | None, tuple[int, int]]:
    """The cards before and after one in the queue, and its place in it; a cleared card has left the queue."""
    ids = [e.row.card_id for e in select(store, chosen)]
    if card_id not in ids:
        return None, next((i for i in ids), None), (0, len(ids))
    at = ids.index(card_id)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None), (at + 1, len(ids))


def choices(store: Store) -> dict[str, list[tuple[str, int]]]:
    """What can be filtered for, with numbers of cards (of open findings for codes)."""
    codes: Counter[str] = Counter()
    for card_id in store.index.rows:
        codes.update(f.code for f in store.findings(card_id) if f.state == "open")
    rows = store.index.rows.values()
    sources = sorted(Counter(r.path for r in rows).items())
    return {
        "code": codes.most_common(),
        "department": sorted(Counter(r.department for r in rows if r.department).items()),
        "as_of": sorted(Counter(r.as_of for r in rows if r.as_of).items(), reverse=True),
        # nobody picks one of a thousand files from a list: the search finds their names too
        "source": sources if len(sources) <= MOST_SOURCES else [],
    }


def progress(store: Store) -> dict[str, int]:
    """Cards in all and without open errors; findings (errors and warnings) in all and still open."""
    cards = ready = errors = warnings = done = 0
    for card_id in store.index.rows:
        cards += 1
        own = 0
        for f in store.findings(card_id):
            if f.severity == "info":
                continue
            if f.state != "open":
                done += 1
            elif f.severity == "error":
                own += 1
            else:
                warnings += 1
        errors += own
        ready += not own
    done += sum(c.action in ("fix", "fill", "assign") for c in store.held)
    return {"cards": cards, "ready": ready, "errors": errors, "warnings": warnings, "done": done}
