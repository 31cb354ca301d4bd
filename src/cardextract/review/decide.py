"""Taking decisions: from what a page (or a line of a CSV) asks for to lines in the corrections file.

The browser names a card, a path and what it saw; places, hashes and printed texts are looked up here. A decision
about text is tried on the document first, and refused where it would not apply or would not change the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cardextract.card import Card
from cardextract.corrections import (
    Conflict,
    Correction,
    append,
    effective,
    new_id,
    now_utc,
    values_of,
)
from cardextract.document import Place
from cardextract.findings import Finding, with_particles
from cardextract.review.index import Row
from cardextract.review.shown import proof_of
from cardextract.review.store import Refusal, Store

TEXTUAL = ("fix", "fill", "assign")
CHANGED = (
    "이 카드를 다른 창에서 누가 먼저 고쳤습니다. 입력한 내용은 남아 있습니다. 새로 본 뒤 다시 저장하십시오."
)


class Edit(BaseModel):
    """One changed text. was: the printed text that the person saw."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=400)
    was: str = Field(max_length=20_000)
    now: str = Field(max_length=20_000)


class Request(BaseModel):
    """What a page asks for. version: of the card that the page shows."""

    model_config = ConfigDict(extra="forbid")

    card: str = Field(max_length=40)
    version: str = Field(max_length=40)
    action: Literal["fix", "fill", "assign", "accept", "ignore", "later", "undo", "carry"]
    author: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=2000)
    finding: str | None = Field(default=None, max_length=40)
    edits: list[Edit] = Field(default=[], max_length=500)
    undoes: str | None = Field(default=None, max_length=40)


class Bulk(BaseModel):
    """Accept all open findings of one code, as counted by the person."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=60)
    cards: list[str] = Field(max_length=100_000)
    count: int
    reason: str = Field(min_length=1, max_length=2000)
    author: str = Field(default="", max_length=100)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written. ids: of the new decisions."""

    ids: tuple[str, ...]
    version: str


def take(store: Store, asked: Request, author: str) -> Taken:
    """Take a decision: check it, write it, and bring the card up to date. Raises Refusal, KeyError (no card)."""
    with store.lock:
        store.reload_decisions()
        row = store.index.rows[asked.card]
        if asked.version != store.version(row):
            raise Refusal(CHANGED, conflict=True)
        made = _decisions(store, row, asked, asked.author.strip() or author)
        undone = {c.undoes for c in made if c.undoes}
        textual = any(c.action in TEXTUAL for c in made) or any(
            c.id in undone and c.action in (*TEXTUAL, "undo") for c in store.decisions
        )
        cards = _try(store, row, made) if textual else []
        _write(store, made)
        if textual:
            store.take(cards)
        store.refresher.wake()
        return Taken(tuple(c.id for c in made), store.version(row))


def _write(store: Store, made: Sequence[Correction]) -> None:
    """Append; where another process was first, nothing is written."""
    try:
        append(store.file, made, store.etag)
    except Conflict as e:
        store.reload_decisions()
        raise Refusal(CHANGED, conflict=True) from e
    store.reload_decisions()


def _try(store: Store, row: Row, made: Sequence[Correction]) -> list[Card]:
    """The file's cards as they will be. Raises Refusal where a new decision would not apply."""
    after = effective([*store.decisions, *made])
    cards = store.extract(
        row, [c for c in after if c.source_path == row.path or c.source_sha256 == row.sha256]
    )
    for c in made:
        if c.action in TEXTUAL and any(_is_stale(f, c) for card in cards for f in card.findings):
            raise Refusal(
                with_particles(f"‘{c.was or ''}’을(를) 원문의 그 자리에서 찾지 못해 저장하지 않았습니다.")
            )
    if not any(card.card_id == row.card_id for card in cards):
        raise Refusal("이렇게 고치면 카드로 읽히지 않아 저장하지 않았습니다.")
    return cards


def _is_stale(f: Finding, c: Correction) -> bool:
    return f.code == "STALE_CORRECTION" and f.expected == (c.was or "") and (not c.path or c.path in f.paths)


# ---------------------------------------------------------------- what is to be written


def _decisions(store: Store, row: Row, asked: Request, author: str) -> list[Correction]:
    card = store.card(row.card_id)
    stamp = {
        "author": author, "time": now_utc(), "source_path": row.path, "source_sha256": row.sha256,
        "card_index": row.index, "reason": asked.reason.strip() or None,
    }  # fmt: skip
    if asked.action == "undo":
        return _undos(store, row, asked.undoes, stamp)
    if asked.action in ("accept", "ignore", "later"):
        return _about_finding(store, row, asked, stamp)
    if asked.action == "carry":
        return _carried(store, card, row, asked.undoes, stamp)
    if not asked.edits:
        raise Refusal("바뀐 것이 없습니다.")
    stamp |= {"action": asked.action}
    made = [c for edit in asked.edits for c in _edit(store, card, edit, asked.action, stamp)]
    if not made:
        raise Refusal("바뀐 것이 없습니다.")
    return made


def _edit(store: Store, card: Card, edit: Edit, action: str, stamp: dict[str, object]) -> list[Correction]:
    found = proof_of(card, edit.path)
    about = [f for f in card.findings if f.state == "open" and not f.caused_by and edit.path in f.paths]
    if about:
        stamp = {**stamp, "code": about[0].code, "finding": about[0].id}
    if action == "fill":
        if found is not None and found[1].certainty != "corrected":
            raise Refusal("문서에 있는 값입니다. 채우기가 아니라 고치기로 바꾸십시오.", conflict=True)
        return [_new(stamp, path=edit.path, was="", now=_clean(edit.now))]
    if found is None:
        raise Refusal("이 값의 자리를 원문에서 알 수 없어 고칠 수 없습니다. 원본 파일을 고쳐 주십시오.")
    key, proof = found
    if proof.text != edit.was:
        said = with_particles(f"인쇄된 글이 ‘{edit.was}’이(가) 아니라 ‘{proof.text}’입니다.")
        raise Refusal(said, conflict=True)
    if action == "assign":
        return [_new(stamp, place=proof.place, path=_clean(edit.now), was=proof.text)]
    if proof.place == Place():
        raise Refusal("문서에 없는 값이라 고칠 자리가 없습니다. 채우기로 바꾸십시오.")
    now = _clean(edit.now)
    before = [
        c for c in store.held
        if c.action == "fix" and c.place == proof.place and c.was == proof.text
        and c.source_sha256 == card.source.sha256
    ]  # fmt: skip
    if now == proof.text:  # back to what is printed
        return [_new({**stamp, "action": "undo"}, undoes=c.id) for c in before]
    if before and before[-1].now == now:
        return []
    outdated = _outdated(store, card, key)
    return [_new(stamp, place=proof.place, path=key, was=proof.text, now=now, undoes=outdated)]


def _outdated(store: Store, card: Card, path: str) -> str | None:
    """The id of a correction of this value that was made on other bytes of the file: the new one takes its place."""
    source = card.source
    wanted = (source.path, source.card_index, path)
    outdated = (
        c.id for c in store.held
        if c.action in TEXTUAL and (c.source_path, c.card_index, c.path) == wanted and c.source_sha256 != source.sha256
    )  # fmt: skip
    return next(outdated, None)


def _about_finding(store: Store, row: Row, asked: Request, stamp: dict[str, object]) -> list[Correction]:
    """Also for the consequences of the finding: whoever accepts a cause accepts what follows from it."""
    findings = store.findings(row.card_id)
    about = [f for f in findings if f.id == asked.finding]
    if not about:
        raise Refusal("이 지적은 이미 없어졌습니다.", conflict=True)
    if asked.action == "accept" and not asked.reason.strip():
        raise Refusal("인쇄된 대로 두는 사유를 적어 주십시오.")
    ids = {about[0].id}
    while more := [f for f in findings if f.caused_by in ids and f.id not in ids]:
        about += more
        ids |= {f.id for f in more}
    if asked.action == "later":
        about = about[:1]
    return [
        _new(
            {**stamp, "action": asked.action}, finding=f.id, code=f.code, was=values_of(f),
            path=f.paths[0] if f.paths else None, place=f.places[0] if f.places else None,
        )
        for f in about
    ]  # fmt: skip


def _undos(store: Store, row: Row, which: str | None, stamp: dict[str, object]) -> list[Correction]:
    """Take back a decision and those made with it; without `which`, the card's last one that holds."""
    mine = store.of_card(row)
    held = {c.id for c in store.held}
    gone = {c.undoes for c in mine if c.undoes and c.action == "undo"}
    if which is None:
        last = [c for c in mine if c.id in held]
    else:
        last = [
            c for c in mine if c.id == which and (c.id in held or (c.action == "undo" and c.id not in gone))
        ]
    if not last:
        raise Refusal("되돌릴 결정이 없습니다.", conflict=which is not None)
    first = last[-1]
    group = [
        c for c in mine
        if (c.time, c.author, c.action) == (first.time, first.author, first.action)
        and (c.id in held or c.id == first.id)
    ]  # fmt: skip
    return [
        _new(
            {**stamp, "action": "undo"},
            undoes=c.id,
            path=c.path,
            code=c.code,
            place=c.place,
            was=c.now,
            now=c.was,
        )
        for c in group
    ]


def _carried(
    store: Store, card: Card, row: Row, which: str | None, stamp: dict[str, object]
) -> list[Correction]:
    """An outdated correction, made anew for the text that stands there now."""
    old = next((c for c in store.of_file(row) if c.id == which), None)
    if old is None or old.action not in TEXTUAL:
        raise Refusal("옮길 결정이 없습니다.", conflict=True)
    stamp = {**stamp, "action": old.action, "code": old.code, "reason": stamp["reason"] or old.reason}
    if old.action == "fill":
        return [_new(stamp, path=old.path, was="", now=old.now, undoes=old.id)]
    found = proof_of(card, old.path) if old.path else None
    if found is None:
        raise Refusal("이 값의 자리를 새 문서에서 찾지 못했습니다. 직접 고쳐 주십시오.")
    if found[1].text == old.now:  # mended at the source: neither it nor what it took the place of is needed
        known = {c.id: c for c in store.decisions}
        chain: list[Correction] = []
        following: Correction | None = old
        while following is not None and following not in chain:
            chain.append(following)
            following = known.get(following.undoes or "")
        return [_new({**stamp, "action": "undo"}, path=c.path, undoes=c.id) for c in chain]
    return [_new(stamp, place=found[1].place, path=old.path, was=found[1].text, now=old.now, undoes=old.id)]


def _new(stamp: dict[str, object], **more: object) -> Correction:
    return Correction.model_validate({"id": new_id(), **stamp, **more})


def _clean(text: str) -> str:
    """A typed text: one way of line ends, no white space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def accept_all(store: Store, asked: Bulk, author: str) -> int:
    """Accept every open finding of a code on these cards. Raises Refusal where their number is another by now."""
    with store.lock:
        store.reload_decisions()
        made: list[Correction] = []
        stamp = {"author": asked.author.strip() or author, "time": now_utc(), "reason": asked.reason.strip()}
        for card_id in asked.cards:
            row = store.index.rows.get(card_id)
            if row is None:
                continue
            of_card = {
                **stamp, "action": "accept", "source_path": row.path, "source_sha256": row.sha256,
                "card_index": row.index,
            }  # fmt: skip
            made += [
                _new(
                    of_card, finding=f.id, code=f.code, was=values_of(f), path=f.paths[0] if f.paths else None,
                    place=f.places[0] if f.places else None,
                )
                for f in store.findings(card_id) if f.code == asked.code and f.state == "open"
            ]  # fmt: skip
        if len(made) != asked.count:
            raise Refusal(
                f"그 사이 {asked.count}건이 {len(made)}건이 되었습니다. 새로 보고 다시 하십시오.",
                conflict=True,
            )
        if made:
            _write(store, made)
            store.refresher.wake()
        return len(made)
