"""What a laboratory or a station wrote down: a number, "<0.05", "ND", "/", a blank; with its unit.

A value below the detection limit is known only as far as that limit: rules decide what follows, so
the limit is kept and no number is made up. (HJ 91.2-2022 and laboratory practice; data/reference)
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Flag(StrEnum):
    """What is known about a measured value; only OK and BELOW_LIMIT may be judged."""

    OK = "正常"
    BELOW_LIMIT = "低于检出限"
    MISSING = "缺测"
    NOT_MONITORED = "未监测"
    NEGATIVE = "负值"
    UNREADABLE = "读不懂"
    WRONG_UNIT = "单位不符"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in `unit`; `limit` is the detection limit where the value is below it (or unknown).

    `value` is None unless the flag is OK.
    """

    value: float | None
    unit: str
    flag: Flag = Flag.OK
    limit: float | None = None
    written: str = ""

    @property
    def known(self) -> bool:
        """Whether a rule may judge it."""
        return self.flag is Flag.OK or (self.flag is Flag.BELOW_LIMIT and self.limit is not None)

    @property
    def at_most(self) -> float | None:
        """The largest value it can have: the value itself, or the detection limit."""
        return self.value if self.flag is Flag.OK else self.limit


_GRAMS: Mapping[str, float] = MappingProxyType(
    {"g/l": 1e3, "mg/l": 1.0, "µg/l": 1e-3, "ng/l": 1e-6}
)
_AIR: Mapping[str, float] = MappingProxyType({"mg/m³": 1e3, "µg/m³": 1.0, "ng/m³": 1e-3})
_FAMILIES = (_GRAMS, _AIR)
_MISSING = frozenset({"", "-", "--", "—", "——", "缺测", "无数据", "null", "none", "nan", "n/a"})
_NOT_MONITORED = frozenset({"/", "未监测", "未测", "不监测"})
_BELOW = frozenset({"nd", "未检出", "bdl", "<dl"})
_LIMITED = re.compile(r"^(?:<|≤)\s*(?P<before>[\d.,]+(?:e-?\d+)?)$|^(?P<after>[\d.,]+)\s*l$")
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$")


def read_measured(
    given: object, unit: str, *, into: str | None = None, signed: bool = False
) -> Measured:
    """What `given` says, in `into` (default: `unit`); whatever it is, never an exception.

    `signed` allows negative values (temperatures, potentials); elsewhere they are faults.
    """
    wanted = into or unit
    written = "" if given is None else str(given).strip()
    factor = unit_factor(unit, wanted)
    if factor is None:
        return Measured(None, wanted, Flag.WRONG_UNIT, written=written)
    text = unicodedata.normalize("NFKC", written).lower().replace(" ", "")
    if isinstance(given, bool):
        return Measured(None, wanted, Flag.UNREADABLE, written=written)
    if text in _MISSING:
        return Measured(None, wanted, Flag.MISSING, written=written)
    if text in _NOT_MONITORED:
        return Measured(None, wanted, Flag.NOT_MONITORED, written=written)
    if text in _BELOW:
        return Measured(None, wanted, Flag.BELOW_LIMIT, written=written)
    limited = _LIMITED.match(text)
    if limited:
        limit = _number(limited["before"] or limited["after"])
        if limit is None:
            return Measured(None, wanted, Flag.UNREADABLE, written=written)
        return Measured(None, wanted, Flag.BELOW_LIMIT, limit * factor, written)
    value = _number(text)
    if value is None:
        return Measured(None, wanted, Flag.UNREADABLE, written=written)
    if value < 0 and not signed:
        return Measured(None, wanted, Flag.NEGATIVE, written=written)
    return Measured(value * factor, wanted, written=written)


def unit_factor(unit: str, into: str) -> float | None:
    """What a number in `unit` is multiplied with to be one in `into`; None when they differ."""
    one, other = _spelt(unit), _spelt(into)
    if one == other:
        return 1.0
    for family in _FAMILIES:
        if one in family and other in family:
            return family[one] / family[other]
    return None


def _spelt(unit: str) -> str:
    """A unit in one spelling: μ, u and µ are one letter, m3 is m³."""
    text = unit.strip().lower().replace("m3", "m³").replace("μ", "µ")
    return "µ" + text[1:] if text.startswith("ug") else text


def _number(text: str) -> float | None:
    if not text or not _NUMBER.match(text) or not any(one.isdigit() for one in text):
        return None
    value = float(text.replace(",", ""))
    return value if math.isfinite(value) else None
