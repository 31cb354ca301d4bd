"""The tidy tables: one fact a row, keys on card_id; which columns they have and what these mean.

Every sink (CSV, XLSX, SQLite, Parquet) and the contracts are made from `TABLES`, and so is the dictionary in
docs/output.md: a column added here and in rows.py is everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from cardextract import card as record
from cardextract import labels
from cardextract.findings import FindingState, Severity
from cardextract.sinks import rows as made
from cardextract.sinks.rows import JOIN, LEDGERS, SOURCES, Json, Row

Type = Literal["string", "integer", "number", "boolean"]

DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    title: Korean label; meaning: for people; unit: KRW, percent, characters, fraction of the page; terms: the
    words that the documents print for it; values: the closed vocabulary; pattern: of a text value.
    """

    name: str
    type: Type
    title: str
    meaning: str
    unit: str | None = None
    terms: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table. key: columns that name a row; unique: others that do; rows: those of one record."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Json], Iterator[Row]]
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(column.name for column in self.columns)

    @property
    def refers(self) -> bool:
        """Whether card_id points at a row of `cards` (empty in findings of a file)."""
        return self.name != "cards"


def text(name: str, title: str, meaning: str, **more: Any) -> Column:
    """A text column."""
    return Column(name, "string", title, meaning, **more)


def whole(name: str, title: str, meaning: str, **more: Any) -> Column:
    """A whole number."""
    return Column(name, "integer", title, meaning, **more)


def won(name: str, title: str, meaning: str, **more: Any) -> Column:
    """A whole number of won."""
    return Column(name, "integer", title, meaning, unit="KRW", **more)


CARD_ID = text(
    "card_id",
    "카드 식별자",
    "The card: first 12 hex digits of the file's SHA-256, `-`, position in the file.",
    required=True,
)
POSITION = whole("position", "순서", "Position in the card, from 0, as printed.", required=True)
PLACE = (
    whole("page", "쪽", "Page from 1 (PDF)."),
    Column("x0", "number", "왼쪽", "Left edge of the box on the page (PDF).", unit="fraction of the page"),
    Column("y0", "number", "위", "Top edge, counted from the top.", unit="fraction of the page"),
    Column("x1", "number", "오른쪽", "Right edge.", unit="fraction of the page"),
    Column("y1", "number", "아래", "Bottom edge.", unit="fraction of the page"),
    whole("line", "줄", "Line from 1 (text files)."),
    whole(
        "start_at",
        "시작",
        "First character in the decoded file, byte-order mark not counted.",
        unit="characters",
    ),
    whole("end_at", "끝", "Character after the last.", unit="characters"),
    whole("table_no", "표", "Number of the table in the document, from 0 (DOCX, HWPX, HWP, HTML)."),
    whole("row_no", "행", "Row of that table, from 0."),
    whole("col_no", "열", "Column of that table, from 0."),
    whole("block_no", "문단", "Number of the paragraph, from 0, outside tables (DOCX, HWPX, HWP, HTML)."),
)


STATUS = text(
    "status",
    "추진상태",
    "What the card says of its state.",
    terms="추진상황, 추진현황, 이행상태",
    values=get_args(record.Status),
)
SECTION = (
    whole("section", "단원 순서", "Position of the section in the card, from 0.", required=True),
    text(
        "section_kind",
        "단원 종류",
        "Kind by the heading's words.",
        values=get_args(record.SectionKind),
        required=True,
    ),
)
STATUS_TITLES = {
    "planned": "착수 전",
    "in_progress": "정상추진",
    "partial": "일부추진",
    "completed": "완료",
    "completed_ongoing": "이행 후 계속추진",
    "delayed": "지연",
    "on_hold": "보류",
    "dropped": "폐기",
}

CARDS = Table(
    "cards",
    "카드",
    "One row a card: its header.",
    (
        CARD_ID,
        text("source_path", "원본 파일", "File, relative to the inbox, as it is on disk.", required=True),
        text("source_sha256", "원본 해시", "SHA-256 of the file.", required=True, pattern="^[0-9a-f]{64}$"),
        text("format", "형식", "Format of the file by its content.", required=True),
        whole("card_index", "파일 안 순서", "Position of the card in the file, from 1.", required=True),
        text("pages", "쪽", f"Pages on which the card stands (PDF), joined by `{JOIN.strip()}`."),
        text("schema_version", "스키마 판", "Version of the record's schema.", required=True),
        text("profile", "프로파일", "Rules profile that read the card.", required=True),
        text("rules_sha256", "규칙 해시", "SHA-256 of the resolved rules.", required=True),
        text("issuer", "자치단체", "Government that issued the card; empty if neither stated nor given."),
        text("report_title", "보고서 제목", "Title of the report."),
        text("as_of", "기준일", "ISO date, or year and month.", pattern=DATE, terms="기준, 현재, 現在"),
        text(
            "number",
            "관리번호",
            "Number of the pledge as printed; a text (`1-1-1` is no date).",
            terms="관리번호, 공약번호, 연번",
        ),
        text("title", "공약명", "Title of the pledge.", terms="공약제목, 공약명, 사업명, 과제명"),
        text("lead_department", "주관부서", "Department in charge.", terms="주관부서, 추진부서, 담당부서"),
        text(
            "related_departments",
            "관련부서",
            f"Departments involved, joined by `{JOIN.strip()}`.",
            terms="관련부서, 협조부서",
        ),
        text(
            "period_start",
            "시작",
            "First day, month or year of the project.",
            pattern=DATE,
            terms="사업기간, 추진기간",
        ),
        text("period_end", "끝", "Last day, month or year; empty if open.", pattern=DATE),
        Column("beyond_term", "boolean", "임기 후 계속", "It goes on after the term.", terms="임기 후 계속"),
        won("budget_total", "총사업비", "Header amount, as printed.", terms="소요예산, 총사업비, 사업비"),
        *(
            won(f"budget_{s}", f"총사업비 중 {labels.SOURCES[s]}", f"Header amount by source: {s}.")
            for s in SOURCES[1:]
        ),
        STATUS,
        Column(
            "progress",
            "number",
            "진도율",
            "Printed progress; never 집행률 or 공정률.",
            unit="percent",
            terms="진도, 추진율, 이행률, 달성률",
        ),
        whole("open_errors", "남은 오류", "Open findings that are errors.", required=True),
        whole("open_warnings", "남은 경고", "Open findings that are warnings.", required=True),
        text("pledge_id", "공약 식별자", "The same for all cards of one pledge over several reports."),
        text("pledge_link", "연결 근거", "Why this card was linked to its pledge."),
    ),
    ("card_id",),
    made.card_rows,
)
BUDGET = Table(
    "budget",
    "예산",
    "One row a cell of the budget tables, as printed.",
    (
        CARD_ID,
        POSITION,
        text(
            "ledger", "장부", "plan 소요·계획, secured 확보, spent 투입·집행.", values=LEDGERS, required=True
        ),
        text(
            "source",
            "재원",
            "Source of the money.",
            values=SOURCES,
            required=True,
            terms="국비, 시비, 도비, 구비, 군비, 민자",
        ),
        text(
            "period",
            "기간",
            "total | before | year | year-half | range | in_term | after_term; empty if unplaced.",
            terms="계, 기투자, 2022년, 임기내, 임기후",
        ),
        won("amount", "금액", "Empty where the cell is blank or unreadable; a blank is never zero."),
        text("state", "상태", "How the cell was printed.", values=get_args(record.State), required=True),
        text("path", "경로", "Key into evidence and findings.", required=True),
    ),
    ("card_id", "position"),
    made.budget_rows,
)
TASKS = Table(
    "tasks",
    "추진과제",
    "One row a task of the pledge.",
    (
        CARD_ID,
        POSITION,
        text("text", "과제", "The task, without amount and date.", terms="추진과제, 세부사업, 세부내용"),
        won("amount", "금액", "Amount in the task's brackets."),
        text("until", "기한", "Until when, ISO.", pattern=DATE),
        text("path", "경로", "Key into evidence and findings.", required=True),
    ),
    ("card_id", "position"),
    made.task_rows,
)
ITEMS = Table(
    "items",
    "항목",
    "One row a bullet; parents stand before their children.",
    (
        CARD_ID,
        POSITION,
        text("path", "경로", "Path of the item; `.text` behind it is the key into evidence.", required=True),
        text("parent", "상위 항목", "Path of the item above; empty at the top of a section."),
        whole("level", "깊이", "Depth in the section, from 0.", required=True),
        *SECTION,
        text("section_number", "단원 번호", "Printed number of the section."),
        text("section_title", "단원 제목", "Printed heading."),
        text("marker", "글머리", "Printed bullet."),
        text("text", "내용", "The text, without its bullet."),
    ),
    ("card_id", "path"),
    made.item_rows,
)
MENTIONS = Table(
    "mentions",
    "언급",
    "One row a fact found in a bullet.",
    (
        CARD_ID,
        POSITION,
        text("item", "항목", "Path of the item.", required=True),
        text(
            "type",
            "종류",
            "money, date, period, percent, count, org, document, law, place, group, condition, label.",
            required=True,
        ),
        text("text", "원문", "The words.", required=True),
        text("value", "값", "Normalized value as text (ISO date, number)."),
        Column("number", "number", "수", "The value where it is a number; money in won."),
        text("unit", "단위", "Unit of the number."),
        text("counted", "대상", "What is counted."),
        whole(
            "start_at",
            "시작",
            "First character in the item's text, from 0.",
            unit="characters",
            required=True,
        ),
        whole("end_at", "끝", "Character after the last.", unit="characters", required=True),
    ),
    ("card_id", "position"),
    made.mention_rows,
)
STAFF = Table(
    "staff",
    "담당자",
    "One row a person responsible (personal data: `--mask-staff`).",
    (
        CARD_ID,
        POSITION,
        text("role", "직책", "Printed label without spaces.", terms="팀장, 담당자, 과장, 주무관"),
        text("rank", "직급", "Rank.", terms="행정6급"),
        text("name", "이름", "Name."),
        text("phone", "전화", "Phone or extension, a text.", terms="☎"),
    ),
    ("card_id", "position"),
    made.staff_rows,
)
CAPTIONS = Table(
    "captions",
    "사진 설명",
    "One row a caption.",
    (
        CARD_ID,
        POSITION,
        text("text", "설명", "The caption."),
    ),
    ("card_id", "position"),
    made.caption_rows,
)
DETAILS = Table(
    "details",
    "그 밖의 머리 항목",
    "Goals, printed rates, related departments, header fields with no column of their own.",
    (
        CARD_ID,
        POSITION,
        text(
            "kind",
            "종류",
            "What it is.",
            values=("goal", "rate", "related_department", "field"),
            required=True,
        ),
        text("label", "이름", "Printed label (rates and fields)."),
        text("text", "내용", "The text."),
        Column("percent", "number", "비율", "The printed rate.", unit="percent"),
    ),
    ("card_id", "position"),
    made.detail_rows,
)
CELLS = Table(
    "cells",
    "표 칸",
    "One row a cell of the tables that are no budget.",
    (
        CARD_ID,
        POSITION,
        *SECTION,
        text("section_title", "단원 제목", "Printed heading."),
        whole("table_no", "표", "Number of the table in the section, from 0.", required=True),
        whole("row_no", "행", "Row, from 0.", required=True),
        whole("col_no", "열", "Column, from 0.", required=True),
        whole("rowspan", "행 병합", "Rows it covers.", required=True),
        whole("colspan", "열 병합", "Columns it covers.", required=True),
        text("text", "내용", "The text."),
    ),
    ("card_id", "position"),
    made.cell_rows,
)
FINDINGS = Table(
    "findings",
    "검토 사항",
    "One row a finding, those of files too.",
    (
        text("finding_id", "식별자", "Stable over runs; lapses when the values change.", required=True),
        replace(CARD_ID, required=False, meaning="The card; empty for a finding of the file itself."),
        text("source_path", "원본 파일", "File, relative to the inbox.", required=True),
        text("code", "코드", "Code of the catalogue (docs/checks.md).", required=True),
        text("kind", "종류", "Kind within the code."),
        text("severity", "심각도", "How bad.", values=get_args(Severity), required=True),
        text("state", "처리", "Decision of the review.", values=get_args(FindingState), required=True),
        text("message", "설명", "What is wrong, in Korean.", required=True),
        text("paths", "경로", f"Values involved, joined by `{JOIN.strip()}`."),
        text("expected", "기대값", "What it should be (won for amounts)."),
        text("actual", "실제값", "What is printed (won for amounts)."),
        text("suggestion_path", "제안 경로", "Value that would mend it."),
        text("suggestion_value", "제안 값", "Its normalized value."),
        text("suggestion_text", "제안 글", "As it would be printed."),
        text("caused_by", "원인", "The finding that explains it."),
        *PLACE,
    ),
    ("finding_id",),
    made.finding_rows,
)
EVIDENCE = Table(
    "evidence",
    "근거",
    "One row a proof: the raw text of a value and where it stands.",
    (
        CARD_ID,
        text("path", "경로", "Path of the value in the record.", required=True),
        text("text", "원문", "Raw text."),
        text(
            "certainty", "확실성", "How the value was got.", values=get_args(record.Certainty), required=True
        ),
        text(
            "reason", "이유", "Why this certainty, or which rule read it; the printed unit for budget cells."
        ),
        *PLACE,
    ),
    ("card_id", "path"),
    made.evidence_rows,
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (CARDS, BUDGET, TASKS, ITEMS, MENTIONS, STAFF, CAPTIONS, DETAILS, CELLS, FINDINGS, EVIDENCE)
}
"""name -> table, in the order in which they are written (referred tables first)."""


def rows(card: Json) -> dict[str, list[Row]]:
    """The rows of one record for every table; the record is JSON-shaped and already masked.

    Two keys that are not part of the record may be given: `pledge_id` and `pledge_link` (see history.py).
    """
    return {name: list(table.rows(card)) for name, table in TABLES.items()}


BUDGET_WIDE = Table(
    "budget_wide",
    "예산(인쇄된 모양)",
    "The budget as printed: a row a source, a column a period (won).",
    (
        CARD_ID,
        *(column for column in CARDS.columns if column.name in ("as_of", "number", "title")),
        *(column for column in BUDGET.columns if column.name in ("ledger", "source")),
        whole(
            "unplaced", "열 모름", "How many amounts of the row have no period; see `budget`.", required=True
        ),
    ),
    ("card_id", "ledger", "source"),
    lambda card: iter(made.wide_rows(card)[1]),
)
"""The first columns of budget_wide; a column of won for every period of any card follows."""


def wide_columns(periods: Iterable[str]) -> tuple[Column, ...]:
    """The columns of budget_wide for these periods."""
    titles = {"total": "계", "before": "기투자", "in_term": "임기내", "after_term": "임기후"}
    amounts = (won(p, titles.get(p, f"{p}년" if p.isdigit() else p), f"Amount of {p}.") for p in periods)
    return (*BUDGET_WIDE.columns, *amounts)
