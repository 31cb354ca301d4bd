"""Forms of budgets from the field guide: nesting, orientation, words and prints that no drawn layout has."""

from __future__ import annotations

from tests.wide import Form

YEARS = "2022 | 2023 | 2024 | 2025"
HEAD = "구분 | 계 | 2022년 | 2023년 | 2024년 | 2025년"
SOURCES = """
합계 :: total
국비 :: national
시비 :: sido
구비 :: sigungu
"""


def triangle(n: int) -> str:
    return f"△{-n:,}" if n < 0 else f"{n:,}"


FORMS = [
    Form(
        "three rows ledger source year",
        """
구분 | 계획 | < | < | < | < | < | 집행 | < | < | < | < | <
^ | 국비 | < | 시비 | < | 구비 | < | 국비 | < | 시비 | < | 구비 | <
^ | 2022 | 2023 | 2022 | 2023 | 2022 | 2023 | 2022 | 2023 | 2022 | 2023 | 2022 | 2023
""",
        "plan national 2022|plan national 2023|plan sido 2022|plan sido 2023|plan sigungu 2022|plan sigungu 2023|spent national 2022|spent national 2023|spent sido 2022|spent sido 2023|spent sigungu 2022|spent sigungu 2023",  # noqa: E501
        "사업비 ::",
        periods="2022 2023",
        noted=frozenset({"UNPROVEN_COLUMNS"}),
    ),
    Form(
        "supplementary budgets inside a year with year total",
        """
재원 | 합계 | 2022년 | 2023년 | 2024년 | < | < | 2025년
^ | ^ | ^ | ^ | 계 | 본예산 | 1회추경 | ^
""",
        "total|2022|2023|2024|2024 #half|2024 #rest|2025",
        SOURCES,
    ),
    Form(
        "range of years at the end",
        """
구분 | 계 | 2022년 | 2023년 | 2024년 | 2025년 | 2028년~2030년
""",
        "total|2022|2023|2024|2025|2028-2030",
        SOURCES,
        periods="2022 2023 2024 2025 2028-2030",
    ),
    Form(
        "term with half years",
        """
구 분 | 총계 | 민선7기 | 민선8기 | < | < | < | < | 민선9기
^ | ^ | ^ | 소계 | 2022.하 | 2023 | 2024 | 2025.상 | ^
""",
        "total|before|in_term|2022-H2|2023|2024|2025-H1|after_term",
        SOURCES,
        periods="before 2022-H2 2023 2024 2025-H1 after_term",
    ),
    Form(
        "ledgers over years over sources as columns",
        """
구분 | 투자계획 | < | < | < | < | < | 집행실적 | < | < | < | < | <
^ | 2022년 | < | < | 2023년 | < | < | 2022년 | < | < | 2023년 | < | <
^ | 계 | 국비 | 구비 | 계 | 국비 | 구비 | 계 | 국비 | 구비 | 계 | 국비 | 구비
""",
        "plan 2022|plan national 2022|plan sigungu 2022|plan 2023|plan national 2023|plan sigungu 2023|spent 2022|spent national 2022|spent sigungu 2022|spent 2023|spent national 2023|spent sigungu 2023",  # noqa: E501
        "금액 ::",
        periods="2022 2023",
        sources="national sigungu",
    ),
    Form(
        "sub-rows of a source",
        "구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
총계 | < :: total
국비 | 소계 :: national
^ | 보조금 :: national #half
^ | 균특 :: national #rest
시비 | < :: sido
구비 | < :: sigungu
""",
    ),
    Form(
        "local money grouped with its parts",
        "재원별 | < | 합계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
계 | < :: total
국비 | < :: national
지방비 | 시비 :: sido
^ | 구비 :: sigungu
""",
    ),
    Form(
        "plan and spending in each year with a rate",
        """
구분 | 합계 | < | < | 2022년 | < | < | 2023년 | < | <
^ | 계획 | 집행 | 집행률 | 계획 | 집행 | 집행률 | 계획 | 집행 | 집행률
""",
        "plan total|spent total|%|plan 2022|spent 2022|% 2022|plan 2023|spent 2023|% 2023",
        SOURCES,
        periods="2022 2023",
    ),
    Form(
        "totals at the end",
        "재원 | 2022 | 2023 | 2024 | 2025 | 총계",
        YEARS + "|total",
        """
국고보조금 :: national
시비 :: sido
구비 :: sigungu
합 계 :: total
""",
    ),
    Form(
        "triangles for negatives",
        HEAD,
        "total|" + YEARS,
        SOURCES,
        show=triangle,
        negative=True,
        noted=frozenset({"NEGATIVE_AMOUNT"}),
    ),
    Form("unit in each cell", HEAD, "total|" + YEARS, SOURCES, lines=(), show=lambda n: f"{n:,}백만원"),
    Form(
        "notes behind figures",
        HEAD,
        "total|" + YEARS,
        SOURCES,
        show=lambda n: f"{n:,}*" if n % 3 == 0 else (f"{n:,}주1)" if n % 3 == 1 else f"{n:,}"),
    ),
    Form("digits apart", HEAD, "total|" + YEARS, SOURCES, show=lambda n: f"{n:,}".replace(",", ", ")),
    Form(
        "a second figure in brackets",
        HEAD,
        "total|" + YEARS,
        SOURCES,
        show=lambda n: f"{n:,}({n // 2:,})",
        flagged=True,
    ),
    Form(
        "a blank total row",
        HEAD,
        "total|" + YEARS,
        """
계 :: #blank
국비 :: national
시비 :: sido
구비 :: sigungu
""",
    ),
    Form(
        "an unknown source",
        HEAD,
        "total|" + YEARS,
        """
합계 :: total
국비 :: national
시비 :: sido
구비 :: sigungu
햇살나눔 :: other
""",
        sources="national sido sigungu other",
        flagged=True,
    ),
    Form(
        "an unknown source as a column",
        "연도 | 계 | 국비 | 시비 | 햇살나눔 | 구비",
        "total|national|sido|other|sigungu",
        """
총계 :: total
2022년 :: 2022
2023년 :: 2023
2024년 :: 2024
2025년 :: 2025
""",
        sources="national sido sigungu other",
        flagged=True,
    ),
    Form(
        "an unknown source under two ledgers",
        "구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
계획 | 계 :: plan
^ | 국비 :: plan national
^ | 구비 :: plan sigungu
^ | 햇살나눔 :: plan other
집행 | 계 :: spent
^ | 국비 :: spent national
^ | 구비 :: spent sigungu
^ | 햇살나눔 :: spent other
""",
        sources="national sigungu other",
        flagged=True,
    ),
    Form(
        "unknown period word",
        "구분 | 계 | 도약기 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|before|" + YEARS,
        SOURCES,
        periods="before 2022 2023 2024 2025",
        flagged=True,
    ),
    Form(
        "total cost beside the sum",
        "재원 | 총사업비 | 계 | 기투자 | 2022년 | 2023년 | 2024년 | 2025년 | 향후",
        "total|total|before|" + YEARS + "|after_term",
        SOURCES,
        periods="before 2022 2023 2024 2025 after_term",
    ),
    Form(
        "sum of a span of years",
        "구분 | 총계 | '22~'25 계 | 2022 | 2023 | 2024 | 2025 | 2026년 이후",
        "total|in_term|" + YEARS + "|after_term",
        SOURCES,
        periods="2022 2023 2024 2025 after_term",
    ),
    Form(
        "years out of the term",
        "구분 | 계 | 2019년 | 2020년 | 2021년 | 2022년 | 2027년 | 2028년",
        "total|2019|2020|2021|2022|2027|2028",
        SOURCES,
        periods="2019 2020 2021 2022 2027 2028",
    ),
    Form(
        "header repeated after a page",
        "구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
계획 | 계 :: plan
^ | 국비 :: plan national
^ | 시비 :: plan sido
^ | 구비 :: plan sigungu
구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년 :: HEAD
집행 | 계 :: spent
^ | 국비 :: spent national
^ | 시비 :: spent sido
^ | 구비 :: spent sigungu
""",
    ),
    Form(
        "several tasks with a block each",
        "세부사업 | 재원 | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
총계 | 계 :: total
^ | 국비 :: national
^ | 구비 :: sigungu
마을버스 개선 | 계 :: #half
^ | 국비 :: national #half
^ | 구비 :: sigungu #half
쉼터 조성 | 계 :: #rest
^ | 국비 :: national #rest
^ | 구비 :: sigungu #rest
""",
        sources="national sigungu",
        flagged=True,
    ),
    Form(
        "secured and plan with rates as rows",
        HEAD,
        "total|" + YEARS,
        """
소요예산 :: plan
확보예산 :: secured
집행액 :: spent
집행률(%) :: %
""",
    ),
    Form(
        "zero as 0.0 and eok",
        HEAD,
        "total|" + YEARS,
        SOURCES,
        lines=("(단위 : 억원)",),
        unit="억원",
        zero="0.0",
        show=lambda n: f"{n / 10:,.1f}",
    ),
    Form(
        "unit in column headings",
        "구분 | 계(백만원) | 2022년(백만원) | 2023년(백만원) | 2024년(백만원) | 2025년(백만원)",
        "total|" + YEARS,
        SOURCES,
        lines=(),
    ),
    Form(
        "years as rows, sources with ledger columns",
        """
연도 | 국비 | < | 시비 | < | 구비 | < | 계 | <
^ | 계획 | 집행 | 계획 | 집행 | 계획 | 집행 | 계획 | 집행
""",
        "plan national|spent national|plan sido|spent sido|plan sigungu|spent sigungu|plan|spent",
        """
2022 :: 2022
2023 :: 2023
2024 :: 2024
2025 :: 2025
합계 :: total
""",
    ),
    Form(
        "si under a do with grants",
        "재원구분 | 소요액 | '22년까지 | '23년 | '24년 | '25년 | '26년 이후",
        "total|before|2023|2024|2025|after_term",
        """
총계 :: total
국고 :: national
도비보조 :: sido
시비(자체) :: sigungu
특별교부세 :: grant
""",
        sources="national sido sigungu grant",
        periods="before 2023 2024 2025 after_term",
        title="시장 공약사항 관리카드",
    ),
    Form(
        "gun with many names",
        "구분 | 합 계 | 2022 | 2023 | 2024 | 2025",
        "total|" + YEARS,
        """
소 계 :: total
국 비(균특) :: national
도 비 :: sido
군 비(자체재원) :: sigungu
지방소멸대응기금 :: fund
민간투자(BTL) :: private
융자금 :: other
""",
        sources="national sido sigungu fund private other",
        title="군수 공약사항 관리카드",
    ),
    Form(
        "year over months",
        """
구분 | 총계 | 2024년 | < | < | 2025년 | < | <
^ | ^ | 소계 | 상반기 | 하반기 | 소계 | 상반기 | 하반기
""",
        "total|2024|2024-H1|2024-H2|2025|2025-H1|2025-H2",
        SOURCES,
        periods="2024-H1 2024-H2 2025-H1 2025-H2",
    ),
    Form(
        "quarters",
        "구분 | 계 | 2024.1분기 | 2024.2분기 | 2024.3분기 | 2024.4분기",
        "total|2024-Q1|2024-Q2|2024-Q3|2024-Q4",
        SOURCES,
        periods="2024-Q1 2024-Q2 2024-Q3 2024-Q4",
    ),
    Form(
        "remaining",
        "구분 | 총사업비 | 기확보 | 2025년 확보계획 | 향후확보",
        "total|before|2025|after_term",
        SOURCES,
        periods="before 2025 after_term",
        flagged=True,
    ),
    Form(
        "plan A spent B rate",
        HEAD,
        "total|" + YEARS,
        """
계획(A) :: plan
집행(B) :: spent
집행률(B/A) :: %
""",
    ),
    Form(
        "share column",
        "재원별 | 총사업비 | 비율(%) | 2022년 | 2023년 | 2024년 | 2025년",
        "total|%|" + YEARS,
        SOURCES,
    ),
    Form(
        "months of the first year",
        "구분 | 합계 | '22.7~12월 | '23년 | '24년 | '25년 | '26.1~6월",
        "total|2022-H2|2023|2024|2025|2026-H1",
        SOURCES,
        periods="2022-H2 2023 2024 2025 2026-H1",
    ),
    Form(
        "before with its year",
        "구분 | 총계 | 기투자('21년까지) | 2022 | 2023 | 2024 | 2025 | 2026 이후",
        "total|before|" + YEARS + "|after_term",
        SOURCES,
        periods="before 2022 2023 2024 2025 after_term",
    ),
    Form(
        "periods over sources",
        """
구분 | 합계 | 임기내 | < | < | < | 임기후 | < | < | <
^ | ^ | 소계 | 국비 | 시비 | 구비 | 소계 | 국비 | 시비 | 구비
""",
        "plan|plan in_term|plan national in_term|plan sido in_term|plan sigungu in_term|plan after_term|plan national after_term|plan sido after_term|plan sigungu after_term",  # noqa: E501
        "소요예산 ::",
        periods="2022 2023 after_term",
    ),
    Form("unit with a rate", HEAD, "total|" + YEARS, SOURCES, lines=("(단위 : 백만 원, %)",)),
    Form(
        "total with letters",
        "구분 | 총사업비(A+B+C) | 국비(A) | 시비(B) | 구비(C)",
        "|national|sido|sigungu",
        """
합계 ::
2022년 :: 2022
2023년 :: 2023
2024년 :: 2024
2025년 :: 2025
""",
    ),
    Form("years by dots", "재원 | 계 | '22. | '23. | '24. | '25.", "total|" + YEARS, SOURCES),
    Form(
        "secured in years",
        "구분 | 계 | 2022년까지 | 2023년 | 2024년 | 2025년 | 향후",
        "total|before|2023|2024|2025|after_term",
        """
총사업비 :: plan
확보액 :: secured
집행액 :: spent
""",
        periods="before 2023 2024 2025 after_term",
        noted=frozenset({"BEFORE_DIFFERS"}),
    ),
    Form(
        "three ledgers by source columns",
        """
재원 | 총소요액 | < | 확보액 | < | 집행액 | <
^ | 임기내 | 임기후 | 임기내 | 임기후 | 임기내 | 임기후
""",
        "plan in_term|plan after_term|secured in_term|secured after_term|spent in_term|spent after_term",
        SOURCES,
        periods="2022 2023 2024 after_term",
        noted=frozenset({"SPENT_AFTER_AS_OF"}),
    ),
    Form(
        "year groups in rows",
        "연도 | 재원 | 계획 | 확보 | 집행",
        "plan|secured|spent",
        """
2022년 | 소계 :: 2022
^ | 국비 :: 2022 national
^ | 구비 :: 2022 sigungu
2023년 | 소계 :: 2023
^ | 국비 :: 2023 national
^ | 구비 :: 2023 sigungu
합계 | 소계 ::
^ | 국비 :: national
^ | 구비 :: sigungu
""",
        sources="national sigungu",
        periods="2022 2023",
    ),
    Form(
        "group with sub-total and parts",
        "구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
총 계 | < ::
국비 | < :: national
지방비 | 소계 :: #localsum
^ | 도비 :: sido
^ | 군비 :: sigungu
민자 | < :: private
""",
        sources="national sido sigungu private",
        title="군수 공약사항 관리카드",
    ),
    Form(
        "header words broken",
        "구 분 | 총 계 | 2022 년 | 2023 년 | 2024 년 | 2025 년",
        "total|" + YEARS,
        """
합 계 ::
국 비 :: national
시 비 :: sido
구 비 :: sigungu
""",
    ),
    Form(
        "plan rows named by work",
        "사업내용 | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        """
합계 ::
쉼터 조성 :: #half
둘레길 정비 :: #rest
""",
        noted=frozenset({"UNKNOWN_COLUMN"}),
    ),
    Form(
        "only a total",
        "구분 | 2022년 | 2023년 | 2024년 | 2025년 | 합계",
        YEARS + "|total",
        "사업비(백만원) ::",
        lines=(),
    ),
    Form(
        "ledger in the caption",
        HEAD,
        "spent total|spent 2022|spent 2023|spent 2024|spent 2025",
        """
합계 ::
국비 :: national
시비 :: sido
구비 :: sigungu
""",
        lines=("< 집행현황 >  (단위: 백만원)",),
    ),
    Form("remark with words", HEAD + " | 비고", "total|" + YEARS + "|=", SOURCES),
    Form("non budget marks", HEAD, "total|" + YEARS, SOURCES, zero="해당없음"),
    Form("chon won", HEAD, "total|" + YEARS, SOURCES, lines=("단위:천원",), unit="천원"),
    Form(
        "eok with unit in corner",
        "구분(단위:억원) | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        "total|" + YEARS,
        SOURCES,
        lines=(),
        unit="억원",
        show=lambda n: f"{n / 10:,.1f}",
    ),
    Form(
        "unknown second level",
        HEAD.replace("구분", "구분 | <"),
        "total|" + YEARS,
        """
국비 | 국고보조 :: national
시비 | 시비보조 :: sido
구비 | 자체 :: sigungu
계 | < ::
""",
    ),
    Form(
        "sources in words of their own",
        HEAD,
        "total|" + YEARS,
        """
총액 ::
국가 지원금 :: national
시 보조금 :: sido
구 자체재원 :: sigungu
특별교부금 :: grant
주민참여예산 :: other
""",
        sources="national sido sigungu grant other",
        flagged=True,
    ),
    Form(
        "year then ledgers three",
        """
구분 | 2022년 | < | < | 2023년 | < | <
^ | 계획 | 확보 | 집행 | 계획 | 확보 | 집행
""",
        "plan 2022|secured 2022|spent 2022|plan 2023|secured 2023|spent 2023",
        SOURCES,
        periods="2022 2023",
    ),
    Form(
        "previous and this year",
        "구분 | 총사업비 | 전년도까지 | 금년도 | 내년 이후",
        "total|before|2025|after_term",
        SOURCES,
        periods="before 2025 after_term",
        flagged=True,
    ),
]
