"""Pollution sources with automatic monitors: how much arrived, how much is valid, what is over.

Rules and flags are data (online_flags.csv, online_rules.csv). HJ 212-2025 (in force since
2026-01-01) was not read: the flags are those of HJ 212-2017, marked unverified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from topics.ecology.rule_rows import Row, rows_on, value_on
from topics.kit.measured import Measured, unit_factor

_FLAGS = ("flag", "meaning", "received", "valid", "running")


@dataclass(frozen=True, slots=True)
class HourRecord:
    """One hour of one item: its value and the data flag; None: nothing arrived."""

    value: Measured | None
    flag: str = "N"


class SourceState(IntEnum):
    """What a source does now; numbers rise with how much attention it needs."""

    NORMAL = 1
    STOPPED = 2
    MAINTAINED = 3
    OVER = 4
    OFFLINE = 5

    @property
    def label(self) -> str:
        """What a reader sees."""
        return ("正常", "停运", "维护", "超标", "离线")[self - 1]


@dataclass(frozen=True, slots=True)
class OnlineSummary:
    """A day (or month) of one item of one source, in hours; rates in per cent or None.

    `unknown_flags` are flags that no rule knows: their hours count as received, never as valid.
    """

    expected: int
    received: int
    valid: int
    over: int
    unknown_flags: tuple[str, ...] = ()

    @property
    def transmission(self) -> float | None:
        """传输率: received ÷ expected (unverified)."""
        return _share(self.received, self.expected)

    @property
    def validity(self) -> float | None:
        """有效率: valid ÷ received (unverified)."""
        return _share(self.valid, self.received)

    @property
    def effective(self) -> float | None:
        """传输有效率 = 传输率 × 有效率 (verified-secondary)."""
        sent, valid = self.transmission, self.validity
        if sent is None:
            return None
        return 0.0 if valid is None else sent * valid / 100

    @property
    def compliance(self) -> float | None:
        """达标率: valid hours within the limit ÷ valid hours; flagged hours stay out."""
        return _share(self.valid - self.over, self.valid)


def summarise(
    records: Sequence[HourRecord], limit: float, unit: str, moment: date
) -> OnlineSummary:
    """Count hours; one is over when its mean is above the limit (equal is within).

    A value that cannot be read, is negative or of another dimension counts as received only.
    """
    received = valid = over = 0
    unknown: list[str] = []
    for record in records:
        rule = _flag(record.flag, moment)
        if rule is None:
            unknown.append(record.flag)
        if record.value is None or (rule is not None and rule["received"] != "yes"):
            continue
        received += 1
        amount = _amount(record.value, unit)
        if rule is None or rule["valid"] != "yes" or amount is None:
            continue
        valid += 1
        over += amount > limit
    return OnlineSummary(len(records), received, valid, over, tuple(dict.fromkeys(unknown)))


def ratio_of(record: HourRecord, limit: float, unit: str, moment: date) -> float | None:
    """A valid hour in per cent of its limit; None for one that is flagged or cannot be read."""
    rule = _flag(record.flag, moment)
    if record.value is None or rule is None or rule["valid"] != "yes":
        return None
    amount = _amount(record.value, unit)
    return None if amount is None else 100 * amount / limit


def stopped(record: HourRecord, moment: date) -> bool:
    """Whether the flag says that the plant does not run."""
    rule = _flag(record.flag, moment)
    return rule is not None and rule["running"] == "no"


def offline_after(moment: date) -> int:
    """After so many silent hours a source is offline."""
    found = value_on("online_rules.csv", "offline_after", moment)
    return 1 if found is None else int(found)


def state(records: Sequence[HourRecord], limit: float, unit: str, moment: date) -> SourceState:
    """What the newest hours say, oldest first: offline, stopped, maintained, over or normal."""
    most, silent = offline_after(moment), 0
    for record in reversed(records):
        rule = _flag(record.flag, moment)
        if record.value is not None and (rule is None or rule["received"] == "yes"):
            return _of(record, rule, limit, unit)
        if rule is not None and rule["running"] == "no":
            return SourceState.STOPPED
        silent += 1
        if silent >= most:
            break
    return SourceState.OFFLINE


def _of(record: HourRecord, rule: Row | None, limit: float, unit: str) -> SourceState:
    if rule is not None and rule["running"] == "no":
        return SourceState.STOPPED
    if rule is None or rule["valid"] != "yes":
        return SourceState.MAINTAINED
    amount = None if record.value is None else _amount(record.value, unit)
    if amount is None:
        return SourceState.MAINTAINED
    return SourceState.OVER if amount > limit else SourceState.NORMAL


def _amount(value: Measured, unit: str) -> float | None:
    """The amount in `unit`; below a detection limit, that limit; None when it says nothing."""
    factor = unit_factor(value.unit, unit)
    if factor is None or not value.known or value.at_most is None:
        return None
    return value.at_most * factor


def _flag(flag: str, moment: date) -> Row | None:
    wanted = flag.strip().upper()
    found = rows_on("online_flags.csv", _FLAGS, moment)
    return next((row for row in found if row["flag"] == wanted), None)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
