"""The worker's part in alerts: rules are evaluated every few seconds, and when values come."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from app.services import Services
from topics.kit.alerting.contracts import AlertEvent
from topics.kit.alerting.density import Happenings
from topics.kit.alerting.evaluate import Evaluation
from topics.kit.alerting.facts import Happened, StoredFacts
from topics.kit.alerting.signals import LimitsOf, remembered
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.values import LatestValues
from topics.kit.errors import NotLeader
from topics.kit.pages.limits import Limits
from topics.kit.scheduler import Beat

EVERY = timedelta(seconds=5)
WARTIME_EVERY = timedelta(seconds=1)
_LISTENS = 4.5  # seconds of a beat: values that come meanwhile are looked at right away
EVENTS = "grid.events"
"""What a density rule writes in `when` to count cases."""

_PATIENCE = timedelta(seconds=1)

logger = logging.getLogger(__name__)


def limits_of(services: Services) -> LimitsOf:
    """The limits that a topic gives for a place on a day, each asked for once."""

    def given(indicator: str, region: str, day: date) -> Limits | None:
        spec, place = services.catalogue.find(indicator), services.regions.find(region)
        if spec is None or spec.limits is None or place is None:
            return None
        topic = services.catalogue.topic_of(indicator).id
        found: Limits | None = services.catalogue.function(topic, spec.limits)(
            indicator, place, day
        )
        return found

    return remembered(given)


def happened_in(reported: Callable[[str, datetime, datetime], Happenings]) -> Happened:
    """The events that a density rule can count; LookupError for a kind that nobody keeps."""

    def happened(kind: str, category: str, since: datetime, until: datetime) -> Happenings:
        if kind != EVENTS:
            raise LookupError(f"没有 {kind} 这类事件;density 的 when 请写 {EVENTS}")
        return reported(category, since, until)

    return happened


class AlertRound:
    """Evaluates while this process leads; a leader that was replaced changes nothing."""

    def __init__(
        self,
        services: Services,
        *,
        told: Callable[[Sequence[AlertEvent]], object] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read and write by `services`; `told` hears what happened, after it was stored."""
        regions = services.regions
        sites = regions.sites(regions.city().code)
        codes = [one.code for one in (*regions.all(), *sites)]
        self._facts = StoredFacts(
            services.observations, services.forecasts, happened_in(services.case_places.reported)
        )
        self._evaluation = Evaluation(
            services.rules,
            LatestValues(services.observations, services.live, codes),
            self._facts,
            services.standings,
            Teller(regions.find, limits_of(services)),
            services.modes.at,
        )
        self._told = told
        self._clock = clock
        self._mode = services.modes.at
        self._whole_at = datetime.min.replace(tzinfo=UTC)
        self._next_fence = services.runs.next_fence
        self._leads = False

    def begin(self) -> None:
        """Stand as the newest leader; whoever evaluated before is refused from now on."""
        self._evaluation.lead(self._next_fence())
        self._leads = True

    def end(self) -> None:
        """Lead no more."""
        self._leads = False

    def beat(self) -> None:
        """Evaluate everything, then for some seconds what new values touch; in 战时 all again."""
        until = time.monotonic() + _LISTENS
        self.once()
        while self._leads and time.monotonic() < until:
            self.once(wait=_PATIENCE)
            if self._leads and self.due(self._clock()):
                self.once()

    def due(self, now: datetime) -> bool:
        """Whether everything is to be evaluated again: every 5 s, in 战时 every second."""
        since = now - self._whole_at
        return since >= EVERY or (since >= WARTIME_EVERY and self._mode().wartime)

    def once(self, *, wait: timedelta = timedelta(0)) -> list[AlertEvent]:
        """One evaluation; with `wait` only of what changes meanwhile."""
        now = self._now()
        if not wait:
            self._whole_at = now
        try:
            events = self._evaluation.tick(now, wait=wait, clock=self._now)
        except NotLeader as wrong:
            logger.info("%s", wrong)
            self._leads = False
            return []
        if events:
            self._told(events)
        return events

    def _now(self) -> datetime:
        """This moment, also for what rules look at beside the newest values."""
        self._facts.now = now = self._clock()
        return now


def alert_beats(alerts: AlertRound) -> tuple[Beat, ...]:
    """What the leader does about alerts by the clock."""
    return (Beat("alerts", EVERY, alerts.beat),)
