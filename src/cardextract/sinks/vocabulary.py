"""Labels of every field of the JSON files: Korean title, unit, the words that documents print for it.

The meanings stand in the models (their docstrings) and, for the plain dataclasses, here. Schemas and the
dictionary in docs/output.md are made from both; a field without a label fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """Korean title, meaning (where the model has no docstring), unit, words printed in the documents."""

    title: str
    meaning: str = ""
    unit: str = ""
    terms: str = ""


FIELDS: dict[str, dict[str, Label]] = {
    "Card": {
        "schema_version": Label(
            "스키마 판", "Version of this schema; see docs/output.md for what changes it."
        ),
        "card_id": Label("카드 식별자"),
        "source": Label("원본 파일", "The input file."),
        "profile": Label("프로파일", "Rules profile that read the card."),
        "rules_sha256": Label("규칙 해시", "SHA-256 of the resolved rules."),
        "issuer": Label(
            "자치단체", "Stated in the document, else by profile or `--issuer`.", terms="구청, 시청, 군청"
        ),
        "report_title": Label("보고서 제목", "Title of the report."),
        "as_of": Label("기준일", terms="기준, 현재, 現在"),
        "number": Label("관리번호", "As printed.", terms="관리번호, 공약번호, 연번"),
        "title": Label("공약명", "Title of the pledge.", terms="공약제목, 공약명, 사업명, 과제명"),
        "lead_department": Label("주관부서", "Department in charge.", terms="주관부서, 추진부서, 담당부서"),
        "related_departments": Label("관련부서", "Departments involved.", terms="관련부서, 협조부서"),
        "staff": Label("담당자", "People responsible (personal data).", terms="팀장, 담당자"),
        "period": Label("사업기간", "When the pledge is carried out.", terms="사업기간, 추진기간"),
        "budget_total": Label("총사업비", unit="KRW", terms="소요예산, 총사업비, 사업비"),
        "budget_by_source": Label("재원별 사업비", unit="KRW", terms="국비, 시비, 도비, 구비, 군비"),
        "status": Label("추진상태", "What the card says of its state.", terms="추진상황, 추진현황"),
        "progress": Label("진도율", unit="percent", terms="진도, 추진율, 이행률, 달성률"),
        "rates": Label("인쇄된 비율", "Every printed rate with its label.", terms="진도율, 집행률, 공정률"),
        "goals": Label("공약목표", "Goals.", terms="공약목표, 사업목적"),
        "tasks": Label("추진과제", "Tasks.", terms="추진과제, 세부사업"),
        "other_fields": Label("그 밖의 항목", "Header fields with no place of their own, by printed label."),
        "sections": Label("단원", "Parts of the card under a heading."),
        "budget": Label("예산", "Every cell of the budget tables.", terms="투자계획, 소요예산, 투입예산"),
        "captions": Label("사진 설명", "Captions."),
        "findings": Label("검토 사항", "What a person should look at."),
        "evidence": Label("근거", "Path of a value -> its raw text and place."),
    },
    "SourceFile": {
        "path": Label("경로"),
        "sha256": Label("해시", "SHA-256 of the file."),
        "format": Label("형식"),
        "card_index": Label("파일 안 순서"),
        "pages": Label("쪽"),
    },
    "Staff": {
        "role": Label("직책", terms="팀장, 담당자"),
        "rank": Label("직급", "Rank.", terms="행정6급"),
        "name": Label("이름", "Name."),
        "phone": Label("전화", "Phone or extension.", terms="☎"),
    },
    "Period": {
        "start": Label("시작", "ISO, as precise as printed."),
        "end": Label("끝"),
        "beyond_term": Label("임기 후 계속"),
    },
    "Rate": {"label": Label("이름", "Printed label."), "percent": Label("비율", "The rate.", "percent")},
    "Task": {
        "text": Label("과제", "The task, without amount and date."),
        "amount": Label("금액", unit="KRW"),
        "until": Label("기한", "Until when, ISO."),
    },
    "Mention": {
        "type": Label("종류", "Kind of fact."),
        "text": Label("원문", "The words."),
        "value": Label("값", "Normalized value; money in won."),
        "unit": Label("단위", "Unit of a number."),
        "of": Label("대상"),
        "start": Label("시작", unit="characters"),
        "end": Label("끝", "Character after the last.", "characters"),
    },
    "Item": {
        "marker": Label("글머리", "Printed bullet."),
        "text": Label("내용", "The text, without its bullet."),
        "children": Label("하위 항목", "Bullets below."),
        "mentions": Label("언급", "Facts in the text."),
    },
    "GridCell": {
        "row": Label("행", "From 0."),
        "col": Label("열", "From 0."),
        "rowspan": Label("행 병합", "Rows it covers."),
        "colspan": Label("열 병합", "Columns it covers."),
        "text": Label("내용", "The text."),
    },
    "Grid": {
        "rows": Label("행 수", "Number of rows."),
        "cols": Label("열 수", "Number of columns."),
        "cells": Label("칸", "The cells."),
    },
    "Section": {
        "kind": Label("종류", "Kind by the heading's words."),
        "number": Label("번호", "Printed number."),
        "title": Label("제목", "Printed heading."),
        "items": Label("항목", "Bullets."),
        "tables": Label("표", "Tables that are no budget."),
    },
    "BudgetCell": {
        "ledger": Label("장부", "plan, secured or spent.", terms="소요예산(계획), 확보, 투입예산(집행)"),
        "source": Label("재원", "Source of the money.", terms="국비, 시비, 도비, 구비, 군비, 민자, 기금"),
        "period": Label("기간", terms="계, 기투자, 2022년, 임기내, 임기후"),
        "amount": Label("금액", unit="KRW"),
        "state": Label("상태", "How the cell was printed."),
    },
    "Evidence": {
        "text": Label("원문", "Raw text."),
        "place": Label("위치", "Where it stands."),
        "certainty": Label("확실성", "How the value was got."),
        "reason": Label("이유"),
    },
    "Place": {
        "page": Label("쪽", "Page from 1 (PDF)."),
        "box": Label("상자", "x0, top, x1, bottom; origin top left.", "fraction of the page"),
        "line": Label("줄", "Line from 1 (text files)."),
        "start": Label(
            "시작", "First character of the decoded file, byte-order mark not counted.", "characters"
        ),
        "end": Label("끝", "Character after the last.", "characters"),
        "table": Label("표", "Table of the document, from 0."),
        "row": Label("행", "Row, from 0."),
        "col": Label("열", "Column, from 0."),
        "block": Label("문단", "Paragraph outside tables, from 0."),
    },
    "Finding": {
        "id": Label("식별자", "Stable over runs; lapses when the values change."),
        "code": Label("코드", "Code of the catalogue (docs/checks.md)."),
        "kind": Label("종류", "Kind within the code."),
        "severity": Label("심각도", "error, warning or info."),
        "message": Label("설명", "What is wrong, in Korean."),
        "card_id": Label("카드 식별자", "The card; null for a finding of the file itself."),
        "source_path": Label("원본 파일", "File, relative to the inbox."),
        "paths": Label("경로", "Values involved."),
        "places": Label("위치", "Where they stand."),
        "expected": Label("기대값", "What it should be; won for amounts."),
        "actual": Label("실제값", "What is printed; won for amounts."),
        "suggestion": Label("제안", "What would mend it."),
        "caused_by": Label("원인", "The finding that explains it."),
        "state": Label("처리", "open, accepted or ignored."),
    },
    "Suggestion": {
        "path": Label("경로", "The value that would change."),
        "value": Label("값", "Its normalized value."),
        "text": Label("글", "As it would be printed."),
    },
    "Correction": {
        "id": Label("식별자", "Of the decision."),
        "author": Label("결정한 사람", "Who decided."),
        "time": Label("시각"),
        "action": Label("결정", "What was decided."),
        "source_path": Label("원본 파일"),
        "source_sha256": Label("원본 해시", "SHA-256 of the file that was looked at."),
        "card_index": Label("파일 안 순서", "Position of the card in the file, from 1."),
        "place": Label("위치"),
        "path": Label("경로"),
        "code": Label("코드", "Code of the finding decided on."),
        "finding": Label("검토 사항"),
        "was": Label("이전 글"),
        "now": Label("새 글"),
        "reason": Label("이유", "Why."),
        "undoes": Label("취소한 결정"),
    },
    "Line": {
        "path": Label("경로", "File, relative to the inbox, as it is on disk."),
        "sha256": Label("해시", "SHA-256 of the file; null for what was not read."),
        "status": Label("상태", "What became of the input."),
        "code": Label("코드", "Why, if it is not plainly ok."),
        "retryable": Label("재시도 가능", "The same file may be read by a later run as it is."),
        "message": Label("설명", "A sentence for people, in Korean."),
        "cards": Label("카드", "Ids of its records."),
    },
}
"""Model -> field -> label."""
