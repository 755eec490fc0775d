"""A value as it can be quoted: number, unit, period, region, source, as known when, definition."""

from __future__ import annotations

from topics.kit.explain.contracts import Explanation
from topics.kit.explain.sentence import value_text
from topics.kit.period_labels import label
from topics.kit.words.clock import local


def citation(told: Explanation, *, owner: str, link: str) -> str:
    """One paragraph that lets a reader find the same number again; `link` is its address."""
    if told.observation is None or told.period is None:
        return f"{told.sentence}{link}"
    value = (told.exact if told.spec.shown == "number" else "") or value_text(told.written)
    known = told.as_of or told.observation.recorded_at or told.moment
    version = told.version.number if told.version else 1
    source = told.observation.source or told.spec.source
    if told.origin.way == "formula":
        source = "本系统按公式计算"
    parts = [
        f"{told.region.name}{told.spec.title},{label(told.period)}:{value}",
        f"数据来源:{source}",
        f"责任单位:{owner}",
        f"口径第 {version} 版",
        f"数据截至 {local(known):%Y-%m-%d %H:%M:%S}",
        link,
    ]
    return ";".join(one for one in parts if one) + "。"
