"""[indicators.checks]: within which limits a value is believed, refused or doubted."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from topics.kit.manifest_model import Table, told

Additive = Literal["sum", "mean", "none"]


class ChecksSpec(Table):
    """What is checked of an indicator's values; what is not written is not checked."""

    min: float | None = told(None, "硬下限:小于它的值拒收", 0)
    max: float | None = told(None, "硬上限:大于它的值拒收", 100)
    soft_min: float | None = told(None, "软下限:小于它的值收下,标为存疑", 5)
    soft_max: float | None = told(None, "软上限:大于它的值收下,标为存疑", 95)
    jump: float | None = told(None, "较前两期都变化超过此数(本指标单位)即标为存疑", 50, gt=0)
    jump_percent: float | None = told(
        None, "较前两期都变化超过百分之几即标为存疑;两个都写时须都超过", 80, gt=0
    )
    jump_times: float | None = told(
        None, "较上期变化超过近期各期变化中位数的多少倍(稳健)即标为存疑", 10, gt=1
    )
    stuck_hours: int | None = told(None, "连续几个小时的值完全相等即疑为仪器卡死", 8, ge=2, le=240)
    steady: tuple[float, ...] = told((), "可以长时间不变、不算卡死的值,如无雨时的 0", [0])
    additive: Additive = told(
        "none", "上下级核对:sum 下级之和等于上级,mean 上级在下级最小与最大之间", "sum"
    )
    tolerance: float = told(1.0, "上下级核对的容差(%)", 1.0, ge=0, le=100)
    complete: float | None = told(
        None, "近 30 期应到数据中实到的比例(%)低于它即提示不完整", 90, ge=0, le=100
    )
    basis: str = told("", "界限的依据", "HJ 663-2013 附录 A")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        named = ("min", "soft_min", "soft_max", "max")
        given = [(name, value) for name in named if (value := getattr(self, name)) is not None]
        for (lower, low), (upper, high) in pairwise(given):
            if low > high:
                raise ValueError(f"{lower} 不能大于 {upper};顺序是 min ≤ soft_min ≤ soft_max ≤ max")
        return self

    @property
    def bounded(self) -> bool:
        """Whether there is any limit to a single value."""
        return any(one is not None for one in (self.min, self.max, self.soft_min, self.soft_max))

    @property
    def jumps(self) -> bool:
        """Whether a value is compared with the periods before it as it comes in."""
        return self.jump is not None or self.jump_percent is not None
