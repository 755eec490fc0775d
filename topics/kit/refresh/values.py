"""What the cells of a source mean: numbers, gaps, status words."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from topics.kit.contracts import ValueStatus

_GAPS = {"", "-", "--", "—", "——", "/", "na", "n/a", "nan", "null", "none", "缺测", "缺报", "无"}
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
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


def parse_value(cell: object) -> float | None:
    """The number in a cell, None for a gap; ValueError says in Chinese why it is neither."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise ValueError(f"{cell} 不是数")
    if isinstance(cell, int | float | Decimal):
        return _finite(float(cell), cell)
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if text.lower() in _GAPS:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        return _finite(float(text), cell)
    except ValueError as wrong:
        raise ValueError(f"“{cell}”不是数;请去掉单位和文字") from wrong


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
