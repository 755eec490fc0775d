"""The 18-digit code of an organisation (统一社会信用代码, GB 32100-2015) with its check sign."""

from __future__ import annotations

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015, 4.2: no I, O, S, V, Z
_LENGTH = 18


def is_credit_code(text: str) -> bool:
    """Whether the text is such a code: its signs, and the check sign modulo 31."""
    if len(text) != _LENGTH or any(sign not in _SIGNS for sign in text):
        return False
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:-1]))
    return _SIGNS[-total % 31] == text[-1]
