"""What goes into the CSV files: for every unit (a card, or the findings of one file) its lines, or the place
where they stand in the files of the last run.

One card more among thousands then costs copying bytes, not printing rows.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cardextract.engine.made import NOTHING, Made, sinks_digest
from cardextract.engine.worker import dump

if TYPE_CHECKING:
    from cardextract.engine.plan import Plan
    from cardextract.sinks.csv import Dialect, Fragment
    from cardextract.sinks.index import Index

MANY = 4
"""With more than one unit in so many new or changed, everything is printed again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands together in the CSV files. card_id: None for the findings of the file. key: equal keys,
    equal lines."""

    relative: bytes
    card_id: str | None
    key: str


def units(made: Made, work: Plan) -> Iterator[Unit]:
    """All units in the order of the records: of each file its own findings, then its cards."""
    for planned in work.inputs:
        relative = planned.entry.relative
        if own := made.of_file.get(relative):
            yield Unit(relative, None, _key(dump(own)))
        for card_id in made.ids.get(relative, ()):
            link = made.across.get(card_id, NOTHING).link
            yield Unit(relative, card_id, _key(f"{card_id} {made.digests[card_id]} {link}"))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def printed(made: Made, wanted: Sequence[Unit], dialect: Dialect) -> Iterator[Fragment]:
    """The lines of units."""
    from cardextract.sinks import csv

    with_cards = dict.fromkeys(unit.relative for unit in wanted if unit.card_id is not None)
    of, rows = b"", dict[str, bytes]()  # one file's cards at a time
    rows_of = made.cache.rows(with_cards)
    for unit in wanted:
        if unit.card_id is None:
            yield csv.file_fragment(made.of_file[unit.relative], dialect)
        else:
            if of != unit.relative:
                of, rows = unit.relative, next(rows_of)
            more = made.across.get(unit.card_id, NOTHING)
            part = csv.Fragment.load(zlib.decompress(rows[unit.card_id]))
            yield csv.amended(part, more.findings, more.link, dialect)


def parts(made: Made, work: Plan, *, old: bool) -> tuple[Iterator[Fragment | range], Index | None]:
    """The units as `sinks.write_tables` takes them, with the index of the old files if ranges are among them.

    old: whether the files of the last run are as we left them.
    """
    from cardextract.sinks import csv

    dialect = csv.Dialect(made.shape.csv_encoding, made.shape.excel)
    wanted = list(units(made, work))
    found = _last(made) if old else None
    if found is not None:
        where, index = found
        fresh = [u for u in wanted if u.key not in where]
        kept = [where[u.key] for u in wanted if u.key in where]
        if len(fresh) * MANY <= len(wanted) and _periods(made, fresh, dialect, index, kept) == _all(
            index.periods
        ):
            return _mixed(made, wanted, where, dialect), index
    return printed(made, wanted, dialect), None


def _periods(made: Made, fresh: list[Unit], dialect: Dialect, index: Index, kept: Iterable[int]) -> set[str]:
    """The periods of all units, which are the columns of budget_wide."""
    new = (part.periods for part in printed(made, fresh, dialect))
    return _all([*new, *(index.periods[i] for i in kept)])


def _all(periods: Iterable[str]) -> set[str]:
    from cardextract.sinks.index import period_set

    return {p for one in set(periods) for p in period_set(one)}


def _mixed(
    made: Made, wanted: list[Unit], where: dict[str, int], dialect: Dialect
) -> Iterator[Fragment | range]:
    """Neighbours in the old files are copied together."""
    run = range(0)
    for unit in wanted:
        at = where.get(unit.key)
        if run and at != run.stop:
            yield run
            run = range(0)
        if at is None:
            yield from printed(made, [unit], dialect)
        else:
            run = range(run.start if run else at, at + 1)
    if run:
        yield run


def remember(made: Made, work: Plan, index: Index) -> None:
    """Keep where everything stands for the next run."""
    keys = " ".join(unit.key for unit in units(made, work))
    made.cache.put("tables", f"{_conditions(made)}\n{keys}\n{index.dump()}")


def _last(made: Made) -> tuple[dict[str, int], Index] | None:
    from cardextract.sinks.index import Index

    conditions, _, rest = (made.cache.get("tables") or "").partition("\n")
    if conditions != _conditions(made):
        return None
    keys, _, dumped = rest.partition("\n")
    return {key: i for i, key in enumerate(keys.split())}, Index.load(dumped)


def _conditions(made: Made) -> str:
    """What all lines depend on besides their units."""
    return str(sinks_digest(made).hexdigest())
