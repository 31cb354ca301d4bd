"""Text of a converter that repeats merged cells: words are merged again, figures are not."""

from __future__ import annotations

from pathlib import Path

from cardextract.document import Document, Table
from cardextract.pipeline import extract_file
from cardextract.profiles import load_rules
from cardextract.readers.text import parse
from cardextract.repeats import merge_repeats

ROOT = Path(__file__).parents[1]
RULES = load_rules(ROOT / "rules")
CARD = """나루군수 공약사항 관리카드

(2024. 6. 30. 현재)

공약명\t나루터 작은 도서관\t나루터 작은 도서관\t나루터 작은 도서관\t관리번호\t7
담당부서\t담당부서\t문화과\t문화과\t문화과\t문화과
사업기간\t2022. 7. ~ 2026. 6.\t2022. 7. ~ 2026. 6.\t2022. 7. ~ 2026. 6.\t진도율\t60%
사업개요\t○ 면 소재지에 4개소\t○ 면 소재지에 4개소\t○ 면 소재지에 4개소\t○ 면 소재지에 4개소\t○ 면 소재지에 4개소
단위: 백만원\t단위: 백만원\t단위: 백만원\t단위: 백만원\t단위: 백만원\t단위: 백만원
구분\t구분\t계\t2022년\t2023년\t2024년
소요예산\t총계\t300\t100\t100\t100
소요예산\t국비\t120\t40\t40\t40
소요예산\t군비\t180\t60\t60\t60
추진실적\t○ 설계 완료\t○ 설계 완료\t○ 설계 완료\t○ 설계 완료\t○ 설계 완료
"""


def test_a_card_in_one_grid(tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    path.write_text(CARD, encoding="utf-8")
    (card,) = extract_file(path, root=tmp_path, rules=RULES, profile="base", mentions=False).cards
    assert (card.title, card.number, card.lead_department) == ("나루터 작은 도서관", "7", "문화과")
    assert (card.progress, card.period.start) == (60, "2022-07")
    assert [[i.text for i in s.items] for s in card.sections if s.kind != "investment"] == [
        ["면 소재지에 4개소"],
        ["설계 완료"],
    ]
    found = {(b.source, b.period): b.amount for b in card.budget}
    assert [found["national", p] for p in ("total", "2022", "2023", "2024")] == [
        120_000_000, 40_000_000, 40_000_000, 40_000_000,
    ]  # fmt: skip
    assert len(found) == 12
    assert not [f for f in card.findings if f.severity == "error"]


def test_a_table_that_repeats_by_chance_stays() -> None:
    text = "부서\t상태\t비고\n문화과\t완료\t완료\n도시과\t추진중\t완료\n"
    document = Document("text", parse(text), decoded=text)
    (table,) = merge_repeats(document, RULES.base).blocks
    assert isinstance(table, Table)
    assert table.ragged
    assert len(table.cells) == 9
