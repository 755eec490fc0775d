"""统一社会信用代码: whether its parts can be right; a wrong code is flagged, never dropped.

GB 32100-2015: 18 places of 0–9 and A–Z without I O S V Z, weights 3^(i−1) mod 31, check digit
(31 − Σ CᵢWᵢ mod 31) mod 31 (from general knowledge, unverified; vector computed in 4_market). The
1st place names the registering authority, places 3–8 are a region's code of GB/T 2260: a code of
nothing but noughts has a right check digit and is nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_OFFICES = frozenset("123456789ANY")  # 机构编制 1, 民政 5, 工商 9, 其他 Y and those added since
# 100000 is the nation; the others begin with a province's code.
_REGION = re.compile(r"(1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}")
_VALUES = {letter: number for number, letter in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


class CodeState(StrEnum):
    """What is known about a written code; only VALID may be joined on."""

    VALID = "正确"
    EMPTY = "未填"
    LENGTH = "不足或超过 18 位"
    LETTER = "含不用的字符"
    OFFICE = "登记管理部门码不符"
    REGION = "行政区划码不符"
    CHECK = "校验码不符"


def check_digit(body: str) -> str:
    """The 18th place for the first 17; ValueError when they are not 17 places of the alphabet."""
    if len(body) != LENGTH - 1 or any(one not in _VALUES for one in body):
        raise ValueError(f"{body!r} 不是 17 位代码;字符只用 0–9 与除 I、O、S、V、Z 外的大写字母")
    total = sum(_VALUES[one] * weight for one, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def read_code(given: object) -> tuple[str, CodeState]:
    """The code in one spelling (upper case, half width, no blanks) and its state; never raises."""
    written = "" if given is None else str(given)
    code = "".join(unicodedata.normalize("NFKC", written).split()).upper()
    if not code:
        return code, CodeState.EMPTY
    if len(code) != LENGTH:
        return code, CodeState.LENGTH
    if any(one not in _VALUES for one in code):
        return code, CodeState.LETTER
    if code[0] not in _OFFICES:
        return code, CodeState.OFFICE
    if not _REGION.fullmatch(code[2:8]):
        return code, CodeState.REGION
    right = check_digit(code[:-1]) == code[-1]
    return code, CodeState.VALID if right else CodeState.CHECK
