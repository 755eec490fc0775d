"""What is said of the quality of one value, and the doubts that are kept about values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from topics.kit.contracts import Period
from topics.kit.manifest_indicators import IndicatorSpec

CheckKind = Literal["range", "jump", "stuck", "completeness", "timely", "estimated", "cross"]

KIND_WORDS: dict[CheckKind, str] = {
    "range": "超出合理范围",
    "jump": "较上期跳变",
    "stuck": "疑似卡死",
    "completeness": "数据不完整",
    "timely": "迟报",
    "estimated": "含估算",
    "cross": "上下级不符",
}
"""What a flag of the kind says, in at most eight characters."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One finding: "范围校验通过" is ok, "含估算 1.4%" a warning; `detail` is the sentence."""

    kind: CheckKind
    state: Literal["ok", "warn", "bad", "none"]
    text: str
    detail: str = ""


class Quality(Protocol):
    """What the checks say of values."""

    def tags(
        self, spec: IndicatorSpec, region: str, period: Period, *, as_of: datetime | None
    ) -> Sequence[Tag]:
        """Every check that applies to the indicator, in the order of CheckKind."""


class Cleared(StrEnum):
    """Why a doubt ended.

    corrected: another value came; recovered: the sensor moves again, what it said meanwhile stays
    doubtful; resolved: what was wrong around the value is right now; accepted: a person said that
    the value is true, and it is not doubted again.
    """

    CORRECTED = "corrected"
    RECOVERED = "recovered"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a check found: about one value, or (no `value`) about a series since `period`.

    `until` is the last period it covers, None while it goes on; `detail` is the sentence shown.
    """

    kind: CheckKind
    indicator: str
    region: str
    period: Period
    value: float | None
    detail: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt that was raised, and how it ended; `id` is given by the store."""

    id: int
    doubt: Doubt
    raised_at: datetime
    cleared_at: datetime | None = None
    cleared: Cleared | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody said about a flag, e.g. 已知:设备检修至 12-05; `until` ends its validity."""

    flag: int
    at: datetime
    author: str
    text: str
    until: datetime | None = None
