"""Versions "1.2.0" and ranges of them, ">=1.0,<2", as manifests and packages write them."""

from __future__ import annotations

import re

Version = tuple[int, ...]

_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")
_PART = re.compile(r"(>=|<=|==|>|<)\s*(\S+)")
_TESTS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def parse_version(text: str) -> Version:
    """The numbers of a version, trailing zeros left out so that 1.0 = 1.0.0; else ValueError."""
    if not _VERSION.fullmatch(text.strip()):
        raise ValueError(f"{text!r} 不是版本号;写成 1.2.0")
    numbers = [int(one) for one in text.strip().split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def parse_range(text: str) -> tuple[tuple[str, Version], ...]:
    """The conditions of a range, all of which must hold; ValueError says how to write it."""
    parts = []
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{text!r} 不是版本条件;写成 >=1.0,<2")
        parts.append((found[1], parse_version(found[2])))
    return tuple(parts)


def fits(version: str, wanted: str) -> bool:
    """Whether a version keeps every condition of a range."""
    own = parse_version(version)
    return all(_TESTS[sign](own, limit) for sign, limit in parse_range(wanted))
