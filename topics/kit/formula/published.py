"""Published growth always wins: what must never be derived from levels (rules P1 to P4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from topics.kit.errors import BadFormula
from topics.kit.formula.nodes import Node, names_in
from topics.kit.manifest_indicators import IndicatorSpec

# Growth of these is worked out at constant prices or on a comparable set of enterprises.
_OFFICIAL_ONLY = re.compile(r"生产总值|增加值|固定资产投资|投资(总?额|完成额)|GDP", re.IGNORECASE)


def refuse_growth(of: Node, specs: Mapping[str, IndicatorSpec]) -> None:
    """BadFormula when a growth of `of` would stand against a published one, or mean nothing."""
    for name in names_in(of):
        spec = specs.get(name)
        if spec is None:
            continue
        published = spec.comparison.published if spec.comparison else None
        if published:
            raise BadFormula(f"{spec.title} 已公布增速 {published},请直接引用,不由总量推算")
        if _OFFICIAL_ONLY.search(spec.title):
            raise BadFormula(
                f"{spec.title} 的增速按不变价或可比口径核算,只能引用公布值,不由总量推算"
            )
