"""strange(layout) -> the layout with a source whose name no rule knows, among those that are known."""

from __future__ import annotations

import random
from dataclasses import replace

from .grammar import Layout

NAMES = [
    "달빛나눔", "발전소 지원", "한들수력", "소담개발", "마을살림", "다온재단", "주민참여분", "상생협약분", "풍력이익공유", "댐주변 지원",
    "폐광지역", "K-상생", "TF부담", "온누리은행", "햇살기업", "입주업체", "조합원 몫", "새솔그룹", "사회공헌", "주민참여",
    "관광진흥원", "스포츠토토", "마사회", "한빛전력", "항만청", "우체국", "대학", "병원", "문화원", "종교계",
    "출향인", "고향사랑", "주민모금분", "이자수입", "매각수입", "임대료", "입장료", "잉여", "공모 상금", "RISE",
]  # fmt: skip
"""Invented or plain words; none is in the rules, none ends like a source that is."""


def strange(layout: Layout) -> Layout:
    """The layout with one more source; its money is `other`, where it stands is drawn."""
    rng = random.Random(f"strange-{layout.seed}")
    if layout.sources == ["total"]:
        return layout
    sources = [s for s in layout.sources if s != "other"]
    sources.insert(rng.randint(0, len(sources)), "other")
    return replace(layout, sources=sources, source_names={**layout.source_names, "other": rng.choice(NAMES)})
