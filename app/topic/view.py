"""One view of a topic's page: the question, the values its asker may see, and how they are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from app.indicator.parts import Parts
from app.indicator.sentence import expected
from app.indicator.words import STATUS, joined, status_text
from app.security.contracts import Subject
from app.services import Services
from app.topic.question import Asked
from app.topic.seen import SeenValues
from app.topic.traced import TracedWords
from topics.kit.contracts import Observation, Period, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.pages.colours import class_colour, class_of
from topics.kit.pages.limits import Band, Limits
from topics.kit.periods import local_start, period_at, spelt
from topics.kit.quality.freshness import Age, Freshness, indicator_age
from topics.kit.words.judgement import (
    aged_lamp,
    compared,
    judged,
    lamp_of,
    period_text,
    target_name,
    target_value,
)
from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import Written, write

Cell = dict[str, Any]

FORBIDDEN = "forbidden"
ABSENT = "absent"
_LONGEST_NAME = 6
FRESH_WORDS = {Freshness.NEVER: "none"}


@dataclass
class View:
    """What every panel is made from; serves one request."""

    services: Services
    subject: Subject
    asked: Asked
    seen: SeenValues
    parts: Parts
    traced: TracedWords | None = None
    _limits: dict[tuple[str, str, date], Limits | None] = field(default_factory=dict)
    _rules: dict[str, Callable[..., Limits | None]] = field(default_factory=dict)

    def spec(self, indicator: str) -> IndicatorSpec:
        """The definition in force."""
        return self.seen.spec(indicator)

    def owner(self, spec: IndicatorSpec) -> str:
        """The short name of the organisation that answers for the indicator."""
        return self.services.organisations.name(spec.owner, self.asked.today)

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The newest value that may be seen."""
        return self.seen.latest(indicator, region)

    def trace_words(self, site: Region) -> str:
        """What lies up and down the network from a site, in the one wording; "" without."""
        if self.traced is None or site.level != "site":
            return ""
        return self.traced.words(self.subject, site, self.asked.as_of, self.asked.today)

    def limits(
        self, spec: IndicatorSpec, region: Region, of: Period | None = None
    ) -> Limits | None:
        """The limits that hold for the indicator there, where its topic gives them by place.

        A value has those of its own day (`of`: its period), whenever it is looked at; without a
        period those of the day of the page.
        """
        if spec.limits is None:
            return None
        day = self.asked.today if of is None else local_start(of).date()
        key = (spec.id, region.code, day)
        if key not in self._limits:
            if spec.id not in self._rules:
                topic = self.services.catalogue.topic_of(spec.id)
                self._rules[spec.id] = self.services.catalogue.function(topic.id, spec.limits)
            self._limits[key] = self._rules[spec.id](spec.id, region, day)
        return self._limits[key]

    def band(
        self,
        spec: IndicatorSpec,
        region: Region,
        value: float | None,
        of: Period | None = None,
    ) -> Band | None:
        """The class of a value with its colour; None where there are no classes."""
        limits = self.limits(spec, region, of)
        if limits is not None:
            return limits.band_of(value)
        number = class_of(spec, value)
        if number is None:
            return None
        return Band(spec.classes[number].label, class_colour(spec, number))

    def age(self, spec: IndicatorSpec, one: Observation | None) -> Age:
        """How late the value is."""
        return indicator_age(spec, one, self.asked.now)

    def lamp(self, spec: IndicatorSpec, region: Region, one: Observation | None) -> Lamp:
        """The lamp by the limits of the place, else by those of the indicator; aged."""
        limits = self.limits(spec, region, None if one is None else one.period)
        if limits is not None and one is not None and one.status.value != "suspect":
            lamp = limits.lamp_of(one.value)
        elif limits is not None:
            lamp = Lamp.NONE
        else:
            lamp = lamp_of(*judged(spec, one, self.seen, self._companions(spec)))
        return aged_lamp(lamp, self.age(spec, one)) if one is not None else Lamp.NONE

    def written(
        self,
        spec: IndicatorSpec,
        region: Region,
        value: float | None,
        of: Period | None = None,
    ) -> Written:
        """The value as it stands on the page: a class by name, else number and unit."""
        if spec.shown == "class" and value is not None:
            band = self.band(spec, region, value, of)
            return Written(band.label if band else "—", "")
        return write(value, spec.unit, spec.precision, spec.scale)

    def said(
        self,
        spec: IndicatorSpec,
        region: Region,
        value: float | None,
        of: Period | None = None,
    ) -> str:
        """Value and unit together."""
        return joined(self.written(spec, region, value, of))

    def cell(self, indicator: str, region: Region, *, now: Observation | None = None) -> Cell:
        """The newest value (or `now`) in words with everything a page shows beside it."""
        spec = self.spec(indicator)
        if not self.seen.readable(indicator):
            return self.refused(spec)
        one = now or self.latest(indicator, region.code)
        if one is None:
            return self._absent(spec, region)
        written = self.written(spec, region, one.value, one.period)
        age, band = self.age(spec, one), self.band(spec, region, one.value, one.period)
        lamp = self.lamp(spec, region, one)
        cell: Cell = {
            "text": written.text,
            "unit": written.unit,
            "value": one.value,
            "lamp": lamp.value,
            "class": {"label": band.label, "colour": band.colour} if band else None,
            "status": one.status.value,
            "status_text": status_text(spec, one.status.value),
            "explain": f"{spec.id}|{region.code}|{spelt(one.period)}",
            "fresh": FRESH_WORDS.get(age.state, age.state.value),
            "note": age.text if age.stale else "",
            "period": period_text(one, self.asked.now),
            "delta": self._delta(spec, one, lamp),
            "target": self._target(spec),
        }
        return cell

    def point(self, spec: IndicatorSpec, region: Region, one: Observation) -> Cell:
        """One period of a series in words: without comparison, target and age."""
        written = self.written(spec, region, one.value, one.period)
        band = self.band(spec, region, one.value, one.period)
        limits = self.limits(spec, region, one.period)
        lamp = limits.lamp_of(one.value) if limits is not None else lamp_of(spec, one)
        return {
            "text": written.text,
            "unit": written.unit,
            "value": one.value,
            "lamp": lamp.value,
            "class": {"label": band.label, "colour": band.colour} if band else None,
            "status": one.status.value,
            "status_text": status_text(spec, one.status.value),
            "explain": f"{spec.id}|{region.code}|{spelt(one.period)}",
        }

    def refused(self, spec: IndicatorSpec) -> Cell:
        """The cell of somebody who may not see the value: no number, and who can grant it."""
        return {**_EMPTY, "status": FORBIDDEN, "status_text": f"需{self.owner(spec)}授权"}

    def expected(self, spec: IndicatorSpec, region: Region) -> str:
        """Why there is no value, and when one may be expected."""
        period = period_at(self.asked.now, spec.period_kind)
        return expected(self.parts, spec, region.code, period, self.asked.now)

    def _absent(self, spec: IndicatorSpec, region: Region) -> Cell:
        why = STATUS[ABSENT]
        if region.level not in spec.levels:
            why = "只有全市数据" if spec.levels == ("city",) else "无此层级数据"
        explain = f"{spec.id}|{region.code}|"
        return {**_EMPTY, "status": ABSENT, "status_text": why, "explain": explain}

    def _delta(self, spec: IndicatorSpec, one: Observation, lamp: Lamp) -> dict[str, str] | None:
        found = compared(spec, one, self.seen, self._companions(spec), lamp, self._broken)
        if found is None:
            return None
        delta = found.delta
        text = f"{delta.arrow} {delta.text}".strip()
        return {"text": text, "label": delta.label, "tone": delta.tone}

    def _target(self, spec: IndicatorSpec) -> dict[str, str] | None:
        target = spec.target_on(self.asked.today)
        if target is None:
            return None
        name = target_name(target, self.asked.now)
        label = f"{target.year} 目标" if name == "目标" else name
        return {"text": target_value(spec, target), "label": label, "document": target.document}

    def _companions(self, spec: IndicatorSpec) -> dict[str, IndicatorSpec]:
        named = spec.comparison.published if spec.comparison else None
        if named is None or not self.seen.readable(named):
            return {}
        return {named: self.spec(named)}

    def _broken(self, indicator: str, earlier: Period, later: Period) -> bool:
        found = self.services.definitions.broken_between(
            indicator, earlier, later, as_of=self.asked.as_of
        )
        return found is not None

    @cached_property
    def place(self) -> str:
        """The place in words: the site, else the region; the city as 全市."""
        if self.asked.site is not None:
            return self.asked.site.name
        return self.region_name(self.asked.region)

    def head(self, region: Region, what: str, period: str = "") -> str:
        """How a sentence begins: 10 月,全市 12 个断面; the gap stands before figures only."""
        place = self.region_name(region)
        gap = " " if what[:1].isdigit() else ""
        return f"{period + ',' if period else ''}{place}{gap}{what}"

    def region_name(self, region: Region) -> str:
        """The region in a sentence: the city is 全市."""
        return "全市" if region.parent is None else region.name

    def short(self, region: Region) -> str:
        """The name in a row: as it is, but not longer than a row can hold."""
        return region.name if len(region.name) <= _LONGEST_NAME else region.short_name

    def county_of(self, region: Region) -> Region | None:
        """The county a site or town lies in."""
        path: Sequence[Region] = self.services.regions.path(region.code)
        return next((one for one in path if one.level == "county"), None)


_EMPTY: Cell = {
    "text": "—",
    "unit": "",
    "value": None,
    "lamp": "none",
    "class": None,
    "status": ABSENT,
    "status_text": "",
    "explain": "",
    "fresh": "none",
    "note": "",
    "period": "",
    "delta": None,
    "target": None,
}
