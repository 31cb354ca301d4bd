"""Three layouts of the project's own (issue 5): two drawn, one in plain words that no rule knows.

`complex` and `merged` are drawn layouts whose budget tables nest (periods over sources over ledgers; merged headings
that a text conversion loses). `plain` is the form of a government that avoids officialese: hardly a label, heading or
status word of it stands in the field guide.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import replace

from . import grammar
from .grammar import Layout

PLAIN_LABELS = {
    "number": "약속 번호표", "title": "우리의 약속", "dept": "맡은 곳", "related": "함께하는 곳", "period": "언제까지",
    "budget": "드는 돈", "status": "어디까지", "progress": "이룬 만큼", "goal": "바라는 모습", "tasks": "하는 일들",
}  # fmt: skip
PLAIN_SECTIONS = {
    "overview": "무엇을 하나요", "background": "왜 하나요", "investment": "돈은 이렇게 써요", "schedule": "언제 무엇을",
    "achievements": "이만큼 했어요", "issues": "어려운 점은요", "next_steps": "다음에 할 일", "effects": "무엇이 좋아지나요", "references": "더 볼 것",
}  # fmt: skip
PLAIN_STATUS = {
    "completed": "다 했어요", "completed_ongoing": "다 했고 이어가요", "in_progress": "잘 되고 있어요", "partial": "일부만 해요",
    "delayed": "늦어지고 있어요", "planned": "아직이에요", "dropped": "안 하기로 했어요",
}  # fmt: skip
PLAIN_LEDGERS = {"plan": "쓸 돈", "secured": "마련한 돈", "spent": "쓴 돈"}


def plain() -> Layout:
    base = grammar.draw(27)
    return replace(
        base, labels=PLAIN_LABELS, section_titles=PLAIN_SECTIONS, status_words=PLAIN_STATUS, ledger_names=PLAIN_LEDGERS,
        ledgers=["plan", "spent"], shape="L,S|P", sources=["national", "sido", "sigungu"], level="gu",
        source_names={"national": "나라 돈", "sido": "시 돈", "sigungu": "구 돈"}, local_group=False, extra=None, in_term=False,
        base_periods=["before", "2022", "2023", "2024", "2025", "2026"], heading="◎ ", marks=("▷", "-", "·"), status_shape="word",
        order=["background", "overview", "investment", "achievements", "issues", "next_steps"], grid="grid", pairs=2, staff_shape="cells",
        roles=["담당자"], number_place="label", number_style="1-2", unit="백만원", unit_place="line", money_style="won_space",
        report_title="우리 구 약속 살림표", as_of_style="現在", captions=None, one_table=None, indicator=False, lossy=False, unknown=[],
        period_styles=["dots"], progress_style="{p}%", budget_first=False,
    )  # fmt: skip


NAMED = {"complex": lambda: grammar.draw(10), "merged": lambda: grammar.draw(37), "plain": plain}
