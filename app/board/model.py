"""The overview's view model: cards, matrix, map values, freshness and header, for one viewer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from app.board.breaks import as_shown, readable_breaks
from app.board.marks import mark_of, mark_text
from app.board.readings import Readings
from app.board.rows import Facts, forbidden_row, row, shown_lamp
from app.board.seen import SeenReadings
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from topics.kit.contracts import Change, Period, PeriodKind, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.freshness import Freshness, indicator_age
from topics.kit.words.clock import local
from topics.kit.words.judgement import class_label, period_text
from topics.kit.words.lamps import worst
from topics.kit.words.numbers import write
from topics.kit.words.values import write_value

_NEVER = datetime.max.replace(tzinfo=UTC)
_REAL_TIME = (PeriodKind.INSTANT, PeriodKind.HOUR)


@dataclass(frozen=True, slots=True)
class CardSpec:
    """One topic card of the overview: the topic, its owner's name and its indicators in order."""

    topic: str
    title: str
    owner: str
    demo: bool
    indicators: tuple[IndicatorSpec, ...]


@dataclass(frozen=True, slots=True)
class _Viewer:
    """One question: who asks, what they may see of the readings, what is known, when."""

    subject: Subject
    readings: SeenReadings
    facts: Facts
    now: datetime

    def spec(self, one: IndicatorSpec) -> IndicatorSpec:
        """The definition in force."""
        return self.facts.specs.get(one.id, one)


class Board:
    """Words the overview from readings in memory; asks no database."""

    def __init__(
        self,
        *,
        cards: Sequence[CardSpec],
        chip: IndicatorSpec | None,
        city: Region,
        counties: Sequence[Region],
        readings: Readings,
        facts: Callable[[], Facts],
        map_indicator: str = "",
        release_at: Callable[[IndicatorSpec, Period], datetime | None] = lambda *_: None,
    ) -> None:
        """Show `cards` for `city` and its `counties`; `facts` answers what is known now.

        A period is shown from `release_at` on, before that to those who may see it early.
        """
        self._cards = tuple(cards)
        self._chip = chip
        self._regions = {one.code: one for one in (city, *counties)}
        self._city = city
        self._counties = tuple(counties)
        self._readings = readings
        self._facts = facts
        self._map_indicator = map_indicator
        self._release_at = release_at
        self._demo = {spec.id: card.demo for card in cards for spec in card.indicators}
        self._topic = {spec.id: card.topic for card in cards for spec in card.indicators}
        self._shown_for = _shown_for(cards)

    def knows(self, region: str) -> bool:
        """Whether the overview can be shown for this region code."""
        return region in self._regions

    def at(self, moment: datetime) -> Board:
        """The board as it stood at a moment; it reads the database once and follows no change.

        Failures of sources are those of now: they are left out.
        """
        past = copy(self)
        past._readings = self._readings.at(moment)
        past._facts = lambda: replace(self._facts(), runs={})
        return past

    def model(
        self, subject: Subject, region: str, choropleth: str | None, now: datetime
    ) -> dict[str, Any]:
        """The whole model of one region for one viewer; an unknown region shows the city."""
        code = region if region in self._regions else self._city.code
        facts = self._facts()
        early = cache(lambda name: self._sees_early(subject, facts.specs[name]))
        viewer = _Viewer(subject, self._seen(facts, early, now), facts, now)
        chosen = self._chosen(viewer, choropleth)
        return {
            "region": self._region(code),
            "cards": [self._card(card, viewer, code) for card in self._cards],
            "matrix": self._matrix(viewer, chosen),
            "map": self._map(viewer, chosen),
            "freshness": self._freshness(viewer),
            "header": self._header(viewer),
            "generated_at": local(now).isoformat(),
        }

    def rows(
        self,
        changes: Sequence[Change],
        region: str,
        early: Callable[[str], bool] = lambda _: False,
    ) -> list[dict[str, Any]]:
        """Take changes in and word the rows of `region` they touch, each once.

        The caller passes only changes its viewers may see; `early` says of which indicators they
        see values before their release.
        """
        self._readings.take(changes)
        touched = {
            shown: None
            for change in changes
            if change.region == region
            for shown in self._shown_for.get(change.indicator, ())
        }
        made = self._worded(touched, region, early)
        # A new period may be compared with one not read yet; asking for it is the exception.
        return self._worded(touched, region, early) if self._readings.fill() else made

    def _worded(
        self, indicators: Iterable[str], region: str, early: Callable[[str], bool]
    ) -> list[dict[str, Any]]:
        facts, now = self._facts(), datetime.now(UTC)
        seen = self._seen(facts, early, now)
        return [row(facts.specs[one], region, seen, facts, now) for one in indicators]

    def _seen(self, facts: Facts, early: Callable[[str], bool], now: datetime) -> SeenReadings:
        def waits(indicator: str, period: Period) -> bool:
            spec = facts.specs.get(indicator)
            at = None if spec is None else self._release_at(spec, period)
            return at is not None and at > now and not early(indicator)

        return SeenReadings(self._readings, waits)

    def _sees_early(self, subject: Subject, spec: IndicatorSpec) -> bool:
        resource = replace(self._resource(spec), kind="observation", release_at=_NEVER)
        return bool(may(subject, Action.READ, resource))

    def _sees(self, subject: Subject, spec: IndicatorSpec) -> bool:
        return bool(may(subject, Action.READ, self._resource(spec)))

    def _resource(self, spec: IndicatorSpec) -> Resource:
        return Resource(
            "indicator",
            spec.id,
            topic=self._topic.get(spec.id),
            classification=spec.classification,
            demo=self._demo.get(spec.id, False),
        )

    def _visible(self, viewer: _Viewer) -> list[IndicatorSpec]:
        shown = (viewer.spec(spec) for card in self._cards for spec in card.indicators)
        return [spec for spec in shown if self._sees(viewer.subject, spec)]

    def _chosen(self, viewer: _Viewer, wanted: str | None) -> IndicatorSpec | None:
        able = [spec for spec in self._visible(viewer) if "county" in spec.levels]
        preferred = {spec.id: spec for spec in able}
        named = preferred.get(wanted or "") or preferred.get(self._map_indicator)
        return named or next(iter(able), None)

    def _region(self, code: str) -> dict[str, Any]:
        path = [self._city] if code == self._city.code else [self._city, self._regions[code]]
        return {
            "code": code,
            "name": self._regions[code].name,
            "path": [{"code": one.code, "name": one.name} for one in path],
        }

    def _card(self, card: CardSpec, viewer: _Viewer, region: str) -> dict[str, Any]:
        facts = viewer.facts
        rows = [
            row(spec, region, viewer.readings, facts, viewer.now)
            if self._sees(viewer.subject, spec)
            else forbidden_row(spec, region, facts)
            for spec in map(viewer.spec, card.indicators)
        ]
        place = "" if region == self._city.code else f"{self._regions[region].name} · "
        return {
            "topic": card.topic,
            "title": card.title,
            "subtitle": f"{place}{card.owner}",
            "owner": card.owner,
            "counts": {kind: sum(one["lamp"] == kind for one in rows) for kind in ("warn", "bad")},
            "rows": rows,
        }

    def _matrix(self, viewer: _Viewer, chosen: IndicatorSpec | None) -> dict[str, Any]:
        values = self._values(viewer, chosen)
        low, high = (min(values.values()), max(values.values())) if values else (0.0, 0.0)
        return {
            "indicator": self._named(viewer, chosen),
            "topics": [{"id": card.topic, "title": card.title} for card in self._cards],
            "rows": [
                {
                    "region": one.code,
                    "name": one.name,
                    "value": self._text(chosen, values.get(one.code)),
                    "bar": _bar(values.get(one.code), low, high),
                    **self._marked(viewer, chosen, one.code),
                    "lamps": self._lamps(viewer, one.code),
                }
                for one in self._counties
            ],
        }

    def _lamps(self, viewer: _Viewer, region: str) -> dict[str, str]:
        return {
            card.topic: worst(
                shown_lamp(spec, region, viewer.readings, viewer.facts, viewer.now)
                for spec in map(viewer.spec, card.indicators)
                if "county" in spec.levels and self._sees(viewer.subject, spec)
            ).value
            for card in self._cards
        }

    def _map(self, viewer: _Viewer, chosen: IndicatorSpec | None) -> dict[str, Any]:
        values = self._values(viewer, chosen)
        shown = as_shown(values, chosen.precision) if chosen else {}
        choices = [spec for spec in self._visible(viewer) if "county" in spec.levels]
        return {
            "indicator": chosen.id if chosen else None,
            "title": chosen.title if chosen else "",
            "period": self._period(viewer, chosen),
            "unit": chosen.unit if chosen else "",
            "precision": chosen.precision if chosen else 0,
            "breaks": readable_breaks(shown.values()),
            "values": shown,
            "text": {code: self._text(chosen, value) for code, value in values.items()},
            "marks": {
                one.code: marked["mark"]
                for one in self._counties
                if (marked := self._marked(viewer, chosen, one.code))["mark"]
            },
            "choices": [{"id": spec.id, "title": spec.title} for spec in choices],
        }

    def _marked(self, viewer: _Viewer, chosen: IndicatorSpec | None, code: str) -> dict[str, str]:
        if chosen is None:
            return {"mark": "", "mark_text": ""}
        latest = viewer.readings.latest(chosen.id, code)
        return {
            "mark": mark_of(chosen, latest, viewer.now),
            "mark_text": mark_text(chosen, latest, viewer.now),
        }

    def _values(self, viewer: _Viewer, chosen: IndicatorSpec | None) -> dict[str, float]:
        if chosen is None:
            return {}
        found = {one.code: viewer.readings.latest(chosen.id, one.code) for one in self._counties}
        return {
            code: latest.value
            for code, latest in found.items()
            if latest is not None and latest.value is not None
        }

    def _named(self, viewer: _Viewer, chosen: IndicatorSpec | None) -> dict[str, str]:
        if chosen is None:
            return {"id": "", "title": "", "period": "", "unit": ""}
        return {
            "id": chosen.id,
            "title": chosen.title,
            "period": self._period(viewer, chosen),
            "unit": chosen.unit,
        }

    def _period(self, viewer: _Viewer, chosen: IndicatorSpec | None) -> str:
        codes = [self._city.code, *(one.code for one in self._counties)]
        found = (viewer.readings.latest(chosen.id, code) for code in codes) if chosen else ()
        latest = max((one for one in found if one), key=lambda one: one.period, default=None)
        return period_text(latest, viewer.now) if latest else ""

    @staticmethod
    def _text(chosen: IndicatorSpec | None, value: float | None) -> str:
        if chosen is None:
            return "—"
        return write_value(chosen, value).text

    def _freshness(self, viewer: _Viewer) -> dict[str, Any]:
        items = [self._age_item(spec, viewer) for spec in self._visible(viewer)]
        order = (Freshness.DEAD, Freshness.NEVER, Freshness.LATE, Freshness.FRESH)
        items.sort(key=lambda item: order.index(Freshness(item["state"])))
        fresh = sum(item["state"] == Freshness.FRESH.value for item in items)
        return {"fresh": fresh, "total": len(items), "items": items}

    def _age_item(self, spec: IndicatorSpec, viewer: _Viewer) -> dict[str, str]:
        facts, now = viewer.facts, viewer.now
        latest = viewer.readings.latest(spec.id, self._city.code)
        age = indicator_age(spec, latest, now)
        return {
            "indicator": spec.id,
            "title": spec.title,
            "owner": facts.owners.get(spec.owner, spec.owner),
            "state": age.state.value,
            "text": age.text or (period_text(latest, now) if latest else ""),
        }

    def _header(self, viewer: _Viewer) -> dict[str, Any]:
        chip = None
        if self._chip is not None and self._sees(viewer.subject, viewer.spec(self._chip)):
            latest = viewer.readings.latest(self._chip.id, self._city.code)
            if latest is not None and latest.value is not None:
                chip = {
                    "indicator": self._chip.id,
                    "value": write(latest.value, "", self._chip.precision).text,
                    "level": class_label(self._chip, latest),
                    "kind": "实时" if latest.period.kind in _REAL_TIME else "日报",
                }
        return {"aqi": chip, "demo": any(card.demo for card in self._cards)}


def _shown_for(cards: Sequence[CardSpec]) -> Mapping[str, tuple[str, ...]]:
    """Which rows a change of an indicator touches: its own, and those it is the growth of."""
    touched: dict[str, list[str]] = {}
    for card in cards:
        for spec in card.indicators:
            touched.setdefault(spec.id, []).append(spec.id)
            if spec.comparison is not None and spec.comparison.published is not None:
                touched.setdefault(spec.comparison.published, []).append(spec.id)
    return {indicator: tuple(shown) for indicator, shown in touched.items()}


def _bar(value: float | None, low: float, high: float) -> float | None:
    """The length of a bar between 0.15 and 1, so that the lowest value is still a bar."""
    if value is None:
        return None
    return 1.0 if high == low else round(0.15 + 0.85 * (value - low) / (high - low), 3)
