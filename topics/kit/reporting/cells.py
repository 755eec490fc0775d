"""What the text of a cell means: a number, a gap, or neither. The only reading there is.

People paste what Excel shows: thousands separators, full-width digits, per cent signs, dashes for
gaps, the unit behind the number. A text that is none of these is never guessed at.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

_GAPS = frozenset("- -- --- — —— – − / \\ * … ... na n/a #n/a null none 缺 缺测 缺报 无".split())
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "‐": "-", "‑": "-", "，": ","})
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_EXCEL_ERROR = re.compile(r"#(REF|DIV/0|VALUE|NAME|NUM|NULL)[!?]?", re.IGNORECASE)
_SCALED = re.compile(r"([+-]?[\d,.]+)(万亿|亿|千万|百万|万|千)")
_LARGEST = 1e15  # beyond this a double no longer keeps the digits that were typed
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """The number of a cell; None with `gap` when somebody wrote that there is none.

    `problem` says in Chinese why the text is no number, with the fix.
    """

    value: float | None = None
    gap: bool = False
    problem: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return self.value is None and not self.gap and self.problem is None


def read_cell(text: str, unit: str = "") -> Reading:
    """What the text says in a column of that unit; never raises."""
    if len(text) > LONGEST:
        return Reading(problem=f"超过 {LONGEST} 个字;这里只填数")
    plain = unicodedata.normalize("NFKC", text)
    plain = _SPACES.sub("", plain)
    if not plain:
        return Reading()
    if plain.lower() in _GAPS:
        return Reading(gap=True)
    if _EXCEL_ERROR.fullmatch(plain):
        return Reading(problem=f"“{plain}”是 Excel 算式出错;请在原表改好算式后重新粘贴")
    return _number(_without_unit(plain.translate(_MINUS), unit), text.strip(), unit)


def _number(plain: str, typed: str, unit: str) -> Reading:
    if plain.endswith("%"):
        return Reading(problem=f"本列单位是{unit or '无单位'},不填百分数;请改成{unit or '数'}")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN.fullmatch(plain):
        return Reading(problem=_why(plain, typed, unit))
    value = float(plain)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        return Reading(problem=f"“{typed}”太大;请核对单位({unit or '无单位'})")
    return Reading(value + 0.0)


def _why(plain: str, typed: str, unit: str) -> str:
    if _SCALED.fullmatch(plain):
        return f"“{typed}”带了数量级;请换算成{unit or '数'}再填"
    if "," in plain:
        return f"“{typed}”的逗号位置不对;千分位每三位一个,小数点用 ."
    return f"“{typed}”不是数;请只填数,缺数填 -"


def _without_unit(plain: str, unit: str) -> str:
    """The text without the column's own unit behind it."""
    own = _SPACES.sub("", unicodedata.normalize("NFKC", unit))
    return plain.removesuffix(own) if own and plain != own else plain
