"""The words of the pages: written in Korean in the templates, in English by this table."""

from __future__ import annotations

import re
from typing import Literal

Lang = Literal["ko", "en"]

ENGLISH = {
    "공약 카드 검토": "Pledge card review",
    "할 일": "Queue",
    "결정 기록": "Decisions",
    "도움말": "Help",
    "검토자": "Reviewer",
    "출력이 최신입니다": "output is up to date",
    "출력을 다시 쓰는 중": "writing the output…",
    "출력을 다시 쓰지 못함": "the output could not be written",
    "카드": "Card",
    "오류": "errors",
    "경고": "warnings",
    "알림": "notes",
    "남은 오류": "open errors",
    "남은 경고": "open warnings",
    "내보낼 수 있는 카드": "cards ready for release",
    "번호": "No.",
    "공약명": "Title",
    "부서": "Department",
    "기준일": "As of",
    "원본": "Source",
    "가장 확실한 지적": "Surest finding",
    "지적 종류": "Code",
    "심각도": "Severity",
    "전체": "all",
    "보기": "Show",
    "남은 것만": "open only",
    "찾기": "Search",
    "번호, 공약명, 부서, 파일": "number, title, department, file",
    "조회": "Filter",
    "초기화": "Clear",
    "(공약명 없음)": "(no title)",
    "건": "",
    "한꺼번에 받아들이기": "Accept all of them",
    "사유": "Reason",
    "이 종류의 열린 지적을 모두 인쇄된 대로 받아들입니다.": "Accept all open findings of this code as printed.",
    "할 일이 없습니다": "Nothing left to do",
    "모든 지적을 처리했습니다. 오류가 없는 카드는 내보낼 수 있습니다.": "Every finding is dealt with. "
    "Cards without errors can be released.",
    "조건에 맞는 카드가 없습니다.": "No card matches.",
    "아직 카드가 없습니다. 먼저 cardextract run 을 실행하십시오.": "No cards yet. Start with: cardextract run",
    "앞 카드": "Previous card",
    "다음 카드": "Next card",
    "원문": "Source",
    "기록": "Record",
    "확대": "Zoom",
    "표시 숨기기": "Hide marks",
    "확인할 것": "To check",
    "예산": "Budget",
    "머리표": "Header",
    "내용": "Sections",
    "이 카드의 결정": "Decisions on this card",
    "제안": "Suggestion",
    "제안대로 고치기": "Take the suggestion",
    "고치기": "Fix",
    "채우기": "Fill in",
    "자리 정하기": "Assign",
    "그대로 받아들이기": "Accept as printed",
    "무시": "Ignore",
    "나중에": "Later",
    "되돌리기": "Undo",
    "다시 하기": "Redo",
    "옮겨 적용": "Carry over",
    "왜": "Why",
    "어떻게": "How to mend",
    "함께 생긴 지적": "Consequences",
    "인쇄": "printed",
    "빈칸": "blank",
    "합": "Sum",
    "단위": "Unit",
    "저장": "Save",
    "취소": "Cancel",
    "바꾼 칸": "changed cells",
    "인쇄된 글": "Printed text",
    "바른 글": "Right text",
    "받아들임": "accepted",
    "무시함": "ignored",
    "미룸": "put off",
    "고침": "fix",
    "채움": "fill",
    "자리": "assign",
    "되돌림": "undo",
    "내보낼 수 있음": "ready for release",
    "오류가 남아 내보내지 않음": "open errors: not released",
    "닫기": "Close",
    "자리를 모르는 금액": "Amounts without a place",
    "어느 열의 금액입니까?": "Which column does it belong to?",
    "결정": "Decision",
    "일시": "Time",
    "이전": "Before",
    "이후": "After",
    "상태": "State",
    "유효": "in force",
    "되돌려짐": "taken back",
    "바뀜": "replaced",
    "아직 결정이 없습니다": "No decisions yet",
    "지적을 고치거나 받아들이면 여기에 남습니다. 출력 폴더를 지워도 사라지지 않습니다.": "Fixes and accepted "
    "findings are kept here, also when the output folder is deleted.",
    "지적 목록 CSV": "Findings as CSV",
    "쪽": "page",
    "사진": "picture",
    "다음 지적": "Next finding",
    "앞 지적": "Previous finding",
    "예산표로 가기": "Go to the budget grid",
    "목록으로": "Back to the queue",
    "찾기 칸으로": "Go to search",
    "이 도움말": "This help",
    "표시 숨기기/보이기": "Hide or show the marks",
    "크게/작게": "Zoom in or out",
    "한글 입력 상태에서도 글쇠 자리로 움직입니다. 글을 입력하는 동안에는 단축키가 듣지 않습니다.": "Keys work by "
    "their place on the keyboard, also while Hangul input is on; never while you type text.",
    "원본을 보일 수 없습니다": "The source cannot be shown",
    "이 값은 원문에 자리가 없습니다": "This value has no place in the source",
    "저장했습니다": "Saved",
    "그런 카드나 쪽이 없습니다": "No such card or page",
    "원본 파일이 지워졌거나 이름이 바뀌었을 수 있습니다.": "Its source file may have been deleted or renamed.",
    "저장하지 못했습니다": "Not saved",
    "저장하는 중": "Saving…",
    "결정 파일에 읽을 수 없는 줄이 있습니다": "The decisions file has lines that cannot be read",
    "본문으로": "Skip to content",
    "금액 차이": "difference",
    "맞습니다": "closes",
    "항목": "Field",
    "원본 파일이 바뀌었습니다. 새로 읽는 중입니다.": "The source file has changed and is being read again.",
    "지적 없음": "no findings",
    "한국어": "한국어",
    "모두": "all",
    "카드가 되지 못했거나 일부를 읽지 못한 파일": "Files without a card, or read in part",
}


NAMES = {
    "보고 제목": "Report", "기준일": "As of", "관리번호": "No.", "공약명": "Title", "주관부서": "Department",
    "관련부서": "Other department", "담당자": "Staff", "사업기간": "Period", "소요예산": "Budget", "재원": "Source",
    "추진상태": "Status", "진도율": "Progress", "비율": "Rate", "목표": "Goal", "과제": "Task", "사진 설명": "Caption",
    "기관": "Government", "시작": "from", "끝": "to", "직책": "role", "직급": "rank", "이름": "name", "전화": "phone",
    "금액": "amount", "기한": "until", "계획": "Plan", "확보": "Secured", "집행": "Spent", "총계": "total",
    "국비": "national", "시·도비": "metropolitan/province", "시·군·구비": "local", "민자": "private",
    "교부세": "grants", "기금": "funds", "기타": "other", "계": "total", "기투자": "before", "임기내": "in term",
    "임기후": "after term", "상반기": "H1", "하반기": "H2", "총액": "total", "머리표": "header", "예산표": "table",
    "머리표와": "header and", "예산표의": "table", "재원별": "sources", "합": "sum",
}  # fmt: skip
"""The words that values, rows and columns are named with."""


def named(text: str, lang: Lang) -> str:
    """The name of a value in the language asked for, word by word.

    >>> named("계획 국비 2022년 하반기", "en"), named("담당자 1 이름", "en"), named("비율 1", "ko")
    ('Plan national 2022 H2', 'Staff 1 name', '비율 1')
    """
    if lang == "ko":
        return text
    whole = NAMES.get(text)
    return whole or " ".join(NAMES.get(part, re.sub(r"(?<=\d)년$", "", part)) for part in text.split(" "))


def word(text: str, lang: Lang) -> str:
    """A Korean text of the pages in the language asked for; the Korean one where there is no other."""
    return ENGLISH.get(text, text) if lang == "en" else text
