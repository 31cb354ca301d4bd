"""Budgets as the field guide says they may be printed: each figure is right or flagged, and a clean card is not accused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cards.make import Grid, as_html, as_text, grid
from tests.conftest import ROOT
from tests.texts import cells, flagged, read
from tests.wide import Form, make
from tests.wide_forms import FORMS

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import load_rules

RULESET = load_rules(ROOT / "rules")


def card_of(form: Form, seed: int, mode: str, folder: Path) -> tuple[Card, dict[tuple[str, str, str], int]]:
    """The card around a drawn budget, read from a page with spans, or from text with blanks or spans lost."""
    budget, figures = make(form, seed)
    head = grid([["공약명", "골목길 정비", "관리번호", "1-2"], ["주관부서", "도로과", "진도율", "50%"]])
    blocks: list[str | Grid] = [form.title, "", "(2025. 12. 31. 현재)", "", head, "", "1. 추진개요", "○ 정비"]
    blocks += ["2. 투자계획", *budget, "3. 추진실적", "○ 착공"]
    if mode == "spans":
        path = folder / "card.html"
        path.write_text(as_html(blocks, form.title), encoding="utf-8")
        (card,) = extract_file(path, root=folder, rules=RULESET, profile="base", mentions=False).cards
    else:
        (card,) = read(as_text(blocks, blanks=mode == "blanks"), RULESET)
    return card, figures


@pytest.mark.parametrize("mode", ["spans", "blanks", "lost"])
@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.name.replace(" ", "_"))
def test_every_figure_is_right_or_flagged(form: Form, mode: str, tmp_path: Path) -> None:
    for seed in range(2):
        card, figures = card_of(form, seed, mode, tmp_path)
        found = cells(card)
        wrong = {k for k in figures.keys() | found.keys() if figures.get(k) != found.get(k)}
        assert {k for k in wrong if not flagged(card, f"budget[{'/'.join(k)}]")} == set()
        if not form.flagged:
            assert wrong == set()
            alarms = {f.code for f in card.findings if f.severity != "info"}
            assert alarms <= form.noted


TEXTS: list[tuple[str, str, dict[tuple[str, str, str], int]]] = [
    (
        "ledgers in tables with captions",
        """2. 투자계획
< 소요예산(계획) > (단위: 백만원)
구분\t계\t2022년\t2023년
계\t30\t10\t20
국비\t12\t4\t8
구비\t18\t6\t12
< 집행실적 > (단위: 백만원)
구분\t계\t2022년\t2023년
계\t20\t10\t10
국비\t8\t4\t4
구비\t12\t6\t6
""",
        {
            ("plan", "national", "2022"): 4,
            ("plan", "sigungu", "2023"): 12,
            ("spent", "total", "2023"): 10,
            ("spent", "sigungu", "total"): 12,
        },
    ),
    (
        "units by row",
        """2. 투자계획
구분\t계\t2022년\t2023년
소요예산(백만원)\t30\t10\t20
집행액(천원)\t25,000\t10,000\t15,000
""",
        {("plan", "total", "2022"): 10, ("spent", "total", "2023"): 15},
    ),
    (
        "units by column",
        """2. 투자계획
연도\t계획(백만원)\t집행(천원)
계\t30\t25,000
2022년\t10\t10,000
2023년\t20\t15,000
""",
        {("plan", "total", "2022"): 10, ("spent", "total", "2023"): 15},
    ),
    (
        "cut by a page",
        """2. 투자계획
(단위: 백만원)
구분\t\t계\t2022년\t2023년
계획\t계\t30\t10\t20
\t국비\t12\t4\t8
\t구비\t18\t6\t12

- 3 -

집행\t계\t20\t10\t10
\t국비\t8\t4\t4
\t구비\t12\t6\t6
""",
        {("plan", "national", "2022"): 4, ("spent", "total", "2023"): 10, ("spent", "sigungu", "2022"): 6},
    ),
    (
        "cut by a page with header",
        """2. 투자계획
(단위: 백만원)
구분\t\t계\t2022년\t2023년
계획\t계\t30\t10\t20
\t국비\t12\t4\t8
\t구비\t18\t6\t12

- 3 -

구청장 공약사항 관리카드

구분\t\t계\t2022년\t2023년
집행\t계\t20\t10\t10
\t국비\t8\t4\t4
\t구비\t12\t6\t6
""",
        {("plan", "national", "2022"): 4, ("spent", "total", "2023"): 10, ("spent", "sigungu", "2022"): 6},
    ),
    (
        "years in lines",
        """2. 투자계획
○ 총사업비: 30백만원(국비 12, 구비 18)
- 2022년: 10백만원(국비 4, 구비 6)
- 2023년: 20백만원(국비 8, 구비 12)
""",
        {("plan", "national", "2022"): 4, ("plan", "sigungu", "2023"): 12, ("plan", "total", "2023"): 20},
    ),
    (
        "sources by year in lines",
        """2. 투자계획 (단위: 백만원)
- 2022년: 국비 4, 구비 6
- 2023년: 국비 8, 구비 12
""",
        {("plan", "national", "2022"): 4, ("plan", "sigungu", "2023"): 12},
    ),
]


@pytest.mark.parametrize(
    ("text", "wanted"), [t[1:] for t in TEXTS], ids=[t[0].replace(" ", "_") for t in TEXTS]
)
def test_tables_apart_and_budgets_in_lines(text: str, wanted: dict[tuple[str, str, str], int]) -> None:
    """Several tables, one cut by a page, units that differ inside one, and budgets that have no table at all."""
    card = card_with(text)
    found = cells(card)
    assert {k: found.get(k) for k in wanted} == {k: v * 10**6 for k, v in wanted.items()}
    assert not [f.code for f in card.findings if f.severity != "info"]


@pytest.mark.parametrize(
    "lines",
    [
        "○ 2022년에는 설계비 300백만원을 들여 설계를 마치고\n○ 2023년에는 공사비 700백만원을 집행함\n",
        "○ 시설 개선에 2022년 10백만원, 2023년 20백만원을 들임\n",
    ],
)
def test_a_budget_in_words_is_not_passed_over_in_silence(lines: str) -> None:
    card = card_with(f"2. 투자계획\n{lines}")
    assert cells(card) == {}
    assert "UNREAD_BUDGET" in {f.code for f in card.findings}


def card_with(section: str) -> Card:
    head = "공약명\t골목길 정비\t관리번호\t1-2\n주관부서\t도로과\t진도율\t50%\n"
    text = f"구청장 공약사항 관리카드\n\n(2025. 12. 31. 현재)\n\n{head}\n1. 추진개요\n○ 정비\n{section}3. 추진실적\n○ 착공\n"
    (card,) = read(text, RULESET)
    return card
