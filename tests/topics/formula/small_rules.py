"""Two rules of a topic's own, and a city whose counties have measuring points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.topics.formula.small_city import CITY, COUNTIES, REGIONS, spec
from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Floats, Frame
from topics.kit.formula.formula import Formula, formula_of
from topics.kit.formula.geography import Geography
from topics.kit.formula.own import OwnFunction, own_functions
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_tables import FormulaSpec, FunctionSpec

WUJIANG, ZHENJIANG = COUNTIES[:2]
SECTIONS = [
    Region(code, name, name, "site", county, n, REGIONS[0].valid_from, kind="断面",
           facts=(("target_class", "3"),))
    for n, (code, name, county) in enumerate(
        [("S1", "十里亭", WUJIANG), ("S2", "长坝", WUJIANG), ("S3", "瑶山", ZHENJIANG)]
    )
]  # fmt: skip
STATION = Region("K1", "碧湖站", "碧湖站", "site", WUJIANG, 9, REGIONS[0].valid_from, kind="空气站")
PLACES = Geography([*REGIONS, *SECTIONS, STATION])

OXYGEN = spec("w.do", "mg/L", title="溶解氧", levels=("site",), sites="断面")
AMMONIA = spec("w.nh3n", "mg/L", title="氨氮", levels=("site",), sites="断面")
CLASS = spec("w.grade", "", title="水质类别", levels=("site",), sites="断面")
GOOD = spec("w.good", "%", title="优良比例")
DECLARED = FunctionSpec.model_validate({
    "name": "worst", "function": "rules:worst", "parameters": ["溶解氧", "氨氮"],
    "units": ["mg/L", "mg/L"], "help": "单因子评价的水质类别,1–6", "source": "GB 3838-2002 表 1",
})  # fmt: skip


def worst(frame: Frame, oxygen: Floats, ammonia: Floats) -> Derived:
    """The worse of two made-up classes; with one of them missing the other, estimated."""
    by_oxygen = np.where(np.isnan(oxygen), np.nan, np.where(oxygen >= 5, 2.0, 5.0))
    by_ammonia = np.where(np.isnan(ammonia), np.nan, np.where(ammonia <= 1, 3.0, 6.0))
    one = np.isnan(by_oxygen) != np.isnan(by_ammonia)
    return Derived(np.fmax(by_oxygen, by_ammonia), one, "溶解氧和氨氮都缺测")


def rules(function: Callable[..., Any] = worst) -> dict[str, OwnFunction]:
    """The topic's functions, with the Python given."""
    return dict(own_functions("w", [DECLARED], lambda name: function))


def made(
    expression: str,
    *inputs: IndicatorSpec,
    result: IndicatorSpec,
    function: Callable[..., Any] = worst,
    **more: object,
) -> Formula:
    """A formula that may call the rules."""
    declared = FormulaSpec.model_validate({"id": result.id, "expression": expression, **more})
    specs = {one.id: one for one in (*inputs, result)}
    return formula_of(declared, specs, rules(function))


__all__ = ["CITY", "WUJIANG", "ZHENJIANG"]
