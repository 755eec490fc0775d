"""Chinese texts as people type them without an input method: full pinyin and initials.

pypinyin reads a table of 40,000 signs when it is imported; load this file when first needed.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pypinyin import Style, pinyin

_RUNS = re.compile(r"[一-鿿]+|[^一-鿿]+")
_MOST_READINGS = 32  # of one text: 重 is read zhong and chong, 行 in four ways …
_LIKELIEST = 3
_LONGEST = 60  # signs; what a person looks for stands at the beginning


def spelled(text: str) -> tuple[str, str]:
    """All full spellings and all initials of a text, each reading on a line of its own.

    A full spelling stands once for each sign that it can begin with, so that `"\\n" + typed` is
    found in it exactly where a sign begins. ü is typed v.
    """
    signs = _signs(text)
    usual = [one[0].lower() for one in pinyin(text[:_LONGEST], style=Style.NORMAL)]
    first = usual if len(usual) == len(signs) else [one[0] for one in signs]
    ways = list(_ways(first, signs))
    full = [begun for way in ways for begun in _from_each(way)]
    initials = ["".join(map(_initial, way)) for way in ways]
    return _lines(full), _lines(initials)


@lru_cache(maxsize=20_000)
def typed(text: str) -> str:
    """Spelling and initials from each sign on, in the few likeliest readings.

    Enough for owners and field titles, of which there are very many.
    """
    signs = _signs(text)
    ways = list(itertools.islice(_ways([one[0] for one in signs], signs), _LIKELIEST))
    short = dict.fromkeys(tuple(map(_initial, way)) for way in ways)
    return _lines(begun for way in (*ways, *short) for begun in _from_each(way))


def _signs(text: str) -> list[tuple[str, ...]]:
    """The readings of each sign; what is not Chinese stays together as one."""
    return [
        readings
        for run in _RUNS.findall(text[:_LONGEST])
        for readings in ([_readings(sign) for sign in run] if "一" <= run[0] else [(run.lower(),)])
    ]


@lru_cache(maxsize=20_000)
def _readings(sign: str) -> tuple[str, ...]:
    (readings,) = pinyin(sign, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(one.lower().replace("ü", "v") for one in readings))


def _ways(usual: Sequence[str], signs: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The usual reading and, as far as they are few, all others."""
    first = tuple(one.replace("ü", "v") for one in usual)
    yield first
    if math.prod(map(len, signs)) <= _MOST_READINGS:
        yield from (way for way in itertools.product(*signs) if way != first)
        return
    others = (
        (*first[:at], one, *first[at + 1 :])
        for at, readings in enumerate(signs)
        for one in readings[:3]
        if one != first[at]
    )
    yield from itertools.islice(others, _MOST_READINGS - 1)


def _from_each(way: Sequence[str]) -> Iterator[str]:
    """The text of the parts from the first on, from the second on …"""
    whole, at = "".join(way), 0
    for part in way:
        yield whole[at:]
        at += len(part)


@lru_cache(maxsize=20_000)
def _initial(reading: str) -> str:
    # What is not Chinese (PM2.5, 5G) comes whole and is typed whole.
    return reading[:1] if reading.isalpha() else reading


def _lines(texts: Iterable[str]) -> str:
    return "".join(f"\n{one}" for one in dict.fromkeys(texts))
