"""The record of one card. Values are plain and normalized; their proof stands in `evidence` under the same path."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from cardextract.document import Certainty as Certainty
from cardextract.document import Place
from cardextract.findings import Finding
from cardextract.plain import plain

SCHEMA_VERSION = "1.0"

Ledger = Literal["plan", "secured", "spent"]
Source = Literal["total", "national", "sido", "sigungu", "private", "grant", "fund", "other"]
State = Literal["stated", "zero_mark", "blank", "unreadable", "unplaced", "corrected"]
Status = Literal[
    "planned", "in_progress", "partial", "completed", "completed_ongoing", "delayed", "on_hold", "dropped"
]
SectionKind = Literal[
    "overview", "background", "investment", "schedule", "achievements", "issues", "next_steps", "effects",
    "references", "other",
]  # fmt: skip


class Model(BaseModel):
    """Base of all records: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class SourceFile(Model):
    """The input file of a card."""

    path: str
    """Path relative to the inbox, as it is on disk (bytes that are no UTF-8 percent-encoded)."""
    sha256: str
    format: str
    """text | pdf | docx | hwpx | hwp | html"""
    card_index: int
    """Position of the card in the file, from 1."""
    pages: list[int] = []
    """Pages on which the card stands (PDF), from 1."""


class Staff(Model):
    """A person responsible."""

    role: str | None = None
    """The printed label without spaces (팀장, 담당자)."""
    rank: str | None = None
    name: str | None = None
    phone: str | None = None


class Period(Model):
    """When the pledge is carried out: ISO dates as precise as printed (2022, 2022-07, 2022-07-01)."""

    start: str | None = None
    end: str | None = None
    """None if open."""
    beyond_term: bool | None = None
    """It goes on after the term."""


class Rate(Model):
    """A printed rate with its label."""

    label: str
    percent: float | None


class Task(Model):
    """One of the pledge's tasks."""

    text: str
    amount: int | None = None
    """Won."""
    until: str | None = None


@plain(frozen=False, slots=True)
class Mention:
    """A fact in a bullet: money, date, period, percent, count, org, document, law, place, group, condition, label."""

    type: str
    text: str
    value: int | float | str | list[str] | None = None
    unit: str | None = None
    of: str | None = None
    """What is counted."""
    start: int = field(kw_only=True)
    """Offset into the item's text."""
    end: int = field(kw_only=True)


class Item(Model):
    """One bullet with the bullets below it."""

    marker: str
    text: str
    children: list[Item] = []
    mentions: list[Mention] = []


class GridCell(Model):
    """A cell of a table that is no budget."""

    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    text: str


class Grid(Model):
    """A table that is no budget, as text."""

    rows: int
    cols: int
    cells: list[GridCell]


class Section(Model):
    """A part of the card under a heading."""

    kind: SectionKind
    number: str | None = None
    title: str
    items: list[Item] = []
    tables: list[Grid] = []


class BudgetCell(Model):
    """One cell of the budget tables; (ledger, source, period) is unique in a card."""

    ledger: Ledger
    source: Source
    period: str | None
    """total | before | 2022 | 2022-H2 | 2028-2030 | in_term | after_term; None if unplaced."""
    amount: int | None
    """Won, as printed, whatever unit was printed. A blank cell is None, never zero by itself."""
    state: State


@plain(frozen=False, slots=True)
class Evidence:
    """The proof of one value: the raw text and where it stands."""

    text: str
    place: Place
    certainty: Certainty = "exact"
    reason: str | None = None
    """Why this certainty, or which rule read it; for budget cells the printed unit (`단위: 백만원`)."""


class Aside(NamedTuple):
    """A printed figure that is an addend of its table's sums and has no key in the record: that of a source which no
    rule knows, beside 기타."""

    ledger: str
    source: str
    period: str
    amount: int
    text: str
    place: Place


class Card(Model):
    """One management card, as printed."""

    schema_version: str = SCHEMA_VERSION
    card_id: str
    """First 12 hex digits of the source's sha256, `-`, card_index."""
    source: SourceFile
    profile: str
    rules_sha256: str
    issuer: str | None = None
    report_title: str | None = None
    as_of: str | None = None
    """ISO date, or 2024-06 where only the month stands."""
    number: str | None = None
    title: str | None = None
    lead_department: str | None = None
    related_departments: list[str] = []
    staff: list[Staff] = []
    period: Period = Period()
    budget_total: int | None = None
    """Won, as printed in the header."""
    budget_by_source: dict[Source, int] = {}
    """Won, by source, those stated in the header."""
    status: Status | None = None
    progress: Annotated[
        float | None, Field(description="Percent; 진도, 추진율, 이행률, 달성률; never 집행률 or 공정률.")
    ] = None
    rates: list[Rate] = []
    goals: list[str] = []
    tasks: list[Task] = []
    other_fields: dict[str, str] = {}
    sections: list[Section] = []
    budget: list[BudgetCell] = []
    captions: list[str] = []
    findings: list[Finding] = []
    evidence: dict[str, Evidence] = {}
    _aside: tuple[Aside, ...] = PrivateAttr(default=())
    """For the checks alone; not printed."""


def budget_path(ledger: str, source: str, period: str | None) -> str:
    """The path of a budget entry.

    >>> budget_path("plan", "national", "2022")
    'budget[plan/national/2022]'
    """
    return f"budget[{ledger}/{source}/{period}]"
