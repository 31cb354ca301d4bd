"""People in a value: role, rank, name, telephone, in the orders that cards print."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cardextract.values.text import fold

_SERIES = (
    "행정|교육행정|세무|전산|사회복지|복지|사서|속기|감사|통계|공업|기계|전기|화공|농업|축산|녹지|조경|산림|산림자원|임업|해양수산|수산|수의|약무|"
    "보건|보건진료|간호|의료기술|식품위생|위생|조리|환경|시설|토목|건축|도시계획|지적|시설관리|방재안전|방재|방송통신|통신|통신사|운전|학예|기록|"
    "농촌지도|생활지도|사무|일반|기술|임기제|일반임기제|전문임기제|시간선택제|별정|별정직|공업연구|농업연구|환경연구|보건연구|기록연구|학예연구"
)
"""The series of the civil service: a name may not begin the line where one of them stands before a grade."""
_GRADE = r"(?:[1-9]\s?급(?:\s?상당)?|주사보|주사|서기보|서기관|서기|사무관|연구사|연구관|지도사|지도관)"
_RANK = (
    rf"(?:지방\s?)?(?:{_SERIES})[ \t]{{1,2}}{_GRADE}"
    r"|지방[ \t]{1,2}[가-힣]{0,8}[1-9]\s?급(?:상당)?"
    r"|(?:(?:지방|임기제|시간선택제|전문|일반)?[가-힣]{0,8}[1-9]\s?급(?:상당)?"
    r"|(?:지방)?[가-힣]{0,6}(?:주사보|주사|서기보|서기관|서기|사무관|부이사관|이사관|연구사|연구관|지도사|지도관|교육연구사)"
    r"|(?:교육)?(?:장학사|장학관|연구관)|교감|교장|공무직|무기계약직|기간제|청원경찰|전문경력관(?:\s?[가나다]군)?)"
)
_TOKEN = re.compile(
    r"(?P<phone>(?:0\d{1,3}[-).]\s?|\(0\d{1,3}\)\s?|000[-).]\s?)?\d{3,4}-\d{4}(?!\d)|(?<![\d-])0\d{1,2}\.\d{3,4}\.\d{4}(?!\d)"
    r"|(?<![\d-])\d{4}(?![\d-])|(?:(?<=☎)|(?<=☎ )|(?<=내선)|(?<=내선 ))\d{3,5}(?![\d-]))"
    # 홍○○, 김*수: printed with the name masked
    r"|(?P<masked>(?<![가-힣])[가-힣]{1,2}[○◯〇●OX×*]{1,2}[가-힣]?(?![가-힣A-Za-z*]))"
    rf"|(?P<rank>(?<![가-힣])(?:{_RANK})(?![가-힣]))"
    r"|(?P<spaced>(?<![가-힣])[가-힣](?: {1,3}[가-힣]){1,6}(?![가-힣]))"
    r"|(?P<word>[가-힣]+)"
    r"|(?P<open>[(\[])|(?P<close>[)\]])|(?P<break>[,/\n·;|])"
)
_TITLED = re.compile(r"[가-힣]{1,8}(?:팀장|과장|계장|소장|센터장|주무관|사무관)")
"""A role with the name of its office on it: 기획팀장."""
_NO_NAME = re.compile(
    r".*(?:과|팀|부서|센터|담당관|사업소|연락처|전화|번호|성명|직위|직급|내선|성함|없음|미정|공석|국장|실장)"
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person; role without spaces, telephone as printed; `text[start:end]` holds all of it."""

    role: str | None
    rank: str | None
    name: str | None
    phone: str | None
    start: int
    end: int


@dataclass(slots=True)
class _Draft:
    role: str | None = None
    rank: str | None = None
    name: str | None = None
    phone: str | None = None
    start: int = 0
    end: int = 0

    def done(self) -> Person | None:
        if self.name is None and self.phone is None:
            return None
        return Person(self.role, self.rank, self.name, self.phone, self.start, self.end)


_Part = tuple[str, str, int, int]


def _role_before_name(word: str, roles: frozenset[str]) -> str:
    """The longest role with a name of two to four syllables on it (`팀 장 신 정 미`, `팀장신정미`), else nothing."""
    for n in range(len(word) - 2, max(len(word) - 5, 0), -1):
        if word[:n] in roles:
            return word[:n]
    return ""


def _parts(folded: str, roles: frozenset[str]) -> Iterator[_Part]:
    """(kind, text, start, end): role, rank, name, phone, open, close, break."""
    for match in _TOKEN.finditer(folded):
        kind, text, start, end = str(match.lastgroup), match[0], match.start(), match.end()
        word = text.replace(" ", "")
        if kind == "masked":
            yield "name", text, start, end
        elif (kind in ("word", "spaced", "rank") and word in roles) or (
            kind == "word" and _TITLED.fullmatch(word)
        ):
            yield "role", word, start, end
        elif kind in ("word", "spaced"):
            role = _role_before_name(word, roles)
            if role and not _NO_NAME.fullmatch(word):
                yield "role", role, start, end
                yield "name", word[len(role) :], start, end
            elif 2 <= len(word) <= 4 and not _NO_NAME.fullmatch(word):
                yield "name", word, start, end
        else:
            yield kind, text, start, end


def parse_staff(text: str, roles: Collection[str]) -> list[Person]:
    """The people of a value. roles: the role words known (without spaces).

    >>> roles = ["팀장", "주무관", "담당자"]
    >>> [(p.rank, p.name, p.phone) for p in parse_staff("행정6급 한가람(☎4803)", roles)]
    [('행정6급', '한가람', '4803')]
    >>> [(p.role, p.name, p.phone) for p in parse_staff("팀장 한가람 290-7456 주무관 윤슬 290-5527", roles)]
    [('팀장', '한가람', '290-7456'), ('주무관', '윤슬', '290-5527')]
    >>> [(p.rank, p.name, p.phone) for p in parse_staff("한가람 (행정8급, 051-519-6702)", roles)]
    [('행정8급', '한가람', '051-519-6702')]
    >>> [(p.rank, p.name, p.phone) for p in parse_staff("한○○ 주무관(4803), 행정6급 윤슬 / 4805", roles)]
    [('주무관', '한○○', '4803'), ('행정6급', '윤슬', '4805')]
    """
    people: list[Person] = []
    draft = _Draft()
    depth = 0

    def flush() -> None:
        nonlocal draft
        if person := draft.done():
            people.append(person)
        draft = _Draft()

    parts = list(_parts(fold(text), frozenset(roles)))
    for number, (kind, part, start, end) in enumerate(parts):
        if kind in ("open", "close"):
            depth += 1 if kind == "open" else -1
            if kind == "close" and draft.name and start == draft.end:
                draft.end = end
            continue
        following = parts[number + 1][0] if number + 1 < len(parts) else ""
        if kind == "break":
            own = following == "phone" and draft.phone is None  # `행정7급 한가람 / 1742`
            if depth <= 0 and part != "·" and draft.name and not own:
                flush()
            continue
        if kind == "role" and _stands_behind(draft, following, text[draft.end : start]):
            draft.rank, draft.end = draft.rank or part, end  # `한가람 주무관(1742)`
            continue
        if _begins_another(draft, kind, following):
            flush()
        if draft.role is draft.rank is draft.name is draft.phone is None:
            draft.start = start
        setattr(draft, kind, text[start:end] if kind == "phone" else part)
        draft.end = end
    flush()
    return people


def _stands_behind(draft: _Draft, after: str, between: str) -> bool:
    """Whether a role word is the title behind the name before it, not the beginning of the next person."""
    return (
        draft.name is not None
        and draft.role is draft.phone is None
        and after not in ("name", "rank")
        and not between.strip()
        and "\n" not in between
    )


def _begins_another(draft: _Draft, kind: str, after: str) -> bool:
    """Whether this part belongs to the next person. after: the kind of the part behind it."""
    if kind == "role":
        return any((draft.role, draft.rank, draft.name, draft.phone))
    if kind == "rank":
        # "한가람 행정7급 (…)" is one person, "한가람 행정7급 윤슬" are two
        return draft.rank is not None or (
            draft.name is not None and (after == "name" or draft.phone is not None)
        )
    if kind == "name":
        return draft.name is not None or draft.phone is not None
    return draft.phone is not None
