"""The alerts of the demo city's last month: what its rules say of its own values, by backtest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from app.roles.alerting import limits_of
from app.rules.past import past_of
from app.services import Services
from topics.kit.alerting.backtest import OF_VALUES, Episode, backtest
from topics.kit.alerting.contracts import AlertEvent, AlertKey, AlertStep
from topics.kit.alerting.machine import AT_REST
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.standing import Standing, Standings
from topics.kit.alerting.telling import Teller

SPAN = timedelta(days=30)
_MOST = 100_000  # statements about one indicator
_SHIFT = "demo:duty"
_FALSE = 16  # one in so many is called a false alarm
_WAIT = (40, 220)  # seconds until the shift acknowledges


def alerts_seeded(services: Services) -> bool:
    """Whether there are alerts, or no rule that could make any."""
    return services.alerts.last() > 0 or not services.rules.all()


def seed_alerts(services: Services, now: datetime) -> int:
    """Write the month's alerts in one transaction and return how many; nothing where there are."""
    if services.alerts.last() > 0:
        return 0
    teller = Teller(services.regions.find, limits_of(services))
    standings: Standings = {}
    events: list[AlertEvent] = []
    for rule in services.rules.current():
        if rule.spec.kind not in OF_VALUES:
            continue
        past = past_of(services, rule, now - SPAN, now, most=_MOST)
        outcome = backtest(rule, past, teller.limits, now - SPAN, now)
        for one in outcome.episodes:
            key = AlertKey(rule.id, one.region)
            alert = hashlib.sha256(f"{rule.id}|{one.region}|{one.start}".encode()).hexdigest()[:16]
            events += _told(teller, rule, key, alert, one)
            if one.state != AT_REST:
                standings[key] = Standing(one.state, alert)
    events.sort(key=lambda one: one.at)
    services.standings.keep(standings, events, fence=0, now=now)
    return len({one.alert for one in events})


def _told(
    teller: Teller, rule: Rule, key: AlertKey, alert: str, episode: Episode
) -> Iterator[AlertEvent]:
    """Yield what the machine and the shift would have written of an episode."""
    first = episode.moments[0]
    chance = int(alert[:8], 16)
    wait = timedelta(seconds=_WAIT[0] + chance % (_WAIT[1] - _WAIT[0]))
    for one in episode.moments:
        data: dict[str, object] = {}
        if one.level is not None and one.step is not AlertStep.NO_DATA:
            terms = rule.terms(key.region, wartime=False)
            limit = terms.bounds[one.level].limit
            data = teller.said(rule, key.region, one.level, limit, one.number, one.value, one.at)
        if one is first:
            data |= teller.about(rule, key, episode.since, None, wartime=False)
        value = one.value if "title" in data else None
        yield AlertEvent(alert, one.step, one.at, level=one.level, value=value, data=data)
    done = episode.end
    if done is None or first.at + wait < done:
        yield AlertEvent(alert, AlertStep.ACKNOWLEDGED, first.at + wait, _SHIFT)
        if done is not None and chance % _FALSE == 0:
            reason = {"reason": "现场复核正常,仪器瞬时跳变"}
            yield AlertEvent(alert, AlertStep.FALSE, first.at + wait, _SHIFT, data=reason)
