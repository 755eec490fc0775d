"""Alerts as rows of a list: words, numbers, places and states ready to show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.alerts.latest import latest_of
from app.alerts.rulebook import RuleNotes
from app.alerts.words import elapsed_text
from app.api.people_names import PeopleNames
from app.board.atlas import Atlas
from app.security.contracts import Subject
from app.services import Services
from topics.kit.alerting.contracts import Alert
from topics.kit.alerting.fold import state_of
from topics.kit.alerting.handling_rules import HandlingRules
from topics.kit.alerting.tending import escalates_at, next_rung
from topics.kit.contracts import Region
from topics.kit.periods import ZONE
from topics.kit.regions import SITE
from topics.kit.words.numbers import Written, write
from topics.kit.words.values import write_value

KIND = "监测告警"
_COUNTED = re.compile(r"([+−-]?[\d,.]+) (\S+)")


class AlertRows:
    """Writes rows; what several rows need is looked up once for all of them."""

    def __init__(self, services: Services, rules: RuleNotes, handling: HandlingRules) -> None:
        """Use the regions, catalogue and 督办 of `services`."""
        self._services = services
        self._rules = rules
        self._handling = handling
        self._atlas = Atlas(services.layers)
        self._names = PeopleNames(services)

    def rows(
        self,
        alerts: Sequence[Alert],
        now: datetime,
        *,
        subject: Subject,
        as_of: datetime | None = None,
        wartime: bool = False,
        latest: bool = True,
    ) -> list[dict[str, Any]]:
        """One row an alert. Names of people and 督办 only for those who are signed in.

        `latest`: with what its series says now (or said at `as_of`).
        """
        if not alerts:
            return []
        known = not subject.anonymous
        marks = self._marks([one.id for one in alerts], now, as_of) if known else {}
        sizes = self._sizes([one.id for one in alerts], as_of)
        values = latest_of(self._services, alerts, subject, now, as_of) if latest else {}
        places = {one.code: one.at for one in self._atlas.places(subject)}
        return [
            self._row(one, now, wartime, places)
            | {
                "group": {"id": one.id, "count": sizes[one.id] + 1} if one.id in sizes else None,
                "latest": values.get(one.id),
                "directive": marks.get(one.id),
                "acknowledged": self._acknowledged(one, known=known),
            }
            for one in alerts
        ]

    def _row(
        self,
        one: Alert,
        now: datetime,
        wartime: bool,
        places: Mapping[str, tuple[float, float]],
    ) -> dict[str, Any]:
        region = self.region_of(one)
        lon, lat = _spot(one) or self._position(region, places)
        level = self._handling.of(one.level, wartime=wartime)
        end = one.resolved_at or now
        escalates, rung = escalates_at(one, level), next_rung(one, level)
        return {
            "id": one.id,
            "kind": KIND,
            "level": one.level.value,
            "topic": one.topic,
            "topic_title": self._topic_title(one.topic),
            "rule": one.key.rule,
            "rule_title": self._rules.title(one),
            "title": one.title,
            "place": self.place_text(region, one.key.region),
            "region": self.county_of(one),
            "site": region.code if region is not None and region.level == SITE else None,
            "lon": lon,
            "lat": lat,
            "value": self._value(one),
            "limit": self._limit(one),
            "at": _iso(one.fired_at),
            "resolved_at": _iso(one.resolved_at),
            "elapsed_s": int((end - one.fired_at).total_seconds()) if one.fired_at else 0,
            "elapsed_text": elapsed_text(one, now),
            "open": one.open,
            "state": state_of(one, now),
            "condition": "resolved" if one.resolved_at else one.condition.value,
            "drill": one.drill,
            "flaps": one.flaps,
            "inhibited_by": one.inhibited_by,
            "under": one.under,
            "case": {"id": one.case, "state": one.data.get("case_state", "")} if one.case else None,
            "paused_until": _iso(one.paused_until),
            "escalates_at": _iso(escalates),
            "escalated_at": _iso(one.escalated_at),
            "escalates_to": rung.to if rung is not None else None,
            "false": one.false,
        }

    def place_text(self, region: Region | None, code: str) -> str:
        """曲江区 · 马坝河口断面; the city is 全市."""
        if region is None:
            return code
        names = [one.name for one in self._services.regions.path(region.code)]
        return " · ".join(names[1:]) or "全市"

    def region_of(self, one: Alert) -> Region | None:
        """The alert's region; of a crowd the part of it that the crowd is in."""
        return self._services.regions.find(str(one.data.get("spot") or one.key.region))

    def county_of(self, one: Alert) -> str:
        """The administrative region that the alert is in."""
        return self._county(self._services.regions.find(one.key.region), one.key.region)

    def position(self, one: Alert) -> tuple[float | None, float | None]:
        """Longitude and latitude of the alert's site; None for a region, which is no point."""
        region = self.region_of(one)
        here = (None, None) if region is None else (region.longitude, region.latitude)
        return _spot(one) or here

    def _limit(self, one: Alert) -> dict[str, Any] | None:
        """The limit as short as a list wants it; `full` is in words."""
        if one.limit is None:
            return None
        text = str(one.data.get("limit_short") or self._written(one, one.limit).text)
        return {"text": text, "full": str(one.data.get("limit_text") or text)}

    def _value(self, one: Alert) -> dict[str, Any] | None:
        if one.value is None:
            return None
        written = self._written(one, one.value)
        about = [one.indicator, one.key.region] if one.indicator else []
        period = one.data.get("period")
        explain = "|".join([*about, str(period)] if period else about)
        compared = str(one.data.get("compared") or "")  # 迟报几时, 变化多少: not the value itself
        text, unit = _apart(compared) if compared else (written.text, written.unit)
        return {
            "text": text,
            "unit": unit,
            "value": one.value,
            "explain": explain or None,
        }

    def _written(self, one: Alert, value: float | None) -> Written:
        spec = self._services.catalogue.find(one.indicator) if one.indicator else None
        if spec is not None:
            return write_value(spec, value)
        whole = value is not None and value == int(value)
        return write(value, one.unit, 0 if whole else 2)

    def _position(
        self, region: Region | None, places: Mapping[str, tuple[float, float]]
    ) -> tuple[float | None, float | None]:
        here: Region | None = region
        while here is not None:
            if here.longitude is not None and here.latitude is not None:
                return here.longitude, here.latitude
            if here.code in places:
                return places[here.code]
            here = self._services.regions.find(here.parent) if here.parent else None
        return None, None

    def _county(self, region: Region | None, code: str) -> str:
        """The administrative region of a site; a region itself."""
        if region is not None and region.level == SITE and region.parent:
            return region.parent
        return code

    def _topic_title(self, topic: str) -> str:
        found = self._services.catalogue.topic(topic)
        return found.topic.title if found is not None else topic

    def _acknowledged(self, one: Alert, *, known: bool) -> dict[str, Any] | None:
        if one.acknowledged_at is None:
            return None
        by = self._names.name(one.acknowledged_by or "") if known else ""
        return {"by": by, "at": _iso(one.acknowledged_at)}

    def _sizes(self, heads: Sequence[str], as_of: datetime | None) -> Mapping[str, int]:
        if as_of is None:
            return self._services.alert_tallies.group_sizes(heads)
        then = self._services.alerts.members_then(heads, as_of)
        return {head: len(members) for head, members in then.items()}

    def _marks(
        self, ids: Sequence[str], now: datetime, as_of: datetime | None
    ) -> dict[str, dict[str, Any]]:
        found = self._services.directives.open_about("alert", ids, as_of=as_of)
        return {
            alert: {
                "id": one.id,
                "state": one.state.value,
                "unit": self._services.organisations.name(one.unit),
                "reply": one.reply,
                "deadline": _iso(one.deadline),
            }
            for alert, one in found.items()
        }


def _spot(one: Alert) -> tuple[float, float] | None:
    """Where a crowd is: longitude and latitude."""
    lon, lat = one.data.get("lon"), one.data.get("lat")
    return (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()


def _apart(compared: str) -> tuple[str, str]:
    """ "3.71 百分点" is a number and its unit; "8 时 20 分" stays as it is."""
    found = _COUNTED.fullmatch(compared)
    return (found[1], found[2]) if found else (compared, "")
