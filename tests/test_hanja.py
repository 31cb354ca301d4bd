"""Labels in Hanja are the labels that they read as; what the record quotes is what the page prints."""

from __future__ import annotations

from pathlib import Path

from cardextract.document import Paragraph
from cardextract.head.lines import line_label
from cardextract.pipeline import extract_file
from cardextract.profiles import load_rules
from cardextract.values import fold

ROOT = Path(__file__).parents[1]
CARD = """나루군수 公約事項 管理카드

(2024. 6. 30. 基準)

公約名\t나루터 작은 도서관\t管理番號\t7
主管部署\t文化觀光課\t關聯部署\t-
事業期間\t2022. 7. ~ 2026. 6.\t總事業費\t300百萬圓
推進狀況\t推進中\t進度率\t60%

1. 推進實績

○ 設計 용역 완료: 2024. 1. 12.

2. 財源別 投資計劃

(單位: 百萬圓)

區分\t計\t2022年\t2023年度
總計\t300\t100\t200
國費\t120\t40\t80
道費\t80\t30\t50
郡費\t100\t30\t70
"""


def test_a_card_with_labels_in_hanja(tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    path.write_text(CARD, encoding="utf-8")
    (card,) = extract_file(
        path, root=tmp_path, rules=load_rules(ROOT / "rules"), profile="base", mentions=False
    ).cards
    assert (card.title, card.number, card.progress) == ("나루터 작은 도서관", "7", 60)
    assert (card.status, card.as_of, card.budget_total) == ("in_progress", "2024-06-30", 300_000_000)
    assert card.report_title == "나루군수 公約事項 管理카드"
    assert card.lead_department == "文化觀光課"  # a value stays as it is printed
    assert [s.kind for s in card.sections] == ["achievements", "investment"]
    found = {(b.source, b.period): b.amount for b in card.budget}
    assert found["national", "2023"] == 80_000_000
    assert found["sigungu", "total"] == 100_000_000
    assert len(found) == 12
    for proof in card.evidence.values():
        assert CARD[proof.place.start : proof.place.end] == proof.text


def test_readings_keep_offsets() -> None:
    assert fold("總事業費 3百萬圓") == "총사업비 3백만원"


def test_label_lines_of_both_scripts() -> None:
    """The first character in Hangul, the second in Hanja, or a middle dot of another kind."""
    rules = load_rules(ROOT / "rules").base
    for line, fields in (("○ 사業기간 : 2022. 7.", ("period",)), ("시ㆍ도비 : 30백만원", ("source",))):
        found = line_label(Paragraph(line), rules)
        assert found is not None, line
        assert found[1] == fields
