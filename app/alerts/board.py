"""The list of alerts as the desk reads it: a page, counts of everything, the last 24 hours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.alerts.legal import legal_json, legal_resource
from app.alerts.rows import AlertRows
from app.alerts.sight import AlertSight, alert_resource
from app.alerts.words import span_text
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.log import AlertCounts, AlertQuery, Board
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_alert_tallies import Tally

_HOUR = timedelta(hours=1)
_DAY_HOURS = 24
_MOST_PENDING = 100
LEVELS = tuple(one.value for one in AlertLevel)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for."""

    query: AlertQuery
    as_of: datetime | None = None

    @property
    def now(self) -> datetime:
        """The moment the list is about."""
        return self.as_of or datetime.now(UTC)


class AlertBoard:
    """Lists alerts for one person at a time."""

    def __init__(self, services: Services, rows: AlertRows) -> None:
        """Read the log of `services`."""
        self._services = services
        self._rows = rows

    def narrowed(self, query: AlertQuery, subject: Subject) -> AlertQuery:
        """The query for what the subject may see at most."""
        sight = AlertSight(self._services, subject)
        seen = sight.topics()
        topics = seen if query.topics is None else [one for one in query.topics if one in seen]
        known = sight.rules(topics)
        if known is None:
            return replace(query, topics=topics)
        rules = known if query.rules is None else [one for one in query.rules if one in known]
        return replace(query, topics=topics, rules=rules)

    def page(self, asked: Asked, subject: Subject) -> dict[str, Any]:
        """One page; `counts` are of all alerts that the other filters leave."""
        query, now = self.narrowed(asked.query, subject), asked.now
        mode = self._services.modes.at(now)
        found, counts = self._found(query, asked)
        rows = self._rows.rows(
            found.alerts, now, subject=subject, as_of=asked.as_of, wartime=mode.wartime
        )
        return {
            "items": rows,
            "next": found.alerts[-1].id if found.more and found.alerts else None,
            "total": found.total,
            "counts": {
                "level": {one: counts.level.get(one, 0) for one in LEVELS},
                "state": dict(counts.state),
                "topic": dict(counts.topic),
                "region": self._by_county(counts.region),
            },
            "open": counts.open,
            "unacknowledged": counts.unacknowledged,
            "now": now.astimezone(ZONE).isoformat(),
            "mode": {"wartime": mode.wartime, "drill": mode.drill},
            "foot": self._foot(query, now, asked.as_of),
            "hours": self.hours(now - _HOUR * _DAY_HOURS, now, subject, asked.as_of),
            "legal": self.legal(subject, now, asked.as_of),
            "pending": self.pending(subject, now),
        }

    def pending(self, subject: Subject, moment: datetime) -> list[dict[str, Any]]:
        """The series that waited for their hold at a moment, with since when, oldest first."""
        rules, found = self._services.rules.all(), []
        for key, one in self._services.standings.pending_at(moment).items():
            rule = rules.get(key.rule)
            if rule is None or one.state.since is None:
                continue
            indicator = rule.indicator.id if rule.indicator else None
            resource = alert_resource(
                self._services, rule.topic, indicator, rule.id, rules={rule.id: rule}
            )
            if not may(subject, Action.READ, resource):
                continue
            place = self._services.regions.find(key.region)
            found.append(
                {
                    "rule": rule.id,
                    "title": rule.title,
                    "region": key.region,
                    "place": place.name if place else key.region,
                    "pending_since": one.state.since.astimezone(ZONE).isoformat(),
                }
            )
            if len(found) == _MOST_PENDING:
                break
        return found

    def _found(self, query: AlertQuery, asked: Asked) -> tuple[Board, AlertCounts]:
        """The page, and counts without the filters by level and state, to choose them by."""
        if asked.as_of is not None:
            return self._services.alerts.then(query, asked.as_of)
        now = asked.now
        whole = replace(query, levels=(), states=(), after=None)
        counts = self._services.alert_tallies.counts(whole, now)
        alerts, more = self._services.alerts.page(query, now)
        return Board(alerts, counts.total(query.levels, query.states), more), counts

    def legal(
        self, subject: Subject, now: datetime, as_of: datetime | None
    ) -> list[dict[str, Any]]:
        """法定预警 in force, apart from what our rules say."""
        if not may(subject, Action.READ, legal_resource(self._services)):
            return []
        found = self._services.legal_warnings.in_force(now, as_of=as_of)
        return [legal_json(self._services, one, now) for one in found]

    def places(self, subject: Subject, as_of: datetime | None) -> list[dict[str, Any]]:
        """Open alerts that have a place on a map, each by itself."""
        now = as_of or datetime.now(UTC)
        query = self.narrowed(AlertQuery(open=True, limit=2000), subject)
        if as_of is None:
            found, _ = self._services.alerts.page(query, now)
        else:
            found = list(self._services.alerts.board(query, as_of=as_of, now=now).alerts)
        rows = self._rows.rows(found, now, subject=subject, as_of=as_of, latest=False)
        names = ("id", "level", "lon", "lat", "title", "region", "state", "kind", "site", "drill")
        return [{name: row[name] for name in names} for row in rows if row["lon"] is not None]

    def hours(
        self,
        first: datetime,
        last: datetime,
        subject: Subject,
        as_of: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """How many alerts fired in each hour of [first, last), by level; hours without any too."""
        seen, begin = self.narrowed(AlertQuery(), subject), _whole_hour(first)
        found: dict[datetime, Counter[str]] = defaultdict(Counter)
        for one in self._services.alert_tallies.hours(seen, begin, last, as_of=as_of):
            found[_whole_hour(one.at)][one.level.value] += one.count
        made, at = [], begin
        while at < last:
            counts = {level: found[at][level] for level in LEVELS} if at in found else {}
            made.append(
                {
                    "at": at.astimezone(ZONE).isoformat(),
                    "from": at.astimezone(ZONE).isoformat(),
                    "counts": {level: counts.get(level, 0) for level in LEVELS},
                }
            )
            at += _HOUR
        return made

    def _by_county(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Counts by county: towns and sites count in theirs; the city's own stay with the city."""
        city, made = self._services.regions.city().code, Counter[str]()
        for code, count in counts.items():
            path = self._services.regions.path(code)
            made[path[1].code if len(path) > 1 else city] += count
        return dict(made)

    def _foot(self, query: AlertQuery, now: datetime, as_of: datetime | None) -> dict[str, Any]:
        found = self._services.alert_tallies.foot(
            now, topics=query.topics, rules=query.rules, as_of=as_of
        )
        median = found.median_s
        return {
            "thirty_days": found.fired,
            "false_rate": round(100 * found.false / found.fired, 1) if found.fired else None,
            "acknowledged_median_s": None if median is None else round(median),
            "acknowledged_median_text": ""
            if median is None
            else span_text(timedelta(seconds=round(median))),
        }


def summary(tallies: Sequence[Tally], sees: Callable[[Tally], bool]) -> dict[str, Any]:
    """{"counts", "open", "unacknowledged"} of the tallies that may be seen."""
    counts = dict.fromkeys(LEVELS, 0)
    waiting = 0
    for one in tallies:
        if sees(one):
            counts[one.level.value] += one.count
            waiting += one.unacknowledged
    return {"counts": counts, "open": sum(counts.values()), "unacknowledged": waiting}


def _whole_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
