"""What is said where a value is not there."""

from __future__ import annotations

from topics.kit.contracts import ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

_ABSENT = {ValueStatus.MISSING: "缺测", ValueStatus.NOT_MONITORED: "未监测"}


def absent_text(spec: IndicatorSpec, status: ValueStatus) -> str:
    """缺测, 未监测 or what the indicator calls it; "" for a status that has a value."""
    if status is ValueStatus.NOT_MONITORED and spec.idle:
        return spec.idle
    return _ABSENT.get(status, "")
