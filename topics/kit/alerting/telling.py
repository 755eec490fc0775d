"""The data of an alert's events: what it is about, and what is said at each change of level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from topics.kit.alerting.contracts import AlertKey, AlertLevel
from topics.kit.alerting.density import Spot
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.signals import LimitsOf
from topics.kit.alerting.wording import (
    compared_text,
    limit_short,
    limit_text,
    sentence,
    value_text,
)
from topics.kit.contracts import Period, Region
from topics.kit.periods import spelt

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Teller:
    """Words the events of a city's alerts; `limits` are those of its places."""

    find: Callable[[str], Region | None]
    limits: LimitsOf

    def said(
        self,
        rule: Rule,
        code: str,
        level: AlertLevel,
        limit: float,
        number: float,
        value: float | None,
        now: datetime,
        spot: Spot | None = None,
    ) -> dict[str, object]:
        """What changes with the level: title, limit, unit, value_text, limit_text; spot, lon, lat.

        A number that is back within the limit (only kept for a while) leaves the old words.
        """
        if not beyond_limit(rule, number, limit):
            return {}
        place, day = self.find(code), now.astimezone(_ZONE).date()
        assert place is not None
        around = self._around(spot)
        return {
            "title": sentence(rule, around or place, number, value, day, self.limits),
            "limit": limit,
            "unit": rule.spec.unit or (rule.indicator.unit if rule.indicator else ""),
            "value_text": value_text(rule, value),
            "compared": compared_text(rule, number),
            "limit_short": limit_short(rule, limit),
            "limit_text": limit_text(rule, level, limit, self._aim(rule, code, now)),
            **_where(spot, around),
        }

    def about(
        self,
        rule: Rule,
        key: AlertKey,
        since: datetime | None,
        period: Period | None,
        *,
        wartime: bool,
    ) -> dict[str, object]:
        """What stays: rule, place, indicator, plan, and who is told."""
        return {
            "rule": key.rule,
            "region": key.region,
            "topic": rule.topic,
            "indicator": rule.indicator.id if rule.indicator else None,
            "period": spelt(period) if period else None,
            "pending_since": since.isoformat() if since else None,
            "rule_title": rule.title,
            "rule_version": rule.version,
            "kind": rule.spec.kind,
            "plan": rule.spec.plan or None,
            "group": rule.spec.group or None,
            "route": list(rule.route(wartime=wartime)),
            "wartime": wartime,
        }

    def _around(self, spot: Spot | None) -> Region | None:
        """The smallest known region that a spot is in."""
        codes = [spot.region, spot.region[:9]] if spot else []
        return next((known for one in codes if (known := self.find(one)) is not None), None)

    def _aim(self, rule: Rule, code: str, now: datetime) -> str:
        spec = rule.indicator
        if spec is None or spec.limits is None:
            return ""
        found = self.limits(spec.id, code, now.astimezone(_ZONE).date())
        return f"{found.aim_name or found.aim} {found.text(spec.precision)}" if found else ""


def _where(spot: Spot | None, around: Region | None) -> dict[str, object]:
    if spot is None:
        return {}
    point = {"lon": spot.longitude, "lat": spot.latitude}
    return point | ({"spot": around.code} if around is not None else {})


def beyond_limit(rule: Rule, number: float, limit: float) -> bool:
    """Whether the number is beyond the limit, in the rule's direction of worse."""
    return number > limit if rule.worse == "above" else number < limit
