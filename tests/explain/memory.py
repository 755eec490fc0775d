"""A small city in memory: what the explainer reads, without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.explain.contracts import Explanation, Question, Sees
from topics.kit.explain.explainer import Explainer
from topics.kit.manifest import load_manifest
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.runs import RunRecord

CITY, COUNTIES = "1", ("11", "12", "13", "14", "15")
NOW = datetime(2026, 11, 20, 2, 24, tzinfo=UTC)
HEAD = """
[topic]
id = "t"
title = "专题"
owner = "swj"
demo = true
"""
BASE = {
    "definition": "口径",
    "frequency": "1mo",
    "period_kind": "当月",
    "levels": ["city", "county"],
    "direction": "lower",
    "owner": "swj",
    "source": "平台",
    "freshness": "50d",
    "classification": "公开",
}


def regions() -> RegionTree:
    since = date(2000, 1, 1)
    city = Region(CITY, "韶关市", "韶关", "city", None, 0, since)
    names = ("武江区", "浈江区", "曲江区", "始兴县", "仁化县")
    return RegionTree(
        [city]
        + [
            Region(code, name, name, "county", CITY, n, since)
            for n, (code, name) in enumerate(zip(COUNTIES, names, strict=True), 1)
        ]
    )


def month(number: int, year: int = 2026) -> Period:
    return Period(datetime(year, number, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind.MONTH)


def catalogue(folder: Path, *indicators: Mapping[str, Any], more: str = "") -> Catalogue:
    """A topic "t" with these indicators; each needs id, title and unit."""
    made = folder / "t"
    made.mkdir(parents=True, exist_ok=True)
    tables = ["\n".join(["[[indicators]]", *map(_line, (BASE | dict(one)).items())])
              for one in indicators]  # fmt: skip
    (made / "topic.toml").write_text("\n".join([HEAD, *tables, more]), encoding="utf-8")
    return Catalogue([load_manifest(made)])


def _line(pair: tuple[str, Any]) -> str:
    key, value = pair
    return f"{key} = {_spelled(value)}"


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(_line(one) for one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_spelled, value)) + "]"
    if isinstance(value, str) and not value.startswith("date:"):
        return '"' + value + '"'
    return str(value).removeprefix("date:")


class Store:
    """Observations in a list; what was said later stands behind what was said before."""

    def __init__(self, *said: Observation) -> None:
        self.said = list(said)

    def _current(self, as_of: datetime | None) -> list[Observation]:
        known: dict[tuple[str, str, Period], Observation] = {}
        for one in self.said:
            if as_of is None or (one.recorded_at is not None and one.recorded_at <= as_of):
                known[one.indicator, one.region, one.period] = one
        return sorted(known.values(), key=lambda one: (one.indicator, one.region, one.period))

    def series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Observation]:
        found = [
            one
            for one in self._current(as_of)
            if (one.indicator, one.region) == (indicator, region)
            and (start is None or one.period.start >= start)
            and (end is None or one.period.start < end)
        ]
        return (found[::-1] if newest_first else found)[:limit]

    def listed(
        self,
        *,
        indicators: Sequence[str],
        regions: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int,
    ) -> list[Observation]:
        return [
            one
            for one in self._current(as_of)
            if one.indicator in indicators
            and (regions is None or one.region in regions)
            and (start is None or one.period.start >= start)
            and (end is None or one.period.start < end)
        ][:limit]

    def at_periods(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        starts: Sequence[datetime],
        *,
        as_of: datetime | None,
    ) -> list[Observation]:
        return [
            one
            for one in self._current(as_of)
            if one.indicator in indicators and one.region in regions and one.period.start in starts
        ]

    def revisions(self, indicator: str, region: str, period: Period) -> list[Observation]:
        wanted = (indicator, region, period)
        return [one for one in self.said if (one.indicator, one.region, one.period) == wanted]


class Runs:
    """Runs by id."""

    def __init__(self, *known: RunRecord) -> None:
        self.known = {one.id: one for one in known}

    def find(self, runs: Sequence[str]) -> Mapping[str, RunRecord]:
        return {one: self.known[one] for one in runs if one in self.known}

    def last(self, refresher: str) -> RunRecord | None:
        found = [one for one in self.known.values() if one.refresher == refresher]
        return found[-1] if found else None


def ask(
    explainer: Explainer,
    indicator: str,
    region: str = CITY,
    *,
    period: Period | None = None,
    as_of: datetime | None = None,
    sees: Sees = lambda spec, when: True,
    names: bool = True,
) -> Explanation:
    """The explanation at NOW."""
    found = explainer.regions.find(region)
    assert found is not None
    spec = explainer.catalogue.indicator(indicator)
    question = Question(spec, found, NOW, sees, period, as_of)
    return explainer.explain(question, names=str if names else None)


Made = Callable[..., Observation]


def said(
    indicator: str, region: str, period: Period, value: float | None, **more: Any
) -> Observation:
    """One observation, recorded at NOW unless said otherwise."""
    return Observation(indicator, region, period, value, **({"recorded_at": NOW} | more))
