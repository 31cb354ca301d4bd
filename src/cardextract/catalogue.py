# ruff: noqa: E501 - a message is one line of Korean, as a reader of the page sees it
"""The codes of all findings: severity, Korean title and message, why it matters and how it is usually mended.

A code is never renamed or given another meaning: people filter and script on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Code:
    """A catalogue entry. `message` is filled with the keyword arguments of `finding()`."""

    severity: Severity
    title: str
    message: str
    why: str
    mend: str


SUMS = {
    "ROW_SUM": Code(
        "error", "행 합계 불일치", "{label} {whole} ≠ 연도별 합 {sum} (차이 {gap}){hint}",
        "합계와 연도별 금액 가운데 적어도 하나는 틀린 숫자입니다.",
        "원본의 그 행을 예산 자료와 맞추어 틀린 칸을 고칩니다. 제안이 있으면 그 칸 하나만 고쳐도 행과 열이 모두 맞습니다.",
    ),
    "COLUMN_SUM": Code(
        "error", "열 합계 불일치", "{label} {whole} ≠ 재원별 합 {sum} (차이 {gap}){hint}",
        "총계와 재원별 금액 가운데 적어도 하나는 틀린 숫자입니다.",
        "원본의 그 열을 예산 자료와 맞추어 틀린 칸을 고칩니다. 제안이 있으면 그 칸 하나만 고쳐도 행과 열이 모두 맞습니다.",
    ),
    "SUBTOTAL": Code(
        "error", "소계 불일치", "{label} {whole} ≠ 합 {sum} (차이 {gap}){hint}",
        "임기내 소계는 공약 이행률 산정의 분모여서 틀리면 비율이 모두 틀립니다.",
        "소계에 들어가는 연도를 확인하고 틀린 칸을 고칩니다.",
    ),
    "ROUNDING": Code(
        "info", "반올림 차이", "{label} {whole}과(와) 합 {sum}의 차이 {gap}은(는) 반올림으로 보입니다",
        "부분을 반올림하고 합계는 정확히 적으면 마지막 자리에서 차이가 납니다. 오류가 아닙니다.",
        "고치지 않아도 됩니다. 더 작은 단위로 적으면 사라집니다.",
    ),
    "HEADER_TABLE": Code(
        "error", "머리표와 예산표의 금액 불일치", "{label}: {whole} ≠ {sum} (차이 {gap}){hint}",
        "같은 사업비가 한 카드에 두 값으로 적혀 있어 어느 쪽이 공표된 값인지 알 수 없습니다.",
        "예산표의 총계와 머리표의 금액을 같은 기준(기투자·임기후 포함 여부)으로 맞춥니다.",
    ),
    "HEADER_BREAKDOWN": Code(
        "error", "재원별 합계 불일치", "{label}: {whole} ≠ {sum} (차이 {gap}){hint}",
        "괄호 안의 재원별 금액을 더하면 총액이 되지 않습니다.",
        "예산표의 재원별 계와 견주어 틀린 재원이나 총액을 고칩니다.",
    ),
    "DECIMAL_SEPARATOR": Code(
        "error", "쉼표 자리에 점", "{label}의 ‘{printed}’은(는) {slip} 것으로 보입니다. {right}",
        "천 단위 쉼표가 소수점으로 바뀌어 금액이 천분의 일로 읽힙니다.",
        "점을 쉼표로, 천분의 일로 적힌 금액을 제 금액으로 고칩니다.",
    ),
    "UNIT_SLIP": Code(
        "error", "단위가 서로 다름", "{label}의 단위를 확인하십시오: {header} ↔ {table}",
        "단위 표시(천원, 백만원)와 적힌 숫자가 맞지 않아 표 전체가 몇백 배, 몇천 배로 읽힙니다.",
        "표 위의 단위 표시나 머리표 금액의 단위를 고칩니다.",
    ),
    "SHIFTED_CELL": Code(
        "error", "칸이 밀림", "{label}의 금액이 옆 칸으로 밀린 것으로 보입니다. 제자리: {right}",
        "행의 합은 맞아도 금액이 모두 다른 연도에 들어갑니다.",
        "제안된 순서로 칸을 옮기고 다시 점검합니다.",
    ),
    "NEGATIVE_AMOUNT": Code(
        "warning", "음수 금액", "{label}의 금액이 음수입니다: {amount}",
        "예산과 집행액은 보통 음수가 아닙니다. 감액(△)은 변경표에만 나옵니다.",
        "감액을 적은 칸이면 그대로 두고, 아니면 부호를 고칩니다.",
    ),
    "SHARE_SUM": Code(
        "warning", "재원 비율의 합이 100%가 아님", "재원 비율의 합이 {actual}%입니다: {label}",
        "비율로 적은 재원이 빠졌거나 틀렸습니다.",
        "빠진 재원을 더하거나 비율을 고칩니다.",
    ),
    "TASKS_OVER_BUDGET": Code(
        "warning", "추진과제 사업비의 합이 총사업비 초과", "추진과제 사업비의 합 {tasks} > 총사업비 {total} (초과 {gap})",
        "과제별 사업비를 더하면 사업 전체보다 많습니다.",
        "과제별 금액의 단위와 중복을 확인합니다.",
    ),
}  # fmt: skip

CONSISTENCY = {
    "SPENT_OVER_PLAN": Code(
        "error", "집행액이 계획 초과", "{label} 집행 {spent} > 계획 {plan} (초과 {gap})",
        "전체 집행액이 총사업비보다 많으면 집행률이 100%를 넘습니다.",
        "집행액의 자릿수와 총사업비 변경 여부를 확인합니다.",
    ),
    "YEAR_OVERSPENT": Code(
        "warning", "연도 집행액이 계획 초과", "{label} 집행 {spent} > 계획 {plan} (초과 {gap})",
        "이월이나 추경으로 있을 수 있지만 계획이 고쳐지지 않았거나 연도가 밀린 것일 수 있습니다.",
        "이월액이면 그대로 두고, 아니면 그 연도의 계획이나 집행액을 고칩니다.",
    ),
    "SPENT_AFTER_AS_OF": Code(
        "warning", "기준일 뒤의 집행액", "기준일({as_of}) 뒤인 {label}에 집행액 {spent}이(가) 있습니다",
        "아직 오지 않은 기간에 쓴 돈은 있을 수 없습니다.",
        "집행액이 다음 칸으로 밀렸는지, 예정액을 적었는지 확인합니다.",
    ),
    "BEFORE_DIFFERS": Code(
        "warning", "기투자액이 다름", "기투자 계획 {plan} ≠ 집행 {spent} (차이 {gap})",
        "기투자는 이미 쓴 돈이므로 계획표와 집행표의 값이 같아야 합니다.",
        "결산액으로 두 칸을 맞춥니다.",
    ),
    "STATUS_PROGRESS": Code(
        "error", "추진상태와 진도율 모순", "{label}인데 진도율이 {actual}%입니다",
        "완료 여부는 평가의 기준이므로 상태와 진도율이 서로 맞아야 합니다.",
        "완료이면 진도율을 100%로, 아니면 상태를 고칩니다.",
    ),
    "PROGRESS_RANGE": Code(
        "error", "진도율 범위 벗어남", "{label} {actual}%는 0~100% 밖입니다",
        "진도율은 0과 100 사이의 값입니다.",
        "자릿수와 소수점을 확인합니다.",
    ),
    "PERIOD_BUDGET": Code(
        "info", "사업기간과 예산이 다름", "사업기간({period})과 예산이 맞지 않습니다: {label} 계획액 {plan}",
        "사업기간과 연차별 계획 가운데 하나가 고쳐지지 않았을 수 있습니다.",
        "사업기간이나 연차별 계획을 고칩니다.",
    ),
    "TEXT_AMOUNT": Code(
        "info", "본문의 금액이 총사업비 초과", "본문의 금액 ‘{label}’이(가) 총사업비 {total}보다 많습니다",
        "본문과 표의 단위가 다르거나 자릿수가 틀렸을 수 있습니다.",
        "본문 금액의 단위를 확인합니다.",
    ),
    "COUNT_LIST": Code(
        "info", "횟수와 날짜 수가 다름", "‘{label}’: {expected}회라고 적었지만 날짜는 {actual}개입니다",
        "횟수와 나열한 날짜 가운데 하나가 틀렸습니다.",
        "날짜를 더하거나 횟수를 고칩니다.",
    ),
    "SELECTED_OVER_APPLIED": Code(
        "warning", "선정이 신청보다 많음", "신청 {expected:,}{label}보다 선정 {actual:,}{label}이(가) 많습니다",
        "신청한 수보다 많이 뽑을 수는 없습니다.",
        "두 수를 확인합니다.",
    ),
    "NON_BUDGET": Code(
        "warning", "비예산인데 예산 있음", "비예산 사업이라고 적었지만 {label}이(가) 있습니다: {amount}",
        "비예산 사업은 재정 지표에서 빠지므로 금액이 있으면 지표가 틀립니다.",
        "비예산 표시나 금액 가운데 하나를 고칩니다.",
    ),
}  # fmt: skip

TIME = {
    "PERIOD_REVERSED": Code(
        "error", "사업기간 앞뒤 바뀜", "사업기간의 시작({start})이 끝({end})보다 늦습니다",
        "기간을 셀 수 없고 기간별 집계에서 빠집니다.",
        "시작과 끝을 바꾸거나 연도를 고칩니다.",
    ),
    "DATE_INVALID": Code(
        "error", "없는 날짜", "‘{actual}’은(는) 달력에 없는 날짜입니다",
        "실적의 근거가 되는 날짜를 확인할 수 없습니다.",
        "원본 공문이나 결재일로 고칩니다.",
    ),
    "DATE_AFTER_AS_OF": Code(
        "error", "기준일 뒤의 실적", "추진실적의 날짜 ‘{actual}’이(가) 기준일({as_of})보다 늦습니다",
        "기준일에 아직 없던 일은 실적이 될 수 없습니다.",
        "예정이면 향후계획으로 옮기고, 아니면 날짜를 고칩니다.",
    ),
    "AS_OF_CONFLICT": Code(
        "warning", "기준일이 서로 다름", "기준일({as_of})과 다른 기준일 ‘{actual}’이(가) 있습니다",
        "어느 시점의 값인지 알 수 없습니다.",
        "카드의 모든 값을 같은 기준일로 고칩니다.",
    ),
    "NEXT_STEP_PAST": Code(
        "info", "지난 향후계획", "향후계획의 날짜 ‘{actual}’이(가) 기준일({as_of})보다 이릅니다",
        "지난 보고의 계획을 고치지 않고 옮겼을 수 있습니다.",
        "이행했으면 추진실적으로 옮기고, 아니면 날짜를 고칩니다.",
    ),
}  # fmt: skip

FORM = {
    "MISSING_FIELD": Code(
        "error", "필수 항목 없음", "‘{label}’ 항목을 찾지 못했습니다",
        "이 항목이 없으면 카드를 찾거나 다른 보고와 이을 수 없습니다.",
        "원본에 적혀 있으면 규칙에 항목 이름을 더하고, 없으면 작성 부서에 보완을 요청합니다.",
    ),
    "MISSING_SECTION": Code(
        "info", "필수 단락 없음", "‘{label}’ 단락을 찾지 못했습니다",
        "관리카드 서식이 요구하는 단락이 빠졌습니다.",
        "단락 제목을 확인하고 다른 이름이면 규칙에 더합니다.",
    ),
    "EMPTY_SECTION": Code(
        "info", "빈 단락", "‘{label}’ 단락에 내용이 없습니다",
        "내용이 없거나 표·그림으로만 되어 있습니다.",
        "‘해당없음’이라도 적으면 빠뜨린 것과 구별됩니다.",
    ),
    "UNPROVEN_COLUMNS": Code(
        "error", "열을 합계로 확인하지 못함", "제목 행이 값과 어긋난 예산표입니다. 어느 열의 금액인지 합계로 확인하지 못했습니다",
        "변환에서 병합이나 빈칸이 사라져 금액이 다른 연도나 재원으로 읽혔을 수 있습니다.",
        "원본 파일(HWP, PDF)로 다시 추출하거나, 검토 화면에서 금액의 열을 확인합니다.",
    ),
    "UNPLACED": Code(
        "error", "열을 알 수 없는 금액", "‘{label}’ 행의 금액이 어느 열의 것인지 합계로 정할 수 없습니다",
        "변환하면서 빈칸이 사라져 금액이 어느 연도의 것인지 증명할 수 없습니다.",
        "검토 화면에서 원본을 보고 열을 정합니다.",
    ),
    "UNREADABLE_AMOUNT": Code(
        "error", "읽을 수 없는 금액", "‘{actual}’을(를) 금액으로 읽을 수 없습니다",
        "읽지 못한 금액은 합계와 지표에서 빠집니다.",
        "검토 화면에서 원본대로 고쳐 적습니다.",
    ),
    "AMBIGUOUS_CELL": Code(
        "error", "같은 칸이 두 번", "{label}이(가) 두 번 나오고 값이 다릅니다",
        "한 금액이 두 값으로 적혀 있습니다.",
        "맞는 값을 남깁니다.",
    ),
    "UNREAD_BUDGET": Code(
        "error", "읽지 못한 예산표", "‘{label}’의 표는 예산표로 보이지만 행과 열이 무엇인지 알 수 없습니다",
        "표의 행과 열이 무엇인지 몰라 금액을 하나도 쓰지 못했습니다.",
        "규칙에 행과 열의 이름을 더합니다.",
    ),
    "UNKNOWN_LABEL": Code(
        "info", "모르는 항목 이름", "‘{label}’은(는) 규칙에 없는 항목입니다",
        "값은 other_fields에 그대로 남아 있습니다.",
        "쓸 항목이면 규칙에 이름을 더합니다.",
    ),
    "PROFILE_DOUBT": Code(
        "warning", "서식을 정하지 못함", "이 문서에 맞는 서식(profile)을 하나로 정하지 못해 바탕 규칙(base)으로 읽었습니다: {label}",
        "서식의 규칙이 쓰이지 않아 그 서식만의 항목이 빠질 수 있습니다.",
        "--profile로 서식을 정하거나 서식의 [[detect]]에 그 서식에만 있는 말을 더합니다.",
    ),
    "UNKNOWN_COLUMN": Code(
        "warning", "모르는 행·열 이름", "예산표의 행이나 열 이름 ‘{label}’을(를) 알 수 없습니다",
        "재원의 이름이면 그 금액은 기타로 기록합니다. 기타에 따로 금액이 있거나 재원이 아니면 기록하지 않습니다.",
        "규칙에 그 이름을 더합니다.",
    ),
    "SAME_SOURCE": Code(
        "warning", "한 재원에 두 이름", "‘{expected}’과(와) ‘{actual}’은(는) 기록에서 같은 재원입니다. ‘{actual}’의 금액은 기록하지 않고 합계를 볼 때만 씁니다",
        "기록에는 재원마다 금액이 하나뿐이어서, 두 이름을 한 금액으로 적을 수 없습니다.",
        "원문에서 두 금액을 확인합니다. 다른 재원이면 규칙에 그 이름을 더합니다.",
    ),
    "UNCLAIMED_TEXT": Code(
        "info", "쓰이지 않은 글", "어느 규칙도 읽지 않은 글: {actual}",
        "기록에 들어가지 않은 글입니다. 금액이 있으면 경고가 됩니다.",
        "필요한 글이면 규칙을 더합니다.",
    ),
    "MEMO": Code(
        "info", "메모나 숨은 글", "원본의 이 자리에 {label}이(가) 있습니다: {actual}",
        "인쇄되지 않는 글이어서 기록에 넣지 않았습니다. 고칠 값을 메모에만 적어 두었을 수 있습니다. 금액이 있으면 경고가 됩니다.",
        "메모대로 고칠 것이 있으면 검토 화면에서 고치고, 없으면 그대로 둡니다.",
    ),
    "UNREADABLE_VALUE": Code(
        "warning", "읽을 수 없는 값", "‘{label}’의 값 ‘{actual}’을(를) 읽을 수 없습니다",
        "값의 형식을 몰라 비워 두었습니다.",
        "원본을 고치거나 검토 화면에서 고쳐 적습니다.",
    ),
    "HEADER_SHIFTED": Code(
        "info", "제목 행이 밀림", "제목 행이 {label}칸 짧아 값에 맞추어 옮겼습니다",
        "변환하면서 병합된 칸이 사라졌습니다. 합계로 자리를 확인했습니다.",
        "고치지 않아도 됩니다.",
    ),
    "UNKNOWN_UNIT": Code(
        "warning", "단위 없음", "예산표의 단위를 찾지 못했습니다",
        "단위를 모르면 금액의 크기를 알 수 없습니다.",
        "표 위에 단위를 적거나 규칙에 기본 단위를 둡니다.",
    ),
    "CONFLICTING_READING": Code(
        "warning", "두 판독이 다름", "두 판독 결과가 다릅니다: {label}",
        "두 가지 방법으로 읽은 값이 달라 어느 쪽이 맞는지 모릅니다.",
        "검토 화면에서 원본을 보고 고릅니다.",
    ),
    "STALE_CORRECTION": Code(
        "warning", "낡은 수정", "수정 당시의 글 ‘{expected}’이(가) 지금은 ‘{actual}’입니다",
        "원본이 바뀌어 예전 수정을 적용하지 않았습니다.",
        "새 원본을 보고 다시 고치거나 수정을 지웁니다.",
    ),
    "NEEDS_OCR": Code(
        "error", "글자가 없는 쪽", "{label}쪽에 글자가 없습니다. 문자 인식(OCR)이 필요합니다",
        "그림으로만 된 쪽은 읽을 수 없습니다.",
        "원본 문서 파일을 받거나 문자 인식을 거친 파일을 넣습니다.",
    ),
    "UNDECODABLE_TEXT": Code(
        "error", "풀 수 없는 글자", "{label}쪽의 글꼴에서 글자를 알아낼 수 없습니다",
        "PDF에 글자 대응표가 없어 글자를 알 수 없습니다.",
        "다른 형식의 원본을 넣거나 PDF를 다시 만듭니다.",
    ),
    "DAMAGED_TEXT": Code(
        "warning", "손상된 글자", "손상된 글자가 있습니다: {actual}",
        "깨진 글자나 글꼴 전용 문자는 다른 곳에서 읽을 수 없습니다.",
        "원본을 보고 고쳐 적습니다.",
    ),
    "UNREAD_PART": Code(
        "warning", "읽지 못한 부분", "문서 안의 {label}은(는) 읽지 않았습니다",
        "끼워 넣은 부분에 글이 있으면 기록에서 빠집니다.",
        "원본에서 그 부분을 본문으로 옮기거나 따로 저장하여 넣습니다.",
    ),
    "PERSONAL_NUMBER": Code(
        "warning", "개인정보", "{label}로 보이는 번호가 있습니다: {actual}",
        "이름과 내선번호를 넘는 개인정보는 공개 자료에 실을 수 없습니다.",
        "공개하기 전에 지우거나 가립니다.",
    ),
}  # fmt: skip

ACROSS = {
    "DUPLICATE_NUMBER": Code(
        "error", "관리번호 중복", "관리번호 {actual}이(가) 같은 보고의 다른 카드에도 있습니다: {label}",
        "관리번호로 카드를 찾거나 다른 보고와 이을 수 없습니다.",
        "두 카드 가운데 틀린 번호를 고칩니다.",
    ),
    "DUPLICATE_CARD": Code(
        "warning", "같은 카드가 두 파일에", "같은 카드(번호 {actual}, 기준일 {as_of})가 다른 파일에도 있습니다: {label}",
        "한 공약이 집계에 두 번 들어갑니다.",
        "하나를 inbox에서 빼냅니다.",
    ),
    "DUPLICATE_BUDGET": Code(
        "info", "다른 공약과 같은 예산표", "예산표가 다른 카드와 모두 같습니다: {label}",
        "예산표를 복사한 뒤 고치지 않았을 수 있습니다.",
        "두 카드의 예산을 확인합니다. 한 사업을 나눈 공약이면 그대로 둡니다.",
    ),
    "LONGITUDINAL": Code(
        "info", "지난 보고와 다름", "{label} ({report}): {before} → {after}",
        "누적 값이 줄거나 지난 연도의 값이 바뀌면 둘 가운데 하나는 틀린 보고입니다. 계획의 변경은 알림으로만 남깁니다.",
        "두 보고를 나란히 보고 틀린 쪽을 고치거나 변경 사유를 남깁니다.",
    ),
}  # fmt: skip

FILES = {
    "ENCRYPTED": Code(
        "error", "잠긴 문서", "암호가 걸렸거나 배포용으로 잠긴 문서입니다",
        "잠긴 문서는 열 수 없어 그 안의 카드가 기록에서 모두 빠집니다.",
        "원본 프로그램에서 암호나 배포용 제한을 풀고 다시 저장하여 넣습니다.",
    ),
    "CORRUPT": Code(
        "error", "손상된 파일", "파일이 손상되어 읽을 수 없습니다",
        "깨진 곳의 앞뒤를 믿을 수 없어 일부만 읽지 않습니다.",
        "원본 프로그램에서 열어 다시 저장하거나 원본을 다시 받습니다.",
    ),
    "TRUNCATED": Code(
        "error", "잘린 파일", "파일의 끝이 잘렸습니다",
        "복사나 내려받기가 도중에 끊기면 뒤쪽의 카드가 사라집니다.",
        "원본을 다시 복사하거나 내려받습니다.",
    ),
    "UNSUPPORTED_TYPE": Code(
        "error", "읽지 않는 형식", "읽을 수 있는 형식이 아닙니다",
        "형식은 이름이 아니라 내용으로 판단합니다.",
        "HWPX, DOCX, PDF, HTML, 글 파일 가운데 하나로 저장하여 넣습니다.",
    ),
    "ENCODING_UNKNOWN": Code(
        "error", "알 수 없는 글자 부호화", "글자의 부호화(인코딩)를 알 수 없습니다",
        "부호화를 어림하면 글자와 숫자가 소리 없이 바뀔 수 있습니다.",
        "UTF-8로 다시 저장합니다.",
    ),
    "NO_TEXT": Code(
        "error", "글이 없는 파일", "글이 없는 파일입니다",
        "비었거나 그림으로만 된 파일에서는 카드를 읽을 수 없습니다.",
        "글이 들어 있는 원본을 넣습니다. 그림이면 문자 인식(OCR)을 거칩니다.",
    ),
    "TOO_LARGE": Code(
        "error", "너무 큰 파일", "너무 큽니다: {label}",
        "작은 파일이 풀리면서 기계를 멈추게 하는 일을 막는 한도입니다.",
        "파일을 나누어 넣습니다.",
    ),
    "NO_CARD": Code(
        "error", "카드가 없는 파일", "공약 관리카드로 볼 수 있는 부분이 없습니다. 문서와 규칙(rules)을 확인해 주세요.",
        "다른 문서이거나 아직 규칙이 없는 서식입니다. 카드라면 기록에서 빠진 것입니다.",
        "다른 문서면 접수함에서 빼냅니다. 카드면 `cardextract explain`으로 까닭을 보고 규칙을 더합니다.",
    ),
    "LIMIT_CPU": Code(
        "error", "계산 시간 초과", "읽는 데 계산 시간이 한도({label}초)를 넘었습니다. 파일을 나누거나 한도(--max-cpu)를 늘려 주세요.",
        "한 파일이 다른 파일들의 판독을 막지 않게 하는 한도입니다.",
        "파일을 나누거나 `--max-cpu`를 늘려 다시 실행합니다.",
    ),
    "LIMIT_TIME": Code(
        "error", "시간 초과", "읽는 데 시간이 한도({label}초)를 넘었습니다. 파일을 나누거나 한도(--max-time)를 늘려 주세요.",
        "저장 장치가 멈추었거나 기계가 몹시 바쁠 때 끝없이 기다리지 않게 하는 한도입니다.",
        "저장 장치를 확인하고 `--max-time`을 늘려 다시 실행합니다.",
    ),
    "LIMIT_MEMORY": Code(
        "error", "메모리 초과", "읽는 데 메모리가 한도({label} MiB)를 넘었습니다. 파일을 나누거나 한도(--max-memory)를 늘려 주세요.",
        "한 파일이 기계의 메모리를 다 쓰지 않게 하는 한도입니다.",
        "파일을 나누거나 `--max-memory`를 늘려 다시 실행합니다.",
    ),
    "TOO_DEEP": Code(
        "error", "너무 깊은 구조", "표나 목록이 너무 깊이 겹쳐 있습니다. 겹친 표를 풀어 다시 저장해 주세요.",
        "수백 겹으로 겹친 구조는 사람이 만든 문서에 없으며 판독을 멈추게 합니다.",
        "겹친 표를 풀어 다시 저장합니다.",
    ),
    "WORKER_DIED": Code(
        "error", "판독 프로세스가 멈춤", "이 파일을 읽다가 판독 프로세스가 두 번 멈췄습니다({label}). 원본에서 다시 저장해 주세요.",
        "파일이 판독 라이브러리의 잘못을 건드렸습니다. 다른 파일에는 영향이 없습니다.",
        "원본 프로그램에서 다시 저장하거나 다른 형식으로 넣습니다.",
    ),
    "INTERNAL_ERROR": Code(
        "error", "프로그램 오류", "프로그램 오류로 읽지 못했습니다({label}). 개발자에게 알려 주세요.",
        "이 프로그램의 잘못이며 문서의 잘못이 아닙니다. 다음 실행에서 다시 읽습니다.",
        "`--log json`의 기록을 개발자에게 보냅니다.",
    ),
    "NOT_READABLE": Code(
        "error", "열 수 없는 파일", "파일을 열 수 없습니다({label}). 읽기 권한과 저장 장치를 확인해 주세요.",
        "읽지 못한 파일의 카드는 기록에서 빠집니다.",
        "읽기 권한과 저장 장치를 확인하고 다시 실행합니다.",
    ),
    "CHANGED_WHILE_READING": Code(
        "error", "읽는 동안 바뀐 파일", "읽는 동안 파일이 바뀌었습니다. 복사가 끝난 뒤 다시 실행해 주세요.",
        "반쯤 복사된 파일의 값은 어느 판의 것도 아닐 수 있습니다.",
        "복사가 끝난 뒤 다시 실행합니다.",
    ),
    "ID_COLLISION": Code(
        "error", "기록 번호가 겹침", "내용이 다른 ‘{label}’와(과) 기록 번호가 겹칩니다. 다시 저장하면 번호가 달라집니다.",
        "기록 번호는 파일 내용의 해시 앞부분입니다. 겹친 채로 두면 한 기록이 다른 기록을 덮습니다.",
        "둘 가운데 한 파일을 원본 프로그램에서 다시 저장합니다.",
    ),
    "DUPLICATE": Code(
        "info", "내용이 같은 파일", "‘{label}’와(과) 내용이 같은 파일입니다. 기록은 그 파일에 한 번만 만듭니다.",
        "같은 카드를 두 번 세지 않습니다.",
        "고치지 않아도 됩니다.",
    ),
    "NOT_A_REGULAR_FILE": Code(
        "info", "일반 파일이 아님", "일반 파일이 아닙니다({label}). 원본 파일을 접수함 안에 직접 넣어 주세요.",
        "링크나 파이프는 접수함 밖을 가리키거나 끝없이 기다리게 할 수 있어 열지 않습니다.",
        "원본 파일을 접수함 안에 직접 넣습니다.",
    ),
    "TEMPORARY_FILE": Code(
        "info", "임시 파일", "다른 프로그램이 쓰는 임시 파일이라 건너뜁니다.",
        "열려 있거나 내려받는 중인 문서의 조각이며 문서가 아닙니다.",
        "문서를 닫거나 내려받기를 마치면 사라집니다.",
    ),
    "SYSTEM_FILE": Code(
        "info", "운영체제의 파일", "운영체제가 만든 파일이라 건너뜁니다.",
        "폴더의 보기 설정 따위이며 문서가 아닙니다.",
        "고치지 않아도 됩니다.",
    ),
}  # fmt: skip
"""Why a file gave no record. The ledger has the code in small letters. Readers say it more exactly than the
message here; rules cannot change the severity, since what was not read must show."""

CATALOGUE: dict[str, Code] = {**SUMS, **CONSISTENCY, **TIME, **FORM, **ACROSS, **FILES}
"""All codes; docs/checks.md is made from it."""

GROUPS = {
    "금액의 합": SUMS,
    "값끼리의 모순": CONSISTENCY,
    "날짜": TIME,
    "서식과 판독": FORM,
    "카드와 카드, 보고와 보고": ACROSS,
    "파일": FILES,
}
LEVELS = {"error": "오류", "warning": "경고", "info": "알림"}

KINDS = {
    "SHIFTED_CELL": "`shift` 옆 칸으로 밀림, `swap` 두 칸이 바뀜, `timing` 집행 시기로 보아 밀림",
    "PROFILE_DOUBT": "`tie` 둘 이상의 서식이 비슷하게 맞음, `weak` 가장 나은 서식도 확실하지 않음(알림)",
    "UNIT_SLIP": "`table` 표 전체, `line` 한 행이나 열",
    "ROW_SUM": "`digit_swap` 자리 바뀜, `lost_digit` 자리 빠짐, `extra_digit` 자리 더함, `one_digit` 한 자리 틀림, `thousand` 천 배, `sign` 부호",
    "HEADER_TABLE": "`source` 재원별 금액이 다름, `basis` 기투자나 임기후를 뺀 금액과는 같음(경고)",
    "PERIOD_BUDGET": "`outside` 기간 밖에 계획액이 있음, `nothing_after` 임기 후 계속인데 임기후 계획액이 없음",
    "UNKNOWN_COLUMN": "`source` 기타로 기록했고 합계가 맞음(알림), `likely_source` 기타로 기록했으나 합계로 증명되지 않음, `aside` `likely_aside` 재원이지만 기타에 다른 금액이 있어 합계를 볼 때만 씀",
    "STATUS_PROGRESS": "`not_finished` 완료인데 100% 미만, `finished` 100%인데 추진중, `not_begun` 미착수인데 진도가 있음",
    "MEMO": "`memo` 메모, `comment` 숨은 설명, `hidden` 숨긴 글(글자 숨김)",
    "PERSONAL_NUMBER": "`mobile` 휴대전화, `resident` 주민등록번호",
    "LONGITUDINAL": "`spent_back` 누적 집행액 감소, `progress_back` 진도율 감소, `status_back` 완료가 취소됨, `past_rewritten` 지난 연도 집행액 변경(이상 경고); `plan_changed` 계획 변경, `title_changed` `department_changed` `period_changed` 항목 변경, `copied` 실적이 그대로, `report_missing` 빠진 보고(이상 알림)",
}
"""What the `kind` of a finding can be."""


def page() -> str:
    """docs/checks.md: every code with its severity, message, reason and remedy."""
    out = [
        "# 점검 목록",
        "",
        "<!-- made from src/cardextract/catalogue.py: python -m cardextract.catalogue > docs/checks.md -->",
        "",
        "모든 점검 결과(finding)는 코드 하나를 가집니다. 코드의 이름과 뜻은 바뀌지 않습니다.",
        "심각도는 규칙 파일의 `[severity]`에서 코드별로 `error`, `warning`, `info`, `off`로 바꿀 수 있습니다.",
        "다른 결과 때문에 생긴 결과는 `caused_by`에 그 결과의 id를 적습니다. 원인 하나를 고치면 함께 사라집니다.",
        "",
    ]
    for title, codes in GROUPS.items():
        out += [f"## {title}", ""]
        if codes is FILES:
            out += [
                "기록을 만들지 못한 파일의 코드이며 대장(ledger.jsonl)에는 소문자로 적습니다. 메시지는 판독기가 파일마다 더",
                "자세히 적기도 합니다. 심각도는 규칙으로 바꿀 수 없습니다.",
                "",
            ]
        for name, code in codes.items():
            out += [f"### {name}: {code.title} ({LEVELS[code.severity]})", ""]
            out += [f"- 메시지: {code.message}", f"- 까닭: {code.why}", f"- 고치는 법: {code.mend}"]
            if name in KINDS:
                out.append(f"- 종류(`kind`): {KINDS[name]}")
            out.append("")
    return "\n".join(out).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
