"""The report: its numbers are those of the tables, it holds no script, and it is safe whatever a document says."""

from __future__ import annotations

from pathlib import Path

from cardextract.card import BudgetCell, Card
from tests.factory import make_card, make_finding
from tests.test_sinks import write_output


def earlier(card: Card, as_of: str, share: float) -> Card:
    """The card as an earlier report had it: less spent and secured, less progress."""
    cells = []
    for c in card.budget:
        amount = c.amount
        if c.ledger != "plan" and amount:
            amount = int(amount * share)
        cells.append(BudgetCell(ledger=c.ledger, source=c.source, period=c.period, amount=amount, state=c.state))
    made = make_card(int(str(card.number).split("-")[0]), path=f"{as_of}/{card.number}.txt", as_of=as_of, budget=cells)
    made.progress = None if card.progress is None else round(card.progress * share)
    return made


def three_reports(folder: Path) -> Path:
    """An output folder of three half-years; one pledge is new in the last, one is gone, one got another title."""
    cards = [make_card(n, path=f"2024-06-30/{n:02d}.txt") for n in range(1, 13)]
    cards[1].findings = [make_finding(cards[1])]
    cards[2].findings = [make_finding(cards[2], "YEAR_OVERSPENT", severity="warning", suggestion=None)]
    cards[3].title = "청년 일자리 이음터 설치·운영"
    cards[5].status = None
    old = [earlier(make_card(n), "2023-12-31", 0.7) for n in range(1, 12)] + [earlier(make_card(20), "2023-12-31", 0.5)]
    older = [earlier(make_card(n), "2023-06-30", 0.4) for n in range(1, 12)]
    output = write_output(folder / "output", [*older, *old, *cards])
    ledger = '{"path":"스캔.pdf","sha256":null,"status":"quarantined","code":"needs_ocr","retryable":false,"message":"1쪽에 글자가 없습니다.","cards":[]}\n'
    ok = '{"path":"a.txt","sha256":null,"status":"ok","code":null,"retryable":false,"message":"","cards":[]}\n'
    (output / "ledger.jsonl").write_text(ok * 12 + ledger, encoding="utf-8")
    return output
