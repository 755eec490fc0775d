"""One run of one refresher, from its source to the stored observations, and what is told of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from layers.errors import LayerError, StoreUnavailable
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation
from topics.kit.errors import RefreshFailed, SourceRefused, TopicError
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import (
    LayerReader,
    PeriodRules,
    Reading,
    RefreshContext,
    Row,
    RowReader,
    SourceSettings,
)
from topics.kit.refresh.layer_source import by_region
from topics.kit.refresh.mapping import Mapped, MapRules, map_parts, region_problem
from topics.kit.runs import Claim, RunLog, RunRecord

logger = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(milliseconds=500)
_LONGEST_PAUSE = timedelta(seconds=30)
_LONGEST_WORDS = 500  # of an error that is not ours


class ObservationSink(Protocol):
    """The part of the observation store that a run needs."""

    def append(
        self, observations: Iterable[Observation], *, run: str | None = None
    ) -> list[Observation]:
        """Store observations and return those that changed anything."""


@dataclass(frozen=True, slots=True)
class RefreshParts:
    """Everything runs work with. `readers` by source kind: "http", "sql", "file"."""

    catalogue: Catalogue
    observations: ObservationSink
    runs: RunLog
    readers: Mapping[str, RowReader]
    sources: Callable[[], Mapping[str, SourceSettings]]
    periods: PeriodRules
    level_of: Callable[[str], str | None]  # of a region; None: there is no such region
    layers: LayerReader | None = None
    announce: Callable[[], object] = lambda: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


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
    ) -> RunRecord:
        """Refresh once and return the record; raises StoreUnavailable when nothing can be stored.

        With a `claim` the values are stored only while it holds: a process that slept must not
        overwrite what its successor brought.
        """
        runs, clock = self.parts.runs, self.parts.clock
        now = clock()
        run = runs.begin(spec.id, cause=cause, tick=claim.tick if claim else now, now=now)
        mapped, kept, error, overtaken = Mapped(), 0, "", False
        try:
            mapped, done = self._patiently(spec, spec.retry if retries is None else retries)
            overtaken = claim is not None and not runs.holds(claim)
            if overtaken:
                raise RefreshFailed("已由后来的一次取数接手,本次结果作废")
            mapped.keep_within(self.parts.catalogue.find)
            kept = len(self.parts.observations.append(mapped.observations, run=run))
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

    def _patiently(self, spec: RefresherSpec, retries: int) -> tuple[Mapped, Callable[[], None]]:
        """Read with back-off; the last failure is raised."""
        for attempt in range(retries + 1):
            try:
                return self._read(spec)
            except RefreshFailed:
                pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
                if attempt == retries or self.stop.wait(pause.total_seconds()):
                    raise
        raise AssertionError("range(retries + 1) is never empty")

    def _read(self, spec: RefresherSpec) -> tuple[Mapped, Callable[[], None]]:
        if spec.kind == "python":
            return self._by_function(spec), _nothing
        if spec.kind == "layer":
            return self._by_layer(spec), _nothing
        if spec.kind == "push" or spec.map is None:
            raise SourceRefused("这个来源由对方推送,不需要取数;请检查对方是否在推送")
        reading = self._reading(spec, spec.source, spec.kind)
        return map_parts(reading.parts, spec.map, self._rules()), reading.done

    def _by_function(self, spec: RefresherSpec) -> Mapped:
        topic = self.parts.catalogue.topic_of(spec.id)
        function = self.parts.catalogue.function(topic.id, spec.function or "")
        now = self.parts.clock()
        kind = self.parts.catalogue.indicator(spec.produces[0]).period_kind
        mapped = Mapped()

        def rows(source: str) -> Sequence[Row]:
            parts = self._reading(spec, source, _kind_of(self._settings(source))).parts
            for part in parts:
                if part.problem:
                    mapped.refuse(0, part.problem)
            return [row for part in parts for row in part.rows]

        period = self.parts.periods.at(now, kind)
        context = RefreshContext(now, period, spec, self.parts.periods, rows, self._layer)
        for number, one in enumerate(_called(function, context), 1):
            mapped.read += 1
            if one.indicator not in spec.produces:
                mapped.refuse(number, f"指标 {one.indicator} 没有写在 indicators 里")
            elif problem := self._region_problem(one.region, one.indicator):
                mapped.refuse(number, problem)
            else:
                mapped.observations.append(one)
        return mapped

    def _by_layer(self, spec: RefresherSpec) -> Mapped:
        now, periods = self.parts.clock(), self.parts.periods
        features = list(self._layer(spec.layer or ""))
        values = by_region(spec, features)
        found = [
            Observation(
                indicator=one.id,
                region=region,
                period=periods.at(now, one.period_kind),
                value=value,
                unit=one.unit,
                source=one.source,
            )
            for one in map(self.parts.catalogue.indicator, spec.indicators)
            for region, value in values.items()
            if not region_problem(region, one, self.parts.level_of)
        ]
        return Mapped(found, read=len(features))

    def _layer(self, layer: str) -> Iterable[Row]:
        if self.parts.layers is None:
            raise SourceRefused(f"图层 {layer} 现在读不了;请在运行图层服务的机器上执行")
        return self.parts.layers.attributes(layer)

    def _reading(self, spec: RefresherSpec, source: str, kind: str) -> Reading:
        return self.parts.readers[kind].read(spec, self._settings(source))

    def _settings(self, source: str) -> SourceSettings:
        found = self.parts.sources().get(source)
        if found is None or not found.url:
            raise SourceRefused(
                f"来源 {source} 没有登记;请在 config.toml 写 [sources.{source}] url"
            )
        return found

    def _rules(self) -> MapRules:
        parts = self.parts
        return MapRules(parts.clock(), parts.periods, parts.catalogue.indicator, parts.level_of)

    def _region_problem(self, region: str, indicator: str) -> str:
        spec = self.parts.catalogue.indicator(indicator)
        return region_problem(region, spec, self.parts.level_of)


def _called(
    function: Callable[[RefreshContext], Iterable[Observation]], context: RefreshContext
) -> list[Observation]:
    """Run a topic's own code; whatever goes wrong in it is its refresher's failure."""
    try:
        given = list(function(context))
    except (TopicError, LayerError):
        raise
    except (Exception, SystemExit) as wrong:  # an edge: code that is not ours
        raise _failed(context, f"{type(wrong).__name__}: {wrong}") from wrong
    for one in given:
        if not isinstance(one, Observation):
            raise _failed(context, f"给出的是 {type(one).__name__},不是 Observation")
    return given


def _failed(context: RefreshContext, what: str) -> RefreshFailed:
    """The failure of a topic's function, in words that any store takes."""
    said = what.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:_LONGEST_WORDS]
    return RefreshFailed(
        f"{context.spec.function} 处理数据时出错({said});请把这句话告诉专题的维护者"
    )


def _kind_of(source: SourceSettings) -> str:
    scheme = source.url.partition(":")[0].lower()
    if scheme in ("http", "https"):
        return "http"
    return "sql" if scheme in ("postgresql", "postgres") else "file"


def _nothing() -> None:
    return None


def _tell(spec: RefresherSpec, record: RunRecord) -> None:
    """Log a failure once and the recovery once; what happens in between is in the records."""
    if not record.turned:
        return
    told: dict[str, Any] = {"extra": {"refresher": spec.id, "run": record.id}}
    if record.error:
        logger.warning("取数失败 %s:%s", spec.id, record.error, **told)
    else:
        logger.info("取数恢复 %s", spec.id, **told)
