"""One run of one refresher, from its source to the stored observations, and what is told of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from layers.errors import LayerError, StoreUnavailable
from topics.kit.errors import RefreshFailed, TopicError
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.gathering import Gatherer
from topics.kit.refresh.mapping import Mapped
from topics.kit.refresh.parts import ObservationSink, RefreshParts
from topics.kit.refresh.span import Span
from topics.kit.refresh.storing import Storing
from topics.kit.runs import Claim, RunRecord

__all__ = ["ObservationSink", "RefreshParts", "RefreshRunner"]

logger = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(milliseconds=500)
_LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(slots=True)
class RefreshRunner:
    """Runs refreshers; a failing one leaves the last good value and a record that says why."""

    parts: RefreshParts
    stop: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        spec: RefresherSpec,
        *,
        cause: str = "manual",
        claim: Claim | None = None,
        retries: int | None = None,
        span: Span | None = None,
    ) -> RunRecord:
        """Refresh once and return the record; raises StoreUnavailable when nothing can be stored.

        With a `claim` the values are stored only while it holds: a process that slept must not
        overwrite what its successor brought. With a `span` its days are read again: what is known
        stays, what differs becomes a revision, and nothing but the newest is told as news.
        """
        runs, clock = self.parts.runs, self.parts.clock
        now = clock()
        tick, days = claim.tick if claim else now, str(span or "")
        cause = "backfill" if span is not None else cause
        run = runs.begin(spec.id, cause=cause, tick=tick, now=now, span=days)
        storing, past = Storing(self.parts), span is not None
        mapped, kept, error, overtaken = Mapped(), 0, "", False
        try:
            tries = spec.retry if retries is None else retries
            mapped, done = self._patiently(spec, tries, span)
            overtaken = claim is not None and not runs.holds(claim)
            if overtaken:
                raise RefreshFailed("已由后来的一次取数接手,本次结果作废")
            if storing.accept(spec, mapped, run, past=past):
                mapped.keep_within(self.parts.catalogue.find)
                kept = storing.store(mapped.observations, run, past=past)
            if not past:
                done()
        except StoreUnavailable:
            raise
        except (TopicError, LayerError) as wrong:
            error = str(wrong)
        record = runs.finish(
            run, mapped.outcome(kept), error=error, now=clock(), overtaken=overtaken
        )
        _tell(spec, record)
        if kept:
            self.parts.announce()
        return record

    def preview(self, spec: RefresherSpec) -> Mapped:
        """What a run would get now; nothing is stored or remembered. Raises RefreshFailed."""
        return Gatherer(self.parts).gather(spec)[0]

    def _patiently(
        self, spec: RefresherSpec, retries: int, span: Span | None
    ) -> tuple[Mapped, Callable[[], None]]:
        """Read with back-off; the last failure is raised."""
        gatherer = Gatherer(self.parts)
        for attempt in range(retries + 1):
            try:
                return gatherer.gather(spec, span)
            except RefreshFailed:
                pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
                if attempt == retries or self.stop.wait(pause.total_seconds()):
                    raise
        raise AssertionError("range(retries + 1) is never empty")


def _tell(spec: RefresherSpec, record: RunRecord) -> None:
    """Log a failure once and the recovery once; what happens in between is in the records."""
    if not record.turned:
        return
    told: dict[str, Any] = {"extra": {"refresher": spec.id, "run": record.id}}
    if record.error:
        logger.warning("取数失败 %s:%s", spec.id, record.error, **told)
    else:
        logger.info("取数恢复 %s", spec.id, **told)
