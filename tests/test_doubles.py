"""Two names of one kind of source in one table: the first is recorded, the other reported, and the sums know both."""

from __future__ import annotations

import pytest
from tests.texts import cells, read

from cardextract.profiles import RuleSet

CARD = """공약사항 관리카드
공약명\t{title}\t번호\t1-1
담당부서\t하천과\t사업기간\t2022. 7. ~ 2026. 6.
진도율\t40%\t추진상황\t추진중

1. 투자계획
(단위: 백만원)
구분\t계\t2022년\t2023년\t2024년
계\t{total}\t300\t300\t400
국비\t400\t100\t100\t200
군비\t300\t100\t100\t100
{first}\t200\t60\t70\t70
{second}\t100\t40\t30\t30

2. 추진실적
○ 착공
"""


@pytest.mark.parametrize(
    ("first", "second", "source"),
    [("자부담", "기타", "other"), ("특별교부세", "특별조정교부금", "grant")],
)
def test_the_second_name_is_reported_and_stands_in_the_sums(
    first: str, second: str, source: str, ruleset: RuleSet
) -> None:
    (card,) = read(CARD.format(title="갈대천 잇기", total="1,000", first=first, second=second), ruleset)
    assert [(f.code, f.actual, f.expected) for f in card.findings if f.severity != "info"] == [
        ("SAME_SOURCE", second, first)
    ]
    found = cells(card)
    assert len(found) == 16
    assert found["plan", source, "2022"] == 60_000_000


def test_a_wrong_total_beside_it_is_told_by_all_names(ruleset: RuleSet) -> None:
    (card,) = read(CARD.format(title="갈대천 잇기", total="1,100", first="자부담", second="기타"), ruleset)
    assert {"SAME_SOURCE", "ROW_SUM"} <= {f.code for f in card.findings}
    (wrong,) = [f for f in card.findings if f.code == "ROW_SUM"]
    assert wrong.suggestion is not None
    assert wrong.suggestion.value == 1_000_000_000


def test_two_names_of_two_kinds_are_no_doubles(ruleset: RuleSet) -> None:
    (card,) = read(CARD.format(title="갈대천 잇기", total="1,000", first="도비", second="기타"), ruleset)
    assert "SAME_SOURCE" not in {f.code for f in card.findings}
    assert len(cells(card)) == 20


def test_a_name_that_stands_alone_in_another_ledger_stays(ruleset: RuleSet) -> None:
    spent = "\n<집행>\n구분\t계\t2022년\t2023년\n계\t500\t200\t300\n국비\t400\t150\t250\n기타\t100\t50\t50\n\n2. 추진실적"
    text = CARD.format(title="갈대천 잇기", total="1,000", first="자부담", second="기타")
    (card,) = read(text.replace("\n2. 추진실적", spent), ruleset)
    assert [f.code for f in card.findings if f.severity != "info"] == ["SAME_SOURCE"]
    assert cells(card)["spent", "other", "2022"] == 50_000_000
