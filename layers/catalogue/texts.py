"""Plain texts that people write about layers: one rule for all of them."""

from __future__ import annotations

import unicodedata

from layers.catalogue.faults import Faults


def text_of(value: object, where: str, faults: Faults, *, longest: int) -> str:
    """The value as a trimmed text; a fault for anything else, too long, or with control signs."""
    if value is None:
        return ""
    if not isinstance(value, str):
        faults.add(where, "应是文字")
        return ""
    text = value.strip()
    if len(text) > longest:
        faults.add(where, f"太长,最多 {longest} 字")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
        faults.add(where, "含有看不见的控制字符;请重新输入")
    return text
