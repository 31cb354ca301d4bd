"""From a text to its checked cards without a file: what `extract_file` does, on a string."""

from __future__ import annotations

import hashlib

from cardextract.card import Card, SourceFile
from cardextract.document import Document
from cardextract.pipeline import assert_spans, finish, read_cards
from cardextract.profiles import RuleSet
from cardextract.readers.text import parse


def read(text: str, ruleset: RuleSet, profile: str = "base") -> list[Card]:
    """The cards of a text with all findings; every span of their evidence is asserted."""
    document = Document("text", parse(text), decoded=text)
    source = SourceFile(
        path="시험.txt", sha256=hashlib.sha256(text.encode()).hexdigest(), format="text", card_index=1
    )
    cards = [r.card for r in read_cards(document, source, ruleset.profiles[profile])]
    for card in cards:
        assert_spans(card, text)
    return [finish(card, ruleset.profiles[profile]) for card in cards]


def cells(card: Card) -> dict[tuple[str, str, str], int]:
    """The figures of a card's budget that are no zeros."""
    return {(b.ledger, b.source, str(b.period)): b.amount for b in card.budget if b.amount}


def flagged(card: Card, *paths: str) -> bool:
    """Does an error or warning point at one of these paths, or at the whole it stands in?"""
    return any(
        p.startswith(path) or (p in ("budget", "budget_by_source") and path.startswith(p))
        for f in card.findings
        if f.severity in ("error", "warning")
        for p in f.paths
        for path in paths
    )
