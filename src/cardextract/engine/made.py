"""What the outputs of a run are made of: the cache, and the little that is kept of all cards together.

Cards pass one at a time as bytes, in the order of path and card index; of all cards together only slim
facts are ever in memory.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import cardextract
from cardextract.engine.cache import Across, Cache, Record, Slim
from cardextract.engine.inputs import Signature
from cardextract.engine.plan import Plan, Planned
from cardextract.engine.worker import dump

Json = dict[str, Any]
NOTHING = Across()


@dataclass(frozen=True, slots=True)
class Shape:
    """How the outputs are to look."""

    csv_encoding: Literal["utf-8", "cp949"] = "utf-8"
    excel: bool = False
    mask_staff: bool = False
    keep_personal: bool = False


@dataclass(slots=True)
class Made:
    """What the outputs are made of, and what was found out on the way."""

    output: Path
    cache: Cache
    shape: Shape
    emitted: list[Planned] = field(default_factory=list)
    """Inputs whose cards are written."""
    across: dict[str, Across] = field(default_factory=dict)
    """By card_id."""
    of_file: dict[bytes, list[Json]] = field(default_factory=dict)
    """Findings of the files themselves."""
    ids: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    """The cards of each emitted input, in the order of the records."""
    rules: set[str] = field(default_factory=set)
    as_of: set[str] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    """card_id -> what its record is made from."""


def slims(made: Made) -> Iterator[Slim]:
    """All cards without their records, in the order of the records."""
    yield from chain.from_iterable(made.cache.slims(p.entry.relative for p in made.emitted))


def record(made: Made, part: Record) -> bytes:
    """The record of a card as it is written: its own JSON with the findings across cards put in."""
    raw = zlib.decompress(part.blob)
    more = made.across.get(part.card_id, NOTHING).findings
    if not more:
        return raw
    between = "" if raw[part.cut - 1 : part.cut] == b"[" else ","
    return raw[: part.cut] + (between + ",".join(map(dump, more))).encode() + raw[part.cut :]


def finding_lines(made: Made, work: Plan) -> Iterator[str]:
    """All findings in the order of the records: of each file its own, then those of its cards."""
    cards = made.cache.slims(p.entry.relative for p in made.emitted)
    for planned in work.inputs:
        relative = planned.entry.relative
        yield from map(dump, made.of_file.get(relative, ()))
        for card in next(cards) if relative in made.ids else ():
            if card.findings:
                yield from card.findings.split("\n")
            yield from map(dump, made.across.get(card.card_id, NOTHING).findings)


def remember(made: Made, name: str, digest: str) -> None:
    """An output file was written; digest: what it was made from."""
    made.cache.put_written(name, digest, Signature.of((made.output / name).stat()))


def sinks_digest(made: Made) -> Any:
    """A hash of what all outputs depend on besides the cards, to go on with."""
    digest = hashlib.sha256(json.dumps([cardextract.__version__, asdict(made.shape)]).encode())
    for path in sorted((Path(__file__).parents[1] / "sinks").glob("*.py")):
        digest.update(path.read_bytes())
    return digest
