"""What the cells of a source mean: numbers, gaps, status words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from topics.kit.contracts import ValueStatus

_MISSING = (
    *("", "-", "--", "—", "——", "–", "…", "……", "...", "*", "na", "n/a", "nan", "null", "none"),
    *("缺测", "缺报", "缺", "无", "无数据", "暂无"),
)
_NOT_MONITORED = ("/", "//", "未监测", "不监测", "停测", "不适用")
_GAPS: Mapping[str, ValueStatus] = {
    **dict.fromkeys(_MISSING, ValueStatus.MISSING),
    **dict.fromkeys(_NOT_MONITORED, ValueStatus.NOT_MONITORED),
}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_LARGE = re.compile(r"[+-]?[\d.,]+\s*[万亿千百]")
_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
_STATUS = {
    "": ValueStatus.OK,
    "正常": ValueStatus.OK,
    "有效": ValueStatus.OK,
    "估算": ValueStatus.ESTIMATED,
    "初步": ValueStatus.ESTIMATED,
    "可疑": ValueStatus.SUSPECT,
    "存疑": ValueStatus.SUSPECT,
    "缺测": ValueStatus.MISSING,
    "缺报": ValueStatus.MISSING,
    "未监测": ValueStatus.NOT_MONITORED,
    **{status.value: status for status in ValueStatus},
}


def gap_of(cell: object, gaps: Mapping[str, ValueStatus] | None = None) -> ValueStatus | None:
    """Which kind of gap a cell is: missing or not monitored; None when it says something.

    `gaps` are the source's own marks; they stand over ours ("-" missing, "/" not monitored).
    """
    if cell is None:
        return ValueStatus.MISSING
    if not isinstance(cell, str):
        return None
    text = unicodedata.normalize("NFKC", cell).strip()
    own = {unicodedata.normalize("NFKC", mark).strip(): kind for mark, kind in (gaps or {}).items()}
    return own.get(text) or _GAPS.get(text.lower())


def parse_value(cell: object, unit: str = "") -> float | None:
    """The number in a cell, None for a gap; ValueError says in Chinese why it is neither.

    Thousands separators, full-width digits and the indicator's own unit behind the number are
    read; another unit is not: 12.5% is 12.5 only where the indicator is counted in %.
    """
    if isinstance(cell, bool):
        raise ValueError(f"{cell} 不是数")
    if isinstance(cell, int | float | Decimal):
        return _finite(float(cell), cell)
    if gap_of(cell) is not None:
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip().replace("−", "-")
    shown = unicodedata.normalize("NFKC", unit).strip()
    if shown and text.endswith(shown):
        text = text.removesuffix(shown).rstrip()
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if _NUMBER.fullmatch(text):
        return _finite(float(text), cell)
    raise ValueError(_reason(text, cell, unit))


def _reason(text: str, cell: object, unit: str) -> str:
    if text.lower() in _INFINITE:
        return f"“{cell}”不是有限的数;请在来源查清后改正"
    if text.endswith("%"):
        return f"“{cell}”不是数:带百分号,而指标单位是“{unit or '无'}”;请核对单位"
    if _LARGE.match(text):
        return f"“{cell}”不是数:带万、亿等量词,不能猜;请换算成“{unit or '指标单位'}”"
    return f"“{cell}”不是数;请去掉单位和文字"


def parse_status(cell: object, value: float | None) -> ValueStatus:
    """The status a cell means beside `value`; a gap is missing unless the cell says more."""
    text = "" if cell is None else str(cell).strip()
    found = _STATUS.get(text.lower())
    if found is None:
        raise ValueError(f"状态“{text}”不认识;可写 正常、估算、可疑、缺测、未监测")
    if value is None and found not in (ValueStatus.MISSING, ValueStatus.NOT_MONITORED):
        return ValueStatus.MISSING
    return found


def parse_region(cell: object) -> str:
    """The region code in a cell as text; a spreadsheet's 440203.0 is 440203."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip().removesuffix(".0")


def _finite(number: float, cell: object) -> float:
    if not math.isfinite(number):
        raise ValueError(f"“{cell}”不是有限的数")
    return number
