"""Invented cards for the review station's tests, benchmark and pictures: as text, and as HTML to be printed as PDF.

가온구 does not exist, and neither does anything it spends.
"""

from __future__ import annotations

import html
import subprocess
from pathlib import Path

SOURCES = ("국비", "시비", "구비", "기타")
PERIODS = ("기투자", "2022년", "2023년", "2024년", "2025년", "2026년", "임기후")
PLAN = {
    "국비": (120, 670, 812, 930, 1105, 1160, 1080),
    "시비": (0, 150, 165, 170, 180, 185, 190),
    "구비": (95, 82, 214, 291, 326, 372, 384),
    "기타": (40, 0, 75, 82, 110, 118, 115),
}
SPENT = {
    "국비": (120, 655, 790, 412, 0, 0, 0),
    "시비": (0, 160, 158, 31, 0, 0, 0),
    "구비": (95, 71, 206, 93, 0, 0, 0),
    "기타": (40, 0, 75, 38, 0, 0, 0),
}
TITLES = (
    "골목상권 살리기와 청년 가게 지원", "온마을 돌봄센터 세우기", "가온천 물길 되살리기", "걷고 싶은 골목길 만들기",
    "작은 도서관 늘리기", "어르신 마을버스 운영",
)  # fmt: skip
DEPARTMENTS = ("일자리경제과", "복지정책과", "환경과", "도시재생과", "문화과", "교통과")
NAMES = ("나가온", "도하늘", "한바다", "문새벽", "노을빛", "강나루")


def figure(amount: int) -> str:
    """An amount as it is printed: thousands commas, a dash for nothing."""
    return f"{amount:,}" if amount else "-"


def budget_rows(factor: int = 1, wrong: dict[tuple[str, str, str], str] | None = None) -> list[list[str]]:
    """The rows of the budget table; `wrong` gives other prints: (ledger, source, period) -> text."""
    wrong = wrong or {}
    rows = []
    for ledger, table in (("소요 예산 (계획)", PLAN), ("투입 예산", SPENT)):
        total = tuple(sum(column) for column in zip(*table.values(), strict=True))
        for source, amounts in {"총계": total, **table}.items():
            values = [sum(amounts) * factor, *(a * factor for a in amounts)]
            keys = ("계", *PERIODS)
            printed = [
                wrong.get((ledger[:2], source, k), figure(v)) for k, v in zip(keys, values, strict=True)
            ]
            rows.append([ledger if source == "총계" else "", source, *printed])
    return rows


def parts(n: int, factor: int = 1) -> dict[str, str]:
    """The words of card number n."""
    total = sum(sum(row) for row in PLAN.values()) * factor
    shares = ", ".join(
        f"{name[:1] if name != '기타' else name}{sum(PLAN[name]) * factor:,}" for name in SOURCES
    )
    return {
        "number": f"{1 + n // 6}-{1 + n % 6}-1",
        "title": TITLES[n % len(TITLES)],
        "department": DEPARTMENTS[n % len(DEPARTMENTS)],
        "chief": f"행정6급 {NAMES[n % len(NAMES)]}(☎48{n % 100:02d})",
        "clerk": f"행정7급 {NAMES[(n + 1) % len(NAMES)]}(☎49{n % 100:02d})",
        "total": f"{total:,}백만원({shares})",
    }


def text_card(
    n: int = 0,
    wrong: dict[tuple[str, str, str], str] | None = None,
    *,
    factor: int = 1,
    progress: str = "50%",
    extra: str = "",
    **changes: str,
) -> str:
    """A card as tab-separated text. extra: lines put under the achievements."""
    p = parts(n, factor) | changes
    table = "\n".join("\t".join(row) for row in budget_rows(factor, wrong))
    return f"""

구청장 공약사항 관리카드

(2024. 6. 30. 現在)

공약제목\t{p["title"]}\t\t\t관리번호\t{p["number"]}
주관부서\t{p["department"]}\t팀 장\t{p["chief"]}\t관련부서\t-
\t\t담당자\t{p["clerk"]}\t\t
사업기간\t2022 ~ 【임기 후 계속】\t\t소요예산\t{p["total"]}\t
추진상황\t추진중\t\t진 도\t{progress}\t
공약목표\t○ 누구나 다시 찾는 골목을 만들어 지역 경제를 살린다\t\t\t\t

1. 추진개요

- 청년 가게 창업 지원 ▷ 연 2회 공모
 - 임차료와 내부 공사비 지원
- 골목상권 공동 판매 행사 ▷ 분기별
 - 상인회와 함께 지역 상품전 열기

2. 투자계획(예산/비예산)

(단위: 백만원)

구 분\t\t계\t기투자\t2022년\t2023년\t2024년\t2025년\t2026년\t임기후
{table}

3. 추진실적

○ 2024년 상반기 청년 가게 공모

- ▷ 기 간: 2024. 3. ~ 2024. 5.
- ▷ 선 정: 청년 가게 12곳
{extra}
4. 향후계획

○ 2024. 9. 하반기 공모
"""


def html_card(n: int = 0, wrong: dict[tuple[str, str, str], str] | None = None, *, factor: int = 1) -> str:
    """The same card as a page to print."""
    p = {k: html.escape(v) for k, v in parts(n, factor).items()}
    rows = []
    for i, row in enumerate(budget_rows(factor, wrong)):
        label = f'<th rowspan="5">{html.escape(row[0])}</th>' if i % 5 == 0 else ""
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row[2:])
        rows.append(f"<tr>{label}<th>{row[1]}</th>{cells}</tr>")
    heads = "".join(f"<th>{period}</th>" for period in ("계", *PERIODS))
    return f"""<!doctype html><html lang="ko"><meta charset="utf-8"><style>
@page {{ size: A4; margin: 16mm 14mm; }}
body {{ font: 10pt NanumGothic, sans-serif; }} h1 {{ text-align: center; font-size: 17pt; margin: 0; }}
table {{ border-collapse: collapse; width: 100%; margin: 3mm 0; }} td, th {{ border: 0.6pt solid #000; padding: 1.2mm 1.5mm; }}
th {{ background: #e8edf2; font-weight: 700; }} .b td {{ text-align: right; }} .b {{ font-size: 8.5pt; }}
.asof {{ text-align: center; }} .unit {{ text-align: right; margin: 0; }}
h2 {{ font-size: 12pt; margin: 5mm 0 1mm; }} p {{ margin: 1mm 0; }}
</style><h1>구청장 공약사항 관리카드</h1><p class="asof">(2024. 6. 30. 現在)</p>
<table><tr><th>공약제목</th><td colspan="3">{p["title"]}</td><th>관리번호</th><td>{p["number"]}</td></tr>
<tr><th rowspan="2">주관부서</th><td rowspan="2">{p["department"]}</td><th>팀 장</th><td>{p["chief"]}</td>
<th rowspan="2">관련부서</th><td rowspan="2">-</td></tr>
<tr><th>담당자</th><td>{p["clerk"]}</td></tr>
<tr><th>사업기간</th><td>2022 ~ 【임기 후 계속】</td><th>소요예산</th><td colspan="3">{p["total"]}</td></tr>
<tr><th>추진상황</th><td>추진중</td><th>진 도</th><td colspan="3">50%</td></tr>
<tr><th>공약목표</th><td colspan="5">○ 누구나 다시 찾는 골목을 만들어 지역 경제를 살린다</td></tr></table>
<h2>1. 추진개요</h2><p>○ 청년 가게 창업 지원 ▷ 연 2회 공모</p><p>&nbsp;&nbsp;- 임차료와 내부 공사비 지원</p>
<h2>2. 투자계획(예산/비예산)</h2><p class="unit">(단위: 백만원)</p>
<table class="b"><tr><th colspan="2">구 분</th>{heads}</tr>{"".join(rows)}</table>
<h2>3. 추진실적</h2><p>○ 2024년 상반기 청년 가게 공모</p><p>&nbsp;&nbsp;- 선 정: 청년 가게 12곳</p>
<h2>4. 향후계획</h2><p>○ 2024. 9. 하반기 공모</p></html>"""


CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def print_pdf(page: str, target: Path, scratch: Path) -> Path:
    """The page printed as PDF by Chromium."""
    source = scratch / "page.html"
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [
            "chromium", *CHROMIUM, f"--user-data-dir={scratch / 'profile'}", "--no-pdf-header-footer",
            f"--print-to-pdf={target}", source.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target
