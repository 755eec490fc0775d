"""What is known of the coming hours: dues, shifts, 法定预警 that end, and forecasts.

Nothing is invented: cases and 督办 are those that stand open, at the moments they fall due; only
what says so is a forecast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from app.alerts.legal import legal_json, legal_resource
from app.api.directive_doors import DirectiveDoors
from app.cases.people import CaseDoors
from app.indicator.words import full_label
from app.released import may_know, observation_resource
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.contracts import PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE
from topics.kit.words.clock import local, moment_text
from topics.kit.words.values import write_value

_HOUR = timedelta(hours=1)


class Ahead:
    """Answers for one person; what the person may not see is nowhere in it, counts included."""

    def __init__(self, services: Services) -> None:
        """Read from these stores."""
        self._services = services
        self._cases = CaseDoors(services)
        self._directives = DirectiveDoors(services)
        overview = (panel for topic in services.catalogue.topics for panel in topic.panels)
        shown = {
            name: None
            for panel in overview
            if panel.place == "overview"
            for name in panel.indicators
        }
        specs = (services.catalogue.find(name) for name in shown)
        self._hourly = tuple(
            one for one in specs if one is not None and one.period_kind is PeriodKind.HOUR
        )

    def within(
        self,
        subject: Subject,
        region: str,
        now: datetime,
        span: timedelta,
        *,
        as_of: datetime | None = None,
    ) -> dict[str, Any]:
        """From `now` for `span`, each part in order of time; `as_of`: as it was known then."""
        until = now + span
        return {
            "from": local(now).isoformat(),
            "until": local(until).isoformat(),
            "due": _by_hour(self._dues(subject, region, now, until, as_of)),
            "events": sorted(
                (
                    *self._deadlines(subject, now, until, as_of),
                    *self._shifts(subject, now, until, as_of),
                    *self._warnings(subject, now, until, as_of),
                ),
                key=lambda one: one["at"],
            ),
            "forecasts": [
                made
                for spec in self._hourly
                if (made := self._forecast(subject, spec, region, now, until, as_of))
            ],
        }

    def _dues(
        self, subject: Subject, region: str, now: datetime, until: datetime, as_of: datetime | None
    ) -> list[datetime]:
        sight = self._cases.sight(subject)
        if sight == Sight():
            return []
        city = self._services.config.city.code
        query = CaseQuery(sight, region="" if region == city else region, drill=False)
        return self._services.case_dues.between(query, now, until, as_of=as_of)

    def _deadlines(
        self, subject: Subject, now: datetime, until: datetime, as_of: datetime | None
    ) -> Iterator[dict[str, Any]]:
        for one in self._services.directives.store.open(as_of=as_of):
            due = now <= one.deadline < until and not one.drill
            if due and self._directives.sees(subject, one):
                yield _event(one.deadline, now, "督办", f"{one.text[:40]} 到期", "/directives")

    def _shifts(
        self, subject: Subject, now: datetime, until: datetime, as_of: datetime | None
    ) -> Iterator[dict[str, Any]]:
        if not may(subject, Action.READ, Resource("duty")):
            return
        for one in self._services.duty.roster.between(now, until, as_of=as_of):
            if now < one.starts < until:
                yield _event(one.starts, now, "交接班", "", "/duty")

    def _warnings(
        self, subject: Subject, now: datetime, until: datetime, as_of: datetime | None
    ) -> Iterator[dict[str, Any]]:
        services = self._services
        for one in services.legal_warnings.in_force(now, as_of=as_of):
            ends = one.issued.valid_to
            seen = may(subject, Action.READ, legal_resource(services, one))
            if ends is not None and now <= ends < until and seen:
                title = legal_json(services, one, now)["title"]
                yield _event(ends, now, "法定预警", f"{title} 到期", "/alerts")

    def _forecast(
        self,
        subject: Subject,
        spec: IndicatorSpec,
        region: str,
        now: datetime,
        until: datetime,
        as_of: datetime | None,
    ) -> dict[str, Any] | None:
        services = self._services
        if not may(subject, Action.READ, observation_resource(services, spec)):
            return None
        knows = may_know(services, subject, spec)
        found = services.forecasts.shown(spec.id, region, as_of=as_of, may_know=knows)
        coming = [
            one for one in (found.points if found else ()) if now - _HOUR < one.period.start < until
        ]
        if found is None or not coming:
            return None
        return {
            "indicator": spec.id,
            "title": spec.title,
            "unit": write_value(spec, coming[0].mean).unit,
            "made_text": moment_text(found.made_at, now),
            "points": [
                {
                    "at": local(one.period.start).isoformat(),
                    "label": full_label(one.period),
                    "text": write_value(spec, one.mean).text,
                    "range": f"{write_value(spec, one.low80).text}"
                    f"–{write_value(spec, one.high80).text}",
                }
                for one in coming
            ],
        }


def _event(at: datetime, now: datetime, kind: str, text: str, link: str) -> dict[str, Any]:
    when = _when(at, now)
    return {"at": local(at).isoformat(), "when": when, "kind": kind, "text": text, "link": link}


def _when(at: datetime, now: datetime) -> str:
    """ "21:00", of the next day "明日 08:00"."""
    there = local(at)
    return f"{there:%H:%M}" if there.date() == local(now).date() else f"明日 {there:%H:%M}"


def _by_hour(dues: Iterable[datetime]) -> list[dict[str, Any]]:
    hours = Counter(one.astimezone(ZONE).replace(minute=0, second=0, microsecond=0) for one in dues)
    return [{"at": at.isoformat(), "count": hours[at]} for at in sorted(hours)]
