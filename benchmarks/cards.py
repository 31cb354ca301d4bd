"""Invented text cards in any number: `python benchmarks/cards.py FOLDER COUNT [--start N]`.

The layout is that of a converted district card (tab-separated grids, lost blank cells, about 6 KB). 가온구 does
not exist; names, figures and deeds are made by arithmetic from the card's number, so that the same call gives
the same bytes. Sums add up: what a run over these cards reports is noise of the program, not of the cards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

TITLES = (
    "걷고 싶은 골목길 만들기", "온마을 돌봄센터 건립", "가온천 물길 되살리기", "청년 일자리 이음터 운영",
    "작은 도서관 늘리기", "전통시장 주차장 조성", "어르신 일자리 넓히기", "학교 앞 안전길 만들기",
    "빈집 고쳐 쓰기", "공공자전거 대여소 늘리기", "치매안심센터 분소 설치", "동네 체육관 짓기",
)  # fmt: skip
AREAS = ("동부", "서부", "남부", "북부", "중앙", "강변", "산자락", "역세권", "구도심", "신시가지")
DEPARTMENTS = (
    "도시재생과",
    "복지정책과",
    "환경과",
    "일자리경제과",
    "문화체육과",
    "교통행정과",
    "어르신복지과",
)
NAMES = ("김하나", "이두리", "박세찬", "최네온", "정다솔", "강여울", "조이레", "윤여진")
DEEDS = (
    "기본계획 수립 용역 착수", "주민 설명회 개최", "실시설계 완료", "보상 협의 추진", "공사 착공", "운영 위탁 협약 체결",
    "시설 점검 및 보완", "참여자 모집 공고", "전문가 자문회의 운영", "만족도 조사 실시",
)  # fmt: skip
YEARS = ("2022년", "2023년", "2024년", "2025년", "2026년")


def pseudo(n: int, salt: int, limit: int) -> int:
    """A number below limit that depends on both others and looks like chance."""
    return (n * 2654435761 + salt * 40503 + (n >> 3) * 97) % 4294967291 % limit


def table(n: int) -> tuple[list[str], int, list[int]]:
    """The budget table: its lines, its total in million won, and the totals of the sources."""
    plan = {
        source: [pseudo(n, salt * 10 + year, 900) + 20 for year in range(7)]
        for salt, source in enumerate(("국비", "시비", "구비", "기타"))
    }
    spent = {
        s: [v if y < 2 else v // 2 if y == 2 else 0 for y, v in enumerate(row)] for s, row in plan.items()
    }
    lines = ["구 분\t계\t기투자\t" + "\t".join(YEARS) + "\t임기후\t"]
    for name, block in (("소요 예산 (계획)", plan), ("투입 예산", spent)):
        total = [sum(column) for column in zip(*block.values(), strict=True)]
        for i, (source, row) in enumerate({"총계": total, **block}.items()):
            cells = [f"{v:,}" if v else "-" for v in (sum(row), *row)]
            lines.append((name if i == 0 else "") + "\t" + source + "\t" + "\t".join(cells))
    return lines, sum(map(sum, plan.values())), [sum(row) for row in plan.values()]


def deeds(n: int) -> list[str]:
    """The achievements: five headings with six results each, some with figures below."""
    lines = []
    for head in range(5):
        area = AREAS[(n + head) % len(AREAS)]
        lines += ["", f"○ {area} 구간 {TITLES[(n + head) % len(TITLES)]} 추진 ({n}-{head})", ""]
        for deed in range(6):
            what = DEEDS[(n + head * 3 + deed) % len(DEEDS)]
            month, amount = 1 + pseudo(n, head * 7 + deed, 6), 10 + pseudo(n, head * 11 + deed, 800)
            lines.append(f"- ▷ {what}: 2024. {month}. (사업비 {amount}백만원)")
            if deed % 2:
                lines.append(f" - 대 상: 관내 {amount % 90 + 3}개소, 주민 {amount * 3:,}명 참여")
    return lines


def card(n: int) -> str:
    """The text of card number n."""
    title = f"{AREAS[n % len(AREAS)]} {TITLES[n // len(AREAS) % len(TITLES)]} {n}호"
    rows, total, (national, city, district, other) = table(n)
    department, partner = DEPARTMENTS[n % 7], DEPARTMENTS[(n + 3) % 7]
    head, clerk = NAMES[n % 8], NAMES[(n + 3) % 8]
    number = f"{n // 2500 + 1}-{n // 50 % 50 + 1}-{n % 50 + 1}"
    parts = f"국{national:,}, 시{city:,}, 구{district:,}, 기타{other:,}"
    lines = [
        "", "", "구청장 공약사항 관리카드", "", "(2024. 6. 30. 現在)", "",
        f"공약제목\t{title}\t\t\t관리번호\t{number}",
        f"주관부서\t{department}\t팀 장\t행정6급 {head}(☎{4000 + n % 999})\t관련부서\t{partner}",
        f"\t\t담당자\t행정7급 {clerk}(☎{4000 + (n + 1) % 999})\t\t",
        f"사업기간\t2022. 7. ~ 2026. 6.\t\t소요예산\t{total:,}백만원({parts})\t",
        f"추진상황\t추진중\t\t진 도\t{pseudo(n, 5, 90)}%\t",
        f"공약목표\t○ {title}(으)로 살기 좋은 가온구 만들기\t\t\t\t",
        f"추진과제\t○ {title} 기본계획 수립 ○ 주민 참여단 운영 ○ 시설 조성과 운영\t\t\t\t", "",
        "1. 추진개요", "",
        f"- {title} 추진 ▷ {total:,}백만원", " - 주민이 바라는 시설을 먼저 조성",
        "- 주민 참여단 운영 ▷ 연 4회 실시", " - 건의사항 청취와 처리 결과 공개",
        "- 시설 조성과 운영 ▷ 수시", " - 운영 규정 마련, 담당 인력 배치", "",
        "2. 투자계획(예산/비예산)", "", "(단위: 백만원)", "", *rows, "",
        "3. 추진실적", *deeds(n), "",
        "4. 추진상 문제점 및 대책(협조사항)", "",
        f"- {AREAS[(n + 4) % 10]} 구간의 토지 보상이 늦어지고 있어 소유자와 협의를 계속하고, 필요하면 구간을 나누어 착공함", "",
        "5. 향후계획", "",
        "- 2024년 하반기 공사 착공 : 2024. 9. ~ 2024.12.", "- 사업장 점검: 분기별", "",
        "6. 기타 참고사항(관련사진 등)", "", f"{title}(현장 점검)", "",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def write(folder: Path, count: int, start: int = 0) -> None:
    """So many cards as files, a thousand to a folder."""
    for n in range(start, start + count):
        here = folder / f"{n // 1000:04}"
        if n % 1000 == 0 or n == start:
            here.mkdir(parents=True, exist_ok=True)
        (here / f"card{n:07}.txt").write_text(card(n), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--start", type=int, default=0)
    given = parser.parse_args()
    write(given.folder, given.count, given.start)
