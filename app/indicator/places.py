"""All regions of one period: values, change, rank or statutory order, and the map's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.board.breaks import as_shown, readable_breaks
from app.board.marks import mark_of
from app.indicator.comparison import Comparison, Judged
from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import full_label, said, stamp, status_text, written
from app.security.contracts import Subject
from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.judgement import class_label

_LOOK_BACK = 4  # of a moment's own steps: sensors do not speak at the same second
_SHORTEST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Places:
    """The regions below the city at one period, in the order asked for."""

    regions: Sequence[Region]
    found: dict[str, Observation]
    changes: dict[str, Judged]

    def json(self, asked: Question, now: datetime) -> dict[str, Any]:
        """Rows of the ranking and what the map needs; a period of the past is not late."""
        spec = asked.spec
        values = {code: one.value for code, one in self.found.items() if one.value is not None}
        shown = as_shown(values, spec.precision)
        ranks = _ranks(spec, values)
        rows = [self._row(spec, one, ranks.get(one.code)) for one in self.regions]
        if asked.order == "rank":
            rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0))
        else:
            rows = [row | {"rank": None} for row in rows]
        return {
            "rows": rows,
            "order": asked.order,
            "order_text": _order_text(spec, asked.order),
            "map": {
                "indicator": spec.id,
                "title": spec.title,
                "unit": spec.unit,
                "precision": spec.precision,
                "breaks": readable_breaks(shown.values()),
                "values": shown,
                "text": {code: written(spec, value).text for code, value in values.items()},
                "marks": {
                    code: mark
                    for code, one in self.found.items()
                    if (mark := mark_of(spec, one, now))
                    and (asked.period is None or mark in ("suspect", "estimated"))
                },
            },
        }

    def _row(self, spec: IndicatorSpec, region: Region, rank: int | None) -> dict[str, Any]:
        one = self.found.get(region.code)
        value = one.value if one else None
        status = one.status.value if one else "absent"
        change = self.changes.get(region.code)
        return {
            "region": region.code,
            "name": region.name,
            "short_name": region.short_name,
            "value": value,
            "text": written(spec, value).text,
            "said": said(spec, value),
            "class": class_label(spec, one),
            "status": status,
            "status_text": status_text(spec, status),
            "rank": rank,
            "lamp": change.lamp.value if change else "none",
            "delta": change.delta if change else None,
            "recorded_at": stamp(one.recorded_at) if one else None,
            "period": full_label(one.period) if one else "",
        }


def read_places(
    parts: Parts, subject: Subject, asked: Question, period: Period, today: datetime
) -> Places:
    """The counties' values of `period`, or the sites', as the subject may see them."""
    spec = asked.spec
    if "county" in spec.levels:
        regions = parts.regions.children(parts.city, today.date())
    elif spec.sites:
        regions = parts.regions.sites(parts.city, spec.sites, today.date())
    else:
        return Places((), {}, {})
    codes = [one.code for one in regions]
    start = period.start
    if period.kind is PeriodKind.INSTANT:
        start -= max(_SHORTEST, spec.frequency * _LOOK_BACK)
    found = parts.values.listed(
        indicators=[spec.id],
        regions=codes,
        start=start,
        end=period.start + timedelta(seconds=1),
        as_of=asked.as_of,
        limit=5000,
    )
    shown = {one.region: one for one in parts.visible(subject, spec, found)}  # the last one wins
    changes = Comparison(parts, subject, asked).of(shown.values())
    return Places(regions, shown, dict(changes))


def _ranks(spec: IndicatorSpec, values: dict[str, float]) -> dict[str, int]:
    """Equal values share a rank; the next one counts all before it."""
    falling = spec.direction != "lower"
    order = sorted(values.values(), reverse=falling)
    return {code: order.index(value) + 1 for code, value in values.items()}


def _order_text(spec: IndicatorSpec, order: str) -> str:
    if order == "statutory":
        return "法定顺序,不排名"
    return {"higher": "由高到低(越高越好)", "lower": "由低到高(越低越好)"}.get(
        spec.direction, "由高到低"
    )
