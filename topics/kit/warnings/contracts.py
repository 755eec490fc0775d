"""The values of 法定预警."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ACTIONS = ("发布", "更新", "解除")

RESPONSES = ("Ⅰ级", "Ⅱ级", "Ⅲ级", "Ⅳ级")
"""应急响应级别: a field of its own, never a level of a 预警 (PRACTICE 1)."""

LEVELS = ("红", "橙", "黄", "蓝", "白")
"""Worst first; 白 is 广东's 台风 only."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issuer published, as it came. `replaces` is his own reference of the older entry."""

    issuer: str
    kind: str
    signal: str
    level: str
    area: tuple[str, ...]  # region codes
    valid_from: datetime
    valid_to: datetime | None
    text: str
    reference: str  # his own number: the same one never stands for two texts
    action: str = "发布"
    replaces: str | None = None
    response: str = ""


@dataclass(frozen=True, slots=True)
class LegalWarning:
    """One entry as it is kept; `replaced_at` is when a later one of its issuer took its place."""

    id: int
    issued: Issued
    received_at: datetime
    received_by: str
    drill: bool = False
    replaced_at: datetime | None = None

    def in_force(self, moment: datetime) -> bool:
        """Whether it holds at that moment: valid, not replaced, not an end itself."""
        one = self.issued
        return (
            self.received_at <= moment
            and one.action != "解除"
            and one.valid_from <= moment
            and (one.valid_to is None or moment < one.valid_to)
            and (self.replaced_at is None or self.replaced_at > moment)
        )
