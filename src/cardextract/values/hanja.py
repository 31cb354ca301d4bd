"""Readings of the Hanja that the labels of cards are printed in (事業費, 推進狀況): for matching only, never for values."""

from __future__ import annotations

_PAIRS = """
公공 約약 事사 業업 名명 稱칭 費비 國국 道도 市시 郡군 區구 民민 資자 間간 基기 金금 其기 他타 計계 合합 小소 總총 累누
推추 進진 狀상 況황 度도 率율 期기 限한 主주 管관 擔담 當당 部부 署서 關관 聯연 連연 協협 助조 者자 長장 番번 號호 理리
目목 標표 的적 課과 題제 細세 內내 容용 豫예 算산 所소 要요 投투 入입 執집 行행 支지 出출 確확 保보 額액 實실 績적 劃획
畫획 分분 類류 旣기 既기 任임 後후 前전 向향 財재 源원 別별 地지 方방 備비 考고 成성 果과 效효 待대 問문 點점 對대 策책
必필 性성 背배 景경 槪개 概개 程정 位위 置치 規규 模모 完완 了료 正정 常상 中중 留류 廢폐 棄기 遲지 延연 未미 着착 手수
援원 特특 交교 付부 稅세 債채 補보 單단 千천 百백 萬만 億억 圓원 第제 次차 上상 下하 半반 準준 項항 參참 照조 全전 體체
以이 早조 定정 再재 統통 側측 使사 用용 決결 重중 新신 舊구 續속 繼계 持지 通통 障장 碍애 解해 消소 案안 意의 見견 評평 價가
職직 級급 姓성 絡락 處처 電전 話화 根근 據거 法법 住주 面면 積적 象상 量량 數수 件건 元원 借차 寄기 附부 自자 負부 私사
"""

HANJA = {pair[0]: pair[1] for pair in _PAIRS.split()}
"""Character -> its reading. One to one, so that offsets stay true."""
