"""What is said of the quality of one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from topics.kit.contracts import Period
from topics.kit.manifest_indicators import IndicatorSpec

CheckKind = Literal["range", "jump", "stuck", "completeness", "timely", "estimated", "cross"]


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
