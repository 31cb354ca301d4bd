"""Cutting a report into its cards: covers, contents tables, running titles, page numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.texts import read

from cardextract.anchors import header_fields, is_list
from cardextract.card import Card, SourceFile
from cardextract.cut import cards
from cardextract.document import Block, Cell, Document, Paragraph, Table
from cardextract.pipeline import read_cards
from cardextract.profiles import load_rules
from cardextract.readers.text import parse

RULESET = load_rules(ROOT / "rules")
RULES = RULESET.base
SAMPLES = [(ROOT / f"tests/cards/{n}.txt").read_text(encoding="utf-8") for n in ("gaon", "haesol", "naru")]
TITLES = ["걷고 싶은 가온천 물길 되살리기", "온마을 돌봄센터 3개소 건립", "나루터 작은 도서관 늘리기"]
COVER = """2024년 상반기 공약 추진상황 보고서

(2024. 6. 30. 기준)

연번\t공약명\t담당부서
1\t물길\t하천과
2\t돌봄\t복지과
3\t도서관\t문화과
4\t일자리\t경제과

"""


def count(text: str) -> int:
    return len(cards(Document("text", parse(text), decoded=text), RULES))


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from(["\n", "\n- 3 -\n\n", "\n\n\n"]),
)
def test_as_many_cards_as_were_put_together(order: list[int], cover: bool, between: str) -> None:
    text = (COVER if cover else "") + between.join(SAMPLES[i] for i in order)
    found = read(text, RULESET)
    assert [c.title for c in found] == [TITLES[i] for i in order]
    assert [c.source.card_index for c in found] == list(range(1, len(order) + 1))


def test_a_card_in_a_report_is_the_card_alone() -> None:
    alone = [read(text, RULESET)[0] for text in SAMPLES]
    together = read("\n".join(SAMPLES), RULESET)
    without = {"card_id", "source", "evidence", "findings"}
    for one, same in zip(alone, together, strict=True):
        assert one.model_dump(exclude=without) == same.model_dump(exclude=without)
        assert [f.code for f in one.findings] == [f.code for f in same.findings]


def test_the_cover_gives_what_a_card_does_not_state() -> None:
    gaon = SAMPLES[0].replace("구청장 공약사항 관리카드\n", "").replace("(2024. 6. 30. 현재)\n", "")
    (card,) = read(COVER + gaon, RULESET)
    assert (card.as_of, card.report_title) == ("2024-06-30", "2024년 상반기 공약 추진상황 보고서")
    assert card.evidence["as_of"].certainty == "inferred"


def test_a_card_keeps_its_own_date() -> None:
    (card,) = read(COVER.replace("2024. 6. 30.", "2023. 12. 31.") + SAMPLES[0], RULESET)
    assert card.as_of == "2024-06-30"


@pytest.mark.parametrize(
    "text",
    ["", "안녕하십니까\n", COVER, "공약명\t가온천\n", "이름\t나이\n도하늘\t31\n", "1. 추진실적\n○ 착공\n"],
)
def test_no_card(text: str) -> None:
    assert count(text) == 0


def test_contents_tables_are_lists() -> None:
    (table,) = (b for b in parse(COVER) if isinstance(b, Table))
    assert is_list(table, RULES)
    assert header_fields(table, RULES) == set()
    (header,) = (
        b
        for b in parse("공약명\t가온천\t관리번호\t1\n주관부서\t하천과\t진도율\t4%\n")
        if isinstance(b, Table)
    )
    assert not is_list(header, RULES)
    assert header_fields(header, RULES) == {"title", "number", "lead_department", "progress"}


def test_every_block_belongs_to_one_card_at_most() -> None:
    text = COVER + "\n".join(SAMPLES)
    document = Document("text", parse(text), decoded=text)
    blocks = [id(b) for part in cards(document, RULES) for b in part.blocks]
    assert len(blocks) == len(set(blocks))
    first = cards(document, RULES)[0].blocks[0]
    tail = document.blocks[document.blocks.index(first) :]
    assert len(blocks) == len(tail), "behind the cover no block is lost"


def test_label_lines_begin_a_card() -> None:
    text = "○ 공약명 : 가온천\n○ 주관부서 : 하천과\n○ 사업기간 : 2022 ~ 2026\n○ 진도율 : 40%\n\n□ 추진실적\n○ 착공\n"
    (card,) = read(text, RULESET)
    assert (card.title, card.lead_department, card.progress) == ("가온천", "하천과", 40)
    assert all(isinstance(b, Paragraph) for b in parse(text))


def test_the_cover_speaks_for_every_card() -> None:
    """Its title, date and government; which money 시비 is on a metropolitan city's cards follows from the last."""
    pages = [
        f"1-0{n}  {title}\n\n주관부서\t환경과\t추진상황\t추진중\t추진율\t48%\n\n1. 투자계획 (단위: 백만원)\n\n"
        "구분\t계\t2023\t2024\n계\t30\t10\t20\n국비\t10\t5\t5\n시비\t20\t5\t15\n\n2. 추진실적\n❍ 버스 142대\n\n- 2 -\n"
        for n, title in enumerate(("수소버스 전환", "바람길숲 조성"), 1)
    ]
    cover = "민선8기 시장 공약실천계획 추진상황 보고\n\n2024. 12. 31. 기준\n\n한누리광역시\n\n"
    cover += "1. 교통\n1-01 수소버스 전환 ······ 2\n2. 주거\n\n- 1 -\n"
    found = read(cover + "\n".join(pages), RULESET)
    assert [(c.number, c.title) for c in found] == [("1-01", "수소버스 전환"), ("1-02", "바람길숲 조성")]
    for card in found:
        assert (card.as_of, card.issuer) == ("2024-12-31", "한누리광역시")
        assert card.report_title == "민선8기 시장 공약실천계획 추진상황 보고"
        assert {b.source for b in card.budget} == {"total", "national", "sido"}


def test_a_header_grid_that_begins_like_a_list_is_none() -> None:
    head = "공약명\t통학로 정비\t\t\n시급성\t보통\t소관과\t교통과\n"
    head += "기준일자\t2025. 6. 30.\t공약 번호\t1-5\n추진기간\t2022 ~ 2026\t추진상황\t부진\n"
    (card,) = read(head + "\n1. 추진실적\n ○ 착공\n", RULESET)
    assert (card.title, card.number, card.lead_department) == ("통학로 정비", "1-5", "교통과")


def test_a_frame_around_a_table_is_opened() -> None:
    blocks = parse(SAMPLES[0])

    def framed(block: Block) -> Block:
        return Table(1, 1, (Cell(0, 0, blocks=(block,)),)) if isinstance(block, Table) else block

    (part,) = cards(Document("docx", tuple(map(framed, blocks))), RULES)
    assert part.blocks == tuple(blocks)


def running(*titles: str, named: bool = False) -> str:
    """Cards one right behind the other; each begins with a bare numbered line."""
    return "\n".join(
        f"{n}. {title}\n\n담당부서\t물길과\t협조부서\t세무과\n추진상황\t추진중\t추진율\t{n}0%\n"
        + (f"공약명\t{title}\t구분\t신규\n" if named else "")
        + f"\n□ 사업개요\n○ 쉼터 {n}곳\n\n□ 향후계획\n○ 착공: 2026. {n}월\n - 공사기간 {n}개월\n"
        for n, title in enumerate(titles, 1)
    )


@pytest.mark.parametrize("named", [False, True])
def test_a_bare_numbered_line_begins_the_next_card(named: bool) -> None:
    names = ("나루 쉼터", "가온천 물길", "빈집 고치기")
    found = read(
        "군수 공약사업 추진상황 보고\n\n(2025. 6. 30. 기준)\n\n" + running(*names, named=named), RULESET
    )
    assert [(c.number, c.title) for c in found] == [(str(n), name) for n, name in enumerate(names, 1)]
    assert [[i.text for i in c.sections[-1].items] for c in found] == [
        [f"착공: 2026. {n}월"] for n in (1, 2, 3)
    ]


def test_a_numbered_item_above_a_header_that_names_its_pledge_stays() -> None:
    text = running("나루 쉼터", "가온천 물길", named=True).replace("2. 가온천 물길", "2. 준공: 2026. 9월", 1)
    first, second = read(text, RULESET)
    assert (first.title, second.title) == ("나루 쉼터", "가온천 물길")
    assert "준공: 2026. 9월" in str(first.sections[-1])


@pytest.mark.parametrize("own", ["〈2025. 6월말 기준〉", "(2025. 6. 30. 현재)", "- 2025. 6월말 현재 -"])
@pytest.mark.parametrize(
    "between", ["", "목차\n\n1. 나루 쉼터 ······ 1\n2. 가온천 물길 ······ 2\n\n- 1 -\n\n"]
)
def test_a_card_states_its_date_not_the_day_of_issue(own: str, between: str) -> None:
    cover = f"2025년 상반기 공약사업 추진실적 보고\n\n2025. 7.\n\n{between}"
    dated = running("나루 쉼터", "가온천 물길").replace("\n담당부서", f"\n{own}\n\n담당부서")
    for card in read(cover + dated, RULESET):
        assert card.as_of in ("2025-06", "2025-06-30")
        assert card.report_title == "2025년 상반기 공약사업 추진실적 보고"


def test_the_cover_says_as_of_when_it_speaks() -> None:
    cover = "공약사업 추진실적 보고\n\n2025. 7.\n\n2025. 6월말 기준\n\n2025. 7. 15.\n\n"
    assert {c.as_of for c in read(cover + running("나루 쉼터", "가온천 물길"), RULESET)} == {"2025-06"}


def test_the_number_of_the_next_card_is_counted_by_the_format() -> None:
    text = running("나루 쉼터", "가온천 물길")
    blocks = tuple(
        replace(b, text=b.text[3:], marker=b.text[:2])
        if isinstance(b, Paragraph) and b.text[1:2] == "."
        else b
        for b in parse(text)
    )
    found = cards_of(blocks)
    assert [(c.number, c.title) for c in found] == [("1", "나루 쉼터"), ("2", "가온천 물길")]
    assert len(found[0].sections[-1].items) == 1


def sheet(*titles: str, above: str = "") -> str:
    """One-table cards, one right below the other in the same table."""
    return "".join(
        f"{above}번호\t{n}\t공약명\t{title}\n부서\t물길과\t진도율\t{n}0%\n기간\t2022 ~ 2026\t추진상황\t추진중\n"
        f"사업내용\t○ 쉼터 {n}곳 - 나루동\n구분\t계\t2023\t2024\n계획\t{n}2\t{n}0\t2\n집행\t{n}1\t{n}0\t1\n"
        f"추진실적\t○ 착공 {n}건 - 가온동\n"
        for n, title in enumerate(titles, 1)
    )


@pytest.mark.parametrize("above", ["", "공약사항 관리카드\t\t\t\n"])
def test_cards_below_one_another_in_one_table(above: str) -> None:
    text = sheet("나루 쉼터", "가온천 물길", "빈집 고치기", above=above)
    assert len(parse(text)) == 1
    found = read(text, RULESET)
    assert [(c.number, c.title, c.progress) for c in found] == [
        ("1", "나루 쉼터", 10), ("2", "가온천 물길", 20), ("3", "빈집 고치기", 30),
    ]  # fmt: skip
    for n, card in enumerate(found, 1):
        assert card.report_title == ("공약사항 관리카드" if above else None)
        assert {b.amount for b in card.budget if b.ledger == "spent"} == {
            v * 10**6 for v in (n * 10 + 1, n * 10, 1)
        }
        assert [i.text for s in card.sections for i in s.items] == [f"쉼터 {n}곳", f"착공 {n}건"]


def test_a_header_repeated_on_the_next_page_begins_no_card() -> None:
    whole = sheet("나루 쉼터").splitlines(keepends=True)
    (card,) = read("".join([*whole[:4], whole[0], *whole[4:]]), RULESET)
    assert (card.number, card.title) == ("1", "나루 쉼터")


def pieces(n: int, title: str) -> str:
    """A card whose head stands in small tables and a line, none of which says enough alone."""
    return (
        f"공약명\t{title}\n관리번호\t{n}\n\n부서: 물길과\n\n추진상황\t추진중\t진도율\t{n}0%\n\n"
        f"1. 추진실적\n○ 착공 {n}건\n○ 준공 {n}건\n○ 점검 {n}회\n2. 향후계획\n○ 개통\n\n"
    )


def test_heads_in_pieces() -> None:
    (card,) = read(pieces(1, "나루 쉼터"), RULESET)
    assert (card.number, card.title, card.lead_department, card.progress) == ("1", "나루 쉼터", "물길과", 10)
    found = read(pieces(1, "나루 쉼터") + pieces(2, "가온천 물길"), RULESET)
    assert [(c.title, c.progress, len(c.sections)) for c in found] == [
        ("나루 쉼터", 10, 2),
        ("가온천 물길", 20, 2),
    ]
    assert not read(
        "공약명\t나루 쉼터\n\n여는 말\n\n닫는 말\n\n맺는 말\n\n부서\t물길과\t진도율\t10%\n", RULESET
    )


def cards_of(blocks: Sequence[Block]) -> list[Card]:
    source = SourceFile(path="시험.docx", sha256="0" * 64, format="docx", card_index=1)
    return [r.card for r in read_cards(Document("docx", tuple(blocks)), source, RULES)]


@pytest.mark.parametrize(
    "dress",
    ["■ {n}. {t}", "□ {n}. {t}", "◈ 공약 {n}  {t}", "▣ 공약번호 : {n}\n▣ 공약명 : {t}", "{n}. {t}\n(단위: 백만원)",
     "{n}. {t}\n- 함께하는 나루 -", "{n}. {t}\n공약내용 : 쉬어 갈 곳을 만듭니다", "{n}. {t}\n작성일 2025. 6. 30."],
)  # fmt: skip
def test_dressed_titles_above_headers_that_state_none(dress: str) -> None:
    names = ("나루 쉼터", "가온천 물길", "빈집 고치기")
    text = running(*names)
    for n, name in enumerate(names, 1):
        text = text.replace(f"{n}. {name}\n", dress.format(n=n, t=name) + "\n")
    found = read("군수 공약사업 추진상황 보고\n\n" + text, RULESET)
    assert [(c.number, c.title) for c in found] == [(str(n), name) for n, name in enumerate(names, 1)]
    assert [[i.text for i in c.sections[-1].items] for c in found] == [
        [f"착공: 2026. {n}월"] for n in (1, 2, 3)
    ]


def test_a_plain_title_above_its_date() -> None:
    text = running("나루 쉼터", "가온천 물길").replace("1. 나루", "나루").replace("2. 가온", "가온")
    found = read(text.replace("\n\n담당부서", "\n(2025. 6. 30. 기준)\n\n담당부서"), RULESET)
    assert [(c.title, c.as_of) for c in found] == [("나루 쉼터", "2025-06-30"), ("가온천 물길", "2025-06-30")]


BOXES: list[Callable[[int, str], list[list[str]]]] = [
    lambda n, title: [[f"{n}. {title}"]],
    lambda n, title: [[f"■ {n}. {title}"]],
    lambda n, title: [[str(n), title]],
    lambda n, title: [["공약번호", str(n), "공약명", title]],
    lambda n, title: [["번호", "공약명"], [str(n), title]],
]


@pytest.mark.parametrize("box", BOXES)
def test_a_box_that_names_the_pledge_begins_its_card(box: Callable[[int, str], list[list[str]]]) -> None:
    blocks: list[Block] = [Paragraph("군수 공약사업 추진상황 보고")]
    names = ("나루 쉼터", "가온천 물길", "빈집 고치기")
    for n, name in enumerate(names, 1):
        blocks.append(table_of(box(n, name)))
        blocks.append(
            table_of(
                [["담당부서", "물길과", "협조부서", "세무과"], ["추진상황", "추진중", "추진율", f"{n}0%"]]
            )
        )
        blocks += [
            Paragraph("□ 사업개요"),
            Paragraph("○ 쉼터"),
            Paragraph("□ 향후계획"),
            Paragraph(f"○ 착공 {n}월"),
        ]
    found = cards_of(blocks)
    assert [(c.number, c.title, c.progress) for c in found] == [
        (str(n), t, n * 10) for n, t in enumerate(names, 1)
    ]
    assert [c.sections[-1].items[0].text for c in found] == [f"착공 {n}월" for n in (1, 2, 3)]


def table_of(rows: Sequence[Sequence[str]]) -> Table:
    cells = (
        Cell(r, c, blocks=(Paragraph(text),)) for r, row in enumerate(rows) for c, text in enumerate(row)
    )
    return Table(len(rows), len(rows[0]), tuple(cells))
