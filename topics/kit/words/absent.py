"""What is said where a value is not there."""

from __future__ import annotations

from topics.kit.contracts import ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

_ABSENT = {ValueStatus.MISSING: "缺测", ValueStatus.NOT_MONITORED: "未监测"}


def absent_text(spec: IndicatorSpec, status: ValueStatus) -> str:
    """缺测, 未监测 or what the indicator calls it (无应结事件, NA); "" where there is a value."""
    if status is ValueStatus.NOT_MONITORED and spec.idle:
        return spec.idle
    if status is ValueStatus.MISSING and spec.withheld:
        return spec.withheld
    return _ABSENT.get(status, "")
