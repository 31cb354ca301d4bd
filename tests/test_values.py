"""The grammars of printed values: every form of the field guide, and properties."""

from __future__ import annotations

import calendar
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardextract import values
from cardextract.values import (
    UNITS,
    Amount,
    clean,
    find_dates,
    find_money,
    find_percents,
    find_periods,
    fold,
    is_non_budget,
    parse_amount,
    parse_as_of,
    parse_date,
    parse_money,
    parse_percent,
    parse_period,
    parse_staff,
    squeeze,
)

ROLES = ("팀장", "주무관", "담당자", "과장", "담당팀장", "담당", "담당사무관")

# --- text -------------------------------------------------------------------------------------------------


@given(st.text())
def test_fold_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("dot", "·•∙‧ㆍ․・")
def test_middle_dots_fold_to_one(dot: str) -> None:
    assert fold(f"국{dot}시") == "국·시"


def test_squeeze_and_clean() -> None:
    assert squeeze(" 공  약\u3000명\n") == "공약명"
    assert squeeze("\u1100\u1161 번") == "가번"  # decomposed Hangul, as macOS writes it
    assert clean("  근린공원\t\n 재정비 ") == "근린공원 재정비"


# --- money ------------------------------------------------------------------------------------------------

CELLS = [
    ("9,732", 10**6, 9_732_000_000, "stated", 10**6),
    ("1064", 10**6, 1_064_000_000, "stated", 10**6),
    ("1.064", 10**6, 1_064_000, "stated", 1000),
    ("5.79", 10**8, 579_000_000, "stated", 10**6),
    ("15.00", 10**8, 1_500_000_000, "stated", 10**6),
    ("△1,920", 1000, -1_920_000, "stated", 1000),
    ("▲ 20", 1000, -20_000, "stated", 1000),
    ("－1,920", 1000, -1_920_000, "stated", 1000),
    ("(1,920)", 1000, -1_920_000, "stated", 1000),
    ("1,000백만원", 1000, 10**9, "stated", 10**6),
    ("97억 3,200만원", 1, 9_732_000_000, "stated", 10**4),
    ("1,234,\n567", 1, 1_234_567, "stated", 1),
    ("１，２３４", 1, 1234, "stated", 1),
    ("-", 1000, 0, "zero_mark", 0),
    ("–", 1000, 0, "zero_mark", 0),
    ("－", 1000, 0, "zero_mark", 0),
    ("·", 1000, 0, "zero_mark", 0),
    ("0", 1000, 0, "zero_mark", 1000),
    ("0.0", 10**8, 0, "zero_mark", 10**7),
    ("비예산", 1000, 0, "zero_mark", 0),
    ("", 1000, None, "blank", 0),
    (" \u3000", 1000, None, "blank", 0),
    ("1,06", 1000, None, "unreadable", 0),
    ("1.234.567", 1000, None, "unreadable", 0),
    ("9 732", 1000, None, "unreadable", 0),
    ("317 1,000", 1000, None, "unreadable", 0),
    ("50%", 1000, None, "unreadable", 0),
    ("1.5", 1, None, "unreadable", 0),
    ("미정", 1000, None, "unreadable", 0),
    ("1,0OO", 1000, None, "unreadable", 0),
    ("▲", 1000, None, "unreadable", 0),
]


@pytest.mark.parametrize(("text", "unit", "won", "state", "step"), CELLS)
def test_table_cells(text: str, unit: int, won: int | None, state: str, step: int) -> None:
    assert parse_amount(text, unit) == Amount(won, state, step)  # type: ignore[arg-type]


INLINE = [
    ("9,732백만원(국6,336, 시1,050, 구1,764, 기타582)", [(9_732_000_000, "9,732백만원")]),
    ("97억 3,200만원", [(9_732_000_000, "97억 3,200만원")]),
    ("120,000백만 원", [(120_000_000_000, "120,000백만 원")]),
    ("1조 2,000억원", [(1_200_000_000_000, "1조 2,000억원")]),
    ("6천50억원", [(605_000_000_000, "6천50억원")]),
    ("3억 5천만원", [(350_000_000, "3억 5천만원")]),
    ("1억2천3백만원", [(123_000_000, "1억2천3백만원")]),
    ("67.5억 원", [(6_750_000_000, "67.5억 원")]),
    ("금120,000원(금일십이만원)", [(120_000, "120,000원")]),
    ("50,000천원 (국비 90%, 구비 10%)", [(50_000_000, "50,000천원")]),
    (
        "국비(50억)와 군비(70억) 등 120억원",
        [(5 * 10**9, "50억"), (7 * 10**9, "70억"), (12 * 10**9, "120억원")],
    ),
    ("약 8,919억", [(891_900_000_000, "8,919억")]),
    ("△1,920백만원", [(-1_920_000_000, "△1,920백만원")]),
    ("국비-50억원", [(5 * 10**9, "50억원")]),
    ("6. 30.기준 37,000천원 교부", [(37_000_000, "37,000천원")]),
    ("1억 2024년", [(10**8, "1억")]),
    ("10억~20억원", [(10**9, "10억"), (2 * 10**9, "20억원")]),
    ("５０백만원", [(50_000_000, "５０백만원")]),
    ("5억명", []),
    ("3억 건, 2억 톤", []),
    ("2만 그루, 3천 명", []),
    ("제3조, 3인 1조, 조례 제12조", []),
    ("2원화, 3원칙", []),
    ("비예산", []),
    ("1,04백만원", []),
]


@pytest.mark.parametrize(("text", "expected"), INLINE)
def test_money_inside_text(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(m.won, text[m.start : m.end]) for m in find_money(text)] == expected


def test_money_knows_its_step_and_doubt() -> None:
    rounded, about = find_money("총 39.8억원 중 5억여원")
    assert (rounded.step, rounded.unit, rounded.approximate) == (10**7, 10**8, False)
    assert about.approximate
    assert find_money("약 3.9억원")[0].approximate


@pytest.mark.parametrize(
    ("text", "unit", "won"),
    [
        ("총 2,337백만원 (국비 1,419, 시비 766, 구비 152)", None, 2_337_000_000),
        ("(국비 50억원) 총 120억원", None, 12_000_000_000),
        ("9,732", 10**6, 9_732_000_000),
        ("총 9,732 (국 6,336)", 10**6, 9_732_000_000),
        ("2,678.7백만원", None, 2_678_700_000),
        ("비예산", 10**6, None),
        ("해당없음", 10**6, None),
        ("9,732", None, None),
        ("-", 10**6, None),
    ],
)
def test_header_amounts(text: str, unit: int | None, won: int | None) -> None:
    money = parse_money(text, unit)
    assert (money.won if money else None) == won


def test_non_budget() -> None:
    assert all(map(is_non_budget, ("비예산", "비 예 산", "비예산 사업", "해당없음", "비예산(업무협약)")))
    assert not any(map(is_non_budget, ("", "-", "120백만원", "비예산 1건 외 30백만원", "예산")))


@given(st.integers(0, 10**9), st.sampled_from(sorted(UNITS)), st.booleans(), st.booleans())
def test_formatted_amounts_come_back(number: int, unit: str, marks: bool, space: bool) -> None:
    figure = f"{number:,}" if marks else str(number)
    won = number * UNITS[unit]
    assert parse_amount(figure, UNITS[unit]).won == won
    if unit.endswith("원"):
        text = f"사업비 {figure}{' ' if space else ''}{unit} 확보"
        (money,) = find_money(text)
        assert (money.won, money.unit) == (won, UNITS[unit])
        assert text[money.start : money.end].startswith(figure)
        assert parse_money(text) == money


@given(
    st.from_regex(r"[1-9]\d{0,2}(,\d{3}){0,2}(\.\d)?", fullmatch=True),
    st.sampled_from(["", "천", "만", "백만", "억", "십억"]),
)
def test_the_usual_amount_is_what_its_parts_say(number: str, scale: str) -> None:
    usual, about = (find_money(f"사업비 {number}{scale}{some}원(국비)") for some in ("", "여"))
    assert [(m.won, m.start, m.step, m.unit) for m in usual] == [
        (m.won, m.start, m.step, m.unit) for m in about
    ]
    assert not any(m.approximate for m in usual)
    assert all(m.approximate for m in about)


@given(st.integers(1, 10**7), st.integers(1, 3), st.sampled_from(["천원", "백만원", "억원", "조원"]))
def test_decimals_are_exact(digits: int, places: int, unit: str) -> None:
    figure = f"{digits // 10**places}.{digits % 10**places:0{places}}"
    amount = parse_amount(figure, UNITS[unit])
    assert amount.won == digits * UNITS[unit] // 10**places
    assert amount.step == UNITS[unit] // 10**places


@given(st.integers(1, 9), st.integers(1, 9999), st.integers(1, 9999))
def test_compound_amounts(jo: int, eok: int, man: int) -> None:
    won = jo * 10**12 + eok * 10**8 + man * 10**4
    text = f"{jo}조 {eok:,}억 {man:,}만원"
    assert [(m.won, m.end) for m in find_money(text)] == [(won, len(text))]


# --- dates ------------------------------------------------------------------------------------------------

DATES = [
    ("2024. 6. 30.", "2024-06-30"),
    ("2024. 1.12.", "2024-01-12"),
    ("2024.1.12", "2024-01-12"),
    ("’24.6.30.", "2024-06-30"),
    ("24. 6. 30.", "2024-06-30"),
    ("2024. 6. 30.(일)", "2024-06-30"),
    ("2024/06/30", "2024-06-30"),
    ("2024년 6월 30일", "2024-06-30"),
    ("2022. 12월", "2022-12"),
    ("2023-12", "2023-12"),
    ("24년 상반기", "2024-H1"),
    ("'22.하반기", "2022-H2"),
    ("2024년 2분기", "2024-Q2"),
    ("2024년 3/4분기", "2024-Q3"),
    ("2024년도", "2024"),
    ("2024", "2024"),
    ("２０２４．６．", "2024-06"),
    ("1998. 3. 1.", "1998-03-01"),
]


@pytest.mark.parametrize(("text", "iso"), DATES)
def test_dates_with_their_precision(text: str, iso: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.iso == iso
    assert found.valid


@pytest.mark.parametrize(
    ("text", "isos"),
    [
        ("2회(2024. 3./ 6.)", ["2024-03", "2024-06"]),
        ("(2024. 1./ 3./ 5./ 6.)", ["2024-01", "2024-03", "2024-05", "2024-06"]),
        ("2024년 1월/ 2./ 5.", ["2024-01", "2024-02", "2024-05"]),
        ("2024-01/ 5./ 6.", ["2024-01", "2024-05", "2024-06"]),
        ("'24. 3월, 5월", ["2024-03", "2024-05"]),
        ("2024. 3. 5., 4. 12.", ["2024-03-05", "2024-04-12"]),
        ("2024. 3. 5./ 12.", ["2024-03-05", "2024-03-12"]),
        ("사회적기업과-3084(2023.9.13.)", ["2023-09-13"]),
        ("2024. 6.30.기준 5개 업체", ["2024-06-30"]),
        ("2024. 3. 5개 업체", ["2024-03"]),
        ("2024년 보조금, 6월 교부", ["2024", "2024-06"]),
        ("051-519-2024", []),
        ("2024. 6개소", []),
        ("2,024.5㎡", []),
        ("2024백만원", []),
        ("10년 이상", []),
        ("3개월", []),
    ],
)
def test_dates_inside_text(text: str, isos: list[str]) -> None:
    assert [d.iso for d in find_dates(text)] == isos


def test_months_take_the_year_given() -> None:
    assert [d.iso for d in find_dates("3월, 5월 2회", 2024)] == ["2024-03", "2024-05"]
    assert find_dates("3월, 5월 2회") == []
    assert [d.iso for d in find_dates("개소식(6. 14.), 1. 2. 항", 2024)] == ["2024-06-14"]
    assert [(p.start, p.end) for p in find_periods("9월 ~ 12월", 2024)] == [("2024-09", "2024-12")]


def test_what_is_not_in_the_calendar_is_kept_and_marked() -> None:
    for text, iso in (
        ("2024. 2. 30.", "2024-02-30"),
        ("2024. 13. 1.", "2024-13-01"),
        ("2023.2.29", "2023-02-29"),
    ):
        (found,) = find_dates(text)
        assert (found.iso, found.valid, found.first, found.last) == (iso, False, None, None)


def test_first_and_last_day() -> None:
    days = {"2024": (1, 1, 12, 31), "2024. 2.": (2, 1, 2, 29), "2024년 하반기": (7, 1, 12, 31)}
    days |= {"2024년 2분기": (4, 1, 6, 30), "2024. 5. 6.": (5, 6, 5, 6)}
    for text, (m1, d1, m2, d2) in days.items():
        found = parse_date(text)
        assert found is not None
        assert (found.first, found.last) == (date(2024, m1, d1), date(2024, m2, d2))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("(2024. 6. 30. 現在)", "2024-06-30"),
        ("기준: 2025. 9월 말 / 단위: 백만원", "2025-09"),
        ("2021. 12. 31. 기준", "2021-12-31"),
        ("2017.06.30.기준", "2017-06-30"),
        ("(’18.9.11.기준)", "2018-09-11"),
        ("2025년 6월말 기준", "2025-06"),
        ("2024년 2분기", "2024-06"),
        ("2026. 8.(현재)", "2026-08"),
        ("2024-06-30 기준", "2024-06-30"),
        ("〈'24.6월말 기준〉", "2024-06"),
        ("민선8기(2022~2026) 공약, 2024. 6. 30. 기준", "2024-06-30"),
        ("2024년 하반기", "2024-12"),
        ("단위: 백만원", None),
    ],
)
def test_as_of(text: str, iso: str | None) -> None:
    found = parse_as_of(text)
    assert (found.iso if found else None) == iso


PERIODS = [
    ("2022 ~ 【임기 후 계속】", "2022", None, True, True),
    ("2023.06. ~ 2025.12.", "2023-06", "2025-12", False, False),
    ("2022. 7. ～ 2026. 6.", "2022-07", "2026-06", False, False),
    ("'22. 7월 ~ '28. 6월 (임기 후 계속)", "2022-07", "2028-06", True, False),
    ("2022년 ~ 임기 후", "2022", None, True, True),
    ("2021. 6 ~ 12월", "2021-06", "2021-12", False, False),
    ("2024. 1. ~", "2024-01", None, False, True),
    ("2018 ~ 2022(임기내)", "2018", "2022", False, False),
    ("2022년 7월부터 2026년 6월까지", "2022-07", "2026-06", False, False),
    ("2022-07 ~ 2026-06", "2022-07", "2026-06", False, False),
    ("2024.3.15.~2024.3.20.", "2024-03-15", "2024-03-20", False, False),
    ("2024. 3. 15. ~ 20.", "2024-03-15", "2024-03-20", False, False),
    ("2024. 3. 15. ~ 4. 20.", "2024-03-15", "2024-04-20", False, False),
    ("2024.3.15.(금) ~ 3.17.(일)", "2024-03-15", "2024-03-17", False, False),
    ("2022~26", "2022", "2026", False, False),
    ("2022-2026", "2022", "2026", False, False),
    ("2022.7.-2026.6.", "2022-07", "2026-06", False, False),
    ("2026 ~ 2022", "2026", "2022", False, False),
    ("2024년 상반기 ~ 하반기", "2024-H1", "2024-H2", False, False),
    ("~2026", None, "2026", False, False),
    ("2024. 7.", "2024-07", None, False, False),
    ("임기내", None, None, False, False),
    ("임기 후 계속", None, None, True, True),
]


@pytest.mark.parametrize(("text", "start", "end", "beyond", "open_"), PERIODS)
def test_periods(text: str, start: str | None, end: str | None, beyond: bool, open_: bool) -> None:
    period = parse_period(text)
    assert period is not None
    assert (period.start, period.end, period.beyond_term, period.open) == (start, end, beyond, open_)
    if period.start_span:
        found = parse_date(text[slice(*period.start_span)])
        assert found is not None
        assert found.iso == start


def test_what_is_no_period() -> None:
    assert parse_period("-") is None
    assert parse_period("해당없음") is None
    assert find_periods("2024년부터 지원하지 않음") == []
    assert find_periods("051-519-2024") == []


FORMATS = ["{y}. {m}. {d}.", "{y}.{m}.{d}", "'{yy:02}. {m}. {d}.", "{y}-{m:02}-{d:02}", "{y}년 {m}월 {d}일"]


@given(st.dates(date(1971, 1, 1), date(2069, 12, 31)), st.sampled_from(FORMATS))
def test_printed_days_come_back(day: date, form: str) -> None:
    text = form.format(y=day.year, yy=day.year % 100, m=day.month, d=day.day)
    (found,) = find_dates(f"협약 체결({text})")
    assert (found.iso, found.first) == (day.isoformat(), day)
    assert f"협약 체결({text})"[found.start : found.end] == text


@given(st.integers(2000, 2060), st.integers(1, 12), st.integers(2000, 2060), st.integers(1, 12))
def test_printed_periods_come_back(y1: int, m1: int, y2: int, m2: int) -> None:
    for text in (
        f"{y1}. {m1}. ~ {y2}. {m2}.",
        f"{y1}-{m1:02} ∼ {y2}-{m2:02}",
        f"{y1}년 {m1}월부터 {y2}년 {m2}월까지",
    ):
        (period,) = find_periods(text)
        assert (period.start, period.end) == (f"{y1}-{m1:02}", f"{y2}-{m2:02}")
        assert (period.span_start, period.span_end) == (0, len(text))


@given(st.integers(1990, 2060), st.integers(1, 12))
def test_a_month_ends_on_its_last_day(year: int, month: int) -> None:
    found = parse_date(f"{year}. {month}.")
    assert found is not None
    assert found.last == date(year, month, calendar.monthrange(year, month)[1])


# --- percent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "label"),
    [
        ("50%", 50, ""),
        ("88", 88, ""),
        ("50.0 %", 50, ""),
        ("102.2%", 102.2, ""),
        ("공정률70%", 70, "공정률"),
        ("공 정 률: 87%", 87, "공정률"),
        ("진도율: 35%", 35, "진도율"),
        ("진 도 50%", 50, "진도"),
        ("1,500%", 1500, ""),
        ("추진중 (45 %)", 45, ""),
        ("0", 0, ""),
    ],
)
def test_percent(text: str, value: float, label: str) -> None:
    found = parse_percent(text)
    assert found is not None
    assert (found.value, found.label) == (value, label)


@pytest.mark.parametrize("text", ["-", "", "3건", "2024. 6. 30.", "완료", "3%p 상승"])
def test_no_percent(text: str) -> None:
    assert parse_percent(text) is None


# --- staff ------------------------------------------------------------------------------------------------

STAFF = [
    # a real blank inside the rank: the series is no name
    ("행정 6급 한가람(☎4803)", [(None, "행정 6급", "한가람", "4803")]),
    ("한가람 (사회복지 7급, 4803)", [(None, "사회복지 7급", "한가람", "4803")]),
    (
        "지방시설 주사보 한가람(5867) / 녹지 7급 윤슬(6455)",
        [
            (None, "지방시설 주사보", "한가람", "5867"),
            (None, "녹지 7급", "윤슬", "6455"),
        ],
    ),
    ("팀장 지방 행정 6급 한가람 4803", [("팀장", "지방 행정 6급", "한가람", "4803")]),
    ("한가람 6급 4803", [(None, "6급", "한가람", "4803")]),
    ("행정6급 한가람(☎4803)", [(None, "행정6급", "한가람", "4803")]),
    (
        "팀장 한가람 000-290-7456 주무관 윤슬 000-290-5527",
        [("팀장", None, "한가람", "000-290-7456"), ("주무관", None, "윤슬", "000-290-5527")],
    ),
    ("한가람 (행정8급, 051-000-6702)", [(None, "행정8급", "한가람", "051-000-6702")]),
    ("한가람 행정8급 (051-000-6702)", [(None, "행정8급", "한가람", "051-000-6702")]),
    (
        "팀장 지방시설주사 한가람(☎4909) 주무관 지방시설주사보 윤슬빛(☎3021)",
        [("팀장", "지방시설주사", "한가람", "4909"), ("주무관", "지방시설주사보", "윤슬빛", "3021")],
    ),
    ("한가람", [(None, None, "한가람", None)]),
    ("한가람(☎02-000-4189)", [(None, None, "한가람", "02-000-4189")]),
    ("팀 장 한 가 람", [("팀장", None, "한가람", None)]),
    (
        "담당팀장 시설6급 한가람 7129 담당자 시설7급 윤슬빛 3720",
        [("담당팀장", "시설6급", "한가람", "7129"), ("담당자", "시설7급", "윤슬빛", "3720")],
    ),
    (
        "샛별과(팀장 한가람 ☎051-000-2252, 담당자 윤슬빛 ☎051-000-4661)",
        [("팀장", None, "한가람", "051-000-2252"), ("담당자", None, "윤슬빛", "051-000-4661")],
    ),
    ("한가람, 윤슬빛", [(None, None, "한가람", None), (None, None, "윤슬빛", None)]),
    (
        "행정6급 한가람\n행정7급 윤슬빛",
        [(None, "행정6급", "한가람", None), (None, "행정7급", "윤슬빛", None)],
    ),
    ("-", []),
    ("", []),
    ("팀장", []),
]


@pytest.mark.parametrize(("text", "people"), STAFF)
def test_staff(text: str, people: list[tuple[str | None, ...]]) -> None:
    assert [(p.role, p.rank, p.name, p.phone) for p in parse_staff(text, ROLES)] == people


# --- robustness -------------------------------------------------------------------------------------------

WORDS = ["2024", "'24", "임기 후", "계속", "백만원", "팀장", "부터", "1,000", "\ue0a1", "🎉"]
PIECES = st.sampled_from([*"0123456789.,~-/()'’원억만천백조년월일%약여△ \n☎급장김", *WORDS])
ANY_TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@given(ANY_TEXT, st.sampled_from([1, 1000, 10**6, 10**8]))
def test_any_text_is_survived_and_spans_lie_inside(text: str, unit: int) -> None:
    spans = [
        *[(m.start, m.end) for m in find_money(text)],
        *[(d.start, d.end) for d in find_dates(text, 2024)],
        *[(p.span_start, p.span_end) for p in find_periods(text, 2024)],
        *[(p.start, p.end) for p in find_percents(text)],
        *[(p.start, p.end) for p in parse_staff(text, ROLES)],
    ]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    for found in (find_money(text), find_dates(text), find_percents(text), parse_staff(text, ROLES)):
        ordered = [(f.start, f.end) for f in found]
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))
    for date_ in find_dates(text):
        assert (date_.first is None) == (not date_.valid)
    amount = parse_amount(text, unit)
    assert (amount.won is None) == (amount.state in ("blank", "unreadable"))
    parse_money(text, unit), parse_date(text), parse_as_of(text), parse_period(text), parse_percent(text)


def test_everything_public_is_exported() -> None:
    public = {n for n, v in vars(values).items() if callable(v) and not n.startswith("_")}
    assert public <= set(values.__all__)
