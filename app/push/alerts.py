"""Alerts to the screens: their log is followed by number, each row is written once for all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import orjson

from app.alerts.board import summary
from app.alerts.rows import AlertRows
from app.alerts.rulebook import RuleNotes
from app.push.batches import News
from app.push.feeds import Feed
from app.security.subjects import anonymous, operator
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent
from topics.kit.duty.contracts import Mode
from topics.kit.stores.postgres_alert_tallies import Tally

logger = logging.getLogger(__name__)

EVENT = "alerts"
_LOOK = timedelta(milliseconds=250)
_AGAIN = timedelta(seconds=30)  # counts are told anew though nothing happened: a net below the net
_MODE = timedelta(seconds=2)
_AWAY = timedelta(seconds=2)
_MOST_EVENTS = 5000
_MOST_ROWS = 200  # more at once are not told one by one: the pages read their list again


@dataclass(frozen=True, slots=True)
class Row:
    """One changed alert, written for those who are signed in and for those who are not."""

    topic: str
    indicator: str | None
    rule: str
    named: bytes
    unnamed: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of alerts at one moment: counts by rule, and what changed since the last."""

    tallies: Sequence[Tally]
    mode: Mode
    rows: Mapping[str, Row] = field(default_factory=dict)

    def news(self, feed: Feed) -> News:
        """What one feed may hear of it."""
        sees = feed.viewer.alerts
        head = summary(self.tallies, lambda one: sees(one.topic, one.indicator, one.rule))
        head |= {"drill": self.mode.drill, "wartime": self.mode.wartime}
        items = {
            alert: row.named if feed.viewer.signed_in else row.unnamed
            for alert, row in self.rows.items()
            if sees(row.topic, row.indicator, row.rule)
        }
        return News(orjson.dumps(head), items)


class AlertNews:
    """The thread of one web process that follows the log.

    Ids of the log are committed in their order, so that what is behind the last one is all that
    happened since: nothing is missed, whichever process wrote it.
    """

    def __init__(self, services: Services, *, look_every: timedelta = _LOOK) -> None:
        """Follow the log of `services`."""
        self._services = services
        self._look_every = look_every
        self._rows = AlertRows(services, RuleNotes(services), services.handling)
        self._stop_asked = threading.Event()
        self._tell: Callable[..., None] | None = None
        self._thread: threading.Thread | None = None
        self._seq: int | None = None
        self._mode = Mode()
        self._mode_at = self._told_at = float("-inf")
        self._known = Told((), Mode())

    def start(self, tell: Callable[..., None]) -> None:
        """Begin to follow."""
        self._tell = tell
        self._thread = threading.Thread(target=self._run, name="alert-news", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._stop_asked.set()

    def _run(self) -> None:
        broken, pause = False, timedelta(0)
        while not self._stop_asked.wait(pause.total_seconds()):
            began = monotonic()
            try:
                self.look()
                broken = False
                # In a storm what comes meanwhile is told together: at most half of the time.
                pause = max(self._look_every, timedelta(seconds=monotonic() - began))
            except Exception:  # the thread's edge: screens must not stand still for good
                if not broken:
                    logger.warning("告警推送暂停,稍后继续", exc_info=True)
                broken, pause = True, _AWAY

    def look(self) -> bool:
        """Tell what happened since the last look; whether anything was told."""
        now = monotonic()
        moved = self._mode_moved(now)
        if self._seq is None:
            self._seq, events = self._services.alerts.last(), list[AlertEvent]()
            moved = True
        else:
            events = self._services.alerts.since(self._seq, limit=_MOST_EVENTS)
        if not events and not moved and now - self._told_at < _AGAIN.total_seconds():
            return False
        tallies = self._services.alert_tallies.open()
        told = Told(tallies, self._mode, self._written(events))
        self._known = Told(tallies, self._mode)
        if events:
            self._seq = events[-1].id
        self._told_at = now
        if self._tell is not None:
            self._tell(EVENT, told.news, greeting=self._known.news)
        return True

    def _mode_moved(self, now: float) -> bool:
        if now - self._mode_at < _MODE.total_seconds():
            return False
        self._mode_at, before = now, self._mode
        self._mode = self._services.modes.at()
        return (before.drill, before.wartime) != (self._mode.drill, self._mode.wartime)

    def _written(self, events: Sequence[AlertEvent]) -> dict[str, Row]:
        ids = list(dict.fromkeys(one.alert for one in reversed(events)))[:_MOST_ROWS]
        if not ids:
            return {}
        store = self._services.alert_tallies
        found = {one.id: one for one in store.by_ids(ids) if one.fired_at is not None}
        # The line of a group says how many it stands for.
        heads = {one.under for one in found.values() if one.under is not None} - set(found)
        found |= {one.id: one for one in store.by_ids(sorted(heads)[:_MOST_ROWS])}
        alerts = list(reversed(found.values()))
        named, unnamed = (
            self._texts(alerts, subject) for subject in (operator(), anonymous("demo"))
        )
        return {
            one.id: Row(one.topic, one.indicator, one.key.rule, named[one.id], unnamed[one.id])
            for one in alerts
        }

    def _texts(self, alerts: Sequence[Alert], subject: Any) -> dict[str, bytes]:
        rows = self._rows.rows(
            alerts, datetime.now(UTC), subject=subject, wartime=self._mode.wartime
        )
        return {row["id"]: orjson.dumps(row) for row in rows}
