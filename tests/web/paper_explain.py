"""What the paper city's server answers when a number is to be explained: real words on paper."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from app.api.explain_json import explanation_json
from app.main import REFERENCE
from app.services import Services
from tests.explain.memory import (
    CITY,
    COUNTIES,
    NOW,
    Runs,
    Store,
    ask,
    catalogue,
    month,
    regions,
    said,
)
from topics.kit.contracts import Observation, ValueStatus
from topics.kit.explain.explainer import Explainer
from topics.kit.formula.contracts import Change, Input, Part, Trace
from topics.kit.organisations import Organisations
from topics.kit.quality.contracts import Tag

RATE = {"id": "t.rate", "title": "供水管网漏损率", "unit": "%", "precision": 1,
        "definition": "当月(供水总量-注册用户用水量)占供水总量的比例,经修正后的综合漏损率。",
        "source": "市水务局供水月报",
        "thresholds": {"warn": 9.0, "bad": 10.0},
        "target": {"value": 9.0, "year": 2026, "document": "2026 年水务工作要点(示例)",
                   "kind": "约束性", "effective": "date:2026-03-01"},
        "comparison": {"label": "同比", "against": "year", "as": "points"}}  # fmt: skip
TOTAL = {"id": "t.total", "title": "供水总量", "unit": "万m³", "precision": 2, "direction": "none"}
SOLD = {"id": "t.sold", "title": "注册用户用水量", "unit": "万m³", "precision": 2,
        "direction": "none"}  # fmt: skip


class _Formula:
    """(供水总量 − 注册用户用水量) ÷ 供水总量 × 100 of the paper city."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def trace(self, indicator: str, region: str, period: Any, /, *, as_of: Any) -> Trace | None:
        if indicator != "t.rate":
            return None
        inputs = [
            Input(title, name, region, period, self._at(name, region, period))
            for title, name in (("供水总量", "t.total"), ("注册用户用水量", "t.sold"))
        ]
        stored = self._at("t.rate", region, period)
        return Trace(
            indicator, region, period, stored.value if stored else None, ValueStatus.OK, "%",
            "(t.total - t.sold) / t.total * 100", "(供水总量 − 注册用户用水量) ÷ 供水总量 × 100",
            "(28.41 − 25.40) ÷ 28.41 × 100", inputs,
        )  # fmt: skip

    def change(
        self, indicator: str, region: str, period: Any, against: Any, /, *, as_of: Any
    ) -> Change | None:
        if indicator != "t.rate":
            return None
        shares = (0.62, 0.27, 0.15, 0.04, 0.02)
        parts = [Part(code, share) for code, share in zip(COUNTIES, shares, strict=True)]
        return Change(period, month(10, 2025), sum(shares), parts)

    def _at(self, name: str, region: str, period: Any) -> Observation | None:
        end = period.start + timedelta(seconds=1)
        found = self.store.series(name, region, start=period.start, end=end, as_of=None)
        return found[0] if found else None


class _Quality:
    def tags(self, spec: Any, region: str, period: Any, *, as_of: Any) -> list[Tag]:
        return [
            Tag("completeness", "ok", "完整 98.6%"),
            Tag("timely", "ok", "及时"),
            Tag("estimated", "warn", "含估算 1.4%"),
            Tag("range", "ok", "范围校验通过"),
        ]


@cache
def _explainer() -> Explainer:
    store = Store()
    for number in range(24):
        period = month(number % 12 + 1, 2025 + number // 12)
        if period > month(10):
            break
        store.said.append(said("t.rate", CITY, period, 8.4 + number * 0.1))
    store.said.append(said("t.rate", CITY, month(10, 2025), 9.5))
    store.said.append(said("t.rate", CITY, month(10), 10.1, recorded_at=NOW - timedelta(days=9)))
    store.said.append(said("t.rate", CITY, month(10), 10.6, source="公式"))
    store.said.append(said("t.total", CITY, month(10), 28.41))
    store.said.append(said("t.sold", CITY, month(10), 25.40))
    folder = Path(tempfile.mkdtemp())
    known = catalogue(folder, RATE, TOTAL, SOLD)
    return Explainer(known, regions(), store, Runs(), _Formula(store), quality=_Quality())


def answer(indicator: str, region: str) -> dict[str, Any]:
    """The answer about the paper leakage rate, or one of its inputs, under the name asked for."""
    explainer = _explainer()
    wanted = indicator if explainer.catalogue.find(indicator) else "t.rate"
    services = SimpleNamespace(
        organisations=Organisations.load(REFERENCE / "organisations.csv"),
        catalogue=explainer.catalogue,
    )
    told = explanation_json(cast(Services, services), ask(explainer, wanted), NOW)
    return told | {"indicator": indicator}
