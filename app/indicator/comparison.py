"""What the values of one period are compared with, for all regions at once.

The words are those of the card and the drawer (`topics.kit.words.judgement`). A change across a
changed 口径 is withheld (PRACTICE 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from app.indicator.lines import QUARTER
from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import full_label, said
from app.security.contracts import Subject
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import previous
from topics.kit.words.judgement import Compared, compared, judged, lamp_of
from topics.kit.words.lamps import Lamp
from topics.kit.words.references import INSTANT_TOLERANCE, at_start, reference_start

_MOST = 20_000
# Of moments the one before serves; beside a day that is running stands the growth up to yesterday.
_BACK = {PeriodKind.INSTANT: INSTANT_TOLERANCE, PeriodKind.DAY: timedelta(days=2)}


@dataclass(frozen=True, slots=True)
class Judged:
    """The lamp of one value, what lit it, and how the value changed.

    `by` and `value` are of the published growth where a level is judged by that.
    """

    lamp: Lamp
    by: IndicatorSpec
    value: Observation | None
    change: Compared | None = None

    @property
    def delta(self) -> dict[str, Any] | None:
        """The change in words with its unrounded number, as pages get it."""
        if self.change is None:
            return None
        return {**asdict(self.change.delta), "value": self.change.change}

    def against(self, spec: IndicatorSpec) -> str:
        """The value compared with, in words; empty where a published figure says the change."""
        before = self.change.before if self.change else None
        return f"{full_label(before.period)} {said(spec, before.value)}" if before else ""


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of other indicators and periods that a judgement looks at."""

    companions: Mapping[tuple[str, str], Observation]
    references: Mapping[str, Observation]

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The value of another indicator at the same period."""
        return self.companions.get((indicator, region))

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with."""
        return self.references.get(now.region)


class Comparison:
    """Judges and compares the values of one period, as one person may see them."""

    def __init__(self, parts: Parts, subject: Subject, asked: Question) -> None:
        """Compare for `subject` as known at the moment of `asked`."""
        self._parts = parts
        self._subject = subject
        self._asked = asked

    def of(self, values: Iterable[Observation]) -> Mapping[str, Judged]:
        """By region: lamp and change of each value."""
        rows = list(values)
        if not rows:
            return {}
        specs = self._specs()
        period = max(one.period for one in rows)
        before = self._before(period)
        others = _Values(
            {
                (one.indicator, one.region): one
                for spec in specs.values()
                if spec.id != self._asked.spec.id
                for one in self._at(spec, period, rows)
            },
            {} if before is None else self._references(before, rows),
        )
        return {one.region: self._judge(one, others, specs) for one in rows}

    def _judge(
        self, one: Observation, others: _Values, specs: Mapping[str, IndicatorSpec]
    ) -> Judged:
        spec = self._asked.spec
        by, value = judged(spec, one, others, specs)
        lamp = lamp_of(by, value)
        return Judged(lamp, by, value, compared(spec, one, others, specs, lamp, self._broken))

    def _specs(self) -> dict[str, IndicatorSpec]:
        """The indicator and the published growth beside it, where the subject may read that."""
        spec = self._asked.spec
        named = spec.comparison.published if spec.comparison else None
        found = self._parts.catalogue.find(named) if named else None
        if found is None or not self._parts.sees(self._subject, found, None):
            return {spec.id: spec}
        return {spec.id: spec, found.id: found}

    def _before(self, period: Period) -> Period | None:
        spec = self._asked.spec
        against = spec.comparison.against if spec.comparison else None
        if against is None:
            return None
        if against != "previous":
            return Period(reference_start(against, period), period.kind)
        if period.kind is PeriodKind.INSTANT:
            return None
        return previous(period, quarterly=spec.frequency >= QUARTER)

    def _broken(self, indicator: str, earlier: Period, later: Period) -> bool:
        definitions = self._parts.definitions
        if definitions is None:
            return False
        as_of = self._asked.as_of
        return definitions.broken_between(indicator, earlier, later, as_of=as_of) is not None

    def _references(self, before: Period, rows: Sequence[Observation]) -> dict[str, Observation]:
        found = self._at(self._asked.spec, before, rows)
        by_region: dict[str, list[Observation]] = {}
        for one in found:
            by_region.setdefault(one.region, []).append(one)
        chosen = {
            region: at_start(series, before.start, before.kind)
            for region, series in by_region.items()
        }
        return {region: one for region, one in chosen.items() if one is not None}

    def _at(
        self, spec: IndicatorSpec, period: Period, rows: Sequence[Observation]
    ) -> list[Observation]:
        """The values of `spec` at a period, oldest first; of moments and days some before, too."""
        found = self._parts.values.listed(
            indicators=[spec.id],
            regions=sorted({one.region for one in rows}),
            start=period.start - _BACK.get(period.kind, timedelta(0)),
            end=period.start + timedelta(seconds=1),
            as_of=self._asked.as_of,
            limit=_MOST,
        )
        return self._parts.visible(self._subject, spec, found)
