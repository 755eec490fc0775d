"""统一社会信用代码: whether the check digit is right; a wrong code is flagged, never dropped.

GB 32100-2015: 18 places of 0–9 and A–Z without I O S V Z, weights 3^(i−1) mod 31, check digit
(31 − Σ CᵢWᵢ mod 31) mod 31 (from general knowledge, unverified; vector computed in 4_market).
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUES = {letter: number for number, letter in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


class CodeState(StrEnum):
    """What is known about a written code; only VALID may be joined on."""

    VALID = "正确"
    EMPTY = "未填"
    LENGTH = "不足或超过 18 位"
    LETTER = "含不用的字符"
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
    right = check_digit(code[:-1]) == code[-1]
    return code, CodeState.VALID if right else CodeState.CHECK
