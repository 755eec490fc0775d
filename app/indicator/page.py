"""Everything one view of an indicator's page shows, from one reading of the stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.figures.lines import line_figure
from app.indicator import records
from app.indicator.charts import history_chart, overlay_chart
from app.indicator.comparison import Comparison, Judged
from app.indicator.lines import Point, read_history
from app.indicator.parts import Parts, moment
from app.indicator.places import read_places
from app.indicator.question import MOST_PICKED, Question, ranges
from app.indicator.sentence import expected, sentence
from app.indicator.words import full_label, point_json, said, stamp, status_text, written
from app.security.contracts import Subject
from topics.kit.contracts import Observation, Period, Region
from topics.kit.errors import UnknownRegion
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import a_year_before, end_of, period_at, spelt
from topics.kit.quality.freshness import Age, Freshness, age_of
from topics.kit.words.clock import local, moment_text
from topics.kit.words.judgement import aged_lamp, class_label, period_text, target_text
from topics.kit.words.lamps import Lamp

MOST_LISTED = 500  # periods of the table on the page; the export has all


@dataclass(frozen=True, slots=True)
class Shown:
    """The period in front: its point, what it is compared with, how old the newest value is."""

    period: Period
    point: Point | None
    judged: Judged | None
    age: Age
    newest: Observation | None

    @property
    def latest(self) -> bool:
        """Whether the value in front is the newest one."""
        return self.newest is not None and self.newest.period == self.period

    @property
    def lamp(self) -> Lamp:
        """The lamp of the value in front, aged where it is the newest."""
        lamp = self.judged.lamp if self.judged else Lamp.NONE
        return aged_lamp(lamp, self.age) if self.latest else lamp


def make_page(parts: Parts, subject: Subject, asked: Question) -> dict[str, Any]:
    """The page's data; values the subject may not see are as if not there.

    Raises UnknownRegion for a region that is not of the city. Times are ISO 8601 with offset.
    """
    spec, now = asked.spec, moment(asked.as_of)
    region = region_of(parts, asked.region, now)
    recent = _recent(parts, subject, asked)
    history = read_history(parts, subject, asked, recent)
    shown = _shown(parts, subject, asked, recent, now)
    held = parts.regions.sites(parts.city, spec.sites) if spec.sites else ()
    regions = {one.code: one for one in (*parts.regions.all(), *held, region)}
    forecast = None if asked.overlaid else records.shown_forecast(parts, subject, asked, history)
    versions = records.definitions(parts, asked)
    places = read_places(parts, subject, asked, shown.period, local(now))
    late = shown.age.text if shown.age.state in (Freshness.LATE, Freshness.DEAD) else ""
    if asked.overlaid:
        chart = overlay_chart(asked, history, late=late)
    else:
        chart = history_chart(
            asked,
            history,
            {code: regions[code].short_name for code in (asked.region, *asked.compare)},
            now=now,
            chosen=shown.period,
            late=late,
            forecast=forecast,
            breaks=versions,
        )
    points = history.main.points
    return {
        "indicator": indicator_json(parts, spec),
        "region": _region_json(parts, region),
        "regions": _choices(parts, spec, now),
        "as_of": stamp(asked.as_of),
        "generated_at": stamp(now),
        "period": {"at": spelt(shown.period), "label": full_label(shown.period)},
        "periods": [
            {"at": spelt(one.period), "label": full_label(one.period)} for one in recent[::-1]
        ],
        "value": _value(parts, asked, shown, now),
        "sentence": sentence(parts, asked, region, shown, now),
        "range": {
            "asked": asked.stretch.asked,
            "choices": [{"id": one, "title": title} for one, title in ranges(spec.period_kind)],
            "from": spelt(points[0].period) if points else None,
            "to": spelt(points[-1].period) if points else None,
            "count": len(points),
            "cut": history.cut,
        },
        "points": [point_json(spec, one, now) for one in points[-MOST_LISTED:]],
        "compare": [
            {
                "region": line.region,
                "name": regions[line.region].name,
                "text": {spelt(one.period): written(spec, one.value).text for one in line.points},
            }
            for line in history.others
        ],
        "places": places.json(asked, now) | {"period": full_label(shown.period)},
        "targets": records.targets(spec, now),
        "definitions": [records.definition_json(one) for one in versions],
        "corrections": records.corrections(spec, history, now),
        "forecast": records.forecast_json(spec, forecast, now) if forecast else None,
        "record": records.forecast_record(parts, subject, asked),
        "figure": line_figure(chart, asked.theme),
    }


def indicator_json(parts: Parts, spec: IndicatorSpec) -> dict[str, Any]:
    """What the indicator is, as the page's head says it."""
    topic = parts.catalogue.topic_of(spec.id)
    return {
        "id": spec.id,
        "title": spec.title,
        "definition": spec.definition,
        "unit": spec.unit,
        "precision": spec.precision,
        "period_kind": spec.period_kind.value,
        "direction": spec.direction,
        "levels": list(spec.levels),
        "owner": spec.owner,
        "owner_name": parts.organisations.name(spec.owner),
        "source": spec.source,
        "classification": spec.classification.value,
        "topic": {"id": topic.id, "title": topic.title},
        "compared": spec.comparison.label if spec.comparison else "",
        "follows": [spec.comparison.published]
        if spec.comparison and spec.comparison.published
        else [],
    }


def _recent(parts: Parts, subject: Subject, asked: Question) -> list[Observation]:
    found = parts.values.recent([asked.spec.id], [asked.region], MOST_PICKED, as_of=asked.as_of)
    return parts.visible(subject, asked.spec, found.get((asked.spec.id, asked.region), []))


def _shown(
    parts: Parts, subject: Subject, asked: Question, recent: list[Observation], now: datetime
) -> Shown:
    spec, newest = asked.spec, recent[-1] if recent else None
    age = age_of(end_of(newest.period) if newest else None, spec.freshness, now)
    period = asked.period or (newest.period if newest else period_at(now, spec.period_kind))
    said_of = parts.statements.of_series(
        spec.id,
        asked.region,
        start=period.start,
        end=period.start + timedelta(microseconds=1),
        as_of=asked.as_of,
    )
    rows = parts.visible(subject, spec, [one for one in said_of if one.period == period])
    if not rows:
        return Shown(period, None, None, age, newest)
    point = Point(period, rows[-1], tuple(rows[:-1]))
    judged = Comparison(parts, subject, asked).of([rows[-1]]).get(asked.region)
    return Shown(period, point, judged, age, newest)


def _value(parts: Parts, asked: Question, shown: Shown, now: datetime) -> dict[str, Any]:
    spec, point, judged = asked.spec, shown.point, shown.judged
    one = point.now if point else None
    shown_as = written(spec, point.value if point else None)
    late = shown.age.state in (Freshness.LATE, Freshness.DEAD)
    return {
        "value": point.value if point else None,
        "text": shown_as.text,
        "unit": shown_as.unit,
        "class": class_label(spec, one),
        "status": point.status if point else "absent",
        "status_text": status_text(spec, point.status) if point else "",
        "period_text": period_text(one, now) if one else full_label(shown.period),
        "lamp": shown.lamp.value,
        "delta": judged.delta if judged else None,
        "against": judged.against(spec) if judged else "",
        "target": target_text(spec, now),
        "fresh": {"state": shown.age.state.value, "text": shown.age.text},
        "stale": late and shown.latest,
        "latest": shown.latest,
        "newest": spelt(shown.newest.period) if shown.newest else None,
        "revised": bool(point and point.former),
        "former": said(spec, point.former[-1].value) if point and point.former else "",
        "recorded_at": stamp(one.recorded_at if one else None),
        "recorded_text": moment_text(one.recorded_at, now) if one and one.recorded_at else "",
        "source": (one.source if one else "") or spec.source,
        "year_before": spelt(a_year_before(shown.period)),
        "message": "" if point else expected(parts, spec, asked.region, shown.period, now),
    }


def region_of(parts: Parts, code: str, now: datetime) -> Region:
    """The region of that code; UnknownRegion when it is not of this city."""
    found = parts.regions.find(code)
    if found is None or parts.city not in [one.code for one in parts.regions.path(code)]:
        raise UnknownRegion(
            f"没有区划代码 {code!r};请用本市或所辖县(市、区)的代码,如 440203,或点位编码"
        )
    return parts.regions.find(code, local(now).date()) or found


def _region_json(parts: Parts, region: Region) -> dict[str, Any]:
    path = [{"code": one.code, "name": one.name} for one in parts.regions.path(region.code)]
    return {"code": region.code, "name": region.name, "level": region.level, "path": path}


def _choices(parts: Parts, spec: IndicatorSpec, now: datetime) -> list[dict[str, str]]:
    """The regions the indicator has values of, in statutory order: city and counties."""
    city = parts.regions.find(parts.city)
    below = parts.regions.children(parts.city, local(now).date())
    known = [city, *below] if city else list(below)
    if spec.sites:
        known += parts.regions.sites(parts.city, spec.sites, local(now).date())
    return [
        {"code": one.code, "name": one.name, "short_name": one.short_name}
        for one in known
        if one.level in spec.levels
    ]
