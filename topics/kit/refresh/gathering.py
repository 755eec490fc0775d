"""What one run gets: rows of its source as observations, or the values of a topic's function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from layers.errors import LayerError
from topics.kit.contracts import Observation
from topics.kit.errors import RefreshFailed, SourceRefused, TopicError
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.batch_checks import runs_ahead
from topics.kit.refresh.contracts import (
    BrokenRow,
    Reading,
    RefreshContext,
    Row,
    SourceSettings,
)
from topics.kit.refresh.layer_source import by_region
from topics.kit.refresh.mapping import CLOCK_SKEW, Mapped, MapRules, map_parts, region_problem
from topics.kit.refresh.parts import RefreshParts
from topics.kit.refresh.span import Span, filled, recent

_MOST_KEPT = 100_000  # stored values a topic's function looks back at
_LONGEST_WORDS = 500  # of an error that is not ours


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads sources and makes observations of what they say; stores nothing."""

    parts: RefreshParts

    def gather(
        self, spec: RefresherSpec, span: Span | None = None
    ) -> tuple[Mapped, Callable[[], None]]:
        """The observations, and what to call once they are stored; raises RefreshFailed.

        `span` are the days to read where the manifest names them; by default the latest ones.
        """
        if spec.kind == "cases":
            return self._by_cases(spec)
        mapped, done = self._from_source(spec, span)
        return self._but_counted(mapped), done

    def _from_source(
        self, spec: RefresherSpec, span: Span | None
    ) -> tuple[Mapped, Callable[[], None]]:
        if spec.kind == "python":
            return self._by_function(spec), _nothing
        if spec.kind == "layer":
            return self._by_layer(spec), _nothing
        if spec.kind == "push" or spec.map is None:
            raise SourceRefused("这个来源由对方推送,不需要取数;请检查对方是否在推送")
        asked = self.asked(spec, span)
        reading = self._reading(asked, spec.source, spec.kind)
        mapped = map_parts(reading.parts, spec.map, self._rules(spec))
        mapped.got = reading.got
        if problem := runs_ahead(mapped.ahead):
            raise SourceRefused(f"来源 {spec.source}:{problem}")
        return mapped, reading.done

    def asked(self, spec: RefresherSpec, span: Span | None) -> RefresherSpec:
        """The refresher with the days filled in; what is read again for a span has no watermark."""
        if span is None and not spec.by_time:
            return spec
        days = span or recent(spec.window, self.parts.clock())
        words = {"path": filled(spec.path, days), "query": filled(spec.query, days)}
        return spec.model_copy(update=words if span is None else words | {"watermark": ""})

    def _by_cases(self, spec: RefresherSpec) -> tuple[Mapped, Callable[[], None]]:
        if self.parts.cases is None:
            raise SourceRefused(
                "本市的指标不由事件计算(config.toml 的 cases.numbers 是 false);改为 true 后再取"
            )
        counted = self.parts.cases.count(spec, self.parts.clock())
        return Mapped(list(counted.observations), read=counted.read), counted.done

    def _but_counted(self, mapped: Mapped) -> Mapped:
        """Without the values of periods that the cases of this city speak for."""
        cases = self.parts.cases
        if cases is None:
            return mapped
        counted = self.parts.catalogue.counted
        kept = [
            one
            for one in mapped.observations
            if one.indicator not in counted or not cases.covers(one.period)
        ]
        if len(kept) < len(mapped.observations):
            left = len(mapped.observations) - len(kept)
            mapped.notes.append(f"{left} 个数值由本系统的事件计算,来源报来的未采用")
            mapped.observations = kept
        return mapped

    def _by_function(self, spec: RefresherSpec) -> Mapped:
        topic = self.parts.catalogue.topic_of(spec.id)
        function = self.parts.catalogue.function(topic.id, spec.function or "")
        now = self.parts.clock()
        kind = self.parts.catalogue.indicator(spec.produces[0]).period_kind
        mapped = Mapped()

        def rows(source: str) -> Sequence[Row]:
            reading = self._reading(spec, source, _kind_of(self._settings(source)))
            mapped.got = reading.got
            good: list[Row] = []
            for part in reading.parts:
                if part.problem:
                    mapped.refuse(0, part.problem)
                for number, row in enumerate(part.rows, 1):
                    if isinstance(row, BrokenRow):
                        mapped.refuse(number, row.problem)
                    else:
                        good.append(row)
            return good

        period = self.parts.periods.at(now, kind)
        context = RefreshContext(
            now, period, spec, self.parts.periods, rows, self._layer, self._kept
        )
        for number, one in enumerate(_called(function, context), 1):
            mapped.read += 1
            if problem := self._problem(spec, one):
                mapped.refuse(number, problem)
            else:
                mapped.observations.append(one)
        return mapped

    def _problem(self, spec: RefresherSpec, one: Observation) -> str:
        if one.indicator not in spec.produces:
            return f"指标 {one.indicator} 没有写在 indicators 里"
        if not spec.future and one.period.start > self.parts.clock() + CLOCK_SKEW:
            return f"时间 {one.period.start:%Y-%m-%d %H:%M} 在未来,未采用;请核对来源的时间和时区"
        indicator = self.parts.catalogue.indicator(one.indicator)
        return region_problem(one.region, indicator, self.parts.level_of)

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

    def _kept(
        self, indicators: Sequence[str], regions: Sequence[str], start: datetime
    ) -> Sequence[Observation]:
        return self.parts.observations.listed(
            indicators=indicators, regions=regions, start=start, as_of=None, limit=_MOST_KEPT
        )

    def _reading(self, spec: RefresherSpec, source: str, kind: str) -> Reading:
        return self.parts.readers[kind].read(spec, self._settings(source))

    def _settings(self, source: str) -> SourceSettings:
        found = self.parts.sources().get(source)
        if found is None or not found.url:
            raise SourceRefused(
                f"来源 {source} 没有登记;请在 config.toml 写 [sources.{source}] url"
            )
        return found

    def _rules(self, spec: RefresherSpec) -> MapRules:
        parts = self.parts
        return MapRules(
            parts.clock(), parts.periods, parts.catalogue.indicator, parts.level_of, spec.future
        )


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
    return "file" if "://" not in source.url or scheme == "file" else "sql"


def _nothing() -> None:
    return None
