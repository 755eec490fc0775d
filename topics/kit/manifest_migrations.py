"""[[migrations]]: what became of an indicator in a new version of its topic."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import model_validator

from topics.kit.manifest_model import Id, Table, Text, told


class MigrationSpec(Table):
    """One indicator that was renamed, got another unit, or changed its 口径.

    `factor` turns a value in the old unit into one in the new: 万人次 → 人次 is 10000.
    """

    version: str = told(..., "从专题的哪一版起", "1.1.0", pattern=r"^\d+\.\d+\.\d+$")
    indicator: Id = told(..., "现在的指标编号", "tourism.visitors")
    was: Id | None = told(None, "原来的编号;没有改编号不写", "tourism.guests")
    unit: str | None = told(None, "原来的单位;没有改单位不写", "万人次")
    factor: float | None = told(None, "旧值乘以多少等于新值;改单位时写", 10000.0, gt=0)
    breaks: bool = told(False, "口径调整,前后不可比", True)
    valid_from: date | None = told(None, "口径调整从哪一天的数据起;breaks 时写", "2026-01-01")
    reason: Text = told(..., "原因或依据文件", "统计制度调整")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.unit is None) != (self.factor is None):
            raise ValueError("改单位时 unit(原来的单位)与 factor(旧值乘以多少)要一起写")
        if self.breaks != (self.valid_from is not None):
            raise ValueError("breaks = true 时要写 valid_from,反之不写")
        if not (self.was or self.unit is not None or self.breaks):
            raise ValueError("没有说改了什么;写 was、unit 和 factor,或 breaks")
        if self.was == self.indicator:
            raise ValueError("was 与 indicator 相同;没有改编号就去掉 was")
        return self
