"""发布日历: which periods are released when, and whether their values came in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.definitions.telling import definition_resource
from app.released import sees_early
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import ZONE, period_at, previous, spelt

_QUARTER = timedelta(days=80)
_STEPS = {PeriodKind.DAY: 75, PeriodKind.HOUR: 24 * 40, PeriodKind.INSTANT: 0}
_KEPT = 80  # periods looked through for the values


@dataclass(frozen=True, slots=True)
class Due:
    """One period of one indicator with its moment of release."""

    spec: IndicatorSpec
    period: Period
    at: datetime
    by_rule: bool


def month_of(services: Services, subject: Subject, first: date, now: datetime) -> dict[str, Any]:
    """Everything to be released in the month that begins on `first`, in order of time."""
    end = (first + timedelta(days=32)).replace(day=1)
    start, stop = (datetime(one.year, one.month, 1, tzinfo=ZONE) for one in (first, end))
    specs = [
        one
        for one in services.catalogue.indicators()
        if services.releases.restricts(one)
        and may(subject, Action.READ, definition_resource(services, one))
    ]
    found = sorted(
        (due for spec in specs for due in _due(services, spec, start, stop)),
        key=lambda one: (one.at, one.spec.id),
    )
    values = _values(services, found)
    items = [_item(services, subject, one, values, now) for one in found]
    return {
        "month": f"{first:%Y-%m}",
        "items": items,
        "counts": {
            state: sum(one["state"] == state for one in items)
            for state in ("done", "late", "missing", "upcoming")
        },
    }


def _due(services: Services, spec: IndicatorSpec, start: datetime, stop: datetime) -> Iterator[Due]:
    periods = set(_candidates(spec, stop))
    periods |= {one.period for one in services.releases.entries() if one.indicator == spec.id}
    for period in periods:
        at = services.releases.at(spec, period)
        if at is not None and start <= at < stop:
            yield Due(spec, period, at, services.releases.entry(spec.id, period) is None)


def _candidates(spec: IndicatorSpec, stop: datetime) -> Iterator[Period]:
    """The periods that a rule may have put into the month before `stop`."""
    if spec.release is None:
        return
    quarterly = spec.frequency >= _QUARTER
    period = period_at(stop - timedelta(seconds=1), spec.period_kind)
    for _ in range(_STEPS.get(spec.period_kind, 15)):
        here = period.start.astimezone(ZONE)
        first_of_its_own = spec.period_kind is PeriodKind.CUMULATIVE and here.month == 1
        if not first_of_its_own and (not quarterly or _ends_quarter(spec, here)):
            yield period
        period = previous(period)


def _ends_quarter(spec: IndicatorSpec, here: datetime) -> bool:
    monthly = (PeriodKind.CUMULATIVE, PeriodKind.END, PeriodKind.MONTH)
    return spec.period_kind not in monthly or here.month % 3 == 0


def _values(services: Services, found: Sequence[Due]) -> dict[tuple[str, Period], Observation]:
    if not found:
        return {}
    names = sorted({one.spec.id for one in found})
    series = services.observations.recent(names, [services.config.city.code], _KEPT, as_of=None)
    return {(one.indicator, one.period): one for rows in series.values() for one in rows}


def _item(
    services: Services,
    subject: Subject,
    due: Due,
    values: dict[tuple[str, Period], Observation],
    now: datetime,
) -> dict[str, Any]:
    value = values.get((due.spec.id, due.period))
    came = None if value is None else _first_known(services, value, due.at)
    known = due.at <= now or sees_early(services, subject, due.spec)
    entry = services.releases.entry(due.spec.id, due.period)
    topic = services.catalogue.topic_of(due.spec.id)
    return {
        "indicator": due.spec.id,
        "title": due.spec.title,
        "topic": topic.id,
        "topic_title": topic.short,
        "owner_name": services.organisations.name(due.spec.owner),
        "period": spelt(due.period),
        "period_kind": due.period.kind.value,
        "period_text": label(due.period, now=now),
        "release_at": due.at.astimezone(ZONE).isoformat(timespec="seconds"),
        "by_rule": due.by_rule,
        "reason": "" if entry is None else entry.reason,
        "state": _state(due, came, now),
        "ready": came is not None if known else None,
        "came_at": came.astimezone(ZONE).isoformat(timespec="seconds") if came and known else None,
        "may_move": due.at > now
        and bool(may(subject, Action.PUBLISH, definition_resource(services, due.spec))),
    }


def _state(due: Due, came: datetime | None, now: datetime) -> str:
    if due.at > now:
        return "upcoming"
    if came is None:
        return "missing"
    return "done" if came <= due.at + timedelta(minutes=1) else "late"


def _first_known(services: Services, value: Observation, due: datetime) -> datetime | None:
    """When the period's value first came; its later revisions do not make it late."""
    recorded = value.recorded_at or datetime.now(UTC)
    if recorded <= due:
        return recorded
    said = services.observations.revisions(value.indicator, value.region, value.period)
    return min((one.recorded_at for one in said if one.recorded_at), default=recorded)
